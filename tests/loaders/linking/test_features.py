from __future__ import annotations

import numpy as np
import pytest

from loaders.linking.features import BLOCKS, HERE, all_features, block_of, features
from loaders.linking.rerank import Weights, shipped_weights


@pytest.mark.parametrize(
    ("language", "words", "block"),
    [("en", 1, ""), ("en", 30, ""), ("fi", 1, "name_"), ("sv", 3, "name_"), ("fi", 4, "other_")],
)
def test_block_of(language: str, words: int, block: str) -> None:
    assert block_of(language, words) == block


@pytest.mark.parametrize("dense", [True, False])
def test_every_block_has_all_features(dense: bool) -> None:
    names = all_features(dense)
    assert len(names) == len(set(names)) == len(BLOCKS) * len(features(dense)) - 1
    assert HERE not in names


def test_a_block_and_the_whole_row_give_one_score() -> None:
    names = features(True)
    whole = Weights(all_features(True), np.arange(len(all_features(True))) / 7.0, -1.5)
    seen = {name: float(place % 5) for place, name in enumerate(names)} | {HERE: 1.0}
    for block in BLOCKS:
        part = whole.block(block, names).score(np.array([list(seen.values())], np.float32))
        row = whole.score(np.array([whole.row(block, seen)], np.float32))
        assert part == pytest.approx(row)


@pytest.mark.parametrize("name", ["hybrid", "lexical"])
def test_the_shipped_weights_know_every_feature(name: str) -> None:
    assert shipped_weights(name).features == all_features(name == "hybrid")
