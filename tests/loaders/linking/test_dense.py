from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from loaders.linking.dense import CachedEncoder


class Counting:
    name = "counting"
    dimension = 4
    threads = 2

    def __init__(self) -> None:
        self.computed: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.computed += texts
        return np.array([[len(text), 1 / 3, 0, 0] for text in texts], np.float32)


def test_each_text_is_computed_once_and_by_one_run_only(tmp_path: Path) -> None:
    first = Counting()
    rows = CachedEncoder(first, tmp_path).encode(["a", "bb", "a"])
    assert first.computed == ["a", "bb"]
    assert rows[:, 0].tolist() == [1, 2, 1]
    second = Counting()
    again = CachedEncoder(second, tmp_path).encode(["bb", "ccc", "a"])
    assert second.computed == ["ccc"]
    assert np.array_equal(again[0], rows[1])  # from the disk or new: the same numbers


def test_memory_is_bounded(tmp_path: Path) -> None:
    encoder = CachedEncoder(Counting(), None, keep=10)
    for begin in range(0, 100, 5):
        encoder.encode([f"text {number}" for number in range(begin, begin + 5)])
        assert len(encoder._known) <= 10
    assert encoder.encode([]).shape == (0, 4)


def test_names_are_kept_by_list_and_progress_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("loaders.linking.dense._NAMES", 2)
    told: list[tuple[int, int]] = []
    encoder = CachedEncoder(Counting(), tmp_path)
    encoder.tell = lambda done, total: told.append((done, total))
    rows = encoder.index_vectors(["a", "bb", "ccc"])
    assert told == [(0, 3), (2, 3), (3, 3)]
    again = Counting()
    assert np.array_equal(CachedEncoder(again, tmp_path).index_vectors(["a", "bb", "ccc"]), rows)
    assert again.computed == []
