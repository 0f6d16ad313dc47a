"""Learn anew from people's decisions on links, from the shipped weights of wholes on (`whole.py`).

The decisions are about proposals on real texts, and few, so the shipped weights are held by a ridge
penalty: without a judgement nothing changes, and what decides after them (rules) stays.
docs/review.md has the figures behind the constants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import mannwhitneyu

from loaders.linking.calibrate import Numbers, isotonic, probability
from loaders.linking.evaluation.metrics import PRF, reliability
from loaders.linking.examples import Mask, Table
from loaders.linking.hybrid import LEAST, LexicalLinker
from loaders.linking.learned import Learned, weights_digest
from loaders.linking.rerank import Weights, fit
from loaders.linking.whole import WholeWeights, shipped_whole

HOLD = 300.0
"""How strongly weights are held at the shipped ones (see `rerank.fit`). It looks much: the features of
proposals lie far from those of the usual candidate, so each judgement pulls at many weights at once."""
CURVE_FROM = 200
"""Judgements from which the curve to probabilities is learned too; of n judgements it counts
n / (n + CURVE_FROM) beside the shipped one."""
CONCEPT = 4.0
"""Judgements that a concept is taken to have had as expected, before its own count (Beta prior)."""
CHANCE = 0.05
"""Probability of chance from which people and weights are not said to agree."""
FOLDS = 5
_CLIP = 0.01
_PLACES = tuple(float(each) for each in np.linspace(-8.0, 8.0, 33))
"""Scores at which a curve that is learned begins from the logistic function."""
_BANDS = (LEAST, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Retrained:
    """New weights, and what they are worth."""

    learned: Learned
    before: dict[str, Any]
    """Figures of the weights in use, on the judgements held out."""
    after: dict[str, Any]
    """Those of the new weights."""
    chance: float
    """Probability that judgements at random would agree so well with weights that did not see them."""
    problems: tuple[str, ...]
    """Why the new weights should not be used, in sentences."""


def retrain(table: Table, linker: LexicalLinker, date: str, threshold: float) -> Retrained:
    """Learn from the examples that are not held out, and measure on those that are.

    Args:
        table: the examples as `linker` sees them.
        linker: the linker with the weights in use.
        date: today, ISO 8601.
        threshold: confidence from which a link counts.
    """
    shipped = shipped_whole(linker.weights_name).weights
    part, rest = table.chosen(~table.held_out), table.chosen(table.held_out)
    learned = learn(part, shipped, date)
    before = figures(
        rest.confidences(linker.whole.weights, _said(linker.learned)), rest.right, threshold
    )
    confidences = rest.confidences(learned.weights, _said(learned))
    after = figures(confidences, rest.right, threshold)
    all_unseen = np.concatenate([unseen(part, shipped), confidences])
    chance = by_chance(all_unseen, np.concatenate([part.right, rest.right]))
    return Retrained(learned, before, after, chance, tuple(_problems(before, after, chance)))


def learn(part: Table, shipped: Weights, date: str, least: int = CURVE_FROM) -> Learned:
    """Return what the examples of a table teach; none of those held out may be among them."""
    weights = moved(part, shipped)
    if len(part) >= least:
        weights = replace(weights, curve=blended(part, shipped, len(part) / (len(part) + least)))
    shifts = shifts_of(part.skills, part.right, part.known(weights))
    return Learned(weights, shifts, weights_digest(shipped), date)


def moved(table: Table, shipped: Weights, hold: float = HOLD) -> Weights:
    """Return the shipped weights as judgements move them; the curve stays.

    Args:
        table: the examples to learn from.
        shipped: where to begin.
        hold: see `HOLD`.
    """
    # The other candidates count nothing; they tell how far each feature is spread.
    rows = np.vstack([table.rows, table.others]).astype(np.float64)
    nothing = np.zeros(len(table.others))
    right = np.concatenate([table.right, nothing])
    importance = np.concatenate([table.importance, nothing])
    new = fit(shipped.features, rows, right, importance, hold, shipped)
    return replace(new, curve=shipped.curve)


def shifts_of(
    skills: Sequence[str], right: Numbers, known: Numbers, strength: float = CONCEPT
) -> dict[str, float]:
    """Return what people's word on each concept adds to its log-odds.

    A Beta prior with `strength` judgements that came out as expected, for what was found and for what
    was expected: no judgement, or as many accepted as expected, give 0.

    Args:
        skills: the skill of each judged link.
        right: 1 if people accepted it, 0 if not.
        known: the probability that was expected.
        strength: of the prior, in judgements.
    """
    shifts = {}
    names = np.array(skills, dtype=object)
    for skill in sorted(set(skills)):
        mine = names == skill
        judged, half = float(mine.sum()), strength / 2
        accepted, expected = float(right[mine].sum()), float(known[mine].sum())
        found = (accepted + half) / (judged - accepted + half)
        awaited = (expected + half) / (judged - expected + half)
        shifts[skill] = round(float(np.log(found / awaited)), 4)
    return shifts


def blended(table: Table, shipped: Weights, share: float) -> Curve:
    """Return a curve between the shipped one and one learned from scores of unseen sentences.

    Below the lowest judged scores nobody knows anything new: the shipped curve stays.

    Args:
        table: the examples.
        shipped: the weights with which to begin.
        share: how much the learned curve counts, 0 to 1.
    """
    scores = shipped.score(table.rows)
    for out in _folds(table):
        scores[out] = moved(table.chosen(~out), shipped).score(table.rows[out])
    points = np.array(isotonic(scores, table.right))
    begun = [x for x, _ in shipped.curve] or _PLACES
    places = sorted({*points[:, 0].tolist(), *begun})
    old = probability(np.array(places), shipped.curve)
    new = probability(np.array(places), [(float(x), float(y)) for x, y in points])
    mixed = np.where(np.array(places) < points[0, 0], old, (1 - share) * old + share * new)
    rising = np.maximum.accumulate(mixed)
    return tuple((round(x, 4), round(float(y), 4)) for x, y in zip(places, rising, strict=True))


def _folds(table: Table) -> Iterator[Mask]:
    """Yield masks of the folds: all examples of a subject are in one."""
    for fold in range(FOLDS):
        out = table.subject % FOLDS == fold
        if out.any() and not out.all():
            yield out


def unseen(table: Table, shipped: Weights) -> Numbers:
    """Return the confidence of each example by weights that saw only other subjects."""
    found = table.confidences(shipped)
    for out in _folds(table):
        learned = learn(table.chosen(~out), shipped, "")
        found[out] = table.chosen(out).confidences(learned.weights, _said(learned))
    return found


def _said(learned: Learned | None) -> WholeWeights | None:
    return WholeWeights(learned.weights, learned.concepts) if learned else None


def by_chance(confidences: Numbers, right: Numbers) -> float:
    """Return how probable so good an order is if the judgements had nothing to do with it.

    Mann and Whitney's test, one-sided; 1 if all judgements are alike.
    """
    if right.min(initial=1.0) == right.max(initial=0.0):
        return 1.0
    test = mannwhitneyu(confidences[right == 1], confidences[right == 0], alternative="greater")
    return float(test.pvalue)


def figures(confidences: Numbers, right: Numbers, threshold: float) -> dict[str, Any]:
    """Return what confidences are worth on judged links.

    A link that would not be proposed counts as half of the least confidence in `log_loss` and `brier`.
    """
    taken = np.where(confidences < LEAST, LEAST / 2, np.clip(confidences, _CLIP, 1 - _CLIP))
    counts = confidences >= threshold
    hits = float(right[counts].sum())
    measured = PRF.of(hits, float(counts.sum()), float(right.sum()))
    n = max(len(right), 1)
    loss = -(right * np.log(taken) + (1 - right) * np.log(1 - taken)).sum() / n
    bins = reliability(confidences, right.astype(np.bool_), _BANDS)
    return {
        "judgements": len(right),
        "right": int(right.sum()),
        "log_loss": round(float(loss), 4),
        "brier": round(float(((taken - right) ** 2).sum() / n), 4),
        "counting": int(counts.sum()),
        "precision": round(measured.precision, 4) if counts.any() else None,
        "recall": round(measured.recall, 4) if right.any() else None,
        "reliability": [
            [each.low, each.high, each.n, round(each.confidence, 4), round(each.observed, 4)]
            for each in bins
        ],
    }


def _problems(before: dict[str, Any], after: dict[str, Any], chance: float) -> Iterator[str]:
    n, old, new = before["judgements"], before["log_loss"], after["log_loss"]
    if not n:
        yield (
            "No judged subject is among the fifth that is held out, so nobody can tell whether the "
            "new weights are better; judge more links."
        )
    elif new > old:
        yield (
            f"On the {n} judgements held out the new weights are worse than those in use (log loss "
            f"{new:g} instead of {old:g}); judge more links."
        )
    if chance >= CHANCE:
        yield (
            "Judgements of sentences that the new weights did not see agree with them no better than "
            f"chance may do (p = {chance:.2g}); judge more links, and look through the decisions."
        )
