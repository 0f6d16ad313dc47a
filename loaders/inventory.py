"""What one load holds: each thing with a fingerprint, so that the next load can tell what changed.

The inventory of a staged source is a small SQLite file (`things.sqlite`): memory does not grow
with the source, and two inventories are compared by one join.
"""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_BATCH = 20_000
_SCHEMA = """
    CREATE TABLE records (iri TEXT, print INTEGER, kind TEXT NOT NULL, PRIMARY KEY (iri, print))
    WITHOUT ROWID
"""
_CHANGES = """
    SELECT 'added' AS change, new.kind, new.iri FROM new_things AS new
        LEFT JOIN old_things AS old USING (iri) WHERE old.iri IS NULL
    UNION ALL
    SELECT 'changed', new.kind, new.iri FROM new_things AS new
        JOIN old_things AS old USING (iri) WHERE old.print <> new.print
    UNION ALL
    SELECT 'gone', old.kind, old.iri FROM old_things AS old
        LEFT JOIN new_things AS new USING (iri) WHERE new.iri IS NULL
"""
# A thing may come in several records (an institution in each of its works). Each wording of it is
# kept once and the wordings are added up, so that order and repetition do not matter.
_THINGS = """
    CREATE TEMP TABLE {side}_things AS
    SELECT iri, min(kind) AS kind, sum(print) AS print FROM {side}.records GROUP BY iri
"""
EXAMPLES = 20
"""Addresses of each change and kind that a report shows; all are in `changes.tsv.gz`."""


class Inventory:
    """Collects the things of a load."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(_SCHEMA)
        self._waiting: set[tuple[str, int, str]] = set()

    def add(self, iri: str, kind: str, fingerprint: int) -> None:
        """Note one record of a thing; `fingerprint` is a number of up to 48 bits."""
        self._waiting.add((iri, fingerprint, kind))
        if len(self._waiting) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        self._db.executemany("INSERT OR IGNORE INTO records VALUES (?, ?, ?)", self._waiting)
        self._waiting.clear()

    def close(self) -> None:
        """Write everything."""
        self._flush()
        self._db.commit()
        self._db.close()


@dataclass(slots=True)
class Changes:
    """What a load changed against the one before, by kind of thing."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    """`added|changed|gone` → the first addresses."""

    def total(self) -> int:
        """Return how many things differ."""
        return sum(sum(part.values()) for part in (self.added, self.changed, self.gone))


def count_things(path: Path) -> dict[str, int]:
    """Return the number of things of each kind of an inventory; none if there is no file."""
    if not path.exists():
        return {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT kind, count(DISTINCT iri) FROM records GROUP BY kind ORDER BY kind")
        return dict(rows.fetchall())


def compare(old: Path, new: Path, listing: Path) -> Changes | None:
    """Compare two inventories and write every difference to `listing` (gzipped TSV).

    Returns:
        None when there is no former inventory: then nothing can be said of changes.
    """
    if not old.exists():
        return None
    found = Changes()
    with _both(old, new) as db, gzip.open(listing, "wt", encoding="utf-8", compresslevel=1) as out:
        for change, kind, iri in db.execute(_CHANGES):
            out.write(f"{change}\t{kind}\t{iri}\n")
            counts: dict[str, int] = getattr(found, change)
            counts[kind] = counts.get(kind, 0) + 1
            examples = found.examples.setdefault(change, [])
            if len(examples) < EXAMPLES:
                examples.append(iri)
    return found


@contextmanager
def _both(old: Path, new: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("ATTACH ? AS old", (str(old),))
        db.execute("ATTACH ? AS new", (str(new),))
        db.execute("PRAGMA temp_store = FILE")
        for side in ("old", "new"):
            db.execute(_THINGS.format(side=side))
        db.execute("CREATE INDEX temp.old_iri ON old_things (iri)")
        db.execute("CREATE INDEX temp.new_iri ON new_things (iri)")
        yield db
