"""The first pass over messages of the cross-institutional study service: which version counts.

Messages stand in the order in which they were sent. A later one counts before an earlier one, unless
both say when they were made and the later is older. A delete message hides what stands before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from loaders.base import Problem
from loaders.json_stream import Item
from loaders.text import lang_text
from loaders.universities import key_of_name, key_of_oid, key_of_organisation_code

ELEMENTS = {"COURSE_UNIT": "course", "STUDY_MODULE": "module", "DEGREE": "programme"}
_ABOUT_STUDENTS = (
    "student", "homeStudyRight", "completedCredits", "studentRequestId", "studyRecordRequestId",
    "registrationRequestId", "selections", "hostStudyRight",
)  # fmt: skip
_ABOUT_MESSAGES = ("message", "messageType", "sendingOrganisationTkCode", "receivingOrganisationTkCode")
GONE = {
    "CANCELLED": "a cancelled course unit or module",
    "ARCHIVED": "an archived course unit or module",
    "DELETED": "a course unit or module that a later message deletes",
}


@dataclass(slots=True)
class Element:
    """What is known of one course unit or module: its newest version, and whether it is gone."""

    place: int
    key: tuple[str, str]
    """University and code, which make the address; university "" if nothing tells it."""
    made: datetime | None
    gone: str = ""
    patches: list[int] = field(default_factory=list)
    """Places of the updates that complete the version at `place`."""


@dataclass(slots=True)
class Survey:
    """What the first pass found; one small entry per element, realisation and network."""

    provider: str | None = None
    elements: dict[str, Element] = field(default_factory=dict)
    of_key: dict[tuple[str, str], str] = field(default_factory=dict)
    """University and code → id of the newest element that has them."""
    also: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """University and code → ids of the elements that lost to a newer one."""
    children: dict[str, dict[str, None]] = field(default_factory=dict)
    """Id of a module → ids of its parts."""
    realisations: dict[str, Element] = field(default_factory=dict)
    networks: dict[str, dict[str, str]] = field(default_factory=dict)
    """Id of a network → its names."""
    codes: set[str] = field(default_factory=set)

    def course_of(self, identifier: str) -> tuple[str, str] | None:
        """Return university and code of a course unit that is in the graph."""
        element = self.elements.get(identifier)
        if element is None or element.gone or not element.key[0]:
            return None
        return element.key


def text_of(raw: Mapping[str, Any], name: str) -> str:
    """Return a field's text, "" if it has none."""
    value = raw.get(name)
    return value.strip() if isinstance(value, str) else ""


def localised(value: object) -> dict[str, str]:
    """Return the plain texts of `{"values": {"fi": …}}` by language.

    Raises:
        ValueError: it is no such object.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping) or ("values" not in value and value):
        raise ValueError(f"texts under `values` were expected, not {str(value)[:60]!r}")
    return lang_text(value.get("values"))


def unwrapped(value: object) -> tuple[object, bool]:
    """Return what a message is about and whether it is an update that may leave fields out."""
    if isinstance(value, Mapping):
        if isinstance(value.get("_source"), Mapping):
            return value["_source"], False
        for name in ("courseUnit", "studyModule", "realisation", "network"):
            if isinstance(value.get(name), Mapping) and len(value) == 1:
                return value[name], True
    return value, False


def kind_of(value: object) -> str:
    """Return what an unwrapped message is about, "" if it is none that is known."""
    if not isinstance(value, Mapping):
        return ""
    if any(name in value for name in _ABOUT_STUDENTS) and "realisationId" not in value:
        return "student"
    if "studyElementId" in value:
        deletes = "deleteRealisations" in value or "deleteCourseUnits" in value
        return "delete element" if deletes else "element"
    if "realisationId" in value:
        return "delete realisation" if len(value) == 1 else "realisation"
    if "networkType" in value or ("organisations" in value and "id" in value):
        return "network"
    return "message" if any(name in value for name in _ABOUT_MESSAGES) else ""


def parts_within(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the elements that a module lists within itself."""
    below = element.get("subElements")
    return [one for one in below if isinstance(one, Mapping)] if isinstance(below, list) else []


def elements_within(root: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Yield an element and those within it; whether each is told or only named (as in updates)."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element, "name" in element
        waiting += reversed(parts_within(element))


def realisations_within(element: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the realisations that a course unit lists, also below its completion options."""
    waiting: list[object] = [element]
    while waiting:
        holder = waiting.pop()
        if not isinstance(holder, Mapping):
            continue
        found = holder.get("realisations")
        for one in found if isinstance(found, list) else ():
            if isinstance(one, Mapping):
                yield one
        for name in ("completionOptions", "assessmentItems"):
            below = holder.get(name)
            waiting += reversed(below) if isinstance(below, list) else []


def main_organiser(raw: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the target of the organisation reference with role 1, else that of the only one."""
    found = raw.get("organisationReferences")
    references = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    main = [one for one in references if str(one.get("organisationRole")) == "1"]
    chosen = main[0] if main else references[0] if len(references) == 1 else {}
    target = chosen.get("target")
    return target if isinstance(target, Mapping) else None


def key_of_organiser(target: Mapping[str, Any] | None) -> str | None:
    """Return the key of the organising university; one that is not listed is named by its code."""
    if target is None:
        return None
    code = target.get("organisationTkCode")
    code = str(code).strip() if isinstance(code, str | int) else ""
    known = key_of_organisation_code(code) if code else None
    known = known or key_of_oid(text_of(target, "organisationIdentifier"))
    if known:
        return known
    try:
        names = localised(target.get("organisationName")).values()
    except ValueError:
        names = {}.values()
    named = next((key for name in names if (key := key_of_name(name))), None)
    return named or (f"organisation-code-{code.replace('/', '-')}" if code else None)


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
            _note_realisation(found, raw, place, is_update)
        elif kind == "delete element":
            _note_deletion(found, raw)
        elif kind == "delete realisation":
            former = found.realisations.get(text_of(raw, "realisationId"))
            if former:
                former.gone = "DELETED"
        elif kind == "network" and text_of(raw, "id"):
            try:
                found.networks[text_of(raw, "id")] = localised(raw.get("name"))
            except ValueError:
                continue
    _settle_codes(found)
    return found


def _note_element(found: Survey, root: Mapping[str, Any], place: int, is_update: bool) -> None:
    for element, is_told in elements_within(root):
        identifier = text_of(element, "studyElementId")
        for child in parts_within(element):
            if identifier and text_of(child, "studyElementId"):
                found.children.setdefault(identifier, {}).setdefault(text_of(child, "studyElementId"))
        parents = element.get("parents")
        for parent in parents if isinstance(parents, list) else ():
            above = text_of(parent, "referenceIdentifier") if isinstance(parent, Mapping) else ""
            if above and identifier:
                found.children.setdefault(above, {}).setdefault(identifier)
        if not identifier or not (is_told or element is root):
            continue
        former = found.elements.get(identifier)
        if is_update and former and former.gone != "DELETED" and element is root:
            _note_patch(found, former, element, place)
            continue
        made = _made(element)
        if former and former.made and made and made < former.made and former.gone != "DELETED":
            continue
        if former and not _is_named(element):
            continue  # a damaged version hides none that can be read
        organiser = found.provider or key_of_organiser(main_organiser(element)) or ""
        code = text_of(element, "studyElementIdentifierCode") or identifier
        gone = str(element.get("status") or "")
        found.elements[identifier] = Element(
            place, (organiser, code), made, gone if gone in GONE else ""
        )
        found.codes.add(code)
        for realisation in realisations_within(element):
            _note_realisation(found, realisation, place, is_update=False)


def _is_named(element: Mapping[str, Any]) -> bool:
    try:
        return bool(localised(element.get("name")))
    except ValueError:
        return False


def _note_patch(found: Survey, former: Element, patch: Mapping[str, Any], place: int) -> None:
    """Take an update up: it overwrites the fields that it names."""
    former.patches.append(place)
    code = text_of(patch, "studyElementIdentifierCode") or former.key[1]
    organiser = found.provider or key_of_organiser(main_organiser(patch)) or former.key[0]
    former.key = (organiser, code)
    if "status" in patch:
        gone = str(patch.get("status") or "")
        former.gone = gone if gone in GONE else ""


def _note_realisation(found: Survey, raw: Mapping[str, Any], place: int, is_update: bool) -> None:
    identifier = text_of(raw, "realisationId")
    if not identifier:
        return
    former = found.realisations.get(identifier)
    if is_update and former and not former.gone:
        former.patches.append(place)
        return
    made = _made(raw)
    if former and former.made and made and made < former.made and not former.gone:
        return
    found.realisations[identifier] = Element(place, ("", identifier), made)


def _note_deletion(found: Survey, raw: Mapping[str, Any]) -> None:
    former = found.elements.get(text_of(raw, "studyElementId"))
    if former:
        former.gone = "DELETED"
    if raw.get("deleteCourseUnits") is True:
        for child in found.children.get(text_of(raw, "studyElementId"), ()):
            if child in found.elements:
                found.elements[child].gone = "DELETED"


def _settle_codes(found: Survey) -> None:
    for identifier, element in found.elements.items():
        if element.gone:
            continue
        best = found.of_key.setdefault(element.key, identifier)
        if best == identifier:
            continue
        other = found.elements[best]
        newer = (element.made or _LONG_AGO, element.place) > (other.made or _LONG_AGO, other.place)
        loser = best if newer else identifier
        if newer:
            found.of_key[element.key] = identifier
        found.also.setdefault(element.key, []).append(loser)


_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


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
