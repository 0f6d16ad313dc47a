"""Readers of the sample's files."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
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


@pytest.fixture(scope="session")
def units(sample: Path) -> dict[str, list[dict[str, Any]]]:
    """The Sisu course units by university."""
    return {
        path.stem.removesuffix("-units"): _lines(path)
        for path in sorted((sample / "courses").glob("*-units.jsonl"))
    }


@pytest.fixture(scope="session")
def works(sample: Path) -> list[dict[str, Any]]:
    return _lines(sample / "research/works.jsonl")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
