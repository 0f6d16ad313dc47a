"""The documents keep up with the program: what exists is documented, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.cli import main
from loaders.linking.registry import linker_names
from loaders.registry import loader_names
from queries.library import load_library

TEXTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]


def read(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", loader_names())
def test_every_loader_has_a_page(root: Path, name: str) -> None:
    assert read(root, f"docs/loaders/{name}.md").startswith(f"# `{name}` – ")
    assert f"({name}.md)" in read(root, "docs/loaders/README.md")


@pytest.mark.parametrize("name", load_library().names())
def test_every_question_is_listed(root: Path, name: str) -> None:
    assert f"`{name}`" in read(root, "docs/queries.md")


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_in_the_readme(root: Path, name: str) -> None:
    assert re.search(rf"`(fitech )?{name}\b", read(root, "README.md"))


@pytest.mark.parametrize("name", linker_names())
def test_every_linker_is_described(root: Path, name: str) -> None:
    assert f"linker `{name}`" in read(root, "docs/linking.md")


@pytest.mark.parametrize("name", load_library().names("derive"))
def test_every_derived_graph_is_in_the_data_model(root: Path, name: str) -> None:
    assert f"`derived/{name.removeprefix('derive-')}`" in read(root, "docs/data-model.md")


def test_links_between_documents_lead_somewhere(root: Path) -> None:
    paths = (
        [root / name for name in TEXTS]
        + sorted((root / "docs").rglob("*.md"))
        + [root / "sample/README.md"]
    )
    broken = [
        f"{path.relative_to(root)} → {target}"
        for path in paths
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)", path.read_text(encoding="utf-8"))
        if not target.startswith(("http:", "https:")) and not (path.parent / target).exists()
    ]
    assert not broken


def test_every_decision_is_in_the_list(root: Path) -> None:
    listed = read(root, "docs/decisions/README.md")
    for path in (root / "docs" / "decisions").glob("0*.md"):
        assert path.name in listed


def test_no_path_of_a_machine_and_no_registry_is_in_the_project(root: Path) -> None:
    wrong = re.compile(r"/home/\w+/|/work/|/root/|--index-url|pypi\.org/simple")
    for path in [*root.glob("*.*"), *(root / "docs").rglob("*.md"), root / "requirements.lock"]:
        if path.is_file() and path.suffix in {".md", ".toml", ".lock", ".cfg", ".py"}:
            assert not wrong.search(path.read_text(encoding="utf-8")), path
