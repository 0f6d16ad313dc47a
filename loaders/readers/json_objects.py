"""Find objects of one kind in a damaged JSON text, however deep they lie and whatever is broken around.

Used only after the JSON parser gave up. Each object is tried where it seems to begin; nothing depends
on the brackets and quotes before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_DECODER = json.JSONDecoder(parse_float=Decimal)


@dataclass(frozen=True, slots=True)
class Piece:
    """An object that was found, or the text where one is damaged, and the line on which it begins."""

    line: int
    value: Mapping[str, Any] | None
    text: str = ""


def objects_in(text: str, first_keys: Collection[str], marks: Collection[str]) -> Iterator[Piece]:
    """Yield the outermost objects that have one of the marks for a key.

    Args:
        text: JSON, damaged somewhere.
        first_keys: keys with which such objects begin in the source.
        marks: keys of which an object of the kind has at least one.
    """
    begins = re.compile(r"\{\s*\"(?:" + "|".join(map(re.escape, sorted(first_keys))) + r")\"\s*:")
    marked = re.compile(r"\"(?:" + "|".join(map(re.escape, sorted(marks))) + r")\"\s*:")
    line, told, at = 1, 0, 0
    starts = [match.start() for match in begins.finditer(text)]
    for number, start in enumerate(starts):
        if start < at:
            continue  # within an object that was read
        line, told = line + text.count("\n", told, start), start
        if marked.search(text, at, start):  # an object whose beginning is lost
            yield Piece(line, None, text[at:start])
        following = starts[number + 1] if number + 1 < len(starts) else len(text)
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            if marked.search(text, start, following):
                yield Piece(line, None, text[start:following])
            at = following
            continue
        if any(mark in value for mark in marks):
            yield Piece(line, value)
            at = end
        else:
            at = start + 1
    if marked.search(text, at):
        yield Piece(line + text.count("\n", told, at), None, text[at:])
