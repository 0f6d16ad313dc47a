"""From a run to its figures: rankings, decisions at the thresholds, calibration, intervals, speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from loaders.linking.evaluation.gold import GoldSet, GoldText
from loaders.linking.evaluation.metrics import (
    PRF,
    Curve,
    calibration_error,
    mean_interval,
    prf_intervals,
    r_precision_at,
    recall_at,
    reciprocal_rank,
    reliability,
    resampled,
)
from loaders.linking.evaluation.run import Ranking, Run

ACCEPT, REVIEW = 0.7, 0.2
"""Confidence from which a link counts by itself, and from which a person looks at it."""
RESAMPLES, SEED = 1000, 20260101
_TENTHS = [step / 10 for step in range(11)]
_POINTS = 60
"""Points of the precision-recall curve that are told, at even steps of recall."""

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """How to count."""

    accept: float = ACCEPT
    review: float = REVIEW
    strict: bool = False
    """Whether only the main skills are right; acceptable ones then count neither way."""
    resamples: int = RESAMPLES
    seed: int = SEED


def figures(gold: GoldSet, run: Run, wish: Wish) -> Figures:
    """Return all figures of one linker on one gold set, ready for JSON; shares are 0 to 1."""
    texts = gold.texts
    found: Figures = {
        "gold": gold.name,
        "method": run.method,
        "version": run.version,
        "status": run.status,
        **_part(texts, run.rankings, run.links, wish, everything=True),
    }
    for name, groups in (("by_language", "language"), ("by_kind", "kind"), ("by_topic", "topic")):
        values = sorted({getattr(text, groups) for text in texts} - {""})
        if len(values) > 1 or name == "by_language":
            found[name] = {}
            for value in values:
                at = [place for place, text in enumerate(texts) if getattr(text, groups) == value]
                found[name][value] = _part(
                    [texts[place] for place in at],
                    [run.rankings[place] for place in at],
                    [run.links[place] for place in at],
                    wish,
                )
    found["unknown_skills"] = dict(gold.unknown)
    found["alternative_labels"] = dict(gold.by_alternative)
    found["problems"] = len(gold.problems)
    found["prepare_seconds"] = round(run.prepare_seconds, 3)
    found["texts_per_second"] = round(len(texts) / run.seconds, 2) if run.seconds else 0.0
    found["link_texts_per_second"] = (
        round(len(texts) / run.link_seconds, 2) if run.link_seconds else 0.0
    )
    found["peak_megabytes"] = run.peak_megabytes
    return found


def _part(
    texts: Sequence[GoldText],
    rankings: Sequence[Ranking],
    links: Sequence[Ranking],
    wish: Wish,
    *,
    everything: bool = False,
) -> Figures:
    judged = [_judged(*pair, wish.strict) for pair in zip(texts, rankings, strict=True)]
    sizes = [len(text.gold(strict=wish.strict)) for text in texts]
    found: Figures = {
        "texts": len(texts),
        "texts_with_gold": sum(size > 0 for size in sizes),
        "gold_skills": sum(sizes),
    }
    intervals: dict[str, tuple[float, float]] = {}
    _ranking(judged, sizes, found, intervals, wish)
    _decisions(judged, sizes, found, intervals, wish)
    linked = [_judged(*pair, wish.strict) for pair in zip(texts, links, strict=True)]
    decided: Figures = {}
    spans: dict[str, tuple[float, float]] = {}
    _decisions(linked, sizes, decided, spans, wish)
    if everything:
        _curve(judged, sum(sizes), found, wish)
    found["links"] = {**decided, "intervals": spans}
    if any(text.wrong is not None for text in texts):
        found["unjudged@accept"] = _unjudged(texts, rankings, wish.accept, wish)
        found["unjudged@review"] = _unjudged(texts, rankings, wish.review, wish)
    found["intervals"] = intervals
    return found


def _judged(text: GoldText, ranking: Ranking, strict: bool) -> list[tuple[float, bool]]:
    """Return confidence and verdict of each proposal; those that count neither way are left out."""
    return [
        (confidence, verdict)
        for skill, confidence in ranking
        if (verdict := text.judge(skill, strict=strict)) is not None
    ]


def _ranking(
    judged: Sequence[list[tuple[float, bool]]],
    sizes: Sequence[int],
    found: Figures,
    intervals: dict[str, tuple[float, float]],
    wish: Wish,
) -> None:
    rows = [
        ([verdict for _, verdict in each], size)
        for each, size in zip(judged, sizes, strict=True)
        if size
    ]
    columns = {
        "r_precision@5": [r_precision_at(hits, size, 5) for hits, size in rows],
        "r_precision@10": [r_precision_at(hits, size, 10) for hits, size in rows],
        "mrr": [reciprocal_rank(hits) for hits, _ in rows],
        **{f"recall@{k}": [recall_at(hits, size, k) for hits, size in rows] for k in (5, 10, 50, 100)},
    }
    weights = resampled(len(rows), wish.resamples, wish.seed) if rows else None
    for name, values in columns.items():
        array = np.asarray(values, dtype=np.float64)
        found[name] = float(array.mean()) if len(array) else None
        if weights is not None:
            intervals[name] = mean_interval(array, weights)


def _decisions(
    judged: Sequence[list[tuple[float, bool]]],
    sizes: Sequence[int],
    found: Figures,
    intervals: dict[str, tuple[float, float]],
    wish: Wish,
) -> None:
    weights = resampled(len(sizes), wish.resamples, wish.seed) if sizes else None
    for name, threshold in (("accept", wish.accept), ("review", wish.review)):
        counts = np.asarray(
            [
                (
                    sum(verdict for confidence, verdict in each if confidence >= threshold),
                    sum(confidence >= threshold for confidence, _ in each),
                    size,
                )
                for each, size in zip(judged, sizes, strict=True)
            ],
            dtype=np.float64,
        ).reshape(-1, 3)
        right, proposed, gold = counts.sum(axis=0).tolist()
        found[f"threshold@{name}"] = threshold
        found[f"proposed@{name}"] = int(proposed)
        found[f"proposed_per_text@{name}"] = proposed / len(sizes) if sizes else 0.0
        found[f"proposed_without_gold@{name}"] = int(counts[counts[:, 2] == 0][:, 1].sum())
        for key, value in asdict(PRF.of(right, proposed, gold)).items():
            found[f"{key}@{name}"] = value
        if weights is not None:
            spans = prf_intervals(counts, weights)
            intervals.update({f"{key}@{name}": span for key, span in spans.items()})


def _curve(judged: Sequence[list[tuple[float, bool]]], gold: int, found: Figures, wish: Wish) -> None:
    rows = [row for each in judged for row in each]
    confidences = np.asarray([confidence for confidence, _ in rows], dtype=np.float64)
    right = np.asarray([verdict for _, verdict in rows], dtype=np.bool_)
    curve = Curve.of(confidences, right, gold)
    threshold, best = curve.best_f1()
    found |= {"best_f1": best.f1, "best_f1_threshold": threshold}
    found |= {"precision@best_f1": best.precision, "recall@best_f1": best.recall}
    bins = reliability(confidences, right, _TENTHS)
    shown = reliability(
        confidences, right, [wish.review, *(step for step in _TENTHS if step > wish.review)]
    )
    found |= {"ece": calibration_error(bins), "ece@review": calibration_error(shown)}
    found["reliability"] = [asdict(bin) for bin in bins]
    top = float(curve.recall[-1]) if len(curve.recall) else 0.0
    steps = np.searchsorted(curve.recall, np.linspace(0.0, top, _POINTS))
    at = sorted({0, *steps.tolist()}) if len(curve.recall) else []
    found["curve"] = [
        {
            "threshold": float(curve.thresholds[place]),
            "precision": float(curve.precision[place]),
            "recall": float(curve.recall[place]),
        }
        for place in at
    ]


def _unjudged(
    texts: Sequence[GoldText], rankings: Sequence[Ranking], threshold: float, wish: Wish
) -> int:
    return sum(
        confidence >= threshold and text.judge(skill, strict=wish.strict) is None
        for text, ranking in zip(texts, rankings, strict=True)
        for skill, confidence in ranking
    )
