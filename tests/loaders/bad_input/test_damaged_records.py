"""One damaged record costs itself only: all others are loaded, and every record of the file is counted."""

from __future__ import annotations

import os
import random

import pytest

from tests.loaders.bad_input.conftest import Load
from tests.loaders.bad_input.damages import BY_FAMILY, reads_as_broken_off, uncounted
from tests.loaders.bad_input.sources import COUNT, Source
from tests.loaders.bad_input.table import SOURCES

SEEDS = int(os.environ.get("FITECH_BAD_INPUT_SEEDS", "0"))
"""Times that each damage is done to each record of a file; 0: once, to one record of the file."""
CASES = [
    pytest.param(source, name, id=f"{source.id}-{name.replace(' ', '_')}")
    for source in SOURCES.values()
    for name in BY_FAMILY[source.family]
]


@pytest.mark.parametrize(("source", "damage"), CASES)
def test_one_damaged_record_costs_itself_only(load: Load, source: Source, damage: str) -> None:
    first = random.Random(f"{source.id} {damage}").randrange(COUNT)
    places = [(place, seed) for place in range(COUNT) for seed in range(SEEDS)] or [(first, 0)]
    for place, seed in places:
        dice = random.Random(f"{source.id} {damage} {place} {seed}")
        damaged = BY_FAMILY[source.family][damage](source.parts[place], dice)
        if damaged is not None:
            check(load, source, damage, place, damaged)


def check(load: Load, source: Source, damage: str, place: int, damaged: str) -> None:
    parts = [damaged if number == place else part for number, part in enumerate(source.parts)]
    loading = load(source, source.text(parts))  # whose accounts add up, or it fails
    if uncounted(source.form, damage, place):
        return
    if place == COUNT - 1 and reads_as_broken_off(source.form, damage):
        assert not loading.error or loading.report["broken_files"] == 1
        return
    assert not loading.error
    assert loading.report["records_in"] == COUNT + source.other_records
    assert loading.report["rejected"] <= 1
    triples = loading.triples.decode()
    lost = [number for number, mark in enumerate(source.marks) if mark not in triples]
    assert lost in ([], [place])
    # What was damaged is told, unless the damage only changed the words that we look for.
    assert (
        not lost or loading.problems or loading.report["skipped"] or source.marks[place] not in damaged
    )
