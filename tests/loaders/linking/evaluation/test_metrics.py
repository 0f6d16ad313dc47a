"""Figures against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

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

HITS = [False, True, True, False, False, True]


def test_r_precision_divides_by_the_smaller_of_k_and_the_gold_skills() -> None:
    assert r_precision_at(HITS, 3, 5) == pytest.approx(2 / 3)
    assert r_precision_at(HITS, 8, 5) == pytest.approx(2 / 5)
    assert r_precision_at(HITS, 3, 10) == 1.0
    assert r_precision_at([], 3, 5) == 0.0


def test_reciprocal_rank_is_that_of_the_first_right_one() -> None:
    assert reciprocal_rank(HITS) == 0.5
    assert reciprocal_rank([False] * 4) == 0.0


def test_recall_counts_every_gold_skill() -> None:
    assert recall_at(HITS, 8, 5) == 0.25
    assert recall_at(HITS, 3, 2) == pytest.approx(1 / 3)


def test_precision_recall_f1_from_counts() -> None:
    assert PRF.of(3, 4, 6) == PRF(0.75, 0.5, 0.6)
    assert PRF.of(0, 0, 6) == PRF(0.0, 0.0, 0.0)
    assert PRF.of(0, 3, 0) == PRF(0.0, 0.0, 0.0)


def test_the_curve_takes_equal_confidences_together() -> None:
    curve = Curve.of(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, True]), 4)
    assert curve.thresholds.tolist() == [0.9, 0.5, 0.1]
    assert curve.precision.tolist() == pytest.approx([1.0, 2 / 3, 3 / 4])
    assert curve.recall.tolist() == [0.25, 0.5, 0.75]
    threshold, best = curve.best_f1()
    assert threshold == 0.1
    assert best.f1 == 0.75


def test_a_curve_of_nothing_is_empty() -> None:
    curve = Curve.of(np.array([]), np.array([], dtype=bool), 4)
    assert len(curve.thresholds) == 0
    assert curve.best_f1()[1] == PRF(0.0, 0.0, 0.0)


def test_reliability_compares_promise_and_outcome_by_band() -> None:
    confidences = np.array([0.1, 0.15, 0.8, 1.0])
    right = np.array([False, True, True, False])
    bins = reliability(confidences, right, [0.0, 0.5, 0.8, 1.0])
    assert [(bin.low, bin.n) for bin in bins] == [(0.0, 2), (0.8, 2)]
    assert bins[0].confidence == pytest.approx(0.125)
    assert bins[0].observed == 0.5
    # (2 · |0.125 - 0.5| + 2 · |0.9 - 0.5|) / 4
    assert calibration_error(bins) == pytest.approx(0.3875)
    assert calibration_error([]) == 0.0


def test_intervals_are_the_same_each_time_and_hold_the_mean() -> None:
    values = np.array([0.0, 1.0, 1.0, 0.5, 0.0, 1.0, 0.25, 0.75])
    first = mean_interval(values, resampled(8, 1000, 7))
    assert first == mean_interval(values, resampled(8, 1000, 7))
    assert first != mean_interval(values, resampled(8, 1000, 8))
    assert first[0] < values.mean() < first[1]


def test_equal_texts_give_an_interval_of_no_width() -> None:
    spans = prf_intervals(np.array([[1.0, 2.0, 2.0]] * 5), resampled(5, 50, 1))
    assert spans["precision"] == (0.5, 0.5)
    assert spans["f1"] == (0.5, 0.5)


def test_every_resample_draws_as_many_texts_as_there_are() -> None:
    assert resampled(6, 20, 3).sum(axis=1).tolist() == [6.0] * 20
