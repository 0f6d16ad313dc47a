"""What is counted while records are written; the tallies of parts add up to that of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from loaders.base import Problem
from loaders.staging.completeness import Completeness

MAX_PROBLEMS = 50
"""Problems that a report holds word by word; all are in `rejected.jsonl`."""
_64_BITS = 0xFFFF_FFFF_FFFF_FFFF


@dataclass(slots=True)
class Tally:
    """Counts of one load or a part of it; the names are those of `LoadReport`."""

    records_in: int = 0
    loaded: int = 0
    rejected: int = 0
    broken_files: int = 0
    warnings: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    things: Counter[str] = field(default_factory=Counter)
    triples: int = 0
    fingerprints: int = 0
    """The sum of the fingerprints of all records (64 bits), the same in whatever order they come."""
    by_field: dict[str, Counter[str]] = field(
        default_factory=lambda: {"rejected": Counter(), "warning": Counter()}
    )
    """`rejected` or `warning` → field of the source → how many; "" for a record as a whole."""
    completeness: Completeness = field(default_factory=Completeness)

    def note(self, problem: Problem, kind: str) -> None:
        """Count a rejected record or a warning by its field, and keep the first ones."""
        self.by_field[kind][problem.field] += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(str(problem))

    def wrote(self, kinds: Iterable[str], lines: int, fingerprints: int) -> None:
        """Count records that were written, and their statements."""
        self.things.update(kinds)
        self.triples += lines
        self.fingerprints = (self.fingerprints + fingerprints) & _64_BITS

    def add(self, part: Tally) -> None:
        """Add what was counted of the part that comes next."""
        self.records_in += part.records_in
        self.loaded += part.loaded
        self.rejected += part.rejected
        self.broken_files += part.broken_files
        self.warnings += part.warnings
        self.skipped.update(part.skipped)
        self.problems += part.problems[: MAX_PROBLEMS - len(self.problems)]
        self.things.update(part.things)
        self.triples += part.triples
        self.fingerprints = (self.fingerprints + part.fingerprints) & _64_BITS
        for kind, counts in part.by_field.items():
            self.by_field[kind].update(counts)
        self.completeness.update(part.completeness)
