"""The by-line of a Crossref work: people, groups of people, and the places they work at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.identifiers import name_key
from graph.records import Organisation, Person
from loaders.readers.fields import Fields
from loaders.research.people import display_name, institution, parse_orcid, person, ror_of
from loaders.research.works import objects
from loaders.texts.text import optional_text, plain_text


def authors(
    raw: Mapping[str, Any], output_key: str, fields: Fields
) -> tuple[list[Person], list[Organisation]]:
    """Read the authors in order, and the organisations: group authors and places of work."""
    people: list[Person] = []
    organisations: dict[str, Organisation] = {}
    for number, entry in enumerate(objects(fields, "author", raw.get("author")), start=1):
        places = _places(entry, fields)
        organisations.update({place.key: place for place in places})
        family = fields.read("author.family", entry.get("family"), optional_text)
        given = fields.read("author.given", entry.get("given"), optional_text)
        group = fields.read("author.name", entry.get("name"), optional_text)
        orcid = fields.read("author.ORCID", entry.get("ORCID"), parse_orcid)
        name = display_name(family or "", given or "") or (group if orcid else "")
        if name:
            keys = [place.key for place in places]
            people.append(person(output_key, name, orcid, affiliations=keys))
        elif group:
            place = institution(
                group, _ror(entry.get("id")), source_key=f"{output_key}/{name_key(group)}"
            )
            if place:
                organisations[place.key] = place
        else:
            fields.warn("author", f"Author {number} was left out: there is no name.")
    return people, list(organisations.values())


def _places(author: Mapping[str, Any], fields: Fields) -> list[Organisation]:
    """Return the affiliations with a ROR and those that name a listed university."""
    found: list[Organisation] = []
    for entry in objects(fields, "author.affiliation", author.get("affiliation")):
        name = fields.read("author.affiliation.name", entry.get("name"), optional_text) or ""
        place = institution(plain_text(name), _ror(entry.get("id")))
        if place:
            found.append(place)
    return found


def _ror(value: object) -> str | None:
    """Return the ROR in a list of identifiers: `[{"id": "https://ror.org/…", "id-type": "ROR"}]`."""
    for entry in value if isinstance(value, list) else [value]:
        address = ror_of(entry.get("id") if isinstance(entry, Mapping) else entry)
        if address:
            return address
    return None
