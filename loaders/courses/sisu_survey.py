"""The first pass over Sisu's files: which version counts, and what the records call each other.

It keeps one small entry per unit, module, assessment item and organisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from loaders.base import Problem
from loaders.readers.json_stream import Item
from loaders.texts.text import lang_text
from loaders.universities import key_of_sisu_root

_PREFIXES = {
    "aalto": "aalto-university-root-id",
    "hy": "hy-university-root-id",
    "jy": "jyu-university-root-id",
    "jyu": "jyu-university-root-id",
    "tuni": "tuni-university-root-id",
    "tut": "tuni-university-root-id",
    "uta": "tuni-university-root-id",
}
"""How ids begin → the university's root id, for records that do not name their university."""
_MODULES = ("StudyModule", "GroupingModule", "DegreeProgramme")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a unit or module: how new it is, where it stands, what it is called."""

    rank: tuple[str, ...]
    place: int
    key: tuple[str, str]
    """University and code, which make the address."""
    group: str
    deleted: bool = False

    @property
    def changed(self) -> tuple[str, ...]:
        """When this copy of the version was changed last."""
        return self.rank[2:]


@dataclass(slots=True)
class Survey:
    """What the first pass found."""

    provider: str | None = None
    """The university by option, instead of the one that the records name."""
    of_id: dict[str, Version] = field(default_factory=dict)
    """Id of a unit or module → its copy that was changed last, be it a deletion."""
    of_group: dict[str, Version] = field(default_factory=dict)
    """Group id → its newest version."""
    of_key: dict[tuple[str, str], Version] = field(default_factory=dict)
    """University and code → the newest of the groups that share them."""
    also: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """University and code → the ids of the groups that lost to a newer one with the same code."""
    codes: set[str] = field(default_factory=set)
    unit_groups: dict[str, str] = field(default_factory=dict)
    """Unit id → group id."""
    item_groups: dict[str, list[str]] = field(default_factory=dict)
    """Assessment item id → ids of the groups of units that are completed with it."""
    open_items: set[str] = field(default_factory=set)
    """Assessment items of the open university."""
    roots: dict[str, str] = field(default_factory=dict)
    """Id of an organisation or period → root id of its university."""
    searched: dict[str, int] = field(default_factory=dict)
    """Group id → place of the first search result."""

    def provider_of(self, raw: Mapping[str, Any]) -> str | None:
        """Return the key of the university of a record, None if nothing tells it."""
        if self.provider:
            return self.provider
        roots = raw.get("universityOrgIds")
        if isinstance(roots, list) and roots and isinstance(roots[0], str) and roots[0].strip():
            return key_of_sisu_root(roots[0].strip())
        for identifier in _ids_of(raw):
            root = self.roots.get(identifier) or _PREFIXES.get(identifier.partition("-")[0])
            if root:
                return key_of_sisu_root(root)
        return None

    def course_of_group(self, group: str) -> tuple[str, str] | None:
        """Return university and code of a group's course."""
        version = self.of_group.get(group)
        return version.key if version else None

    def passed_over(self, group: str, place: int, word: str) -> str:
        """Return "" for the record that counts of its group and code, else why it does not."""
        version = self.of_group.get(group)
        if version is None:
            return f"a {word} that another record deletes"
        if version.place != place:
            return f"an older version of a {word}"
        if self.of_key[version.key].place != place:
            return f"a {word} whose code has gone to a newer one"
        return ""


def _ids_of(raw: Mapping[str, Any]) -> Iterator[str]:
    for name in ("organisations", "curriculumPeriodIds"):
        values = raw.get(name)
        for value in values if isinstance(values, list) else ():
            identifier = value.get("organisationId") if isinstance(value, Mapping) else value
            if isinstance(identifier, str):
                yield identifier
    for name in ("groupId", "id"):
        if isinstance(raw.get(name), str):
            yield raw[name]


def kind_of(value: object) -> str:
    """Return what a record of Sisu is, "" if it is none."""
    if not isinstance(value, Mapping):
        return ""
    if "courseUnitRealisationTypeUrn" in value or "assessmentItemIds" in value:
        return "realisation"
    if "assessmentItemType" in value or "primaryCourseUnitGroupId" in value:
        return "assessment item"
    if "lang" in value or ("groupId" in value and isinstance(value.get("name"), str)):
        return "search result"
    if value.get("type") in _MODULES or isinstance(value.get("rule"), Mapping):
        return "module"
    if "universityOrgId" in value:
        return "period" if "activePeriod" in value else "organisation"
    if "structure" in value or "educationType" in value:
        return "education"
    if "lastName" in value or "firstName" in value or "firstNames" in value:
        return "person"
    return "unit" if "universityOrgIds" in value or "groupId" in value else ""


def identity(raw: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Return id, group and code of a unit or module that has what it takes to be loaded.

    A unit without a group is a group of its own; a module without a code is known by its group.
    """
    identifier, group, code = raw.get("id"), raw.get("groupId"), raw.get("code")
    if not isinstance(identifier, str) or not identifier.strip():
        return None
    group = group.strip() if isinstance(group, str) else ""
    group = group or identifier.strip()
    if kind_of(raw) == "module" and not (isinstance(code, str) and code.strip()):
        code = group
    try:
        named = bool(lang_text(raw.get("name")))
    except ValueError:
        return None
    if not named or not isinstance(code, str) or not code.strip():
        return None
    return identifier.strip(), group, code.strip()


def survey(items: Iterable[Item | Problem], provider: str | None) -> Survey:
    """Go through all records once."""
    found = Survey(provider)
    pending: list[_Known] = []
    for place, item in enumerate(items):
        if isinstance(item, Problem) or not (kind := kind_of(item.value)):
            continue
        raw = item.value
        if kind in ("organisation", "period"):
            if isinstance(raw.get("id"), str) and isinstance(raw.get("universityOrgId"), str):
                found.roots[raw["id"]] = raw["universityOrgId"]
        elif kind == "assessment item":
            _note_item(found, raw)
        elif kind in ("unit", "module"):
            known = _known(raw, place, kind)
            if known and not _note_version(found, known):
                pending.append(known)  # its organisation may stand further on
        elif kind == "search result" and isinstance(raw.get("groupId"), str):
            found.searched.setdefault(raw["groupId"].strip(), place)
    for known in pending:
        _note_version(found, known)
    _settle_groups(found)
    _settle_codes(found)
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What the first pass keeps of a unit or module until its university is known."""

    version: Version
    identifier: str
    kind: str
    names: Mapping[str, Any]
    """The fields that tell the university."""
    items: tuple[str, ...]
    open_items: tuple[str, ...]


def _known(raw: Mapping[str, Any], place: int, kind: str) -> _Known | None:
    known = identity(raw)
    if known is None or raw.get("documentState") == "DRAFT":
        return None
    identifier, group, code = known
    items: dict[str, bool] = {}
    methods = raw.get("completionMethods")
    for method in methods if isinstance(methods, list) else ():
        method = method if isinstance(method, Mapping) else {}
        is_open = method.get("studyType") == "OPEN_UNIVERSITY_STUDIES"
        names = method.get("assessmentItemIds")
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str):
                items[name] = items.get(name, False) or is_open
    university_fields = ("universityOrgIds", "organisations", "curriculumPeriodIds", "groupId", "id")
    return _Known(
        Version(_rank(raw), place, ("", code), group, raw.get("documentState") == "DELETED"),
        identifier,
        kind,
        {name: raw.get(name) for name in university_fields},
        tuple(items),
        tuple(name for name, is_open in items.items() if is_open),
    )


def _note_item(found: Survey, raw: Mapping[str, Any]) -> None:
    identifier, group = raw.get("id"), raw.get("primaryCourseUnitGroupId")
    if isinstance(identifier, str) and isinstance(group, str):
        groups = found.item_groups.setdefault(identifier, [])
        if group not in groups:
            groups.append(group)


def _note_version(found: Survey, known: _Known) -> bool:
    """Take a version up; return whether its university is known."""
    university = found.provider_of(known.names)
    if university is None:
        return False
    version = replace(known.version, key=(university, known.version.key[1]))
    former = found.of_id.get(known.identifier)
    if former is None or version.changed > former.changed:
        found.of_id[known.identifier] = version
    if version.deleted:
        return True
    if known.kind == "unit":
        found.codes.add(version.key[1])
        found.unit_groups[known.identifier] = version.group
        found.open_items.update(known.open_items)
        for item in known.items:
            groups = found.item_groups.setdefault(item, [])
            if version.group not in groups:
                groups.append(version.group)
    return True


def _settle_groups(found: Survey) -> None:
    for version in found.of_id.values():
        former = found.of_group.get(version.group)
        if not version.deleted and (former is None or version.rank > former.rank):
            found.of_group[version.group] = version


def _settle_codes(found: Survey) -> None:
    for version in found.of_group.values():
        best = found.of_key.setdefault(version.key, version)
        if best is not version:
            loser = min(best, version, key=lambda one: (one.rank, one.place))
            found.of_key[version.key] = best if loser is version else version
            found.also.setdefault(version.key, []).append(loser.group)


def _rank(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Order the versions of a unit: active, valid from, then changed last, then revision."""
    validity = raw.get("validityPeriod")
    metadata = raw.get("metadata")
    validity = validity if isinstance(validity, Mapping) else {}
    metadata = metadata if isinstance(metadata, Mapping) else {}
    return (
        str(raw.get("documentState") in (None, "ACTIVE")),
        str(validity.get("startDate") or ""),
        str(metadata.get("lastModifiedOn") or ""),
        str(metadata.get("modificationOrdinal") or "").zfill(20),
    )
