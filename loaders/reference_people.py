"""The authors of an entry of a list of references, in their order, with ORCIDs where it has them."""

from __future__ import annotations

import re

from graph.identifiers import name_key
from graph.records import Person
from loaders.bylines import is_group
from loaders.fields import Fields
from loaders.people import display_name, parse_orcid, person
from loaders.reference import Reference
from loaders.text import plain_text

_ORCID_OF = re.compile(r"([^/;\n]+)/\s*(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")
_NOTED_ORCID = re.compile(r"(\d+)\s*=\s*\"?\s*(?:orcid\s*[:=]?\s*)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")


def authors(entry: Reference, key: str, fields: Fields) -> list[Person]:
    """Return the authors in order; groups and "others" are no persons."""
    orcids = _orcids(entry, fields)
    people: list[Person] = []
    for place, name in enumerate(entry.values.get("author", ()), start=1):
        shown = _shown(name)
        corporate = name in entry.groups and "," not in name and " " in name
        if not shown or shown.lower() in ("others", "et al", "et al.") or corporate or is_group(name):
            continue
        orcid = orcids.get(str(place)) or orcids.get(name_key(shown))
        people.append(person(key, len(people) + 1, shown, orcid))
    return people


def _shown(name: str) -> str:
    """Return a name as it is spoken: `von Metsä, Jr, Maija` → `Maija von Metsä Jr`."""
    parts = [part.strip() for part in plain_text(name).split(",") if part.strip()]
    if len(parts) == 3:
        return display_name(f"{parts[0]} {parts[1]}", parts[2])
    return display_name(parts[0], " ".join(parts[1:])) if parts else ""


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
