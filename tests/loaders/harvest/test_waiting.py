"""How long we wait."""

from __future__ import annotations

import itertools
import random
import threading
import time
from datetime import UTC, datetime

import pytest
from conftest import FakeClock

from loaders.harvest.waiting import LONGEST_BACKOFF, Pace, RealClock, backoff, retry_after

NOW = datetime(2026, 11, 7, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 07 Nov 2026 12:01:30 GMT", 90.0),
        ("Sat, 07 Nov 2026 11:00:00 GMT", 0.0),  # past: now
        ("Saturday, 07-Nov-26 12:01:30 GMT", 90.0),  # the old form that RFC 9110 still allows
        ("Sat Nov  7 12:01:30 2026", 90.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_as_seconds_and_as_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_backoff_doubles_up_to_a_limit_and_half_of_it_is_chance() -> None:
    dice = random.Random(5)
    for failures in range(1, 20):
        full = min(2.0 ** (failures - 1), LONGEST_BACKOFF)
        waits = [backoff(failures, dice) for _ in range(50)]
        assert all(full / 2 <= wait <= full for wait in waits)
        assert len(set(waits)) > 40


def test_pace_keeps_a_distance_between_starts() -> None:
    clock = FakeClock()
    pace = Pace(clock, 0.5)
    assert pace.wait("http://a.example") == 0.0
    assert 0.4 < pace.wait("http://a.example") <= 0.5
    clock.offset += 0.3  # the reply took this long: only the rest is waited
    assert 0.1 < pace.wait("http://a.example") <= 0.2
    clock.offset += 10
    assert pace.wait("http://a.example") == 0.0


def test_two_sources_of_one_server_share_its_pace() -> None:
    clock = FakeClock()
    one, two = Pace(clock, 1.0), Pace(clock, 1.0)
    assert one.wait("http://b.example") == 0.0
    assert two.wait("http://c.example") == 0.0
    assert two.wait("http://b.example") > 0.9


def test_threads_do_not_start_at_once() -> None:
    starts: list[float] = []
    pace = Pace(RealClock(), 0.02)

    def ask() -> None:
        pace.wait("http://d.example")
        starts.append(time.monotonic())

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    starts.sort()
    assert all(later - earlier > 0.01 for earlier, later in itertools.pairwise(starts))
