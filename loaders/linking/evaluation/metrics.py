"""The figures themselves, each a small function over one text or over all proposals.

Definitions and sources are in docs/evaluation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def r_precision_at(hits: Sequence[bool], gold: int, k: int) -> float:
    """Return the right ones among the first k, divided by min(k, number of gold skills)."""
    return sum(hits[:k]) / min(k, gold)


def reciprocal_rank(hits: Sequence[bool]) -> float:
    """Return 1 / rank of the first right one, 0 if there is none."""
    return next((1.0 / rank for rank, hit in enumerate(hits, 1) if hit), 0.0)


def recall_at(hits: Sequence[bool], gold: int, k: int) -> float:
    """Return the share of the gold skills that stand among the first k."""
    return sum(hits[:k]) / gold


@dataclass(frozen=True, slots=True)
class PRF:
    """Precision, recall and F1; each 0 where it has nothing to divide by."""

    precision: float
    recall: float
    f1: float

    @classmethod
    def of(cls, right: float, proposed: float, gold: float) -> PRF:
        """Make them from counts: right proposals, all proposals, all gold skills."""
        precision = right / proposed if proposed else 0.0
        recall = right / gold if gold else 0.0
        both = precision + recall
        return cls(precision, recall, 2 * precision * recall / both if both else 0.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision and recall at each confidence that occurs, falling."""

    thresholds: Floats
    precision: Floats
    recall: Floats

    @classmethod
    def of(cls, confidences: Floats, right: Bools, gold: int) -> Curve:
        """Make it from all proposals of all texts."""
        order = np.argsort(-confidences, kind="stable")
        sorted_ones, hits = confidences[order], np.cumsum(right[order])
        # Proposals of one confidence come and go together.
        last = np.flatnonzero(np.diff(sorted_ones, append=-1.0))
        found = hits[last].astype(np.float64)
        return cls(sorted_ones[last], found / (last + 1.0), found / max(gold, 1))

    def best_f1(self) -> tuple[float, PRF]:
        """Return the threshold with the best F1, and its figures."""
        if not len(self.thresholds):
            return 1.0, PRF(0.0, 0.0, 0.0)
        both = self.precision + self.recall
        f1 = np.divide(2 * self.precision * self.recall, both, out=np.zeros_like(both), where=both > 0)
        at = int(np.argmax(f1))
        return float(self.thresholds[at]), PRF(
            float(self.precision[at]), float(self.recall[at]), float(f1[at])
        )


@dataclass(frozen=True, slots=True)
class Bin:
    """The proposals of a band of confidence: what was promised and what came of it."""

    low: float
    high: float
    n: int
    confidence: float
    observed: float


def reliability(confidences: Floats, right: Bools, edges: Sequence[float]) -> list[Bin]:
    """Return the bands between the edges, the last with its upper edge; empty ones are left out."""
    found = []
    for low, high in pairwise(edges):
        within = (confidences >= low) & ((confidences < high) | (high == edges[-1]))
        n = int(within.sum())
        if n:
            mean, seen = float(confidences[within].mean()), float(right[within].mean())
            found.append(Bin(low, high, n, mean, seen))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: mean of |promised - observed|, weighted by n."""
    total = sum(bin.n for bin in bins)
    return sum(bin.n * abs(bin.confidence - bin.observed) for bin in bins) / total if total else 0.0


def resampled(n: int, resamples: int, seed: int) -> Floats:
    """Return how often each of n texts is drawn in each resample (n draws with replacement)."""
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), size=resamples)
    return draws.astype(np.float64)


def mean_interval(values: Floats, weights: Floats) -> tuple[float, float]:
    """Return the 95 % percentile interval of a mean; `weights` come from `resampled`."""
    low, high = np.percentile(weights @ values / len(values), (2.5, 97.5))
    return float(low), float(high)


def prf_intervals(counts: Floats, weights: Floats) -> dict[str, tuple[float, float]]:
    """Return the intervals of precision, recall and F1 from rows of (right, proposed, gold) by text."""
    figures = [PRF.of(*row) for row in (weights @ counts).tolist()]
    found = {}
    for name in ("precision", "recall", "f1"):
        low, high = np.percentile([getattr(each, name) for each in figures], (2.5, 97.5))
        found[name] = (float(low), float(high))
    return found
