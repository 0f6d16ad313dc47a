"""What is written while records pass."""

from __future__ import annotations

import gzip
from pathlib import Path

from graph.identifiers import Identifiers
from graph.records import Organisation, ResearchOutput
from loaders.base import Loaded
from loaders.staging.accounting import account
from loaders.staging.load_report import LoadReport

PLACE = Organisation("ror-05xyz1", {"en": "Example Institute"})


def work(key: str) -> ResearchOutput:
    return ResearchOutput(key, {"en": "A title"}, organisations=(PLACE.key,))


def test_what_a_rejected_record_named_first_is_written_with_the_next(tmp_path: Path) -> None:
    outcomes = [Loaded((PLACE, work(""))), Loaded((PLACE, work("one"))), Loaded((PLACE, work("two")))]
    base = "https://data.example/"
    report = LoadReport("s", "openalex", "1", base, "S", "", "", "2026-11-25T00:00:00Z")
    account(iter(outcomes), report, tmp_path, Identifiers(base))
    lines = gzip.decompress((tmp_path / "triples.nt.gz").read_bytes()).decode()
    assert (report.records_in, report.loaded, report.rejected) == (3, 2, 1)
    assert lines.count('"Example Institute"@en') == 1
    assert report.things["Organisation"] == 2
