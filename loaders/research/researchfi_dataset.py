"""A data set of research.fi's public interface → records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.records import Organisation, Person, Record, ResearchOutput
from loaders.base import Loaded, Outcome
from loaders.readers.fields import Fields
from loaders.readers.json_stream import Item
from loaders.readers.loose_json import code_of, codes_at, first_of, objects, text_of
from loaders.research.people import display_name, family_given, person
from loaders.research.publication_ids import doi_in, nbn_in
from loaders.research.researchfi_publication import (
    REMEDY,
    fields_of_science,
    keywords,
    names_of,
    portal_page,
)
from loaders.research.virta_people import organisation_of_code
from loaders.texts.languages import language_code
from loaders.texts.text import honest_languages, parse_day
from loaders.universities import key_of_name, university

Values = Mapping[str, Any]


def read_dataset(item: Item, value: Values) -> Outcome:
    """Return the records of one data set; `value` is the item with its keys in lower case."""
    number = code_of(value.get("id")) or ""
    if value.get("islatestversion") is False and len(objects(value.get("versionset"))) > 1:
        return Loaded((), skipped="an older version of a data set")
    title = names_of(value)
    if not title:
        return item.problem(number, "nameEn", "The data set has no name.", REMEDY)
    fields = Fields(item, number)
    numbers = [*codes_at(value, "persistentidentifiers.content")]
    doi = next((found for one in numbers if (found := _doi(one))), None)
    nbns = [found for one in (*numbers, number) if (found := nbn_in(one))]
    key = f"doi-{doi}" if doi else nbns[0].replace("/", "-") if nbns else f"researchfi-{number}"
    if not (doi or nbns or number):
        return item.problem("", "id", "The data set has neither id nor persistent identifier.", REMEDY)
    people, organisations, publishers = _contributors(value, key)
    tongues = [
        fields.read("languages.code", code, language_code) for code in codes_at(value, "languages.code")
    ]
    created = fields.read("created", first_of(value, "created", "datasetcreated"), parse_day)
    topics, concepts = keywords(value, "keywords", "subjectheadings")
    page = text_of(value.get("fairdataurl"))
    descriptions = {tag: text_of(value.get(f"description{tag}")) for tag in ("fi", "sv", "en")}
    output = ResearchOutput(
        key=key,
        title=title,
        creators=tuple(dict.fromkeys(one.key for one in people)),
        organisations=tuple(organisations),
        publishers=publishers,
        abstract=honest_languages({tag: text for tag, text in descriptions.items() if text}),
        topics=topics,
        year=created.year if created else None,
        published=created,
        output_type="dataset",
        language=tongues[0] if len(tongues) == 1 else None,
        doi=doi,
        identifiers=tuple(dict.fromkeys((*([f"researchfi:{number}"] if number else ()), *nbns))),
        homepage=f"https://doi.org/{doi}" if doi else page or portal_page(value),
        subjects=tuple(dict.fromkeys((*fields_of_science(value, fields), *concepts))),
    )
    records: tuple[Record, ...] = (*organisations.values(), *people, output)
    return Loaded(records, tuple(fields.warnings))


def _doi(value: str) -> str | None:
    try:
        return doi_in(value)
    except ValueError:
        return None


def _contributors(
    value: Values, key: str
) -> tuple[list[Person], dict[str, Organisation], tuple[str, ...]]:
    """Return the creators, the organisations that take part, and the names of publishers."""
    people: list[Person] = []
    organisations: dict[str, Organisation] = {}
    publishers: list[str] = []
    for entry in objects(value.get("contributors")):
        roles = [code.rsplit("/", 1)[-1].lower() for code in codes_at(entry, "role.code", "role")]
        place = next((_organisation(one) for one in objects(entry.get("organization"))), None)
        if place:
            organisations[place.key] = place
        name = text_of(next(codes_at(entry, "person.name"), ""))
        if name and (not roles or "creator" in roles):
            shown = display_name(*family_given(name))
            where = (place.key,) if place else ()
            people.append(person(key, shown, affiliations=where))
        if not name and "publisher" in roles:
            own = objects(entry.get("organization"))
            publishers += [text for one in own for text in list(names_of(one).values())[:1]]
    return people, organisations, tuple(dict.fromkeys(publishers))


def _organisation(value: Values) -> Organisation | None:
    names, code = names_of(value), code_of(value.get("id"))
    known = next((key for name in names.values() if (key := key_of_name(name))), None)
    if known:
        return university(known)
    return organisation_of_code(code, names) if code else None
