"""What a course of schema.org teaches, requires and is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from graph.records import LearningOutcome, StatedSkill
from loaders.courses.schemaorg_json import COURSES, single
from loaders.courses.schemaorg_names import code_of, honest, joined, texts
from loaders.courses.schemaorg_things import Thing
from loaders.courses.schemaorg_values import isced_of, labels, level_of, skill_of
from loaders.readers.fields import Fields
from loaders.texts.headed_text import headed_parts

CREDENTIALS = ("educationalCredentialAwarded", "occupationalCredentialAwarded")
_CONCEPTS = re.compile(
    r"^https?://(?:www\.yso\.fi/onto/|www\.wikidata\.org/(?:entity|wiki)/|uri\.suomi\.fi/|finto\.fi/)"
)
"""Addresses of concepts that may stand as subjects."""


def description(thing: Thing, fields: Fields) -> dict[str, dict[str, str]]:
    """Return the parts of the description by the course's field (see `headed_text`), by language."""
    found: dict[str, dict[str, str]] = {}
    for name in ("description", "abstract"):
        for value in thing.values(name):
            raw = value.get("@value") if isinstance(value, Mapping) else value
            has_tags = isinstance(raw, str) and "<" in raw
            for language, text in _said(thing, fields, name, value):
                parts = headed_parts(str(raw)) if has_tags else {"rest": text}
                for part, words in parts.items():
                    found.setdefault(part, {}).setdefault(language, words)
    sections = [texts(section, fields, "name") for section in thing.things("syllabusSections")]
    found["rest"] = joined((found.get("rest", {}), *sections))
    return {part: honest(words) for part, words in found.items()}


def _said(thing: Thing, fields: Fields, name: str, value: object) -> list[tuple[str, str]]:
    return fields.read(name, value, lambda one: list(thing.said(one))) or []


def outcomes(thing: Thing, fields: Fields) -> tuple[list[LearningOutcome], tuple[StatedSkill, ...]]:
    """Return what is learnt: texts as outcomes, terms of ESCO as skills."""
    values = thing.values("teaches", "assesses")
    for credential in thing.things(*CREDENTIALS):
        values += credential.values("competencyRequired")
    values += [one.node for one in _alignments(thing, "teaches", "assesses")]
    skills: dict[str, StatedSkill] = {}
    found: list[dict[str, str]] = []
    for value in values:
        known = len(fields.warnings)
        skill = fields.read("teaches", value, lambda one: skill_of(thing, one))
        if skill is not None:
            skills.setdefault(skill.uri, skill)
        elif len(fields.warnings) == known:
            words = dict(reversed(_said(thing, fields, "teaches", value)))
            if words and words not in found:
                found.append(words)
    for value in thing.values("about"):
        skill = fields.read("about", value, lambda one: skill_of(thing, one))
        if skill is not None:
            skills.setdefault(skill.uri, skill)
    # Texts that all say their language, each another one, are one outcome.
    tags = [str(value["@language"]) for value in values if _is_tagged(value)]
    if len(set(tags)) == len(values) > 1:
        found = [{language: text for words in found for language, text in words.items()}]
    return [LearningOutcome(words) for words in found if words], tuple(skills.values())


def _is_tagged(value: object) -> bool:
    return isinstance(value, Mapping) and "@value" in value and "@language" in value


def _alignments(thing: Thing, *types: str) -> Iterator[Thing]:
    """Yield the alignments of some types (`alignmentType` is free text; case and blanks vary)."""
    for one in thing.things("educationalAlignment"):
        kind = "".join(str(single(one.node, "alignmentType") or "").lower().split())
        if kind in {name.lower() for name in types}:
            yield one


def prerequisites(
    thing: Thing, fields: Fields
) -> tuple[dict[str, str], tuple[str, ...], tuple[StatedSkill, ...]]:
    """Return the prerequisites as texts, and the codes of courses and the skills among them."""
    stated: list[Mapping[str, str]] = []
    codes: dict[str, None] = {}
    skills: dict[str, StatedSkill] = {}
    values = thing.values("coursePrerequisites", "programPrerequisites")
    for value in (*values, *(one.node for one in _alignments(thing, "requires"))):
        words = dict(reversed(_said(thing, fields, "coursePrerequisites", value)))
        if isinstance(value, Mapping) and (course := thing.inner(value)).is_a(*COURSES):
            code = code_of(course)
            codes[code] = None
            if course.values("courseCode"):
                words = {language: f"{code} {text}" for language, text in words.items()} or {
                    "und": code
                }
        elif skill := fields.read("coursePrerequisites", value, lambda one: skill_of(thing, one)):
            skills.setdefault(skill.uri, replace(skill, relation="requires"))
            words = {} if isinstance(value, str) else words
        stated.append(words)
    return joined(stated), tuple(codes), tuple(skills.values())


def levels(thing: Thing) -> list[Any]:
    """Return all that is said of the level, also that of the credential."""
    found = thing.values("educationalLevel")
    for credential in thing.things(*CREDENTIALS):
        found += credential.values("educationalLevel")
    return found + [one.node for one in _alignments(thing, "educationalLevel")]


def level_word(thing: Thing, fields: Fields) -> str | None:
    """Return the first level that is none of the EQF."""
    for value in levels(thing):
        try:
            if level_of(value) is not None:
                continue
        except ValueError:
            continue  # it is told as a wrong level of the EQF
        for _, text in _said(thing, fields, "educationalLevel", value):
            return text
    return None


def keywords(thing: Thing, fields: Fields) -> dict[str, tuple[str, ...]]:
    """Return keywords, and what the course is about but for skills and fields of education."""
    found: dict[str, dict[str, None]] = {}
    for language, text in labels(thing, "keywords", fields):
        for word in filter(None, map(str.strip, text.split(","))):
            found.setdefault(language, {})[word] = None
    for value in thing.values("about"):
        try:
            told = skill_of(thing, value) or isced_of(value)
            words = [] if told else list(thing.said(value))
        except ValueError:
            continue  # it is told as a wrong skill or field
        for language, text in words:
            if "://" not in text:
                found.setdefault(language, {})[text] = None
    return {language: tuple(words) for language, words in found.items()}


def subjects(thing: Thing) -> tuple[str, ...]:
    """Return the addresses of known concepts that the course is about."""
    found = thing.addresses("about")
    for one in thing.things("about", "keywords"):
        found += one.addresses("@id", "url", "sameAs")
    return tuple(dict.fromkeys(address for address in found if _CONCEPTS.match(address)))


def fields_of_study(thing: Thing, fields: Fields) -> Iterator[str]:
    """Yield the fields of ISCED-F that the course is of."""
    values = thing.values("about", "educationalSubject")
    for value in (*values, *(one.node for one in _alignments(thing, "educationalSubject"))):
        if code := fields.read("about", value, isced_of):
            yield code
