"""Read JSON records one at a time, whatever wraps them: an array, lines, or a reply with a list.

Memory holds one record. A damaged record costs itself only. Numbers come as int or Decimal, never as a
rounded float.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ijson

from loaders.base import Problem
from loaders.readers.encodings import TextChunks, readable
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_envelope import Path, find_list, finish, unwrap
from loaders.readers.json_recovery import (
    Around,
    End,
    Good,
    end_of_damaged,
    ends_like_a_record,
    ends_well,
    goes_on,
    indent_of,
    stands_deeper,
)
from loaders.readers.json_window import MAX_VALUE, BreaksOffError, DamagedError, Window, decode

MAX_RAW = 10_000
_LOOK = 10_000_000
"""Characters of the first lines up to which a text may be one of lines."""


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


def read_items(
    file: SourceFile, list_keys: Sequence[str] = (), *, mixed: bool = False
) -> Iterator[Item | Problem]:
    """Yield the records of a file, and one `Problem` where the file cannot be read (further).

    Args:
        file: an array of objects, JSON Lines, a single object, or an object with a list of
            records under one of `list_keys` (a reply); or several of these one after another.
            In UTF-8, UTF-16 or UTF-32.
        list_keys: keys under which a reply may keep its records; `message.items` is the list under
            `items` in the object under `message`.
        mixed: whether the records of a list are of several kinds, some of which stand within others
            (`@graph`): then a part of a damaged record is not known by what it looks like.
    """
    paths = tuple(tuple(key.split(".")) for key in list_keys)
    try:
        with file.open() as raw:
            window = Window(TextChunks(raw))
            window.grow()
            while not _shows_its_form(window.text):
                # The first line may be long; a reply may be one that is endless.
                if len(window.text) > _LOOK or not window.grow():
                    break
            if _has_lines(window.text):
                yield from _Lines(file, paths, mixed=mixed).read(window)
            else:
                yield from _Text(file, paths, mixed=mixed).read(window)
    except BreaksOffError as error:
        yield broken_file(file, error)
    except BROKEN_FILE as error:
        yield broken_file(file, error)


def broken_file(file: SourceFile, error: Exception) -> Problem:
    """Return the problem of a file that cannot be read to its end."""
    return Problem(
        file.name,
        "",
        "",
        f"The file cannot be read to its end: {' '.join(str(error).split())[:300]}.",
        "Fetch it again; what could be read before this place was read.",
    )


def _shows_its_form(start: str) -> bool:
    """Return whether the beginning of a text is enough to tell whether it has lines."""
    text = start.lstrip()
    lines = text.split("\n", 2)
    return text.startswith("[") or len(lines) > 2 or (len(lines) > 1 and _is_json(lines[0]))


def _has_lines(start: str) -> bool:
    """Return whether a text has one record on each line, as far as its beginning shows."""
    first, _, rest = start.lstrip().partition("\n")
    second, _, rest = rest.lstrip().partition("\n")
    if not second:
        return False
    if _is_json(first):
        return True
    # The first line may be damaged, or be the head of a reply whose records follow line by line.
    if first.rstrip().endswith(("[", "{", ",")):
        return first.startswith("{") and _is_json(second) and not rest.lstrip().startswith("]")
    return second.startswith("{") and (_is_json(second) or (first.startswith("{") and len(first) > 2))


def _is_json(text: str) -> bool:
    try:
        decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _damaged(file: SourceFile, place: str, text: str, reason: str) -> Problem:
    return Problem(
        file.name,
        place,
        "",
        f"The record is no JSON: {reason}.",
        "Correct the record, in UTF-8; those after it were read.",
        readable(text[:MAX_RAW]),
    )


class _Text:
    """Reads records from a text that is not made of lines."""

    def __init__(self, file: SourceFile, paths: Sequence[Path], *, mixed: bool) -> None:
        self._file = file
        self._paths = paths
        self._done = 0
        self._good = Good(mixed=mixed)
        self._sound: bool | None = None
        self._over = False

    def read(self, window: Window) -> Iterator[Item | Problem]:
        """Yield the records of all values of a text.

        Raises:
            BreaksOffError: it is no JSON from some place on, or does not end.
        """
        while not self._over and (sign := window.next_sign(",")):
            if sign == "[":
                window.at += 1
                yield from self._list(window, Around(0, in_list=True))
                continue
            found = find_list(window, self._paths) if sign == "{" and self._paths else None
            if found is None:
                yield self._record(window, Around())
                continue
            window.at += found.offset
            if found.single:
                yield self._record(window, Around(found.levels, in_list=False))
            else:
                window.at += 1
                yield from self._list(window, Around(found.levels, in_list=True))
            if found.fault:
                raise BreaksOffError(f"the reply is damaged before its records: {found.fault}")
            if not self._over:
                finish(window, found.levels)

    def _list(self, window: Window, around: Around) -> Iterator[Item | Problem]:
        while not self._over:
            sign = window.next_sign(",}")
            if not sign:
                raise BreaksOffError("the list of records does not end")
            if sign == "]" and self._ends_here(window, around):
                window.at += 1
                return
            yield self._record(window, around)

    def _ends_here(self, window: Window, around: Around) -> bool:
        """Return whether the `]` at the window's front ends the list, as far as can be seen."""
        while not window.ended and len(window.text) - window.at < 1_000_000:
            window.grow()
        return not window.ended or ends_well(window.text[window.at + 1 :], around)

    def _is_sound(self) -> bool:
        """Return whether the whole file is good JSON: then a record that holds others is no damage."""
        if self._sound is None:
            try:
                with self._file.open() as raw:
                    deque(ijson.basic_parse(raw, multiple_values=True), maxlen=0)
                self._sound = True
            except (ijson.JSONError, ValueError, *BROKEN_FILE):
                self._sound = False
        return self._sound

    def _record(self, window: Window, around: Around) -> Item | Problem:
        """Read the record at the window's front."""
        try:
            value, size = window.value()
            follows = goes_on(window.text, window.at + size, value, around)
            follows = follows or ends_like_a_record(window, size, self._good, around)
            if not follows or (self._good.swallows(value, size) and not self._is_sound()):
                raise DamagedError("its brackets are not in pairs")
            if stands_deeper(window, size, value, self._good, around):
                raise DamagedError("its beginning is lost")
        except DamagedError as error:
            if not around.in_list and window.text[window.at] not in "{[":
                raise BreaksOffError(f"{error}") from None
            if error.size is None:
                end = end_of_damaged(window, self._good, around, at_end=error.at_end)
            else:
                end = End(window.at + error.size)
            if end is None:
                raise BreaksOffError(f"{error}") from None
            text = window.text[window.at : end.at]
            window.at, self._over = end.at, end.last
            self._done += 1
            return _damaged(self._file, f"item {self._done}", text, str(error))
        window.at += size
        self._done += 1
        self._good.add(value, size, indent_of(window.text, window.at))
        return Item(self._file, f"item {self._done}", value)


class _Lines:
    """Reads records from JSON Lines."""

    def __init__(self, file: SourceFile, paths: Sequence[Path], *, mixed: bool) -> None:
        self._file = file
        self._paths = paths
        self._mixed = mixed
        self._torn = False
        """Whether the last line was the beginning of a record that goes on in the next."""

    def read(self, window: Window) -> Iterator[Item | Problem]:
        """Yield the records of all lines."""
        for number, line in enumerate(window.lines(), start=1):
            place = f"line {number}"
            if line is None:
                yield _damaged(self._file, place, "", f"it has more than {MAX_VALUE:,} characters")
                continue
            text = line.strip()
            if not text:
                continue
            try:
                value = decode(text)
                if window.has_wrong_bytes(text):
                    raise ValueError
            except (ValueError, RecursionError):
                yield from self._not_one(place, text)
                continue
            self._torn = False
            records = unwrap(value, self._paths)
            if records is None:
                yield Item(self._file, place, value)
            else:
                for item, record in enumerate(records, start=1):
                    yield Item(self._file, f"{place}, item {item}", record)

    def _not_one(self, place: str, text: str) -> Iterator[Item | Problem]:
        """Read a line that is not one good value: several, a reply with a damaged record, or damage."""
        if self._torn and not text.startswith(("{", "[")):
            return  # the rest of a record that a line break tore apart; it was told
        outcomes: list[Item | Problem] = []
        try:
            outcomes.extend(_Text(self._file, self._paths, mixed=self._mixed).read(Window([text])))
        except BreaksOffError as error:
            outcomes.append(_damaged(self._file, place, text, str(error)))
        self._torn = isinstance(outcomes[-1], Problem) and not text.endswith("}")
        for number, outcome in enumerate(outcomes, start=1):
            where = place if len(outcomes) == 1 else f"{place}, item {number}"
            if isinstance(outcome, Item):
                yield replace(outcome, place=where)
            else:
                yield replace(outcome, record=where)
