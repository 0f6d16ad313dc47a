"""Records of several kinds in one list, and records that hold others: nothing good is taken for damage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items

ORGANISATION: dict[str, Any] = {"@type": "Organisation", "@id": "#o", "name": "An organisation"}


def course(number: int) -> dict[str, Any]:
    return {
        "@type": "Course",
        "name": f"Course {number}",
        "provider": dict(ORGANISATION),
        "teaches": [{"@type": "DefinedTerm", "@id": f"#t{number}", "name": "a skill"}],
        "code": f"X-{number}",
    }


def places(path: Path, text: str, *, mixed: bool) -> list[str]:
    path.write_text(text, encoding="utf-8")
    found = read_items(SourceFile(path), ("@graph",), mixed=mixed)
    return [str(item.value.get("code")) if isinstance(item, Item) else "?" for item in found]


def test_what_first_records_lack_is_no_damage_in_later_ones(tmp_path: Path) -> None:
    nested = {"id": "2", "name": "b", "code": "B", "parent": {"id": "1", "name": "a", "code": "A"}}
    text = json.dumps([{"id": "1", "name": "a", "code": "A"}, nested])
    assert places(tmp_path / "a.json", text, mixed=False) == ["A", "B"]
    text = json.dumps([ORGANISATION, *map(course, range(3))])
    assert places(tmp_path / "a.json", text, mixed=False) == ["None", "X-0", "X-1", "X-2"]


@pytest.mark.parametrize(
    ("old", "new"),
    [('"Course 1"', '"Course 1'), ('"code": "X-1"}', '"code": "X-1"'), ("#t1", '#"t1'), ("[{", "{")],
)
@pytest.mark.parametrize("envelope", ["[]", '{"@graph": []}'])
def test_parts_of_a_damaged_record_are_no_records(
    tmp_path: Path, envelope: str, old: str, new: str
) -> None:
    things = [json.dumps(one) for one in (ORGANISATION, *map(course, range(3)))]
    things[2] = things[2].replace(old, new)
    text = envelope.replace("[]", f"[{', '.join(things)}]")
    assert places(tmp_path / "a.json", text, mixed=True) == ["None", "X-0", "?", "X-2"]


def test_the_rest_of_a_list_is_told_where_no_end_is_seen(tmp_path: Path) -> None:
    things = [json.dumps(one) for one in (ORGANISATION, *map(course, range(4)))]
    text = f"[{', '.join(things)}]".replace('"Course 1"', '"Course 1').replace(
        '"Course 3"', '"Course 3'
    )
    (tmp_path / "a.json").write_text(text)
    found = list(read_items(SourceFile(tmp_path / "a.json"), mixed=True))
    assert sum(isinstance(item, Problem) for item in found) >= 1
    assert [item.value.get("code") for item in found if isinstance(item, Item)][:2] == [None, "X-0"]
