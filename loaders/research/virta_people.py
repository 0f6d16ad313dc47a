"""Who made a publication of VIRTA: the organisation that reports it, its units, and the people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graph.records import Organisation, Person
from loaders.readers.fields import Fields
from loaders.readers.loose_json import code_of, codes_at, first_of, objects, text_of
from loaders.research.bylines import Author, join_byline, split_byline
from loaders.research.people import parse_orcid
from loaders.texts.text import parse_number
from loaders.universities import key_of_organisation_code, university

_LOST = re.compile(r"\?\?")
_UNITS = ("julkaisunorgyksikot.yksikkokoodi", "orgyksikkotks.julkaisuyksikko")
_AUTHOR_UNITS = ("yksikot.yksikkokoodi", "yksikkokoodi", "yksikko")


def organisation_of_code(code: str, names: Mapping[str, str] | None = None) -> Organisation:
    """Return the organisation of a code of Statistics Finland, with what is known of it.

    Args:
        code: five digits for a university; others have codes of other forms.
        names: what the source calls it; without, the code is its name.
    """
    if known := key_of_organisation_code(code):
        return university(known)
    key = f"organisation-code-{code.replace('/', '-')}"
    return Organisation(key, names or {"und": code}, (f"organisation-code:{code}",), country="FI")


def unit_of(home: Organisation, code: str, names: Mapping[str, str] | None = None) -> Organisation:
    """Return a unit of an organisation by its code; without a name, the code is its name."""
    return Organisation(
        f"{home.key}/{code.replace('/', '-')}", names or {"und": code}, (code,), home.key, home.country
    )


def organisations(
    value: Mapping[str, Any], fields: Fields
) -> tuple[Organisation | None, dict[str, Organisation]]:
    """Return the reporting organisation, and the units of the publication and its authors by code."""
    code = code_of(value.get("organisaatiotunnus"))
    if code is None:
        fields.warn("OrganisaatioTunnus", "The publication names no organisation.")
        return None, {}
    home = organisation_of_code(code)
    codes = [*codes_at(value, *_UNITS)]
    for author in _own_authors(value):
        codes += codes_at(author, *_AUTHOR_UNITS)
    return home, {unit: unit_of(home, unit) for unit in dict.fromkeys(codes)}


def _own_authors(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    authors = value.get("tekijat")
    nested = objects(authors.get("tekija") if isinstance(authors, Mapping) else authors)
    return nested + objects(value.get("tekijatks"))


def people(
    value: Mapping[str, Any],
    key: str,
    home: Organisation | None,
    units: Mapping[str, Organisation],
    fields: Fields,
) -> list[Person]:
    """Return all people of the by-line; those of the reporting organisation with ORCID and units."""
    merged: dict[tuple[str, str, str | None], list[str]] = {}
    for author in _own_authors(value):
        family, given = text_of(author.get("sukunimi")), text_of(author.get("etunimet"))
        if not family and not given:
            fields.warn("Tekija", "An author without a name was left out.")
            continue
        orcid = fields.read("ORCID", author.get("orcid") or None, parse_orcid)
        # The flat interface has one line per author and unit.
        places = merged.setdefault((family, given, orcid), [])
        places += [units[unit].key for unit in codes_at(author, *_AUTHOR_UNITS) if unit in units]
    authors = [
        Author(family, given, orcid, tuple(places) or ((home.key,) if home else ()))
        for (family, given, orcid), places in merged.items()
    ]
    printed = first_of(value, "tekijatiedotteksti", "tekijatiedot", "tekijat")
    printed = printed if isinstance(printed, str) else ""
    if _LOST.search(printed):
        fields.warn("TekijatiedotTeksti", "The by-line has lost letters (`??`).")
    count = fields.read("TekijoidenLkm", code_of(value.get("tekijoidenlkm")), parse_number)
    return join_byline(key, split_byline(printed, int(count) if count is not None else None), authors)
