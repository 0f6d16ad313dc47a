"""The files of one staged source, written while its records pass.

| file | holds |
|---|---|
| `triples.nt.gz` | the statements |
| `rejected.jsonl` | every rejected record and every warning |
| `claims.jsonl.gz` | what each thing is known by, for identity resolution |
| `things.tsv.gz` | each thing with a fingerprint, for the changes to the next load |
| `changes.tsv.gz` | what this load changed |
| `report.json` | counts, files, checksums |
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from hashlib import blake2b
from typing import IO

from graph.identifiers import Identifiers
from graph.identity.claims import CLAIMING, claims_of
from graph.mapping import to_lines
from graph.records import Organisation, Person, Record
from loaders.base import Problem
from loaders.staging.enrich import enriched
from loaders.staging.packing import packed
from loaders.staging.tally import Tally

TRIPLES, REJECTED, CLAIMS = "triples.nt.gz", "rejected.jsonl", "claims.jsonl.gz"
THINGS, CHANGES, REPORT = "things.tsv.gz", "changes.tsv.gz", "report.json"
WRITTEN = (TRIPLES, CLAIMS, THINGS, REJECTED)
"""The files that are written while records pass; files of several parts may be put together."""
STAGED_FORMAT = 3
"""Raised when what is written for the same records changes: then `fitech sync` loads anew."""
_FLUSH = 1 << 16
_REMEMBERED = 500_000
"""Organisations and people that are known again; of more, some are written twice."""
_REPEATED = frozenset((Organisation, Person))


class StagedFiles:
    """Writes what the records of a source become.

    Args:
        open_file: opens one of `WRITTEN` for writing bytes.
        ids: mints the addresses.
        tally: counts what is written.
    """

    def __init__(self, open_file: Callable[[str], IO[bytes]], ids: Identifiers, tally: Tally) -> None:
        self._ids = ids
        self._tally = tally
        self._raw = [open_file(name) for name in WRITTEN]
        self._triples, self._claims, self._things = map(packed, self._raw[:3])
        self._rejected = self._raw[3]
        self._waiting: list[Record] = []
        self._bodies: list[bytes] = []
        self._iris: list[str] = []
        self._lines = self._size = 0
        self._told: set[int] = set()

    def write(self, records: tuple[Record, ...]) -> None:
        """Write the statements of one outcome, all or none.

        Raises:
            ValueError: an identifier in a record makes no valid address; nothing was written.
        """
        mapped = []
        claiming = False
        marks: set[int] = set()
        repeated: list[str] = []
        for record in records:
            kind, new = type(record), record
            if kind in CLAIMING:
                claiming = True
                if kind in _REPEATED:
                    mark = hash(repr(record))
                    if mark in self._told or mark in marks:
                        repeated.append(kind.__name__)
                        continue
                    marks.add(mark)
                new = enriched(record)
            lines = to_lines(new, self._ids)
            mapped.append((new, lines, "".join(lines).encode()))
        self._remember(marks, repeated)
        for record, lines, body in mapped:
            if lines:
                self._waiting.append(record)
                self._bodies.append(body)
                self._iris.append(lines[0][1 : lines[0].index(">")])
                self._lines += len(lines)
                self._size += len(body)
        if self._size >= _FLUSH:
            self._flush()
        if claiming:
            for claim in claims_of([record for record, _, _ in mapped], self._ids, records):
                self._claims.write(claim.to_line().encode())

    def _remember(self, marks: set[int], repeated: list[str]) -> None:
        """Note what is written now, and what was written before, as institutions are with each work."""
        if len(self._told) < _REMEMBERED:
            self._told |= marks
        for kind in repeated:
            self._tally.things[kind] += 1

    def _flush(self) -> None:
        """Write and count what waits."""
        marks = [blake2b(body, digest_size=6).hexdigest() for body in self._bodies]
        kinds = [type(record).__name__ for record in self._waiting]
        self._triples.write(b"".join(self._bodies))
        listed = zip(marks, kinds, self._iris, strict=True)
        self._things.write("".join([f"{m}\t{kind}\t{iri}\n" for m, kind, iri in listed]).encode())
        self._tally.wrote(kinds, self._lines, sum([int(mark, 16) for mark in marks]))
        self._tally.completeness.add(self._waiting)
        for waiting in (self._waiting, self._bodies, self._iris):
            waiting.clear()
        self._lines = self._size = 0

    def note(self, problem: Problem, kind: str) -> None:
        """Keep a rejected record or a warning."""
        self._tally.note(problem, kind)
        line = json.dumps({"kind": kind, **asdict(problem)}, ensure_ascii=False)
        self._rejected.write(line.encode("utf-8", "backslashreplace") + b"\n")

    def close(self) -> None:
        """Write everything to disk."""
        self._flush()
        for file in (self._triples, self._claims, self._things, *self._raw):
            file.close()
