"""The first pass over Peppi's replies: what each record is, and where each thing is told best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loaders.base import Problem
from loaders.courses.peppi_values import texts
from loaders.courses.sisu_values import says_open_university
from loaders.readers.json_stream import Item

NODES = {"EDUCATION": "programme", "PROGRAMME": "programme", "STUDY_MODULE": "module"}
"""Types of nodes of a plan that become courses, and their kind. Others are headings."""
UNIT = "COURSE_UNIT"


@dataclass(slots=True)
class Survey:
    """What the first pass found; one small entry per course and node."""

    courses: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Course code → rank and place of the newest course record."""
    ids: dict[str, dict[str, None]] = field(default_factory=dict)
    """Course code → the ids it has anywhere."""
    codes: dict[str, str] = field(default_factory=dict)
    """Id of a course or node → its code."""
    nodes: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Id of a programme or module → how much is told and the place where most is."""
    known: set[str] = field(default_factory=set)
    """Codes of all courses that some record of the files becomes."""
    open_to_all: set[str] = field(default_factory=set)
    """Codes of the courses in plans of the open university."""


def kind_of(value: object) -> str:
    """Return what a record of Peppi is, "" if it is none."""
    if not isinstance(value, Mapping):
        return ""
    if "realisationId" in value or "realizationId" in value or "enrollmentStartDateTime" in value:
        return "realization"
    if "contentList" in value:
        return "course"
    if "learningUnitId" in value:
        return "search row"
    if value.get("type") == UNIT or value.get("type") in list(NODES) or "children" in value:
        return "node"
    if "organisationView" in value or value.get("type") == "code":
        return "category"
    return "organisation" if "id" in value and isinstance(value.get("name"), Mapping) else ""


def identifier_of(value: Mapping[str, Any], *names: str) -> str:
    """Return the first of some identifiers that is there, as text; ids come as text or number."""
    for name in names:
        found = value.get(name)
        if isinstance(found, str) and found.strip():
            return found.strip()
        if isinstance(found, int) and not isinstance(found, bool):
            return str(found)
    return ""


def named(value: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of a record, none if they cannot be read."""
    try:
        return texts(value.get("name"))
    except ValueError:
        return {}


def walk(root: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    """Yield every node of a plan with the nodes directly below it; headings are looked through."""
    waiting: list[Mapping[str, Any]] = [root]
    while waiting:
        node = waiting.pop()
        below = list(_children(node))
        yield node, below
        waiting += reversed(below)


def _children(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = node.get("children")
    waiting = list(reversed(found)) if isinstance(found, list) else []
    while waiting:
        child = waiting.pop()
        if not isinstance(child, Mapping):
            continue
        if child.get("type") == UNIT or child.get("type") in list(NODES):
            yield child
        else:
            further = child.get("children")
            waiting += reversed(further) if isinstance(further, list) else []


def survey(items: Iterable[Item | Problem]) -> Survey:
    """Go through all records once."""
    found = Survey()
    for place, item in enumerate(items):
        if isinstance(item, Problem):
            continue
        raw, kind = item.value, kind_of(item.value)
        if kind == "course":
            _note_course(found, raw, place)
        elif kind == "node":
            _note_plan(found, raw, place)
        elif kind == "search row":
            _note_unit(found, raw, "learningUnitId")
    for identifier, code in found.codes.items():
        if identifier != code:
            found.ids.setdefault(code, {}).setdefault(identifier)
    return found


def _note_course(found: Survey, raw: Mapping[str, Any], place: int) -> None:
    code = identifier_of(raw, "code")
    if not code or not named(raw):
        return
    rank = identifier_of(raw, "createdAt").zfill(20)
    found.known.add(code)
    if code not in found.courses or rank > found.courses[code][0]:
        found.courses[code] = (rank, place)
    identifier = identifier_of(raw, "id")
    if identifier:
        found.codes[identifier] = code


def _note_unit(found: Survey, raw: Mapping[str, Any], name: str) -> None:
    identifier, code = identifier_of(raw, name), identifier_of(raw, "code")
    if code and named(raw):
        found.known.add(code)
        if identifier:
            found.codes.setdefault(identifier, code)


def _note_plan(found: Survey, root: Mapping[str, Any], place: int) -> None:
    is_open = says_open_university(named(root).values())
    for node, below in walk(root):
        if node.get("type") == UNIT:
            _note_unit(found, node, "id")
            if is_open:
                found.open_to_all.update(
                    name for name in (identifier_of(node, "code"), identifier_of(node, "id")) if name
                )
            continue
        identifier = identifier_of(node, "id", "code")
        told = len(below) + (1000 if node.get("descriptions") else 0)
        if identifier and (identifier not in found.nodes or told > found.nodes[identifier][0]):
            found.nodes[identifier] = (told, place)
        code = identifier_of(node, "code")
        if code and identifier:
            found.codes.setdefault(identifier, code)
