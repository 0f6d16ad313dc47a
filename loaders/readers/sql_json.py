"""JSON objects that stand as text literals in SQL: `INSERT INTO t VALUES ('{"id": …}'::jsonb)`.

The SQL is read as text and never run. A statement or a row that begins a line begins anew also within
an unclosed text, so that one damaged row costs only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from json import loads

from loaders.base import Problem
from loaders.readers.encodings import WRONG_BYTE, readable
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import MAX_RAW, Item, broken_file

_MAX_LINE = 50_000_000
_STATEMENT = re.compile(
    r"(?:INSERT|UPDATE|DELETE|MERGE|COPY|CREATE|ALTER|DROP|TRUNCATE|BEGIN|COMMIT|SELECT|DO)\b",
    re.IGNORECASE,
)
_ROW = re.compile(r"\s*,?\s*\(\s*(?:[eE]?'|\$\w*\$)\s*[\[{]")
_LITERAL = re.compile(
    r"--[^\n]*|/\*.*?\*/|\"[^\"]*\""
    r"|(?P<escaped>[eE]'(?P<e>(?:[^'\\]|''|\\.)*)')|'(?P<plain>(?:[^']|'')*)'"
    r"|\$(?P<tag>\w*)\$(?P<dollar>.*?)\$(?P=tag)\$|(?P<open>')|(?P<bracket>[()])",
    re.DOTALL,
)
_OBJECT = re.compile(r"\{\s*\"\w+\"\s*:")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_BACKSLASH = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_TABLE = re.compile(r"(?:INSERT\s+INTO|UPDATE)\s+([\w.\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlainRow:
    """A row of a table without a JSON object."""

    table: str


@dataclass(frozen=True, slots=True)
class SqlItem(Item):
    """A JSON object and the kind of statement it came in: `insert` or `update`."""

    statement: str = "insert"


def read_sql(file: SourceFile) -> Iterator[SqlItem | PlainRow | Problem]:
    """Yield the JSON objects of a file in their order, a `PlainRow` for each row that holds none.

    A text that looks like a JSON object and is none gives a `Problem`.
    """
    try:
        for piece in _pieces(file):
            yield from _objects(file, piece)
    except BROKEN_FILE as error:
        yield broken_file(file, error)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A statement, or a row of one whose rows begin with JSON."""

    line: int
    table: str
    statement: str
    text: str
    goes_on: bool
    """Whether a row of the same statement follows."""


def _pieces(file: SourceFile) -> Iterator[_Piece]:
    parts: list[str] = []
    first, table, statement = 1, "", ""
    with file.open_text() as text:
        for number, line in enumerate(iter(lambda: text.readline(_MAX_LINE), ""), start=1):
            begins = _STATEMENT.match(line)
            if parts and (begins or _ROW.match(line)):
                yield _Piece(first, table, statement, "".join(parts), begins is None)
                parts = []
            if begins:
                statement, table = begins[0].lower(), ""
            if not parts:
                first = number
            parts.append(line)
            if not table and (named := _TABLE.search(line)):
                table = named[1].rpartition(".")[2].strip('"')
    if parts:
        yield _Piece(first, table, statement, "".join(parts), goes_on=False)


def _objects(file: SourceFile, piece: _Piece) -> Iterator[SqlItem | PlainRow | Problem]:
    text, found, rows, depth, behind = piece.text, 0, 0, 0, 0
    for literal in _LITERAL.finditer(text):
        if literal["bracket"]:
            depth += 1 if literal["bracket"] == "(" else -1
            rows += depth == 0
            continue
        value = _value(literal)
        if value is None and not literal["open"]:
            continue
        content = (text[literal.end() :] if value is None else value).strip()
        place = f"line {piece.line + text.count(chr(10), 0, literal.start())}"
        if not content.startswith(("{", "[")):
            continue
        found, behind = found + 1, literal.end()
        reason = "the quotation marks around it do not match" if value is None else ""
        if not reason and WRONG_BYTE.search(content):
            reason = "it has bytes that are no UTF-8"
        try:
            parsed = None if reason else loads(content, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            reason = str(error)
        if reason:
            yield Problem(
                file.name,
                place,
                "",
                f"The record is no JSON: {reason}.",
                "Correct the record, and write ' as '' within it; those after it were read.",
                readable(content[:MAX_RAW]),
            )
            return  # where it ends is not known
        for one in parsed if isinstance(parsed, list) else [parsed]:
            yield SqlItem(file, place, one, piece.statement)
    if _OBJECT.search(_COMMENT.sub("", text[behind:])):
        yield Problem(
            file.name,
            f"line {piece.line + text.count(chr(10), 0, behind)}",
            "",
            "The quotation marks of the statement do not match: its JSON is in none of its texts.",
            "Write ' as '' within texts; the statements after it were read.",
            readable(text[behind:][:MAX_RAW]),
        )
    elif not found and not piece.goes_on and piece.statement in ("insert", "update") and piece.table:
        columns = 1 if re.search(r"\)\s*VALUES\b", text, re.IGNORECASE) else 0
        yield from (PlainRow(piece.table) for _ in range(max(1, rows - columns)))


def _value(literal: re.Match[str]) -> str | None:
    """Return what a literal says, None for what is no literal."""
    if literal["plain"] is not None:
        return literal["plain"].replace("''", "'")
    if literal["e"] is not None:
        return _BACKSLASH.sub(_unescaped, literal["e"].replace("''", "'"))
    return literal["dollar"]


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] == "u" and len(code) == 5:
        return chr(int(code[1:], 16))
    return {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}.get(code, code)
