"""Titles, abstracts and subjects of a DataCite record, in their languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from loaders.readers.fields import Fields
from loaders.research.works import UNKNOWN, objects
from loaders.texts.jats import jats_text
from loaders.texts.languages import language_code
from loaders.texts.text import guess_language
from loaders.texts.title_language import title_language
from loaders.vocabularies import yso

_CONCEPT = re.compile(
    r"https?://(?:www\.yso\.fi/onto/\w+/p\d+|id\.loc\.gov/authorities/\S+|id\.nlm\.nih\.gov/mesh/\w+"
    r"|aims\.fao\.org/aos/agrovoc/c_\w+|data\.europa\.eu/8mn/euroscivoc/[\w-]+|www\.wikidata\.org/"
    r"(?:wiki|entity)/Q\d+|vocabularies\.unesco\.org/thesaurus/concept\d+|eurovoc\.europa\.eu/\d+"
    r"|data\.europa\.eu/esco/skill/[\w-]+|www\.eionet\.europa\.eu/gemet/concept/\d+|d-nb\.info/gnd/[\w-]+)"
)
"""Vocabularies whose addresses name one concept each; other addresses are pages about subjects."""


def titles_of(
    raw: Mapping[str, Any], language: str | None, fields: Fields
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the title in each language, the main one first, and the other titles."""
    titles: dict[str, str] = {}
    others: dict[str, None] = {}
    subtitles: list[tuple[str | None, str]] = []
    entries = objects(fields, "titles", raw.get("titles"))
    typed = sorted(entries, key=lambda one: _rank(one.get("titleType")))
    for entry in typed:
        text = fields.read("titles", entry.get("title"), jats_text)
        if not text or UNKNOWN.fullmatch(text.lower()):
            continue
        kind, tag = entry.get("titleType"), _tag(entry, "titles.lang", fields)
        if kind == "Subtitle" and titles:
            subtitles.append((tag, text))
            continue
        if not kind and not tag and not titles:
            tag = language or title_language(text) or "und"
        may_stand = not titles or (tag and kind in (None, "", "TranslatedTitle") and tag not in titles)
        if may_stand:
            titles[tag or language or title_language(text) or "und"] = text
        elif text not in titles.values():
            others[text] = None
    first = next(iter(titles), "und")
    for tag, text in subtitles:
        own = tag if tag in titles else first
        if own and text.casefold() not in titles[own].casefold():
            titles[own] = f"{titles[own]}: {text}"
    return titles, tuple(others)


def abstracts_of(raw: Mapping[str, Any], language: str, fields: Fields) -> dict[str, str]:
    """Return the abstract in each language; other descriptions (methods, contents) are left out.

    Args:
        raw: the record's attributes.
        language: of an abstract that does not say its own, and whose words do not tell it.
        fields: for warnings.
    """
    found: dict[str, str] = {}
    for entry in objects(fields, "descriptions", raw.get("descriptions")):
        if entry.get("descriptionType") != "Abstract":
            continue
        text = fields.read("descriptions", entry.get("description"), jats_text)
        if not text or UNKNOWN.fullmatch(text.lower()):
            continue
        tag = guess_language(text) or _tag(entry, "descriptions.lang", fields) or language
        if text not in found.get(tag, ""):
            found[tag] = f"{found[tag]}\n\n{text}" if tag in found else text
    return found


def topics_of(raw: Mapping[str, Any], fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels of subjects, and the addresses of those that are concepts of a vocabulary."""
    labels: dict[str, None] = {}
    concepts: dict[str, None] = {}
    for entry in objects(fields, "subjects", raw.get("subjects")):
        text = fields.read("subjects", entry.get("subject"), jats_text) or ""
        text = text.removeprefix("FOS: ")
        uri = entry.get("valueUri")
        for address in (uri, text):
            if isinstance(address, str) and _CONCEPT.fullmatch(address.strip()):
                concepts[yso(address) or address.strip()] = None
        if text and not UNKNOWN.fullmatch(text.lower()) and not _CONCEPT.fullmatch(text):
            labels[text] = None
    return tuple(labels), tuple(concepts)


def _rank(kind: object) -> int:
    """Order titles: the main one, subtitles, translations, others."""
    order = {"": 0, "Subtitle": 1, "TranslatedTitle": 2}
    return order.get(str(kind or ""), 3)


def _tag(entry: Mapping[str, Any], name: str, fields: Fields) -> str | None:
    return fields.read(name, entry.get("lang"), language_code)
