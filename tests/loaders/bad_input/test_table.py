"""The table of good files is whole, and they are good."""

from __future__ import annotations

import pytest

from loaders.registry import loader_names
from tests.loaders.bad_input.conftest import Load
from tests.loaders.bad_input.sources import COUNT, Source
from tests.loaders.bad_input.table import SOURCES, WITHOUT_FILES


@pytest.mark.parametrize("loader", loader_names())
def test_every_loader_has_a_row(loader: str) -> None:
    rows = [source for source in SOURCES.values() if source.loader == loader]
    assert rows or loader in WITHOUT_FILES, (
        f"The loader {loader} has no small good file yet. Add one for each form that it reads to SOURCES in "
        "courses.py, research.py or skills.py of this folder (`json_rows` makes those of JSON): "
        f"{COUNT} records, each with `mark(number)` in a text that is staged, and what must lie beside it. "
        "Then every test of bad input runs over it."
    )


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_good_file_is_good(load: Load, source: Source) -> None:
    loading = load(source)
    assert not loading.error
    assert not loading.problems
    assert loading.report["records_in"] == COUNT + source.other_records
    triples = loading.triples.decode()
    assert [mark for mark in source.marks if mark not in triples] == []
