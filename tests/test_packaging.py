"""The wheel carries everything that the installed program reads."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PACKAGES = ("app", "graph", "loaders", "ontology", "queries")
DATA_SUFFIXES = {".ttl", ".rq", ".html", ".css", ".js", ".svg", ".toml", ".json", ".csv", ".txt"}


@pytest.fixture(scope="module")
def wheel_names(root: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = target.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_module_and_data_file_is_in_the_wheel(root: Path, wheel_names: set[str]) -> None:
    expected = {
        path.relative_to(root).as_posix()
        for package in PACKAGES
        for path in (root / package).rglob("*")
        if path.suffix in DATA_SUFFIXES | {".py"} and "__pycache__" not in path.parts
    }
    assert not expected - wheel_names


def test_compiled_messages_are_in_the_wheel(wheel_names: set[str]) -> None:
    for language in ("fi", "sv"):
        assert f"app/translations/{language}/LC_MESSAGES/messages.mo" in wheel_names


def test_tests_and_sample_are_not_in_the_wheel(wheel_names: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel_names if ".dist-info" not in name} == set(PACKAGES)
