"""A publication of research.fi's public interface → records.

research.fi has its publications from VIRTA and keeps VIRTA's identifiers: both sources give one key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graph.records import Organisation, Person, Record, ResearchOutput
from loaders.base import Loaded, Outcome
from loaders.readers.fields import Fields
from loaders.readers.json_stream import Item
from loaders.readers.loose_json import code_of, codes_at, first_of, objects, text_of, texts_at
from loaders.research.bylines import Author, join_byline, split_byline
from loaders.research.handles import find_handle
from loaders.research.people import family_given, parse_orcid
from loaders.research.publication_ids import doi_in, nbn_in, parse_isbn, parse_issn
from loaders.research.publication_types import is_part, okm_type
from loaders.research.virta import HIDDEN_STATES
from loaders.research.virta_people import organisation_of_code, unit_of
from loaders.texts.languages import language_code
from loaders.texts.text import guess_language, honest_languages, parse_year
from loaders.vocabularies import field_of_science, yso

REMEDY = "Correct it in the service from which research.fi has it."
Values = Mapping[str, Any]


def read_publication(item: Item, value: Values) -> Outcome:
    """Return the records of one publication; `value` is the item with its keys in lower case."""
    number = code_of(value.get("id")) or ""
    state = code_of(_code(value.get("status")))
    if state in HIDDEN_STATES:
        return Loaded((), skipped=HIDDEN_STATES[state])
    title = text_of(value.get("name"))
    if not title:
        return item.problem(number, "name", "The publication has no name.", REMEDY)
    fields = Fields(item, number)
    addresses = [*codes_at(value, "doihandle", "selfarchived.url")]
    doi = fields.read("doi", value.get("doi"), doi_in)
    joint = code_of(value.get("copublicationid")) or ""
    if not (doi or joint or number):
        return item.problem("", "id", "The publication has neither id nor DOI.", REMEDY)
    key = f"doi-{doi}" if doi else f"virta-{joint or number}".replace("/", "-")
    organisations, units = _organisations(value, fields)
    people = _people(value, key, organisations, units, fields)
    language = fields.read("language", _code(value.get("language")), language_code)
    kind = fields.read("type", _code(value.get("type")), okm_type)
    abstract = text_of(value.get("abstract"))
    tag = language or guess_language(title) or "und"
    numbers = [joint, number, *codes_at(value, "orgpublicationids")]
    topics, concepts = keywords(value, "keywords")
    output = ResearchOutput(
        key=key,
        title={tag: title},
        creators=tuple(dict.fromkeys(person.key for person in people)),
        organisations=tuple(one.key for one in organisations.values()),
        publishers=texts_at(value, "publishername") or texts_at(value, "parentpublication.publisher"),
        abstract={guess_language(abstract) or tag: abstract} if abstract else {},
        topics=topics,
        year=fields.read("publicationYear", code_of(value.get("publicationyear")), parse_year),
        output_type=kind,
        language=language,
        doi=doi,
        identifiers=tuple(
            dict.fromkeys(
                (
                    *(f"virta:{one}" for one in numbers if one),
                    *(one for address in addresses for one in _persistent(address)),
                    *(
                        f"urn:isbn:{isbn}"
                        for isbn in numbers_of(value, "isbn", parse_isbn, fields)
                        if not is_part(kind)
                    ),
                )
            )
        ),
        homepage=f"https://doi.org/{doi}" if doi else portal_page(value),
        subjects=tuple(dict.fromkeys((*fields_of_science(value, fields), *concepts))),
        container=next(
            iter(texts_at(value, "parentpublication.name", "journalname", "conferencename")), None
        ),
        issns=numbers_of(value, "issn", parse_issn, fields),
    )
    records: tuple[Record, ...] = (*organisations.values(), *units.values(), *people, output)
    return Loaded(records, tuple(fields.warnings))


def _code(value: object) -> object:
    """Return the code of a code-list object (`{"code": "A1", "nameFi": …}`), or the code itself."""
    return value.get("code") if isinstance(value, Mapping) else value


def _persistent(address: str) -> list[str]:
    handle = find_handle(address)
    return [one for one in (nbn_in(address), handle.identifier if handle else None) if one]


def names_of(value: Values) -> dict[str, str]:
    """Return the names of a thing (`nameFi`, `nameSv`, `nameEn`, or `name` with languages in it)."""
    nested = value.get("name")
    nested = nested if isinstance(nested, Mapping) else {"und": nested}
    texts = {
        tag: text_of(
            first_of({"own": value.get(f"name{tag}"), "nested": nested.get(tag)}, "own", "nested")
        )
        for tag in ("fi", "sv", "en", "und")
    }
    return honest_languages({tag: text for tag, text in texts.items() if text})


def _organisations(
    value: Values, fields: Fields
) -> tuple[dict[str, Organisation], dict[tuple[str, str], Organisation]]:
    """Return the organisations by their codes, and their units by organisation's and unit's code."""
    found: dict[str, Organisation] = {}
    units: dict[tuple[str, str], Organisation] = {}
    for entry in objects(value.get("organizations")):
        code = code_of(entry.get("id"))
        if code is None:
            fields.warn("organizations.id", "An organisation without an id was left out.")
            continue
        found[code] = organisation_of_code(code, names_of(entry))
        for unit in objects(entry.get("units")):
            if number := code_of(unit.get("id")):
                units[code, number] = unit_of(found[code], number, names_of(unit))
    return found, units


def _people(
    value: Values,
    key: str,
    organisations: Mapping[str, Organisation],
    units: Mapping[tuple[str, str], Organisation],
    fields: Fields,
) -> list[Person]:
    authors = []
    for entry in objects(value.get("authors")):
        family, given = text_of(entry.get("lastname")), text_of(entry.get("firstnames"))
        if not family and not given:
            family, given = family_given(text_of(entry.get("name")))
        if not family and not given:
            fields.warn("authors.lastName", "An author without a name was left out.")
            continue
        places = []
        for place in objects(entry.get("organizations")):
            code = code_of(place.get("id")) or ""
            inner = [units[code, one].key for one in codes_at(place, "unitids") if (code, one) in units]
            own = organisations.get(code)
            places += inner or ([own.key] if own else [])
        orcid = fields.read("authors.orcid", entry.get("orcid") or None, parse_orcid)
        authors.append(Author(family, given, orcid, tuple(places)))
    return join_byline(key, split_byline(text_of(value.get("authorstext"))), authors)


def keywords(value: Values, *names: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keywords as labels, and the addresses of those that are concepts of YSO."""
    labels: dict[str, None] = {}
    concepts: dict[str, None] = {}
    for name in names:
        for word in (*texts_at(value, f"{name}.value"), *texts_at(value, name)):
            if address := yso(word):
                concepts[address] = None
            elif not word.startswith(("http://", "https://")):
                labels[word] = None
    return tuple(labels), tuple(concepts)


def fields_of_science(value: Values, fields: Fields) -> tuple[str, ...]:
    """Return the addresses of the fields of science."""
    codes = codes_at(value, "fieldsofscience.code")
    found = (fields.read("fieldsOfScience.code", code, field_of_science) for code in codes)
    return tuple(dict.fromkeys(address for address in found if address))


def numbers_of(
    value: Values, name: str, parse: Callable[[Any], str | None], fields: Fields
) -> tuple[str, ...]:
    """Return the numbers of a field that can be read."""
    found = (fields.read(name, code, parse) for code in codes_at(value, name))
    return tuple(dict.fromkeys(number for number in found if number))


def portal_page(value: Values) -> str | None:
    """Return the address of the thing's page on research.fi, in English if there is one."""
    pages = codes_at(value, "researchfiurl.en", "researchfiurl.fi", "researchfiurl.sv")
    return next((page for page in pages if page.startswith(("http://", "https://"))), None)
