"""Load good and bad files the real way, and look at everything that it leaves behind."""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graph.identifiers import Identifiers
from loaders.staging.source import LoadError, SourceSpec, stage
from tests.loaders.bad_input.sources import Source


@dataclass(frozen=True, slots=True)
class Loading:
    """What became of one load."""

    folder: Path
    """`staged/s` after a good load, `staged/s.failed` after a refused one."""
    error: str = ""
    """What a person is told if the load was refused."""

    @property
    def report(self) -> dict[str, Any]:
        path = self.folder / "report.json"
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return report

    @property
    def triples(self) -> bytes:
        return gzip.decompress((self.folder / "triples.nt.gz").read_bytes())

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Every rejected record and warning."""
        text = (self.folder / "rejected.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


Load = Callable[..., Loading]


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    return tmp_path / "staged"


@pytest.fixture
def load(tmp_path: Path, staged: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Stage a source: `load(source)`, `load(source, content)`; nothing temporary may be left."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    def run(
        source: Source, content: str | bytes | None = None, *, name: str = "", paths: Any = None
    ) -> Loading:
        paths = paths or source.write(tmp_path / "in", content, name)
        spec = SourceSpec("s", source.loader, tuple(paths), options=source.options)
        error = ""
        try:
            stage(spec, staged, Identifiers())
        except LoadError as refused:
            error = str(refused)
        left = [path.name for path in staged.iterdir() if path.name not in ("s", "s.failed")]
        assert not left, left
        assert not list(scratch.iterdir())
        found = Loading(staged / ("s.failed" if error else "s"), error)
        check_the_accounts(found)
        return found

    return run


def check_the_accounts(loading: Loading) -> None:
    """Each record has one outcome, each loss its sentence; nothing fell into the safety net."""
    report, problems = loading.report, loading.problems
    passed_over = sum(report["skipped"].values())
    assert report["records_in"] == report["loaded"] + passed_over + report["rejected"]
    kinds = [problem["kind"] for problem in problems]
    assert kinds.count("rejected") == report["rejected"] + report["broken_files"]
    assert kinds.count("warning") == report["warnings"]
    for problem in problems:
        assert problem["reason"].endswith((".", "!", "?", "…")), problem
        assert problem["remedy"], problem
        assert "please report it" not in problem["remedy"], problem


def sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a folder."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())
    }
