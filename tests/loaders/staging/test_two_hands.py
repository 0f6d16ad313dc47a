from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from graph.records import Course
from loaders.base import Loaded
from loaders.staging.two_hands import consume_elsewhere


def add_up(items: Iterator[int], more: int) -> int:
    return sum(items) + more


def give_up(items: Iterator[int]) -> int:
    next(items)
    raise ValueError("the disk is full")


def codes(items: Iterator[Loaded]) -> list[str]:
    return [record.code for item in items for record in item.records if isinstance(record, Course)]


def test_everything_arrives_once_and_the_answer_comes_back() -> None:
    assert consume_elsewhere(range(10_000), add_up, 5) == sum(range(10_000)) + 5


def test_records_survive_the_way() -> None:
    items = [
        Loaded((Course("a", str(n), {"en": "T"}, credits_min=Decimal("2.5")),)) for n in range(450)
    ]
    assert consume_elsewhere(items, codes) == [str(n) for n in range(450)]


def test_a_fault_over_there_is_raised_here() -> None:
    with pytest.raises(ValueError, match="the disk is full"):
        consume_elsewhere(range(1_000_000), give_up)


def test_a_fault_in_reading_ends_both() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise KeyError("gone")

    with pytest.raises(KeyError):
        consume_elsewhere(broken(), add_up, 0)
