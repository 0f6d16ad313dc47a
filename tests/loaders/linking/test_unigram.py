from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from loaders.linking.unigram import Unigram

PIECES = ["<unk>", "▁", "a", "b", "ab", "▁ab", "ba", "▁b", "abba"]
SCORES = [0.0, -3.0, -2.0, -2.5, -3.1, -3.5, -4.0, -4.2, -6.0]
NUMBER = dict(zip(PIECES, range(len(PIECES)), strict=True))


def vocabulary() -> Unigram:
    return Unigram(PIECES, SCORES, 0, {ord("A"): "a", ord("\t"): " "})


def test_the_likeliest_pieces_win() -> None:
    assert vocabulary().numbers("ab") == [NUMBER["▁ab"]]
    assert vocabulary().numbers("abba") == [NUMBER["▁ab"], NUMBER["ba"]]


def test_blanks_and_signs_are_brought_to_one_form() -> None:
    assert vocabulary().numbers("  Ab\t b") == [NUMBER["▁ab"], NUMBER["▁b"]]


def test_what_no_piece_holds_is_unknown() -> None:
    assert vocabulary().numbers("aöb") == [NUMBER["▁"], NUMBER["a"], 0, NUMBER["b"]]
    assert vocabulary().numbers("") == [NUMBER["▁"]]


@given(st.text("ab", min_size=1, max_size=9))
def test_no_other_way_to_cut_a_word_is_likelier(word: str) -> None:
    spoken = "▁" + word

    def total(cuts: list[int]) -> float:
        each = [spoken[start:end] for start, end in pairwise([0, *cuts, len(spoken)])]
        return sum(SCORES[NUMBER[part]] if part in NUMBER else float("-inf") for part in each)

    places = range(1, len(spoken))
    every = ([at for at in places if choice >> at & 1] for choice in range(0, 2 ** len(spoken), 2))
    found = vocabulary().numbers(word)
    assert "".join(PIECES[number] for number in found) == spoken
    assert sum(SCORES[number] for number in found) >= max(map(total, every)) - 1e-9
