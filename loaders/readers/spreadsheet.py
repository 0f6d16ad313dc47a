"""Read Excel workbooks (.xlsx) row by row: values as typed, formulas as they were last computed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from loaders.base import Problem
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import broken_file
from loaders.readers.tables import TablePiece, TableRow, grouped, read_pieces, read_rows

MAX_FILE = 100_000_000
"""Bytes of a workbook as it lies on disk."""
MAX_UNPACKED = 1_000_000_000
MAX_STRINGS = 200_000_000
"""Bytes of the texts of a workbook, which are kept in memory."""
MAX_COLUMNS = 1_000
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xls", ".ods")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not empty: the sheet's name, the row's number, its values from column A on."""

    file: SourceFile
    sheet: str
    number: int
    values: tuple[Any, ...]

    def texts(self) -> tuple[str, ...]:
        """Return the values as texts, see `cell_text`."""
        return tuple(cell_text(value) for value in self.values)


def is_workbook(file: SourceFile) -> bool:
    """Whether a file is a spreadsheet, by its name."""
    return file.plain_name.lower().endswith(_ENDINGS)


def read_table(
    file: SourceFile, required: Sequence[str] = (), delimiters: str = ",;\t"
) -> Iterator[TableRow | Problem]:
    """Yield the rows of a CSV file or of the first sheet of a workbook that has the columns.

    Args:
        file: see `read_rows` and `read_sheet`.
        required: columns without which it is no such table.
        delimiters: what may separate the cells of CSV.
    """
    if is_workbook(file):
        yield from read_sheet(file, required)
    else:
        yield from read_rows(file, required, delimiters)


def read_table_pieces(
    file: SourceFile, required: Sequence[str] = (), delimiters: str = ",;\t"
) -> Iterator[TablePiece]:
    """Yield the rows that `read_table` gives in pieces, see `read_pieces`."""
    if is_workbook(file):
        return grouped(read_sheet(file, required))
    return read_pieces(file, required, delimiters)


def read_sheet(file: SourceFile, required: Sequence[str] = ()) -> Iterator[TableRow | Problem]:
    """Yield the rows of the first sheet whose first row has the columns; other sheets are left out.

    `TableRow.line` is the row's number in the sheet.
    """
    header: tuple[str, ...] = ()
    chosen, passed, firsts = "", set[str](), list[str]()
    for row in read_sheets(file):
        if isinstance(row, Problem):
            yield row
            return
        if not chosen and row.sheet not in passed:
            header = row.texts()
            if set(required) <= set(header) and any(header):
                chosen = row.sheet
            else:
                passed.add(row.sheet)
                firsts.append(f"{row.sheet}: {', '.join(filter(None, header))[:100]}")
        elif row.sheet == chosen:
            texts = row.texts()
            table_row = TableRow(
                file,
                row.number,
                {name: text for name, text in zip(header, texts, strict=False) if name},
            )
            if any(texts[len(header) :]):
                reason = f"The row has {len(texts)} cells, the table {len(header)} columns."
                yield table_row.problem("", "", reason, "Give each column a name in the first row.")
            else:
                yield table_row
    if not chosen:
        reason = (
            f"No sheet has the columns {', '.join(required)} in its first row ({'; '.join(firsts)})."
        )
        yield Problem(file.name, "", "", reason[:600], "Give a sheet a first row with these columns.")


def read_sheets(file: SourceFile) -> Iterator[SheetRow | Problem]:
    """Yield the rows of all sheets that hold something, in their order; hidden sheets are left out."""
    try:
        with file.open() as raw:
            data = raw.read(MAX_FILE + 1)
        fault = _fault(data)
    except (zipfile.BadZipFile, *BROKEN_FILE) as error:
        yield broken_file(file, error)
        return
    if fault:
        yield Problem(file.name, "", "", f"The workbook cannot be read: {fault}.", _remedy(data))
        return
    from openpyxl import load_workbook  # imported when used: it takes long

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        if not book.worksheets:
            raise ValueError("it has no sheet")
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()  # some programs write wrong ones
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                kept = values[:MAX_COLUMNS]
                if any(value not in (None, "") for value in kept):
                    yield SheetRow(file, sheet.title, number, kept)
    except Exception as error:  # openpyxl raises whatever a damaged part makes it stumble over
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        reason = f"The workbook cannot be read to its end ({what})."
        yield Problem(file.name, "", "", reason, "Open it in Excel and save it again as .xlsx.")


def _fault(data: bytes) -> str:
    """Return why a workbook is not to be opened, "" if nothing speaks against it."""
    if len(data) > MAX_FILE:
        return f"it has more than {MAX_FILE:,} bytes"
    if data.startswith(_OLD):
        return "it is in the old format of Excel (.xls), or it has a password"
    if not data.startswith(_ZIP):
        return "it is no Excel workbook"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        if sum(entry.file_size for entry in entries.values()) > MAX_UNPACKED:
            return "it would fill the memory when it is unpacked"
        if any(e.file_size > MAX_STRINGS for n, e in entries.items() if "sharedstrings" in n.lower()):
            return "its texts would fill the memory"
        if "[Content_Types].xml" not in entries or "mimetype" in entries:
            return "it is no Excel workbook"
        for name, entry in entries.items():
            if name.endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    if re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", part.read(4096), re.IGNORECASE):
                        return "it declares entities, which no program of Excel writes"
    return ""


def _remedy(data: bytes) -> str:
    if data.startswith(_OLD):
        return "Save it in Excel as .xlsx, without a password."
    return "Save it as .xlsx, or as CSV in UTF-8."


def cell_text(value: object) -> str:
    """Return a value as text: days in ISO 8601, whole numbers without a fraction, `true`, `false`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return (
            str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(Decimal(repr(value)))
        )
    return str(value).strip()
