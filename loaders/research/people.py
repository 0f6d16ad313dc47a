"""The by-line of a work as records: ORCIDs, forms of names, persons and the places they work at.

Every loader of research uses this, so that one ORCID or ROR makes one key in all sources.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from graph.identifiers import name_key
from graph.records import LangText, Organisation, Person
from loaders.texts.text import plain_text
from loaders.universities import key_of_institution, key_of_name

ORCID = "https://orcid.org/"
ROR = "https://ror.org/"
_LONGEST_ORCID = 60
_NO_PLACE = {"unknown", "unknown organisation", "unknown organization", "tuntematon", "okänd", "okänt"}
"""Names of records that stand for no organisation (seen in Pure)."""
_LONGEST_AFFILIATION = 2_000
"""Characters; a longer text is an error of the source, and is not kept in mind."""
_ORCID = re.compile(
    r"(?:(?:https?://)?(?:www\.|sandbox\.)?orcid\.org/|orcid:|urn:orcid:)?"
    r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])/?",
    re.IGNORECASE,
)
_ROR = re.compile(r"(?:(?:https?://)?(?:www\.)?ror\.org/|ror:)?(0[a-z0-9]{6}\d{2})/?", re.IGNORECASE)
_PARTS = re.compile(r"[,;()/|\n]|\s[-–‐]\s")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|dr|prof)\.?", re.IGNORECASE)


def parse_orcid(value: object) -> str | None:
    """Return the bare iD (`0000-0002-1825-0097`) of an ORCID in any of its written forms.

    Raises:
        ValueError: it is no ORCID, or its check digit (ISO 7064 MOD 11-2) is wrong.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_ORCID:
        raise ValueError(f"{str(value)[:60]!r} is no ORCID iD")
    return _checked(value)


@lru_cache(maxsize=50_000)
def _checked(value: str) -> str:
    match = _ORCID.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"{value[:60]!r} is no ORCID iD")
    digits = "".join(match.groups()).upper()
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    if digits[-1] != "0123456789X"[(12 - total % 11) % 11]:
        raise ValueError(f"the check digit of the ORCID iD {value[:60]!r} is wrong")
    return "-".join(digits[place : place + 4] for place in (0, 4, 8, 12))


def orcid_of(value: object) -> str | None:
    """Return the bare iD of an ORCID; None for anything else (`parse_orcid` tells what is wrong)."""
    try:
        return parse_orcid(value)
    except ValueError:
        return None


def ror_of(value: object) -> str | None:
    """Return the `https://ror.org/…` address of a ROR in any of its written forms, else None."""
    match = _ROR.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"{ROR}{match[1].lower()}" if match else None


def family_given(text: str) -> tuple[str, str]:
    """Return family and given names of `Metsä, Maija`; ("", text) where no comma parts them.

    A suffix stays with the given names: `King, Martin, Jr.` → ("King", "Martin Jr.").
    """
    family, *given = [part.strip() for part in plain_text(text).split(",")]
    kept = [part for part in given if part]
    if not family or not kept or all(_SUFFIX.fullmatch(part) for part in kept):
        return "", " ".join(part for part in (family, *kept) if part)
    return family, " ".join(kept)


def display_name(family: str, given: str) -> str:
    """Return a name as it is spoken: given names first."""
    parts = (plain_text(part).strip(" ,;") for part in (given, family))
    return " ".join(part for part in parts if part)


def person(
    output_key: str,
    name: str,
    orcid: object = None,
    identifiers: Sequence[str] = (),
    affiliations: Sequence[str] = (),
    own_key: str | None = None,
) -> Person:
    """Return one person of a by-line; a wrong ORCID is left out (warn of it before).

    Args:
        output_key: key of the work.
        name: as it shall be shown, not empty (see `display_name`).
        orcid: in any written form.
        identifiers: the source's own identifiers, as IRIs or `scheme:value`.
        affiliations: keys of organisations.
        own_key: the key made of the source's own person identifier, where it has one.
    """
    number = orcid_of(orcid)
    return Person(
        key=f"orcid-{number}" if number else own_key or f"{output_key}/{name_key(name)}",
        name=plain_text(name),
        orcid=f"{ORCID}{number}" if number else None,
        identifiers=tuple(dict.fromkeys(identifiers)),
        affiliations=tuple(dict.fromkeys(affiliations)),
    )


def institution(
    name: str | LangText,
    ror: object = None,
    country: object = None,
    source_key: str | None = None,
    identifiers: Sequence[str] = (),
    language: str = "und",
    part_of: str | None = None,
) -> Organisation | None:
    """Return an organisation; None where there is nothing to know it by again.

    A university of our own list keeps its own key and names, whatever the source calls it. Where a
    source gives nothing but a printed affiliation, the listed university that it names is returned.
    Research systems keep a record called "unknown" for all whose place nobody wrote down: it would
    join strangers, so it is no organisation.

    Args:
        name: in one language or several; may be empty where there is a ROR or a `source_key`.
        ror: in any written form.
        country: ISO 3166-1 alpha-2; a wrong one is left out.
        source_key: the key made of the source's own identifier.
        identifiers: further ones, as IRIs or `scheme:value`.
        language: of a name that is one text.
        part_of: key of the organisation of which this is a unit.
    """
    names = {language: name} if isinstance(name, str) else name
    place = country.strip().upper() if isinstance(country, str) else ""
    address = ror_of(ror)
    if names and not address and all(one.strip().casefold() in _NO_PLACE for one in names.values()):
        return None
    short = tuple(text[:_LONGEST_AFFILIATION] for text in names.values())
    known = None if part_of else _listed(address, short, place)
    own = f"ror-{address.rsplit('/', 1)[-1]}" if address else source_key
    if not known and not own:
        printed = (text for text in names.values() if len(text) <= _LONGEST_AFFILIATION)
        known = next((key for text in printed if (key := university_in(text))), None)
    key = known or own
    if not key:
        return None
    plain = {} if known else {tag: text for tag, raw in names.items() if (text := plain_text(raw))}
    return Organisation(
        key=key,
        name=plain,
        identifiers=tuple(dict.fromkeys((*([address] if address else []), *identifiers))),
        part_of=part_of,
        country=place if re.fullmatch(r"[A-Z]{2}", place) else None,
    )


@lru_cache(maxsize=50_000)
def _listed(ror: str | None, names: tuple[str, ...], country: str) -> str | None:
    """Return the key of a listed university by ROR, else by its exact name, unless it lies abroad."""
    found = [key_of_institution(ror, name, country or None) for name in names or ("",)]
    if not ror and country in ("", "FI"):
        found += [key_of_name(name) for name in names]
    return next((key for key in found if key), None)


@lru_cache(maxsize=50_000)
def university_in(affiliation: str) -> str | None:
    """Return the key of the listed university whose name stands in a printed affiliation.

    `School of Science, Aalto University, Espoo, Finland` → `aalto`. The name must be one whole part
    of the affiliation, in any of its languages; where several universities stand there, the first.
    """
    parts = (part.strip(" .") for part in _PARTS.split(plain_text(affiliation)))
    return next((key for part in parts if part and (key := key_of_name(part))), None)
