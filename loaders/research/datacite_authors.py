"""The creators of a DataCite record: people, organisations, and the places they work at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graph.identifiers import name_key
from graph.records import Organisation, Person
from loaders.readers.fields import Fields
from loaders.research.people import display_name, family_given, institution, parse_orcid, person, ror_of
from loaders.research.works import UNKNOWN, objects
from loaders.texts.text import optional_text, plain_text

_GROUP = re.compile(
    r"\b(?:universit\w*|yliopisto\w*|institut\w*|laitos|group|ryhmä|team|consortium|collaboration|network"
    r"|laborator\w*|cent(?:re|er)|keskus|council|commission|committee|department|ministry|agency|bureau"
    r"|office|association|society|foundation|project|survey|library|museum|ltd|inc|gmbh|oy|ab)\b",
    re.IGNORECASE,
)
"""Words that no person's name has; asked only where the source does not say what a name is."""


def creators(
    raw: Mapping[str, Any], output_key: str, fields: Fields
) -> tuple[list[Person], list[Organisation]]:
    """Read the creators in order, and the organisations: creators that are some, and places of work."""
    people: list[Person] = []
    organisations: dict[str, Organisation] = {}
    for number, entry in enumerate(objects(fields, "creators", raw.get("creators")), start=1):
        places = _places(entry, fields)
        organisations.update({place.key: place for place in places})
        orcid, ror = _identifiers(entry, fields)
        name = _person_name(entry, fields, known=orcid is not None, group=ror is not None)
        printed = fields.read("creators.name", entry.get("name"), optional_text) or ""
        if name:
            keys = [place.key for place in places]
            people.append(person(output_key, name, orcid, affiliations=keys))
        elif printed and not UNKNOWN.fullmatch(printed.lower()):
            group = institution(printed, ror, source_key=f"{output_key}/{name_key(printed)}")
            if group:
                organisations[group.key] = group
        else:
            fields.warn("creators.name", f"Creator {number} was left out: there is no name.")
    return people, list(organisations.values())


def _person_name(entry: Mapping[str, Any], fields: Fields, *, known: bool, group: bool) -> str:
    """Return a person's name as it is spoken, "" for an organisation.

    Args:
        entry: the creator.
        fields: for warnings.
        known: it has an ORCID.
        group: it has a ROR.
    """
    kind = str(entry.get("nameType") or "").lower()
    if kind.startswith("organi") or (group and not known):
        return ""
    given = fields.read("creators.givenName", entry.get("givenName"), optional_text)
    family = fields.read("creators.familyName", entry.get("familyName"), optional_text)
    if family:
        return display_name(family, given or "")
    printed = fields.read("creators.name", entry.get("name"), optional_text) or ""
    if UNKNOWN.fullmatch(printed.lower()):
        return ""
    family, given = family_given(printed)
    if kind.startswith("person") or known or (family and given) or not _GROUP.search(printed):
        return display_name(family, given)
    return ""


def _identifiers(entry: Mapping[str, Any], fields: Fields) -> tuple[str | None, str | None]:
    """Return the ORCID and the ROR of a creator."""
    orcid = ror = None
    for one in objects(fields, "creators.nameIdentifiers", entry.get("nameIdentifiers")):
        value = one.get("nameIdentifier")
        scheme = str(one.get("nameIdentifierScheme") or "").upper()
        if scheme == "ORCID":
            orcid = orcid or fields.read("creators.nameIdentifiers", value, parse_orcid)
        elif scheme == "ROR":
            ror = ror or ror_of(value)
    return orcid, ror


def _places(entry: Mapping[str, Any], fields: Fields) -> list[Organisation]:
    """Return the affiliations with a ROR and those that name a listed university."""
    stated = entry.get("affiliation")
    found: list[Organisation] = []
    for one in stated if isinstance(stated, list) else [stated] if stated else []:
        place = None
        if isinstance(one, str):
            place = institution(plain_text(one))
        elif isinstance(one, Mapping):
            name = fields.read("creators.affiliation.name", one.get("name"), optional_text)
            place = institution(name or "", ror_of(one.get("affiliationIdentifier")))
        elif one is not None:
            fields.warn(
                "creators.affiliation", "An affiliation was left out: it is no text and no object."
            )
        if place:
            found.append(place)
    return found
