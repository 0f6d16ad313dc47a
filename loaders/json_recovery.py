"""Split a damaged JSON array into its elements, so that one bad record does not cost the others.

Used only after the JSON parser gave up. Elements are told apart by their brackets and strings; an
element whose brackets do not match takes what follows with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO

_MARK = re.compile(
    rb'(?P<string>"(?:[^"\\]|\\.)*")|(?P<open>"(?:[^"\\]|\\.)*\\?\Z)|[\[\]{},]', re.DOTALL
)
_CHUNK = 1 << 20
MAX_ELEMENT = 50_000_000
"""Bytes of one element; a longer one means that the brackets do not match."""


def array_elements(raw: IO[bytes], keys: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield the text of each element of an array.

    Args:
        raw: a JSON array; or, if `keys` are given, an object with an array under one of them.
        keys: keys under which the array may stand, in objects within objects joined by dots:
            `message.items`.

    Raises:
        EOFError: the array does not end, or an element is too long.
    """
    names = {key.encode() for key in keys} or {b""}
    buffer, offset, outer = b"", 0, 0
    path: list[bytes] = []
    last_string, inside, start = b"", False, 0
    while chunk := raw.read(_CHUNK):
        buffer += chunk
        for match in _MARK.finditer(buffer, offset):
            if match["open"] is not None:
                break  # the string goes on in the next chunk
            offset, mark = match.end(), match.group()
            if match["string"] is not None:
                last_string = mark[1:-1]
            elif mark in (b"[", b"{"):
                path.append(last_string)
                last_string = b""
                if mark == b"[" and not inside:
                    inside = b".".join(path[1:]) in names
                    start, outer = offset, len(path)
            elif mark in (b"]", b"}"):
                del path[-1:]
                if inside and len(path) < outer:
                    if buffer[start : offset - 1].strip():
                        yield buffer[start : offset - 1].strip()
                    return
            else:
                last_string = b""
                if inside and len(path) == outer:
                    yield buffer[start : offset - 1].strip()
                    start = offset
        cut = start if inside else offset
        buffer, offset, start = buffer[cut:], offset - cut, 0
        if len(buffer) > MAX_ELEMENT:
            break
    raise EOFError("the array does not end")
