"""The person of an ORCID record: name, identifiers elsewhere, and the places of work of today."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from graph.records import Organisation
from loaders.readers.fields import Fields, mapping
from loaders.research.orcid_works import is_public, value_of
from loaders.research.people import display_name, institution
from loaders.research.works import objects
from loaders.texts.text import optional_text, parse_day, plain_text

_SCHEMES = {"scopus author id": "scopus", "isni": "isni", "researcherid": "researcherid"}
"""Names of registers in ORCID → our scheme; a register that is not listed is written as it is."""
_REGISTERS = {"GRID": "grid", "RINGGOLD": "ringgold", "FUNDREF": "crossref-funder", "LEI": "lei"}


def name_of(about: Mapping[str, Any], fields: Fields) -> str:
    """Return the name for credit, else given and family names, else another name that is shown."""
    stated = fields.read("person.name", about.get("name"), mapping) or {}
    if stated and is_public(stated):
        credit, given, family = (_text(stated, part, fields) for part in _NAME)
        if credit or given or family:
            return credit or display_name(family, given)
    section = fields.read("person.other-names", about.get("other-names"), mapping) or {}
    for entry in objects(fields, "person.other-names", section.get("other-name")):
        other = fields.read("person.other-names", value_of(entry.get("content")), optional_text)
        if other and is_public(entry):
            return other
    return ""


_NAME = ("credit-name", "given-names", "family-name")


def _text(stated: Mapping[str, Any], part: str, fields: Fields) -> str:
    return fields.read(f"person.name.{part}", value_of(stated.get(part)), optional_text) or ""


def identifiers(about: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    """Return the person's identifiers in other registers, as `scheme:value`."""
    found: dict[str, None] = {}
    section = (
        fields.read("person.external-identifiers", about.get("external-identifiers"), mapping) or {}
    )
    name = "person.external-identifiers"
    for entry in objects(fields, name, section.get("external-identifier")):
        kind = fields.read(name, entry.get("external-id-type"), optional_text)
        value = fields.read(name, entry.get("external-id-value"), optional_text)
        own = str(entry.get("external-id-relationship") or "self").lower() == "self"
        if kind and value and own and is_public(entry):
            scheme = _SCHEMES.get(kind.casefold()) or re.sub(r"[^a-z0-9]+", "-", kind.casefold()).strip(
                "-"
            )
            found[f"{scheme}:{value}"] = None
    return tuple(found)


def affiliations(
    activities: Mapping[str, Any], history: Mapping[str, Any], fields: Fields
) -> list[Organisation]:
    """Return the organisations of employments that had not ended when the record was last changed."""
    today = _day(value_of(history.get("last-modified-date")), fields)
    found: list[Organisation] = []
    section = fields.read("employments", activities.get("employments"), mapping) or {}
    for group in objects(fields, "employments.affiliation-group", section.get("affiliation-group")):
        for entry in objects(fields, "employments.summaries", group.get("summaries")):
            summary = (
                fields.read("employments.summaries", entry.get("employment-summary"), mapping) or {}
            )
            if is_public(summary) and not _ended(summary, today, fields):
                place = _place(summary, fields)
                if place:
                    found.append(place)
    return found


def _place(summary: Mapping[str, Any], fields: Fields) -> Organisation | None:
    """Return the employer where ROR, another register or our list of universities knows it."""
    stated = fields.read("employments.organization", summary.get("organization"), mapping) or {}
    name = fields.read("employments.organization.name", stated.get("name"), optional_text) or ""
    address = fields.read("employments.organization.address", stated.get("address"), mapping) or {}
    part = "disambiguated-organization"
    known = fields.read(f"employments.organization.{part}", stated.get(part), mapping) or {}
    register = str(known.get("disambiguation-source") or "").upper()
    value = known.get(f"{part}-identifier")
    number = value.strip() if isinstance(value, str) else ""
    scheme = _REGISTERS.get(register)
    own = f"{scheme}:{number.rsplit('/', 1)[-1]}" if scheme and number else None
    return institution(
        plain_text(name),
        ror=number if register == "ROR" else None,
        country=address.get("country"),
        source_key=own.replace(":", "-") if own else None,
        identifiers=(own,) if own else (),
    )


def _ended(summary: Mapping[str, Any], today: date | None, fields: Fields) -> bool:
    """Return whether an employment is over: its end, as far as it is told, lies before a day."""
    stated = fields.read("employments.end-date", summary.get("end-date"), mapping) or {}
    parts = [value_of(stated.get(part)) for part in ("year", "month", "day")]
    end = [int(part) for part in parts if isinstance(part, str) and part.isdecimal() and len(part) < 5]
    if not end:
        return False
    return today is None or end < [today.year, today.month, today.day][: len(end)]


def _day(value: object, fields: Fields) -> date | None:
    """Return the day of a time: milliseconds since 1970 in JSON, ISO 8601 in XML."""
    if type(value) is int and 0 < value < 10**14:
        return datetime.fromtimestamp(value / 1000, UTC).date()
    return fields.read("history.last-modified-date", value, parse_day)
