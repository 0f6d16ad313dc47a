"""The works of an ORCID record: one output for each group of summaries of the same work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from graph.records import ResearchOutput
from loaders.readers.fields import Fields, mapping
from loaders.research.handles import RESOLVER, find_handle
from loaders.research.works import day_of_parts, objects, work_identifier, work_type, year_of_parts
from loaders.texts.jats import jats_text
from loaders.texts.languages import language_code
from loaders.texts.text import optional_text, parse_doi
from loaders.texts.title_language import title_language

_WITH_OWN_ISBN = frozenset(
    ("book", "edited-book", "manual", "report", "dissertation-thesis", "dissertation")
)
_SUPERVISED = "supervised-student-publication"
"""The holder is not its author, and the record does not say who is."""
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)


def is_public(entry: Mapping[str, Any]) -> bool:
    """Return whether everyone may see a part of a record; one that does not say may be seen."""
    return str(entry.get("visibility") or "public").lower() == "public"


def value_of(entry: object) -> object:
    """Return what stands in `{"value": …}`; None for nothing."""
    return entry.get("value") if isinstance(entry, Mapping) else entry


def works(
    activities: Mapping[str, Any], orcid: str, creator: str, fields: Fields
) -> list[ResearchOutput]:
    """Read the public works of a record.

    Args:
        activities: the record's `activities-summary`.
        orcid: the bare iD.
        creator: key of the person, who is a creator of each.
        fields: for warnings.
    """
    found: dict[str, ResearchOutput] = {}
    section = fields.read("works", activities.get("works"), mapping) or {}
    for group in objects(fields, "works.group", section.get("group")):
        summaries = objects(fields, "works.group.work-summary", group.get("work-summary"))
        public = [one for one in summaries if is_public(one)]
        if public:
            work = _work(public, orcid, creator, fields)
            if work:
                found.setdefault(work.key, work)
    return list(found.values())


def _work(
    summaries: list[Mapping[str, Any]], orcid: str, creator: str, fields: Fields
) -> ResearchOutput | None:
    """Read one work from its summaries; what the preferred one lacks, the next may have."""
    ranked = sorted(summaries, key=_index, reverse=True)
    code = min((str(one.get("put-code") or "") for one in ranked), key=lambda text: (len(text), text))
    titles, others = next((found for one in ranked if (found := _titles(one, fields))[0]), ({}, ()))
    if not titles:
        fields.warn("works.group", f"The work {code or '?'} was left out: it has no title.")
        return None
    kind = fields.read("works.type", _first(ranked, "type"), optional_text)
    doi, key, identifiers = _identifiers(ranked, kind, fields)
    if key is None and not code:
        fields.warn("works.group", "A work was left out: it has no put-code and no other identifier.")
        return None
    parts = fields.read("works.publication-date", _first(ranked, "publication-date"), _parts) or []
    journal = fields.read("works.journal-title", value_of(_first(ranked, "journal-title")), jats_text)
    return ResearchOutput(
        key=key or f"orcid-{orcid}-{code}",
        title=titles,
        creators=() if kind == _SUPERVISED else (creator,),
        alt_titles=others,
        year=fields.read("works.publication-date", parts, year_of_parts),
        published=fields.read("works.publication-date", parts, day_of_parts),
        output_type=work_type("orcid", kind),
        doi=doi,
        identifiers=tuple(identifiers),
        homepage=f"https://doi.org/{doi}" if doi else _web(value_of(_first(ranked, "url"))),
        container=journal or None,
    )


def _first(ranked: list[Mapping[str, Any]], name: str) -> object:
    return next((one[name] for one in ranked if one.get(name)), None)


def _index(summary: Mapping[str, Any]) -> int:
    """Return the rank that the person gave a summary: the highest is the one to show."""
    text = str(summary.get("display-index") or "0")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _titles(summary: Mapping[str, Any], fields: Fields) -> tuple[dict[str, str], tuple[str, ...]]:
    stated = fields.read("works.title", summary.get("title"), mapping) or {}
    title = fields.read("works.title", value_of(stated.get("title")), jats_text)
    if not title:
        return {}, ()
    subtitle = fields.read("works.title.subtitle", value_of(stated.get("subtitle")), jats_text)
    if subtitle and subtitle.casefold() not in title.casefold():
        title = f"{title}: {subtitle}"
    tag = title_language(title) or "und"
    translated = (
        fields.read("works.title.translated-title", stated.get("translated-title"), mapping) or {}
    )
    other = fields.read("works.title.translated-title", translated.get("value"), jats_text)
    code = translated.get("language-code")
    language = fields.read("works.title.translated-title", code, language_code)
    if not other or other == title:
        return {tag: title}, ()
    if language and language != tag:
        return {tag: title, language: other}, ()
    return {tag: title}, (other,)


def _identifiers(
    ranked: list[Mapping[str, Any]], kind: str | None, fields: Fields
) -> tuple[str | None, str | None, list[str]]:
    """Return the DOI, the key made of DOI or handle, and all other identifiers of the work itself.

    A second DOI is left out: the holder may have put a preprint and its article together.
    """
    doi = key = None
    found: dict[str, None] = {}
    for scheme, value in _own_identifiers(ranked, fields):
        if scheme == "isbn" and kind not in _WITH_OWN_ISBN:
            continue  # of the book that a chapter stands in
        if scheme == "doi":
            doi = doi or fields.read("works.external-ids", value, parse_doi)
            continue
        read = fields.read("works.external-ids", value, partial(work_identifier, scheme))
        if read:
            found[read] = None
            handle = find_handle(value, RESOLVER) if scheme == "handle" else None
            key = key or (handle.key if handle else None)
    return doi, f"doi-{doi}" if doi else key, list(found)


def _own_identifiers(ranked: list[Mapping[str, Any]], fields: Fields) -> list[tuple[str, object]]:
    """Return scheme and value of the identifiers of a work, not of its journal, version or grant."""
    found: dict[tuple[str, str], object] = {}
    for summary in ranked:
        section = fields.read("works.external-ids", summary.get("external-ids"), mapping) or {}
        for entry in objects(fields, "works.external-ids", section.get("external-id")):
            if str(entry.get("external-id-relationship") or "self").lower() != "self":
                continue
            scheme = str(entry.get("external-id-type") or "").lower()
            value = value_of(entry.get("external-id-normalized")) or entry.get("external-id-value")
            found.setdefault((scheme, str(value)), value)
    return [(scheme, value) for (scheme, _), value in found.items()]


def _parts(value: object) -> list[object]:
    """Return year, month and day of `{"year": {"value": "2020"}, …}` as a list."""
    stated = mapping(value)
    return [value_of(stated.get(part)) for part in ("year", "month", "day")]


def _web(value: object) -> str | None:
    """Return a web address that makes an IRI, None for anything else."""
    match = _ADDRESS.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[0] if match else None
