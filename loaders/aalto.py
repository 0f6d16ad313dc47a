"""Aalto's course interface: course unit realisations (`/api/sisu/v1/courseunitrealisations`).

Each record is one realisation and gives a `CourseOffering`. The course itself is told in every
realisation anew; it is taken from the best one of its code: teaching before an exam, then the
latest. Two passes over the file find it in bounded memory (one line per course).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.records import Course, CourseOffering, Organisation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.course_codes import codes_in
from loaders.fields import Fields, guarded, mapping, text_list
from loaders.files import SourceFile
from loaders.json_stream import Item, read_items
from loaders.text import honest_languages, lang_text, optional_text, parse_day, parse_number
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
_LANGUAGE_CODE = re.compile(r"^[a-z]{2,3}$")


@dataclass(frozen=True, slots=True)
class _Best:
    """Where the realisation stands that tells a course best."""

    rank: tuple[bool, str]
    place: tuple[str, str]


class AaltoLoader:
    """Reads course unit realisations of Aalto's course interface."""

    info = LoaderInfo(
        name="aalto",
        title="Aalto course realisations",
        description="JSON array, or JSON Lines, of Aalto's course interface; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.json.gz", "*.jsonl"),
        options={"university": "key of the providing university (default aalto)"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per realisation; see `Loader.read`."""
        provider = options.get("university", "aalto")
        best = _find_best(files)
        seen: set[str] = set()
        for item in _items(files):
            if isinstance(item, Problem):
                yield item
                continue
            outcome = guarded(item, lambda one: _read_realisation(one, provider, best))
            if isinstance(outcome, Loaded):
                identifier = str(item.value["id"])
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


def _find_best(files: Sequence[SourceFile]) -> dict[str, _Best]:
    best: dict[str, _Best] = {}
    for item in _items(files):
        if isinstance(item, Problem) or _identity(item) is None:
            continue
        code = item.value["code"].strip()
        teaching = "exam" not in str(item.value.get("type") or "")
        rank = (teaching, str(item.value.get("startDate") or ""))
        if code not in best or rank > best[code].rank:
            best[code] = _Best(rank, (item.file.name, item.place))
    return best


def _identity(item: Item) -> str | None:
    """Return the realisation's id if it has what it needs to be told apart: id, code and a name."""
    if not isinstance(item.value, Mapping):
        return None
    for field in ("id", "code"):
        value = item.value.get(field)
        if not isinstance(value, str) or not value.strip():
            return None
    try:
        return item.value["id"] if lang_text(item.value.get("name")) else None
    except ValueError:
        return None


def _what_is_missing(item: Item) -> Problem:
    if not isinstance(item.value, Mapping):
        return item.problem("", "", "The record is no object.", "Give one object per realisation.")
    identifier = item.value.get("id")
    for field in ("id", "code", "name"):
        value = item.value.get(field)
        if field != "name" and isinstance(value, str) and value.strip():
            continue
        remedy = f"Give the realisation its {field} in Sisu."
        if not value:
            return item.problem(identifier, field, f"The {field} is missing.", remedy)
        if field != "name":
            return item.problem(identifier, field, f"The {field} is no text.", remedy)
    return item.problem(identifier, "name", "The name holds no text.", "Give it a name in Sisu.")


def _read_realisation(item: Item, provider: str, best: Mapping[str, _Best]) -> Outcome:
    identifier = _identity(item)
    if identifier is None:
        return _what_is_missing(item)
    raw = item.value
    fields = Fields(item, identifier)
    code = raw["code"].strip()
    title = lang_text(raw["name"])
    languages = _languages(raw, fields)
    records: list[Record] = []
    if best[code].place == (item.file.name, item.place):
        unit = _unit(raw, provider, fields)
        records += [unit] if unit else []
        records.append(_course(raw, provider, code, languages, unit, fields, best))
    records.append(
        CourseOffering(
            key=identifier,
            university=provider,
            course_code=code,
            title=honest_languages(title),
            start=fields.read("startDate", raw.get("startDate"), parse_day),
            end=fields.read("endDate", raw.get("endDate"), parse_day),
            enrolment_start=fields.read("enrolmentStartDate", raw.get("enrolmentStartDate"), parse_day),
            enrolment_end=fields.read("enrolmentEndDate", raw.get("enrolmentEndDate"), parse_day),
            offering_type=fields.read("type", raw.get("type"), optional_text),
            languages=languages,
        )
    )
    return Loaded(tuple(records), tuple(fields.warnings))


def _course(
    raw: Mapping[str, Any],
    provider: str,
    code: str,
    languages: tuple[str, ...],
    unit: Organisation | None,
    fields: Fields,
    known: Mapping[str, _Best],
) -> Course:
    summary = fields.read("summary", raw.get("summary"), mapping) or {}
    credit = fields.read("credits", raw.get("credits"), mapping) or {}
    prerequisites = fields.read("summary.prerequisites", summary.get("prerequisites"), lang_text) or {}
    level = fields.read("summary.level", summary.get("level"), _first_text)
    unit_id = fields.read("courseUnitId", raw.get("courseUnitId"), optional_text)
    return Course(
        university=provider,
        code=code,
        title=_course_titles(lang_text(raw["name"])),
        outcomes=honest_languages(
            fields.read("summary.learningOutcomes", summary.get("learningOutcomes"), lang_text) or {}
        ),
        content=honest_languages(
            fields.read("summary.content", summary.get("content"), lang_text) or {}
        ),
        prerequisite_text=honest_languages(prerequisites),
        prerequisite_codes=codes_in(prerequisites.values(), known, code),
        credits_min=fields.read("credits.min", credit.get("min"), parse_number),
        credits_max=fields.read("credits.max", credit.get("max"), parse_number),
        level=level,
        languages=languages,
        unit=unit.key if unit else None,
        identifiers=(unit_id,) if unit_id else (),
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
    codes = (
        fields.read("languageOfInstructionCodes", raw.get("languageOfInstructionCodes"), text_list)
        or ()
    )
    good = tuple(code for code in (c.lower() for c in codes) if _LANGUAGE_CODE.match(code))
    if len(good) < len(codes):
        fields.warn("languageOfInstructionCodes", "A language is no code of ISO 639.")
    return good


def _first_text(value: object) -> str | None:
    """Return the first text of a language map whose languages all say the same code word."""
    return next(iter(lang_text(value).values()), None)
