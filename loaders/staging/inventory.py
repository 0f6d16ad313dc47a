"""What one load holds: each thing with a fingerprint, so that the next load can tell what changed.

The inventory of a staged source is a file of lines (`things.tsv.gz`): fingerprint, kind, address. Two
inventories are compared part by part, so that memory does not grow with the source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from filecmp import cmp
from pathlib import Path
from typing import IO
from zlib import crc32

from loaders.staging.packing import packed_text, unpacked_lines

PART = 500_000
"""Lines that are held in memory at a time."""
EXAMPLES = 20
"""Addresses of each change that a report shows; all are in `changes.tsv.gz`."""

Things = dict[str, tuple[str, int]]
"""Address → kind and the sum of the fingerprints of its records."""


@dataclass(slots=True)
class Changes:
    """What a load changed against the one before, by kind of thing."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    """Things of the load before."""
    after: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    """`added|changed|gone` → the first addresses."""

    def total(self) -> int:
        """Return how many things differ."""
        return sum(sum(part.values()) for part in (self.added, self.changed, self.gone))


def compare(old: Path, new: Path, listing: Path) -> Changes | None:
    """Compare two inventories and write every difference to `listing` (gzipped TSV).

    Returns:
        None when there is no former inventory: then nothing can be said of changes.
    """
    if not old.exists():
        return None
    found = Changes()
    same = cmp(old, new, shallow=False)
    parts = max(_count(old), _count(new)) // PART + 1
    with packed_text(listing) as out:
        for part in range(parts):
            after = _read(new, part, parts)
            _compare_part(after if same else _read(old, part, parts), after, found, out)
    return found


def _compare_part(before: Things, after: Things, found: Changes, out: IO[str]) -> None:
    for counts, things in ((found.before, before), (found.after, after)):
        for kind, number in Counter(kind for kind, _ in things.values()).items():
            counts[kind] = counts.get(kind, 0) + number
    if before is after:
        return
    for change, kind, iri in _differences(before, after):
        out.write(f"{change}\t{kind}\t{iri}\n")
        counts = getattr(found, change)
        counts[kind] = counts.get(kind, 0) + 1
        examples = found.examples.setdefault(change, [])
        if len(examples) < EXAMPLES:
            examples.append(iri)


def _differences(before: Things, after: Things) -> Iterator[tuple[str, str, str]]:
    for iri, (kind, mark) in after.items():
        if iri not in before:
            yield "added", kind, iri
        elif before[iri][1] != mark:
            yield "changed", kind, iri
    for iri, (kind, _) in before.items():
        if iri not in after:
            yield "gone", kind, iri


def _read(path: Path, part: int, parts: int) -> Things:
    """Return the things of one part of an inventory.

    A thing may come in several records (an institution in each of its works): each wording counts
    once and they are added up, so that neither order nor repetition matters.
    """
    things: Things = {}
    several: dict[str, set[int]] = {}
    """Address → the fingerprints of a thing that came more than once."""
    for line in unpacked_lines(path):
        text, kind, iri = line.rstrip("\n").split("\t", 2)
        if parts > 1 and crc32(iri.encode()) % parts != part:
            continue
        mark = int(text, 16)
        former = things.get(iri)
        if former is None:
            things[iri] = (kind, mark)
            continue
        marks = several.setdefault(iri, {former[1]})
        if mark not in marks:
            marks.add(mark)
            things[iri] = (kind, mark + former[1])
    return things


def _count(path: Path) -> int:
    return sum(1 for _ in unpacked_lines(path))
