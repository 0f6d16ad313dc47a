"""Join a printed by-line with the authors whom an organisation names as its own.

National sources have both: the whole by-line as one text, and a list of the reporting organisation's
authors with ORCID and units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from graph.identifiers import name_key
from graph.records import Person
from loaders.research.people import display_name, family_given, person
from loaders.texts.text import plain_text

_OTHERS = re.compile(r"(?:et al|ym|m\. ?fl|ja muut|and others|\.\.\.|…)\.?", re.IGNORECASE)
_ROLE = re.compile(r"\s*\((?:eds?|toim|red|hrsg)\.?\)\s*$", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[ -]?){1,4}")
_GROUP = re.compile(
    r"\b(?:collaborations?|consortium|konsortio|network|group|team|investigators|committee|työryhmä|"
    r"arbetsgrupp\w*|universit\w+|ministry|instit\w+|oy|oyj|ry|ab|inc|ltd)\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\w(?:yliopisto|korkeakoulu|ministeriö|laitos|keskus|virasto)\b|\byliopisto\b", re.I
)


@dataclass(frozen=True, slots=True)
class Author:
    """One author as the reporting organisation names them."""

    family: str
    given: str
    orcid: str | None = None
    affiliations: tuple[str, ...] = ()


def split_byline(text: str, count: int | None = None) -> list[str]:
    """Return the names of a by-line: `Metsä, Maija; Virta, V.` or `Metsä M, Virta V`.

    Args:
        text: semicolons part the names; where there are none, commas do if the names have initials or
            if their number is as told.
        count: the number of authors, if the source tells it.
    """
    parts = [part for raw in plain_text(text).strip(" \"'").split(";") if (part := _clean(raw))]
    if len(parts) != 1:
        return parts
    pieces = [piece for raw in parts[0].split(",") if (piece := _clean(raw))]
    if len(pieces) < 2 or count == 1:
        return parts
    if len(pieces) == count or (len(pieces) > 2 and all(_ends_in_initials(p) for p in pieces)):
        return pieces
    pairs = [f"{family}, {given}" for family, given in zip(pieces[::2], pieces[1::2], strict=False)]
    if len(pieces) % 2 == 0 and (
        len(pairs) == count or (len(pairs) > 1 and all(map(_INITIALS.fullmatch, pieces[1::2])))
    ):
        return pairs
    return parts


def _clean(raw: str) -> str:
    name = _ROLE.sub("", raw).strip(" \"'")
    return "" if _OTHERS.fullmatch(name) else name


def _ends_in_initials(name: str) -> bool:
    words = name.split()
    return len(words) > 1 and _INITIALS.fullmatch(words[-1]) is not None


def is_group(name: str) -> bool:
    """Return whether a name is that of a group or an organisation (`The CDF Collaboration`)."""
    if "," in name:
        return False
    return bool(_OFFICE.search(name) or (" " in name.strip() and _GROUP.search(name)))


def join_byline(output_key: str, names: Sequence[str], authors: Sequence[Author]) -> list[Person]:
    """Return the persons of a work: the by-line in its order, then authors who do not stand in it.

    An author who stands in the by-line keeps the key of the name that is printed there, so that all
    organisations that report the work mean the same person, and has the fuller form of the name.
    Groups are no persons and are left out.
    """
    entries = [name for name in names if not is_group(name)]
    found = _match(entries, authors)
    people: list[Person] = []
    for place, name in enumerate(entries):
        family, given = family_given(name)
        author = found.get(place)
        shown = display_name(family, given)
        if author is not None and len(author.given) > len(given if family else ""):
            shown = display_name(author.family, author.given)
        people.append(_person(output_key, shown, name, author))
    matched = {id(author) for author in found.values()}
    for author in authors:
        if id(author) in matched:
            continue
        shown = display_name(author.family, author.given)
        if shown and not is_group(shown):
            people.append(_person(output_key, shown, shown, author))
    return people


def _person(key: str, shown: str, printed: str, author: Author | None) -> Person:
    return person(
        key,
        shown,
        orcid=author.orcid if author else None,
        affiliations=author.affiliations if author else (),
        own_key=f"{key}/{name_key(printed)}",
    )


def _match(names: Sequence[str], authors: Sequence[Author]) -> dict[int, Author]:
    """Return place in the by-line → author; the surest pairs first."""
    printed = [_words(name) for name in names]
    places: dict[str, list[int]] = {}
    for place, words in enumerate(printed):
        for word in set(words):
            places.setdefault(word, []).append(place)
    pairs = []
    for number, author in enumerate(authors):
        # A name that is not parted is looked for as a whole.
        family, given = _words(author.family) or _words(author.given), _words(author.given)
        for place in places.get(family[0], ()) if family else ():
            if likeness := _likeness(printed[place], family, given):
                pairs.append((-likeness, number, place))
    found: dict[int, Author] = {}
    taken: set[int] = set()
    for _, number, place in sorted(pairs):
        if number not in taken and place not in found:
            taken.add(number)
            found[place] = authors[number]
    return found


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.findall(r"[^\W_]+", "".join(char for char in plain if not unicodedata.combining(char)))


def _likeness(printed: list[str], family: list[str], given: list[str]) -> int:
    """Return 0 if a printed name cannot be an author's, else more for each given name that agrees."""
    if not set(family) <= set(printed):
        return 0
    rest = [word for word in printed if word not in family]
    initials = "".join(name[0] for name in given)
    likeness = 1
    for word in rest:
        if word in given:
            likeness += 3
        elif any(name.startswith(word) or word.startswith(name) for name in given):
            likeness += 1  # one of them is short: T for Timo
        elif initials and (initials.startswith(word) or word.startswith(initials)):
            likeness += 1  # BA for Barbara Ann
        else:
            return 0
    return likeness
