"""Rows of a database dump in SQL: `INSERT [dbo].[Table] ([Column], …) VALUES (1, N'text', …)`.

The statements are read as text and never run. An `INSERT` at the beginning of a line begins a new
statement also within an unclosed text, so that one damaged statement costs only itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.base import Problem
from loaders.readers.encodings import wide_encoding
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import MAX_RAW, broken_file

_BEGIN = re.compile(r"\s*INSERT\s+(?:INTO\s+)?[\[\"`\w]", re.IGNORECASE)
_SURELY = re.compile(r"\s*INSERT\s+(?:INTO\s+)?[\w\[\].\"`]+\s*\(", re.IGNORECASE)
"""What begins a statement even where a text is still open: a sentence of a text does not look so."""
_LOOKS = re.compile(r"\s*\S+[^'()]*\([^'()]*\)\s*VALUES\s*\(", re.IGNORECASE)
_VALUES = re.compile(r"\bVALUES\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\s*(?:GO|SET|USE|CREATE|ALTER|DROP|UPDATE|DELETE|BEGIN|COMMIT|PRINT|--|/\*)\b", re.IGNORECASE
)
_HEAD = re.compile(
    r"\s*INSERT\s+(?:INTO\s+)?(?P<table>[\w\[\].\"` ]+?)\s*"
    r"\((?P<columns>[^()]*)\)\s*VALUES\s*",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\s*(?:[Nn]?'(?P<text>(?:[^']|'')*)'|(?P<mark>[(),;])|(?P<word>[^\s'(),;]+))")
MAX_STATEMENT = 20_000_000
"""Characters of one statement; a longer one is an error of the source."""
_QUOTES = '[]"` '


@dataclass(frozen=True, slots=True)
class Row:
    """One row to insert: column → text, None for NULL."""

    file: SourceFile
    place: str
    table: str
    values: dict[str, str | None]
    statement: str

    def problem(self, record: object, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this row; `record` is its identifier, if it has one."""
        name = f"{record} ({self.place})" if record else self.place
        return Problem(self.file.name, name, field, reason, remedy, self.statement[:MAX_RAW])


def read_rows(file: SourceFile) -> Iterator[Row | Problem]:
    """Yield the rows of all INSERT statements, and a `Problem` for each that is damaged.

    Args:
        file: UTF-8 or UTF-16 with a mark, as SQL Server writes it; other statements are left out.
    """
    try:
        for number, statement in _statements(file):
            place = f"line {number}"
            try:
                yield from _rows(file, place, statement)
            except ValueError as error:
                yield Problem(
                    file.name,
                    place,
                    "",
                    f"The INSERT statement cannot be read: {error}.",
                    "Correct the statement; those after it were read.",
                    statement[:MAX_RAW],
                )
    except BROKEN_FILE as error:
        yield broken_file(file, error)


def _statements(file: SourceFile) -> Iterator[tuple[int, str]]:
    """Yield the line on which each INSERT begins, and its text."""
    with file.open() as raw:
        encoding = wide_encoding(raw.read(4)) or "utf-8-sig"
    with (
        file.open() as raw,
        io.TextIOWrapper(raw, encoding=encoding, errors="fitech-noncharacter") as lines,
    ):
        begun, parts, quotes, size, number, whole = 0, list[str](), 0, 0, 0, False
        while line := lines.readline(MAX_STATEMENT):
            number += 1
            begins = (_SURELY if begun and quotes % 2 else _BEGIN).match(line) is not None
            if not begins and quotes % 2 == 0 and (whole or not begun):
                begins = _LOOKS.match(line) is not None  # its first word is damaged
            if begun and (begins or (quotes % 2 == 0 and _OTHER.match(line))):
                yield begun, "".join(parts)
                begun, quotes = 0, 0
            if begins:
                begun, parts, quotes, size, whole = number, [], 0, 0, False
            if begun:
                parts.append(line)
                quotes += line.count("'")
                whole = whole or _VALUES.search(line) is not None
            size = size + len(line) if begun else 0
            if max(size, len(line)) >= MAX_STATEMENT:
                raise OSError(f"line {number} or its statement has over {MAX_STATEMENT:,} characters")
        if begun:
            yield begun, "".join(parts)


def _rows(file: SourceFile, place: str, statement: str) -> list[Row]:
    head = _HEAD.match(statement)
    if head is None:
        raise ValueError("it names no table, columns and VALUES")
    table = head["table"].rpartition(".")[2].strip(_QUOTES)
    columns = [column.strip(_QUOTES + "\n\r\t") for column in head["columns"].split(",")]
    found = [
        dict(zip(columns, values, strict=True)) for values in _values(statement, head.end(), columns)
    ]
    return [
        Row(file, place if len(found) == 1 else f"{place}, row {number}", table, row, statement)
        for number, row in enumerate(found, start=1)
    ]


def _values(statement: str, at: int, columns: list[str]) -> Iterator[list[str | None]]:
    """Yield the values of each row; those of functions (`CAST(0x… AS DateTime)`) as their text."""
    rows = 0
    depth, value, row = 0, list[str](), list[str | None]()
    while token := _TOKEN.match(statement, at):
        at = token.end()
        mark = token["mark"]
        if mark == "(" and depth == 0:
            depth, value, row = 1, [], []
        elif depth == 0:
            if mark not in (",", ";"):
                break
        elif depth == 1 and mark in (",", ")"):
            row.append(_value(value))
            value = []
            if mark == ")":
                depth = 0
                if len(row) != len(columns):
                    raise ValueError(f"it has {len(columns)} columns and {len(row)} values")
                rows += 1
                yield row
        else:
            depth += {"(": 1, ")": -1}.get(mark or "", 0)
            if token["text"] is not None and value and depth == 1:
                raise ValueError("a text literal is broken off by a quotation mark")
            value.append(token["text"] if token["text"] is not None else token[0].strip())
            if token["text"] is not None and depth == 1:
                value[-1] = "'" + value[-1].replace("''", "'")
    if depth or statement[at:].strip() or not rows:
        raise ValueError("a text literal or a bracket is not closed")


def _value(parts: list[str]) -> str | None:
    """Return a literal's text (marked by a quotation mark before it), NULL or an expression."""
    if len(parts) == 1 and parts[0].startswith("'"):
        return parts[0][1:]
    if not parts or any(part.startswith("'") for part in parts):
        raise ValueError("a text literal is broken off by a quotation mark, or a value is missing")
    text = " ".join(parts)
    return None if text.upper() == "NULL" else text
