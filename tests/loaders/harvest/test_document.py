"""docs/harvest.md keeps up with the kinds, and its examples are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.config import read_config
from loaders.harvest.plans import kinds, plan_class
from loaders.harvest.spec import COMMON


@pytest.fixture(scope="module")
def document() -> str:
    return (Path(__file__).resolve().parents[3] / "docs" / "harvest.md").read_text(encoding="utf-8")


def examples(document: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", document, re.DOTALL)


def test_every_example_is_a_right_configuration(document: str, tmp_path: Path) -> None:
    found = set()
    for number, text in enumerate(examples(document)):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        (source,) = read_config(path).sources
        assert source.harvest is not None
        found.add(source.harvest.kind)
    assert found == set(kinds())


def test_every_kind_stands_in_the_table_of_increments(document: str) -> None:
    table = document.partition("## What increments")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `([\w-]+)`", table, re.MULTILINE)) == list(kinds())


def test_every_common_setting_is_described(document: str) -> None:
    table = document.partition("## Settings of every kind")[2].partition("\n## ")[0]
    for name in COMMON:
        assert f"`{name}`" in table, name


@pytest.mark.parametrize("kind", kinds())
def test_every_setting_of_a_kind_is_named(kind: str, document: str) -> None:
    for name in plan_class(kind).settings:
        assert re.search(rf"`{name}\b|^{name} = ", document, re.MULTILINE), f"{kind}: {name}"
