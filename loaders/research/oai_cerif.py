"""OpenAIRE CERIF, profile 1.1 and 1.2: publications, products and patents → research outputs.

Persons and organisations are records of their own as well. Projects and fundings are used for the
funders of outputs; they, events and equipment are counted and passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from graph.records import Organisation, Person, ResearchOutput
from loaders.base import Loaded, Outcome
from loaders.readers.fields import Fields, SourceRecord
from loaders.readers.xml_stream import Node, attribute, descend, local_name, text_of, texts_of
from loaders.research.handles import find_handle
from loaders.research.oai_cerif_agents import (
    affiliations,
    lang_texts,
    one_person,
    organisation,
    own_identifier,
    read_organisation,
    read_person,
)
from loaders.research.oai_header import local_key
from loaders.research.people import display_name, family_given, person
from loaders.research.publication_ids import doi_in, nbn_in, parse_isbn, parse_issn
from loaders.research.publication_types import PERIODICALS, is_part, type_label
from loaders.texts.languages import language_code
from loaders.texts.text import guess_language, parse_day, parse_year, plain_text
from loaders.vocabularies import yso

_REMEDY = "Correct the record in the research information system."
OUTPUTS = ("Publication", "Product", "Patent")
PASSED = {
    "Project": "a project (its funders come with the outputs)",
    "Funding": "a funding (funders come with the outputs)",
    "Event": "an event (not part of the graph)",
    "Equipment": "a piece of equipment (not part of the graph)",
    "Service": "the description of the repository",
}
ENTITIES = (*OUTPUTS, "Person", "OrgUnit", *PASSED)
_MAKERS = (("Authors", "Author"), ("Creators", "Creator"), ("Inventors", "Inventor"))
_DATES = ("PublicationDate", "ApprovalDate", "RegistrationDate")
_PERIODS = ("Available", "Issued")
_DAY = re.compile(r"(\d{4})(?:-\d{2}(?:-\d{2})?)?")


def read_entity(source: SourceRecord, node: Node, repository: str) -> Outcome:
    """Return the outcome of one entity.

    Args:
        source: to tell problems.
        node: the element, one of `ENTITIES`.
        repository: host of the repository: its identifiers are unique within it.
    """
    name = local_name(node)
    if name == "Person":
        return read_person(source, node, repository)
    if name == "OrgUnit":
        return read_organisation(source, node, repository)
    if name in PASSED:
        return Loaded((), skipped=PASSED[name])
    return _output(source, node, repository)


def _output(source: SourceRecord, node: Node, repository: str) -> Outcome:
    number = attribute(node, "id") or ""
    fields = Fields(source, number)
    labels = [label for one in texts_of(node, "Type") if (label := type_label(one))]
    kind = labels[0] if labels else None
    if kind in PERIODICALS:
        return Loaded((), skipped=f"a {kind} (not a work of its own)")
    titles = _titles(node)
    if not titles:
        return source.problem(number, "Title", "The output has no title.", _REMEDY)
    doi = fields.read("DOI", text_of(node, "DOI"), doi_in)
    handle = find_handle(text_of(node, "Handle"), repository)
    nbns = [nbn for one in texts_of(node, "URN") if (nbn := nbn_in(one))]
    if not (doi or handle or nbns or number):
        return source.problem("", "id", "The output has neither id, nor DOI, nor handle.", _REMEDY)
    if doi:
        key = f"doi-{doi}"
    elif handle:
        key = handle.key
    else:
        key = nbns[0].replace("/", "-") if nbns else local_key(repository, number)
    people, places = _makers(node, repository, key, fields)
    codes = [fields.read("Language", one, language_code) for one in texts_of(node, "Language")]
    language = codes[0] if len(codes) == 1 else None
    published, year = _date(node, fields)
    identifiers = [
        own_identifier(node, repository),
        handle.identifier if handle else None,
        *nbns,
        *(f"patent:{one}" for one in texts_of(node, "PatentNumber")),
        *(f"urn:isbn:{one}" for one in _each(node, "ISBN", parse_isbn, fields) if not is_part(kind)),
    ]
    subjects, topics = _subjects(node)
    web = text_of(node, "URL")
    page = web if web and web.startswith(("http://", "https://")) else None
    output = ResearchOutput(
        key=key,
        title=_marked(titles, language),
        creators=tuple(dict.fromkeys(one.key for one in people)),
        organisations=tuple(dict.fromkeys(one.key for one in places)),
        publishers=_names(descend(node, "Publishers", "Publisher")),
        abstract=_marked(lang_texts(node, "Abstract") or lang_texts(node, "Description"), language),
        topics=topics,
        year=year,
        published=published,
        output_type=kind,
        language=language,
        doi=doi,
        identifiers=tuple(dict.fromkeys(one for one in identifiers if one)),
        homepage=f"https://doi.org/{doi}" if doi else page,
        subjects=subjects,
        container=_container(node),
        issns=tuple(
            dict.fromkeys(
                (
                    *_each(node, "ISSN", parse_issn, fields),
                    *(
                        number
                        for whole in descend(node, "PublishedIn", "Publication")
                        for number in _each(whole, "ISSN", parse_issn, fields)
                    ),
                )
            )
        ),
        funders=_funders(node),
    )
    return Loaded((*places, *people, output), tuple(fields.warnings))


def _titles(node: Node) -> dict[str, str]:
    """Return the titles (of a product, the names) with the subtitles of their languages."""
    titles = lang_texts(node, "Title") or lang_texts(node, "Name")
    below = lang_texts(node, "Subtitle")
    return {tag: f"{text}: {below[tag]}" if tag in below else text for tag, text in titles.items()}


def _marked(texts: dict[str, str], language: str | None) -> dict[str, str]:
    """Give a text without a language the one that its words tell, else that of the work."""
    if "und" not in texts:
        return texts
    rest = {tag: text for tag, text in texts.items() if tag != "und"}
    tag = guess_language(texts["und"]) or language or "und"
    return {("und" if tag in rest else tag): texts["und"], **rest}


def _makers(
    node: Node, repository: str, key: str, fields: Fields
) -> tuple[list[Person], list[Organisation]]:
    """Return authors, creators or inventors with their places; holders of a patent are places too."""
    people: list[Person] = []
    places: list[Organisation] = []
    for maker in (one for path in _MAKERS for one in descend(node, *path)):
        shown = display_name(*family_given(text_of(maker, "DisplayName") or ""))
        persons, units = descend(maker, "Person"), descend(maker, "OrgUnit")
        one: Person | None = None
        if persons:
            one, found = one_person(persons[0], repository, key, maker, fields)
            places += found
        elif units:
            places += organisation(units[0], repository)
        elif shown:
            keys, found = affiliations(maker, repository)
            places += found
            one = person(key, shown, affiliations=keys)
        if one:
            people.append(one)
    for unit in descend(node, "Holders", "Holder", "OrgUnit"):
        places += organisation(unit, repository)
    unique = {place.key: place for place in reversed(places)}
    return people, list(reversed(unique.values()))


def _date(node: Node, fields: Fields) -> tuple[date | None, int | None]:
    """Return day (if it is told to the day) and year."""
    values = [text for name in _DATES if (text := text_of(node, name))]
    values += [
        start
        for name in _PERIODS
        for period in descend(node, "Dates", name)
        if (start := attribute(period, "startDate"))
    ]
    for value in values[:1]:
        match = _DAY.match(value)
        if match is None:
            fields.warn("PublicationDate", f"The date {value[:40]!r} begins with no year.")
            continue
        day = fields.read("PublicationDate", match[0], parse_day) if len(match[0]) == 10 else None
        return day, fields.read("PublicationDate", match[1], parse_year)
    return None, None


def _subjects(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses of concepts, and the keywords that are words."""
    concepts: dict[str, None] = {}
    words: dict[str, None] = {}
    for text in (*texts_of(node, "Subject"), *texts_of(node, "Keyword")):
        if text.startswith(("http://", "https://")):
            concepts[yso(text) or text] = None
        else:
            words[plain_text(text)] = None
    return tuple(concepts), tuple(word for word in words if word)


def _each(
    node: Node, name: str, parse: Callable[[object], str | None], fields: Fields
) -> tuple[str, ...]:
    found = (fields.read(name, text, parse) for text in texts_of(node, name))
    return tuple(dict.fromkeys(number for number in found if number))


def _names(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Return what publishers or funders are called, each by one name."""
    found: dict[str, None] = {}
    for node in nodes:
        shown = text_of(node, "DisplayName")
        names = next((lang_texts(unit, "Name") for unit in descend(node, "OrgUnit")), {})
        text = shown or names.get("en") or next(iter(names.values()), None)
        if text := text or text_of(node, "OrgUnit", "Acronym"):
            found[plain_text(text)] = None
    return tuple(found)


def _container(node: Node) -> str | None:
    for path in ("PublishedIn", "PartOf"):
        for whole in (*descend(node, path, "Publication"), *descend(node, path, "Product")):
            if titles := _titles(whole):
                return next(iter(titles.values()))
    return None


def _funders(node: Node) -> tuple[str, ...]:
    origins = descend(node, "OriginatesFrom")
    return _names(
        one
        for origin in origins
        for path in (("Project", "Funded", "By"), ("Funding", "Funder"))
        for one in descend(origin, *path)
    )
