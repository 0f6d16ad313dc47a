"""What the three forms of ESCO (tables, RDF, web service) have in common: addresses and kinds."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TypeVar

T = TypeVar("T")

ESCO = "http://data.europa.eu/esco/"
FINESCO = "http://data.tyomarkkinatori.fi/esco/"
"""Finnish occupations that Job Market Finland adds to ESCO."""

_ADDRESS = re.compile(r"^http://data\.(?:europa\.eu|tyomarkkinatori\.fi)/esco/[^\s<>\"{}|\\^`]+$")
_CODE = re.compile(r"^[SKTL](?:\d+(?:\.\d+)*)?$")
LANGUAGES = "en,fi,sv"
LANGUAGES_HELP = f"languages of texts, with commas, or `all` (default {LANGUAGES})"
RETIRED_STATUSES = frozenset({"obsolete", "deprecated", "retired", "replaced"})


def is_address(value: object) -> bool:
    """Whether a value is an address of ESCO or of its Finnish extension."""
    return isinstance(value, str) and bool(_ADDRESS.match(value))


def kind_of(uri: str, model_class: str = "", notation: str | None = None) -> str | None:
    """Return the kind of a concept (see `graph.records.Concept`), None if it is none of ours.

    Skills and the groups of skills share one form of address, so that the class or the code tells.

    Args:
        uri: the concept's address.
        model_class: `Skill`, `Occupation` or `GroupConcept`, if the source says it; else "".
        notation: the concept's code, if it has one.
    """
    match = re.match(r"^http://data\.[a-z.]+/esco/([A-Za-z-]+)/", uri)
    collection = match[1].lower() if match else ""
    if collection == "skill":
        grouped = model_class == "GroupConcept" or bool(notation and _CODE.match(notation))
        return "skill-group" if grouped else "skill"
    kinds = {
        "occupation": "occupation",
        "isco": "isco-group",
        "isced-f": "skill-group",
        "concept-scheme": "scheme",
    }
    return kinds.get(collection)


def languages_of(option: str) -> set[str] | None:
    """Return the languages that an option names (`en,fi`), None for `all`."""
    names = {part.strip().lower() for part in option.split(",")}
    return None if "all" in names else names


def in_languages(texts: Mapping[str, T], languages: Collection[str] | None) -> dict[str, T]:
    """Return texts in some languages; that of a region (`en-us`) where the language has none."""
    found: dict[str, T] = {}
    for tag, text in sorted(texts.items(), key=lambda pair: len(pair[0])):
        language = tag.partition("-")[0]
        if languages is None or language in languages or language == "und":
            found.setdefault(language, text)
    return found
