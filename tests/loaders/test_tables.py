from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.base import Problem
from loaders.files import SourceFile
from loaders.tables import TableRow, read_rows


def rows(path: Path, text: bytes, *required: str) -> list[TableRow | Problem]:
    path.write_bytes(text)
    return list(read_rows(SourceFile(path), required, ",;\t"))


@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
def test_separators_marks_and_line_ends(tmp_path: Path, separator: bytes) -> None:
    text = b"\xef\xbb\xbfa" + separator + b" b \r\n1" + separator + b'"two\nlines"\r\n\r\n'
    (row,) = rows(tmp_path / "a.csv", text)
    assert isinstance(row, TableRow)
    assert row.cells == {"a": "1", "b": "two\nlines"}
    assert row.get("c") == ""


def test_a_missing_column_is_told_once_for_the_file(tmp_path: Path) -> None:
    (problem,) = rows(tmp_path / "a.csv", b"a,b\n1,2\n3,4\n", "a", "c")
    assert isinstance(problem, Problem)
    assert problem.record == ""
    assert "no column c" in problem.reason


def test_damaged_rows_are_told_with_their_line_and_the_others_come(tmp_path: Path) -> None:
    text = "a,b\n1,2\n3,4,5\nyö,6\n".encode() + "yö,7\n".encode("latin-1") + b"8,9\n"
    found = rows(tmp_path / "a.csv", text)
    assert [row.get("b") for row in found if isinstance(row, TableRow)] == ["2", "6", "9"]
    problems = [row for row in found if isinstance(row, Problem)]
    assert [problem.record for problem in problems] == ["line 3", "line 5"]
    assert "3 cells" in problems[0].reason
    assert "UTF-8" in problems[1].reason


def test_a_cell_of_a_megabyte_is_read(tmp_path: Path) -> None:
    (row,) = rows(tmp_path / "a.csv", b"a\n" + b"x" * 1_000_000 + b"\n")
    assert isinstance(row, TableRow)


def test_an_endless_cell_is_a_broken_file(tmp_path: Path) -> None:
    (problem,) = rows(tmp_path / "a.csv", b'a\n"' + b"x" * 10_000_001)
    assert isinstance(problem, Problem)
    assert "cannot be read" in problem.reason


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_give_outcomes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    for row in rows(tmp_path_factory.mktemp("any") / "a.csv", data):
        assert isinstance(row, TableRow | Problem)
