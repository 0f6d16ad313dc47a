"""What is said of one thing, as lines of N-Triples.

Lines, not objects of the engine: a record becomes some ten to fifty statements, and text is made
several times faster than objects that are turned into text afterwards. Addresses and language tags
are checked by the engine's own rules, each once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from graph.records import LangText
from ontology import terms as t


@cache
def _prop(iri: str) -> str:
    """Return a property or class as it stands in a line; there are few of them."""
    return f" {NamedNode(iri)} "


@lru_cache(maxsize=1_000)
def _tag(language: str) -> str:
    """Return the end of a literal in a language.

    Raises:
        ValueError: it is no language tag.
    """
    Literal("", language=language)
    return f'"@{language.lower()} .\n'


@cache
def _typed(datatype: str) -> str:
    return f'"^^{NamedNode(datatype)} .\n'


DATE, DATE_TIME, DECIMAL, INTEGER, BOOLEAN = (
    t.XSD + name for name in ("date", "dateTime", "decimal", "integer", "boolean")
)
_PLAIN = '" .\n'


def shared_literal(prop: str, datatype: str | None = None) -> Callable[[str], str]:
    """Return a function that formats a literal of bearable length once for all that have it."""

    @lru_cache(maxsize=20_000)
    def end(value: str) -> str:
        return f'{_prop(prop)}"{_escaped(value)}{_typed(datatype) if datatype else _PLAIN}'

    return end


def shared_link(prop: str) -> Callable[[str], str]:
    """Return a function that formats a link to a thing once for all that have it.

    It raises `ValueError` for what is no IRI.
    """

    @lru_cache(maxsize=50_000)
    def end(value: str) -> str:
        return f"{_prop(prop)}{NamedNode(value)} .\n"

    return end


@lru_cache(maxsize=50_000)
def _link(prop: str, value: str) -> str:
    """Return property and address as they stand in a line.

    Raises:
        ValueError: it is no IRI.
    """
    return f"{_prop(prop)}{NamedNode(value)} .\n"


@cache
def _type(kind: str) -> str:
    return f"{_prop(t.RDF + 'type')}<{kind}> .\n"


class Subject:
    """Collects what is said of one thing; absent values say nothing.

    Args:
        iri: the thing's address.
        types: its classes.

    Raises:
        ValueError: an address, here or later, is no IRI; a text holds half a character.
    """

    __slots__ = ("_start", "iri_text", "lines")

    def __init__(self, iri: str, *types: str) -> None:
        self.iri_text = iri
        self._start = start = str(NamedNode(iri))
        self.lines = [start + _type(kind) for kind in types]

    def triples(self) -> list[Triple]:
        """Return the statements as objects of the engine."""
        return to_objects(self.lines)

    def iri(self, prop: str, value: str | None) -> Subject:
        """Add a link to another thing."""
        if value:
            self.lines.append(self._start + _link(prop, value))
        return self

    def iris(self, prop: str, values: Iterable[str]) -> Subject:
        """Add a link to each of several things."""
        for value in values:
            self.iri(prop, value)
        return self

    def plain(self, prop: str, value: object | None, datatype: str | None = None) -> Subject:
        """Add a literal, of a datatype if one is given."""
        if value is not None and value != "":
            end = _typed(datatype) if datatype else _PLAIN
            self.lines.append(f'{self._start}{_prop(prop)}"{_escaped(str(value))}{end}')
        return self

    def often(self, *ends: str) -> Subject:
        """Add statements that many things share; see `shared_literal` and `shared_link`."""
        start = self._start
        self.lines += [start + end for end in ends]
        return self

    def each(self, prop: str, values: Iterable[str]) -> Subject:
        """Add a plain literal for each value."""
        for value in values:
            self.plain(prop, value)
        return self

    def text(self, prop: str, values: LangText) -> Subject:
        """Add one language-tagged literal per language."""
        for language, value in values.items():
            self.lines.append(f'{self._start}{_prop(prop)}"{_escaped(value)}{_tag(language)}')
        return self

    def words(self, prop: str, values: Mapping[str, Iterable[str]]) -> Subject:
        """Add several language-tagged literals per language."""
        for language, texts in values.items():
            for text in texts:
                self.text(prop, {language: text})
        return self

    def flag(self, prop: str, value: bool | None) -> Subject:
        """Add a truth value."""
        return self.plain(prop, None if value is None else str(value).lower(), BOOLEAN)

    def day(self, prop: str, value: date | None) -> Subject:
        """Add a date."""
        return self.plain(prop, value.isoformat() if value else None, DATE)


def to_objects(lines: Iterable[str]) -> list[Triple]:
    """Return lines of N-Triples as objects of the engine."""
    quads = parse("".join(lines).encode(), RdfFormat.N_TRIPLES)
    return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def _escaped(text: str) -> str:
    """Escape what may not stand in a literal of N-Triples."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if '"' in text:
        text = text.replace('"', '\\"')
    if "\n" in text:
        text = text.replace("\n", "\\n")
    if "\r" in text:
        text = text.replace("\r", "\\r")
    return text
