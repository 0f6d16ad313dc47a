"""Cut a text into sentences and list items, and keep where each stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 400
"""Characters of the longest piece; longer sentences are cut at a comma or blank before it."""
_SHORTEST = 2

_MARK = re.compile(r"[\s\-–—•*·●▪◦‣>]*(?:\(?(?:\d{1,2}|[a-h])[.)]\s+(?=\S))?")
"""What stands before an item of a list."""
_END = re.compile(
    r"[.!?]+[\"”’)\]]*\s+(?=[\"“‘(\[]?[A-ZÅÄÖÉ\d•])"  # end of a sentence
    r"|(?<=[a-zåäö)]{3})\.(?=[A-ZÅÄÖ][a-zåäö]{2})"  # a blank got lost behind it
    r"|(?<=[a-zåäö.)])(?=[-–]\s+[A-ZÅÄÖ][a-zåäö])"  # before an item whose blank got lost
    r"|;\s+|\s[•●▪◦‣·]\s*|\s[*–—-]\s+(?=[^\W\d])"  # items in one line
)
_NO_END = re.compile(
    r"(?:\b(?i:e\.g|i\.e|esim|ns|mm|ks|vrt|t\.ex|bl\.a|d\.v\.s|s\.k|resp|vs|cf|prof|dr|mrs?|incl"
    r"|approx|no|nr|fig|eq)|\b[A-ZÅÄÖ]|^\W*\d{1,2}|\b[ivx]{1,4})\.$"
)
_CUT = re.compile(r"[,:]\s|\s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One piece of a text: `text[start:end]`, code points, end exclusive."""

    text: str
    start: int
    end: int


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a plain text in its order; lines and list items are pieces too."""
    begin = 0
    for line in text.split("\n"):
        yield from _of_line(text, begin, begin + len(line))
        begin += len(line) + 1


def _of_line(text: str, begin: int, stop: int) -> Iterator[Sentence]:
    start = begin
    for found in _END.finditer(text, begin, stop):
        head = text[max(start, found.start() - 12) : found.start() + 1].rstrip()
        if found.group().startswith(".") and _NO_END.search(head):
            continue
        yield from _piece(text, start, found.end())
        start = found.end()
    yield from _piece(text, start, stop)


def _piece(text: str, start: int, end: int) -> Iterator[Sentence]:
    mark = _MARK.match(text, start, end)
    start = mark.end() if mark else start
    while end > start and text[end - 1] in " \t\r\u00a0;•●▪◦‣·*":
        end -= 1
    while end - start > LONGEST:
        cuts = [found.end() for found in _CUT.finditer(text, start + LONGEST // 2, start + LONGEST)]
        commas = [cut for cut in cuts if text[cut - 2] in ",:"]
        cut = (commas or cuts or [start + LONGEST])[-1]
        yield Sentence(text[start:cut].rstrip(), start, start + len(text[start:cut].rstrip()))
        start = cut
    if end - start >= _SHORTEST and any(map(str.isalpha, text[start:end])):
        yield Sentence(text[start:end], start, end)
