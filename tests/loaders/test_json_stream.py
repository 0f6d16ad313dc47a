from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.base import Problem
from loaders.files import SourceFile
from loaders.json_stream import Item, read_items

RECORDS = [{"id": 1, "x": "ä"}, {"id": 2, "x": None}, {"id": 3, "x": [1.5]}]


def values(path: Path, *keys: str) -> list[object]:
    return [item.value for item in read_items(SourceFile(path), keys) if isinstance(item, Item)]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=1),
        "\ufeff" + json.dumps(RECORDS),
        "\n".join(json.dumps(record) for record in RECORDS),
        "\ufeff" + "\r\n\r\n".join(json.dumps(record) for record in RECORDS) + "\r\n",
        json.dumps({"total": 3, "results": RECORDS}),
        json.dumps({"meta": {"results": [9]}, "results": RECORDS}, indent=2),
    ],
)
def test_whatever_wraps_them_the_records_come(tmp_path: Path, text: str) -> None:
    found = values(write(tmp_path / "a.json", text), "results")
    assert [item["id"] for item in found] == [1, 2, 3]  # type: ignore[index]


def test_a_single_object_is_one_record(tmp_path: Path) -> None:
    assert len(values(write(tmp_path / "a.json", json.dumps(RECORDS[0], indent=2)))) == 1
    assert len(values(write(tmp_path / "b.json", json.dumps(RECORDS[0])))) == 1


def test_numbers_are_exact(tmp_path: Path) -> None:
    (item,) = values(write(tmp_path / "a.json", '[{"x": 2.50}]'))
    assert item == {"x": Decimal("2.50")}


def test_a_damaged_line_is_told_and_the_others_come(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id": 1}\n{"id": 2,\n{"id": 3}\n\xff\n')
    items = list(read_items(SourceFile(path)))
    assert [item.value["id"] for item in items if isinstance(item, Item)] == [1, 3]
    problems = [item for item in items if isinstance(item, Problem)]
    assert [problem.record for problem in problems] == ["line 2", "line 4"]
    assert "no JSON" in problems[0].reason
    assert problems[0].raw == '{"id": 2,'


def test_a_damaged_first_line_does_not_hide_the_rest(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id": oops}\n{"id": 2}\n{"id": 3}\n')
    items = list(read_items(SourceFile(path)))
    assert len([item for item in items if isinstance(item, Item)]) == 2


@pytest.mark.parametrize("cut", [10, 100, 1000])
def test_a_file_that_breaks_off_gives_what_came_before_and_one_problem(
    tmp_path: Path, cut: int
) -> None:
    many = json.dumps([{"id": n, "text": f"text {n * 7919}"} for n in range(2000)]).encode()
    path = write(tmp_path / "a.json.gz", gzip.compress(many)[:-cut])
    items = list(read_items(SourceFile(path)))
    assert isinstance(items[-1], Problem)
    assert items[-1].record == ""
    assert all(isinstance(item, Item) for item in items[:-1])


def test_an_empty_file_has_no_records(tmp_path: Path) -> None:
    assert list(read_items(SourceFile(write(tmp_path / "a.json", "")))) == []


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_give_outcomes_and_no_crash(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = write(tmp_path_factory.mktemp("any") / "a.json", data)
    for item in read_items(SourceFile(path), ("results",)):
        assert isinstance(item, Item | Problem)
