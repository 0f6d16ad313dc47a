"""Gather what RDF files say about each thing: statements come in any order, things one by one."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from pyoxigraph import Literal, NamedNode, Quad

from graph.records import ConceptRelation
from loaders.base import Problem
from loaders.readers.encodings import readable
from loaders.readers.files import SourceFile
from loaders.readers.rdf.base import Damage
from ontology import terms as t

_XL = "http://www.w3.org/2008/05/skos-xl#"
_STATUS = "http://purl.org/iso25964/skos-thes#status"
TEXTS = {
    t.SKOS + "prefLabel": "prefLabel",
    t.SKOS + "altLabel": "altLabel",
    t.SKOS + "hiddenLabel": "hiddenLabel",
    _XL + "prefLabel": "prefLabel",
    _XL + "altLabel": "altLabel",
    _XL + "hiddenLabel": "hiddenLabel",
    t.DCT + "description": "description",
    t.DCT + "title": "title",
    t.SKOS + "definition": "definition",
    t.SKOS + "scopeNote": "scopeNote",
}
VALUES = {
    _STATUS: "status",
    t.ADMS + "status": "status",
    t.DCT + "modified": "modified",
    t.SKOS + "notation": "notation",
    t.OWL + "deprecated": "deprecated",
    t.SKOS + "inScheme": "inScheme",
    t.ESCO + "skillType": "skillType",
    t.ESCO + "skillReuseLevel": "skillReuseLevel",
    t.ESCO + "memberOfISCOGroup": "memberOfISCOGroup",
    t.ESCO + "hasNACECode": "naceCode",
    t.ESCO + "naceCode": "naceCode",
    t.DCT + "isReplacedBy": "isReplacedBy",
    t.ESCO + "replacedBy": "isReplacedBy",
}
EDGES = {
    t.SKOS + "broader": ("broader", False),
    t.SKOS + "narrower": ("broader", True),
    t.ESCO + "relatedEssentialSkill": ("essential-skill", False),
    t.ESCO + "isEssentialSkillFor": ("essential-skill", True),
    t.ESCO + "relatedOptionalSkill": ("optional-skill", False),
    t.ESCO + "isOptionalSkillFor": ("optional-skill", True),
    t.SKOS + "hasTopConcept": ("top-concept", False),
    t.SKOS + "topConceptOf": ("top-concept", True),
    t.DCT + "replaces": ("replaced-by", True),
    t.ESCO + "replaces": ("replaced-by", True),
    t.SKOS + "exactMatch": ("exact-match", False),
    t.SKOS + "closeMatch": ("close-match", False),
    t.SKOS + "broadMatch": ("broad-match", False),
    t.SKOS + "narrowMatch": ("narrow-match", False),
}
"""Property → relation, and whether it is told from the target's side."""
ASSOCIATIONS = {
    t.ESCO + "isAssociationFor": "subject",
    t.ESCO + "target": "target",
    t.DCT + "type": "relation",
}
"""Properties of `esco:AssociationObject`, a relation that is a node of its own."""
_RELATION_TYPES = "http://data.europa.eu/esco/relationship-type/"
_TYPE = t.RDF + "type"
_NODE_CLASSES = {_XL + "Label", t.ESCO + "NodeLiteral", t.ESCO + "AssociationObject"}
NODE_TEXTS = {_XL + "literalForm", t.ESCO + "nodeLiteral"}
_NODE_LANGUAGE = t.ESCO + "language"
_ADDRESSES = {"inScheme", "memberOfISCOGroup", "isReplacedBy"}
_BATCH = 20_000

_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -50000;
CREATE TABLE fact (s TEXT, p TEXT, o TEXT, tag TEXT, node INTEGER);
CREATE TABLE node_text (s TEXT, text TEXT, tag TEXT);
CREATE TABLE node_tag (s TEXT, tag TEXT);
CREATE TABLE association (node TEXT, part TEXT, value TEXT);
CREATE TABLE edge (subject TEXT, relation TEXT, target TEXT, owner TEXT,
    PRIMARY KEY (subject, relation, target)) WITHOUT ROWID;
"""
_INSERTS = {
    "fact": "INSERT INTO fact VALUES (?, ?, ?, ?, ?)",
    "node_text": "INSERT INTO node_text VALUES (?, ?, ?)",
    "node_tag": "INSERT INTO node_tag VALUES (?, ?)",
    "association": "INSERT INTO association VALUES (?, ?, ?)",
    "edge": "INSERT OR IGNORE INTO edge VALUES (?, ?, ?, ?)",
}
_INDEXES = """
CREATE INDEX text_of ON node_text (s); CREATE INDEX tag_of ON node_tag (s);
CREATE INDEX part_of ON association (node, part);
CREATE INDEX described ON fact (s) WHERE p = 'type';
"""
# An association says what a direct relation says; it counts where there is no direct one, and comes
# with the end that the files describe.
_ASSOCIATED = """
INSERT OR IGNORE INTO edge
SELECT one.value, replace(kind.value, :types, ''), other.value,
    CASE WHEN EXISTS (SELECT 1 FROM fact WHERE s = other.value AND p = 'type')
        AND NOT EXISTS (SELECT 1 FROM fact WHERE s = one.value AND p = 'type')
    THEN other.value ELSE one.value END
FROM association one JOIN association kind ON kind.node = one.node AND kind.part = 'relation'
    JOIN association other ON other.node = one.node AND other.part = 'target'
WHERE one.part = 'subject' AND kind.value IN (:types || 'essential-skill', :types || 'optional-skill')
"""
# Damage to a label or a description is told with the concept that has it.
_OWNERS = """
CREATE INDEX by_object ON fact (o) WHERE node = 1;
UPDATE fact SET s = (SELECT f.s FROM fact f WHERE f.o = fact.s AND f.node = 1)
WHERE p = 'damage' AND EXISTS (SELECT 1 FROM fact f WHERE f.o = fact.s AND f.node = 1);
"""
_ALL = """
SELECT f.s AS s, f.p AS p, CASE WHEN f.node = 1 THEN n.text ELSE f.o END AS o,
    coalesce(g.tag, n.tag, f.tag) AS tag
FROM fact f LEFT JOIN node_text n ON f.node = 1 AND n.s = f.o
    LEFT JOIN node_tag g ON f.node = 1 AND g.s = f.o
UNION ALL SELECT owner, 'edge', subject || ' ' || relation || ' ' || target, '' FROM edge
ORDER BY s, p, tag, o
"""


@dataclass(frozen=True, slots=True)
class Words:
    """Which properties of a vocabulary count, and under what names."""

    texts: Mapping[str, str] = field(default_factory=lambda: TEXTS)
    values: Mapping[str, str] = field(default_factory=lambda: VALUES)
    edges: Mapping[str, tuple[str, bool]] = field(default_factory=lambda: EDGES)
    associations: Mapping[str, str] = field(default_factory=lambda: ASSOCIATIONS)
    node_texts: Collection[str] = field(default_factory=lambda: NODE_TEXTS)
    """Properties with the text of a label or note that is a node of its own."""


@dataclass(slots=True)
class Described:
    """All that the files say about one thing."""

    subject: str
    """Its address, "" for damage of which the subject is lost."""
    file: str = ""
    """The file that gives its class."""
    classes: set[str] = field(default_factory=set)
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Property (`prefLabel`, …) → language tag and text."""
    values: dict[str, list[str]] = field(default_factory=dict)
    """Property → addresses and plain values."""
    relations: list[ConceptRelation] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Properties that hold something else than an address."""

    def problem(self, record: str, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this thing."""
        name = record or self.subject
        raw = {"classes": sorted(self.classes), "texts": self.texts, "values": self.values}
        return Problem(
            self.file, name, field, reason, remedy, json.dumps(raw, ensure_ascii=False)[:10_000]
        )


class Spool:
    """A table on disk that takes statements in any order; use it with `spooled`."""

    def __init__(self, path: Path, languages: Collection[str] | None, words: Words) -> None:
        """Take the statements whose texts are in one of the languages; None takes all of them."""
        self._languages = languages
        self._words = words
        self._text_names = frozenset(words.texts.values())
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.executescript(_SCHEMA)
        self._base.execute("BEGIN")
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _INSERTS}
        self._files: list[SourceFile] = []
        self._damaged = False
        self._known_languages: dict[str, bool] = {}
        self._takers = self._make_takers(words)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def start(self, file: SourceFile) -> None:
        """Tell from which file the next statements come."""
        self._files.append(file)

    def damage(self, found: Damage) -> None:
        """Keep what cannot be read, with its subject."""
        self._damaged = True
        told = json.dumps([found.place, found.reason, found.raw])
        self._add("fact", (readable(found.subject), "damage", told, str(len(self._files) - 1), 0))

    def add(self, quad: Quad) -> None:
        """Keep a statement, if it is one that counts."""
        take = self._takers.get(quad.predicate.value)
        if take is not None:
            take(quad.subject, quad.object)

    def _make_takers(self, words: Words) -> dict[str, Callable[[object, object], None]]:
        """Return what to do with the statements of each property: most properties count for nothing."""
        named = self._of_named
        return {
            **{prop: named(partial(self._value, name)) for prop, name in words.values.items()},
            _TYPE: self._type,
            _NODE_LANGUAGE: self._node_language,
            **dict.fromkeys(words.node_texts, self._node_text),
            **{prop: partial(self._part, part) for prop, part in words.associations.items()},
            **{prop: named(partial(self._edge, prop)) for prop in words.edges},
            **{prop: named(partial(self._text, name)) for prop, name in words.texts.items()},
        }

    @staticmethod
    def _of_named(take: Callable[[str, object], None]) -> Callable[[object, object], None]:
        def run(subject: object, value: object) -> None:
            if isinstance(subject, NamedNode):
                take(subject.value, value)

        return run

    def _node_text(self, subject: object, value: object) -> None:
        if isinstance(value, Literal) and self._wanted(value.language):
            self._add("node_text", (_key(subject), value.value, value.language))

    def _node_language(self, subject: object, value: object) -> None:
        if isinstance(value, Literal):
            self._add("node_tag", (_key(subject), value.value.lower()))

    def _part(self, part: str, subject: object, value: object) -> None:
        if isinstance(value, NamedNode):
            self._add("association", (_key(subject), part, value.value))

    def _type(self, subject: object, value: object) -> None:
        kind = _key(value)
        if isinstance(subject, NamedNode) and kind not in _NODE_CLASSES:
            self._add("fact", (subject.value, "type", kind, str(len(self._files) - 1), 0))

    def _text(self, name: str, subject: str, value: object) -> None:
        if not isinstance(value, Literal):
            self._add("fact", (subject, name, _key(value), None, 1))
        elif name == "prefLabel" or self._wanted(value.language):
            self._add("fact", (subject, name, value.value, value.language or "und", 0))

    def _edge(self, prop: str, subject: str, value: object) -> None:
        relation, inverse = self._words.edges[prop]
        if not isinstance(value, NamedNode):
            self._add("fact", (subject, "wrong", prop, "", 0))
            return
        ends = (value.value, subject) if inverse else (subject, value.value)
        self._add("edge", (ends[0], relation, ends[1], subject))

    def _value(self, name: str, subject: str, value: object) -> None:
        if name in _ADDRESSES and not isinstance(value, NamedNode):
            self._add("fact", (subject, "wrong", name, "", 0))
            return
        # A plain value before one with a datatype, where there are several (notations).
        typed = isinstance(value, Literal) and value.datatype.value != t.XSD + "string"
        self._add("fact", (subject, name, _key(value), "1" if typed else "0", 0))

    def _wanted(self, language: str | None) -> bool:
        if self._languages is None or not language:
            return True
        known = self._known_languages.get(language)
        if known is None:
            known = language.partition("-")[0] in self._languages
            self._known_languages[language] = known
        return known

    def _add(self, table: str, row: tuple[Any, ...]) -> None:
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= _BATCH:
            self._base.executemany(_INSERTS[table], rows)
            rows.clear()

    def things(self) -> Iterator[Described]:
        """Yield everything that was described, by address; damage without a subject one by one."""
        for table, waiting in self._rows.items():
            self._base.executemany(_INSERTS[table], waiting)
            waiting.clear()
        self._base.executescript(_INDEXES + (_OWNERS if self._damaged else ""))
        self._base.execute(_ASSOCIATED, {"types": _RELATION_TYPES})
        for subject, rows in groupby(self._base.execute(_ALL), key=lambda row: cast(str, row[0])):
            if subject:
                yield self._thing(subject, rows)
                continue
            for row in rows:
                yield self._thing("", iter([row]))

    def _thing(self, subject: str, rows: Iterator[tuple[str, str, str | None, str]]) -> Described:
        thing = Described(subject)
        for _, name, value, tag in rows:
            if value is None:  # a label whose node is in another language, or is not described
                continue
            if name == "type":
                thing.classes.add(value)
                thing.file = thing.file or self._files[int(tag)].name
            elif name == "edge":
                thing.relations.append(ConceptRelation(*value.split(" ", 2)))
            elif name == "damage":
                place, reason, raw = json.loads(value)
                thing.damage.append(Damage(self._files[int(tag)], place, subject, reason, raw))
            elif name == "wrong":
                thing.wrong.append(value)
            elif name in self._text_names:
                if (tag, value) not in thing.texts.setdefault(name, []):
                    thing.texts[name].append((tag or "und", value))
            elif value not in thing.values.setdefault(name, []):
                thing.values[name].append(value)
        thing.file = thing.file or (thing.damage[0].file.name if thing.damage else self._files[0].name)
        return thing


def _key(term: object) -> str:
    """Return the address of a node, or the value of a literal."""
    return str(getattr(term, "value", ""))


@contextmanager
def spooled(languages: Collection[str] | None, words: Words | None = None) -> Iterator[Spool]:
    """Give an empty spool in a temporary folder, and remove it afterwards. `words`: those of ESCO."""
    with tempfile.TemporaryDirectory(prefix="fitech-rdf-") as folder:
        spool = Spool(Path(folder) / "spool.sqlite", languages, words or Words())
        try:
            yield spool
        finally:
            spool.close()
