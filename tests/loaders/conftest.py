"""Helpers to load small files as the real ones are loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from loaders.base import Loaded, Problem
from loaders.readers.files import find_files
from loaders.registry import get_loader

T = TypeVar("T")


class Outcomes:
    """What a loader made of some files, sorted by kind."""

    def __init__(self, loader: str, paths: list[Path], options: dict[str, str]) -> None:
        self.all = list(get_loader(loader).read(find_files(paths) if paths else [], options))
        loaded = [item for item in self.all if isinstance(item, Loaded)]
        self.problems = [item for item in self.all if isinstance(item, Problem)]
        self.skipped = [item.skipped for item in loaded if item.skipped]
        self.warnings = [warning for item in loaded for warning in item.warnings]
        self.records = [record for item in loaded for record in item.records]

    def of(self, kind: type[T]) -> list[T]:
        """Return the records of one type."""
        return [record for record in self.records if isinstance(record, kind)]


Read = Callable[..., Outcomes]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write some files and load them: `read("needs", {"needs.csv": text})`."""

    def run(
        loader: str, files: dict[str, str | bytes], options: dict[str, str] | None = None
    ) -> Outcomes:
        paths = []
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(path)
        return Outcomes(loader, paths, options or {})

    return run
