"""The main job on real input, where it is: every record is accounted for, and questions have answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.identifiers import Identifiers
from loaders.staging.load_report import LoadReport
from loaders.staging.source import SourceSpec, stage

pytestmark = pytest.mark.real_data

# What the files hold, counted apart from our loaders: rows and records in, passed over, rejected.
FILES = {
    "esco 1.1.1": ("esco", ["esco/*v1.1.1*.zip"], 208_539, 647, 0),
    "esco 1.2.0": ("esco", ["esco/*v1.2.0*.zip"], 13_939, 0, 0),
    "aalto": ("aalto", ["courses/aalto-courseunitrealisations.json.gz"], 2_985, 0, 0),
    "sisu units": ("sisu", ["courses/sisu-kori-course-units.jsonl"], 6, 0, 0),
    "sisu replies": ("sisu", ["courses/sisu-kori"], 10, 5, 0),
    "openalex": ("openalex", ["research/openalex"], 5, 4, 0),
    "fingreylit": ("fingreylit", ["research/fingreylit.jsonl"], 1_601, 6, 0),
}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


@pytest.mark.parametrize("name", FILES)
def test_every_record_is_accounted_for(shared_data: Path, staged: Path, name: str) -> None:
    loader, patterns, records, passed_over, rejected = FILES[name]
    paths = tuple(shared_data / pattern for pattern in patterns)
    report = stage(SourceSpec(name.replace(" ", "-"), loader, paths), staged, Identifiers())
    assert (report.records_in, sum(report.skipped.values()), report.rejected) == (
        records, passed_over, rejected,
    )  # fmt: skip
    assert report.loaded == records - passed_over - rejected
    assert report.warnings == 0
    check_things(name, report)


def check_things(name: str, report: LoadReport) -> None:
    """What must come of some sources, whatever the wrapping."""
    if name == "aalto":
        assert (report.things["Course"], report.things["CourseOffering"]) == (1_726, 2_985)
    if name == "esco 1.1.1":
        assert report.things["ConceptRelation"] > 123_855 + 20_656 + 3_617 + 5_899
    if name == "fingreylit":
        assert report.things["ResearchOutput"] == 1_595
