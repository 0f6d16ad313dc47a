"""One damaged record costs itself only: the records before and after it come, and counts add up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.base import Problem
from loaders.readers import encodings, json_window
from loaders.readers.files import SourceFile
from loaders.readers.json_recovery import scan
from loaders.readers.json_stream import Item, read_items

KEYS = ("results", "message.items")


def outcomes(path: Path, text: str | bytes, keys: Sequence[str] = KEYS) -> list[Item | Problem]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_items(SourceFile(path), keys))


def ids(found: list[Item | Problem]) -> list[Any]:
    return [item.value["id"] if isinstance(item, Item) else None for item in found]


def record(n: int) -> dict[str, Any]:
    return {
        "id": n,
        "title": {"fi": f'Työ {n} "x" [a], {{b}}', "en": "a\\b\nc"},
        "authors": [{"id": f"a{n}", "name": "A, B"}, {"id": f"b{n}", "name": "C"}],
        "year": 2020.5,
        "empty": [],
        "last": {"deep": [[1, {"x": None}]]},
    }


def wrap(texts: list[str], shape: str) -> str:
    return {
        "array": "[" + ", ".join(texts) + "]",
        "pretty": "[\n  " + ",\n  ".join(texts) + "\n]\n",
        "reply": '{"meta": {"count": 9, "items": [1]}, "results": ['
        + ",".join(texts)
        + '], "next": null}',
        "nested": '{"status": "ok", "message": {"n": 1, "items": ['
        + ",".join(texts)
        + '], "z": {}}, "q": []}',
        "lines": "\n".join(texts) + "\n",
    }[shape]


SHAPES = ("array", "pretty", "reply", "nested", "lines")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("chunk", [1, 2, 5, 17, 100, 1000])
def test_records_come_across_the_ends_of_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: str, chunk: int
) -> None:
    monkeypatch.setattr(encodings, "CHUNK", chunk)
    records = [record(n) for n in range(4)]
    indent = 2 if shape == "pretty" else None
    texts = [json.dumps(one, indent=indent, ensure_ascii=False) for one in records]
    found = outcomes(tmp_path / "a.json", wrap(texts, shape))
    assert [item.value for item in found if isinstance(item, Item)] == records
    assert len(found) == 4


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("place", [0, 1, 4])
@pytest.mark.parametrize(
    "damage",
    [
        ('"year": 2020.5', '"year": '),
        ('"year": 2020.5', '"year": ,'),
        ('"year": 2020.5', "year: 2020.5"),
        ('"year": 2020.5,', '"year": 2020.5'),
        ('"year": 2020.5', '"year": 2020.5.5'),
        ('"empty": []', '"empty": ['),
        ('"empty": []', '"empty": ]'),
        ('"empty": []', '"empty": }'),
        ('"name": "C"', '"name": "C'),
        ('"name": "C"', '"name": C"'),
        ('"name": "C"}]', '"name": "C"]'),
        ('"name": "C"}]', '"name": "C"}'),
        ('"last": {', '"last": '),
        ('"last": {', '"last": {{'),
        ("null}]]}}", "null}]]}"),
        ("null}]]}}", "null}]]"),
        ("null}]]}}", "null}]]}}}"),
        ("null}]]}}", "nul"),
        ('{"id"', '"id"'),
        ('{"id"', "{id"),
        ('{"id"', 'id"'),
        ('{"id"', "oops"),
        ("Työ", "Ty\udcf6"),
        ("Työ", "Ty\t"),
        ("Työ", "Ty\\q"),
        ("Työ", "Ty\\u12"),
        ("Työ", '"Ty'),
    ],
)  # fmt: skip
def test_one_damaged_record_costs_itself_only(
    tmp_path: Path, shape: str, place: int, damage: tuple[str, str]
) -> None:
    texts = [json.dumps(record(n), ensure_ascii=False) for n in range(5)]
    assert damage[0] in texts[place]
    texts[place] = texts[place].replace(*damage)
    found = outcomes(tmp_path / "a.json", wrap(texts, shape).encode("utf-8", "surrogateescape"))
    expected: list[int | None] = list(range(5))
    expected[place] = None
    assert ids(found) == expected, [str(item)[:300] for item in found]
    (problem,) = [item for item in found if isinstance(item, Problem)]
    assert problem.record == f"{'line' if shape == 'lines' else 'item'} {place + 1}"
    assert "no JSON" in problem.reason
    assert problem.raw


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(SHAPES),
    st.integers(0, 5),
    st.integers(0, 10_000),
    st.sampled_from(["", '"', "}", "]", ",", ":", "\\", "\x00", "x", "\udcff"]),
)
def test_counts_hold_under_one_damage(
    tmp_path_factory: pytest.TempPathFactory, shape: str, place: int, at: int, sign: str
) -> None:
    texts = [json.dumps(record(n), ensure_ascii=False) for n in range(6)]
    text = texts[place]
    at = 1 + at % (len(text) - 2)
    texts[place] = text[:at] + sign + text[at + 1 :]
    path = tmp_path_factory.mktemp("one") / "a.json"
    found = outcomes(path, wrap(texts, shape).encode("utf-8", "surrogateescape"))
    assert len(found) == 6, [str(item)[:300] for item in found]
    for n, item in enumerate(found):
        assert n == place or (isinstance(item, Item) and item.value == record(n))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(SHAPES),
    st.integers(1, 5),
    st.integers(0, 10_000),
    st.sampled_from([("", 10), ("", 30), ("", 10_000), ("{", 1), ("[", 1), ("}, {", 5)]),
)
def test_whatever_befalls_a_record_the_others_come(
    tmp_path_factory: pytest.TempPathFactory, shape: str, place: int, at: int, junk: tuple[str, int]
) -> None:
    """What is left of the record may by chance look like several; then it is told or refused so often."""
    texts = [json.dumps(record(n), ensure_ascii=False) for n in range(6)]
    text = texts[place]
    at = 1 + at % (len(text) - 2)
    texts[place] = text[:at] + junk[0] + text[at + junk[1] :]
    path = tmp_path_factory.mktemp("some") / "a.json"
    found = outcomes(path, wrap(texts, shape).encode("utf-8", "surrogateescape"))
    values = [item.value for item in found if isinstance(item, Item)]
    for n in range(6):
        assert n == place or record(n) in values
    assert len(found) >= 6


def test_neighbours_may_be_damaged_too(tmp_path: Path) -> None:
    texts = [json.dumps(record(n)) for n in range(6)]
    for place in (1, 2, 4):
        texts[place] = texts[place].replace("2020.5", "oops")
    for shape in SHAPES:
        assert ids(outcomes(tmp_path / "a.json", wrap(texts, shape))) == [0, None, None, 3, None, 5]


def test_records_that_hold_others_like_themselves(tmp_path: Path) -> None:
    def module(n: int) -> dict[str, Any]:
        return {
            "id": n,
            "name": "m",
            "x": 1,
            "parts": [{"id": n + 10, "name": "p", "x": 2, "parts": []}] * 2,
        }

    texts = [json.dumps(module(n)) for n in range(3)]
    texts[1] = texts[1].replace('"x": 1', '"x": oops')
    assert ids(outcomes(tmp_path / "a.json", wrap(texts, "array"))) == [0, None, 2]


@pytest.mark.parametrize("place", [0, 2, 4])
@pytest.mark.parametrize("bad", ['"code":', '"sections": {', '"sections"', '}{ "sections": ['])
def test_lines_tell_where_the_next_record_begins(tmp_path: Path, place: int, bad: str) -> None:
    # Each record holds a long list of objects that are more alike than records are.
    sections = [{"title": {"fi": f"t{n}"}, "content": {"fi": "x"}} for n in range(30)]
    records = [{"id": n, "code": f"C{n}", "sections": sections, f"only{n}": 1} for n in range(5)]
    texts = [json.dumps(one, indent=2) for one in records]
    texts[place] = texts[place].replace('"sections": [', bad)
    found = outcomes(tmp_path / "a.json", wrap(texts, "array").replace(", {", ",\n{"))
    assert ids(found) == [None if n == place else n for n in range(5)]


@pytest.mark.parametrize("place", [1, 2, 3])
def test_what_is_left_of_a_record_without_its_beginning_is_one(tmp_path: Path, place: int) -> None:
    sections = [{"title": {"fi": f"t{n}"}, "content": "x"} for n in range(9)]
    texts = [json.dumps({"id": n, "code": f"C{n}", "list": sections}, indent=2) for n in range(5)]
    texts[place] = texts[place][texts[place].index("{", 60) :]  # begins with a whole section
    found = outcomes(tmp_path / "a.json", wrap(texts, "array").replace(", {", ",\n{"))
    assert ids(found) == [None if n == place else n for n in range(5)]


@pytest.mark.parametrize("cut", [30, 60, 100, 140])
@pytest.mark.parametrize("shape", ["pretty", "reply"])
def test_a_last_record_that_is_cut_costs_itself_if_its_list_ends(
    tmp_path: Path, shape: str, cut: int
) -> None:
    texts = [json.dumps(record(n), indent=2 if shape == "pretty" else None) for n in range(4)]
    texts[3] = texts[3][: texts[3].index('"', cut) + 2]  # within a text
    found = outcomes(tmp_path / "a.json", wrap(texts, shape))
    assert ids(found) == [0, 1, 2, None]
    assert all(problem.record for problem in found if isinstance(problem, Problem))


@pytest.mark.parametrize("text", ['[{"id": 1}, {"id": 2', '[{"id": 1}', '[{"id": 1}] trailing', '[{"id": 1}, {"id": "a, ',
    '{"results": [{"id": 1}, {"id": 2}', '{"results": [{"id": 1}]', '{"results": [{"id": 1}], "next": ',
    '{"results": [{"id": 1}, {"x": {"y": 1}, '])  # fmt: skip
def test_what_breaks_off_is_told_for_the_file(tmp_path: Path, text: str) -> None:
    found = outcomes(tmp_path / "a.json", text)
    assert isinstance(found[0], Item)
    assert isinstance(found[-1], Problem)
    assert [item.record for item in found if isinstance(item, Problem)] == [""]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["array", "reply", "nested"]), st.integers(1, 1000))
def test_a_text_that_is_cut_anywhere_gives_what_came_before(
    tmp_path_factory: pytest.TempPathFactory, shape: str, cut: int
) -> None:
    whole = wrap([json.dumps(record(n)) for n in range(6)], shape).rstrip()
    text = whole[: -min(cut, len(whole) - 1)]
    found = outcomes(tmp_path_factory.mktemp("cut") / "a.json", text)
    assert isinstance(found[-1], Problem)
    assert found[-1].record == ""
    assert ids(found[:-1]) == list(range(len(found) - 1))
    assert len(found) - 1 == sum(
        text.count(f'"id": {n},') and json.dumps(record(n)) in text for n in range(6)
    )


def test_damage_around_the_records_is_told_for_the_file(tmp_path: Path) -> None:
    texts = [json.dumps(record(n)) for n in range(3)]
    for damage in (
        (": 9,", ": oops,"),
        ('next": null', 'next": nil'),
        ('next": null}', 'next": null'),
        ('"results"', '"n": x, "results"'),
    ):
        found = outcomes(tmp_path / "a.json", wrap(texts, "reply").replace(*damage))
        assert ids(found) == [0, 1, 2, None]
        assert isinstance(found[-1], Problem)
        assert found[-1].record == ""


def test_signs_too_many_or_too_few_between_records_cost_nothing(tmp_path: Path) -> None:
    for text in ('[{"id": 1},, {"id": 2},]', '[{"id": 1} {"id": 2}]', '[,{"id": 1}\n{"id": 2}]'):
        assert ids(outcomes(tmp_path / "a.json", text)) == [1, 2]


def test_a_record_that_a_line_break_tore_apart_is_one(tmp_path: Path) -> None:
    text = '{"id": 1}\n{"id": 2, "t": "a\nb\nc"}\n{"id": 3}\n'
    assert ids(outcomes(tmp_path / "a.json", text)) == [1, None, 3]


def test_two_records_on_one_line_are_two(tmp_path: Path) -> None:
    found = outcomes(tmp_path / "a.json", '{"id": 1}\n{"id": 2}{"id": 3}\n{"id": 4, "x": }{"id": 5}\n')
    assert ids(found) == [1, 2, 3, None, 5]
    assert isinstance(found[1], Item)
    assert found[1].place == "line 2, item 1"


def test_a_damaged_record_in_a_reply_on_a_line(tmp_path: Path) -> None:
    good = json.dumps({"results": [record(1), record(2)]})
    found = outcomes(tmp_path / "a.json", "\n".join([good, good.replace("2020.5", "x", 1), good]))
    assert ids(found) == [1, 2, None, 2, 1, 2]
    assert isinstance(found[2], Problem)
    assert found[2].record == "line 2, item 1"


def test_a_record_that_is_too_long_ends_the_file_or_costs_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_window, "MAX_VALUE", 100_000)
    monkeypatch.setattr("loaders.readers.json_recovery.MAX_VALUE", 100_000)
    monkeypatch.setattr(encodings, "CHUNK", 10_000)
    texts = ['{"id": 1}', '{"id": 2, "x": "' + "x" * 900_000 + '"}', '{"id": 3}']
    assert ids(outcomes(tmp_path / "a.jsonl", wrap(texts, "lines"))) == [1, None, 3]
    found = outcomes(tmp_path / "a.json", wrap(texts, "array"))
    assert ids(found)[:2] == [1, None]


@pytest.mark.parametrize(("text", "state"), [("{}", "end"), ('[{"a": "}"}]', "end"), ("[}", "mismatch"),
    ('{"a', "string"), ("[1", "open"), ('"\\"" , 2', "end"), ("x]", "end")])  # fmt: skip
def test_scan(text: str, state: str) -> None:
    assert scan(text, 0)[0] == state


def test_a_part_of_the_last_record_is_no_record(tmp_path: Path) -> None:
    # A lost quote leaves one whole object before it, and a rest that goes on to the end.
    part = {"type": "M", "group": "g", "node": {"rules": [{"type": "C"}, {"type": "D"}]}}
    rules = [{"type": "C"}, part, {"type": "Any"}]
    modules = [
        {"state": "A", "id": n, "code": f"C{n}", "name": {"en": "x"}, "rule": {"of": {"rules": rules}}}
        for n in range(5)
    ]
    texts = [json.dumps(one, separators=(",", ":")) for one in modules]
    texts[4] = texts[4].replace('"Any"', '"Any')
    found = outcomes(tmp_path / "a.json", "[" + ",".join(texts) + "]")
    assert ids(found) == [0, 1, 2, 3, None]
