"""Which link a reviewer sees next.

The step `link` writes each proposed link into `review-queue.sqlite` of the release; the pages read it
together with the judgements made since. The most unsure come first, because judging them teaches the
most; every fifth is drawn by lot, because only a random sample tells how good all links are. The lot
is a digest of the link, so that the order is the same for everybody and after every build.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from app.review.store import link_key
from graph.records import SkillLink

NAME = "review-queue.sqlite"
EVERY = 5
"""Every which link is drawn by lot."""
SEED = "fitech review 1"
_UNSURE = 0.5
_ABREAST = 16
"""Among how many of the first links each reviewer has a place of their own."""
_BATCH = 2000
_SCHEMA = """
CREATE TABLE item (link TEXT PRIMARY KEY, subject TEXT, kind TEXT, university TEXT, relation TEXT,
                   skill TEXT, confidence REAL, linker TEXT, language TEXT, field TEXT,
                   unsure REAL, lot INTEGER, inherited INTEGER) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX item_unsure ON item(unsure, lot);
CREATE INDEX item_lot ON item(lot);
CREATE INDEX item_subject ON item(subject);
CREATE INDEX item_skill ON item(skill);
CREATE INDEX item_inherited ON item(inherited) WHERE inherited = 1;
CREATE TABLE choice (name TEXT, value TEXT, items INTEGER);
"""
_CHOICES = ("university", "language", "relation", "linker", "kind")


@dataclass(frozen=True, slots=True)
class Item:
    """One proposed link of a release."""

    link: str
    subject: str
    kind: str
    relation: str
    skill: str
    confidence: float
    linker: str
    """Name and version."""
    language: str
    field: str
    inherited: bool = False
    """Whether a person's word on another link decides it, or it stands on a person's word alone."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which links a reviewer wants to see; empty: all."""

    university: str = ""
    subject: str = ""
    skill: str = ""
    language: str = ""
    relation: str = ""
    linker: str = ""
    kind: str = ""
    decided: str = ""
    """`yes`: links that people decided, to look at and change; empty: open ones."""

    def given(self) -> dict[str, str]:
        """Return what is asked, for addresses."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name))}

    def columns(self) -> dict[str, str]:
        """Return what is asked of the links themselves."""
        return {name: value for name, value in self.given().items() if name != "decided"}


class QueueWriter:
    """Writes the queue of a release while its links are made; use it in a `with`.

    Args:
        path: the file; an existing one is replaced.
        universities: subject → university, where there is one.
    """

    def __init__(self, path: Path, universities: dict[str, str]) -> None:
        self._path = path
        self._universities = universities
        self._rows: list[tuple[object, ...]] = []

    def __enter__(self) -> QueueWriter:
        """Begin a new file."""
        self._path.unlink(missing_ok=True)
        self._connection = sqlite3.connect(self._path)
        self._connection.executescript(_SCHEMA)
        return self

    def add(self, link: SkillLink, kind: str, *, inherited: bool) -> None:
        """Add a link.

        Args:
            link: what a linker proposes.
            kind: `course`, `output` or `advert`.
            inherited: whether a person's word decides it already that is about something else, or
                that is all on which it stands.
        """
        first = link.evidence[0] if link.evidence else None
        key = link_key(link.subject, link.relation, link.skill)
        self._rows.append(
            (
                key,
                link.subject,
                kind,
                self._universities.get(link.subject, ""),
                link.relation,
                link.skill,
                link.confidence,
                link.method,
                first.language if first else "",
                first.text_field if first else "",
                abs(link.confidence - _UNSURE),
                lot(key),
                int(inherited),
            )
        )
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        marks = ", ".join("?" * 13)
        sql = f"INSERT OR REPLACE INTO item VALUES ({marks})"  # noqa: S608 - only question marks
        self._connection.executemany(sql, self._rows)
        self._rows.clear()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file."""
        if kind is None:
            self._flush()
            self._connection.executescript(_INDEXES)
            for name in _CHOICES:  # once here, not on every page
                self._connection.execute(
                    f"INSERT INTO choice SELECT '{name}', {name}, count(*) FROM item "  # noqa: S608
                    f"WHERE {name} <> '' GROUP BY {name}"
                )
            self._connection.execute("INSERT INTO choice SELECT '', '', count(*) FROM item")
            self._connection.commit()
        self._connection.close()


def lot(link: str) -> int:
    """Return a number that decides when a link is drawn: the same in every build."""
    return int.from_bytes(sha256(f"{SEED}|{link}".encode()).digest()[:6], "big")


class Queue:
    """Reads the queue of a release beside the judgements.

    Args:
        path: the file of the release.
        judgements: the file of the judgements; it need not exist.
    """

    def __init__(self, path: Path, judgements: Path) -> None:
        self._path = path
        self._judgements = judgements

    def exists(self) -> bool:
        """Whether the release has a queue; those of older programs have none."""
        return self._path.exists()

    def next(
        self, wanted: Filter, turn: int, passed: Sequence[str] = (), reviewer: str = ""
    ) -> tuple[Item, str] | None:
        """Return the link to judge next and how it was chosen (`uncertain` or `random`).

        Args:
            wanted: which links.
            turn: how many the reviewer has had so far.
            passed: keys of links that the reviewer does not want now.
            reviewer: who asks: people who review at the same time get different links.
        """
        place = lot(reviewer) % _ABREAST if reviewer else 0
        by_lot = turn % EVERY == EVERY - 1
        order = "lot" if by_lot else "unsure, lot"
        with self._open() as connection:
            where, values = _where(wanted, connection)
            if passed:
                where += f" AND link NOT IN ({', '.join('?' * len(passed))})"
            sql = f"SELECT * FROM item WHERE {where} ORDER BY {order} LIMIT 1 OFFSET ?"  # noqa: S608
            given = (*values, *passed)
            row = connection.execute(sql, (*given, place)).fetchone()
            if row is None and place:
                row = connection.execute(sql, (*given, 0)).fetchone()
        return (_item(row), "random" if by_lot else "uncertain") if row else None

    def next_decided(self, wanted: Filter, passed: Sequence[str] = ()) -> Item | None:
        """Return a decided link, those decided last first; the inherited ones come at the end."""
        with self._open() as connection:
            where, values = _where(wanted, None)
            number = "NULL"
            if _has_judgements(connection):
                number = "coalesce((SELECT id FROM review.decision AS d WHERE d.link = item.link), 0)"
            if passed:
                where += f" AND link NOT IN ({', '.join('?' * len(passed))})"
            sql = (
                f"SELECT * FROM item WHERE {_closed(connection)} AND {where} "  # noqa: S608
                f"ORDER BY {number} DESC, lot LIMIT 1"
            )
            row = connection.execute(sql, (*values, *passed)).fetchone()
        return _item(row) if row else None

    def get(self, link: str) -> Item | None:
        """Return a link by its key, decided or not."""
        with self._open() as connection:
            row = connection.execute("SELECT * FROM item WHERE link = ?", (link,)).fetchone()
        return _item(row) if row else None

    def has(self, link: str, wanted: Filter) -> bool:
        """Whether a link, decided or not, is among those that are wanted."""
        with self._open() as connection:
            where, values = _where(wanted, None)
            sql = f"SELECT 1 FROM item WHERE link = ? AND {where}"  # noqa: S608
            return connection.execute(sql, (link, *values)).fetchone() is not None

    def count(self, wanted: Filter) -> tuple[int, int]:
        """Return how many links there are, and how many of them are open."""
        with self._open() as connection:
            total = _total(wanted, connection)
            where, values = _where(wanted, None)
            # Few are decided: they are counted, not the open ones.
            sql = f"SELECT count(*) FROM item WHERE {_closed(connection)} AND {where}"  # noqa: S608
            done = connection.execute(sql, values).fetchone()[0]
        return total, total - done

    def mixed(self, wanted: Filter, limit: int) -> Iterator[tuple[Item, str]]:
        """Yield open links as a reviewer would meet them: the unsure, every fifth by lot."""
        passed: set[str] = set()
        with self._open() as connection:
            where, values = _where(wanted, connection)
            orders = [
                connection.execute(f"SELECT * FROM item WHERE {where} ORDER BY {order}", values)  # noqa: S608
                for order in ("unsure, lot", "lot")
            ]
            for turn in range(limit):
                by_lot = turn % EVERY == EVERY - 1
                row = next((row for row in orders[by_lot] if row["link"] not in passed), None)
                if row is None:
                    return
                passed.add(row["link"])
                yield _item(row), "random" if by_lot else "uncertain"

    def bands(self, parts: int) -> dict[int, int]:
        """Return how many links, decided or not, there are in each of equal bands of confidence."""
        sql = "SELECT min(CAST(confidence * ? AS INTEGER), ? - 1), count(*) FROM item GROUP BY 1"
        with self._open() as connection:
            return {int(band): int(n) for band, n in connection.execute(sql, (parts, parts))}

    def choices(self) -> dict[str, list[str]]:
        """Return the values that the filters can take."""
        found: dict[str, list[str]] = {name: [] for name in _CHOICES}
        with self._open() as connection:
            sql = "SELECT name, value FROM choice WHERE name <> '' ORDER BY value"
            for name, value in connection.execute(sql):
                found[name].append(value)
        return found

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        address = f"file:{self._path}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True, timeout=15)) as connection:
            connection.row_factory = sqlite3.Row
            if self._judgements.exists():
                connection.execute("ATTACH ? AS review", (f"file:{self._judgements}?mode=ro",))
            yield connection


def _where(wanted: Filter, judged: sqlite3.Connection | None) -> tuple[str, list[str]]:
    """Return a condition; with a connection, only for links that nobody decided."""
    given = wanted.columns()
    parts = [f"{name} = ?" for name in given] or ["1"]
    if judged is not None:
        parts.append("inherited = 0")
        if _has_judgements(judged):
            parts.append("link NOT IN (SELECT link FROM review.decision)")
    return " AND ".join(parts), list(given.values())


def _total(wanted: Filter, connection: sqlite3.Connection) -> int:
    """Return how many links a choice has; those of one filter or none were counted by the build."""
    given = list(wanted.columns().items()) or [("", "")]
    if len(given) == 1 and given[0][0] in ("", *_CHOICES):
        sql = "SELECT sum(items) FROM choice WHERE name = ? AND value = ?"
        return int(connection.execute(sql, given[0]).fetchone()[0] or 0)
    where, values = _where(wanted, None)
    sql = f"SELECT count(*) FROM item WHERE {where}"  # noqa: S608
    return int(connection.execute(sql, values).fetchone()[0])


def _closed(connection: sqlite3.Connection) -> str:
    """Return a condition for links that people decided, directly or not."""
    if not _has_judgements(connection):
        return "inherited = 1"
    return "link IN (SELECT link FROM item WHERE inherited = 1 UNION SELECT link FROM review.decision)"


def _has_judgements(connection: sqlite3.Connection) -> bool:
    return any(row[1] == "review" for row in connection.execute("PRAGMA database_list"))


def _item(row: sqlite3.Row) -> Item:
    return Item(**{f.name: row[f.name] for f in fields(Item)})
