"""What a further description of a course adds to those before: one fact is told once.

A web site describes a course in a list and on its own page, on one page per language. Neither is the
better one; the graph takes the first of each fact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from graph.records import Course

_IDENTITY = ("university", "code", "kind")


class Additions:
    """Remembers of each course which facts were told: names of fields, and languages of texts."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], frozenset[str]] = {}
        self._sets: dict[frozenset[str], frozenset[str]] = {}
        """Courses of one site tell the same facts: each set of names is kept once."""
        self._kinds: dict[tuple[str, str], str] = {}

    def new(self, course: Course) -> Course | None:
        """Return the course with the facts that were not told of it yet, None if there are none."""
        identity = (course.university, course.code)
        before = self._told.get(identity, frozenset())
        told = set(before)
        changes: dict[str, Any] = {}
        for field in fields(course):
            if field.name not in _IDENTITY:
                kept, facts = _untold(field.name, getattr(course, field.name), told)
                changes[field.name] = field.default if kept is None else kept
                told |= facts
        facts_now = frozenset(told)
        self._told[identity] = self._sets.setdefault(facts_now, facts_now)
        # Every description has a kind; that alone adds nothing.
        kind = self._kinds.setdefault(identity, course.kind)
        return replace(course, **changes, kind=kind) if len(told) > len(before) else None


def _untold(name: str, value: Any, told: Collection[str]) -> tuple[Any, set[str]]:  # noqa: ANN401 (any field)
    """Return what of a field was not told, None for nothing, and the facts that it tells."""
    if isinstance(value, Mapping):
        kept: Any = {key: text for key, text in value.items() if f"{name}@{key}" not in told}
        return kept, {f"{name}@{key}" for key in kept}
    if name == "learning_outcomes":
        kept = tuple(one for one in value if not any(f"{name}@{key}" in told for key in one.text))
        return kept, {f"{name}@{key}" for one in kept for key in one.text}
    if value in (None, ()) or name in told:
        return None, set()
    return value, {name}
