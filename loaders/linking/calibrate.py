"""From the re-ranker's score to a probability that was observed: a curve of points, without steps.

`isotonic` learns it from scores with judgements (pool adjacent violators); the points are stored as
numbers and joined by straight lines.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def isotonic(scores: Numbers, right: Numbers, least: int = 15) -> list[tuple[float, float]]:
    """Return the points of a rising curve from score to share of right ones.

    Args:
        scores: any numbers that rise with the probability.
        right: 1 for right, 0 for wrong, one per score.
        least: judgements on which a point rests at least.
    """
    order = np.argsort(scores, kind="stable")
    blocks: list[list[float]] = []  # sum of scores, sum of right, count
    for score, is_right in zip(scores[order], right[order], strict=True):
        blocks.append([float(score), float(is_right), 1.0])
        while len(blocks) > 1 and (
            blocks[-2][2] < least or blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]
        ):
            last = blocks.pop()
            blocks[-1] = [one + other for one, other in zip(blocks[-1], last, strict=True)]
    # One wrong and one right beyond what was seen: no block is certain.
    return [
        (round(total / count, 4), round((hits + 0.5) / (count + 1.0), 4))
        for total, hits, count in blocks
    ]


def on_line(value: float, points: Sequence[tuple[float, float]]) -> float:
    """Return the height of a line through points at one place."""
    at, height = zip(*points, strict=True)
    return float(np.interp(value, at, height))


def probability(scores: Numbers, points: Sequence[tuple[float, float]]) -> Numbers:
    """Return the probabilities of scores by a curve; no points: the logistic function."""
    if not points:
        curve: Numbers = 1.0 / (1.0 + np.exp(-scores))
        return curve
    at, value = np.array(points, np.float64).T
    found: Numbers = np.interp(scores, at, np.maximum.accumulate(value))
    return found
