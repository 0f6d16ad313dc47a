"""Read CSV tables row by row: encodings, separators and damaged rows are told, never guessed away."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from loaders.base import Problem
from loaders.files import BROKEN_FILE, SourceFile
from loaders.json_stream import broken_file, raw_of

csv.field_size_limit(10_000_000)  # ESCO has cells of 900,000 characters; the default is 131,072.
_WRONG_BYTE = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte that is no UTF-8


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: column name → text (stripped, "" if absent), and the line on which it ends."""

    file: SourceFile
    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Return a cell, "" if the table has no such column."""
        return self.cells.get(column, "")

    def problem(self, record: str, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this row; `record` is its identifier, if it has one."""
        place = f"line {self.line}"
        name = f"{record} ({place})" if record else place
        return Problem(self.file.name, name, field, reason, remedy, raw_of(dict(self.cells)))


def read_rows(
    file: SourceFile, required: Sequence[str] = (), delimiters: str = ","
) -> Iterator[TableRow | Problem]:
    """Yield the rows of a CSV file with a header, and a `Problem` for what cannot be read.

    Args:
        file: UTF-8, with or without a byte-order mark.
        required: columns without which the file is no such table.
        delimiters: what may separate cells; the one that the header uses most is taken.
    """
    try:
        with file.open_text() as text:
            yield from _read(file, text, required, delimiters)
    except (csv.Error, *BROKEN_FILE) as error:
        yield broken_file(file, error)


def _read(
    file: SourceFile, text: Iterator[str], required: Sequence[str], delimiters: str
) -> Iterator[TableRow | Problem]:
    first = next(iter(text), "")
    delimiter = max(delimiters, key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    missing = [column for column in required if column not in header]
    if missing:
        yield Problem(
            file.name,
            "",
            "",
            f"The table has no column {', '.join(missing)}; its first line is {first.strip()[:200]!r}.",
            f"Give it a first line with the columns {', '.join(required)}.",
        )
        return
    reader = csv.reader(text, delimiter=delimiter)
    for values in reader:
        line = reader.line_num + 1  # the header was read before
        if not any(value.strip() for value in values):
            continue
        cells = {name: value.strip() for name, value in zip(header, values, strict=False) if name}
        row = TableRow(file, line, cells)
        if len(values) > len(header):
            yield row.problem(
                "",
                "",
                f"The row has {len(values)} cells, the table {len(header)} columns.",
                "Put cells that hold the separator or a line break into double quotes.",
            )
        elif any(_WRONG_BYTE.search(value) for value in values):
            yield Problem(
                file.name,
                f"line {line}",
                "",
                "The row is not in UTF-8.",
                "Save the file as UTF-8 and load it again.",
                delimiter.join(values).encode("utf-8", "replace").decode()[:1000],
            )
        else:
            yield row
