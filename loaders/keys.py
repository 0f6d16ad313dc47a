"""Keys, codes and identifiers are for machines: one with markup or control characters in it is none.

Texts lose their HTML where they are read. An identifier cannot: another text would name another thing.
So a faulty one is left out and told, and a record that is known by nothing else is refused. This is
the one place that looks, for every loader, before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graph.records import (
    Concept,
    Course,
    CourseOffering,
    JobAdvert,
    Organisation,
    Person,
    Record,
    ResearchOutput,
)
from loaders.base import Outcome, Problem
from loaders.readers.json_stream import MAX_RAW

_FAULT = re.compile(r"[<>\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Angle brackets, control characters, signs that turn the direction of writing, half characters."""
SICI = r"<[\w.]*:[^<>\s]*>(?=\d\.\d\.)"
"""What old DOIs hold of their article (ANSI/NISO Z39.56): `39:2<266::AID-JBM14>3.0.CO;2-E`."""
_SICI = re.compile(SICI)
_OWN = {
    Course: ("code",),
    CourseOffering: ("key", "course_code"),
    ResearchOutput: ("key",),
    JobAdvert: ("key",),
    Organisation: ("key",),
    Person: ("key",),
}
"""Without these a record has no address."""
_ONE = {
    Concept: ("notation",),
    Course: ("unit",),
    Organisation: ("part_of",),
    Person: ("orcid",),
    ResearchOutput: ("doi",),
}
_MANY = {
    Course: ("identifiers", "prerequisite_codes", "parts"),
    Organisation: ("identifiers",),
    Person: ("identifiers", "affiliations"),
    ResearchOutput: ("creators", "organisations", "identifiers", "issns"),
}
_NAMES = {
    kind: ((*_OWN.get(kind, ()), *_ONE.get(kind, ())), _MANY.get(kind, ()))
    for kind in (*_OWN, *_ONE, *_MANY)
}
_BESIDE = (Organisation, Person)
"""What comes along with a record of another kind."""
_REASON = "has markup or control characters in it, which no identifier has"
_REMEDY = "Correct it in the source."


def is_faulty(text: str) -> bool:
    """Return whether a text can be no key, code or identifier."""
    return _FAULT.search(text) is not None and _FAULT.search(_SICI.sub("", text)) is not None


def with_sound_keys(outcome: Outcome, file: str = "") -> Outcome:
    """Return an outcome without faulty identifiers, each of which is told; most come back as they are.

    Args:
        outcome: what a loader gave.
        file: name of the source's file for what is told, "" if that is not known.
    """
    if isinstance(outcome, Problem) or not _has_fault(outcome.records):
        return outcome
    main = next((one for one in outcome.records if not isinstance(one, _BESIDE)), outcome.records[0])
    kept: list[Record] = []
    told: list[Problem] = []
    for record in outcome.records:
        wrong = next(
            (name for name in _OWN.get(type(record), ()) if is_faulty(getattr(record, name))), ""
        )
        if wrong and record is main:
            value = getattr(record, wrong)
            reason = f"The identifier {_shown(value)} {_REASON}."
            return Problem(file, _shown(value), wrong, reason, _REMEDY, repr(record)[:MAX_RAW])
        faults = [(wrong, getattr(record, wrong))] if wrong else list(_faults(record))
        name = str(next((getattr(main, name) for name in _OWN.get(type(main), ())), "?"))
        reason = "The field was left out: {} " + _REASON + "."
        told += [
            Problem(file, name, field, reason.format(_shown(value)), _REMEDY) for field, value in faults
        ]
        if not wrong:
            kept.append(_without_faults(record) if faults else record)
    return replace(outcome, records=tuple(kept), warnings=(*outcome.warnings, *told))


def _has_fault(records: tuple[Record, ...]) -> bool:
    """Whether any key, code or identifier may be faulty: asked of every record of every source."""
    texts: list[str] = []
    for record in records:
        names = _NAMES.get(type(record))
        if names is not None:
            texts += [getattr(record, name) or "" for name in names[0]]
            for name in names[1]:
                texts += getattr(record, name)
    return bool(texts) and _FAULT.search(" ".join(texts)) is not None


def _faults(record: Record) -> Iterator[tuple[str, str]]:
    """Yield field and value of each faulty identifier that the record can do without."""
    for name in _ONE.get(type(record), ()):
        if is_faulty(getattr(record, name) or ""):
            yield name, getattr(record, name)
    for name in _MANY.get(type(record), ()):
        yield from ((name, value) for value in getattr(record, name) if is_faulty(value))


def _without_faults(record: Any) -> Record:  # noqa: ANN401  # any of the kinds above
    kind = type(record)
    one: dict[str, Any] = {
        name: None for name in _ONE.get(kind, ()) if is_faulty(getattr(record, name) or "")
    }
    many = {
        name: tuple(value for value in getattr(record, name) if not is_faulty(value))
        for name in _MANY.get(kind, ())
    }
    new: Record = replace(record, **one, **many)
    return new


def _shown(value: str) -> str:
    return repr(value[:60])
