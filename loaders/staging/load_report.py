"""What became of every record of a load, and where the reports of all sources lie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from graph.provenance import SourceFileInfo
from loaders.staging.staged_files import REPORT
from loaders.staging.tally import Tally

MANY_FILES = 100
"""Files that the provenance names one by one."""


@dataclass(slots=True)
class LoadReport:
    """What became of every record: `records_in` = loaded + skipped + rejected, always."""

    source: str
    loader: str
    version: str
    base: str
    title: str
    licence: str
    attribution: str
    started: str
    ended: str = ""
    fresh_days: int | None = None
    files: list[dict[str, str]] = field(default_factory=list)
    records_in: int = 0
    loaded: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    """Reason → records that were rightly passed over."""
    rejected: int = 0
    broken_files: int = 0
    """Files that could not be read to their end, beside the records."""
    warnings: int = 0
    things: dict[str, int] = field(default_factory=dict)
    """Kind of thing → number written (one source record may hold several)."""
    triples: int = 0
    content: str = ""
    """A digest of all statements, whatever their order: equal content, equal digest."""
    options: dict[str, str] = field(default_factory=dict)
    staged_format: int = 0
    """Version of what staging writes; another one asks for a new load."""
    changes: dict[str, Any] | None = None
    """Against the load before: `added`, `changed`, `gone` by kind of thing, and `examples`; None
    for a first load."""
    completeness: dict[str, Any] = field(default_factory=dict)
    """Kind → number of records with each field, see `loaders/staging/completeness.py`."""
    by_field: dict[str, dict[str, int]] = field(default_factory=dict)
    """`rejected` and `warning` → field of the source → how many problems it had."""
    problems: list[str] = field(default_factory=list)
    """The first problems and warnings as sentences; all are in `rejected.jsonl`."""

    @property
    def only_file(self) -> str:
        """The name of the source's file, "" if it has several."""
        return self.files[0]["name"] if len(self.files) == 1 else ""

    def complete(self, tally: Tally) -> LoadReport:
        """Take over what was counted and return the report."""
        for name in ("records_in", "loaded", "rejected", "broken_files", "warnings", "problems"):
            setattr(self, name, getattr(tally, name))
        self.skipped = dict(tally.skipped.most_common())
        self.things = dict(tally.things.most_common())
        self.triples = tally.triples
        self.content = f"{tally.fingerprints:016x}-{tally.triples}"
        self.by_field = {
            kind: dict(counts.most_common()) for kind, counts in tally.by_field.items() if counts
        }
        self.completeness = tally.completeness.to_json()
        return self

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)

    def summary(self) -> str:
        """Return the report as a few lines for people."""
        skipped = sum(self.skipped.values())
        lines = [
            f"{self.source}: {self.records_in:,} records in = {self.loaded:,} loaded "
            f"+ {skipped:,} passed over + {self.rejected:,} rejected; "
            f"{self.triples:,} triples, {self.warnings:,} warnings."
        ]
        if self.changes is not None:
            parts = {name: sum(self.changes[name].values()) for name in ("added", "changed", "gone")}
            told = ", ".join(f"{count:,} {name}" for name, count in parts.items())
            lines.append(f"  against the load before: {told}.")
        lines += [f"  passed over: {count:,} × {why}" for why, count in self.skipped.items()]
        if self.broken_files:
            lines.append(f"  {self.broken_files} file(s) could not be read to the end.")
        lines += [f"  {problem}" for problem in self.problems[:5]]
        more = self.rejected + self.broken_files + self.warnings - 5
        if more > 0:
            lines.append(f"  … and {more:,} more in rejected.jsonl.")
        return "\n".join(lines)


def read_reports(staged: Path) -> list[dict[str, Any]]:
    """Return the reports of all staged sources, by name."""
    if not staged.is_dir():
        return []
    return [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(staged.glob(f"*/{REPORT}"))
        if not path.parent.name.startswith(".") and not path.parent.name.endswith(".failed")
    ]


def file_infos(report: Mapping[str, Any]) -> list[SourceFileInfo]:
    """Return the files of a report for the provenance; thousands of replies are told as one.

    Their checksum is then the SHA-256 of all checksums, in order.
    """
    files = report["files"]
    if len(files) <= MANY_FILES:
        return [SourceFileInfo(item["name"], item["sha256"]) for item in files]
    together = sha256("".join(item["sha256"] for item in files).encode()).hexdigest()
    name = f"{len(files)} files, {files[0]['name']} to {files[-1]['name']}"
    return [SourceFileInfo(name, together)]
