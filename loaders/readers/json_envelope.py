"""Find the list of records within a reply such as `{"meta": …, "message": {"items": [ … ]}}`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from loaders.readers.json_window import BreaksOffError, DamagedError, Window

Path = tuple[str, ...]
_SPACE = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Found:
    """Where the records are: `offset` from the window's front to the `[` or the one record."""

    offset: int
    levels: int
    """How many objects are around the list."""
    single: bool = False
    """Whether there is one record in place of a list of one (as converters from XML write it)."""
    fault: str = ""
    """What is wrong with the reply before its list."""


def find_list(window: Window, paths: Collection[Path]) -> Found | None:
    """Return where the list of records is in the object at the window's front, None if it has none.

    Args:
        window: not moved, but more text is taken as needed.
        paths: the keys that lead to the list, alternatives. Only a path of two keys or more may lead
            to a single object in place of a list.
    """
    try:
        return _walk(window, 1, (), paths)
    except DamagedError as error:
        for path in paths:
            pattern = '"' + re.escape(path[-1]) + r'"\s*:\s*(?=\[)'
            match = re.compile(pattern).search(window.text, window.at)
            if match:
                return Found(match.end() - window.at, len(path), fault=str(error))
        return None


def _walk(window: Window, offset: int, path: Path, paths: Collection[Path]) -> Found | None:
    """Look through an object from behind its `{`; see `find_list`."""
    while True:
        offset, sign = _next(window, offset)
        if sign != '"':
            if sign == "}":
                return None
            raise DamagedError(f"a key was expected, not {sign!r}")
        key, offset = window.value(offset)
        offset, sign = _next(window, offset)
        if sign != ":":
            raise DamagedError(f"a colon was expected after the key {key!r}")
        offset, sign = _next(window, offset + 1)
        here = (*path, key)
        if here in paths and (sign == "[" or (sign == "{" and len(here) > 1)):
            return Found(offset, len(here), single=sign == "{")
        if sign == "{" and any(one[: len(here)] == here for one in paths):
            found = _walk(window, offset + 1, here, paths)
            if found is not None:
                return found
        _, offset = window.value(offset)


def _next(window: Window, offset: int) -> tuple[int, str]:
    while True:
        space = _SPACE.match(window.text, window.at + offset)
        assert space is not None  # it matches the empty text
        if space.end() < len(window.text):
            return space.end() - window.at, window.text[space.end()]
        if not window.grow():
            raise DamagedError("the text breaks off", at_end=True)


def finish(window: Window, levels: int) -> None:
    """Go past the rest of a reply, from behind its list to behind its last bracket.

    Raises:
        BreaksOffError: it is damaged or does not end.
    """
    try:
        for _ in range(levels):
            while (sign := window.next_sign(",")) != "}":
                if sign != '"':
                    raise BreaksOffError("the reply breaks off after its records")
                window.take()
                if window.next_sign() != ":":
                    raise BreaksOffError("the reply is damaged after its records")
                window.at += 1
                window.next_sign()
                window.take()
            window.at += 1
    except DamagedError as error:
        raise BreaksOffError(f"the reply is damaged after its records: {error}") from None


def unwrap(value: object, paths: Collection[Path]) -> list[Any] | None:
    """Return the records of a reply that was read whole, None if it is none."""
    if isinstance(value, list):
        return value if value and all(isinstance(one, Mapping) for one in value) else None
    for path in paths:
        inner = value
        for key in path:
            inner = inner.get(key) if isinstance(inner, Mapping) else None
        if isinstance(inner, list):
            return inner
        if isinstance(inner, Mapping) and len(path) > 1:
            return [inner]
    return None
