"""The first pass over an Open Education API: what records are, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.records import LearningOutcome
from loaders.base import Problem
from loaders.courses import ooapi_values as values
from loaders.courses.ooapi_organisations import Organisations, reference
from loaders.courses.ooapi_values import first, listed
from loaders.readers.fields import Fields
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.texts.text import optional_text

COURSE = ("courseId",)
PROGRAMME = ("programmeId", "programId")
ORGANISATION = ("organisationId", "organizationId")
OFFERING = ("courseOfferingId", "programmeOfferingId", "programOfferingId", "offeringId")
_KINDS: Mapping[str, Sequence[str]] = {
    "person": ("personId",),
    "association": ("associationId",),
    "offering of a part of a course": ("learningComponentOfferingId", "testComponentOfferingId"),
    "offering": OFFERING,
    "group": ("groupId",),
    "part of a course": ("componentId", "learningComponentId", "testComponentId"),
    "course": COURSE,
    "programme": PROGRAMME,
    "learning outcome": ("learningOutcomeId",),
    "education specification": ("educationSpecificationId",),
    "academic session": ("academicSessionId",),
    "room": ("roomId",),
    "building": ("buildingId",),
    "news": ("newsItemId", "newsFeedId"),
}
"""What an object is by the identifier that it has; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Known:
    """A course or programme that the files hold: which course of the graph it is."""

    university: str
    code: str


@dataclass(slots=True)
class Survey:
    """What the files hold, and what of it was told already."""

    organisations: Organisations
    courses: dict[str, Known] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    """Identifier of a course or programme → organisation; of a programme without, its courses'."""
    outcomes: dict[str, LearningOutcome] = field(default_factory=dict)
    members: dict[str, dict[str, None]] = field(default_factory=dict)
    """Identifier of a programme → identifiers of the courses and programmes that it consists of."""
    codes: frozenset[str] = frozenset()
    told: set[str] = field(default_factory=set)
    """Identifiers of courses, programmes and offerings, and keys of organisations, already told."""


def items(files: Sequence[SourceFile]) -> Iterator[Item | Problem]:
    """Yield the records of all files: of pages (`items`), lists, or single ones."""
    for file in files:
        yield from read_items(file, ("items",))


def kind_of(raw: object) -> str | None:
    """Return what an object is, None if it is nothing of this interface."""
    if not isinstance(raw, Mapping):
        return None
    kind = next((kind for kind, names in _KINDS.items() if first(raw, *names) is not None), None)
    if kind == "offering" and raw.get("offeringType") not in (None, "course", "program", "programme"):
        return "offering of a part of a course"
    return "organisation" if kind is None and first(raw, *ORGANISATION) is not None else kind


def take_survey(files: Sequence[SourceFile], chosen: str | None) -> Survey:
    """Find what records refer to; faults are told in the second pass."""
    survey = Survey(Organisations(chosen))
    codes: dict[str, tuple[str, str | None]] = {}
    for item in items(files):
        if isinstance(item, Item) and isinstance(item.value, Mapping):
            for raw in (item.value, *inner(item.value)):
                _look(Item(item.file, item.place, raw), survey, codes)
    for identifier, (code, organisation) in codes.items():
        members = (codes.get(one, ("", None))[1] for one in survey.members.get(identifier, ()))
        home = organisation or next((one for one in members if one), None)
        if home:
            survey.homes[identifier] = home
        key, _ = survey.organisations.place(home)
        if key:
            survey.courses[identifier] = Known(key, code)
    survey.codes = frozenset(code for code, _ in codes.values())
    return survey


def inner(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the courses and programmes that an offering carries in full."""
    for name in ("course", "programme", "program"):
        if isinstance(raw.get(name), Mapping):
            yield raw[name]


def _look(item: Item, survey: Survey, codes: dict[str, tuple[str, str | None]]) -> None:
    raw, fields = item.value, Fields(item, "")
    survey.organisations.add(raw, fields)
    kind = kind_of(raw)
    if kind == "learning outcome":
        identifier = fields.read("learningOutcomeId", raw["learningOutcomeId"], optional_text)
        outcome = values.outcome(raw, fields)
        if identifier and outcome:
            survey.outcomes[identifier] = outcome
    if kind not in ("course", "programme"):
        return
    names = COURSE if kind == "course" else PROGRAMME
    identifier = fields.read(names[0], first(raw, *names), optional_text)
    if not identifier:
        return
    code = fields.read("primaryCode", raw.get("primaryCode"), values.code_of) or identifier
    codes.setdefault(identifier, (code, organisation_of(raw, fields)))
    wholes = ("programmes", "programmeIds", "programs", "parent", "parentId")
    for whole in references(raw, wholes, PROGRAMME, fields):
        survey.members.setdefault(whole, {})[identifier] = None
    for part in references(raw, ("children", "childIds"), PROGRAMME, fields):
        survey.members.setdefault(identifier, {})[part] = None


def references(
    raw: Mapping[str, Any], names: Sequence[str], ids: Sequence[str], fields: Fields
) -> Iterator[str]:
    """Yield the identifiers to which some fields refer; objects given in full have theirs in `ids`."""
    for name in names:
        for value in listed(raw.get(name)):
            if found := fields.read(name, value, lambda one: reference(one, *ids)):
                yield found


def organisation_of(raw: Mapping[str, Any], fields: Fields) -> str | None:
    """Return the identifier of the organisation that gives a course, programme or offering."""
    names = ("organisation", "organization", "organisationId", "organizationId")
    return next(references(raw, names, ORGANISATION, fields), None)
