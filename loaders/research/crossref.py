"""Crossref works: `items` of a snapshot or a reply, a single `message`, JSON Lines; .gz as well.

One record is one work with the people and organisations of its by-line. A notice of retraction marks
the work that it retracts, if that stands in the same load. Where a work stands in several files the
first one counts. Journals, series, issues, parts of works and grants are counted and passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from graph.records import Record, ResearchOutput
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, guarded, mapping
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.research.crossref_authors import authors
from loaders.research.publication_ids import parse_issn
from loaders.research.works import (
    Told,
    day_of_parts,
    objects,
    texts,
    work_identifier,
    work_type,
    year_of_parts,
)
from loaders.texts.jats import jats_text
from loaders.texts.languages import language_code
from loaders.texts.text import guess_language, optional_text, parse_doi, plain_text
from loaders.texts.title_language import title_language

_REMEDY = "Correct the deposit at Crossref, or fetch the work again."
_CONTAINERS = frozenset(
    ("journal", "journal-issue", "journal-volume", "book-series", "book-set", "proceedings-series",
     "report-series", "standard-series")
)  # fmt: skip
_REQUEST = "Correct the request and fetch it again."
_PASSED_OVER = {
    **dict.fromkeys(_CONTAINERS, "a journal, a series or a part of one (comes with the works)"),
    "component": "a part of a work (a figure, a table, an appendix)",
    "grant": "a grant (comes with the works)",
}
_WITH_OWN_ISBN = frozenset(
    ("book", "monograph", "edited-book", "reference-book", "proceedings", "dissertation", "report")
)
_RETRACTIONS = frozenset(("retraction", "removal", "withdrawal"))
_SAME = ("is-identical-to", "is-same-as")
_DATES = ("issued", "published", "published-online", "published-print", "posted")


class CrossrefLoader:
    """Reads works of Crossref."""

    info = LoaderInfo(
        name="crossref",
        title="Crossref works",
        description="Works as snapshot files, API replies, JSON Lines or single objects; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.gz"),
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        load = _Load()
        for file in files:
            for item in read_items(file, ("items", "message.items")):
                if isinstance(item, Problem):
                    yield item
                else:
                    yield guarded(item, load.read)


class _Load:
    """What is remembered from one work to the next."""

    def __init__(self) -> None:
        self.told = Told()
        self._seen: set[str] = set()
        self._retracted: set[str] = set()

    def read(self, item: Item) -> Outcome:
        """Read one record."""
        raw = item.value.get("message", item.value) if isinstance(item.value, Mapping) else item.value
        if isinstance(item.value, Mapping) and item.value.get("status") in ("failed", "error"):
            return item.problem("", "status", f"Crossref refused the request: {_why(raw)}", _REQUEST)
        if not isinstance(raw, Mapping):
            return item.problem("", "", "The record is no object.", "Give one work per record.")
        try:
            doi = parse_doi(raw.get("DOI"))
        except ValueError as error:
            return item.problem(raw.get("DOI"), "DOI", f"The DOI cannot be read: {error}.", _REMEDY)
        if doi is None:
            return item.problem("", "DOI", "The work has no DOI.", _REMEDY)
        if reason := _PASSED_OVER.get(str(raw.get("type"))):
            return Loaded((), skipped=reason)
        key = f"doi-{doi}"
        if key in self._seen:
            return Loaded((), skipped="a work that stood in the files before")
        fields = Fields(item, doi)
        title, others = _titles(raw, fields)
        if not title:
            return item.problem(doi, "title", "The work has no title.", _REMEDY)
        people, organisations = authors(raw, key, fields)
        notices = [
            _retracted_work(entry) for entry in objects(fields, "update-to", raw.get("update-to"))
        ]
        work = _work(raw, doi, title, others, fields)
        work = replace(
            work,
            creators=tuple(dict.fromkeys(one.key for one in people)),
            organisations=tuple(place.key for place in organisations),
            retracted=work.retracted or key in self._retracted,
        )
        self._seen.add(key)
        targets = {target for target in notices if target}
        self._retracted |= targets
        marked = [ResearchOutput(target, {}, retracted=True) for target in sorted(targets & self._seen)]
        records: tuple[Record, ...] = (*self.told.new(organisations), *people, work, *marked)
        return Loaded(records, tuple(fields.warnings))


def _why(message: object) -> str:
    """Return what a refusal says: a text, or a list of what was wrong with the request."""
    entries = message if isinstance(message, list) else [message]
    found = [str(one.get("message", one)) if isinstance(one, Mapping) else str(one) for one in entries]
    return "; ".join(found)[:300]


def _titles(raw: Mapping[str, Any], fields: Fields) -> tuple[str, list[str]]:
    """Return the title with its subtitle, and the other titles."""
    read = {
        name: [
            text for one in fields.read(name, raw.get(name), texts) or () if (text := jats_text(one))
        ]
        for name in ("title", "subtitle", "original-title")
    }
    titles = [*read["title"], *read["original-title"]]
    if not titles:
        return "", []
    first, subtitle = titles[0], " ".join(read["subtitle"])
    if read["title"] and subtitle and subtitle.casefold() not in first.casefold():
        first = f"{first} {subtitle}" if first.endswith((":", "?", "!")) else f"{first}: {subtitle}"
    return first, [text for text in dict.fromkeys(titles[1:]) if text != first]


def _work(
    raw: Mapping[str, Any], doi: str, title: str, others: list[str], fields: Fields
) -> ResearchOutput:
    """Read what stands beside the by-line."""
    language = fields.read("language", raw.get("language"), language_code)
    tag = language or title_language(title) or "und"
    abstract = fields.read("abstract", raw.get("abstract"), jats_text)
    year, published = _dates(raw, fields)
    containers = fields.read("container-title", raw.get("container-title"), texts)
    publisher = fields.read("publisher", raw.get("publisher"), optional_text)
    kind = fields.read("type", raw.get("type"), partial(work_type, "crossref"))
    if raw.get("type") == "dissertation":
        kind = _level(fields.read("degree", raw.get("degree"), texts) or ()) or kind
    issns = (
        fields.read("ISSN", value, parse_issn)
        for value in fields.read("ISSN", raw.get("ISSN"), texts) or ()
    )
    topics = fields.read("subject", raw.get("subject"), texts) or ()
    return ResearchOutput(
        key=f"doi-{doi}",
        title={tag: title},
        publishers=(publisher,) if publisher else (),
        abstract={guess_language(abstract) or tag: abstract} if abstract else {},
        alt_titles=tuple(others),
        topics=tuple(dict.fromkeys(text for one in topics if (text := plain_text(one)))),
        year=year,
        published=published,
        output_type=kind,
        language=language,
        doi=doi,
        identifiers=tuple(_identifiers(raw, fields)),
        homepage=f"https://doi.org/{doi}",
        container=next((text for one in containers or () if (text := jats_text(one))), None),
        issns=tuple(dict.fromkeys(issn for issn in issns if issn)),
        funders=_funders(raw, fields),
        retracted=any(
            str(entry.get("type")) in _RETRACTIONS
            for entry in objects(fields, "updated-by", raw.get("updated-by"))
        ),
    )


def _dates(raw: Mapping[str, Any], fields: Fields) -> tuple[int | None, date | None]:
    """Return the year of publication and its day: of the first date that has them.

    `issued` is the earliest; often it has no day where the online or printed date of that year has.
    """
    year: int | None = None
    for name in _DATES:
        parts = fields.read(name, raw.get(name), _parts)
        if not parts:
            continue
        found = fields.read(name, parts, year_of_parts)
        year = year or found
        day = fields.read(name, parts, day_of_parts)
        if day and day.year == year:
            return year, day
    return year, None


def _parts(value: object) -> list[object]:
    """Return the parts of `{"date-parts": [[2025, 3, 1]]}`; of nothing, and of null parts, none."""
    lists = mapping(value).get("date-parts")
    if lists in (None, []):
        return []
    if not isinstance(lists, list) or not isinstance(lists[0], list):
        raise ValueError("`date-parts` are no list of lists")
    return lists[0]


def _level(degrees: Sequence[str]) -> str | None:
    """Return the kind of thesis that a degree is given for."""
    for degree in degrees:
        word = degree.casefold()
        if any(mark in word for mark in ("doct", "phd", "ph.d", "dphil", "d.phil")):
            return "doctoral thesis"
        if any(mark in word for mark in ("master", "m.sc", "msc", "m.a.")):
            return "master thesis"
    return None


def _identifiers(raw: Mapping[str, Any], fields: Fields) -> list[str]:
    """Return a book's own ISBNs, and the DOIs that the publisher says name the same work."""
    found: list[str | None] = []
    if str(raw.get("type")) in _WITH_OWN_ISBN:
        for isbn in fields.read("ISBN", raw.get("ISBN"), texts) or ():
            found.append(fields.read("ISBN", isbn, partial(work_identifier, "isbn")))
    relations = fields.read("relation", raw.get("relation"), mapping) or {}
    for name in _SAME:
        for entry in objects(fields, f"relation.{name}", relations.get(name)):
            if entry.get("id-type") == "doi":
                same = partial(work_identifier, "doi")
                found.append(fields.read(f"relation.{name}", entry.get("id"), same))
    return list(dict.fromkeys(one for one in found if one))


def _funders(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    found = (
        fields.read("funder.name", entry.get("name"), optional_text)
        for entry in objects(fields, "funder", raw.get("funder"))
    )
    return tuple(dict.fromkeys(name for name in found if name))


def _retracted_work(update: Mapping[str, Any]) -> str | None:
    """Return the key of the work that a notice retracts; a correction retracts nothing."""
    if str(update.get("type")) not in _RETRACTIONS:
        return None
    try:
        return f"doi-{parse_doi(update.get('DOI'))}"
    except ValueError:
        return None
