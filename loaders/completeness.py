"""How complete the records of a load are: for each kind of thing and field, how many have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

from graph.records import ConceptRelation, Record, SkillLink

_UNCOUNTED = (ConceptRelation, SkillLink)
"""Edges, not things: a relation has all of its parts or does not exist."""


class Completeness:
    """Counts the filled fields of records as they pass."""

    def __init__(self) -> None:
        self._total: dict[str, int] = {}
        self._filled: dict[str, list[int]] = {}
        self._languages: dict[tuple[str, str, str], int] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def add(self, record: Record) -> None:
        """Count one record."""
        if isinstance(record, _UNCOUNTED):
            return
        cls: type[Any] = type(record)
        kind = cls.__name__
        names, values_of = _reader(cls)  # type: ignore[arg-type]  # a class is hashable
        if kind not in self._total:
            self._total[kind] = 0
            self._filled[kind] = [0] * len(names)
            self._names[kind] = names
        self._total[kind] += 1
        filled = self._filled[kind]
        for place, value in enumerate(values_of(record)):
            # `False` and 0 are something said; None and empty texts, tuples and mappings are not.
            if value or value is False or (value == 0 and not isinstance(value, str | tuple | dict)):
                filled[place] += 1
                if isinstance(value, Mapping):
                    for language in value:
                        key = (kind, names[place], language)
                        self._languages[key] = self._languages.get(key, 0) + 1

    def to_json(self) -> dict[str, Any]:
        """Return `{kind: {"total": n, "fields": {field: n}, "languages": {field: {lang: n}}}}`."""
        report: dict[str, Any] = {}
        for kind, total in sorted(self._total.items()):
            counts = dict(zip(self._names[kind], self._filled[kind], strict=True))
            report[kind] = {"total": total, "fields": counts, "languages": {}}
        for (kind, name, language), count in sorted(self._languages.items()):
            report[kind]["languages"].setdefault(name, {})[language] = count
        return report


@lru_cache(maxsize=64)
def _reader(cls: type[Any]) -> tuple[tuple[str, ...], attrgetter[tuple[Any, ...]]]:
    names = tuple(item.name for item in fields(cls))
    return names, attrgetter(*names)
