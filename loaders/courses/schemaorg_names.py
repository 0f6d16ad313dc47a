"""By what a course of schema.org is known: code, other identifiers, page, texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph.identifiers import digest
from loaders.courses.schemaorg_json import single
from loaders.courses.schemaorg_things import Thing
from loaders.readers.fields import Fields
from loaders.texts.course_codes import codes_in
from loaders.texts.text import honest_languages

_OURS = {"en", "fi", "sv"}
_CODE_WORDS = ("code", "koodi", "kod")


def code_of(thing: Thing) -> str:
    """Return by what a course is known: its code, else a digest of its address or of what it is called.

    Of other identifiers one counts as a code if it says so or looks like one.
    """
    for value in thing.values("courseCode"):
        for text in plain(thing, value):
            return text
    for value in thing.values("identifier"):
        kind = single(value, "propertyID", "name") if isinstance(value, Mapping) else ""
        says_so = any(word in str(kind).lower() for word in _CODE_WORDS)
        for text in identifier(thing, value):
            if says_so or codes_in((text,), (), "") == (text,):
                return text
    if address := thing.id or next(iter(thing.addresses("url")), None):
        return digest(address)
    if thing.document.sole and thing.document.address:
        return digest(thing.document.address)
    return digest(
        "|".join(sorted(text for value in thing.values("name") for text in plain(thing, value)))
    )


def plain(thing: Thing, value: object) -> list[str]:
    """Return the plain texts of a value, none if it cannot be read."""
    try:
        return [text for _, text in thing.said(value)]
    except ValueError:
        return []


def identifier(thing: Thing, value: object) -> list[str]:
    """Return an identifier: a text, or the value of a `PropertyValue`."""
    if isinstance(value, Mapping):
        value = single(value, "value", "@value", "@id")
    return plain(thing, value) if isinstance(value, str | int) else []


def identifiers(thing: Thing) -> tuple[str, ...]:
    """Return all identifiers of a course, its address too."""
    found = [text for value in thing.values("courseCode") for text in plain(thing, value)]
    found += [text for value in thing.values("identifier") for text in identifier(thing, value)]
    return tuple(dict.fromkeys((*found, *([thing.id] if thing.id else []))))


def homepage(thing: Thing, fields: Fields) -> str | None:
    """Return the page of a course: what it says, else the page on which it stands alone."""
    pages = thing.addresses("url", "mainEntityOfPage")
    if pages:
        return pages[0]
    if thing.values("url"):
        fields.warn("url", f"{str(thing.values('url')[0])[:80]!r} is no web address.")
    return thing.document.address if thing.document.sole else None


def texts(thing: Thing, fields: Fields, *names: str) -> dict[str, str]:
    """Return the texts of properties by language; a wrong one is warned of."""
    return honest(fields.read(names[0], names, lambda these: thing.texts(*these)) or {})


def honest(found: dict[str, str]) -> dict[str, str]:
    """Return texts, one that stands under several languages once; a single text keeps its language."""
    return honest_languages(found) if len(found) > 1 and found.keys() <= _OURS else found


def joined(stated: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return texts as one per language, each once and on a line of its own."""
    found: dict[str, dict[str, None]] = {}
    for words in stated:
        for language, text in words.items():
            found.setdefault(language, {})[text] = None
    return {language: "\n".join(lines) for language, lines in found.items()}
