"""How much a kind of match is worth, and what never counts: the figures of `calibration.toml`.

The figures are measured precisions, see `docs/linking.md`. They are data, so that new judgements
change a file and no code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class MatchKind:
    """What kind of match spoke for a skill."""

    preferred: bool
    one_word: bool
    shared: bool
    """Whether the same words name several skills."""
    name: bool
    """Whether it is a name that was written as such (Python, SQL)."""
    translated: bool
    """Whether one word stands for a skill that English names in several."""
    field: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidences by kind of match."""

    precision: Mapping[str, float]
    field_factor: Mapping[str, float]
    second_field: float
    """What a second field (or a second label) adds of the way to certainty."""
    generic_limit: float
    """Most that transversal and generic skills reach, unless a course's title names them."""
    highest: float
    generic: frozenset[str]
    stopped: frozenset[str]
    """Skills that are not linked by their labels, with reasons in the file."""

    @classmethod
    def load(cls) -> Calibration:
        """Read the calibration that comes with the program."""
        text = (files("loaders.linking") / "calibration.toml").read_text(encoding="utf-8")
        data: dict[str, Any] = tomllib.loads(text)
        return cls(
            precision=data["precision"],
            field_factor=data["field_factor"],
            second_field=data["second_field"],
            generic_limit=data["generic_limit"],
            highest=data["highest"],
            generic=frozenset(row["skill"] for row in data["generic"]),
            stopped=frozenset(row["skill"] for row in data["stop"]),
        )

    def is_name(self, label: str) -> bool:
        """Whether a label must be written in a text exactly as it stands.

        Single words with a capital letter (Scala, JavaScript, SQL, Swedish) and of one or two
        letters (R, C#).
        """
        return " " not in label and (len(label) <= 2 or any(map(str.isupper, label)))

    def confidence(self, skill: str, kinds: Iterable[MatchKind], transversal: bool) -> float:
        """Return the probability that a skill for which these matches speak is right."""
        by_field: dict[str, float] = {}
        for kind in kinds:
            value = self.precision[precision_key(kind)] * self.field_factor[kind.field]
            by_field[kind.field] = max(by_field.get(kind.field, 0.0), min(value, self.highest))
        values = sorted(by_field.values(), reverse=True)
        best = values[0]
        if len(values) > 1:
            best += (1.0 - best) * self.second_field * values[1]
        only_in_titles = transversal or skill in self.generic
        limit = self.generic_limit if only_in_titles and "title" not in by_field else self.highest
        return round(min(best, limit), 4)


def precision_key(kind: MatchKind) -> str:
    """Return the name of a match's kind in the calibration file."""
    if kind.shared:
        return "shared"
    if not kind.preferred:
        return "alternative_one_word" if kind.one_word else "alternative_words"
    if kind.name:
        return "preferred_name"
    if kind.translated:
        return "preferred_translated"
    return "preferred_one_word" if kind.one_word else "preferred_words"
