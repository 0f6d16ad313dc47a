"""Courses and offerings out of the messages of the cross-institutional study service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.records import Course, CourseOffering, Record
from loaders.courses.course_values import isced_field, narrowest, web_address
from loaders.courses.ripa_messages import localised, text_of
from loaders.courses.ripa_survey import Survey
from loaders.courses.sisu_values import isced_of_okm
from loaders.readers.fields import Fields, mapping, text_list
from loaders.texts.course_codes import codes_in
from loaders.texts.languages import language_code
from loaders.texts.text import honest_languages, optional_text, parse_day, parse_number

REMEDY = "Correct the message at its sender, or fetch it again."
_KINDS = {"COURSE_UNIT": "course", "STUDY_MODULE": "module", "DEGREE": "programme"}
_LEVELS = {
    "BASIC_STUDIES": "basic-studies",
    "SUBJECT_STUDIES": "intermediate-studies",
    "ADVANCED_STUDIES": "advanced-studies",
    "POSTGRADUATE_STUDIES": "postgraduate-studies",
    "LANGUAGE_STUDIES": "language-studies",
    "INTERNSHIP": "internship",
    "OTHER": "other-studies",
}


def course_of(
    raw: Mapping[str, Any],
    key: tuple[str, str],
    title: Mapping[str, str],
    survey: Survey,
    fields: Fields,
) -> Course:
    """Return the course that a course unit or module tells."""

    def texts(name: str) -> dict[str, str]:
        return honest_languages(fields.read(name, raw.get(name), localised) or {})

    def number(name: str) -> Any:  # noqa: ANN401 (a Decimal or None)
        return fields.read(name, raw.get(name), parse_number)

    identifier = text_of(raw, "studyElementId")
    permanent = fields.read(
        "studyElementPermanentId", raw.get("studyElementPermanentId"), optional_text
    )
    prerequisites = texts("preconditions")
    keywords, subjects = _keywords(raw, survey, fields)
    low, high, one = number("creditsMin"), number("creditsMax"), number("credits")
    spoken = _languages(raw, "teachingLanguage", fields)
    return Course(
        university=key[0],
        code=key[1],
        title=honest_languages(title),
        kind=_KINDS.get(str(raw.get("type")), "course"),
        outcomes=texts("objective"),
        content=texts("content") or texts("description"),
        prerequisite_text=prerequisites,
        prerequisite_codes=codes_in(prerequisites.values(), survey.codes, key[1]),
        credits_min=low if low is not None else one,
        credits_max=high if high is not None else one,
        level=_LEVELS.get(str(raw.get("studyModuleType"))),
        languages=spoken or _languages(raw, "languagesOfCompletion", fields),
        identifiers=tuple(
            dict.fromkeys(name for name in (identifier, permanent, *survey.also.get(key, ())) if name)
        ),
        keywords=keywords,
        subjects=subjects,
        isced_f=_fields_of_education(raw, fields),
        parts=tuple(survey.children.get(identifier, ())),
        valid_from=fields.read("validityStartDate", raw.get("validityStartDate"), parse_day),
        valid_until=fields.read("validityEndDate", raw.get("validityEndDate"), parse_day),
    )


def _keywords(
    raw: Mapping[str, Any], survey: Survey, fields: Fields
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return key words and names of networks by language, and the concepts that keys name."""
    found: dict[str, dict[str, None]] = {}
    subjects: dict[str, None] = {}
    for entry in objects(raw, "keywords", fields):
        names = fields.read("keywords.value", entry.get("value"), localised) or {}
        key = text_of(entry, "key")
        if key.startswith(("http://", "https://")):
            concept = fields.read("keywords.key", key, web_address)
            if concept:
                subjects.setdefault(concept)
        elif key and not names:
            names = {"und": key}
        for language, name in names.items():
            found.setdefault(language, {}).setdefault(name)
    for entry in objects(raw, "cooperationNetworks", fields):
        names = fields.read("cooperationNetworks.name", entry.get("name"), localised) or {}
        for language, name in (names or survey.networks.get(text_of(entry, "id"), {})).items():
            found.setdefault(language, {}).setdefault(name)
    return {language: tuple(words) for language, words in found.items()}, tuple(subjects)


def _fields_of_education(raw: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    value = raw.get("minEduGuidanceArea")
    areas = value if isinstance(value, list) else [] if value is None else [value]
    codes = list(isced_of_okm(str(area) for area in areas))
    for entry in objects(raw, "classificationCodes", fields):
        if "isced" in text_of(entry, "codeKey").casefold():
            code = fields.read("classificationCodes", entry.get("codeValue"), isced_field)
            codes += [code] if code else []
    return narrowest(codes)


def offerings_of(
    raw: Mapping[str, Any], courses: Sequence[tuple[str, str]], fields: Fields
) -> list[Record]:
    """Return an offering for each of the courses that a realisation belongs to."""
    identifier = text_of(raw, "realisationId")
    if raw.get("status") == "ARCHIVED":
        return []
    title = honest_languages(fields.read("name", raw.get("name"), localised) or {})
    days = {
        name: fields.read(name, raw.get(name), parse_day)
        for name in ("startDate", "endDate", "enrollmentStartDateTime", "enrollmentEndDateTime")
    }
    spoken = _languages(raw, "teachingLanguage", fields)
    address = fields.read("location", raw.get("location"), mapping) or {}
    place = ", ".join(part for name in ("street", "postOffice") if (part := text_of(address, name)))
    return [
        CourseOffering(
            key=f"{identifier}/{code}" if number else identifier,
            university=provider,
            course_code=code,
            title=title,
            start=days["startDate"],
            end=days["endDate"],
            enrolment_start=days["enrollmentStartDateTime"],
            enrolment_end=days["enrollmentEndDateTime"],
            languages=spoken,
            location=place or None,
            cancelled=raw.get("status") == "CANCELLED",
        )
        for number, (provider, code) in enumerate(courses)
    ]


def objects(raw: Mapping[str, Any], name: str, fields: Fields) -> list[Mapping[str, Any]]:
    """Return the objects of a list; what is none is told and left out."""
    value = raw.get(name)
    if value is not None and not isinstance(value, list):
        fields.warn(name, "The field was left out: a list was expected.", REMEDY)
        return []
    found = [fields.read(name, entry, mapping) for entry in value or ()]
    return [entry for entry in found if entry]


def _languages(raw: Mapping[str, Any], name: str, fields: Fields) -> tuple[str, ...]:
    codes = fields.read(name, raw.get(name), text_list) or ()
    found = (fields.read(name, code, language_code) for code in codes)
    return tuple(dict.fromkeys(code for code in found if code))
