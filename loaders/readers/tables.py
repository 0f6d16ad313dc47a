"""Read CSV tables row by row: encodings, separators and damaged rows are told, never guessed away.

A quotation mark that was lost would take the rows up to the next one with it. Where what comes of that
is no good row, the lines are looked at again: the damaged row ends where a good one begins.

Lines without a quotation mark that have all their cells cannot be damaged in this way. They come in
blocks, which are read several times faster, and in another process if need be.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from loaders.base import Problem
from loaders.readers.encodings import (
    WRONG_BYTE,
    TextChunks,
    likely_encoding,
    readable,
    wide_encoding,
)
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import broken_file, raw_of

MAX_CELL = 10_000_000
"""Characters of one cell. ESCO has cells of 900,000; the default of the library is 131,072."""
csv.field_size_limit(MAX_CELL)
MAX_LINES = 50_000
"""Lines of one row."""
_LOOK_AHEAD = 1000
"""Lines in which the next good row is looked for behind a damaged one, and lines of one such row."""
_MAX_TORN = 200
_CHUNK = 1 << 18
_BLOCK = 1000
"""Lines that are read together where that is safe, if a chunk has so many."""
_GROUP = 500
_LONGEST_LINE = MAX_CELL + 1000
_LINE_END = re.compile(r"\r\n?|\n")
_OPEN = "A quotation mark in the row is not closed."
_UNOPENED = "A cell of several lines lacks its first quotation mark."
_TOO_MANY = "There is a quotation mark too many in the row."
_ENDLESS = (
    f"A cell of the row has more than {MAX_CELL:,} characters.",
    f"The row goes on over more than {MAX_LINES:,} lines.",
)
_SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(slots=True)  # not frozen: there may be millions, and frozen ones are made more slowly
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


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Lines of a table that are a row each: no quotation mark in them, and no cell is missing."""

    file: SourceFile
    header: tuple[str, ...]
    delimiter: str
    first: int
    """The number of the first line."""
    lines: Sequence[str]

    def values(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of each line and its cells as they stand there, at least one a column."""
        return enumerate(csv.reader(self.lines, delimiter=self.delimiter, strict=True), self.first)

    def is_sound(self) -> bool:
        """Whether no line holds NUL or a byte that could not be decoded."""
        text = "".join(self.lines)
        return "\0" not in text and (text.isascii() or not WRONG_BYTE.search(text))

    def rows(self) -> Iterator[TableRow | Problem]:
        """Yield the rows, as `read_rows` does."""
        plain = self.is_sound() and all(self.header)
        header, width, file = self.header, len(self.header), self.file
        for number, values in self.values():
            if plain and len(values) == width:
                stripped = [value.strip() for value in values]
                if any(stripped):
                    yield TableRow(file, number, dict(zip(header, stripped, strict=True)))
            else:
                yield from self.row(number, values)

    def row(self, number: int, values: Sequence[str]) -> tuple[TableRow | Problem, ...]:
        """Return the row that a line makes: none if all its cells are empty."""
        if not any(value.strip() for value in values):
            return ()
        return (_row(self.file, self.header, self.delimiter, number, values),)


TablePiece = RowBlock | list[TableRow | Problem]


def rows_of(piece: TablePiece) -> Iterable[TableRow | Problem]:
    """Return the rows of a piece of a table."""
    return piece.rows() if isinstance(piece, RowBlock) else piece


def read_rows(
    file: SourceFile, required: Sequence[str] = (), delimiters: str = ","
) -> Iterator[TableRow | Problem]:
    """Yield the rows of a CSV file with a header, and a `Problem` for what cannot be read.

    Args:
        file: UTF-8, with or without a byte-order mark, or UTF-16 ("Unicode text" of Excel, whose cells
            are separated by tabs).
        required: columns without which the file is no such table.
        delimiters: what may separate cells; the one that the header uses most is taken.
    """
    for part in _read(file, required, delimiters):
        if isinstance(part, RowBlock):
            yield from part.rows()
        else:
            yield part


def read_pieces(
    file: SourceFile, required: Sequence[str] = (), delimiters: str = ","
) -> Iterator[TablePiece]:
    """Yield what `read_rows` does in pieces that another process may take; the order is kept."""
    return grouped(_read(file, required, delimiters))


def grouped(parts: Iterable[RowBlock | TableRow | Problem]) -> Iterator[TablePiece]:
    """Put single rows together to pieces of bearable size; blocks stay as they are."""
    rows: list[TableRow | Problem] = []
    size = 0
    for part in parts:
        if rows and (isinstance(part, RowBlock) or len(rows) >= _GROUP or size >= _CHUNK):
            yield rows
            rows, size = [], 0
        if isinstance(part, RowBlock):
            yield part
        else:
            rows.append(part)
            size += sum(map(len, part.cells.values())) if isinstance(part, TableRow) else len(part.raw)
    if rows:
        yield rows


def _read(
    file: SourceFile, required: Sequence[str], delimiters: str
) -> Iterator[RowBlock | TableRow | Problem]:
    try:
        with file.open() as raw:
            wide = wide_encoding(raw.peek(4)[:4]) is not None  # type: ignore[attr-defined]
            lines = _Lines(TextChunks(raw, _CHUNK))
            yield from _Table(file, lines, required).read(delimiters + "\t" * wide)
    except BROKEN_FILE as error:
        yield broken_file(file, error)


class _Lines(Iterator[str]):
    """The lines of a text, numbered; lines that were taken can be given back."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._chunks = iter(chunks)
        self._ready: list[str] = []
        self._at = 0
        self._begun = ""
        """The beginning of the line that follows those that are ready."""
        self._again: deque[tuple[int, str]] = deque()
        self._number = 0
        self.taken: list[tuple[int, str]] = []
        """The lines taken since this was emptied."""

    def __next__(self) -> str:
        if len(self.taken) >= MAX_LINES:
            raise csv.Error("too many lines")
        line = self._again.popleft() if self._again else self._next_line()
        self.taken.append(line)
        return line[1]

    def _next_line(self) -> tuple[int, str]:
        if not self._is_ready():
            raise StopIteration
        line = self._ready[self._at]
        self._at += 1
        self._number += 1
        return self._number, line

    def _is_ready(self) -> bool:
        """Get the next lines if there are none; return whether there are."""
        while self._at >= len(self._ready):
            chunk = next(self._chunks, "")
            if not chunk and not self._begun:
                return False
            lines = list(io.StringIO(self._begun + chunk, newline=""))
            # What follows a carriage return may belong to it.
            self._begun = lines.pop() if chunk and not lines[-1].endswith("\n") else ""
            if len(self._begun) > _LONGEST_LINE:
                # It holds a cell that is too long; what follows belongs to it.
                lines.append(self._begun[:_LONGEST_LINE])
                self._begun = self._skip_line()
            self._ready, self._at = lines, 0
        return True

    def _skip_line(self) -> str:
        """Go to the end of a line; return what has come of the next."""
        for chunk in self._chunks:
            if end := _LINE_END.search(chunk):
                return chunk[end.end() :]
        return ""

    def block(self, delimiter: str, width: int) -> tuple[int, list[str]]:
        """Take lines without a quotation mark that have all cells, but for the last one of them.

        That one may matter to what follows.

        Returns:
            the number of the first line, and the lines: none if the next is another.
        """
        if self._again or width < 2 or not self._is_ready():
            return 0, []
        if '"' in self._ready[self._at]:
            return 0, []
        lines = self._ready[self._at : self._at + _BLOCK]
        least = width - 1
        others = (
            place
            for place, line in enumerate(lines)
            if '"' in line or line.count(delimiter) < least or len(line) > MAX_CELL
        )
        del lines[max(next(others, len(lines)) - 1, 0) :]
        first = self._number + 1
        self._at += len(lines)
        self._number += len(lines)
        return first, lines

    def give_back(self, lines: Sequence[tuple[int, str]]) -> None:
        """Take these lines again next."""
        self._again.extendleft(reversed(lines))

    def ahead(self) -> Iterator[str]:
        """Yield the lines to come without taking them."""
        place = 0
        while True:
            while place >= len(self._again):
                try:
                    self._again.append(self._next_line())
                except StopIteration:
                    return
            yield self._again[place][1]
            place += 1


@dataclass(frozen=True, slots=True)
class _RawRow:
    """What was read as a row: its cells, the lines it came from, what is wrong with it or ""."""

    values: Sequence[str]
    lines: Sequence[tuple[int, str]]
    fault: str


def _odd(row: _RawRow) -> bool:
    return sum(line.count('"') for _, line in row.lines) % 2 == 1


class _Table:
    """Reads the rows of one table."""

    def __init__(self, file: SourceFile, lines: _Lines, required: Sequence[str]) -> None:
        self._file = file
        self._lines = lines
        self._required = required
        self._header: list[str] = []
        self._delimiter = ","

    def read(self, delimiters: str) -> Iterator[RowBlock | TableRow | Problem]:
        """Yield one outcome per row, or rows in blocks."""
        if problem := self._read_header(delimiters):
            yield problem
            return
        for row in self._untorn(self._rows()):
            if isinstance(row, RowBlock):
                yield row
            elif row.fault:
                yield self._damaged(row.lines, row.fault)
            elif any(value.strip() for value in row.values):
                number = row.lines[-1][0]
                yield _row(self._file, self._header, self._delimiter, number, row.values)

    def _untorn(self, rows: Iterator[_RawRow | RowBlock]) -> Iterator[_RawRow | RowBlock]:
        """Put together what looks like several rows since a cell of several lines is not opened.

        Its lines look like short rows, of which the last has the quotation mark that closes.
        """
        held: list[_RawRow] = []
        full = short = 0
        for row in rows:
            if isinstance(row, RowBlock):
                yield from held
                short += max(len(held) - 1, 0)
                held, full = [], full + len(row.lines)
                yield row
                continue
            if row.fault or len(row.values) >= len(self._header) or len(held) > _MAX_TORN:
                yield from held
                short += max(len(held) - 1, 0)
                held, full = [row], full + 1
                continue
            held.append(row)
            closes = any(value.endswith('"') for value in row.values)
            usual = short * 20 > full  # short rows are the custom of this table
            torn = closes and not usual and _odd(row) and not self._opens(row)
            begins = self._beginning(held) if torn else None
            if begins is not None:
                yield from held[:begins]
                yield _RawRow([], [line for one in held[begins:] for line in one.lines], _UNOPENED)
                held = []
        yield from held

    def _opens(self, row: _RawRow) -> bool:
        """Return whether the first quotation mark of a row opens a cell: then none was lost before."""
        text = "".join(line for _, line in row.lines).replace('""', "")
        place = text.find('"')
        return text[max(place - 1, 0) : place] in ("", self._delimiter)

    def _beginning(self, held: Sequence[_RawRow]) -> int | None:
        """Return from which one on these rows are one: the short ones, and what they need to be it."""
        width = len(self._header)
        first = next(place for place, row in enumerate(held) if len(row.values) < width)
        cells = 1 + sum(len(row.values) - 1 for row in held[first:])
        if cells < width or len(held) - first < 2:
            # Its beginning seems to be a whole row.
            ends = held[-1].values[-1].rstrip().endswith('"')
            return 0 if first == 1 and ends and not held[0].fault else None
        return first

    def _rows(self) -> Iterator[_RawRow | RowBlock]:
        reader = self._reader(self._lines)
        header = tuple(self._header)
        while True:
            first, block = self._lines.block(self._delimiter, len(header))
            if block:
                yield RowBlock(self._file, header, self._delimiter, first, block)
            self._lines.taken = []
            values: list[str] = []
            fault = ""
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                fault = str(error)
            lines = self._lines.taken
            if fault or (len(lines) > 1 and len(values) != len(self._header)):
                length = self._damaged_lines(lines)
                if length:
                    self._lines.give_back(lines[length:])
                    lines, fault = lines[:length], _OPEN
                elif fault:
                    values, fault = self._leniently(lines, fault)
                    if not fault and len(values) != len(self._header) and self._take_rest(lines):
                        values, fault = [], _TOO_MANY
                reader = self._reader(self._lines)
            yield _RawRow(values, lines, fault)
            if fault in _ENDLESS:
                self._skip()

    def _read_header(self, delimiters: str) -> Problem | None:
        first = next((line for line in self._lines if line.strip()), "")
        if named := _SEPARATOR_LINE.match(first):  # a line that Excel writes and reads
            delimiters, first = named[1], next(self._lines, "")
        self._delimiter = max(delimiters, key=first.count)
        try:
            header = next(self._reader([first]), [])
        except csv.Error:
            header = []
        self._header = [name.strip() for name in header]
        missing = [column for column in self._required if column not in self._header]
        if not missing:
            return None
        return Problem(
            self._file.name,
            "",
            "",
            f"The table has no column {', '.join(missing)}; "
            f"its first line is {readable(first).strip()[:200]!r}.",
            f"Give it a first line with the columns {', '.join(self._required)}.",
        )

    def _reader(self, lines: Iterable[str], *, strict: bool = True) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self._delimiter, strict=strict)

    def _damaged_lines(self, lines: Sequence[tuple[int, str]]) -> int:
        """Return how many lines a damaged row has, 0 if that is not to be told.

        It ends before the first line from which on a good row can be read.
        """
        if len(self._header) < 2:
            return 0
        for start in range(1, min(len(lines), _LOOK_AHEAD)):
            candidate = chain((line for _, line in lines[start:]), self._lines.ahead())
            if self._is_row(islice(candidate, _LOOK_AHEAD)):
                return start
        return 0

    def _take_rest(self, lines: Sequence[tuple[int, str]]) -> bool:
        """Take the lines that belong to a row with a quotation mark too many; return whether there are.

        It took the one that opens a cell of several lines for the one that closes: the marks are in
        pairs, and lines follow that are no row, of which one has the mark that is left.
        """
        odd = False
        for count, line in enumerate(islice(self._lines.ahead(), _MAX_TORN)):
            if self._is_row(islice(self._lines.ahead(), count, _LOOK_AHEAD)):
                break
            odd ^= line.count('"') % 2 == 1
        else:
            count = len(list(islice(self._lines.ahead(), _MAX_TORN)))
        if not odd or sum(line.count('"') for _, line in lines) % 2:
            return False
        for _ in range(count):
            next(self._lines)
        return True

    def _is_row(self, lines: Iterable[str]) -> bool:
        """Return whether a good row can be read from here on."""
        try:
            values = next(self._reader(lines), [])
        except csv.Error:
            return False
        return len(values) == len(self._header) and any(value.strip() for value in values)

    def _skip(self) -> None:
        """Go past what belongs to a row without end: to a line that is a good row."""
        self._lines.taken = []
        for line in self._lines:
            number_and_line = self._lines.taken.pop()
            try:
                values = next(self._reader([line]), [])
            except csv.Error:
                continue
            if len(values) == len(self._header):
                self._lines.give_back([number_and_line])
                return

    def _leniently(self, lines: Sequence[tuple[int, str]], fault: str) -> tuple[list[str], str]:
        """Read a row that has a quotation mark within a cell, as most programs do."""
        if "larger than field limit" in fault:
            return [], _ENDLESS[0]
        if "too many lines" in fault:
            return [], _ENDLESS[1]
        if "end of data" in fault:
            return [], _OPEN
        try:
            return next(self._reader((line for _, line in lines), strict=False), []), ""
        except csv.Error as error:
            return [], f"The row cannot be read: {error}."

    def _damaged(self, lines: Sequence[tuple[int, str]], reason: str) -> Problem:
        remedy = (
            "Put cells that hold the separator, a line break or a quotation mark into double quotes."
        )
        raw = readable("".join(line[:1000] for _, line in lines[:20]))
        return Problem(self._file.name, f"line {lines[0][0]}", "", reason, remedy, raw)


def _row(
    file: SourceFile, header: Sequence[str], delimiter: str, number: int, values: Sequence[str]
) -> TableRow | Problem:
    filled = zip_longest(header, values[: len(header)], fillvalue="")
    row = TableRow(file, number, {name: value.strip() for name, value in filled if name})
    if any(value.strip() for value in values[len(header) :]):
        return row.problem(
            "",
            "",
            f"The row has {len(values)} cells, the table {len(header)} columns.",
            "Put cells that hold the separator or a line break into double quotes.",
        )
    text = delimiter.join(values)
    if not text.isascii() and WRONG_BYTE.search(text):
        reason = "The row is not in UTF-8."
        remedy = (
            f"Save the file as UTF-8 (in Excel: CSV UTF-8) and load it again; it seems to be in "
            f"{likely_encoding(text)}."
        )
    elif "\0" in text:
        reason = "The row holds NUL characters, so that it is damaged."
        remedy = "Fetch or save the file again."
    else:
        return row
    return Problem(file.name, f"line {number}", "", reason, remedy, readable(text)[:1000])
