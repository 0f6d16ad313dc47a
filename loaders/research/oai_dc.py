"""A repository's Dublin Core record → a research output with its people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from graph.records import Organisation, ResearchOutput
from loaders.base import Loaded, Outcome
from loaders.readers.fields import Fields, SourceRecord
from loaders.research.bylines import Author, join_byline
from loaders.research.oai_dc_numbers import Numbers, numbers_of
from loaders.research.oai_fields import DcField, in_languages, one_text
from loaders.research.oai_header import Header
from loaders.research.people import family_given, orcid_of, university_in
from loaders.research.publication_types import PERIODICALS, is_part, okm_type, type_label
from loaders.texts.languages import language_code
from loaders.texts.text import guess_language, parse_day, parse_year
from loaders.universities import key_of_host, university
from loaders.vocabularies import yso

_REMEDY = "Correct the record in its repository."
_AUTHORS = (("contributor", "author"), ("creator", ""), ("creator", "author"))
_EDITORS = (("contributor", "editor"), ("creator", "editor"))
_PLACES = (
    ("contributor", "organization"),
    ("contributor", "university"),
    ("contributor", "faculty"),
    ("publisher", ""),
    ("contributor", ""),
)
_NO_TOPICS = frozenset(
    ("degreeprogram", "studyprogram", "programme", "okm", "classification", "ddc", "udk")
)
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_ORCID = re.compile(r"[\s(\[,;]*(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])[)\]]?$")
_LANGUAGES = {
    "english": "en", "englanti": "en", "engelska": "en", "finnish": "fi", "suomi": "fi", "finska": "fi",
    "swedish": "sv", "ruotsi": "sv", "svenska": "sv",
}  # fmt: skip
LONG = 150
"""Letters from which a description without a qualifier is taken for an abstract."""


def read_dc(
    source: SourceRecord, header: Header, fields: Sequence[DcField], option: str | None = None
) -> Outcome:
    """Return the records of one item.

    Args:
        source: to tell problems.
        header: from the envelope.
        fields: see `loaders/research/oai_fields.py`.
        option: key of the university, instead of the one that the repository's address tells.
    """
    read = Fields(source, header.identifier)
    kind = _kind(fields, read)
    if kind in PERIODICALS:
        return Loaded((), skipped=f"a {kind} (not a work of its own)")
    language = _language(fields, read)
    titles, others = _titles(fields, language)
    if not titles:
        return source.problem(header.identifier, "title", "The record has no title.", _REMEDY)
    numbers = numbers_of(fields, header, kind, read)
    key = numbers.key(header)
    people = join_byline(key, *_authors(fields))
    home = _university(fields, numbers, header, option)
    published, year = _date(fields, read)
    topics, subjects = _topics(fields, language)
    output = ResearchOutput(
        key=key,
        title=titles,
        alt_titles=others,
        creators=tuple(dict.fromkeys(person.key for person in people)),
        organisations=(home.key,) if home else (),
        publishers=_publishers(fields, language),
        abstract=_abstracts(fields, language),
        topics=topics,
        year=year,
        published=published,
        output_type=kind,
        language=language,
        doi=numbers.doi,
        identifiers=tuple(numbers.identifiers),
        homepage=f"https://doi.org/{numbers.doi}" if numbers.doi else numbers.page,
        subjects=subjects,
        container=_container(fields, language, part=is_part(kind)),
        issns=tuple(numbers.issns),
        funders=tuple(dict.fromkeys(_values(fields, ("contributor", "funder")))),
    )
    return Loaded((*([home] if home else ()), *people, output), tuple(read.warnings))


def _values(fields: Iterable[DcField], *names: tuple[str, str]) -> Iterator[str]:
    """Yield the values of fields by element and qualifier, in the order of the names."""
    for name in names:
        yield from (one.value for one in fields if (one.element, one.qualifier) == name)


def _kind(fields: Sequence[DcField], read: Fields) -> str | None:
    """Return the type by the ministry's classification, COAR, the level of a thesis, or words."""
    for code in _values(fields, ("type", "okm")):
        if label := read.read("type.okm", one_text(code), okm_type):
            return label
    unknown = None
    for value in _values(fields, ("type", "coar"), ("type", "uri"), ("type", "ontasot"), ("type", "")):
        for word in in_languages(value).values() or (value,):
            label = type_label(word)
            if label and label != word:
                return label
            unknown = unknown or label
    return unknown


def _language(fields: Sequence[DcField], read: Fields) -> str | None:
    """Return the language of the work; None if several are named."""
    found: dict[str, None] = {}
    for value in _values(fields, ("language", "iso"), ("language", "")):
        text = one_text(value)
        if code := _LANGUAGES.get(text.lower()) or read.read("language", text, language_code):
            found[code] = None
    return next(iter(found)) if len(found) == 1 else None


def _titles(fields: Sequence[DcField], language: str | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the titles by language, and further ones.

    The language attribute is often that of the form in which the record was typed. So the first title
    has the language that its words tell, else that of the work; a further one is a translation if its
    words or an attribute of its own say so.
    """
    titles: dict[str, str] = {}
    others: dict[str, None] = {}
    found = [one for one in fields if one.element == "title" and one.qualifier in ("", "alternative")]
    found.sort(key=lambda one: one.qualifier)
    for field in found:
        for given, text in (in_languages(field.value) or {"": field.value}).items():
            code = given or guess_language(text)
            if not titles:
                titles[code or language or field.language or "und"] = text
                continue
            code = code or (field.language if field.language != found[0].language else None)
            if code and code not in titles:
                titles[code] = text
            elif text not in titles.values():
                others[text] = None
    return titles, tuple(others)


def _abstracts(fields: Sequence[DcField], language: str | None) -> dict[str, str]:
    """Return the longest abstract in each language."""
    found = [one for one in fields if (one.element, one.qualifier) == ("description", "abstract")]
    if not found:
        found = [one for one in fields if one.element == "description" and not one.qualifier]
        found = [one for one in found if len(one.value) >= LONG]
    texts: dict[str, str] = {}
    for field in found:
        for given, text in (in_languages(field.value) or {"": field.value}).items():
            code = given or guess_language(text) or field.language or language or "und"
            if len(text) > len(texts.get(code, "")):
                texts[code] = text
    return texts


def _authors(fields: Sequence[DcField]) -> tuple[list[str], list[Author]]:
    """Return the by-line, and those in it whose ORCID is told; editors where there are no authors."""
    printed = list(dict.fromkeys(_values(fields, *_AUTHORS)))
    printed = printed or list(dict.fromkeys(_values(fields, *_EDITORS)))
    apart = list(_values(fields, ("contributor", "orcid"), ("identifier", "orcid")))
    names: list[str] = []
    known: list[Author] = []
    for name in printed:
        match = _ORCID.search(name)
        plain = name[: match.start()].strip() if match else name
        alone = apart[0] if len(printed) == len(apart) == 1 else None
        if not plain:
            continue
        names.append(plain)
        if orcid := orcid_of(match[1] if match else alone):
            known.append(Author(*family_given(plain), orcid))
    return names, known


def _university(
    fields: Sequence[DcField], numbers: Numbers, header: Header, option: str | None
) -> Organisation | None:
    """Return the university: the option's, the repository's, or the first that a field names."""
    hosts = [header.repository, *([numbers.handle.host] if numbers.handle else [])]
    key = option or next((found for host in hosts if (found := key_of_host(host))), None)
    if key is None:
        texts = [
            text
            for value in _values(fields, *_PLACES)
            for text in (in_languages(value).values() or (value,))
        ]
        key = next((found for text in texts if (found := university_in(text))), None)
    return university(key) if key else None


def _date(fields: Sequence[DcField], read: Fields) -> tuple[date | None, int | None]:
    """Return day (if it is told to the day) and year of publication.

    Where dates have no qualifiers, one without a time of day is that of publication: the others tell
    when the item came to the repository.
    """
    values = list(_values(fields, ("date", "issued"), ("date", "created"), ("date", "published")))
    if not values:
        plain = sorted(_values(fields, ("date", "")), key=lambda value: ("T" in value, value))
        values = plain[:1]
    for value in values:
        match = _DAY.match(value)
        if match is None:
            read.warn("date", f"The date was left out: {value[:40]!r} begins with no year.")
            continue
        day = read.read("date", match[0], parse_day) if match[2] else None
        year = read.read("date", match[0][:4], parse_year)
        if year:
            return day, year
    return None, None


def _topics(fields: Sequence[DcField], language: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the topics as words, and the addresses of those that are concepts of YSO."""
    words: dict[str, None] = {}
    concepts: dict[str, None] = {}
    for field in fields:
        if field.element != "subject" or field.qualifier in _NO_TOPICS:
            continue
        for part in one_text(field.value, language).split(";"):
            if address := yso(part):
                concepts[address] = None
            elif part.strip() and not part.strip().startswith(("http://", "https://")):
                words[part.strip()] = None
    return tuple(words), tuple(concepts)


def _publishers(fields: Sequence[DcField], language: str | None) -> tuple[str, ...]:
    """Return the publishers; of one that stands there in several languages, the work's or the first."""
    found = [one for one in fields if (one.element, one.qualifier) == ("publisher", "")]
    tongues = {one.language for one in found if one.language}
    if len(tongues) > 1 and len(tongues) == len(found):
        found = [one for one in found if one.language == language] or found[:1]
    return tuple(dict.fromkeys(one_text(one.value, language) for one in found))


def _container(fields: Sequence[DcField], language: str | None, *, part: bool) -> str | None:
    """Return the journal or book of an article, else the series."""
    names = ["ispartofjournal", "ispartof", "ispartofbook", "conference", "ispartofseries"]
    ordered = names if part else names[::-1]
    texts = _values(fields, *(("relation", name) for name in ordered))
    return next((one_text(text, language) for text in texts if any(map(str.isalpha, text))), None)
