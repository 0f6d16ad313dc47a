from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders import json_recovery
from loaders.base import Problem
from loaders.files import SourceFile
from loaders.json_recovery import array_elements
from loaders.json_stream import Item, read_items

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 1]), st.integers(1, 40))
def test_the_elements_of_any_array_come_back(
    values: list[object], indent: int | None, chunk: int
) -> None:
    original, json_recovery._CHUNK = json_recovery._CHUNK, chunk
    try:
        text = json.dumps(values, indent=indent).encode()
        assert [json.loads(part) for part in array_elements(io.BytesIO(text))] == values
        reply = json.dumps({"meta": [1, {"results": [2]}], "results": values}, indent=indent).encode()
        assert [json.loads(part) for part in array_elements(io.BytesIO(reply), ["results"])] == values
    finally:
        json_recovery._CHUNK = original


@pytest.mark.parametrize(
    "damaged",
    [
        '{"id": 2, "x": }',
        '{"id": 2,, "x": 1}',
        '{"id": 2 "x": 1}',
        '{"id": NaNo}',
        "oops",
        '{"id": "\\q"}',
    ],
)
def test_one_damaged_record_does_not_cost_the_others(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'[{{"id": 1}},\n {damaged},\n {{"id": 3}}, {{"id": 4}}]')
    items = list(read_items(SourceFile(path)))
    assert [item.value["id"] for item in items if isinstance(item, Item)] == [1, 3, 4]
    (problem,) = [item for item in items if isinstance(item, Problem)]
    assert problem.record == "item 2"
    assert problem.raw.startswith(damaged[:5])


def test_records_in_a_reply_are_recovered_too(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"count": 3, "results": [{"id": 1}, {"id": 2,}, {"id": 3}], "next": null}')
    items = list(read_items(SourceFile(path), ["results"]))
    assert [item.value["id"] for item in items if isinstance(item, Item)] == [1, 3]
    assert len(items) == 3


@pytest.mark.parametrize("text", ['[{"id": 1}, {"id": 2', '[{"id": 1}', '[{"id": 1}] trailing'])
def test_what_breaks_off_is_told_for_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    items = list(read_items(SourceFile(path)))
    assert isinstance(items[0], Item)
    assert isinstance(items[-1], Problem)
    assert items[-1].record == ""
    assert len(items) == 2


def test_a_list_deep_in_a_reply_is_read_and_recovered(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    text = '{"note": ["message", {"items": [9]}], "message": {"facets": {"items": [8]}, "items": [1, %s, 3]}}'
    path.write_text(text % 2)
    keys = ("items", "message.items")
    assert [item.value for item in read_items(SourceFile(path), keys) if isinstance(item, Item)] == [
        1,
        2,
        3,
    ]
    path.write_text(text % "oops")
    items = list(read_items(SourceFile(path), keys))
    assert [item.value for item in items if isinstance(item, Item)] == [1, 3]
    assert [item.record for item in items if isinstance(item, Problem)] == ["item 2"]


def test_a_key_that_holds_one_object_is_no_list(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{\n"data": {"id": "x", "data": [1]}}')
    (item,) = read_items(SourceFile(path), ("data",))
    assert isinstance(item, Item)
    assert item.value["data"]["id"] == "x"


def test_a_line_may_be_a_whole_reply(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"results": [{"id": 1}, {"id": 2}]}\n{"id": 3}\n{"results": []}\n')
    items = [item for item in read_items(SourceFile(path), ("results",)) if isinstance(item, Item)]
    assert [(item.place, item.value["id"]) for item in items] == [
        ("line 1, item 1", 1), ("line 1, item 2", 2), ("line 2", 3),
    ]  # fmt: skip


def test_lines_stay_lines_when_the_first_is_long(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "x" * 200_000}) + '\n{"id": 2,}\n{"id": 3}\n')
    items = list(read_items(SourceFile(path), ("results",)))
    assert [item.place for item in items if isinstance(item, Item)] == ["line 1", "line 3"]
    assert [item.record for item in items if isinstance(item, Problem)] == ["line 2"]
