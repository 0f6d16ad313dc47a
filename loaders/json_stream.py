"""Read JSON records one at a time, whatever wraps them: an array, lines, or a reply with a list.

Memory holds one record. Numbers come as int or Decimal, never as a rounded float.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import ijson

from loaders.base import Problem
from loaders.files import BROKEN_FILE, SourceFile
from loaders.json_recovery import array_elements

MAX_RAW = 10_000
_LOOK = 65_536
_LONG_LINE = 50_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """One JSON value of a file and where it stood: `line 7` or `item 7`."""

    file: SourceFile
    place: str
    value: Any

    def problem(self, record: object, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this item; `record` is its identifier, if it has one."""
        name = f"{record} ({self.place})" if record else self.place
        return Problem(self.file.name, name, field, reason, remedy, raw_of(self.value))


def raw_of(value: object) -> str:
    """Return a value as JSON for inspection, cut to a bearable length."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:MAX_RAW]
    except (ValueError, RecursionError):
        return "(nested too deeply to be shown)"


def read_items(file: SourceFile, list_keys: Sequence[str] = ()) -> Iterator[Item | Problem]:
    """Yield the records of a file, and one `Problem` where the file cannot be read (further).

    Args:
        file: an array of objects, JSON Lines, a single object, or an object with a list of
            records under one of `list_keys` (a search reply).
        list_keys: keys under which a reply may keep its list of records, in objects within objects
            joined by dots: `results`, `message.items`. A key that holds no list is no such key.
    """
    done = 0
    try:
        shape = _shape(file, list_keys)
        if shape == "lines":
            yield from _lines(file, list_keys)
            return
        with file.open() as raw:
            _skip_mark(raw)
            for value in ijson.items(raw, shape, multiple_values=True):
                done += 1
                yield Item(file, f"item {done}", value)
    except ijson.JSONError as error:
        yield from _recover(file, list_keys, done, error)
    except (UnicodeDecodeError, *BROKEN_FILE) as error:
        yield broken_file(file, error)


def _recover(
    file: SourceFile, list_keys: Sequence[str], done: int, error: Exception
) -> Iterator[Item | Problem]:
    """Go on after the parser gave up at a record: that one is told, those after it are read."""
    try:
        with file.open() as raw:
            _skip_mark(raw)
            array = raw.read(1) == b"["
            _skip_mark(raw)
            told = False
            elements = array_elements(raw, () if array else list_keys)
            for number, text in enumerate(elements, start=1):
                if number > done:
                    outcome = _element(file, number, text)
                    told = told or isinstance(outcome, Problem)
                    yield outcome
        if not told:  # what the parser stumbled over is no record
            yield broken_file(file, error)
    except (EOFError, *BROKEN_FILE):
        yield broken_file(file, error)


def _element(file: SourceFile, number: int, text: bytes) -> Item | Problem:
    place = f"item {number}"
    try:
        return Item(file, place, json.loads(text, parse_float=Decimal))
    except (ValueError, RecursionError) as error:
        reason = f"The record is no JSON: {error}."
        remedy = "Correct the record; those after it were read."
        return Problem(file.name, place, "", reason, remedy, text.decode("utf-8", "replace")[:MAX_RAW])


def broken_file(file: SourceFile, error: Exception) -> Problem:
    """Return the problem of a file that cannot be read to its end."""
    return Problem(
        file.name,
        "",
        "",
        f"The file cannot be read to its end: {' '.join(str(error).split())[:300]}.",
        "Fetch it again; what could be read before this place was read.",
    )


def _shape(file: SourceFile, list_keys: Sequence[str]) -> str:
    """Return `lines` or the ijson prefix of the records."""
    with file.open() as raw:
        start = raw.read(_LOOK)
        if b"\n" not in start and b"[" not in start[:4]:  # the first of many lines may be long
            start += raw.readline(_LONG_LINE) + raw.read(_LOOK)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    first, newline, rest = text.partition(b"\n")
    if not text:
        return "lines"
    try:
        json.loads(first)
    except ValueError:
        # A first line that is damaged, before a second that begins a record: still lines.
        looks_like_lines = first.startswith(b"{") and rest.lstrip(b"\r\n").startswith(b"{")
        if newline and looks_like_lines and len(first) > 2:
            return "lines"
    else:
        if rest.strip():
            return "lines"
    if text.startswith(b"["):
        return "item"
    if not list_keys:
        return ""
    with file.open() as raw:
        _skip_mark(raw)
        # Several values may follow each other when a first line is longer than we looked.
        for prefix, event, _ in ijson.parse(raw, multiple_values=True):
            if event == "start_array" and prefix in list_keys:
                return f"{prefix}.item"
    return ""


def _lines(file: SourceFile, list_keys: Sequence[str]) -> Iterator[Item | Problem]:
    with file.open() as raw:
        for number, line in enumerate(raw, start=1):
            text = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not text:
                continue
            try:
                value = json.loads(text, parse_float=Decimal)
            except (ValueError, RecursionError) as error:
                yield Problem(
                    file.name,
                    f"line {number}",
                    "",
                    f"The line is no JSON: {error}.",
                    "Write one whole JSON object per line, in UTF-8.",
                    text.decode("utf-8", "replace")[:MAX_RAW],
                )
                continue
            yield from _records(Item(file, f"line {number}", value), list_keys)


def _records(line: Item, list_keys: Sequence[str]) -> Iterator[Item]:
    """Yield the records of a line that is a whole reply, else the line itself."""
    for key in list_keys:
        found = line.value
        for name in key.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        if isinstance(found, list):
            for number, value in enumerate(found, start=1):
                yield Item(line.file, f"{line.place}, item {number}", value)
            return
    yield line


def _skip_mark(raw: IO[bytes]) -> None:
    if raw.read(3) != b"\xef\xbb\xbf":
        raw.seek(0)
