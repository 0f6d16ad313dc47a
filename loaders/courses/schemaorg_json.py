"""The JSON of schema.org in one form: bare names of properties and types, nothing of persons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Node = Mapping[str, Any]
COURSES = ("Course", "EducationalOccupationalProgram", "WorkBasedProgram")
INSTANCE = "CourseInstance"
ORGANISATIONS = (
    "CollegeOrUniversity", "EducationalOrganization", "Organization", "School", "Corporation",
)  # fmt: skip
REFERENCE = frozenset(("@id", "@type", "url"))
"""What a thing has that is only referred to."""
_DEPTH = 40
_SPACE = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:|sdo:|s:)")
_KEYWORDS = {"type": "@type", "id": "@id"}
_PERSONAL = frozenset(
    (
        "instructor", "performer", "attendee", "actor", "contributor", "contactPoint", "telephone",
        "email", "review", "alumni", "employee", "member", "founder", "aggregateRating",
    )
)  # fmt: skip


def cleaned(value: object, depth: int = 0) -> Any:  # noqa: ANN401 (JSON)
    """Return JSON with the bare names of schema.org, without persons and what nests too deeply."""
    if isinstance(value, Mapping):
        found: dict[str, Any] = {}
        for key, inner in value.items():
            name = _KEYWORDS.get(key) or _SPACE.sub("", str(key))
            if name in _PERSONAL or name == "@context" or depth > _DEPTH:
                continue
            kept = cleaned(inner, depth + 1)
            if kept is not None:
                found.setdefault(name, kept)
        for name in ("@list", "@set"):
            if name in found:
                return listed(found[name])
        return None if "Person" in types_of(found) else found
    if isinstance(value, list):
        parts = (cleaned(inner, depth + 1) for inner in value if depth <= _DEPTH)
        return [one for part in parts for one in listed(part)]
    return value


def types_of(node: Node) -> tuple[str, ...]:
    """Return the types of a thing by their bare names."""
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return tuple(_SPACE.sub("", name) for name in names if isinstance(name, str))


def listed(value: object) -> list[Any]:
    """Return a list without its nulls, one value as a list of one, None as an empty list."""
    if value is None:
        return []
    return [inner for inner in value if inner is not None] if isinstance(value, list) else [value]


def single(node: Node, *names: str) -> Any:  # noqa: ANN401 (JSON)
    """Return the first bare value of the first property that has one, None if none has."""
    for name in names:
        for value in listed(node.get(name)):
            bare = value.get("@value", value.get("@id")) if isinstance(value, Mapping) else value
            if bare not in (None, "") and not isinstance(bare, list | Mapping):
                return bare
    return None
