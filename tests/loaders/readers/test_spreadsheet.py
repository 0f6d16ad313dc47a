"""Excel workbooks: typed values, and what may be wrong with a workbook."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.readers.spreadsheet import cell_text, read_sheet, read_sheets, read_table
from loaders.readers.tables import TableRow


def workbook(
    *rows: Sequence[Any], sheets: Mapping[str, Sequence[Sequence[Any]]] | None = None
) -> bytes:
    book = Workbook()
    first = book.active
    assert first is not None
    for row in rows:
        first.append(list(row))
    for name, content in (sheets or {}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def source(folder: Path, data: bytes, name: str = "a.xlsx") -> SourceFile:
    path = folder / name
    path.write_bytes(data)
    return SourceFile(path)


def test_rows_with_their_numbers_and_values_as_text(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["code", "day", "n", "yes"],
        [],
        ["0613", datetime(2026, 1, 31), 5.0, True],
        ["x", None, 2.5, None],
    ]
    file = source(tmp_path, workbook(*rows))
    first, second = read_sheet(file, ("code", "n"))
    assert isinstance(first, TableRow)
    assert isinstance(second, TableRow)
    assert first.line == 3
    assert first.cells == {"code": "0613", "day": "2026-01-31", "n": "5", "yes": "true"}
    assert second.get("n") == "2.5"


def test_the_first_sheet_with_the_columns_is_read(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Any]]] = {"Data": [["a", "b"], [1, 2]], "More": [["a", "b"], [3, 4]]}
    file = source(tmp_path, workbook(["Read this first"], sheets=sheets))
    (row,) = read_sheet(file, ("a", "b"))
    assert isinstance(row, TableRow)
    assert row.cells == {"a": "1", "b": "2"}


def test_a_workbook_without_the_columns_is_told(tmp_path: Path) -> None:
    (problem,) = read_sheet(source(tmp_path, workbook(["x"])), ("a",))
    assert isinstance(problem, Problem)
    assert problem.record == ""
    assert "Sheet: x" in problem.reason


def test_cells_beyond_the_header_are_told(tmp_path: Path) -> None:
    found = list(read_sheet(source(tmp_path, workbook(["a"], [1], [1, 2])), ("a",)))
    assert [isinstance(one, Problem) for one in found] == [False, True]


def test_hidden_sheets_are_left_out(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet("Lists")
    sheet.append(["a"])
    sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert not list(read_sheets(source(tmp_path, out.getvalue())))


def changed(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(
                entry.filename, content if entry.filename == name else old.read(entry.filename)
            )
    return out.getvalue()


GOOD = workbook(["a"], *[[number] for number in range(200)])
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a;b\n1;2\n", "no Excel workbook"),
        (b"", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old format"),
        (GOOD[: len(GOOD) // 2], "cannot be read"),
        (changed(GOOD, SHEET, LAUGHS), "entities"),
        (changed(GOOD, SHEET, b"<worksheet><sheetData><row>"), "cannot be read"),
        (changed(GOOD, "xl/workbook.xml", b"<x/>"), "cannot be read"),
        (changed(GOOD, "[Content_Types].xml", b""), "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_workbook(tmp_path: Path, data: bytes, words: str) -> None:
    *_, problem = read_sheets(source(tmp_path, data))
    assert isinstance(problem, Problem)
    assert problem.record == ""
    assert words in problem.reason


def test_a_table_may_be_csv_too(tmp_path: Path) -> None:
    (row,) = read_table(source(tmp_path, b"a;b\n1;2\n", "a.csv"), ("a",))
    assert isinstance(row, TableRow)
    assert row.cells == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "true"), (5, "5"), (5.0, "5"), (2.5, "2.5"), (0.1, "0.1"), (" x ", "x"),
        (date(2026, 1, 31), "2026-01-31"), (datetime(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 12, 30), "2026-01-31 12:30:00"), (time(8, 30), "08:30:00"),
    ],
)  # fmt: skip
def test_values_as_text(value: object, text: str) -> None:
    assert cell_text(value) == text
