"""Real files, and a copy of each with one damaged record: every record is counted, the others are loaded.

The counts were made apart from our loaders: items by `json`, elements by `lxml`, rows by their lines.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lxml import etree

from graph.identifiers import Identifiers
from loaders.staging.source import LoadError, SourceSpec, stage

pytestmark = pytest.mark.real_data


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def items(*keys: str) -> Callable[[bytes], int]:
    """Count the items of an array, of lines, or of a list within an object; one object is one."""

    def count(data: bytes) -> int:
        text = data.decode("utf-8-sig")
        try:
            value = json.loads(text)
        except ValueError:
            return sum(1 for line in text.splitlines() if line.strip())
        for key in keys:
            value = value.get(key, value) if isinstance(value, dict) else value
        return len(value) if isinstance(value, list) else 1

    return count


def elements(*names: str) -> Callable[[bytes], int]:
    def count(data: bytes) -> int:
        return sum(etree.QName(one).localname in names for one in etree.fromstring(data).iter("*"))

    return count


def lines(pattern: str) -> Callable[[bytes], int]:
    return lambda data: sum(1 for _ in re.finditer(pattern.encode(), data, re.MULTILINE))


def rows_of_zip(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(
            sum(
                1 for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))) if any(row)
            )
            - 1
            for name in archive.namelist()
            if name.endswith(".csv")
        )


@dataclass(frozen=True, slots=True)
class Files:
    """Real files of one kind: what they hold, and how one record of them is damaged."""

    loader: str
    pattern: str
    count: Callable[[bytes], int] | int
    """Counts the records of one file; or how many there are in all, where the text does not tell."""
    passed_over: int = 0
    rejected: int = 0
    damage: tuple[str, str] = ("", "")
    """What is replaced in the record in the middle of the largest file; "" for files of one record."""
    options: dict[str, str] = field(default_factory=dict)


QUOTE = (r'(?<=[\w.])"(?=,)', "")
FILES = {
    "esco 1.2.0": Files("esco", "esco/*v1.2.0*.zip", rows_of_zip),
    "aalto": Files("aalto", "courses/aalto-*.json.gz", items(), damage=QUOTE),
    "sisu": Files("sisu", "courses/sisu-kori-course-units.jsonl", items(), damage=QUOTE),
    # A unit, three organisations, four curriculum periods, two results of a search (one is the unit).
    "sisu replies": Files("sisu", "courses/sisu-kori/*", items("searchResults"), 5),
    # A course, a programme, a list of units and the navigation: 19 as the loader's page tells them.
    "peppi": Files("peppi", "courses/peppi-oulu/*", 19, 15, options={"university": "oulu"}),
    "opintopolku": Files("opintopolku", "courses/opintopolku/*", items(), 57, damage=QUOTE),
    "ooapi": Files("ooapi", "courses/ooapi-v5/*", items()),
    "elm": Files("elm", "standards/elm/xsd/loq/loq_*.xml", lines(r"<(learningOpportunity|learningAchievementSpecification|qualification) id=")),
    "crossref": Files("crossref", "research/crossref/*", items("items"), damage=QUOTE),
    "fingreylit": Files("fingreylit", "research/fingreylit.jsonl", items(), 6, damage=QUOTE),
    "openalex": Files("openalex", "research/openalex/*", items(), 4),
    "orcid": Files("orcid", "research/orcid/*", items()),
    "virta json": Files("virta", "research/virta/julkaisut_all.json", items("julkaisut", "Julkaisut", "Julkaisu"), damage=QUOTE),
    "virta xml": Files("virta", "research/virta/*.xml", elements("Julkaisu")),
    "virta sql": Files("virta", "research/virta/*.sql", lines(r"^INSERT "), 294, damage=(r"(?<=</Julkaisu>)'", "")),
    "oai": Files("oai", "research/oai-pmh-kk/*", lines(r"<record[ >]"), 9, damage=(r"</header>", "")),
    "esco-api": Files("esco-api", "needs/mock-profile.json", lines(r'"prefLabel"'), 19, damage=(r'(?<="en": "\w{4})', '"')),
    "skos": Files("skos", "labels/*.ttl", 156, 26, damage=(r'(?<=\w)"(?=@sv)', "")),
    "skos tsv": Files("skos", "labels/*-sv.tsv.gz", lines(r"^.*\S.*$"), damage=(r"(?<=\t\w)", "\udcff")),
}  # fmt: skip


def staged(folder: Path, files: Files, paths: Iterable[Path]) -> tuple[int, int, int, int]:
    spec = SourceSpec("s", files.loader, tuple(paths), options=files.options, max_drop=1)
    report = stage(spec, folder / "staged", Identifiers())
    return report.records_in, sum(report.skipped.values()), report.rejected, report.loaded


@pytest.mark.parametrize("name", FILES)
def test_every_record_is_counted(shared_data: Path, tmp_path: Path, name: str) -> None:
    files = FILES[name]
    paths = sorted(shared_data.glob(files.pattern))
    count = files.count
    total = count if isinstance(count, int) else sum(count(unpacked(path)) for path in paths)
    found = staged(tmp_path, files, paths)
    expected = (total, files.passed_over, files.rejected, total - files.passed_over - files.rejected)
    assert found == expected


@pytest.mark.parametrize("name", [name for name, files in FILES.items() if files.damage[0]])
def test_one_damaged_record_costs_itself_only(shared_data: Path, tmp_path: Path, name: str) -> None:
    files = FILES[name]
    paths = sorted(shared_data.glob(files.pattern))
    whole = staged(tmp_path, files, paths)
    largest = max(paths, key=lambda path: len(unpacked(path)))
    text = unpacked(largest).decode("utf-8-sig")
    places = list(re.finditer(files.damage[0], text))
    place = places[len(places) // 2]
    damaged = text[: place.start()] + files.damage[1] + text[place.end() :]
    bad = tmp_path / largest.name.removesuffix(".gz")
    bad.write_bytes(damaged.encode("utf-8", "surrogateescape"))
    records, _, rejected, loaded = staged(
        tmp_path, files, [bad if path == largest else path for path in paths]
    )
    assert records == whole[0]
    assert rejected <= whole[2] + 1
    assert loaded >= whole[3] - 1


def test_a_truncated_real_file_is_refused(shared_data: Path, tmp_path: Path) -> None:
    files = FILES["aalto"]
    (path,) = shared_data.glob(files.pattern)
    cut = tmp_path / path.name
    cut.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(LoadError, match="could not be read to the end"):
        staged(tmp_path, files, [cut])
