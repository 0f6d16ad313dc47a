"""Sisu course units (`/kori/api/course-units`, `…/by-group-id`): JSON Lines, arrays or one object.

Versions of a unit share a `groupId`; the one that is valid longest and changed last is taken, the
others are passed over and counted. Prerequisites name groups, which are kept as identifiers.
Replies that are no course units (searches, organisations, periods) are recognised and counted;
organisations are read as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.records import Course, Organisation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.course_codes import codes_in
from loaders.fields import Fields, guarded, mapping, text_list
from loaders.files import SourceFile
from loaders.json_stream import Item, read_items
from loaders.text import honest_languages, lang_text, optional_text, parse_number
from loaders.universities import key_of_sisu_root, university

_REMEDY = "Correct the course unit in Sisu."


@dataclass(frozen=True, slots=True)
class _Survey:
    """What the first pass found: the newest version of each group, and all codes."""

    newest: Mapping[str, tuple[tuple[str, ...], tuple[str, str]]]
    codes: frozenset[str]


class SisuLoader:
    """Reads course units (and organisations) of Sisu's kori interface."""

    info = LoaderInfo(
        name="sisu",
        title="Sisu course units",
        description="Course units of the kori interface, one or many to a file; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.jsonl.gz"),
        options={"university": "key of the university, instead of the one that the unit names"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        survey = _survey(files)
        told: set[str] = set()
        for item in _items(files):
            if isinstance(item, Problem):
                yield item
                continue
            outcome = guarded(item, lambda one: _read(one, survey, options.get("university")))
            if isinstance(outcome, Loaded):
                records: list[Record] = []
                for record in outcome.records:
                    if isinstance(record, Course) and record.university not in told:
                        told.add(record.university)
                        records.append(university(record.university))
                outcome = Loaded((*records, *outcome.records), outcome.warnings, outcome.skipped)
            yield outcome


def _items(files: Sequence[SourceFile]) -> Iterator[Item | Problem]:
    for file in files:
        yield from read_items(file, ("searchResults",))


def _survey(files: Sequence[SourceFile]) -> _Survey:
    newest: dict[str, tuple[tuple[str, ...], tuple[str, str]]] = {}
    codes: set[str] = set()
    for item in _items(files):
        if isinstance(item, Problem) or _kind(item.value) != "unit":
            continue
        raw = item.value
        codes.add(str(raw.get("code") or "").strip())
        group = str(raw.get("groupId") or "")
        entry = (_version_rank(raw), (item.file.name, item.place))
        if group and (group not in newest or entry[0] > newest[group][0]):
            newest[group] = entry
    return _Survey(newest, frozenset(codes - {""}))


def _version_rank(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Order the versions of a unit: valid from, then changed last, then revision."""
    validity = raw.get("validityPeriod")
    metadata = raw.get("metadata")
    validity = validity if isinstance(validity, Mapping) else {}
    metadata = metadata if isinstance(metadata, Mapping) else {}
    return (
        str(raw.get("documentState") == "ACTIVE"),
        str(validity.get("startDate") or ""),
        str(metadata.get("lastModifiedOn") or ""),
        str(metadata.get("modificationOrdinal") or "").zfill(20),
    )


def _kind(value: object) -> str:
    if not isinstance(value, Mapping):
        return "unknown"
    if "universityOrgIds" in value or "groupId" in value:
        return "unit" if isinstance(value.get("name"), Mapping | None) else "search result"
    if "universityOrgId" in value:
        return "period" if "activePeriod" in value else "organisation"
    return "unknown"


def _read(item: Item, survey: _Survey, provider: str | None) -> Outcome:
    kind = _kind(item.value)
    if kind == "unit":
        return _unit(item, survey, provider)
    if kind == "organisation":
        return _organisation(item)
    if kind == "search result":
        return Loaded((), skipped="a search result (no texts; fetch the unit by its id)")
    if kind == "period":
        return Loaded((), skipped="a curriculum period (not part of the graph)")
    return item.problem(
        "", "", "The record is no course unit of Sisu.", "Load course units of the kori interface."
    )


def _unit(item: Item, survey: _Survey, provider: str | None) -> Outcome:
    raw = item.value
    identifier = raw.get("id")
    if not isinstance(identifier, str) or not identifier.strip():
        return item.problem(raw.get("code"), "id", "The unit has no id.", _REMEDY)
    if raw.get("documentState") == "DELETED":
        return Loaded((), skipped="a deleted course unit")
    if raw.get("documentState") == "DRAFT":
        return Loaded((), skipped="a draft of a course unit")
    group = str(raw.get("groupId") or "")
    if group and survey.newest[group][1] != (item.file.name, item.place):
        return Loaded((), skipped="an older version of a course unit")
    code = raw.get("code")
    if not isinstance(code, str) or not code.strip():
        return item.problem(identifier, "code", "The unit has no code.", _REMEDY)
    try:
        title = lang_text(raw.get("name"))
    except ValueError as error:
        return item.problem(identifier, "name", f"The name cannot be read: {error}.", _REMEDY)
    if not title:
        return item.problem(identifier, "name", "The unit has no name.", _REMEDY)
    fields = Fields(item, identifier)
    roots = fields.read("universityOrgIds", raw.get("universityOrgIds"), text_list) or ()
    key = provider or (key_of_sisu_root(roots[0]) if roots else None)
    if key is None:
        return item.problem(identifier, "universityOrgIds", "The unit names no university.", _REMEDY)
    return _course(raw, key, code.strip(), title, survey, fields)


def _course(
    raw: Mapping[str, Any],
    provider: str,
    code: str,
    title: Mapping[str, str],
    survey: _Survey,
    fields: Fields,
) -> Outcome:
    def texts(name: str) -> dict[str, str]:
        return fields.read(name, raw.get(name), lang_text) or {}

    prerequisites = texts("prerequisites")
    formal = [
        group
        for name in ("compulsoryFormalPrerequisites", "recommendedFormalPrerequisites")
        for group in (fields.read(name, raw.get(name), _formal_prerequisites) or ())
    ]
    named = codes_in(prerequisites.values(), survey.codes, code)
    credit = fields.read("credits", raw.get("credits"), mapping) or {}
    identifiers = (raw["id"], raw.get("groupId"))
    course = Course(
        university=provider,
        code=code,
        title=honest_languages(title),
        outcomes=honest_languages(texts("outcomes")),
        content=honest_languages(texts("content")),
        prerequisite_text=honest_languages(prerequisites),
        prerequisite_codes=tuple(dict.fromkeys((*formal, *named))),
        credits_min=fields.read("credits.min", credit.get("min"), parse_number),
        credits_max=fields.read("credits.max", credit.get("max"), parse_number),
        level=_last_part(fields.read("studyLevel", raw.get("studyLevel"), optional_text)),
        languages=tuple(
            part
            for urn in (
                fields.read(
                    "possibleAttainmentLanguages", raw.get("possibleAttainmentLanguages"), text_list
                )
                or ()
            )
            if (part := _last_part(urn))
        ),
        unit=fields.read(
            "organisations", raw.get("organisations"), lambda v: _responsible(v, provider)
        ),
        identifiers=tuple(dict.fromkeys(str(value) for value in identifiers if value)),
    )
    records: list[Record] = [course]
    if course.unit:
        # Its name stands in another reply; until that is loaded its id is the only name we have.
        local = course.unit.split("/", 1)[1]
        records.insert(0, Organisation(course.unit, {"und": local}, (local,), provider, "FI"))
    return Loaded(tuple(records), tuple(fields.warnings))


def _formal_prerequisites(value: object) -> tuple[str, ...]:
    """Return the group ids of courses; the alternatives of the outer list are all kept."""
    found: list[str] = []
    for alternative in value if isinstance(value, list) else []:
        for entry in mapping(alternative).get("prerequisites") or []:
            group = mapping(entry).get("courseUnitGroupId")
            if isinstance(group, str):
                found.append(group)
    if value is not None and not isinstance(value, list):
        raise ValueError("a list was expected")
    return tuple(found)


def _responsible(value: object, provider: str) -> str | None:
    """Return the key of the organisation with the responsible role."""
    for entry in value if isinstance(value, list) else []:
        share = mapping(entry)
        if str(share.get("roleUrn") or "").endswith(":responsible-organisation"):
            organisation = share.get("organisationId")
            return f"{provider}/{organisation}" if isinstance(organisation, str) else None
    return None


def _organisation(item: Item) -> Outcome:
    raw = item.value
    identifier, root = raw.get("id"), raw.get("universityOrgId")
    if not isinstance(identifier, str) or not isinstance(root, str):
        return item.problem("", "id", "The organisation has no id.", "Fetch it again from Sisu.")
    if identifier == root:
        return Loaded((university(key_of_sisu_root(root)),))
    try:
        name = lang_text(raw.get("name"))
    except ValueError as error:
        return item.problem(identifier, "name", f"The name cannot be read: {error}.", _REMEDY)
    provider = key_of_sisu_root(root)
    record = Organisation(f"{provider}/{identifier}", name, (identifier,), provider, "FI")
    return Loaded((record,))


def _last_part(urn: str | None) -> str | None:
    """`urn:code:study-level:basic-studies` → `basic-studies`."""
    return urn.rsplit(":", 1)[-1] if urn else None
