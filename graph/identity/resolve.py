"""Decide which addresses of several sources name one thing.

In this order: what a person decided; identifiers (DOI, ORCID, ROR, OpenAlex, VIRTA, handle, course
code within a university); for works without a common one the normalised title with year and first
author; for people the same name in the by-line of one work. A later rule never joins what an
identifier holds apart. Claims lie in a temporary SQLite file, so that memory grows only with what
is joined.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

from graph.identifiers import Identifiers, name_key
from graph.identity.claims import Claim, alike, family_key, initial_key, normal
from graph.identity.clusters import Clusters, Decision

_SCHEMA = """
    CREATE TABLE things (iri TEXT, source INTEGER, kind TEXT, times INTEGER, label TEXT,
        PRIMARY KEY (iri, source)) WITHOUT ROWID;
    CREATE TABLE works (iri TEXT, title TEXT, author TEXT, PRIMARY KEY (iri, title, author))
        WITHOUT ROWID;
    CREATE TABLE keys (key TEXT, iri TEXT, PRIMARY KEY (key, iri)) WITHOUT ROWID;
    CREATE TABLE alike (key TEXT, iri TEXT, PRIMARY KEY (key, iri)) WITHOUT ROWID;
    CREATE TABLE creators (output TEXT, source INTEGER, person TEXT, name TEXT,
        PRIMARY KEY (output, source, person)) WITHOUT ROWID;
"""
_INSERT = {
    "things": """INSERT INTO things VALUES (?, ?, ?, 1, ?)
        ON CONFLICT (iri, source) DO UPDATE SET times = times + 1""",
    "works": "INSERT OR IGNORE INTO works VALUES (?, ?, ?)",
    "keys": "INSERT OR IGNORE INTO keys VALUES (?, ?)",
    "alike": "INSERT OR IGNORE INTO alike VALUES (?, ?)",
    "creators": "INSERT OR IGNORE INTO creators VALUES (?, ?, ?, ?)",
}
_BATCH = 10_000
# People and institutions come with each of their works; only of what a record is about does a
# second record of one source matter.
_TWICE = """
    SELECT iri FROM things GROUP BY iri
    HAVING count(*) > 1 OR (sum(times) > 1 AND min(kind) IN ('output', 'course'))
"""
_SHARED = "SELECT key, group_concat(iri, char(31)) FROM {table} GROUP BY key HAVING count(*) > 1"
_ONLY_ONE = {"person": "orcid:", "output": "doi:"}
"""Identifiers of which a thing has one only."""
_BEST = {
    "person": ("orcid-", "openalex-", "pure-"),
    "output": ("doi-", "handle-", "urn-", "openalex-"),
    "organisation": ("", "ror-"),
}
LABEL = 100
"""Characters of a name that people are shown."""
TOO_COMMON = 25
"""Addresses that share one identifier from which it is taken for no identifier."""
BY_IDENTIFIER, BY_NAME, BY_TITLE = 1.0, 0.9, 0.8


@dataclass(frozen=True, slots=True)
class PersonDecision:
    """What a person wrote into the file of decisions."""

    same: bool
    left: str
    right: str
    note: str = ""


@dataclass(slots=True)
class Identity:
    """What identity resolution found."""

    rewrites: dict[str, str] = field(default_factory=dict)
    """Address → the address that the graph uses instead."""
    decisions: list[Decision] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    """Addresses (as the graph uses them) of what several records or sources describe."""


class Resolver:
    """Takes the claims of all sources, then decides.

    Args:
        path: where the temporary database may lie.
        ids: the base of the addresses.
    """

    def __init__(self, path: Path, ids: Identifiers) -> None:
        self._db = sqlite3.connect(path)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        self._ids = ids

    def add(self, source: int, claims: Iterable[Claim]) -> None:
        """Take the claims of one source; `source` is its rank, the smallest is trusted most."""
        rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in _INSERT}
        for claim in claims:
            rows["things"].append((claim.iri, source, claim.kind, claim.label[:LABEL]))
            rows["keys"] += [(f"{claim.kind}|{key}", claim.iri) for key in claim.keys]
            if claim.likeness:
                rows["alike"].append((claim.likeness, claim.iri))
            if claim.kind == "output":
                author = family_key(claim.by_line[0][1]) if claim.by_line else ""
                rows["works"].append((claim.iri, normal(claim.label), author))
            rows["creators"] += [(claim.iri, source, iri, name) for iri, name in claim.by_line]
            if len(rows["things"]) >= _BATCH:
                self._write(rows)
        self._write(rows)

    def _write(self, rows: Mapping[str, list[tuple[object, ...]]]) -> None:
        for name, values in rows.items():
            self._db.executemany(_INSERT[name], values)
            values.clear()

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    def resolve(self, by_people: Sequence[PersonDecision] = ()) -> Identity:
        """Decide, and tell every decision with its reason."""
        self._db.executescript(
            "CREATE INDEX keys_of ON keys (iri); CREATE INDEX sources_of ON things (iri, source);"
        )
        found = Identity()
        apart = [(item.left, item.right) for item in by_people if not item.same]
        clusters = Clusters(self._only_one, apart)
        for item in by_people:
            if not item.same or clusters.join(item.left, item.right) is None:
                found.decisions.append(_told(item, self._kind(item.left)))
        self._by_key(clusters, found, "keys", "identifier", BY_IDENTIFIER)
        self._by_key(clusters, found, "alike", "title, year and first author", BY_TITLE)
        self._by_line(clusters, found)
        self._finish(clusters, found)
        found.decisions = [self._named(item) for item in found.decisions]
        return found

    def _named(self, item: Decision) -> Decision:
        left, right = self._label(item.left), self._label(item.right)
        # Most often they are equal: one text is kept of the two.
        return replace(item, left_label=left, right_label=left if right == left else right)

    def _label(self, iri: str) -> str:
        """Return what the most trusted source calls a thing, "" if none names it."""
        query = "SELECT label FROM things WHERE iri = ? AND label <> '' ORDER BY source LIMIT 1"
        row = self._db.execute(query, (iri,)).fetchone()
        return str(row[0]) if row else ""

    def _by_key(
        self, clusters: Clusters, found: Identity, table: str, reason: str, confidence: float
    ) -> None:
        for key, packed in self._db.execute(_SHARED.format(table=table)).fetchall():
            iris = sorted(packed.split("\x1f"))
            kind, _, detail = key.partition("|") if table == "keys" else ("output", "", key)
            if len(iris) > TOO_COMMON:
                text = f"{detail}: {len(iris)} things"
                found.decisions.append(Decision(kind, False, iris[0], iris[1], "too common", text, 0.0))
                continue
            for place, other in enumerate(iris[1:], start=1):
                one = next((one for one in iris[:place] if self._agree(kind, one, other, detail)), None)
                if one is not None:
                    self._join(clusters, found, (kind, one, other), reason, detail, confidence)
                else:
                    left = iris[0]
                    found.decisions.append(
                        Decision(kind, False, left, other, "different titles", detail, 0.5)
                    )

    def _agree(self, kind: str, one: str, other: str, key: str) -> bool:
        """Whether titles or authors of two works do not speak against an identifier that they share.

        Chapters often carry the DOI or ISBN of their book.
        """
        if kind != "output":
            return True
        mine, theirs = self._works(one), self._works(other)
        if not mine or not theirs:
            return True
        if any(alike(title, title2) for title, _ in mine for title2, _ in theirs):
            return True
        authors = {author for _, author in mine} & {author for _, author in theirs} - {""}
        return bool(authors) and not key.startswith("urn:isbn:")

    def _works(self, iri: str) -> list[tuple[str, str]]:
        query = "SELECT title, author FROM works WHERE iri = ? AND title <> ''"
        return self._db.execute(query, (iri,)).fetchall()

    def _join(
        self,
        clusters: Clusters,
        found: Identity,
        pair: tuple[str, str, str],
        reason: str,
        detail: str,
        confidence: float,
    ) -> None:
        kind, left, right = pair
        if clusters.find(left) == clusters.find(right):
            return
        obstacle = clusters.join(left, right)
        if obstacle is None:
            found.decisions.append(Decision(kind, True, left, right, reason, detail, confidence))
        else:
            text = f"{detail}, but {obstacle}"
            found.decisions.append(
                Decision(
                    kind, False, left, right, "different identifiers", text, round(1 - confidence, 4)
                )
            )

    def _by_line(self, clusters: Clusters, found: Identity) -> None:
        """Join the people of by-lines that several records give of one work."""
        for by_lines in self._by_lines(clusters):
            for one, other in combinations(by_lines, 2):
                for key_of in (name_key, initial_key):
                    mine, theirs = _unique(one, key_of), _unique(other, key_of)
                    for key in sorted(mine.keys() & theirs.keys()):
                        (left, name), (right, again) = mine[key], theirs[key]
                        detail = f"{name} – {again}"
                        pair = ("person", left, right)
                        self._join(clusters, found, pair, "by-line of one work", detail, BY_NAME)

    def _by_lines(self, clusters: Clusters) -> Iterator[list[list[tuple[str, str]]]]:
        """Yield the by-lines (lists of address and name) of each work that has several."""
        works: dict[str, list[str]] = defaultdict(list)
        several = "SELECT output FROM creators GROUP BY output HAVING count(DISTINCT source) > 1"
        for (output,) in self._db.execute(several):
            works[clusters.find(output)].append(output)
        for members in list(clusters.joined()):
            if self._kind(members[0]) == "output":
                works[clusters.find(members[0])] = members
        query = "SELECT source, person, name FROM creators WHERE output = ?"
        for root in sorted(works):
            by_lines: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
            for output in sorted(set(works[root])):
                for source, person, name in self._db.execute(query, (output,)):
                    by_lines[output, source].append((person, name))
            if len(by_lines) > 1:
                yield list(by_lines.values())

    def _finish(self, clusters: Clusters, found: Identity) -> None:
        ranks = "SELECT min(source) FROM things WHERE iri = ?"

        def rank(iri: str) -> tuple[object, ...]:
            kind, key = self._split(iri)
            prefixes = _BEST.get(kind, ())
            place = next(
                (n for n, prefix in enumerate(prefixes) if prefix and key.startswith(prefix)),
                0 if kind == "organisation" and not ("-" in key or "/" in key) else len(prefixes),
            )
            (source,) = self._db.execute(ranks, (iri,)).fetchone()
            return place, source if source is not None else 1_000, iri

        found.rewrites.update(clusters.canonical(rank))
        found.shared.update(found.rewrites.values())
        found.shared.update(found.rewrites.get(iri, iri) for (iri,) in self._db.execute(_TWICE))

    def _only_one(self, iri: str) -> frozenset[str]:
        scheme = _ONLY_ONE.get(self._split(iri)[0])
        if scheme is None:
            return frozenset()
        keys = self._db.execute("SELECT key FROM keys WHERE iri = ?", (iri,))
        plain = (key.partition("|")[2] for (key,) in keys)
        return frozenset(key for key in plain if key.startswith(scheme))

    def _split(self, iri: str) -> tuple[str, str]:
        kind, _, key = iri.removeprefix(self._ids.base).partition("/")
        return kind, key

    def _kind(self, iri: str) -> str:
        return self._split(iri)[0]


def _told(item: PersonDecision, kind: str) -> Decision:
    return Decision(kind, item.same, item.left, item.right, "person decided", item.note, 1.0)


def _unique(
    by_line: list[tuple[str, str]], key_of: Callable[[str], str]
) -> Mapping[str, tuple[str, str]]:
    """Return the entries of a by-line by a form of the name that only one of them has."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for iri, name in by_line:
        found[key_of(name)].append((iri, name))
    return {key: entries[0] for key, entries in found.items() if len(entries) == 1}
