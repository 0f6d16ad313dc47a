"""What files in the European Learning Model say, in a table on disk: statements come in any order.

Properties are known by their local names (`title`, `learningOutcome`): RDF and the XML of Europass use
the same. A class stands under `@type`.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from loaders.base import Problem
from loaders.texts.languages import language_code
from loaders.texts.text import MAX_TEXT, plain_text

TYPE = "@type"
_BATCH = 20_000
_REMEMBERED = 4_000  # things
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -50000;
CREATE TABLE fact (seq INTEGER PRIMARY KEY, s TEXT, p TEXT, o TEXT, node INTEGER, tag TEXT, file TEXT,
    UNIQUE (s, p, o, tag));
"""
_INDEX = """
CREATE INDEX IF NOT EXISTS by_object ON fact (o, p) WHERE node = 1;
CREATE INDEX IF NOT EXISTS by_class ON fact (o, seq) WHERE p = '@type';
"""
_LOCAL = re.compile(r"^(?:[^|]*\|)?(?:_:|urn:epass:|file:///)")


class Graph:
    """A table of statements; made with `graph_on_disk`."""

    def __init__(self, path: Path) -> None:
        self._table = sqlite3.connect(path)
        self._table.executescript(_SCHEMA)
        # A record asks for its parts again and again; then they are forgotten.
        self.facts = lru_cache(maxsize=_REMEMBERED)(self._facts_of)
        self._pointing = lru_cache(maxsize=_REMEMBERED)(self._pointing_of)
        self._rows: list[tuple[str, str, str, int, str, str]] = []
        self.file = ""
        """Name of the file that is read."""
        self.scope = 0
        """Its number: identifiers that are local to a document get it before them."""

    def begin(self, file: str) -> None:
        """Begin to read a file."""
        self.file = file
        self.scope += 1

    def link(self, subject: str, name: str, target: str) -> None:
        """Add that a thing points to another, or (`@type`) is of a class."""
        self._add(subject, name, target, 0 if name == TYPE else 1, "")

    def value(self, subject: str, name: str, value: str, language: str = "") -> None:
        """Add a text or value of a thing."""
        self._add(subject, name, value[: MAX_TEXT + 1], 0, language)

    def _add(self, subject: str, name: str, value: str, node: int, tag: str) -> None:
        clean = (text.encode("utf-8", "replace").decode() for text in (subject, name, value, tag))
        s, p, o, t = clean
        self._rows.append((s, p, o, node, t, self.file))
        if len(self._rows) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what was added, so that it can be asked for."""
        sql = "INSERT OR IGNORE INTO fact (s, p, o, node, tag, file) VALUES (?, ?, ?, ?, ?, ?)"
        self._table.executemany(sql, self._rows)
        self._rows.clear()

    def finish(self) -> None:
        """Make the table ready to be asked."""
        self.flush()
        self._table.executescript(_INDEX)

    def of_class(self, *names: str) -> Iterator[Node]:
        """Yield the things of some classes, each once, in the order of the files."""
        marks = ", ".join("?" * len(names))
        sql = f"SELECT s, min(seq) FROM fact WHERE p = '@type' AND o IN ({marks}) GROUP BY s ORDER BY 2"  # noqa: S608 (question marks)
        for subject, _ in self._table.execute(sql, names).fetchall():
            yield Node(self, subject)

    def pointing_to(self, target: str, *names: str) -> list[Node]:
        """Return the things that point to a thing by one of these properties, or by any."""
        rows = self._pointing(target)
        found = dict.fromkeys(s for s, p in rows if not names or p in names)
        return [Node(self, subject) for subject in found]

    def _pointing_of(self, target: str) -> list[tuple[str, str]]:
        sql = "SELECT s, p FROM fact WHERE o = ? AND node = 1 ORDER BY seq"
        return self._table.execute(sql, (target,)).fetchall()

    def _facts_of(self, subject: str) -> list[tuple[str, str, int, str, str]]:
        """Return the statements about a thing: property, value, whether a thing, language, file."""
        sql = "SELECT p, o, node, tag, file FROM fact WHERE s = ? ORDER BY seq"
        return self._table.execute(sql, (subject,)).fetchall()

    def close(self) -> None:
        """Leave the table."""
        self._table.close()


@contextmanager
def graph_on_disk() -> Iterator[Graph]:
    """Give an empty graph in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="fitech-elm-") as folder:
        graph = Graph(Path(folder) / "facts.sqlite")
        try:
            yield graph
        finally:
            graph.close()


@dataclass(frozen=True, slots=True)
class Node:
    """One thing: a course, an outcome, an organisation, a code."""

    graph: Graph
    id: str

    @property
    def facts(self) -> list[tuple[str, str, int, str, str]]:
        """All statements about it."""
        return self.graph.facts(self.id)

    @property
    def is_local(self) -> bool:
        """Whether its identifier means nothing outside of its document (`_:b1`, `urn:epass:…:1`)."""
        return _LOCAL.match(self.id) is not None

    @property
    def file(self) -> str:
        """Name of the file that tells its class, else of the first that speaks of it."""
        files = [fact[4] for fact in self.facts if fact[0] == TYPE] or [fact[4] for fact in self.facts]
        return files[0] if files else ""

    def is_a(self, *names: str) -> bool:
        """Return whether it is of one of these classes."""
        return any(p == TYPE and o in names for p, o, *_ in self.facts)

    def nodes(self, *names: str) -> list[Node]:
        """Return the things that it points to by these properties, each once."""
        found = dict.fromkeys(o for p, o, node, *_ in self.facts if node and p in names)
        return [Node(self.graph, target) for target in found]

    def values(self, *names: str) -> list[str]:
        """Return the plain values of these properties, each once."""
        found = (plain_text(o) for p, o, node, *_ in self.facts if not node and p in names)
        return list(dict.fromkeys(text for text in found if text))

    def texts(self, *names: str) -> dict[str, str]:
        """Return the texts of these properties by language; in each the first of the first property.

        Raises:
            ValueError: a text is far too long, or its language is none.
        """
        found: dict[str, str] = {}
        stated = (fact for name in names for fact in self.facts if fact[0] == name and not fact[2])
        for _, o, _, tag, _ in stated:
            if len(o) > MAX_TEXT:
                raise ValueError(
                    f"the text in {tag or 'no language'!r} has over {MAX_TEXT:,} characters"
                )
            text = plain_text(o)
            if text:
                found.setdefault(language_code(tag) or "und", text)
        return found

    def notes(self, *names: str) -> dict[str, str]:
        """Return the texts of notes (`noteLiteral`) that these properties point to.

        Raises:
            ValueError: as `texts` does.
        """
        found: dict[str, list[str]] = {}
        for note in self.nodes(*names):
            for language, text in note.texts("noteLiteral", "description", "title").items():
                found.setdefault(language, []).append(text)
        return {language: "\n\n".join(texts) for language, texts in found.items()}

    def problem(self, record: str, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this thing."""
        raw = json.dumps([fact[:4] for fact in self.facts], ensure_ascii=False)[:10_000]
        name = (record or self.id).rpartition("|")[2]
        return Problem(self.file, name or "?", field, reason, remedy, raw)
