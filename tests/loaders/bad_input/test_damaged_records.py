"""One damaged record costs itself only: all others are loaded, and every record of the file is counted."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loaders.bad_input.conftest import Load
from tests.loaders.bad_input.damages import BY_FAMILY, reads_as_broken_off, uncounted
from tests.loaders.bad_input.sources import COUNT, Source
from tests.loaders.bad_input.table import SOURCES

SEEDS = int(os.environ.get("FITECH_BAD_INPUT_SEEDS", "0"))
"""Times that each damage is done to each record of a file; 0: once, to one record of the file."""
THOROUGH = bool(SEEDS or os.environ.get("FITECH_THOROUGH"))
"""Whether each damage is done in each form in which a loader reads JSON; else in every third one."""
EVERY = 1 if THOROUGH else 3
JSON = [source.id for source in SOURCES.values() if source.family == "json"]
FORMS = Counter(source.loader for source in SOURCES.values() if source.family == "json")


def damages(source: Source) -> list[str]:
    """Return the damages that are done to a file: for each loader all, and for each form all.

    The forms of JSON are read by one reader, and a loader sees the records only. So a damage is done to
    some forms of each loader, and to other forms of the next loader.
    """
    names = list(BY_FAMILY[source.family])
    if source.family != "json" or FORMS[source.loader] < EVERY:
        return names
    first = JSON.index(source.id)
    return [name for number, name in enumerate(names, start=first) if number % EVERY == 0]


def cases(source: Source) -> Iterator[tuple[str, int, int]]:
    """Yield what is done to a file: the damage, the number of the record, the seed."""
    for damage in damages(source):
        if not SEEDS:
            yield damage, random.Random(f"{source.id} {damage}").randrange(COUNT), 0
        for place in range(COUNT):
            yield from ((damage, place, seed) for seed in range(SEEDS))


def test_each_loader_and_each_form_meets_each_damage() -> None:
    met = {(key, damage) for source in SOURCES.values() for damage in damages(source)
           for key in (("loader", source.loader, source.family), ("form", source.form))}  # fmt: skip
    wanted = {(key, damage) for source in SOURCES.values() for damage in BY_FAMILY[source.family]
              for key in (("loader", source.loader, source.family), ("form", source.form))}  # fmt: skip
    assert met == wanted


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_one_damaged_record_costs_itself_only(load: Load, staged: Path, source: Source) -> None:
    found: list[Exception] = []
    for damage, place, seed in cases(source):
        dice = random.Random(f"{source.id} {damage} {place} {seed}")
        damaged = BY_FAMILY[source.family][damage](source.parts[place], dice)
        if damaged is None:
            continue
        try:
            check(load, source, damage, place, damaged)
        except Exception as error:  # each damage is told, not the first only
            error.add_note(f"{damage}: record {place}, seed {seed}")
            found.append(error)
        shutil.rmtree(staged, ignore_errors=True)  # nothing is compared with a former load
    if found:
        raise ExceptionGroup(f"damages of {source.id}", found)


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
