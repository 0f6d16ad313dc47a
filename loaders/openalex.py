"""OpenAlex works, in today's shape and that of 2023: JSON Lines, arrays, replies, single objects.

One record is one work with its authors and their institutions. A person is known by ORCID, else
by OpenAlex author id; two people of one name are never taken for one. Authors, institutions,
venues and concepts that come as records of their own are recognised, counted and passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from graph.identifiers import digest
from graph.records import Organisation, Person, Record, ResearchOutput
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.fields import Fields, guarded, mapping
from loaders.files import SourceFile
from loaders.json_stream import Item, read_items
from loaders.text import (
    guess_language,
    optional_text,
    parse_day,
    parse_doi,
    parse_number,
    parse_year,
    plain_text,
)
from loaders.universities import key_of_institution

_WORK = re.compile(r"^https://openalex\.org/(?P<id>W\d+)$", re.IGNORECASE)
_OTHER = re.compile(r"^https://openalex\.org/(?P<kind>[A-Z])\d+$", re.IGNORECASE)
_KINDS = {
    "A": "an author (comes with the works)",
    "I": "an institution (comes with the works)",
    "V": "a venue (not part of the graph)",
    "S": "a source (not part of the graph)",
    "C": "a concept (comes with the works)",
    "T": "a topic (comes with the works)",
    "P": "a publisher (not part of the graph)",
    "F": "a funder (not part of the graph)",
}
_ORCID = re.compile(r"(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?$", re.IGNORECASE)
_REMEDY = "Fetch the work again from OpenAlex."
_ENOUGH = Decimal("0.3")
MAX_WORDS = 20_000
"""Words of an abstract that are put together; more is an error of the source."""


class OpenAlexLoader:
    """Reads works of OpenAlex."""

    info = LoaderInfo(
        name="openalex",
        title="OpenAlex works",
        description="Works as JSON Lines, arrays, API replies or single objects; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.gz"),
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        seen: set[str] = set()
        for file in files:
            for item in read_items(file, ("results",)):
                if isinstance(item, Problem):
                    yield item
                    continue
                identifier = item.value.get("id") if isinstance(item.value, Mapping) else None
                if isinstance(identifier, str) and identifier in seen:
                    yield Loaded((), skipped="a work that stood in the files before")
                    continue
                outcome = guarded(item, _read)
                if isinstance(outcome, Loaded) and not outcome.skipped:
                    seen.add(str(identifier))
                yield outcome


def _read(item: Item) -> Outcome:
    raw = item.value
    if not isinstance(raw, Mapping):
        return item.problem("", "", "The record is no object.", "Give one work per record.")
    identifier = raw.get("id")
    if not isinstance(identifier, str) or not identifier:
        return item.problem("", "id", "The work has no id.", _REMEDY)
    work = _WORK.match(identifier)
    if work is None:
        other = _OTHER.match(identifier)
        if other and other["kind"].upper() in _KINDS:
            return Loaded((), skipped=_KINDS[other["kind"].upper()])
        return item.problem(identifier, "id", "The id is no work of OpenAlex.", _REMEDY)
    title = raw.get("title") or raw.get("display_name")
    if not isinstance(title, str) or not plain_text(title):
        return item.problem(identifier, "title", "The work has no title.", _REMEDY)
    return _work(item, work["id"].upper(), plain_text(title))


def _work(item: Item, work_id: str, title: str) -> Outcome:
    raw = item.value
    fields = Fields(item, raw["id"])
    language = fields.read("language", raw.get("language"), _language)
    tag = language or guess_language(title) or "und"
    abstract = (
        fields.read("abstract_inverted_index", raw.get("abstract_inverted_index"), abstract_text) or ""
    )
    doi = fields.read("doi", raw.get("doi"), parse_doi)
    people, organisations = _authors(raw, fields)
    works_at = tuple(dict.fromkeys(org.key for org in organisations))
    output = ResearchOutput(
        key=f"doi-{doi}" if doi else f"openalex-{work_id}",
        title={tag: title},
        creators=tuple(dict.fromkeys(person.key for person in people)),
        organisations=works_at,
        publishers=_publishers(raw, fields),
        abstract={language or guess_language(abstract) or tag: abstract} if abstract else {},
        topics=_topics(raw, fields),
        year=fields.read("publication_year", raw.get("publication_year"), parse_year),
        published=fields.read("publication_date", raw.get("publication_date"), parse_day),
        output_type=fields.read("type", raw.get("type"), optional_text),
        language=language,
        doi=doi,
        identifiers=(raw["id"],),
        homepage=f"https://doi.org/{doi}" if doi else raw["id"],
    )
    records: tuple[Record, ...] = (*organisations, *people, output)
    return Loaded(records, tuple(fields.warnings))


def _authors(raw: Mapping[str, Any], fields: Fields) -> tuple[list[Person], list[Organisation]]:
    people: list[Person] = []
    organisations: dict[str, Organisation] = {}
    for entry in fields.read("authorships", raw.get("authorships"), _objects) or []:
        author = fields.read("authorships.author", entry.get("author"), mapping) or {}
        places = [
            _institution(place)
            for place in (
                fields.read("authorships.institutions", entry.get("institutions"), _objects) or []
            )
            if place.get("display_name")
        ]
        organisations.update({place.key: place for place in places})
        name = author.get("display_name") or entry.get("raw_author_name")
        if not isinstance(name, str) or not plain_text(name):
            fields.warn("authorships.author.display_name", "An author without a name was left out.")
            continue
        orcid = _orcid(author.get("orcid"))
        number = str(author.get("id") or "").rsplit("/", 1)[-1]
        if orcid:
            key = f"orcid-{orcid}"
        elif number:
            key = f"openalex-{number}"
        else:
            # Known by name in this one work only: a person of their own, never joined by name.
            key = f"work-{digest(raw['id'])}/{len(people) + 1}"
        people.append(
            Person(
                key=key,
                name=plain_text(name),
                orcid=f"https://orcid.org/{orcid}" if orcid else None,
                identifiers=(author["id"],) if isinstance(author.get("id"), str) else (),
                affiliations=tuple(place.key for place in places),
            )
        )
    return people, list(organisations.values())


def _institution(raw: Mapping[str, Any]) -> Organisation:
    name = plain_text(str(raw["display_name"]))
    ror = raw.get("ror") if isinstance(raw.get("ror"), str) else None
    country = raw.get("country_code") if isinstance(raw.get("country_code"), str) else None
    number = str(raw.get("id") or "").rsplit("/", 1)[-1]
    known = key_of_institution(ror, name, country)
    own = f"ror-{ror.rsplit('/', 1)[-1]}" if ror else f"openalex-{number or digest(name)}"
    identifiers = [value for value in (ror, raw.get("id")) if isinstance(value, str)]
    # A university of our own list has its names in three languages already.
    return Organisation(
        key=known or own,
        name={} if known else {"en": name},
        identifiers=tuple(identifiers),
        country=country,
    )


def abstract_text(value: object) -> str:
    """Put an abstract together from its inverted index (word → positions).

    Raises:
        ValueError: it is no such index, or far too long.
    """
    if value is None:
        return ""
    if not isinstance(value, Mapping):
        raise ValueError("an object of words and positions was expected")
    words: dict[int, str] = {}
    for word, positions in value.items():
        if not isinstance(positions, list):
            raise ValueError(f"the positions of {str(word)[:40]!r} are no list")
        for position in positions:
            if isinstance(position, bool) or not isinstance(position, int) or position < 0:
                raise ValueError(f"the positions of {str(word)[:40]!r} are no whole numbers")
            words[position] = str(word)
    if len(words) > MAX_WORDS:
        raise ValueError(f"the abstract has {len(words):,} words")
    return plain_text(" ".join(words[position] for position in sorted(words)))


def _orcid(value: object) -> str | None:
    match = _ORCID.search(value) if isinstance(value, str) else None
    return match[1].upper() if match else None


def _language(value: object) -> str | None:
    text = optional_text(value)
    if text and not re.fullmatch(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*", text):
        raise ValueError(f"{text[:40]!r} is no language code")
    return text.lower() if text else None


def _objects(value: object) -> list[Mapping[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("a list was expected")
    return [mapping(entry) for entry in value]


def _topics(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    """Return topics and keywords (`keyword` in 2023), and concepts where there are no topics."""
    topics = fields.read("topics", raw.get("topics"), _objects) or []
    if not topics:
        topics = [
            concept
            for concept in (fields.read("concepts", raw.get("concepts"), _objects) or [])
            if (fields.read("concepts.score", concept.get("score"), parse_number) or 0) >= _ENOUGH
        ]
    entries = [*topics, *(fields.read("keywords", raw.get("keywords"), _objects) or [])]
    labels = (str(entry.get("display_name") or entry.get("keyword") or "") for entry in entries)
    return tuple(dict.fromkeys(text for label in labels if (text := plain_text(label))))


def _publishers(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    location = fields.read("primary_location", raw.get("primary_location"), mapping) or {}
    source = fields.read("primary_location.source", location.get("source"), mapping) or {}
    name = source.get("host_organization_name") or source.get("display_name")
    return (plain_text(name),) if isinstance(name, str) and plain_text(name) else ()
