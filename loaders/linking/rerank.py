"""The re-ranker: a weighted sum of features, learned from judged sentences (`scripts/train_linker.py`).

The weights are numbers in `rerank.json`, one set with and one without the features of the model.
`fit` learns weights anew; it can begin from weights that exist and stay near them (new judgements).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np
from scipy.optimize import minimize

from loaders.linking.calibrate import Numbers, probability
from loaders.linking.index import Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """One learned sum: a weight per feature, a constant, and the curve to probabilities."""

    features: tuple[str, ...]
    weights: Numbers
    constant: float
    curve: tuple[tuple[float, float], ...] = field(default=())

    def score(self, rows: Floats) -> Numbers:
        """Return the log-odds of candidates (rows of features)."""
        scores: Numbers = rows.astype(np.float64) @ self.weights + self.constant
        return scores

    def confidence(self, scores: Numbers) -> Numbers:
        """Return the probabilities that candidates with these scores are right."""
        return probability(scores, self.curve)

    def spoken(self, row: Floats, usual: Floats) -> Floats:
        """Return what each feature of a candidate adds, compared with the usual candidate."""
        added: Floats = ((row - usual) * self.weights).astype(np.float32)
        return added

    def block(self, prefix: str, names: Sequence[str]) -> Weights:
        """Return the weights of some features whose names begin so; those without a weight have 0."""
        known = dict(zip(self.features, self.weights.tolist(), strict=True))
        weights = np.array([known.get(f"{prefix}{name}", 0.0) for name in names], np.float64)
        return Weights(tuple(names), weights, self.constant, self.curve)

    def row(self, prefix: str, features: Mapping[str, float]) -> list[float]:
        """Return the features of a block as a row of all features: 0 in the other blocks."""
        named = {f"{prefix}{name}": value for name, value in features.items()}
        return [named.get(name, 0.0) for name in self.features]

    def to_json(self) -> dict[str, Any]:
        """Return the weights for a file."""
        return {
            "weights": {
                name: round(float(value), 5)
                for name, value in zip(self.features, self.weights, strict=True)
            },
            "constant": round(self.constant, 5),
            "curve": [list(point) for point in self.curve],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Weights:
        """Read what `to_json` gave."""
        return cls(
            features=tuple(data["weights"]),
            weights=np.array(list(data["weights"].values()), np.float64),
            constant=float(data["constant"]),
            curve=tuple((float(x), float(y)) for x, y in data["curve"]),
        )


def shipped_weights(name: str) -> Weights:
    """Return the weights `hybrid` or `lexical` that come with the program."""
    text = (files("loaders.linking") / "rerank.json").read_text(encoding="utf-8")
    return Weights.from_json(json.loads(text)[name])


def fit(
    features: Sequence[str],
    rows: Numbers,
    right: Numbers,
    importance: Numbers | None = None,
    hold: float = 3.0,
    prior: Weights | None = None,
) -> Weights:
    """Learn weights by logistic regression.

    Args:
        features: names of the columns.
        rows: one row per judged candidate.
        right: 1 or 0 per row.
        importance: how much each row counts (default 1).
        hold: how strongly weights are held at zero, or at `prior` (in units of each feature's spread).
        prior: weights to stay near.
    """
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    scaled = np.hstack([(rows - mean) / spread, np.ones((len(rows), 1))])
    counts = np.ones(len(right)) if importance is None else importance
    start = np.zeros(scaled.shape[1])
    if prior is not None:
        start[:-1] = prior.weights * spread
        start[-1] = prior.constant + float(prior.weights @ mean)

    def loss(point: Numbers) -> tuple[float, Numbers]:
        score = scaled @ point
        gap = 1.0 / (1.0 + np.exp(-np.clip(score, -40, 40))) - right
        cost = counts @ (np.logaddexp(0.0, score) - right * score)
        away = point - start
        if prior is None:
            away[-1] = 0.0
        return float(cost + 0.5 * hold * away @ away), scaled.T @ (counts * gap) + hold * away

    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    weights = best[:-1] / spread
    return Weights(tuple(features), weights, float(best[-1] - weights @ mean))
