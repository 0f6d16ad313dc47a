"""Open Education API (OOAPI 5, OEAPI 6): courses, programmes, offerings, organisations, outcomes.

An object is known by the field of its identifier; what it refers to stands in its place, in full or as
an identifier. Two passes: the first finds organisations, codes, outcomes and the parts of programmes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.records import Course, CourseOffering, LangText, LearningOutcome, Organisation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.courses import ooapi_values as values
from loaders.courses.course_values import web_address
from loaders.courses.ooapi_organisations import is_organisation
from loaders.courses.ooapi_survey import (
    COURSE,
    OFFERING,
    ORGANISATION,
    PROGRAMME,
    Known,
    Survey,
    inner,
    items,
    kind_of,
    organisation_of,
    references,
    take_survey,
)
from loaders.courses.ooapi_values import first
from loaders.readers.fields import Fields, guarded
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item
from loaders.texts.course_codes import codes_in
from loaders.texts.text import optional_text, parse_day

_REMEDY = "Correct it in the system that gives the interface."


class OoapiLoader:
    """Reads replies of an Open Education API."""

    info = LoaderInfo(
        name="ooapi",
        title="Open Education API",
        description="Courses, programmes, offerings, organisations, versions 5 and 6; pages or lists.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.json.gz"),
        options={"university": "key of the university, instead of the one that the organisation is"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        survey = take_survey(files, options.get("university"))
        for item in items(files):
            if isinstance(item, Problem):
                yield item
            else:
                yield guarded(item, lambda one: _read(one, survey))


def _read(item: Item, survey: Survey) -> Outcome:
    raw = item.value
    kind = kind_of(raw)
    if kind in ("course", "programme"):
        return _course_record(item, kind, survey)
    if kind == "offering":
        return _offering(item, survey)
    if kind == "organisation":
        return _organisation(item, survey)
    if kind == "learning outcome":
        return Loaded((), skipped="a learning outcome (told with the courses that name it)")
    if kind is not None:
        return Loaded((), skipped=f"a {kind} (not part of the graph)")
    reason = "The record has no identifier that the interface knows (courseId, offeringId …)."
    return item.problem("", "", reason, "Load courses, programmes or offerings of the interface.")


def _course_record(item: Item, kind: str, survey: Survey) -> Outcome:
    names = COURSE if kind == "course" else PROGRAMME
    identifier = _identifier(item, names)
    if isinstance(identifier, Problem):
        return identifier
    if identifier in survey.told:
        return Loaded((), skipped=f"a {kind} that stood in the files before")
    fields = Fields(item, identifier)
    course = _course(item, identifier, kind, survey, fields)
    if isinstance(course, Problem):
        return course
    survey.told.add(identifier)
    organisations = _organisations(survey.homes.get(identifier), survey)
    return Loaded((*organisations, course), tuple(fields.warnings))


def _identifier(item: Item, names: Sequence[str]) -> str | Problem:
    name = next(name for name in names if first(item.value, name) is not None)
    try:
        identifier = optional_text(item.value[name])
    except ValueError as error:
        return item.problem("", name, f"The identifier cannot be read: {error}.", _REMEDY)
    return identifier or item.problem("", name, "The identifier is empty.", _REMEDY)


def _organisations(identifier: str | None, survey: Survey) -> list[Organisation]:
    """Return the university and the unit behind an identifier, each the first time only."""
    records = survey.organisations.records(identifier)
    new = [record for record in records if record.key not in survey.told]
    survey.told.update(record.key for record in new)
    return new


def _course(item: Item, identifier: str, kind: str, survey: Survey, fields: Fields) -> Course | Problem:
    raw = item.value
    try:
        title = values.texts(raw.get("name"))
    except ValueError as error:
        return item.problem(identifier, "name", f"The name cannot be read: {error}.", _REMEDY)
    if not title:
        return item.problem(identifier, "name", f"The {kind} has no name.", _REMEDY)
    university, unit = survey.organisations.place(survey.homes.get(identifier))
    if university is None:
        remedy = "Name the university in the option `university`, or load courses with organisation."
        return item.problem(identifier, "organisation", "No organisation is named.", remedy)
    code = fields.read("primaryCode", raw.get("primaryCode"), values.code_of) or identifier
    others, skills = values.identifiers(raw, identifier, fields)
    outcomes = _outcomes(raw, survey, fields)
    admission = first(raw, "admissionRequirements", "requirements")
    before = fields.read("admissionRequirements", admission, values.texts) or {}
    credit = values.ects(raw, fields)
    begins = first(raw, "validFrom", "firstStartDate", "firstStartDateTime")
    return Course(
        university=university,
        code=code,
        title=title,
        outcomes=_joined(outcomes),
        content=fields.read("description", raw.get("description"), values.texts) or {},
        prerequisite_text=before,
        prerequisite_codes=codes_in(before.values(), survey.codes, code),
        credits_min=credit,
        credits_max=credit,
        level=fields.read("level", raw.get("level"), optional_text),
        languages=values.languages(raw, fields),
        unit=unit,
        identifiers=others,
        homepage=fields.read("link", raw.get("link"), web_address),
        kind=_kind(raw, kind),
        # One outcome may hold them all, in a list within its text: then staging splits it.
        learning_outcomes=tuple(outcomes) if len(outcomes) > 1 or _skilled(outcomes) else (),
        eqf_level=values.qualification_level(raw, fields),
        isced_f=values.study_fields(raw, fields),
        modes=values.modes(raw, fields),
        price=values.price(raw, fields),
        assessment=fields.read("assessment", raw.get("assessment"), values.texts) or {},
        parts=_parts(identifier, survey),
        stated_skills=skills,
        valid_from=fields.read("validFrom", begins, parse_day),
        valid_until=fields.read("validTo", raw.get("validTo"), parse_day),
    )


def _kind(raw: Mapping[str, Any], kind: str) -> str:
    """Return the kind of course: minors, tracks and the like are parts of a programme."""
    if kind == "course":
        return "course"
    named = str(first(raw, "programmeType", "programType") or "programme")
    return "programme" if named in ("program", "programme") else "module"


def _outcomes(raw: Mapping[str, Any], survey: Survey, fields: Fields) -> list[LearningOutcome]:
    found = list(values.own_outcomes(raw, fields))
    if found:
        return found
    ids = references(raw, ("learningOutcomeIds",), ("learningOutcomeId",), fields)
    return [survey.outcomes[one] for one in ids if one in survey.outcomes]


def _skilled(outcomes: Sequence[LearningOutcome]) -> bool:
    return any(outcome.skills for outcome in outcomes)


def _joined(outcomes: Sequence[LearningOutcome]) -> LangText:
    """Return outcomes as one text per language."""
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        for language, text in outcome.text.items():
            found.setdefault(language, []).append(text)
    return {language: "\n".join(lines) for language, lines in found.items()}


def _parts(identifier: str, survey: Survey) -> tuple[str, ...]:
    members = survey.members.get(identifier, {})
    return tuple(survey.courses[one].code if one in survey.courses else one for one in members)


def _offering(item: Item, survey: Survey) -> Outcome:
    raw = item.value
    identifier = _identifier(item, OFFERING)
    if isinstance(identifier, Problem):
        return identifier
    if identifier in survey.told:
        return Loaded((), skipped="an offering that stood in the files before")
    if raw.get("state") == "concept":
        return Loaded((), skipped="an offering that is a concept")
    fields = Fields(item, identifier)
    names = ("course", "courseId", "programme", "programmeId", "program", "programId")
    course = next(references(raw, names, (*COURSE, *PROGRAMME), fields), None)
    if course is None:
        reason = "The offering does not say of which course it is."
        return item.problem(identifier, "course", reason, _REMEDY)
    records: list[Record] = []
    for full in inner(raw):
        if course not in survey.told:
            kind = kind_of(full) or "course"
            found = _course(Item(item.file, item.place, full), course, kind, survey, fields)
            if isinstance(found, Course):
                survey.told.add(course)
                records += [*_organisations(survey.homes.get(course), survey), found]
            else:
                fields.warn("course", found.reason)
    known = survey.courses.get(course)
    if known is None:
        organisation = organisation_of(raw, fields)
        university, _ = survey.organisations.place(organisation)
        if university is None:
            remedy = "Load the courses too, or name the university in the option `university`."
            reason = "The course of the offering is not in the files, and no organisation is named."
            return item.problem(identifier, "course", reason, remedy)
        records += _organisations(organisation, survey)
        known = Known(university, course)
    survey.told.add(identifier)
    opens, closes = values.enrolment(raw, fields)
    start, end = first(raw, "startDateTime", "startDate"), first(raw, "endDateTime", "endDate")
    offering = CourseOffering(
        key=identifier,
        university=known.university,
        course_code=known.code,
        title=fields.read("name", raw.get("name"), values.texts) or {},
        start=fields.read("startDate", start, parse_day),
        end=fields.read("endDate", end, parse_day),
        enrolment_start=opens,
        enrolment_end=closes,
        languages=values.languages(raw, fields),
        modes=values.modes(raw, fields),
        location=values.town(raw, fields),
        price=values.price(raw, fields),
        homepage=fields.read("link", raw.get("link"), web_address),
        cancelled=raw.get("state") == "cancelled",
    )
    return Loaded((*records, offering), tuple(fields.warnings))


def _organisation(item: Item, survey: Survey) -> Outcome:
    raw = item.value
    identifier = _identifier(item, ORGANISATION)
    if isinstance(identifier, Problem):
        return identifier
    fields = Fields(item, identifier)
    if not is_organisation(raw) and "name" not in raw:
        return item.problem(identifier, "name", "The organisation has no name.", _REMEDY)
    if not fields.read("name", raw.get("name"), values.texts):
        return item.problem(identifier, "name", "The organisation has no name.", _REMEDY)
    return Loaded(tuple(_organisations(identifier, survey)), tuple(fields.warnings))
