"""A search box needs its own index: SQLite FTS5 beside the store, one file per release.

The trigram tokeniser finds parts of words, which Finnish compounds need. Case and diacritics are
folded here, because SQLite's own folding in trigrams is newer than the SQLite of Debian 12.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.store import GraphStore
from ontology import terms as t
from queries.library import load_library, run

KINDS = {
    "skill": t.ESCO + "Skill",
    "occupation": t.ESCO + "Occupation",
    "course": t.COURSE,
    "person": t.PERSON,
    "organisation": t.ORGANISATION,
    "output": t.RESEARCH_OUTPUT,
    "group": t.ESCO + "GroupConcept",
}
"""Kinds of things that can be found, and their classes."""
TOPIC = "topic"
"""One kind more: the concepts of other vocabularies than ESCO that something is about."""

_WEIGHTS = {t.SKOS + "prefLabel": 0, t.FOAF + "name": 0, t.DCT + "title": 0, t.SKOS + "notation": 0}
_BATCH = 400
_SCHEMA = """
CREATE TABLE entry (id INTEGER PRIMARY KEY, thing TEXT, kind TEXT, language TEXT,
                    alternative INTEGER, text TEXT, folded TEXT);
CREATE VIRTUAL TABLE words USING fts5(folded, content='entry', content_rowid='id',
                                      tokenize="trigram");
CREATE TABLE name (thing TEXT, kind TEXT, language TEXT, text TEXT);
CREATE INDEX name_thing ON name(thing);
CREATE INDEX entry_folded ON entry(folded);
"""
_FIND = """
SELECT entry.thing, entry.kind, entry.text, entry.language, entry.alternative
FROM entry WHERE {match} AND (:kinds = '' OR instr(:kinds, ' ' || entry.kind || ' '))
ORDER BY (entry.folded = :query) DESC,
         (entry.folded LIKE :start ESCAPE '\\') DESC,
         (instr(' ' || entry.folded, ' ' || :query) > 0) DESC,
         entry.alternative, length(entry.folded), entry.folded
LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    thing: str
    kind: str
    """A key of `KINDS`."""
    label: str
    """Its name in the reader's language."""
    matched: str
    """The words that matched, where they are another name than the label."""


def build_index(
    store: GraphStore, path: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Write the search index of a store; return the number of things in it.

    Args:
        store: the finished graph.
        path: the SQLite file; an existing one is replaced.
        progress: told the number of things indexed so far, and of all.
    """
    path.unlink(missing_ok=True)
    library = load_library()
    todo = [
        (kind, row["thing"].value)
        for kind, cls in KINDS.items()
        for row in run(store, library.get("things-of-class"), {"class": cls}).rows
    ]
    todo += [(TOPIC, row["thing"].value) for row in run(store, library.get("topics-in-use")).rows]
    with sqlite3.connect(path) as index:
        index.executescript(_SCHEMA)
        for start in range(0, len(todo), _BATCH):
            batch = {thing: kind for kind, thing in todo[start : start + _BATCH]}
            rows = list(_entries(store, batch))
            index.executemany(
                "INSERT INTO entry (thing, kind, language, alternative, text, folded) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
            index.executemany(
                "INSERT INTO name VALUES (?, ?, ?, ?)",
                [(thing, kind, lang, text) for thing, kind, lang, other, text, _ in rows if not other],
            )
            progress(min(start + _BATCH, len(todo)), len(todo))
        index.execute("INSERT INTO words(words) VALUES ('rebuild')")
        index.execute("INSERT INTO words(words) VALUES ('optimize')")
    index.close()
    return len(todo)


def _entries(store: GraphStore, batch: dict[str, str]) -> Iterator[tuple[str, str, str, int, str, str]]:
    query = load_library().get("search-texts")
    for row in run(store, query, {"things": list(batch)}).rows:
        thing, text = row["thing"].value, row["text"]
        language = getattr(text, "language", None) or ""
        alternative = _WEIGHTS.get(row["property"].value, 1)
        yield thing, batch[thing], language, alternative, text.value, _fold(text.value)


class SearchIndex:
    """Reads one index. Open one per thread."""

    def __init__(self, path: Path) -> None:
        self._index = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)

    def find(
        self, query: str, language: str, *, kinds: tuple[str, ...] = (), limit: int = 20
    ) -> list[Hit]:
        """Return the best hits: whole names first, then beginnings of names, of words, the rest.

        Args:
            query: what was typed; every word must occur, in any order.
            language: in which labels are shown.
            kinds: only these kinds (keys of `KINDS`); all if empty.
            limit: how many hits at most.
        """
        folded = _fold(query)
        words = folded.split()
        if not words:
            return []
        long_words = [word for word in words if len(word) >= 3]
        if long_words:
            match = "entry.id IN (SELECT rowid FROM words WHERE words MATCH :words)"
        else:  # trigrams cannot find one or two letters: look at the beginnings of names
            match = "entry.folded >= :query AND entry.folded < :query || char(0x10FFFF)"
        values = {
            "words": " AND ".join('"' + word.replace('"', '""') + '"' for word in long_words),
            "query": folded,
            "start": _like(folded) + "%",
            "kinds": f" {' '.join(kinds)} " if kinds else "",
            "limit": limit * 8,
        }
        found: dict[str, tuple[str, str]] = {}
        for thing, kind, text, *_ in self._index.execute(_FIND.format(match=match), values):
            if len(found) < limit:
                found.setdefault(thing, (kind, text))
        return [self._hit(thing, kind, text, language) for thing, (kind, text) in found.items()]

    def count(self) -> dict[str, int]:
        """Return the number of things of each kind."""
        rows = self._index.execute("SELECT kind, count(DISTINCT thing) FROM name GROUP BY kind")
        return dict(rows.fetchall())

    def close(self) -> None:
        """Let go of the file."""
        self._index.close()

    def _hit(self, thing: str, kind: str, matched: str, language: str) -> Hit:
        rows = self._index.execute("SELECT language, text FROM name WHERE thing = ?", (thing,))
        names = dict(rows.fetchall())
        order = (language, "en", "fi", "sv", "")
        label = next((names[code] for code in order if code in names), None)
        label = label or next(iter(names.values()), matched)
        return Hit(thing, kind, label, "" if matched == label else matched)


def _fold(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in apart if not unicodedata.combining(char)).split())


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
