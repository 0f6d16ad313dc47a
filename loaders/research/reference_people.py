"""The authors of an entry of a list of references, in their order, with ORCIDs where it has them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.identifiers import name_key
from graph.records import Person
from loaders.readers.fields import Fields
from loaders.research.bylines import is_group, split_byline
from loaders.research.people import display_name, parse_orcid, person
from loaders.research.reference import Reference
from loaders.texts.text import plain_text

_EXTENDED = re.compile(r"\b(given|family|prefix|suffix)\s*=\s*\"?([^,\"]+)")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_ORCID_OF = re.compile(r"([^/;\n]{1,100})/\s*(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")
_NOTED_ORCID = re.compile(r"(\d+)\s*=\s*\"?\s*(?:orcid\s*[:=]?\s*)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")


def authors(entry: Reference, key: str, fields: Fields) -> list[Person]:
    """Return the authors in order; groups and "others" are no persons."""
    orcids = _orcids(entry, fields)
    people: list[Person] = []
    for place, name in enumerate(_names(entry), start=1):
        shown = _shown(name)
        corporate = name in entry.groups and "," not in name and " " in name
        if not shown or shown.lower() in ("others", "et al", "et al.") or corporate or is_group(name):
            continue
        orcid = orcids.get(str(place)) or orcids.get(name_key(shown))
        people.append(person(key, len(people) + 1, shown, orcid))
    return people


def _names(entry: Reference) -> Sequence[str]:
    """Return the authors; of a list that is not joined with `and`, as it should be, the names in it."""
    names = entry.values.get("author", ())
    if (
        len(names) == 1
        and names[0] not in entry.groups
        and (";" in names[0] or names[0].count(",") > 2)
    ):
        return split_byline(names[0])
    return names


def _shown(name: str) -> str:
    """Return a name as it is spoken: `von Metsä, Jr, Maija` → `Maija von Metsä Jr`."""
    if _EXTENDED.match(name):  # BibLaTeX: given=Simon, prefix=de, family=Beumont
        parts = dict(_EXTENDED.findall(name))
        family = f"{parts.get('prefix', '')} {parts.get('family', '')} {parts.get('suffix', '')}"
        return display_name(" ".join(family.split()), parts.get("given", ""))
    pieces = [part.strip() for part in plain_text(name).split(",") if part.strip()]
    suffixes = [piece for piece in pieces[1:] if _SUFFIX.fullmatch(piece)]
    family, *given = [piece for piece in pieces if piece not in suffixes] or [""]
    return " ".join([display_name(family, " ".join(given)), *suffixes]).strip()


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
