"""Course unit realisations of Sisu: when a course is held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from graph.records import CourseOffering
from loaders.base import Loaded, Outcome
from loaders.courses.sisu_survey import Survey
from loaders.courses.sisu_values import last_part, modes_of, says_open_university
from loaders.readers.fields import Fields, mapping, text_list
from loaders.readers.json_stream import Item
from loaders.texts.languages import language_code
from loaders.texts.text import honest_languages, lang_text, optional_text, parse_day

_SKIPPED = {
    "DELETED": "a deleted realisation",
    "DRAFT": "a draft of a realisation",
    "NOT_READY": "a realisation that is not published",
}


def read_realisation(item: Item, survey: Survey) -> Outcome:
    """Read a realisation as an offering of each course that it belongs to."""
    raw = item.value
    identifier = raw.get("id")
    if not isinstance(identifier, str) or not identifier.strip():
        return item.problem("", "id", "The realisation has no id.", "Fetch it again from Sisu.")
    identifier = identifier.strip()
    for name in ("documentState", "flowState"):
        if raw.get(name) in _SKIPPED:
            return Loaded((), skipped=_SKIPPED[raw[name]])
    fields = Fields(item, identifier)
    courses = _courses(raw, survey, fields)
    if not courses:
        return item.problem(
            identifier,
            "courseUnitIds" if raw.get("courseUnitIds") else "assessmentItemIds",
            "No course unit of the realisation is in the files.",
            "Load the course units together with their realisations.",
        )
    offerings = tuple(
        CourseOffering(
            # A realisation of several courses is held for each of them.
            key=f"{identifier}/{code}" if number else identifier,
            university=provider,
            course_code=code,
            **_what_is_held(raw, survey, fields),
        )
        for number, (provider, code) in enumerate(courses)
    )
    return Loaded(offerings, tuple(dict.fromkeys(fields.warnings)))


def _courses(raw: Mapping[str, Any], survey: Survey, fields: Fields) -> list[tuple[str, str]]:
    """Return university and code of the courses: by unit, by assessment item, by what is written."""
    groups: dict[str, None] = {}
    for unit in fields.read("courseUnitIds", raw.get("courseUnitIds"), text_list) or ():
        if unit in survey.unit_groups:
            groups.setdefault(survey.unit_groups[unit])
    if not groups:
        for item in fields.read("assessmentItemIds", raw.get("assessmentItemIds"), text_list) or ():
            groups.update(dict.fromkeys(survey.item_groups.get(item, ())))
    found = dict.fromkeys(course for group in groups if (course := survey.course_of_group(group)))
    if not found:
        found = dict.fromkeys(_written(raw, survey))
    return list(found)


def _written(raw: Mapping[str, Any], survey: Survey) -> list[tuple[str, str]]:
    """Return the courses that the realisation itself spells out, if they are in the files."""
    provider = survey.provider_of(raw)
    units = raw.get("courseUnits")
    names = [raw, *(units if isinstance(units, list) else ())]
    codes = [unit.get("code") for unit in names if isinstance(unit, Mapping)]
    keys = [(provider or "", code.strip()) for code in codes if isinstance(code, str)]
    return [key for key in keys if key in survey.of_key]


def _what_is_held(raw: Mapping[str, Any], survey: Survey, fields: Fields) -> dict[str, Any]:
    period = fields.read("activityPeriod", raw.get("activityPeriod"), mapping) or {}
    enrolment = fields.read("enrolmentPeriod", raw.get("enrolmentPeriod"), mapping) or {}
    title = _title(raw, fields)
    kind = last_part(
        fields.read(
            "courseUnitRealisationTypeUrn", raw.get("courseUnitRealisationTypeUrn"), optional_text
        )
    )
    language = fields.read("teachingLanguageUrn", raw.get("teachingLanguageUrn"), language_code)
    items = raw.get("assessmentItemIds")
    is_open = says_open_university(title.values()) or any(
        str(item) in survey.open_items or "open-university" in str(item)
        for item in (items if isinstance(items, list) else ())
    )

    def day(owner: str, values: Mapping[str, Any], name: str) -> date | None:
        value = values.get(name) or values.get(f"{name}Time")
        return fields.read(f"{owner}.{name}", value, parse_day)

    return {
        "title": title,
        "start": day("activityPeriod", period, "startDate"),
        "end": day("activityPeriod", period, "endDate"),
        "enrolment_start": day("enrolmentPeriod", enrolment, "startDate"),
        "enrolment_end": day("enrolmentPeriod", enrolment, "endDate"),
        "offering_type": kind,
        "languages": (language,) if language else (),
        "modes": modes_of(kind),
        "open_to_all": True if is_open else None,
        "cancelled": raw.get("flowState") == "CANCELLED",
    }


def _title(raw: Mapping[str, Any], fields: Fields) -> dict[str, str]:
    """Return the name with what tells this realisation from others (`Programming, Lecture`)."""
    names = fields.read("name", raw.get("name"), lang_text) or {}
    more = fields.read("nameSpecifier", raw.get("nameSpecifier"), lang_text) or {}
    joined = {
        language: name
        if (added := more.get(language, "")).casefold() in name.casefold()
        else f"{name}, {added}"
        for language, name in names.items()
    }
    return honest_languages({**more, **joined})
