"""Aalto's course interface: course unit realisations (`/api/sisu/v1/courseunitrealisations`).

Each record is one realisation and gives a `CourseOffering`. The course itself is told in every
realisation anew; it is taken from the best one of its code: teaching before an exam, then the
latest. Two passes over the file find it in bounded memory (one line per course). A course that is
also held for the open university is open to all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.records import Course, CourseOffering, Organisation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.courses.sisu_values import modes_of, says_open_university
from loaders.readers.fields import Fields, guarded, mapping, text_list
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.texts.course_codes import codes_in
from loaders.texts.languages import language_code
from loaders.texts.text import honest_languages, lang_text, optional_text, parse_day, parse_number
from loaders.universities import university

_REALISATION = re.compile(
    r"""^(?:\([^)]*\)\s*)?(?:
        lectures?\b | exam\b | retake\ exam | (?:online|contact|blended)\ teaching
      | (?:independent|self)[- ]study | summer\ course | open\ uni | \d(?:st|nd|rd|th)\ period
      | luento-opetus | tentti | (?:verkko|lähi|monimuoto|kontakti)-?opetus | avoin\ yo
      | itseopiskelu | itsenäinen\ opiskelu | kesäkurssi | ryhmä: | \d\.\ periodi
      | föreläsning | tentamen | (?:nät|när|kontakt|flerforms)undervisning | självst
      | sommarkurs | \d:[ae]\ period
    )""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Best:
    """Where the realisation stands that tells a course best."""

    rank: tuple[bool, str]
    place: int


@dataclass(slots=True)
class _Survey:
    """What the first pass found."""

    best: dict[str, _Best] = field(default_factory=dict)
    """Course code → where it is told best."""
    open_codes: set[str] = field(default_factory=set)
    """Codes of the courses that are held for the open university."""


class AaltoLoader:
    """Reads course unit realisations of Aalto's course interface."""

    info = LoaderInfo(
        name="aalto",
        title="Aalto course realisations",
        description="JSON array, or JSON Lines, of Aalto's course interface; .gz as well.",
        version="2",
        file_patterns=("*.json", "*.json.gz", "*.jsonl", "*.jsonl.gz"),
        options={"university": "key of the providing university (default aalto)"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per realisation; see `Loader.read`."""
        provider = options.get("university", "aalto")
        found = _survey(files)
        seen: set[str] = set()
        for place, item in enumerate(_items(files)):
            if isinstance(item, Problem):
                yield item
                continue
            outcome = guarded(item, lambda one, at=place: _read_realisation(one, at, provider, found))  # type: ignore[misc]
            if isinstance(outcome, Loaded):
                identifier = str(item.value["id"]).strip()
                if identifier in seen:
                    yield Loaded((), skipped="a realisation that stood in the files before")
                    continue
                if not seen:
                    outcome = Loaded((university(provider), *outcome.records), outcome.warnings)
                seen.add(identifier)
            yield outcome


def _items(files: Sequence[SourceFile]) -> Iterator[Item | Problem]:
    for file in files:
        yield from read_items(file, ("results", "data"))


def _survey(files: Sequence[SourceFile]) -> _Survey:
    found = _Survey()
    seen: set[str] = set()
    for place, item in enumerate(_items(files)):
        if isinstance(item, Problem) or not isinstance(item.value, Mapping):
            continue
        raw = item.value
        code = raw.get("code")
        if not isinstance(code, str) or not (code := code.strip()):
            continue
        identifier = str(raw.get("id") or "").strip()
        if identifier in seen:
            continue  # the first one counts
        teaching = "exam" not in str(raw.get("type") or "")
        rank = (teaching, str(raw.get("startDate") or ""))
        former = found.best.get(code)
        if former is None or rank > former.rank:
            if _identity(item) is None:
                continue
            found.best[code] = _Best(rank, place)
        seen.add(identifier)
        if code not in found.open_codes and _is_open(raw):
            found.open_codes.add(code)
    return found


def _is_open(raw: Mapping[str, Any]) -> bool:
    """Return whether the name says that the realisation is one of the open university."""
    name = raw.get("name")
    texts = name.values() if isinstance(name, Mapping) else ()
    return says_open_university(text for text in texts if isinstance(text, str))


def _identity(item: Item) -> tuple[str, str, dict[str, str]] | None:
    """Return id, code and names of a realisation if it has what it needs to be told apart."""
    if not isinstance(item.value, Mapping):
        return None
    identifier, code = item.value.get("id"), item.value.get("code")
    if not isinstance(identifier, str) or not isinstance(code, str):
        return None
    try:
        names = lang_text(item.value.get("name"))
    except ValueError:
        return None
    if not names or not identifier.strip() or not code.strip():
        return None
    return identifier.strip(), code.strip(), names


def _what_is_missing(item: Item) -> Problem:
    if not isinstance(item.value, Mapping):
        return item.problem("", "", "The record is no object.", "Give one object per realisation.")
    identifier = item.value.get("id")
    for name in ("id", "code", "name"):
        value = item.value.get(name)
        if name != "name" and isinstance(value, str) and value.strip():
            continue
        remedy = f"Give the realisation its {name} in Sisu."
        if not value:
            return item.problem(identifier, name, f"The {name} is missing.", remedy)
        if name != "name":
            return item.problem(identifier, name, f"The {name} is no text.", remedy)
    return item.problem(identifier, "name", "The name holds no text.", "Give it a name in Sisu.")


def _read_realisation(item: Item, place: int, provider: str, found: _Survey) -> Outcome:
    known = _identity(item)
    if known is None:
        return _what_is_missing(item)
    identifier, code, names = known
    raw = item.value
    fields = Fields(item, identifier)
    spoken = _languages(raw, fields)
    kind = fields.read("type", raw.get("type"), optional_text)
    records: list[Record] = []
    best = found.best.get(code)
    if best is None or best.place == place:
        unit = _unit(raw, provider, fields)
        records += [unit] if unit else []
        records.append(_course(raw, (provider, code), names, spoken, unit, fields, found))
    records.append(
        CourseOffering(
            key=identifier,
            university=provider,
            course_code=code,
            title=honest_languages(names),
            start=fields.read("startDate", raw.get("startDate"), parse_day),
            end=fields.read("endDate", raw.get("endDate"), parse_day),
            enrolment_start=fields.read("enrolmentStartDate", raw.get("enrolmentStartDate"), parse_day),
            enrolment_end=fields.read("enrolmentEndDate", raw.get("enrolmentEndDate"), parse_day),
            offering_type=kind,
            languages=spoken,
            modes=modes_of(kind),
            open_to_all=True if code in found.open_codes and _is_open(raw) else None,
        )
    )
    return Loaded(tuple(records), tuple(fields.warnings))


def _course(
    raw: Mapping[str, Any],
    key: tuple[str, str],
    names: Mapping[str, str],
    spoken: tuple[str, ...],
    unit: Organisation | None,
    fields: Fields,
    found: _Survey,
) -> Course:
    provider, code = key
    summary = fields.read("summary", raw.get("summary"), mapping) or {}
    credit = fields.read("credits", raw.get("credits"), mapping) or {}
    least = credit.get("min") if credit.get("min") is not None else raw.get("mincredits")
    prerequisites = fields.read("summary.prerequisites", summary.get("prerequisites"), lang_text) or {}
    unit_id = fields.read("courseUnitId", raw.get("courseUnitId"), optional_text)
    cefr = fields.read("summary.cefrLevel", summary.get("cefrLevel"), optional_text)

    def texts(name: str) -> dict[str, str]:
        return honest_languages(fields.read(f"summary.{name}", summary.get(name), lang_text) or {})

    return Course(
        university=provider,
        code=code,
        title=_course_titles(names),
        outcomes=texts("learningOutcomes"),
        content=texts("content"),
        prerequisite_text=honest_languages(prerequisites),
        prerequisite_codes=codes_in(prerequisites.values(), found.best, code),
        credits_min=fields.read("credits.min", least, parse_number),
        credits_max=fields.read("credits.max", credit.get("max"), parse_number),
        level=fields.read("summary.level", summary.get("level"), _first_text),
        languages=spoken,
        unit=unit.key if unit else None,
        identifiers=(unit_id,) if unit_id else (),
        keywords={"en": (f"CEFR {cefr.upper()}",)} if cefr else {},
        open_to_all=True if code in found.open_codes else None,
        assessment=texts("assesmentMethods"),  # sic
    )


def course_title(name: str) -> str:
    """Return a realisation's name without the part that tells its form (`…, Lecture`).

    A name that tells nothing but the form gives "".
    """
    parts = name.split(",")
    for position, part in enumerate(parts):
        # The first part may begin with such a word and say more: `Lectures on physics`.
        look = _REALISATION.match if position else _REALISATION.fullmatch
        if look(part.strip()):
            return ",".join(parts[:position]).strip()
    return name


def _course_titles(names: Mapping[str, str]) -> dict[str, str]:
    """Return the course's titles; the names as they are if nothing else is left of them."""
    titles = {language: title for language, name in names.items() if (title := course_title(name))}
    return honest_languages(titles or names)


def _unit(raw: Mapping[str, Any], provider: str, fields: Fields) -> Organisation | None:
    key = fields.read("organizationId", raw.get("organizationId"), optional_text)
    name = fields.read("organizationName", raw.get("organizationName"), lang_text) or {}
    if not key or not name:
        return None
    return Organisation(key=f"{provider}/{key}", name=name, part_of=provider, country="FI")


def _languages(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    name = "languageOfInstructionCodes"
    codes = fields.read(name, raw.get(name), text_list) or ()
    found = (fields.read(name, code, language_code) for code in codes)
    return tuple(dict.fromkeys(code for code in found if code))


def _first_text(value: object) -> str | None:
    """Return the first text of a language map whose languages all say the same code word."""
    return next(iter(lang_text(value).values()), None)
