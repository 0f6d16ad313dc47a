"""OpenAlex works, in today's shape and that of 2023: JSON Lines, snapshot parts, replies, objects.

One record is one work with its authors, their institutions and its topics. A person is known by
ORCID, else by OpenAlex author id; two people of one name are never taken for one. Where a work stands
in several files the first one counts: give the newest files first. Authors, institutions, sources
and concepts that come as records of their own are recognised, counted and passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from graph.records import Record, ResearchOutput
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, guarded, mapping
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.research.openalex_authors import Places, authors
from loaders.research.openalex_topics import about
from loaders.research.publication_ids import parse_issn
from loaders.research.works import Told, objects, texts, work_identifier, work_type
from loaders.texts.jats import jats_text
from loaders.texts.languages import language_code
from loaders.texts.text import (
    guess_language,
    optional_text,
    parse_day,
    parse_doi,
    parse_year,
    plain_text,
)
from loaders.texts.title_language import title_language

_WORK = re.compile(r"https://openalex\.org/(?P<id>W\d+)", re.IGNORECASE)
_OTHER = re.compile(r"https://openalex\.org/(?:[a-z-]+/)?(?P<kind>[A-Z])\d+", re.IGNORECASE)
_KINDS = {
    "A": "an author (comes with the works)",
    "I": "an institution (comes with the works)",
    "V": "a venue (comes with the works)",
    "S": "a source (comes with the works)",
    "C": "a concept (comes with the works)",
    "T": "a topic (comes with the works)",
    "P": "a publisher (comes with the works)",
    "F": "a funder (comes with the works)",
}
_PARATEXT = "no work but what is printed around one (a cover, a table of contents)"
_REPOSITORIES = ("repository", "metadata")
_REMEDY = "Fetch the work again from OpenAlex."
_COMMON = {"en": ("the", "of", "and"), "fi": ("ja", "että", "ovat"), "sv": ("och", "att", "är")}
"""Words that only this one of our languages has, and nearly every abstract in it."""
_ENOUGH = 4
MAX_WORDS = 20_000
"""Words of an abstract that are put together; more is an error of the source."""


class OpenAlexLoader:
    """Reads works of OpenAlex."""

    info = LoaderInfo(
        name="openalex",
        title="OpenAlex works",
        description="Works as lines, snapshot parts, replies or single objects. Newest file first.",
        version="2",
        file_patterns=("*.json", "*.jsonl", "*.gz"),
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        seen: set[str] = set()
        load = _Load()
        for file in files:
            for item in read_items(file, ("results",)):
                if isinstance(item, Problem):
                    yield item
                    continue
                identifier = item.value.get("id") if isinstance(item.value, Mapping) else None
                if isinstance(identifier, str) and identifier in seen:
                    yield Loaded((), skipped="a work that stood in the files before")
                    continue
                outcome = guarded(item, load.read)
                if isinstance(outcome, Loaded) and not outcome.skipped:
                    seen.add(str(identifier))
                yield outcome


class _Load:
    """What is remembered from one work to the next."""

    def __init__(self) -> None:
        self.told = Told()
        self.places = Places()
        self.topics: dict[object, str] = {}
        """Id and name of a topic → its label, for those that were told."""

    def read(self, item: Item) -> Outcome:
        """Read one record."""
        raw = item.value
        if not isinstance(raw, Mapping):
            return item.problem("", "", "The record is no object.", "Give one work per record.")
        identifier = raw.get("id")
        if not isinstance(identifier, str) or not identifier:
            if raw.get("error"):
                reason = str(raw.get("message") or raw["error"])[:200]
                return item.problem("", "error", f"OpenAlex refused the request: {reason}", _REMEDY)
            return item.problem("", "id", "The work has no id.", _REMEDY)
        work = _WORK.fullmatch(identifier)
        if work is None:
            other = _OTHER.fullmatch(identifier)
            if other and other["kind"].upper() in _KINDS:
                return Loaded((), skipped=_KINDS[other["kind"].upper()])
            return item.problem(identifier, "id", "The id is no work of OpenAlex.", _REMEDY)
        if raw.get("is_paratext") is True or raw.get("type") == "paratext":
            return Loaded((), skipped=_PARATEXT)
        fields = Fields(item, identifier)
        names = (raw.get("title"), raw.get("display_name"))
        title = next((text for name in names if (text := fields.read("title", name, jats_text))), "")
        if not title:
            return item.problem(identifier, "title", "The work has no title.", _REMEDY)
        return _work(raw, work["id"].upper(), title, fields, self)


def _work(raw: Mapping[str, Any], work_id: str, title: str, fields: Fields, load: _Load) -> Outcome:
    language = fields.read("language", raw.get("language"), language_code)
    tag = language or title_language(title) or "und"
    index = raw.get("abstract_inverted_index") or {}
    abstract = fields.read("abstract_inverted_index", index, abstract_text)
    doi = fields.read("doi", raw.get("doi"), parse_doi)
    key = f"doi-{doi}" if doi else f"openalex-{work_id}"
    people, organisations = authors(raw, key, fields, load.places)
    subject = about(raw, fields, load.topics)
    source = _source(raw, fields)
    iri = f"https://openalex.org/{work_id}"
    output = ResearchOutput(
        key=key,
        title={tag: title},
        creators=tuple(dict.fromkeys(one.key for one in people)),
        organisations=tuple(place.key for place in organisations),
        publishers=_publishers(source),
        abstract={_abstract_language(abstract, index, tag): abstract} if abstract else {},
        topics=tuple(subject.labels),
        year=fields.read("publication_year", raw.get("publication_year"), parse_year),
        published=fields.read("publication_date", raw.get("publication_date"), parse_day),
        output_type=fields.read("type", raw.get("type"), partial(work_type, "openalex")),
        language=language,
        doi=doi,
        identifiers=(iri, *_identifiers(raw, fields)),
        homepage=f"https://doi.org/{doi}" if doi else iri,
        subjects=tuple(subject.subjects),
        container=_container(source, fields),
        issns=_issns(source, fields),
        funders=_funders(raw, fields),
        retracted=raw.get("is_retracted") is True,
    )
    new = load.told.new((*subject.records, *organisations))
    records: tuple[Record, ...] = (*new, *people, output)
    return Loaded(records, tuple(fields.warnings))


def abstract_text(value: object) -> str:
    """Put an abstract together from its inverted index (word → positions).

    Raises:
        ValueError: it is no such index, or far too long.
    """
    if value is None:
        return ""
    if not isinstance(value, Mapping):
        raise ValueError("an object of words and positions was expected")
    try:
        words = {place: word for word, places in value.items() for place in places}
    except TypeError:
        raise ValueError("the positions of a word are no list of numbers") from None
    if len(words) > MAX_WORDS:
        raise ValueError(f"the abstract has {len(words):,} words")
    if not set(map(type, words)) <= {int} or min(words, default=0) < 0:
        raise ValueError("the positions of a word are no list of whole numbers")
    return jats_text(" ".join([words[place] for place in sorted(words)]))


def _abstract_language(abstract: str, index: Mapping[str, Any], language: str) -> str:
    """Return the language of an abstract, which is often English where the work is not.

    Args:
        abstract: the text.
        index: its words, which tell the commonest case without going through the text.
        language: that of the work.
    """
    common = _COMMON.get(language, ())
    if sum(len(index[word]) for word in common if word in index) >= _ENOUGH:
        return language
    return guess_language(abstract) or language


def _identifiers(raw: Mapping[str, Any], fields: Fields) -> list[str]:
    ids = fields.read("ids", raw.get("ids"), mapping) or {}
    found = (
        fields.read(f"ids.{name}", ids[name], partial(work_identifier, name))
        for name in ("pmid", "pmcid", "mag")
        if ids.get(name)
    )
    return [identifier for identifier in found if identifier]


def _source(raw: Mapping[str, Any], fields: Fields) -> Mapping[str, Any]:
    """Return the journal, book series or repository; before 2023 it stood in `host_venue`."""
    location = fields.read("primary_location", raw.get("primary_location"), mapping) or {}
    source = fields.read("primary_location.source", location.get("source"), mapping)
    return source or fields.read("host_venue", raw.get("host_venue"), mapping) or {}


def _publishers(source: Mapping[str, Any]) -> tuple[str, ...]:
    name = source.get("host_organization_name") or source.get("publisher")
    return (plain_text(name),) if isinstance(name, str) and plain_text(name) else ()


def _container(source: Mapping[str, Any], fields: Fields) -> str | None:
    """Return what a work appeared in; a repository only keeps a copy of it."""
    if source.get("type") in _REPOSITORIES:
        return None
    name = "primary_location.source.display_name"
    return fields.read(name, source.get("display_name"), optional_text)


def _issns(source: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    if source.get("type") in _REPOSITORIES:
        return ()
    name = "primary_location.source.issn"
    stated = (*(fields.read(name, source.get(key), texts) or () for key in ("issn_l", "issn")),)
    found = (fields.read(name, value, parse_issn) for value in chain(*stated))
    return tuple(dict.fromkeys(issn for issn in found if issn))


def _funders(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    """Return the names of funders: `funders` and `awards` of today, `grants` before."""
    found: dict[str, None] = {}
    for name, key in (
        ("funders", "display_name"),
        ("awards", "funder_display_name"),
        ("grants", "funder_display_name"),
    ):
        for entry in objects(fields, name, raw.get(name)):
            text = fields.read(f"{name}.{key}", entry.get(key), optional_text)
            if text:
                found[text] = None
    return tuple(found)
