"""Small versions of ESCO, written as the official tables are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

E = "http://data.europa.eu/esco"
HEAD = (
    "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels,status,"
    "modifiedDate,scopeNote,definition,inScheme,description\n"
)


def uri(name: str, kind: str = "skill") -> str:
    """Return an address that is made of a short name."""
    return f"{E}/{kind}/{name}"


def row(name: str, label: str, *others: str, text: str = "", kind: str = "skill", **cells: str) -> str:
    """Return a row of the table of skills."""
    other = "\n".join(others)
    return (
        f"KnowledgeSkillCompetence,{uri(name)},{kind},{cells.get('reuse', '')},{label},"
        f'"{other}",,{cells.get("status", "released")},,,,,"{text}"\n'
    )


Write = Callable[..., list[Path]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the tables of a version into a folder: `write("v1.1", skills_en=row(…) + row(…))`."""

    def run(folder: str, **tables: str) -> list[Path]:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        for name, text in tables.items():
            head = HEAD if name.startswith("skills_") else ""
            (place / f"{name}.csv").write_text(head + text, encoding="utf-8")
        return [place]

    return run
