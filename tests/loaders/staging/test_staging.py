from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from graph.identifiers import Identifiers
from loaders.registry import get_loader, loader_names
from loaders.staging.load_report import MANY_FILES, file_infos, read_reports
from loaders.staging.source import LoadError, SourceSpec, stage

IDS = Identifiers()
HEAD = "concept_uri,region,period,number,unit,source\n"
GOOD = "http://data.europa.eu/esco/skill/1,FI,2026,1,openings,Me\n"
BAD = "nonsense,FI,2026,1,openings,Me\n"


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    return tmp_path / "staged"


def needs(tmp_path: Path, text: str | bytes, name: str = "n.csv") -> SourceSpec:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return SourceSpec("needs", "needs", (path,), title="Needs")


def triples(staged: Path) -> int:
    with gzip.open(staged / "needs" / "triples.nt.gz") as data:
        return len(list(parse(data, RdfFormat.N_TRIPLES)))  # type: ignore[arg-type]


def rejected(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rejected.jsonl").read_text().splitlines()]


def test_counts_add_up_and_nothing_is_lost(tmp_path: Path, staged: Path) -> None:
    report = stage(needs(tmp_path, HEAD + GOOD + BAD + GOOD), staged, IDS)
    assert (report.records_in, report.loaded, report.rejected) == (3, 1, 2)
    assert report.records_in == report.loaded + sum(report.skipped.values()) + report.rejected
    assert triples(staged) == report.triples > 0
    first, second = rejected(staged / "needs")
    assert first["kind"] == "rejected"
    assert "nonsense" in first["raw"]
    assert "stands on line 2" in second["reason"]
    assert "1 loaded" in report.summary()
    (read_back,) = read_reports(staged)
    assert read_back["files"][0]["name"] == "n.csv"
    assert len(read_back["files"][0]["sha256"]) == 64


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + BAD, "not one record could be loaded"),
        ("a,b\n1,2\n", "could not be read to the end"),
        ("", "could not be read to the end"),
    ],
)
def test_a_failed_load_keeps_the_former_content(
    tmp_path: Path, staged: Path, text: str, why: str
) -> None:
    stage(needs(tmp_path, HEAD + GOOD), staged, IDS)
    before = triples(staged)
    with pytest.raises(LoadError, match=why) as error:
        stage(needs(tmp_path, text), staged, IDS)
    assert "former content stays" in str(error.value)
    assert triples(staged) == before
    assert rejected(staged / "needs.failed")
    assert [report["source"] for report in read_reports(staged)] == ["needs"]


def test_a_truncated_archive_fails_but_is_told_in_full(tmp_path: Path, staged: Path) -> None:
    rows = "".join(
        f"http://data.europa.eu/esco/skill/{n * 7919},FI,2026,{n},openings,Me\n" for n in range(3000)
    )
    packed = gzip.compress((HEAD + rows).encode())
    with pytest.raises(LoadError, match="could not be read to the end"):
        stage(needs(tmp_path, packed[:-20], "n.csv.gz"), staged, IDS)
    report = json.loads((staged / "needs.failed" / "report.json").read_text())
    assert report["broken_files"] == 1
    assert 0 < report["records_in"] <= 3000


def test_the_readable_part_is_taken_on_request(tmp_path: Path, staged: Path) -> None:
    rows = "".join(
        f"http://data.europa.eu/esco/skill/{n * 7919},FI,2026,{n},openings,Me\n" for n in range(3000)
    )
    spec = needs(tmp_path, gzip.compress((HEAD + rows).encode())[:-20], "n.csv.gz")
    partial = SourceSpec(spec.name, spec.loader, spec.paths, partial=True)
    report = stage(partial, staged, IDS)
    assert report.broken_files == 1
    assert report.loaded > 0


def test_a_damaged_zip_is_told(tmp_path: Path, staged: Path) -> None:
    with pytest.raises(LoadError, match=r"n\.zip.*cannot be read"):
        stage(needs(tmp_path, b"PK\x03\x04 damaged", "n.zip"), staged, IDS)


def test_a_load_after_a_failure_forgets_it(tmp_path: Path, staged: Path) -> None:
    with pytest.raises(LoadError):
        stage(needs(tmp_path, HEAD + BAD), staged, IDS)
    stage(needs(tmp_path, HEAD + GOOD), staged, IDS)
    assert not (staged / "needs.failed").exists()


def test_the_same_input_gives_the_same_triples(tmp_path: Path, staged: Path) -> None:
    def once() -> bytes:
        stage(needs(tmp_path, HEAD + GOOD), staged, IDS)
        return gzip.decompress((staged / "needs" / "triples.nt.gz").read_bytes())

    assert once() == once()


def test_mistakes_of_the_caller_are_sentences(tmp_path: Path, staged: Path) -> None:
    spec = needs(tmp_path, HEAD + GOOD)
    for wrong, words in (
        (SourceSpec("x", "nope", spec.paths), "There is no loader 'nope'"),
        (SourceSpec("x", "needs", (tmp_path / "none.csv",)), "There is no file"),
        (SourceSpec("x", "needs", ()), "name at least one file"),
        (SourceSpec("x", "needs", spec.paths, options={"colour": "red"}), "no option 'colour'"),
    ):
        with pytest.raises(LoadError, match=words):
            stage(wrong, staged, IDS)


@pytest.mark.parametrize("name", loader_names())
def test_every_loader_tells_about_itself(name: str) -> None:
    info = get_loader(name).info
    assert info.name == name
    assert info.title
    assert info.description
    assert info.version


def test_thousands_of_replies_are_one_line_of_provenance() -> None:
    files = [{"name": f"{n}.json.gz", "sha256": f"{n:064x}"} for n in range(MANY_FILES + 1)]
    (info,) = file_infos({"files": files})
    assert info.name == f"{MANY_FILES + 1} files, 0.json.gz to {MANY_FILES}.json.gz"
    assert info.sha256 != file_infos({"files": files[::-1]})[0].sha256
    assert len(file_infos({"files": files[:5]})) == 5
