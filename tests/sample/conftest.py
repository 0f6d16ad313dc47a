"""Readers of the sample's files."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def sample(root: Path) -> Path:
    return root / "sample"


@pytest.fixture(scope="session")
def table(sample: Path) -> Callable[[str], Rows]:
    """Read a CSV file of the sample by its path there."""

    def read(path: str) -> Rows:
        with (sample / path).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="session")
def realisations(sample: Path) -> list[dict[str, Any]]:
    return json.loads((sample / "courses/aalto-realisations.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Told:
    """What one record of a study information system says of a course."""

    code: str
    names: tuple[str, ...]
    """What other courses call it: its code or group."""
    outcomes: Mapping[str, str]
    before: tuple[str, ...]
    """Names of the courses before it."""
    note: str
    """What is said to students, in English."""
    people: bool
    """Whether somebody is named."""


@pytest.fixture(scope="session")
def told(sample: Path) -> dict[str, list[Told]]:
    """The course units of Sisu and the courses of Peppi, by file."""
    folder = sample / "courses"
    files = sorted([*folder.glob("*-units.jsonl"), *folder.glob("*-courses.jsonl")])
    return {
        path.stem: [(_sisu if path.stem.endswith("-units") else _peppi)(one) for one in lines(path)]
        for path in files
    }


def _sisu(unit: dict[str, Any]) -> Told:
    before = (
        entry["courseUnitGroupId"]
        for choice in unit["recommendedFormalPrerequisites"]
        for entry in choice["prerequisites"]
    )
    return Told(
        code=unit["code"],
        names=(unit["groupId"],),
        outcomes=unit["outcomes"],
        before=tuple(before),
        note=unit["additional"]["en"],
        people=bool(unit["responsibilityInfos"]),
    )


def _peppi(course: dict[str, Any]) -> Told:
    parts = {part["title"]["valueEn"]: part["content"] for part in course["contentList"]}
    languages = {"fi": "valueFi", "en": "valueEn", "sv": "valueSv"}
    before = " ".join(parts["Qualifications"].values())
    return Told(
        code=course["code"],
        names=(course["code"],),
        outcomes={
            tag: text for tag, name in languages.items() if (text := parts["Learning outcomes"][name])
        },
        before=tuple(dict.fromkeys(re.findall(r"\b[A-Z]{2,4}\w*\d{2,4}\b", before))),
        note=parts["Further information"]["valueEn"],
        people=any(parts["Person in charge"].values()),
    )


@pytest.fixture(scope="session")
def works(sample: Path) -> list[dict[str, Any]]:
    return lines(sample / "research/works.jsonl")


def lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
