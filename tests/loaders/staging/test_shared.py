from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.identifiers import Identifiers
from loaders.base import Outcome, Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader
from loaders.skills.needs import NeedsLoader
from loaders.staging import shared, source
from loaders.staging.shared import Work, account_shared
from loaders.staging.source import SourceSpec, stage
from loaders.staging.staged_files import WRITTEN

HEAD = "concept_uri,region,period,number,unit,source"
SKILL = "http://data.europa.eu/esco/skill/"
GOOD = [f"{SKILL}{n},FI1{n % 7},2026-{1 + n % 12:02},{n % 9},openings,Survey" for n in range(40)]
BAD = [
    "x,FI1B1,2026,3,openings,Survey",
    f"{SKILL}1,FI1B1,2026,many,openings,Survey",
    f'{SKILL}2,"FI1\nB1",2026,3,,Survey',
    f"{SKILL}3,FI1B1,2026",
    f"{SKILL}4,FI1B1,2026,3,openings,Survey,more",
    f'{SKILL}5,"FI1B1,2026,3,openings,Survey',
    "",
]


def staged(folder: Path, path: Path, *, share: bool) -> tuple[dict[str, Any], list[bytes]]:
    """Return the report and what the files hold."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "LARGE", 0 if share else 10**9)
        patch.setattr(shared, "ProcessPoolExecutor", Here)
        spec = SourceSpec("needs", "needs", (path,), partial=True)
        report = stage(spec, folder / str(share), Identifiers()).to_json()
    for name in ("started", "ended"):
        del report[name]
    here = folder / str(share) / "needs"
    contents = [(here / name).read_bytes() for name in WRITTEN]
    return report, [gzip.decompress(content) for content in contents[:3]] + contents[3:]


class Here:
    """A pool without processes: the work is done when it is asked for."""

    def __init__(self, workers: int, context: object, prepare: Any, given: tuple[Work]) -> None:
        prepare(*given)

    def submit(self, do: Any, piece: object) -> Any:
        return do(piece)

    def shutdown(self, *, cancel_futures: bool) -> None:
        pass


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*GOOD, *BAD]), min_size=1, max_size=60), st.sampled_from([1, 5, 500]))
def test_a_shared_source_gives_what_one_reader_gives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], group: int
) -> None:
    folder = tmp_path_factory.mktemp("t")
    path = folder / "needs.csv"
    path.write_text("\n".join([HEAD, f"{SKILL}first,FI1B1,2026,3,openings,Survey", *rows]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loaders.readers.tables._GROUP", group)
        patch.setattr("loaders.readers.tables._BLOCK", group + 1)
        assert staged(folder, path, share=True) == staged(folder, path, share=False)


def test_real_processes_keep_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "needs.csv"
    rows = [f"{SKILL}{n},FI1B1,2026,{n},openings,Survey" for n in range(9_000)]
    path.write_text("\n".join([HEAD, *rows, rows[17]]))
    monkeypatch.setattr(source, "LARGE", 0)
    told: list[int] = []
    report = stage(
        SourceSpec("needs", "needs", (path,)), tmp_path / "staged", Identifiers(), told.append
    )
    assert (report.records_in, report.loaded, report.rejected) == (9_001, 9_000, 1)
    assert told[-1] == 9_001
    assert told == sorted(told)
    with gzip.open(tmp_path / "staged" / "needs" / "triples.nt.gz", "rt") as lines:
        numbers = [line.split('"')[1] for line in lines if "#demand> " in line]
    assert numbers == [str(n) for n in range(9_000)]
    (rejected,) = (tmp_path / "staged" / "needs" / "rejected.jsonl").read_text().splitlines()
    assert "stands on line 19 already" in json.loads(rejected)["reason"]


class Failing(NeedsLoader):
    """Fails in the middle, as a fault of ours would."""

    def read_piece(
        self,
        piece: Any,
        options: Mapping[str, str],
        seen: dict[str, str],
    ) -> Iterator[Outcome]:
        raise RuntimeError("a fault of ours")

    def pieces(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Any]:
        return iter([[], [], []])


def test_a_fault_over_there_is_raised_here(tmp_path: Path) -> None:
    work = Work(Failing(), {}, Identifiers())
    spec = SourceSpec("needs", "needs", ())
    report = source._new_report(spec, get_loader("needs"), [], Identifiers())
    with pytest.raises(RuntimeError, match="a fault of ours"):
        account_shared(work, [], iter(()), report, tmp_path, lambda done: None)


def test_what_comes_before_the_files_is_told(tmp_path: Path) -> None:
    work = Work(NeedsLoader(), {}, Identifiers())
    report = source._new_report(SourceSpec("n", "needs", ()), work.loader, [], Identifiers())
    broken: list[Outcome] = [Problem("a.zip", "", "", "It does not open.", "Fetch it again.")]
    account_shared(work, [], iter(broken), report, tmp_path, lambda done: None)
    assert report.broken_files == 1
    assert report.problems == ["a.zip: It does not open. Fetch it again."]
