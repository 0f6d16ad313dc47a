"""Research outputs of a Pure portal: replies of the web service 5.x and of the newer CRUD interface.

One record is one output (or student thesis, or data set) with the people and units of its by-line.
Persons, organisations and publishers of the same load lend their ORCIDs and names; they and all other
kinds of content are counted and passed over, as is what is not public or not published.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial
from importlib.resources import files as package_files
from typing import Any

from graph.records import Record, ResearchOutput
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, guarded
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.research.handles import find_handle
from loaders.research.publication_ids import doi_in, nbn_in, parse_isbn, parse_issn
from loaders.research.publication_types import is_part
from loaders.research.pure_people import Byline
from loaders.research.pure_survey import Survey, gone_of, kind_of
from loaders.research.pure_values import (
    date_parts,
    language_of,
    last_word,
    portal_of,
    source_of,
    term_of,
    text_of,
    texts_of,
    uri_of,
    uuid_of,
)
from loaders.research.works import (
    Told,
    day_of_parts,
    is_xml,
    objects,
    texts,
    work_identifier,
    year_of_parts,
)
from loaders.texts.text import guess_language, honest_languages
from loaders.texts.title_language import title_language

_REMEDY = "Correct the output in Pure."
_UNPUBLISHED = frozenset(("unpublished", "inprep", "inpreparation", "submitted", "draft"))
_SCHEMES = {
    "arxiv": "arxiv",
    "isi": "wosuid",
    "pubmed": "pmid",
    "pubmedcentral": "pmc",
    "scopus": "eid",
    "wos": "wosuid",
}


class PureLoader:
    """Reads research outputs of Pure."""

    info = LoaderInfo(
        name="pure",
        title="Pure research outputs",
        description="Replies of the web service 5.x and of the CRUD interface as JSON; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.gz"),
        options={
            "source": "key of the university (or a name for the portal), instead of the one that the "
            "records' own addresses tell"
        },
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        source = re.sub(r"[^\w.-]", "-", options.get("source", "").strip()) or None
        load = _Load(Survey(_items(files)), source)
        for item in _items(files):
            yield item if isinstance(item, Problem) else guarded(item, load.read)


def _items(files: Sequence[SourceFile]) -> Iterator[Item | Problem]:
    for file in files:
        if is_xml(file):
            reason = "The file is XML, as Pure's web service gives it if it is not asked for JSON."
            yield Problem(
                file.name, "", "", reason, "Fetch it with the header `Accept: application/json`."
            )
        else:
            yield from read_items(file, ("items",))


class _Load:
    """What is known while the works are read."""

    def __init__(self, survey: Survey, source: str | None) -> None:
        self._survey = survey
        self._source = source
        self._told = Told()

    def read(self, item: Item) -> Outcome:
        """Read one record."""
        raw = item.value
        if gone_of(raw):
            return Loaded((), skipped="a note that something was withdrawn")
        kind = kind_of(raw)
        if not kind:
            reason = "The record is nothing of Pure: it has no UUID."
            return item.problem("", "uuid", reason, "Load replies of Pure's web service.")
        if kind != "work":
            return Loaded((), skipped=kind)
        uuid = uuid_of(raw)
        assert uuid is not None  # `kind_of` saw it
        if self._survey.is_withdrawn(item, uuid):
            return Loaded((), skipped="an output that was withdrawn")
        if not self._survey.is_newest(item, uuid):
            return Loaded((), skipped="an older version of a work")
        if reason := _hidden(raw):
            return Loaded((), skipped=reason)
        fields = Fields(item, uuid)
        try:
            title = _title(raw)
        except ValueError as error:
            return item.problem(uuid, "title", f"The title cannot be read: {error}.", _REMEDY)
        if not title:
            return item.problem(uuid, "title", "The output has no title.", _REMEDY)
        portal = portal_of(raw)
        source = self._source or source_of(portal)
        dois, identifiers = _identifiers(raw, uuid, fields)
        key = f"doi-{dois[0]}" if dois else f"pure-{source}-{uuid}" if source else f"pure-{uuid}"
        people, organisations = Byline(key, source, self._survey, fields).read(raw)
        work = ResearchOutput(
            key=key,
            creators=tuple(dict.fromkeys(one.key for one in people)),
            organisations=tuple(place.key for place in organisations),
            doi=dois[0] if dois else None,
            homepage=f"https://doi.org/{dois[0]}" if dois else portal,
            **_texts(raw, title, fields),
            **_facts(raw, identifiers, self._survey, fields),
        )
        records: tuple[Record, ...] = (*self._told.new(organisations), *people, work)
        return Loaded(records, tuple(fields.warnings))


def _hidden(raw: Mapping[str, Any]) -> str:
    """Return why a work is not to be shown, "" if it is."""
    visibility = raw.get("visibility")
    if raw.get("confidential") is True or (
        isinstance(visibility, Mapping) and str(visibility.get("key") or "FREE").upper() != "FREE"
    ):
        return "an output that is not public"
    workflow = raw.get("workflow")
    if isinstance(workflow, Mapping) and str(workflow.get("step")).lower() == "entryinprogress":
        return "a draft of an output"
    states = [entry for entry in _states(raw) if entry.get("current") is True] or _states(raw)
    words = {last_word(entry.get("publicationStatus")) for entry in states} - {""}
    return "an output that is not published" if words and words <= _UNPUBLISHED else ""


def _states(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    states = raw.get("publicationStatuses")
    found = states if isinstance(states, list) else [states]
    return [entry for entry in found if isinstance(entry, Mapping)]


def _title(raw: Mapping[str, Any]) -> str:
    """Return the title with its subtitle.

    Raises:
        ValueError: it is no text.
    """
    title = text_of(raw.get("title"))
    subtitle = text_of(raw.get("subTitle"))
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title} {subtitle}" if title.endswith((":", "?", "!")) else f"{title}: {subtitle}"


def _texts(raw: Mapping[str, Any], title: str, fields: Fields) -> dict[str, Any]:
    """Return title, abstract, language and keywords."""
    language = fields.read("language", uri_of(raw.get("language")), language_of)
    tag = language or title_language(title) or "und"
    titles, others = {tag: title}, []
    translated = fields.read("translatedTitle", raw.get("translatedTitle"), texts_of) or {}
    for other, text in translated.items():
        if text == title:
            continue
        if other in titles or other == "und":
            others.append(text)
        else:
            titles[other] = text
    abstract = fields.read("abstract", raw.get("abstract", raw.get("descriptions")), texts_of) or {}
    known = {
        (guess_language(text) or tag if other == "und" else other): text
        for other, text in abstract.items()
    }
    return {
        "title": titles,
        "alt_titles": tuple(dict.fromkeys(others)),
        "language": language,
        "abstract": honest_languages(known),
        "topics": _topics(raw, fields),
    }


def _topics(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    """Return the keywords: free ones, and the names of those from a classification."""
    found: list[str] = []
    for group in objects(fields, "keywordGroups", raw.get("keywordGroups")):
        for entry in objects(fields, "classifications", group.get("classifications")):
            found += (fields.read("keywordGroups", entry, term_of) or {}).values()
        for name in ("keywordContainers", "keywords"):
            for box in objects(fields, f"keywordGroups.{name}", group.get(name)):
                structured = box.get("structuredKeyword")
                if structured is not None:
                    found += (fields.read("keywordGroups", structured, term_of) or {}).values()
                found += fields.read("keywordGroups.freeKeywords", box.get("freeKeywords"), _free) or ()
    return tuple(dict.fromkeys(text for text in found if text))


def _free(value: object) -> tuple[str, ...]:
    """Return free keywords: `["a", "b"]`, or with locales `[{"locale": …, "freeKeywords": ["a"]}]`.

    Raises:
        ValueError: they are no texts.
    """
    entries = value if isinstance(value, list) else [value]
    nested = [
        text
        for entry in entries
        for text in texts(entry.get("freeKeywords") if isinstance(entry, Mapping) else entry)
    ]
    return tuple(text_of(text) for text in nested)


def _facts(
    raw: Mapping[str, Any], identifiers: list[str], survey: Survey, fields: Fields
) -> dict[str, Any]:
    """Return dates, type, publisher, container and numbers."""
    kind = _type(raw, fields)
    journal = raw.get("journalAssociation")
    journal = journal if isinstance(journal, Mapping) else {}
    inner = journal.get("journal")
    inner = inner if isinstance(inner, Mapping) else {}
    containers = (
        fields.read("journalAssociation.title", journal.get("title"), text_of),
        fields.read("journalAssociation.journal", inner.get("name"), text_of),
        survey.name(uuid_of(inner)),
        fields.read("hostPublicationTitle", raw.get("hostPublicationTitle"), text_of),
    )
    issn = fields.read("journalAssociation.issn", journal.get("issn"), text_of)
    publisher = raw.get("publisher")
    publisher = publisher if isinstance(publisher, Mapping) else {}
    printed = fields.read("publisher.name", publisher.get("name"), text_of)
    printed = printed or survey.name(uuid_of(publisher))
    numbers = [] if is_part(kind) else _isbns(raw, fields)
    year, published = _dates(raw, fields)
    return {
        "year": year,
        "published": published,
        "output_type": kind,
        "publishers": (printed,) if printed else (),
        "container": next((text for text in containers if text), None),
        "issns": tuple(
            number for number in (fields.read("journalAssociation.issn", issn, parse_issn),) if number
        ),
        "identifiers": tuple(dict.fromkeys((*identifiers, *numbers))),
        "retracted": any("retract" in last_word(one.get("publicationStatus")) for one in _states(raw)),
    }


@cache
def _types() -> Mapping[str, str]:
    text = (package_files("loaders") / "data" / "pure_types.toml").read_text(encoding="utf-8")
    table: Mapping[str, str] = tomllib.loads(text)["types"]
    return table


def _type(raw: Mapping[str, Any], fields: Fields) -> str | None:
    """Return the label of a type by its address; the word of Pure where its address is not known."""
    parts = uri_of(raw.get("type")).strip("/").lower().split("/")
    if "dataset" in parts:
        return "dataset"
    first, last = (["", "", *parts])[-2:]
    family = "studentthesis" if "studentthesis" in parts else first
    label = _types().get(f"{family}/{last}") or _types().get(f"{family}/*")
    term = fields.read("type", raw.get("type"), term_of) or {}
    return label or term.get("en") or next(iter(term.values()), None)


def _dates(raw: Mapping[str, Any], fields: Fields) -> tuple[int | None, date | None]:
    """Return the year and the day of publication: of the current state, else of the first dated one."""
    states = sorted(_states(raw), key=lambda entry: entry.get("current") is not True)
    dates = [entry.get("publicationDate") for entry in states]
    for value in (*dates, raw.get("awardDate"), raw.get("publicationAvailableDate")):
        parts = fields.read("publicationStatuses.publicationDate", value, date_parts)
        if parts and (year := fields.read("publicationDate", parts, year_of_parts)):
            return year, fields.read("publicationDate", parts, day_of_parts)
    return None, None


def _isbns(raw: Mapping[str, Any], fields: Fields) -> list[str]:
    found = (
        fields.read(name, number, parse_isbn)
        for name in ("isbns", "electronicIsbns")
        for number in fields.read(name, raw.get(name), texts) or ()
    )
    return [f"urn:isbn:{number}" for number in found if number]


def _identifiers(raw: Mapping[str, Any], uuid: str, fields: Fields) -> tuple[list[str], list[str]]:
    """Return the DOIs of a work, its own first, and its other identifiers."""
    info = raw.get("info")
    info = info if isinstance(info, Mapping) else {}
    former = [*_list(raw.get("previousUuids")), *_list(info.get("previousUuids"))]
    found = [f"pure:{one}" for one in (uuid, *(uuid_of({"uuid": old}) for old in former)) if one]
    dois: list[str] = []
    versions = objects(fields, "electronicVersions", raw.get("electronicVersions"))
    for version in versions:
        doi = fields.read("electronicVersions.doi", version.get("doi"), doi_in)
        if doi:
            dois.append(doi)
    own = raw.get("doi")  # of a data set
    if doi := fields.read("doi", own.get("doi") if isinstance(own, Mapping) else own, doi_in):
        dois.append(doi)
    for version in versions:
        link = version.get("link")
        handle = find_handle(link)
        found += [one for one in (nbn_in(link), handle.identifier if handle else None) if one]
    for name, value in (
        ("info.additionalExternalIds", info.get("additionalExternalIds")),
        ("identifiers", raw.get("identifiers")),
    ):
        for entry in objects(fields, name, value):
            number = fields.read(name, entry, _foreign)
            if number:
                found.append(number)
    found += [f"https://doi.org/{doi}" for doi in dois[1:] if doi != dois[0]]
    return dois, list(dict.fromkeys(found))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _foreign(entry: Mapping[str, Any]) -> str | None:
    """Return the number of a work in another service: `{"idSource": "Scopus", "value": "850…"}`.

    Raises:
        ValueError: it is no such number.
    """
    name = str(entry.get("idSource") or "").lower().replace(" ", "")
    value = entry.get("value", entry.get("id"))
    scheme = _SCHEMES.get(name)
    if scheme == "eid" and isinstance(value, str) and value.strip().isdigit():
        value = f"2-s2.0-{value.strip()}"
    return partial(work_identifier, scheme)(value) if scheme else None
