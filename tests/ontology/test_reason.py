from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ontology import reason

HEAD = "@prefix f: <https://data.fitech.example/ontology#> . @prefix e: <http://example.org/> .\n"


@pytest.fixture(scope="module")
def java() -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is not on this machine, so HermiT cannot run")


@pytest.mark.usefixtures("java")
def test_the_model_is_consistent_and_good_data_are_too(tmp_path: Path) -> None:
    data = tmp_path / "good.ttl"
    data.write_text(HEAD + "e:c a f:Course ; f:prerequisite e:d . e:d a f:Course .")
    report = reason.check_consistency([data])
    assert report.ran
    assert report.consistent is True
    assert report.unsatisfiable == ()
    assert report.good


@pytest.mark.usefixtures("java")
@pytest.mark.parametrize(
    "data",
    ["e:c a f:Course , f:Person .", "e:c f:prerequisite e:c ; a f:Course ."],
    ids=["two disjoint classes", "its own prerequisite"],
)
def test_a_contradiction_is_found(tmp_path: Path, data: str) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text(HEAD + data)
    report = reason.check_consistency([path])
    assert report.consistent is False
    assert not report.good


def test_without_java_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    report = reason.check_consistency()
    assert (report.ran, report.consistent) == (False, None)
    assert "Java was not found" in report.message
