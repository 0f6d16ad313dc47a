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

import gzip
import json
from collections import Counter
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path

from graph.identifiers import Identifiers
from graph.identity.claims import CLAIMING, claims_of
from graph.mapping import to_lines
from graph.records import Organisation, Person, Record
from loaders.base import Problem
from loaders.staging.completeness import Completeness
from loaders.staging.enrich import enriched
from loaders.staging.inventory import Inventory

TRIPLES, REJECTED, CLAIMS = "triples.nt.gz", "rejected.jsonl", "claims.jsonl.gz"
THINGS, CHANGES, REPORT = "things.tsv.gz", "changes.tsv.gz", "report.json"
STAGED_FORMAT = 3
"""Raised when what is written for the same records changes: then `fitech sync` loads anew."""
_FLUSH = 1 << 16
_REMEMBERED = 500_000
"""Organisations and people that are known again; of more, some are written twice."""


class StagedFiles:
    """Writes what the records of a source become.

    Args:
        folder: an empty folder.
        ids: mints the addresses.
    """

    def __init__(self, folder: Path, ids: Identifiers) -> None:
        self._ids = ids
        self._triples = gzip.open(folder / TRIPLES, "wb", compresslevel=1)  # noqa: SIM115
        self._claims = gzip.open(folder / CLAIMS, "wt", encoding="utf-8", compresslevel=1)  # noqa: SIM115
        self._rejected = (folder / REJECTED).open("w", encoding="utf-8", errors="backslashreplace")
        self._inventory = Inventory(folder / THINGS)
        self._waiting: list[bytes] = []
        self._size = 0
        self._told: set[int] = set()
        self._sum = 0
        self.completeness = Completeness()
        self.by_field: dict[str, Counter[str]] = {"rejected": Counter(), "warning": Counter()}
        """`rejected` or `warning` → field of the source → how many; "" for a record as a whole."""
        self.things: Counter[str] = Counter()
        self.triples = 0

    def write(self, records: tuple[Record, ...]) -> None:
        """Write the statements of one outcome, all or none.

        Raises:
            ValueError: an identifier in a record makes no valid address; nothing was written.
        """
        mapped = []
        for record in records:
            if isinstance(record, Organisation | Person) and self._is_known(record):
                self.things[type(record).__name__] += 1
                continue
            new = enriched(record)
            mapped.append((new, to_lines(new, self._ids)))
        for record, lines in mapped:
            if lines:
                self._write_one(record, lines)
        if not CLAIMING.isdisjoint(map(type, records)):
            for claim in claims_of([record for record, _ in mapped], self._ids, records):
                self._claims.write(claim.to_line())

    def _is_known(self, record: Organisation | Person) -> bool:
        """Whether the very same record was written before, as institutions are with each work."""
        mark = hash(repr(record))
        if mark in self._told:
            return True
        if len(self._told) < _REMEMBERED:
            self._told.add(mark)
        return False

    def _write_one(self, record: Record, lines: list[str]) -> None:
        body = "".join(lines).encode()
        kind = type(record).__name__
        self.things[kind] += 1
        self.triples += len(lines)
        self.completeness.add(record)
        mark = _fingerprint(body)
        self._sum = (self._sum + mark) & 0xFFFF_FFFF_FFFF_FFFF
        self._inventory.add(lines[0][1 : lines[0].index(">")], kind, mark)
        self._put(body)

    def _put(self, body: bytes) -> None:
        self._waiting.append(body)
        self._size += len(body)
        if self._size >= _FLUSH:
            self._triples.write(b"".join(self._waiting))
            self._waiting.clear()
            self._size = 0

    def note(self, problem: Problem, kind: str) -> None:
        """Keep a rejected record or a warning."""
        self.by_field[kind][problem.field] += 1
        line = json.dumps({"kind": kind, **asdict(problem)}, ensure_ascii=False)
        self._rejected.write(line + "\n")

    def content(self) -> str:
        """Return a digest of everything written so far, whatever its order."""
        return f"{self._sum:016x}-{self.triples}"

    def close(self) -> None:
        """Write everything to disk."""
        self._triples.write(b"".join(self._waiting))
        for file in (self._triples, self._claims, self._rejected):
            file.close()
        self._inventory.close()


def _fingerprint(body: bytes) -> int:
    """Return 48 bits of a digest of a record's statements."""
    return int.from_bytes(blake2b(body, digest_size=6).digest(), "big")
