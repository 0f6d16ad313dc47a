"""The authors of an entry of a list of references, in their order, with ORCIDs where it has them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.identifiers import name_key
from graph.records import Person
from loaders.readers.fields import Fields
from loaders.research.bylines import is_group, split_byline
from loaders.research.people import display_name, parse_orcid, person
from loaders.research.reference import Reference
from loaders.texts.text import plain_text

_ORCID_OF = re.compile(r"([^/;\n\d]{1,100})/\s*(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")
_NOTED_ORCID = re.compile(r"(\d+)\s*=\s*\"?\s*(?:orcid\s*[:=]?\s*)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")
_SUFFIX = re.compile(r"(?:jr|sr|jun|sen|ii|iii|iv|ph\.?d|m\.?d)\.?", re.IGNORECASE)
_PART = re.compile(r"(family|given|prefix|suffix)\s*=\s*(.*)", re.IGNORECASE)
_LONGEST_NAME = 300


def authors(entry: Reference, key: str, fields: Fields) -> list[Person]:
    """Return the authors in order; groups and "others" are no persons."""
    orcids = _orcids(entry, fields)
    people: list[Person] = []
    for place, name in _names(entry, fields):
        shown = _shown(name)
        corporate = name in entry.groups and "," not in name and " " in name
        if not shown or shown.lower() in ("others", "et al", "et al.") or corporate or is_group(name):
            continue
        orcid = orcids.get(str(place)) or orcids.get(name_key(shown))
        people.append(person(key, shown, orcid))
    return people


def _names(entry: Reference, fields: Fields) -> Iterator[tuple[int, str]]:
    """Yield each name and its place in the by-line.

    Names that the list does not part as its format says (`Metsä, Maija; Virta, V.`) are parted here.
    """
    for place, text in enumerate(entry.values.get("author", ()), start=1):
        names = [text] if text in entry.groups or _is_one(text) else split_byline(text)
        for name in names:
            if _is_one(name):
                yield place, name
            else:
                fields.warn("author", f"{name[:80]!r} was left out: it is not clear what is one name.")


def _is_one(text: str) -> bool:
    """Return whether a text can be one name: `Family, Given` or `Family, Jr, Given`."""
    parts = text.split(",")
    if ";" in text or len(text) > _LONGEST_NAME:
        return False
    if len(parts) == 3:
        return any(_SUFFIX.fullmatch(part.strip()) for part in parts[1:]) or not _are_names(parts)
    return len(parts) < 3 or all(_PART.match(part.strip()) for part in parts)


def _are_names(parts: list[str]) -> bool:
    """Return whether parts of a text look like several names (`Metsä M., Virta V., Joki J.`)."""
    return all(len(part.split()) > 1 for part in parts)


def _shown(name: str) -> str:
    """Return a name as it is spoken: `von Metsä, Jr, Maija` → `Maija von Metsä Jr`."""
    parts = [part.strip() for part in plain_text(name).split(",") if part.strip()]
    if not parts:
        return ""
    if named := [match for part in parts if (match := _PART.fullmatch(part))]:
        told = {match[1].lower(): match[2].strip() for match in named}
        return " ".join(
            told[part] for part in ("given", "prefix", "family", "suffix") if told.get(part)
        )
    if len(parts) == 3:  # BibTeX has the suffix before the given names, RIS behind them
        given, suffix = parts[1:] if _SUFFIX.fullmatch(parts[2]) else parts[:0:-1]
        return display_name(f"{parts[0]} {suffix}", given)
    return display_name(parts[0], " ".join(parts[1:]))


def _orcids(entry: Reference, fields: Fields) -> dict[str, str]:
    """Return ORCIDs by the place of the author in the by-line, or by the author's name."""
    found: dict[str, str] = {}
    for name, number in _ORCID_OF.findall(entry.text("orcid-numbers")):
        if orcid := fields.read("orcid-numbers", number, parse_orcid):
            found[name_key(_shown(name))] = orcid
    for field in entry.values:
        if field.startswith("author+an"):
            for place, number in _NOTED_ORCID.findall(entry.text(field)):
                if orcid := fields.read(field, number, parse_orcid):
                    found[place] = orcid
    if len(entry.values.get("author", ())) == 1:
        orcid = fields.read("orcid", entry.text("orcid"), parse_orcid)
        if orcid:
            found["1"] = orcid
    return found
