"""Which university gives a course that a web page describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from loaders.courses.schemaorg_json import ORGANISATIONS, types_of
from loaders.courses.schemaorg_things import Thing
from loaders.universities import key_of_host, key_of_name, universities

_GROUPS = (
    ("provider",),
    ("offeredBy", "organizer"),
    ("sourceOrganization", "publisher", "creator", "author"),
)
_DEPTH = 8
_SHARED = re.compile(r"(?:^|\.)tuni\.fi$")
"""Hosts that a university of applied sciences has as well: there a name has to tell."""


def university_of(course: Thing) -> str | None:
    """Return the key of the listed university that gives a course, None if nothing names one.

    Who provides it decides, whether listed or not; only if nobody is named so, who offers or organises
    it, who publishes it, the organisation that holds the course in its catalogue, the only organisation
    of the document, the site of the page.
    """
    for group in _groups(course):
        if group:
            return next((key for one in group if (key := _listed(course, one))), None)
    address = course.document.address or course.id
    return _by_host(address) if address else None


def named(course: Thing) -> str:
    """Return what the provider is called, "" if nothing tells."""
    for group in _groups(course):
        for one in group:
            if name := _name(one):
                return name
    return ""


def _groups(course: Thing) -> Iterator[list[object]]:
    for names in _GROUPS:
        own = course.values(*names)
        if names != ("provider",):
            for inner in course.things("offers", "hasCourseInstance"):
                own += inner.values(*names)
        yield own
    holders = [node for node in course.above if not set(types_of(node)).isdisjoint(ORGANISATIONS)]
    yield list(holders)
    for node in course.above:
        yield Thing(course.document, course.place, node).values("provider", "publisher")
    organisations = course.document.index.organisations
    yield list(organisations) if len(organisations) == 1 else []


def _name(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("legalName") or value.get("url") or value.get("@id")
    return value.strip()[:200] if isinstance(value, str) else ""


def _listed(course: Thing, value: object) -> str | None:
    """Return the university that an organisation is or belongs to."""
    if isinstance(value, str):
        return key_of_name(value) or _by_ror(value) or _by_host(value)
    if not isinstance(value, Mapping):
        return None
    steps = [Thing(course.document, course.place, value)]
    by_host = None
    for _ in range(_DEPTH):
        for one in steps:
            names = [one.node.get(name) for name in ("name", "legalName", "alternateName")]
            texts = (text for name in names for text in _strings(name))
            if key := next((key for text in texts if (key := key_of_name(text))), None):
                return key
            pages = one.addresses("@id", "sameAs", "url", "identifier")
            by_ror = (key for page in pages if (key := _by_ror(page)))
            if key := next(by_ror, None):
                return key
            by_host = by_host or next((key for page in pages if (key := _by_host(page))), None)
        steps = [up for one in steps for up in one.things("parentOrganization")]
    return by_host


def _strings(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        inner = one.get("@value") if isinstance(one, Mapping) else one
        if isinstance(inner, str):
            yield inner


def _by_ror(address: str) -> str | None:
    wanted = address.strip().rstrip("/").replace("http://", "https://")
    return next((item.key for item in universities() if item.ror and item.ror == wanted), None)


def _by_host(address: str) -> str | None:
    try:
        host = urlsplit(address.strip()).hostname or ""
    except ValueError:
        return None
    return None if _SHARED.search(host) else key_of_host(host)
