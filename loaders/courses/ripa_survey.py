"""The first pass over messages of the cross-institutional study service: which version counts.

Of two whole versions the one made later counts, or else the one that stands first: harvested files come
newest first. An update completes a whole version; which of several updates is newer shows in whether
they stand before the whole version (newest first) or after it (in the order of sending). A deletion
counts if it stands before or after everything else that is said of the thing, not if it was sent again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from loaders.base import Problem
from loaders.courses.ripa_messages import (
    elements_within,
    kind_of,
    localised,
    organiser_key,
    parts_within,
    realisations_within,
    text_of,
    unwrapped,
)
from loaders.readers.json_stream import Item

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
DELETED = "DELETED"
_GONE = ("CANCELLED", "ARCHIVED")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a version or an update says of itself."""

    place: int
    university: str
    code: str
    status: str | None
    made: datetime | None
    named: bool
    """Whether it has a name that can be read: a damaged version hides none that is sound."""

    def is_better_than(self, other: _Said | None) -> bool:
        """Return whether this whole version counts instead of another that stands before it."""
        if other is None or self.named != other.named:
            return other is None or self.named
        return bool(self.made and other.made and self.made > other.made)


@dataclass(slots=True)
class Thing:
    """All that the messages say of one course unit, module or realisation."""

    whole: _Said | None = None
    updates: list[_Said] = field(default_factory=list)
    deleted_at: list[int] = field(default_factory=list)
    first: int = -1
    last: int = -1
    """Places of the first and the last message that tells it."""
    with_parts: bool = False
    """Whether a deletion takes the course units of a module along."""
    applied: tuple[int, ...] = ()
    """Places whose contents make the version that counts, oldest first."""
    key: tuple[str, str] = ("", "")
    """University and code, which make the address; university "" if nothing tells it."""
    gone: str = ""
    """`DELETED`, `CANCELLED`, `ARCHIVED`, or "" while it is there."""

    @property
    def told_at(self) -> int:
        """Return the place where the whole is known: of the last of the messages that make it."""
        return max(self.applied, default=-1)

    @property
    def made(self) -> tuple[datetime, int]:
        """Return what orders things that share a code: when made, then how far in front."""
        made = self.whole.made if self.whole else None
        return made or _LONG_AGO, -self.told_at


@dataclass(slots=True)
class Survey:
    """What the first pass found; one small entry per thing and network."""

    provider: str | None = None
    elements: dict[str, Thing] = field(default_factory=dict)
    realisations: dict[str, Thing] = field(default_factory=dict)
    of_key: dict[tuple[str, str], str] = field(default_factory=dict)
    """University and code → id of the newest element that has them."""
    also: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """University and code → ids of the elements that lost to a newer one."""
    children: dict[str, dict[str, None]] = field(default_factory=dict)
    """Id of a module → ids of its parts."""
    networks: dict[str, dict[str, str]] = field(default_factory=dict)
    """Id of a network → its names."""
    codes: set[str] = field(default_factory=set)

    def course_of(self, identifier: str) -> tuple[str, str] | None:
        """Return university and code of a course unit that is in the graph."""
        element = self.elements.get(identifier)
        if element is None or element.gone or not element.key[0] or not element.applied:
            return None
        return element.key


def survey(items: Iterable[Item | Problem], provider: str | None) -> Survey:
    """Go through all messages once."""
    found = Survey(provider)
    for place, item in enumerate(items):
        if isinstance(item, Problem):
            continue
        raw, is_update = unwrapped(item.value)
        kind = kind_of(raw)
        if not isinstance(raw, Mapping):
            continue
        if kind == "element":
            _note_element(found, raw, place, is_update)
        elif kind == "realisation":
            _note(found.realisations, "realisationId", raw, place, found.provider, is_update)
        elif kind.startswith("delete"):
            _note_deletion(found, raw, place)
        elif kind == "network" and text_of(raw, "id"):
            try:
                found.networks.setdefault(text_of(raw, "id"), localised(raw.get("name")))
            except ValueError:
                continue
    for thing in (*found.elements.values(), *found.realisations.values()):
        _settle(thing)
    _take_parts_along(found)
    _settle_codes(found)
    return found


def _note_element(found: Survey, root: Mapping[str, Any], place: int, is_update: bool) -> None:
    for element in elements_within(root):
        identifier = text_of(element, "studyElementId")
        if not identifier:
            continue
        for child in parts_within(element):
            if below := text_of(child, "studyElementId"):
                found.children.setdefault(identifier, {}).setdefault(below)
        parents = element.get("parents")
        for parent in parents if isinstance(parents, list) else ():
            above = text_of(parent, "referenceIdentifier") if isinstance(parent, Mapping) else ""
            if above:
                found.children.setdefault(above, {}).setdefault(identifier)
        if element is root or "name" in element:  # updates only name the elements below
            patches = is_update and element is root
            _note(found.elements, "studyElementId", element, place, found.provider, patches)
            for realisation in () if patches else realisations_within(element):
                _note(found.realisations, "realisationId", realisation, place, found.provider, False)


def _note(
    things: dict[str, Thing],
    name: str,
    raw: Mapping[str, Any],
    place: int,
    provider: str | None,
    is_update: bool,
) -> None:
    identifier = text_of(raw, name)
    if not identifier:
        return
    thing = things.setdefault(identifier, Thing())
    try:
        named = bool(localised(raw.get("name")))
    except ValueError:
        named = False
    status = str(raw.get("status") or "") if "status" in raw else None
    code = text_of(raw, "studyElementIdentifierCode")
    said = _Said(place, provider or organiser_key(raw) or "", code, status, _made(raw), named)
    thing.first = place if thing.first < 0 else thing.first
    thing.last = place
    thing.key = (thing.key[0], identifier)
    if is_update:
        thing.updates.append(said)
    elif said.is_better_than(thing.whole):
        thing.whole = said


def _note_deletion(found: Survey, raw: Mapping[str, Any], place: int) -> None:
    name = "studyElementId" if "studyElementId" in raw else "realisationId"
    things = found.elements if name == "studyElementId" else found.realisations
    thing = things.setdefault(text_of(raw, name), Thing())
    thing.deleted_at.append(place)
    thing.with_parts = thing.with_parts or raw.get("deleteCourseUnits") is True


def _settle(thing: Thing) -> None:
    """Decide which messages make the version that counts, and whether the thing is still there."""
    before = [one for one in thing.updates if thing.whole is None or one.place < thing.whole.place]
    after = [one for one in thing.updates if one not in before]
    updates = before[::-1] or after  # oldest first
    parts = ([thing.whole] if thing.whole else []) + updates
    thing.applied = tuple(one.place for one in parts)
    for one in parts:
        thing.key = (one.university or thing.key[0], one.code or thing.key[1])
        thing.gone = one.status if one.status in _GONE else "" if one.status is not None else thing.gone
    if thing.deleted_at and (min(thing.deleted_at) < thing.first or max(thing.deleted_at) > thing.last):
        thing.gone = DELETED


def _take_parts_along(found: Survey) -> None:
    for identifier, thing in found.elements.items():
        if thing.gone == DELETED and thing.with_parts:
            for child in found.children.get(identifier, ()):
                if child in found.elements:
                    found.elements[child].gone = DELETED


def _settle_codes(found: Survey) -> None:
    for identifier, thing in found.elements.items():
        if thing.gone or not thing.applied:
            continue
        found.codes.add(thing.key[1])
        best = found.of_key.setdefault(thing.key, identifier)
        if best == identifier:
            continue
        newer = thing.made > found.elements[best].made
        if newer:
            found.of_key[thing.key] = identifier
        found.also.setdefault(thing.key, []).append(best if newer else identifier)


def _made(raw: Mapping[str, Any]) -> datetime | None:
    """Return when a version was made, None if it does not say so in ISO 8601."""
    for name in ("updatedTime", "updateTime", "sendingTime", "createdTime"):
        text = text_of(raw, name)
        if text:
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                continue
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
