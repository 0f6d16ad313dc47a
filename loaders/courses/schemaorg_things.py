"""Things of schema.org as a page or file tells them: their values, texts and what they refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from loaders.base import Problem
from loaders.courses.course_values import web_address
from loaders.courses.schemaorg_index import Index
from loaders.courses.schemaorg_json import COURSES, INSTANCE, REFERENCE, Node, listed, types_of
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import raw_of
from loaders.texts.languages import language_code
from loaders.texts.text import MAX_TEXT, guess_language, plain_text

_DEPTH = 40
_WAYS = (
    "@graph", "@included", "itemListElement", "item", "mainEntity", "hasPart", "hasCourse",
    "hasOfferCatalog", "makesOffer", "itemOffered", "dataFeedElement",
)  # fmt: skip
"""Properties by which a page leads to the courses that it is about; others only mention some."""
_LANGUAGE_KEY = re.compile(r"^(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*|@none)$")


@dataclass(frozen=True, slots=True)
class Document:
    """A page or file: what its things are relative to."""

    file: SourceFile
    index: Index
    address: str | None = None
    """Address of the page, if it tells it."""
    language: str | None = None
    """Language in which the page says it is."""
    sole: bool = False
    """Whether it tells one course only: then its address is that of the course."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of a document and where it stands: `block 2, item 1`."""

    document: Document
    place: str
    node: Node
    above: tuple[Node, ...] = ()
    """The things that hold it, the innermost first."""
    language: str = "und"
    """Language of texts that do not say theirs."""

    @property
    def id(self) -> str | None:
        """Its identifier as an address of the web, None if it has none that holds everywhere."""
        return self.absolute(self.node.get("@id"))

    def absolute(self, value: object) -> str | None:
        """Return an address, a relative one completed with that of the page; None if it is none."""
        if isinstance(value, Mapping):
            value = value.get("@id") or value.get("@value") or value.get("url")
        if not isinstance(value, str) or not value.strip():
            return None
        try:
            return web_address(urljoin(self.document.address or "", value.strip()))
        except ValueError:
            return None

    def is_a(self, *names: str) -> bool:
        """Return whether it is of one of these types."""
        return not set(types_of(self.node)).isdisjoint(names)

    def values(self, *names: str) -> list[Any]:
        """Return the values of properties; what is only referred to is looked up in the document."""
        found = (value for name in names for value in listed(self.node.get(name)))
        return [self._resolved(value) for value in found if value not in ("", {}, [])]

    def _resolved(self, value: object) -> object:
        if isinstance(value, Mapping) and value.keys() <= REFERENCE and "@id" in value:
            return self.document.index.get(str(value["@id"])) or value
        return value

    def inner(self, value: Node) -> Thing:
        """Return an object within it as a thing."""
        return Thing(self.document, self.place, value, (self.node, *self.above), self.language)

    def things(self, *names: str) -> list[Thing]:
        """Return the things that properties hold or refer to."""
        found = (value for value in self.values(*names) if isinstance(value, Mapping))
        return [self.inner(value) for value in found if "@value" not in value]

    def addresses(self, *names: str) -> list[str]:
        """Return the addresses that properties hold; what is none is left out."""
        found = (self.absolute(value) for name in names for value in listed(self.node.get(name)))
        return list(dict.fromkeys(address for address in found if address))

    def texts(self, *names: str) -> dict[str, str]:
        """Return the texts of properties by language; in each the first of the first property.

        Raises:
            ValueError: a text is far too long, or its language is none.
        """
        found: dict[str, str] = {}
        for value in self.values(*names):
            for language, text in self.said(value):
                found.setdefault(language, text)
        return found

    def said(self, value: object) -> Iterator[tuple[str, str]]:
        """Yield the language and plain text of a value: a text, a number, or what a thing is called.

        Raises:
            ValueError: as `texts` does.
        """
        language = self.language
        if isinstance(value, Mapping) and "@value" in value:
            language = language_code(value.get("@language")) or language
            value = value["@value"]
        elif isinstance(value, Mapping) and value and all(map(_LANGUAGE_KEY.match, value)):
            for key, inner in value.items():  # a map of languages, as some contexts have them
                yield from self.said({"@value": inner, "@language": key.replace("@none", "")})
            return
        elif isinstance(value, Mapping):
            names = ("name", "targetName", "termCode", "description", "targetDescription")
            called = ([one for one in listed(value.get(name)) if _is_text(one)] for name in names)
            for one in next(filter(None, called), []):
                yield from self.said(one)
            return
        if value is None or isinstance(value, bool | list | Mapping):
            return
        text = str(value)
        if len(text) > MAX_TEXT:
            raise ValueError(f"a text has {len(text):,} characters")
        if plain := plain_text(text):
            yield language, plain

    def problem(self, record: str, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this thing."""
        name = f"{record[:200]} ({self.place})" if record else self.place
        return Problem(self.document.file.name, name, field, reason, remedy, raw_of(self.node))


def _is_text(value: object) -> bool:
    return not isinstance(value, list) and (not isinstance(value, Mapping) or "@value" in value)


def courses_in(top: Thing) -> Iterator[Thing]:
    """Yield the courses and instances that a thing is or leads to, in their order.

    A course within another is one of its own; `{"@type": "Course", "url": …}` only refers to one.
    """
    stack = [(top.node, top.above)]
    while stack:
        node, above = stack.pop()
        one = Thing(top.document, top.place, node, above, top.language)
        if one.is_a(INSTANCE, *COURSES) and (node is top.node or not node.keys() <= REFERENCE):
            yield one
        inner = (value for way in _WAYS for value in listed(node.get(way)))
        below = [(value, (node, *above)) for value in inner if isinstance(value, Mapping)]
        stack += reversed(below[:100_000]) if len(above) < _DEPTH else []


def spoken(thing: Thing) -> str:
    """Return the language of a course's texts that do not say theirs.

    In order: that of the document's context, what the words of the description or the name tell, the
    page's, the only language of teaching.
    """
    if thing.language != "und":
        return thing.language
    for value in (*thing.values("description"), *thing.values("name")):
        text = value.get("@value") if isinstance(value, Mapping) else value
        if isinstance(text, str) and (language := guess_language(plain_text(text[:5000]))):
            return language
    if thing.document.language:
        return thing.document.language
    try:
        taught = {language_code(value) for value in thing.values("inLanguage")}
    except ValueError:
        return "und"
    return (taught.pop() if len(taught) == 1 else None) or "und"
