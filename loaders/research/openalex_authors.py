"""The by-line of an OpenAlex work: authors and the institutions that they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graph.records import Organisation, Person
from loaders.readers.fields import Fields, mapping
from loaders.research.people import institution, parse_orcid, person
from loaders.research.works import objects
from loaders.texts.text import plain_text

_ID = re.compile(r"https://openalex\.org/([A-Z]\d+)", re.IGNORECASE)


class Places:
    """The institutions of one load: what was read once is not read again."""

    def __init__(self) -> None:
        self._read: dict[tuple[object, ...], Organisation | None] = {}
        self._keys: dict[str, str] = {}
        """OpenAlex id → key."""

    def organisation(self, raw: Mapping[str, Any], fields: Fields) -> Organisation | None:
        """Return the organisation of an institution; None, with a warning, if nothing tells which."""
        name, lineage = raw.get("display_name"), raw.get("lineage")
        above = tuple(lineage[:3]) if isinstance(lineage, list) else ()
        told = (raw.get("id"), name, raw.get("ror"), raw.get("country_code"), *above)
        if not all(value is None or isinstance(value, str) for value in told):
            fields.warn("authorships.institutions", "An institution was left out: a field is no text.")
            return None
        if told not in self._read:
            self._read[told] = self._new(raw)
        found = self._read[told]
        if found is None:
            fields.warn(
                "authorships.institutions",
                "An institution without a name or an identifier was left out.",
            )
        return self._below(found, above) if found and len(above) > 1 else found

    def _new(self, raw: Mapping[str, Any]) -> Organisation | None:
        name, match = plain_text(raw.get("display_name") or ""), _ID.fullmatch(raw.get("id") or "")
        if not name:
            return None
        found = institution(
            name,
            ror=raw.get("ror"),
            country=raw.get("country_code"),
            source_key=f"openalex-{match[1].upper()}" if match else None,
            identifiers=(raw["id"],) if match else (),
            language="en",
        )
        if found and match:
            self._keys[raw["id"]] = found.key
        return found

    def _below(self, found: Organisation, lineage: tuple[str, ...]) -> Organisation:
        """Add the institution above, once that is known; a listed university stands by itself."""
        above = next((self._keys[one] for one in lineage[1:] if one in self._keys), None)
        return replace(found, part_of=above) if above and above != found.key and found.name else found


def authors(
    raw: Mapping[str, Any], output_key: str, fields: Fields, places: Places
) -> tuple[list[Person], list[Organisation]]:
    """Read the by-line: all authors in order, and the organisations in the order of first mention."""
    if raw.get("is_authors_truncated") is True:
        fields.warn(
            "authorships",
            "The interface gave the first 100 authors only.",
            "Fetch this work by its id, or take it from the snapshot.",
        )
    people: list[Person] = []
    organisations: dict[str, Organisation] = {}
    for entry in objects(fields, "authorships", raw.get("authorships")):
        author = fields.read("authorships.author", entry.get("author"), mapping) or {}
        found = _places(entry, fields, places)
        organisations.update({place.key: place for place in found})
        name = author.get("display_name") or entry.get("raw_author_name")
        if not isinstance(name, str) or not plain_text(name):
            fields.warn("authorships.author.display_name", "An author without a name was left out.")
            continue
        own = author.get("id")
        match = _ID.fullmatch(own) if isinstance(own, str) else None
        people.append(
            person(
                output_key,
                name,
                fields.read("authorships.author.orcid", author.get("orcid"), parse_orcid),
                identifiers=(own,) if isinstance(own, str) and match else (),
                affiliations=[place.key for place in found],
                own_key=f"openalex-{match[1].upper()}" if match else None,
            )
        )
    return people, list(organisations.values())


def _places(entry: Mapping[str, Any], fields: Fields, places: Places) -> list[Organisation]:
    """Return the institutions that OpenAlex recognised, else a listed university that is printed."""
    stated = objects(fields, "authorships.institutions", entry.get("institutions"))
    if stated:
        return [place for one in stated if (place := places.organisation(one, fields))]
    printed = entry.get("raw_affiliation_strings") or [entry.get("raw_affiliation_string")]
    found = (institution(text) for text in printed if isinstance(text, str))
    return [place for place in found if place]
