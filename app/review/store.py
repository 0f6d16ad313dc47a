"""What people said of skill links: one table that only grows, in `review.sqlite` of the data directory.

A row is never changed and never deleted (triggers hold that): the table is the audit trail. What is in
force is computed: of each link the newest judgement that nobody took back. Of reviewers it holds the
subject identifier of their sign-in; their names stand in a table of their own and can be forgotten.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from dataclasses import field as made_by
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import sleep
from typing import Any

from graph.identifiers import digest
from graph.records import Evidence

NAME = "review.sqlite"
DECISIONS = ("accept", "reject", "better")
UNDO = "undo"
SAMPLES = ("uncertain", "random", "chosen", "table")
"""How a link came before the reviewer: as unsure, drawn by lot, looked up by them, in a spreadsheet."""
_VERSION = 1
"""Of the tables; kept in the file."""
_TRIES = 100
_SCHEMA = """
CREATE TABLE IF NOT EXISTS judgement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('accept', 'reject', 'better', 'undo')),
  link TEXT NOT NULL, subject TEXT NOT NULL, relation TEXT NOT NULL, skill TEXT NOT NULL,
  better TEXT CHECK ((decision = 'better') = (better IS NOT NULL)),
  undoes INTEGER REFERENCES judgement(id) CHECK ((decision = 'undo') = (undoes IS NOT NULL)),
  field TEXT NOT NULL, language TEXT NOT NULL, sentence TEXT NOT NULL, text_hash TEXT NOT NULL,
  linker TEXT NOT NULL, confidence REAL NOT NULL, sample TEXT NOT NULL,
  evidence TEXT NOT NULL, features TEXT NOT NULL,
  reviewer TEXT NOT NULL, role TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS judgement_link ON judgement(link);
CREATE UNIQUE INDEX IF NOT EXISTS judgement_undoes ON judgement(undoes) WHERE undoes IS NOT NULL;
CREATE TABLE IF NOT EXISTS reviewer (subject TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS judgement_stays BEFORE DELETE ON judgement
  BEGIN SELECT RAISE(ABORT, 'judgements are kept'); END;
CREATE TRIGGER IF NOT EXISTS judgement_is_fixed BEFORE UPDATE ON judgement
  BEGIN SELECT RAISE(ABORT, 'judgements are kept'); END;
CREATE VIEW IF NOT EXISTS decision AS
  SELECT * FROM judgement WHERE id IN (
    SELECT max(id) FROM judgement
    WHERE decision <> 'undo' AND id NOT IN (SELECT undoes FROM judgement WHERE undoes IS NOT NULL)
    GROUP BY link);
"""


class ReviewError(Exception):
    """A judgement cannot be taken; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who judges: personal data, therefore no more than this."""

    subject: str
    """Identifier that the identity provider gives (`sub`)."""
    name: str
    role: str
    """`reviewer` or `admin`."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The link that is judged, as the reviewer saw it."""

    subject: str
    relation: str
    """`teaches`, `requires`, `about` or `needs`."""
    skill: str
    field: str = ""
    language: str = ""
    sentence: str = ""
    text_hash: str = ""
    """Digest of the whole text of the field."""
    linker: str = ""
    """Name and version: `exact/1`."""
    confidence: float = 0.0
    """The linker's, as shown."""
    sample: str = "chosen"
    evidence: tuple[Evidence, ...] = ()
    features: Mapping[str, Any] = made_by(default_factory=dict)

    @property
    def link(self) -> str:
        """Key of the link: what it links, and nothing else."""
        return link_key(self.subject, self.relation, self.skill)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table."""

    id: int
    time: str
    """ISO 8601, UTC."""
    decision: str
    """`accept`, `reject`, `better` or `undo`."""
    judged: Judged
    better: str | None
    undoes: int | None
    reviewer: Reviewer
    """The name is empty if it was forgotten."""


def link_key(subject: str, relation: str, skill: str) -> str:
    """Return the last part of a link's address (`Identifiers.link`)."""
    return digest(f"{subject}|{relation}|{skill}")


class ReviewStore:
    """Reads and adds judgements; every call opens the file for itself, so threads may share one.

    Args:
        path: the SQLite file; it is made when the first judgement comes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def judge(
        self, judged: Judged, decision: str, reviewer: Reviewer, better: str | None = None
    ) -> int:
        """Add a judgement and return its number.

        Raises:
            ReviewError: the decision is none, or names no better skill, or the skill itself.
        """
        if decision not in DECISIONS:
            raise ReviewError(f"{decision!r} is no decision; there are {', '.join(DECISIONS)}.")
        if decision == "better" and not better:
            raise ReviewError("Which skill is better? Choose one.")
        if better == judged.skill:
            raise ReviewError("The better skill is the one that the link has already: accept it.")
        with self._writing() as connection:
            return _insert(
                connection, judged, decision, reviewer, better if decision == "better" else None
            )

    def judge_all(self, rows: Iterable[tuple[Judged, str, str | None]], reviewer: Reviewer) -> int:
        """Add many judgements at once, all or none; return how many."""
        count = 0
        with self._writing() as connection:
            for judged, decision, better in rows:
                _insert(connection, judged, decision, reviewer, better)
                count += 1
        return count

    def undo(self, number: int, reviewer: Reviewer) -> Entry:
        """Take a judgement back; return it.

        Raises:
            ReviewError: there is none, or it was taken back, or it is another person's and the
                reviewer is no admin.
        """
        entry = self.entry(number)
        if entry is None or entry.decision == UNDO:
            raise ReviewError("There is nothing to take back.")
        if entry.reviewer.subject != reviewer.subject and reviewer.role != "admin":
            raise ReviewError("Only an admin can take back what another person decided.")
        try:
            with self._writing() as connection:
                _insert(connection, entry.judged, UNDO, reviewer, None, number)
        except sqlite3.IntegrityError:
            raise ReviewError("That was taken back already.") from None
        return entry

    def last_of(self, reviewer: str) -> Entry | None:
        """Return the newest judgement of a person that was not taken back."""
        where = (
            "WHERE reviewer = ? AND decision <> 'undo' AND judgement.id NOT IN "
            "(SELECT undoes FROM judgement WHERE undoes IS NOT NULL) ORDER BY judgement.id DESC LIMIT 1"
        )
        return next(iter(self._entries(where, (reviewer,))), None)

    def current(self) -> list[Entry]:
        """Return what is in force, the oldest first."""
        return list(
            self._entries("WHERE judgement.id IN (SELECT id FROM decision) ORDER BY judgement.id")
        )

    def decision_on(self, link: str) -> Entry | None:
        """Return what is in force for a link (its key)."""
        where = "WHERE judgement.id IN (SELECT id FROM decision WHERE link = ?)"
        return next(iter(self._entries(where, (link,))), None)

    def log(self, start: int = 0, limit: int = -1) -> list[Entry]:
        """Return all rows, the newest first."""
        return list(self._entries("ORDER BY judgement.id DESC LIMIT ? OFFSET ?", (limit, start)))

    def taken_back(self) -> set[int]:
        """Return the numbers of the judgements that were taken back."""
        if not self.path.exists():
            return set()
        with self._open() as connection:
            sql = "SELECT undoes FROM judgement WHERE undoes IS NOT NULL"
            return {int(row[0]) for row in connection.execute(sql)}

    def entry(self, number: int) -> Entry | None:
        """Return a row by its number."""
        return next(iter(self._entries("WHERE judgement.id = ?", (number,))), None)

    def counts(self) -> dict[str, int]:
        """Return how many links are decided, by decision, and how many rows there are (`all`)."""
        if not self.path.exists():
            return {"all": 0}
        with self._open() as connection:
            found = dict(
                connection.execute("SELECT decision, count(*) FROM decision GROUP BY decision")
            )
            found["all"] = connection.execute("SELECT count(*) FROM judgement").fetchone()[0]
        return found

    def judged_by(self, reviewer: str) -> int:
        """Return how many judgements a person made, those taken back included."""
        if not self.path.exists():
            return 0
        with self._open() as connection:
            sql = "SELECT count(*) FROM judgement WHERE reviewer = ? AND decision <> 'undo'"
            return int(connection.execute(sql, (reviewer,)).fetchone()[0])

    def digest(self) -> str:
        """Return a digest of what is in force; "" if nothing is. Equal digest, equal graph."""
        rows = [(e.judged.link, e.decision, e.better or "", e.time) for e in self.current()]
        return sha256(json.dumps(rows).encode()).hexdigest() if rows else ""

    def forget(self, reviewer: str) -> bool:
        """Forget a person's name; their judgements stay under their identifier."""
        if not self.path.exists():
            return False
        with self._writing() as connection:
            return bool(
                connection.execute("DELETE FROM reviewer WHERE subject = ?", (reviewer,)).rowcount
            )

    def _entries(self, rest: str, values: Sequence[object] = ()) -> Iterator[Entry]:
        if not self.path.exists():
            return
        sql = (
            "SELECT judgement.*, coalesce(reviewer.name, '') AS name FROM judgement "
            "LEFT JOIN reviewer ON reviewer.subject = judgement.reviewer "
        )
        with self._open() as connection:
            rows = connection.execute(sql + rest, values).fetchall()
        yield from map(_entry, rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=15, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as connection:
                _prepare(connection)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except (OSError, sqlite3.OperationalError) as error:
            raise ReviewError(
                f"{self.path.name} cannot be written: {error}. The server needs to write into the "
                "data directory."
            ) from None


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file. SQLite does not wait when two do so at once, so we do."""
    for attempt in range(_TRIES):
        if connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
            return
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={_VERSION}; COMMIT;"
            )
            return
        except sqlite3.OperationalError as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if "locked" not in str(error) or attempt == _TRIES - 1:
                raise
            sleep(0.05)


def _insert(
    connection: sqlite3.Connection,
    judged: Judged,
    decision: str,
    reviewer: Reviewer,
    better: str | None,
    undoes: int | None = None,
) -> int:
    connection.execute(
        "INSERT INTO reviewer VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET name = excluded.name",
        (reviewer.subject, reviewer.name),
    )
    row = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "decision": decision,
        "link": judged.link,
        "subject": judged.subject,
        "relation": judged.relation,
        "skill": judged.skill,
        "better": better,
        "undoes": undoes,
        "field": judged.field,
        "language": judged.language,
        "sentence": judged.sentence,
        "text_hash": judged.text_hash,
        "linker": judged.linker,
        "confidence": judged.confidence,
        "sample": judged.sample,
        "evidence": json.dumps([asdict(one) for one in judged.evidence], ensure_ascii=False),
        "features": json.dumps(dict(judged.features), ensure_ascii=False),
        "reviewer": reviewer.subject,
        "role": reviewer.role,
    }
    marks = ", ".join(f":{name}" for name in row)
    sql = f"INSERT INTO judgement ({', '.join(row)}) VALUES ({marks})"  # noqa: S608 - our own names
    return int(connection.execute(sql, row).lastrowid or 0)


def _entry(row: sqlite3.Row) -> Entry:
    judged = Judged(
        **{
            name: row[name]
            for name in (
                "subject", "relation", "skill", "field", "language", "sentence", "text_hash", "linker",
                "confidence", "sample",
            )
        },
        evidence=tuple(_evidence(one) for one in json.loads(row["evidence"])),
        features=json.loads(row["features"]),
    )  # fmt: skip
    return Entry(
        id=row["id"],
        time=row["time"],
        decision=row["decision"],
        judged=judged,
        better=row["better"],
        undoes=row["undoes"],
        reviewer=Reviewer(row["reviewer"], row["name"], row["role"]),
    )


def _evidence(data: Mapping[str, Any]) -> Evidence:
    made: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }
    return Evidence(**made)


def review_store(folder: Path) -> ReviewStore:
    """Return the judgements of a data directory."""
    return ReviewStore(folder / NAME)
