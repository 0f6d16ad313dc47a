"""DataCite: the interface's JSON, the public data file, single records, and XML of kernel 2 to 4.

One record is one DOI with its creators. Drafts and withdrawn records are counted and passed over, and
so is what is no output of research (samples, instruments, awards). Two versions have two DOIs and are
two works here: they differ in content, and often in creators and year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from graph.records import Record, ResearchOutput
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, SourceRecord, guarded, mapping
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.readers.xml_stream import Element
from loaders.research.datacite_authors import creators
from loaders.research.datacite_texts import abstracts_of, titles_of, topics_of
from loaders.research.datacite_xml import attributes_of
from loaders.research.publication_ids import parse_issn
from loaders.research.publication_types import is_part, type_label
from loaders.research.works import (
    UNKNOWN,
    Told,
    is_xml,
    objects,
    work_identifier,
    work_type,
    xml_outcomes,
)
from loaders.texts.languages import language_code
from loaders.texts.text import optional_text, parse_day, parse_doi, parse_year

_REMEDY = "Correct the metadata at DataCite, or fetch the record again."
_PASSED_OVER = {
    "Award": "an award (no output of research)",
    "Event": "an event (no output of research)",
    "Instrument": "an instrument (no output of research)",
    "Journal": "a journal (comes with the works)",
    "PhysicalObject": "a physical object (no output of research)",
    "Project": "a project (no output of research)",
    "Service": "a service (no output of research)",
}
_STATES = {
    "draft": "a draft (its DOI is not registered)",
    "registered": "a record that its repository hides (state: registered)",
}
_VAGUE = ("Dissertation", "Text", "Other", "Report", None)
"""General types that the free `resourceType` may tell more of."""
_THESES = ("bachelor thesis", "master thesis", "licentiate thesis", "doctoral thesis")
_DATES = ("Issued", "Available")
_XML_REMEDY = "Load metadata in DataCite's own schema."


class DataCiteLoader:
    """Reads records of DataCite."""

    info = LoaderInfo(
        name="datacite",
        title="DataCite records",
        description="Replies of the interface, the public data file, single records, XML; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.xml", "*.gz"),
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        load = _Load()
        for file in files:
            if is_xml(file):
                yield from xml_outcomes(file, ("resource",), load.xml, _XML_REMEDY)
                continue
            for item in read_items(file, ("data",)):
                yield item if isinstance(item, Problem) else guarded(item, load.json)


class _Load:
    """What is remembered from one record to the next."""

    def __init__(self) -> None:
        self._told = Told()
        self._seen: set[str] = set()

    def json(self, item: Item) -> Outcome:
        """Read one record of JSON: of the interface, or bare."""
        raw = item.value
        if not isinstance(raw, Mapping):
            return item.problem("", "", "The record is no object.", "Give one record per item.")
        raw = raw["data"] if isinstance(raw.get("data"), Mapping) else raw
        if raw.get("errors") and "attributes" not in raw:
            reason = f"DataCite refused the request: {str(raw['errors'])[:300]}"
            return item.problem("", "errors", reason, "Correct the request and fetch it again.")
        kind = raw.get("type")
        if "attributes" in raw and kind not in ("dois", None):
            return Loaded((), skipped=f"a record of the kind {str(kind)[:40]!r} (no DOI)")
        attributes = raw.get("attributes", raw)
        if not isinstance(attributes, Mapping):
            return item.problem(raw.get("id"), "attributes", "The record has no attributes.", _REMEDY)
        return self._record(item, attributes, attributes.get("doi") or raw.get("id"))

    def xml(self, element: Element) -> Outcome:
        """Read one record of XML."""
        attributes = attributes_of(element.node)
        return self._record(element, attributes, attributes["doi"])

    def _record(self, source: SourceRecord, raw: Mapping[str, Any], identifier: object) -> Outcome:
        try:
            doi = parse_doi(identifier)
        except ValueError as error:
            reason = f"The DOI cannot be read: {error}."
            return source.problem(str(identifier)[:80], "doi", reason, _REMEDY)
        if doi is None:
            return source.problem("", "doi", "The record has no DOI.", _REMEDY)
        state = raw.get("state")
        if isinstance(state, str) and state in _STATES:
            return Loaded((), skipped=_STATES[state])
        fields = Fields(source, doi)
        types = fields.read("types", raw.get("types"), mapping) or {}
        general = types.get("resourceTypeGeneral")
        if isinstance(general, str) and general in _PASSED_OVER:
            return Loaded((), skipped=_PASSED_OVER[general])
        if doi in self._seen:
            return Loaded((), skipped="a record that stood in the files before")
        language = fields.read("language", raw.get("language"), _language)
        titles, others = titles_of(raw, language, fields)
        if not titles:
            return source.problem(doi, "titles", "The record has no title.", _REMEDY)
        self._seen.add(doi)
        people, organisations = creators(raw, f"doi-{doi}", fields)
        topics, subjects = topics_of(raw, fields)
        kind = _kind(types, fields)
        year = fields.read("publicationYear", raw.get("publicationYear"), _year)
        work = ResearchOutput(
            key=f"doi-{doi}",
            title=titles,
            creators=tuple(dict.fromkeys(one.key for one in people)),
            organisations=tuple(place.key for place in organisations),
            publishers=_publishers(raw, fields),
            abstract=abstracts_of(raw, next(iter(titles)), fields),
            alt_titles=others,
            topics=topics,
            year=year,
            published=_published(raw, year, fields),
            output_type=kind,
            language=language,
            doi=doi,
            identifiers=_identifiers(raw, doi, kind, fields),
            homepage=f"https://doi.org/{doi}",
            subjects=subjects,
            container=_container(raw, fields),
            issns=_issns(raw, fields),
            funders=_funders(raw, fields),
            retracted=any(one.get("dateType") == "Withdrawn" for one in _entries(raw, "dates", fields)),
        )
        records: tuple[Record, ...] = (*self._told.new(organisations), *people, work)
        return Loaded(records, tuple(fields.warnings))


def _entries(raw: Mapping[str, Any], name: str, fields: Fields) -> list[Mapping[str, Any]]:
    return objects(fields, name, raw.get(name))


def _language(value: object) -> str | None:
    """Return the code of a language; the schema's words for an unknown one say nothing."""
    if isinstance(value, str) and UNKNOWN.fullmatch(value.strip().lower()):
        return None
    return language_code(value)


def _year(value: object) -> int | None:
    if isinstance(value, str) and UNKNOWN.fullmatch(value.strip().lower()):
        return None
    return parse_year(value)


def _kind(types: Mapping[str, Any], fields: Fields) -> str | None:
    """Return the kind of work: of a thesis or a text, what the free type says more exactly."""
    general = fields.read("types.resourceTypeGeneral", types.get("resourceTypeGeneral"), optional_text)
    free = fields.read("types.resourceType", types.get("resourceType"), optional_text)
    if free and general in _VAGUE:
        label = type_label(free)
        if label and (label.lower() != free.lower() or label in _THESES):
            return label
    return work_type("datacite", general) or free


def _publishers(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    """Return the publisher, a text or (since kernel 4.5) an object."""
    stated = raw.get("publisher")
    value = stated.get("name") if isinstance(stated, Mapping) else stated
    name = fields.read("publisher", value, optional_text)
    return (name,) if name and not UNKNOWN.fullmatch(name.lower()) else ()


def _published(raw: Mapping[str, Any], year: int | None, fields: Fields) -> date | None:
    """Return the day on which it was issued, else from which it was available in that same year."""
    entries = reversed(_entries(raw, "dates", fields))
    stated = {str(one.get("dateType")): one.get("date") for one in entries}
    for kind in _DATES:
        value = stated.get(kind)
        # A year or a month is no day, and of a span the first day counts.
        if value is not None and not re.fullmatch(r"\s*\d{4}(-\d{2})?(/.*)?\s*", str(value)):
            day = fields.read(f"dates.{kind}", str(value).strip(), parse_day)
            if day and year in (None, day.year):
                return day
    return None


def _identifiers(raw: Mapping[str, Any], doi: str, kind: str | None, fields: Fields) -> tuple[str, ...]:
    """Return other identifiers of the same work: not those of its versions, parts or wholes."""
    found: dict[str, None] = {}
    for name, key in (("identifiers", "identifier"), ("alternateIdentifiers", "alternateIdentifier")):
        for one in _entries(raw, name, fields):
            scheme = str(one.get(f"{key}Type") or "").lower()
            if scheme == "doi" or (scheme == "isbn" and is_part(kind)):
                continue
            read = fields.read(name, one.get(key), partial(work_identifier, scheme))
            if read:
                found[read] = None
    for one in _entries(raw, "relatedIdentifiers", fields):
        scheme = str(one.get("relatedIdentifierType") or "").lower()
        if one.get("relationType") == "IsIdenticalTo" and scheme in ("doi", "handle", "urn"):
            value = one.get("relatedIdentifier")
            read = fields.read("relatedIdentifiers", value, partial(work_identifier, scheme))
            if read and read != f"https://doi.org/{doi}":
                found[read] = None
    return tuple(found)


def _container(raw: Mapping[str, Any], fields: Fields) -> str | None:
    container = fields.read("container", raw.get("container"), mapping) or {}
    title = fields.read("container.title", container.get("title"), optional_text)
    if title:
        return title
    for one in _entries(raw, "relatedItems", fields):
        if one.get("relationType") in ("IsPublishedIn", "IsPartOf"):
            for entry in objects(fields, "relatedItems.titles", one.get("titles")):
                return fields.read("relatedItems.titles", entry.get("title"), optional_text)
    return None


def _issns(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in _entries(raw, "relatedIdentifiers", fields):
        is_journal = one.get("relatedIdentifierType") in ("ISSN", "EISSN", "LISSN")
        if is_journal and one.get("relationType") in ("IsPartOf", "IsPublishedIn"):
            issn = fields.read("relatedIdentifiers", one.get("relatedIdentifier"), parse_issn)
            if issn:
                found[issn] = None
    return tuple(found)


def _funders(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    names = (
        fields.read("fundingReferences.funderName", one.get("funderName"), optional_text)
        for one in _entries(raw, "fundingReferences", fields)
    )
    return tuple(dict.fromkeys(name for name in names if name and not UNKNOWN.fullmatch(name.lower())))
