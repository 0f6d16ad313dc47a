"""Job adverts of Job Market Finland (Työmarkkinatori), in the three shapes in which it gives them.

The retrieval interface P67 gives JSON Lines of `JobPostingV2`; the search gives short entries under
`content`; one advert comes whole, perhaps without its id, which was in the request. An advert that was
archived must not stay: it hides every earlier version. Data of contact persons never leave here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.records import JobAdvert, StatedSkill
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, guarded, mapping
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.readers.loose_json import listed, objects
from loaders.regions import region_named
from loaders.skills.esco_terms import ESCO, FINESCO
from loaders.texts.contact_data import without_contacts
from loaders.texts.text import honest_languages, lang_text, parse_day, parse_number, plain_text

SOURCE = "tmt"
"""Työmarkkinatori; the beginning of the adverts' keys."""
_PAGE = "https://tyomarkkinatori.fi/en/personal-customers/vacancies/{}/en"
_REMEDY = "Fetch the advert again; if it is so in Job Market Finland, leave it out."
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_LONGEST_ID = 200
_PRIVATE = ("contacts", "contact", "contactPersons", "client", "externalLinks")
_OCCUPATION = re.compile(rf"{ESCO}(?:occupation|isco)/[^\s<>\"{{}}|\\^`]+")
_SKILL = re.compile(rf"{ESCO}skill/[^\s<>\"{{}}|\\^`]+")
_ISCED = f"{ESCO}isced-f/"


@dataclass(frozen=True, slots=True)
class _Advert(Item):
    """An advert whose problems keep nothing of the data of persons."""

    names: tuple[str, ...] = ()

    def problem(self, record: object, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this advert; `record` is its identifier, if it has one."""
        bare = Item(self.file, self.place, _told(self.value, self.names))
        return bare.problem(record, field, reason, remedy)


@dataclass(frozen=True, slots=True)
class _Best:
    """The version of an advert that counts: the one changed last, and of those the fullest."""

    rank: tuple[str, int]
    place: tuple[str, str]


class AdvertsLoader:
    """Reads job adverts."""

    info = LoaderInfo(
        name="adverts",
        title="Job adverts (Job Market Finland)",
        description="Adverts of the interface P67, search replies and single adverts; JSON (Lines).",
        version="1",
        file_patterns=("*.json", "*.ndjson", "*.jsonl"),
        options={"source": f"beginning of the adverts' keys (default {SOURCE})"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per advert; see `Loader.read`."""
        newest: dict[str, _Best] = {}
        for item in _items(files):
            if isinstance(item, Item) and (identifier := _identifier(item)):
                found = _Best(_rank(item.value), (item.file.name, item.place))
                if identifier not in newest or found.rank > newest[identifier].rank:
                    newest[identifier] = found
        source = options.get("source", SOURCE)
        for item in _items(files):
            if isinstance(item, Problem):
                yield item
            else:
                yield guarded(item, lambda one: _advert(one, newest, source))


def _items(files: Sequence[SourceFile]) -> Iterator[Item | Problem]:
    """Yield the adverts; what is kept of a bad one for inspection holds no contact data either."""
    for file in files:
        for item in read_items(file, ("content",)):
            if isinstance(item, Problem):
                yield replace(item, raw="(not kept: it may hold data of persons)" if item.raw else "")
            else:
                yield item


def _identifier(item: Item) -> str:
    """Return the advert's id; a whole advert alone in a file may have it in the file's name only."""
    raw = item.value
    if not isinstance(raw, Mapping):
        return ""
    metadata = raw.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    for value in (metadata.get("externalId"), raw.get("id"), raw.get("externalId"), metadata.get("id")):
        if isinstance(value, str | int) and not isinstance(value, bool):
            text = plain_text(str(value))
            if text and len(text) <= _LONGEST_ID:
                return text
    named = _UUID.search(item.file.plain_name)
    return named[0] if named and item.place == "item 1" else ""


def _rank(raw: Mapping[str, Any]) -> tuple[str, int]:
    metadata = raw.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    times = [str(metadata.get(name) or "") for name in ("lastModified", "archived")]
    return max(time[:26] for time in times), int(isinstance(raw.get("position"), Mapping))


def _archived(raw: Mapping[str, Any]) -> bool:
    metadata = raw.get("metadata")
    value = metadata.get("archived") if isinstance(metadata, Mapping) else None
    return bool(value) and str(value).lower() != "false"


def _advert(item: Item, newest: Mapping[str, _Best], source: str) -> Outcome:
    if not isinstance(item.value, Mapping):
        return item.problem(
            "", "", "The record is no job advert.", "Load adverts of Job Market Finland."
        )
    raw = item.value
    names = tuple(_contact_names(raw))
    identifier = _identifier(item)
    item = _Advert(item.file, item.place, raw, names)
    if not identifier:
        remedy = "Keep each advert in a file that is named by its id."
        return item.problem("", "metadata.externalId", "The advert has no id.", remedy)
    best = newest[identifier]
    if best.place != (item.file.name, item.place):
        return Loaded((), skipped="an older or shorter version of a job advert")
    if _archived(raw):
        return Loaded((), skipped="an archived job advert")
    fields = Fields(item, identifier)
    position = fields.read("position", raw.get("position"), mapping) or {}
    title = fields.read("title", position.get("title") or raw.get("title"), _texts(raw))
    if not title:
        reason = fields.warnings[-1].reason if fields.warnings else "The advert has no title."
        return item.problem(identifier, "title", reason, _REMEDY)
    description = fields.read("jobDescription", position.get("jobDescription"), _texts(raw)) or {}
    application = fields.read("application", raw.get("application"), mapping) or {}
    metadata = fields.read("metadata", raw.get("metadata"), mapping) or {}

    def day(name: str, *values: object) -> Any:  # noqa: ANN401 (a date or None)
        return fields.read(name, next((value for value in values if value), None), parse_day)

    openings = fields.read("openPositions", application.get("openPositions"), parse_number)
    advert = JobAdvert(
        key=f"{source}/{identifier}",
        title=_clean(title, names),
        description=_clean(description, names),
        employer=fields.read("owner", raw, _employer) or {},
        regions=fields.read("location", raw.get("location"), _regions) or (),
        published=day(
            "published", application.get("published"), raw.get("publishDate"), metadata.get("created")
        ),
        expires=day("expires", application.get("expires"), raw.get("applicationPeriodEndDate")),
        openings=int(openings) if openings else None,
        occupations=_occupations(position, fields),
        stated_skills=_skills(position, fields),
        homepage=_PAGE.format(identifier) if _UUID.fullmatch(identifier) else None,
    )
    if not advert.title:
        return item.problem(identifier, "title", "The title is nothing but contact data.", _REMEDY)
    return Loaded((advert,), tuple(fields.warnings))


def _texts(raw: Mapping[str, Any]) -> Any:  # noqa: ANN401 (a parser)
    """Return a parser of texts; a plain string is in the first of the advert's languages."""
    languages = raw.get("languages")
    first = languages[0] if isinstance(languages, list) and languages else "und"
    default = first if isinstance(first, str) and re.fullmatch(r"[a-z]{2,3}", first) else "und"
    return lambda value: honest_languages(lang_text(value, default))


def _clean(texts: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    cleaned = {language: without_contacts(text, names) for language, text in texts.items()}
    return {language: text for language, text in cleaned.items() if text}


def _contact_names(raw: Mapping[str, Any]) -> Iterator[str]:
    for key in ("contacts", "contact", "contactPersons"):
        for one in objects(raw.get(key)):
            parts = [one.get(name) for name in ("firstName", "lastName")]
            if all(isinstance(part, str) and part.strip() for part in parts):
                yield f"{parts[0]} {parts[1]}"
                yield f"{parts[1]} {parts[0]}"


def _told(value: Any, names: Sequence[str], depth: int = 8) -> Any:  # noqa: ANN401 (JSON)
    """Return a value as it may be kept for inspection: its texts without contact data."""
    if isinstance(value, str):
        return without_contacts(value[:10_000], names) if len(value) > 5 else value
    if depth and isinstance(value, Mapping):
        kept = {key: inner for key, inner in value.items() if key not in _PRIVATE}
        return {key: _told(inner, names, depth - 1) for key, inner in kept.items()}
    if depth and isinstance(value, list):
        return [_told(inner, names, depth - 1) for inner in value[:100]]
    return value if isinstance(value, int | None) else str(value)[:100]


def _employer(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return the employer's name; a household's name is that of a person and is left out."""
    owner = mapping(raw.get("owner"))
    if owner.get("householdEmployer"):
        return {}
    employer = raw.get("employer")
    name = owner.get("company") or (
        employer.get("ownerName") if isinstance(employer, Mapping) else None
    )
    return honest_languages(lang_text(name))


def _regions(value: object) -> tuple[str, ...]:
    """Return codes of municipalities and regions, else of countries; a name where there is no code.

    Regions have the code of NUTS 3, as needs of other sources do.
    """
    location = mapping(value)
    found: list[str] = []
    for key in ("municipalities", "regions", "countries"):
        if key == "countries" and found:
            break
        for one in listed(location.get(key)):
            if isinstance(one, Mapping):
                labels = lang_text(one.get("label"))
                name = one.get("value") or one.get("code") or labels.get("fi")
                one = name or next(iter(labels.values()), None)
            if isinstance(one, str | int) and not isinstance(one, bool) and str(one).strip():
                text = str(one).strip()
                found.append(region_named(text) if key == "regions" else text)
    return tuple(dict.fromkeys(found))


def _occupations(position: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    named = [position.get("mainOccupation"), *listed(position.get("occupations"))]
    return _addresses("occupations", named, _OCCUPATION, fields)


def _skills(position: Mapping[str, Any], fields: Fields) -> tuple[StatedSkill, ...]:
    skills = _addresses("skills", listed(position.get("skills")), _SKILL, fields)
    return tuple(StatedSkill(uri, relation="needs") for uri in skills)


def _addresses(
    name: str, values: Sequence[object], pattern: re.Pattern[str], fields: Fields
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    others: dict[str, None] = {}
    for value in values:
        value = value.get("uri") if isinstance(value, Mapping) else value
        if not value:
            continue
        uri = str(value).strip().replace("https://data.", "http://data.", 1)
        if pattern.fullmatch(uri):
            found[uri] = None
        else:
            others[uri[:100]] = None
    for uri in others:
        if uri.startswith(FINESCO):
            reason = f"{uri} was left out: it is an addition of Job Market Finland, not of ESCO."
        elif uri.startswith(_ISCED):
            reason = f"{uri} was left out: it is a field of education, not a skill."
        else:
            reason = f"{uri!r} was left out: it is no address of ESCO that fits here."
        fields.warn(name, reason, "Nothing needs to be done, unless the graph is to know it.")
    return tuple(found)
