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
    field: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidences by kind of match."""

    precision: Mapping[str, float]
    field_factor: Mapping[str, float]
    second_field: float
    """What a second field (or a second label) adds of the way to certainty."""
    transversal_limit: float
    highest: float
    names: frozenset[str]
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
            transversal_limit=data["transversal_limit"],
            highest=data["highest"],
            names=frozenset(data["names"]["words"]),
            stopped=frozenset(row["skill"] for row in data["stop"]),
        )

    def is_name(self, label: str) -> bool:
        """Whether a label must be written in a text exactly as it stands.

        One or two letters (R, C, Go), abbreviations in capitals, and names that are common words.
        """
        single = " " not in label
        short = len(label) <= 2
        capitals = len(label) <= 6 and label.upper() == label and any(map(str.isalpha, label))
        return label in self.names or (single and (short or capitals))

    def confidence(self, kinds: Iterable[MatchKind], transversal: bool) -> float:
        """Return the probability that a skill for which these matches speak is right."""
        by_field: dict[str, float] = {}
        for kind in kinds:
            value = self.precision[precision_key(kind)] * self.field_factor[kind.field]
            by_field[kind.field] = max(by_field.get(kind.field, 0.0), value)
        values = sorted(by_field.values(), reverse=True)
        best = values[0]
        if len(values) > 1:
            best += (1.0 - best) * self.second_field * values[1]
        limit = self.transversal_limit if transversal else self.highest
        return round(min(best, limit), 4)


def precision_key(kind: MatchKind) -> str:
    """Return the name of a match's kind in the calibration file."""
    if kind.shared:
        return "shared"
    label = "preferred" if kind.preferred else "alternative"
    if kind.name:
        return f"{label}_name"
    return f"{label}_{'one_word' if kind.one_word else 'words'}"
