"""Course units and modules of Sisu, and the search replies that name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.records import Course, Organisation, Record
from loaders.base import Loaded, Outcome
from loaders.courses.sisu_survey import Survey, identity
from loaders.courses.sisu_values import (
    development_goals,
    formal_prerequisites,
    isced_of_study_fields,
    languages,
    last_part,
    parts_of_rule,
    responsible_organisation,
    text_of,
)
from loaders.readers.fields import Fields, mapping, text_list
from loaders.readers.json_stream import Item
from loaders.texts.course_codes import codes_in
from loaders.texts.text import honest_languages, lang_text, optional_text, parse_day, parse_number

_REMEDY = "Correct the {kind} in Sisu."
_STATES = {"DELETED": "a deleted {kind}", "DRAFT": "a draft of a {kind}"}


def read_unit(item: Item, place: int, kind: str, survey: Survey) -> Outcome:
    """Read a course unit (kind `unit`) or a module (`module`) as a course."""
    raw = item.value
    word = "course unit" if kind == "unit" else "module"
    known = identity(raw)
    if known is None:
        return _what_is_missing(item, word)
    identifier, group, code = known
    state = _STATES.get(str(raw.get("documentState")))
    if state:
        return Loaded((), skipped=state.format(kind=word))
    provider = survey.provider_of(raw)
    if provider is None:
        return item.problem(
            identifier,
            "universityOrgIds",
            f"The {word} names no university.",
            "Name it with the option `university`, or load the university's organisations too.",
        )
    passed_over = survey.passed_over(group, place, word)
    if passed_over:
        return Loaded((), skipped=passed_over)
    fields = Fields(item, identifier)
    course = _course(raw, kind, (provider, code), (identifier, group), survey, fields)
    return Loaded(_with_unit(course), tuple(fields.warnings))


def _what_is_missing(item: Item, word: str) -> Outcome:
    raw, remedy = item.value, _REMEDY.format(kind=word)
    for name in ("id", "code"):
        value = raw.get(name)
        if not isinstance(value, str) or not value.strip():
            record = raw.get("id") if isinstance(raw.get("id"), str) else raw.get("code")
            return item.problem(record, name, f"The {word} has no {name}.", remedy)
    try:
        lang_text(raw.get("name"))
    except ValueError as error:
        return item.problem(raw["id"], "name", f"The name cannot be read: {error}.", remedy)
    return item.problem(raw["id"], "name", f"The {word} has no name.", remedy)


def _course(
    raw: Mapping[str, Any],
    kind: str,
    key: tuple[str, str],
    names: tuple[str, str],
    survey: Survey,
    fields: Fields,
) -> Course:
    provider, code = key
    prerequisites = fields.read("prerequisites", raw.get("prerequisites"), lang_text) or {}
    formal = [
        group
        for name in ("compulsoryFormalPrerequisites", "recommendedFormalPrerequisites")
        for group in (fields.read(name, raw.get(name), formal_prerequisites) or ())
    ]
    credit_field = "credits" if kind == "unit" else "targetCredits"
    credit = fields.read(credit_field, raw.get(credit_field), mapping) or {}
    period = fields.read("validityPeriod", raw.get("validityPeriod"), mapping) or {}
    open_to_all, assessment = _completion(raw, fields)
    return Course(
        university=provider,
        code=code,
        title=honest_languages(lang_text(raw["name"])),
        kind=_kind_of_course(raw, kind),
        outcomes=text_of(fields, raw, "outcomes", "learningOutcomes"),
        content=text_of(fields, raw, "content", "contentDescription", "tweetText"),
        prerequisite_text=honest_languages(prerequisites),
        prerequisite_codes=tuple(
            dict.fromkeys((*formal, *codes_in(prerequisites.values(), survey.codes, code)))
        ),
        credits_min=fields.read(f"{credit_field}.min", credit.get("min"), parse_number),
        credits_max=fields.read(f"{credit_field}.max", credit.get("max"), parse_number),
        level=last_part(fields.read("studyLevel", raw.get("studyLevel"), optional_text)),
        languages=languages(
            fields, "possibleAttainmentLanguages", raw.get("possibleAttainmentLanguages")
        ),
        unit=fields.read(
            "organisations", raw.get("organisations"), lambda v: responsible_organisation(v, provider)
        ),
        identifiers=tuple(dict.fromkeys((*names, *survey.also.get(key, ())))),
        keywords=_keywords(raw, fields),
        subjects=fields.read("customCodeUrns", raw.get("customCodeUrns"), development_goals) or (),
        isced_f=fields.read("studyFields", raw.get("studyFields"), isced_of_study_fields) or (),
        open_to_all=open_to_all,
        assessment=assessment,
        parts=(fields.read("rule", raw.get("rule"), parts_of_rule) or ()) if kind == "module" else (),
        valid_from=fields.read("validityPeriod.startDate", period.get("startDate"), parse_day),
        valid_until=fields.read("validityPeriod.endDate", period.get("endDate"), parse_day),
    )


def _kind_of_course(raw: Mapping[str, Any], kind: str) -> str:
    if kind == "unit":
        return "course"
    return "programme" if raw.get("type") == "DegreeProgramme" else "module"


def _completion(raw: Mapping[str, Any], fields: Fields) -> tuple[bool | None, dict[str, str]]:
    """Return whether the open university offers it, and how the ways to complete it are judged."""
    is_open: bool | None = None
    found: dict[str, dict[str, None]] = {}
    methods = raw.get("completionMethods")
    if methods is not None and not isinstance(methods, list):
        fields.warn("completionMethods", "The field was left out: a list was expected.")
        return None, {}
    for method in methods or ():
        method = fields.read("completionMethods", method, mapping) or {}
        if method.get("studyType") == "OPEN_UNIVERSITY_STUDIES":
            is_open = True
        criteria = fields.read(
            "completionMethods.evaluationCriteria", method.get("evaluationCriteria"), lang_text
        )
        for language, text in (criteria or {}).items():
            found.setdefault(language, {}).setdefault(text)
    return is_open, honest_languages({lang: "\n\n".join(texts) for lang, texts in found.items()})


def _keywords(raw: Mapping[str, Any], fields: Fields) -> dict[str, tuple[str, ...]]:
    """Return search tags (Sisu does not tell their language) and the level of a language course."""
    keywords: dict[str, tuple[str, ...]] = {}
    tags = fields.read("searchTags", raw.get("searchTags"), text_list)
    if tags:
        keywords["und"] = tuple(dict.fromkeys(tags))
    cefr = last_part(fields.read("cefrLevel", raw.get("cefrLevel"), optional_text))
    if cefr:
        keywords["en"] = (f"CEFR {cefr.upper()}",)
    return keywords


def _with_unit(course: Course) -> tuple[Record, ...]:
    if not course.unit:
        return (course,)
    # Its name stands in another reply; until that is loaded its id is the only name we have.
    local = course.unit.split("/", 1)[1]
    return (Organisation(course.unit, {"und": local}, (local,), course.university, "FI"), course)


def read_search_result(item: Item, place: int, survey: Survey) -> Outcome:
    """Read a search result: a course with little more than its name, if nothing else tells it."""
    raw = item.value
    group, identifier = raw.get("groupId"), raw.get("id")
    if not isinstance(group, str) or not group.strip():
        return item.problem(
            identifier, "groupId", "The search result has no groupId.", "Fetch the search again."
        )
    group = group.strip()
    if group in survey.of_group:
        return Loaded((), skipped="a search result whose course unit or module is in the files")
    if survey.searched[group] != place:
        return Loaded((), skipped="a search result that stood in the files before")
    code, name = raw.get("code"), raw.get("name")
    if not isinstance(code, str) or not code.strip():
        code = group
    fields = Fields(item, group)
    language = fields.read("lang", raw.get("lang"), optional_text) or "und"
    try:
        title = lang_text(name, language)
    except ValueError as error:
        return item.problem(group, "name", f"The name cannot be read: {error}.", "Search again.")
    if not title:
        return item.problem(group, "name", "The search result has no name.", "Search again.")
    provider = survey.provider_of(raw)
    if provider is None:
        return item.problem(
            group,
            "organisations",
            "Nothing tells the university of the search result.",
            "Name it with the option `university`, or load the university's organisations too.",
        )
    if (provider, code.strip()) in survey.of_key:
        return Loaded((), skipped="a search result whose course unit or module is in the files")
    credit = fields.read("credits", raw.get("credits"), mapping) or {}
    identifiers = (identifier if isinstance(identifier, str) else "", group)
    course = Course(
        university=provider,
        code=code.strip(),
        title=title,
        kind="module" if "Module" in str(raw.get("type") or raw.get("moduleType") or "") else "course",
        content=fields.read("tweetText", raw.get("tweetText"), lambda v: lang_text(v, language)) or {},
        credits_min=fields.read("credits.min", credit.get("min"), parse_number),
        credits_max=fields.read("credits.max", credit.get("max"), parse_number),
        unit=fields.read(
            "organisations", raw.get("organisations"), lambda v: responsible_organisation(v, provider)
        ),
        identifiers=tuple(dict.fromkeys(value for value in identifiers if value)),
    )
    return Loaded(_with_unit(course), tuple(fields.warnings))
