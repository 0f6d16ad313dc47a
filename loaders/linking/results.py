"""What linkers found before, on disk by subject: a run links only what changed, and can be stopped.

One SQLite file for one linker. Each row holds the links of a subject beside the digest of its texts;
all rows belong to one state of linker and skills (`fingerprint.py`) and go when another one begins.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from types import TracebackType

from graph.records import Evidence, SkillLink

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS state (digest TEXT);
CREATE TABLE IF NOT EXISTS linked (subject TEXT PRIMARY KEY, texts BLOB, links BLOB) WITHOUT ROWID;
"""
_AT_ONCE = 500
_LINK = [each.name for each in fields(SkillLink) if each.name not in ("subject", "evidence")]
_EVIDENCE = [each.name for each in fields(Evidence)]

Row = tuple[str, bytes, bytes]
"""A subject, the digest of its texts, its links as `pack` gives them."""


class Results:
    """The links that were found; use it in a `with`.

    Args:
        path: the file; it is made if it is missing.
        state: digest of linker and skills, or None: nothing of before counts.
        fresh: forget what was found before in any case.
    """

    def __init__(self, path: Path, state: str | None, *, fresh: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=60)
        self._connection.executescript(_SCHEMA)
        row = self._connection.execute("SELECT digest FROM state").fetchone()
        if row is None or state is None or fresh or row[0] != state:
            with self._connection:
                self._connection.execute("DELETE FROM linked")
                self._connection.execute("DELETE FROM state")
                self._connection.execute("INSERT INTO state VALUES (?)", (state,))

    def __enter__(self) -> Results:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._connection.close()

    def changed(self, subjects: Sequence[tuple[str, bytes]]) -> list[str]:
        """Return which of some subjects (IRI and digest of the texts) have no links for these texts."""
        known: dict[str, bytes] = {}
        for begin in range(0, len(subjects), _AT_ONCE):
            iris = [iri for iri, _ in subjects[begin : begin + _AT_ONCE]]
            marks = ", ".join("?" * len(iris))
            sql = f"SELECT subject, texts FROM linked WHERE subject IN ({marks})"  # noqa: S608
            known.update(self._connection.execute(sql, iris))
        return [iri for iri, digest in subjects if known.get(iri) != digest]

    def add(self, rows: Iterable[Row]) -> None:
        """Keep what was found in some subjects; it stays even if the program is killed after it."""
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO linked VALUES (?, ?, ?)", rows)

    def links(self) -> Iterator[SkillLink]:
        """Yield the links of all subjects, those of one together."""
        for subject, packed in self._connection.execute("SELECT subject, links FROM linked"):
            yield from unpack(subject, packed)

    def keep_only(self, subjects: Collection[str]) -> int:
        """Forget subjects that are not in the graph any more and return how many there were."""
        rows = self._connection.execute("SELECT subject FROM linked")
        gone = [(subject,) for (subject,) in rows if subject not in subjects]
        with self._connection:
            self._connection.executemany("DELETE FROM linked WHERE subject = ?", gone)
        return len(gone)


def pack(links: Iterable[SkillLink]) -> bytes:
    """Return the links of one subject as bytes; `unpack` reads them."""
    rows = [
        [
            *(getattr(link, name) for name in _LINK),
            [[getattr(each, name) for name in _EVIDENCE] for each in link.evidence],
        ]
        for link in links
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 1) if rows else b""


def unpack(subject: str, packed: bytes) -> Iterator[SkillLink]:
    """Yield the links that `pack` got."""
    for row in json.loads(zlib.decompress(packed)) if packed else []:
        evidence = []
        for each in row[-1]:
            named = dict(zip(_EVIDENCE, each, strict=True))
            evidence.append(Evidence(**named | {"features": tuple(named["features"])}))
        yield SkillLink(
            subject=subject, **dict(zip(_LINK, row[:-1], strict=True)), evidence=tuple(evidence)
        )
