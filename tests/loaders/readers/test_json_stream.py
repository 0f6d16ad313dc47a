from __future__ import annotations

import gzip
import json
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.texts.text import parse_number

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
        '{"total": 3, "results": [\n' + ",\n".join(map(json.dumps, RECORDS)) + "\n]}\n",
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


def test_a_damaged_first_line_may_be_long(tmp_path: Path) -> None:
    text = "x" * 20_000
    path = write(
        tmp_path / "a.jsonl", f'"id": 1, "x": "{text}"}}\n{{"id": 2, "x": "{text}"}}\n{{"id": 3}}\n'
    )
    first, *others = read_items(SourceFile(path))
    assert isinstance(first, Problem)
    assert first.record == "line 1"
    assert [item.value["id"] for item in others if isinstance(item, Item)] == [2, 3]


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


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("lines", [True, False])
def test_the_encodings_of_windows(tmp_path: Path, encoding: str, lines: bool) -> None:
    text = "\r\n".join(map(json.dumps, RECORDS)) if lines else json.dumps(RECORDS, ensure_ascii=False)
    found = values(write(tmp_path / "a.json", text.encode(encoding)))
    assert found[0]["x"] == "ä"  # type: ignore[index]
    assert len(found) == 3


def test_bytes_that_are_no_utf8_cost_their_record(tmp_path: Path) -> None:
    for text in (b'[{"id": 1}, {"x": "\xe4"}, {"id": 3}]', b'{"id": 1}\n{"x": "\xe4"}\n{"id": 3}\n'):
        found = list(read_items(SourceFile(write(tmp_path / "a.json", text))))
        assert [isinstance(item, Item) for item in found] == [True, False, True]
        assert isinstance(found[1], Problem)
        assert found[1].raw == '{"x": "?"}'


def test_keys_of_a_path_lead_to_the_list(tmp_path: Path) -> None:
    reply = {
        "status": "ok",
        "message": {"facets": {"items": [0]}, "items": RECORDS, "n": 3},
        "items": [5],
    }
    path = write(tmp_path / "a.json", json.dumps(reply))
    assert len(values(path, "message.items", "data.results")) == 3
    assert len(values(path, "data.results")) == 1  # the reply itself
    assert values(path, "items") == [5]
    one = write(tmp_path / "b.json", json.dumps({"list": {"entry": RECORDS[0]}}))
    assert values(one, "list.entry") == [RECORDS[0]]  # what XML converters make of a list of one
    found = list(
        read_items(SourceFile(write(one, '{"list": {"entry": {"x": oops}}, "y": 1}')), ["list.entry"])
    )
    assert [item.record for item in found if isinstance(item, Problem)] == ["item 1"]


@pytest.mark.parametrize("between", ["", "\n", "\n\n", "\r\n"])
@pytest.mark.parametrize("indent", [None, 1])
def test_whole_replies_one_after_another(tmp_path: Path, between: str, indent: int | None) -> None:
    reply = json.dumps({"total": 3, "results": RECORDS, "next": {"cursor": "x"}}, indent=indent)
    path = write(tmp_path / "a.json", between.join([reply] * 4))
    assert [item["id"] for item in values(path, "results")] == [1, 2, 3] * 4  # type: ignore[index]
    array = json.dumps(RECORDS, indent=indent)
    assert len(values(write(tmp_path / "b.json", between.join([array] * 4)))) == 12


def test_numbers_that_json_does_not_know_cost_no_record(tmp_path: Path) -> None:
    numbers = "[NaN, Infinity, -Infinity, 1e999999999, 123456789012345678901234567890, 0.1]"
    (value,) = values(write(tmp_path / "a.json", '{"x": ' + numbers + "}"))
    *strange, large, tenth = value["x"]  # type: ignore[index]
    assert all(isinstance(number, float) and number != number for number in strange)
    assert large == 123456789012345678901234567890
    assert tenth == Decimal("0.1")
    with pytest.raises(ValueError, match="a number"):
        parse_number(strange[0])
    digits = write(tmp_path / "b.json", '[{"id": 1}, {"x": ' + "9" * 5000 + '}, {"id": 3}]')
    assert len(list(read_items(SourceFile(digits)))) == 3


def test_of_two_equal_keys_the_last_counts(tmp_path: Path) -> None:
    assert values(write(tmp_path / "a.json", '[{"id": 1, "id": 2}]')) == [{"id": 2}]


@pytest.mark.parametrize("deep", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000])
def test_deep_nesting_costs_its_record(tmp_path: Path, deep: str) -> None:
    lines = write(tmp_path / "a.json", f'{{"id": 1}}\n{{"x": {deep}}}\n{{"id": 3}}\n')
    found = list(read_items(SourceFile(lines)))
    assert [isinstance(item, Item) for item in found] == [True, False, True]
    array = write(tmp_path / "b.json", f'[{{"id": 1}}, {{"x": {deep}}}, {{"id": 3}}]')
    found = list(read_items(SourceFile(array)))
    assert [isinstance(item, Item) for item in found] == [True, False, True]


def test_long_texts_are_read(tmp_path: Path) -> None:
    records = [{"id": n, "x": "ä" * 3_000_000} for n in range(3)]
    assert values(write(tmp_path / "a.json", json.dumps(records, ensure_ascii=False))) == records
    assert values(write(tmp_path / "b.json", "\n".join(map(json.dumps, records)))) == records


def test_what_is_no_json_is_told_for_the_file(tmp_path: Path) -> None:
    for text in ("<html><body>Not found</body></html>", "a;b;c\n1;2;3\n", "%PDF-1.4\n%âãÏÓ"):
        (problem,) = read_items(SourceFile(write(tmp_path / "a.json", text)), ("results",))
        assert isinstance(problem, Problem)
        assert problem.record == ""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    record = json.dumps({"id": 1, "text": "x" * 500})
    for text in ("[" + ",".join([record] * 40_000) + "]", "\n".join([record] * 40_000)):
        path = write(tmp_path / "a.json", text)
        tracemalloc.start()
        count = sum(1 for item in read_items(SourceFile(path)) if isinstance(item, Item))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == 40_000
        assert peak < 12_000_000


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text('{}[],:"ab1 \n\\', max_size=60).map(str.encode))
def test_any_bytes_give_outcomes_and_no_crash(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = write(tmp_path_factory.mktemp("any") / "a.json", data)
    for item in read_items(SourceFile(path), ("results",)):
        assert isinstance(item, Item | Problem)
