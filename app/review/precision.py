"""How often links are right, by confidence: what the judgements say, with the interval they allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from app.review.store import Entry

EDGES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_Z = 1.959964
"""For intervals that hold the truth 95 times in 100."""


@dataclass(frozen=True, slots=True)
class Band:
    """Links of a range of confidence."""

    low: float
    high: float
    right: int
    judged: int
    mean: float
    """Mean confidence of those judged: what the linker promised."""

    @property
    def precision(self) -> float | None:
        """Share that is right; None without judgements."""
        return self.right / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval, 95 %; None without judgements."""
        return wilson(self.right, self.judged) if self.judged else None


def wilson(right: int, judged: int) -> tuple[float, float]:
    """Return Wilson's score interval of a share, 95 %."""
    share, square = right / judged, _Z * _Z
    middle = share + square / (2 * judged)
    half = _Z * sqrt(share * (1 - share) / judged + square / (4 * judged * judged))
    whole = 1 + square / judged
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def bands(entries: Iterable[Entry]) -> list[Band]:
    """Return the bands of confidence with what was judged in each; the last one is all together."""
    rows = [(one.judged.confidence, one.decision == "accept") for one in entries]
    found = [
        _band(low, high, [row for row in rows if low <= row[0] < high or (row[0] == high == 1.0)])
        for low, high in pairwise(EDGES)
    ]
    return [*found, _band(0.0, 1.0, rows)]


def _band(low: float, high: float, rows: list[tuple[float, bool]]) -> Band:
    mean = sum(row[0] for row in rows) / len(rows) if rows else 0.0
    return Band(low, high, sum(row[1] for row in rows), len(rows), mean)
