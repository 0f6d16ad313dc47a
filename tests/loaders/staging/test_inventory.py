from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.staging import inventory
from loaders.staging.inventory import compare
from loaders.staging.packing import packed_text

THINGS = st.dictionaries(
    st.sampled_from([f"https://x/{n}" for n in range(20)]), st.integers(0, 5), max_size=15
)


def write(path: Path, rows: list[tuple[str, str, int]]) -> Path:
    with packed_text(path) as out:
        out.writelines(f"{mark:012x}\t{kind}\t{iri}\n" for iri, kind, mark in rows)
    return path


def test_added_changed_and_gone_are_told_by_kind(tmp_path: Path) -> None:
    old = write(tmp_path / "old", [("a", "Course", 1), ("b", "Course", 2), ("p", "Person", 3)])
    new = write(tmp_path / "new", [("b", "Course", 9), ("c", "Course", 1), ("p", "Person", 3)])
    changes = compare(old, new, tmp_path / "list.tsv.gz")
    assert changes is not None
    assert (changes.added, changes.changed, changes.gone) == (
        {"Course": 1},
        {"Course": 1},
        {"Course": 1},
    )
    assert changes.before == {"Course": 2, "Person": 1}
    assert changes.examples == {"added": ["c"], "changed": ["b"], "gone": ["a"]}
    with gzip.open(tmp_path / "list.tsv.gz", "rt") as lines:
        assert sorted(lines) == ["added\tCourse\tc\n", "changed\tCourse\tb\n", "gone\tCourse\ta\n"]


def test_a_first_load_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    assert compare(tmp_path / "none", write(tmp_path / "new", []), tmp_path / "l") is None


def test_order_and_repetition_of_records_are_no_change(tmp_path: Path) -> None:
    rows = [("o", "Organisation", 1), ("o", "Organisation", 2), ("x", "Person", 7)]
    old, new = write(tmp_path / "old", rows), write(tmp_path / "new", [*reversed(rows), rows[0]])
    changes = compare(old, new, tmp_path / "l")
    assert changes is not None
    assert changes.total() == 0
    other = compare(old, write(tmp_path / "other", rows[1:]), tmp_path / "l")
    assert other is not None
    assert other.changed == {"Organisation": 1}, "a wording that is gone is a change"


@pytest.mark.parametrize("part", [3, 1_000])
@given(before=THINGS, after=THINGS)
def test_it_says_what_two_dictionaries_say_in_parts_too(
    tmp_path_factory: pytest.TempPathFactory, part: int, before: dict[str, int], after: dict[str, int]
) -> None:
    folder = tmp_path_factory.mktemp("inventory")
    old, new = (
        write(folder / name, [(iri, "Course", mark) for iri, mark in things.items()])
        for name, things in (("old", before), ("new", after))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inventory, "PART", part)
        changes = compare(old, new, folder / "list")
    assert changes is not None
    assert sum(changes.added.values()) == len(after.keys() - before.keys())
    assert sum(changes.gone.values()) == len(before.keys() - after.keys())
    assert sum(changes.changed.values()) == sum(
        before[i] != after[i] for i in before.keys() & after.keys()
    )
