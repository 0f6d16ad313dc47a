"""How complete the records of a load are: for each kind of thing and field, how many have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any

from graph.records import ConceptRelation, Record, SkillLink

_UNCOUNTED = frozenset((ConceptRelation, SkillLink))
"""Edges, not things: a relation has all of its parts or does not exist."""
_EMPTY: tuple[object, ...] = (None, "", (), {})
# `False` and 0 are something said, so truth alone does not tell.


class Completeness:
    """Counts the filled fields of records as they pass."""

    def __init__(self) -> None:
        self._total: dict[type, int] = {}
        self._full: dict[type, int] = {}
        """Records that have every field; they are not in `_filled`."""
        self._filled: dict[type, list[int]] = {}
        self._languages: dict[tuple[type, int, str], int] = {}

    def add(self, records: Iterable[Record]) -> None:
        """Count some records."""
        by_kind: dict[type, list[Record]] = {}
        for record in records:
            by_kind.setdefault(type(record), []).append(record)
        for cls, group in by_kind.items():
            if cls not in _UNCOUNTED:
                self._add(cls, group)

    def _add(self, cls: Any, records: Sequence[Record]) -> None:  # noqa: ANN401  # a dataclass
        if cls not in self._total:
            self._total[cls] = 0
            self._full[cls] = 0
            self._filled[cls] = [0] * len(fields(cls))
        self._total[cls] += len(records)
        of_all = list(map(_values(cls), records))
        if _is_plain(cls):
            some = [values for values in of_all if not all(values)]
            self._full[cls] += len(of_all) - len(some)
            of_all = some
        filled = self._filled[cls]
        for values in of_all:
            for place, value in enumerate(values):
                if value or value not in _EMPTY:
                    filled[place] += 1
                    if type(value) is dict:
                        for language in value:
                            key = (cls, place, language)
                            self._languages[key] = self._languages.get(key, 0) + 1

    def update(self, part: Completeness) -> None:
        """Add what another one has counted."""
        for cls, total in part._total.items():
            filled = self._filled.get(cls, [0] * len(fields(cls)))
            self._total[cls] = self._total.get(cls, 0) + total
            self._full[cls] = self._full.get(cls, 0) + part._full[cls]
            self._filled[cls] = [a + b for a, b in zip(filled, part._filled[cls], strict=True)]
        for key, count in part._languages.items():
            self._languages[key] = self._languages.get(key, 0) + count

    def to_json(self) -> dict[str, Any]:
        """Return `{kind: {"total": n, "fields": {field: n}, "languages": {field: {lang: n}}}}`."""
        report: dict[str, Any] = {}
        for cls, total in sorted(self._total.items(), key=lambda item: item[0].__name__):
            full = self._full[cls]
            counts = {
                name: full + count for name, count in zip(_names(cls), self._filled[cls], strict=True)
            }
            report[cls.__name__] = {"total": total, "fields": counts, "languages": {}}
        for (cls, place, language), count in self._languages.items():
            by_language = report[cls.__name__]["languages"].setdefault(_names(cls)[place], {})
            by_language[language] = count
        return report


@cache
def _names(cls: Any) -> tuple[str, ...]:  # noqa: ANN401  # a dataclass
    return tuple(item.name for item in fields(cls))


@cache
def _values(cls: Any) -> attrgetter[tuple[Any, ...]]:  # noqa: ANN401  # a dataclass
    return attrgetter(*_names(cls))


@cache
def _is_plain(cls: Any) -> bool:  # noqa: ANN401  # a dataclass
    """Whether no field of a kind of record holds texts by language."""
    return not any("LangText" in item.type or "Mapping" in item.type for item in fields(cls))
