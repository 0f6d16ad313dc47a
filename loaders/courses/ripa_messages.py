"""What messages of the cross-institutional study service look like (schemas v9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loaders.texts.text import lang_text
from loaders.universities import key_of_name, key_of_oid, key_of_organisation_code

_ABOUT_STUDENTS = (
    "student", "homeStudyRight", "completedCredits", "studentRequestId", "studyRecordRequestId",
    "registrationRequestId", "selections", "hostStudyRight",
)  # fmt: skip
_ABOUT_MESSAGES = ("message", "messageType", "sendingOrganisationTkCode", "receivingOrganisationTkCode")


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


def elements_within(root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield an element and those within it, however deep."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
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


def main_organiser(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the target of the organisation reference with role 1, else that of the only one."""
    found = raw.get("organisationReferences")
    references = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    main = [one for one in references if str(one.get("organisationRole")) == "1"]
    chosen = main[0] if main else references[0] if len(references) == 1 else {}
    target = chosen.get("target")
    return target if isinstance(target, Mapping) else {}


def organiser_key(raw: Mapping[str, Any]) -> str | None:
    """Return the key of the main organiser; one that is not listed is named by its code."""
    target = main_organiser(raw)
    code = target.get("organisationTkCode")
    code = str(code).strip() if isinstance(code, str | int) else ""
    known = key_of_organisation_code(code) if code else None
    known = known or key_of_oid(text_of(target, "organisationIdentifier"))
    if known:
        return known
    try:
        names = tuple(localised(target.get("organisationName")).values())
    except ValueError:
        names = ()
    named = next((key for name in names if (key := key_of_name(name))), None)
    return named or (f"organisation-code-{code.replace('/', '-')}" if code else None)
