"""Cut a BibTeX file into pieces, each from where an entry begins to where the next one does.

What the braces say does not count here, so that a damaged entry cannot take others with it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loaders.readers.files import BROKEN_FILE
from loaders.research.reference import MAX_ENTRY

_TYPES = (
    "article|book|booklet|bookinbook|collection|conference|data|dataset|electronic|inbook|incollection|"
    "inproceedings|inreference|manual|mastersthesis|misc|mvbook|online|patent|periodical|phdthesis|"
    "proceedings|reference|report|software|suppbook|techreport|thesis|unpublished|www"
)
START = re.compile(
    rf"[ \t]*(?:@[ \t]*(?P<kind>[A-Za-z]+)\s*[{{(]|(?P<lost>(?:{_TYPES}))[ \t]*\{{[ \t]*[^\s,{{}}=]+,)"
    r"|(?P<cut>[A-Za-z]+\{[^\s,{}=]+,[ \t\r]*$)"
    r"|(?P<alone>[ \t]*@[ \t]*[A-Za-z]+[ \t\r]*$)"
    r"|(?P<broken>@(?![A-Za-z-]+[ \t]+=[ \t])[A-Za-z][^\n]*(?:[{(]|,[ \t\r]*$))",
    re.IGNORECASE | re.MULTILINE,
)
"""An entry begins so at the start of a line; also one whose beginning is damaged."""
_WITHIN = re.compile(rf"@[ \t]*(?:{_TYPES}|string)[ \t]*[{{(]\s*[^\s,{{}}()=]*\s*[,=]", re.IGNORECASE)
"""The beginning of an entry anywhere in a line, where a text might look alike."""
_BEHIND = re.compile(r"@[ \t]*[A-Za-z]+[ \t]*[{(]")
_REMARK = re.compile(r"^[ \t]*%[^\n]*", re.MULTILINE)
_COMMENT_PIECES = 1_000
_COMMENT_SIZE = 1_000_000
"""Pieces and characters in which the end of a `@comment` is looked for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that begins with the beginning of an entry, and the line on which that is."""

    line: int
    text: str
    torn: bool = False
    """Whether the file breaks off in it (a damaged archive)."""

    def from_(self, at: int) -> Piece:
        """Return the piece from a place on."""
        return Piece(self.line + self.text.count("\n", 0, at), self.text[at:], self.torn)


def is_bibtex(start: str) -> bool:
    """Return whether a text is BibTeX, by its beginning."""
    lines = start.splitlines()
    return any(match["kind"] for line in lines if (match := START.match(line)) is not None)


def is_bibtex_within(start: str) -> bool:
    """Return whether entries of BibTeX begin in a text, though at the start of no line."""
    return _WITHIN.search(without_remarks(start)) is not None


def without_remarks(text: str) -> str:
    """Return a text of the same length in which lines that begin with `%` are blank."""
    return _REMARK.sub(lambda match: " " * len(match[0]), text) if "%" in text else text


def next_within(piece: Piece, at: int, *, damaged: bool = False) -> Piece | None:
    """Return the entry that begins in a piece at or after a place, on the same line as another.

    Args:
        piece: where to look.
        at: where the entry before it ends, or any place in it if it is damaged.
        damaged: whether it is: then what begins there must look more like an entry.
    """
    pattern = _WITHIN if damaged else _BEHIND
    match = pattern.search(without_remarks(piece.text[at:]))
    return piece.from_(at + match.start()) if match else None


class Pieces(Iterator[Piece]):
    """The pieces of a file, which can be looked at before they are taken."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = _cut(lines)
        self._held: deque[Piece] = deque()

    def __next__(self) -> Piece:
        """Return the next piece."""
        return self._held.popleft() if self._held else next(self._source)

    def push(self, piece: Piece) -> None:
        """Take this piece next."""
        self._held.appendleft(piece)

    def rest_of_comment(self, text: str) -> list[Piece]:
        """Take and return the pieces that stand in a `@comment` which ends behind them.

        Where no end is found, its brace was lost: then nothing is taken.
        """
        depth = text.count("{") - text.count("}")
        taken: list[Piece] = []
        size = 0
        while depth > 0 and len(taken) < _COMMENT_PIECES and size < _COMMENT_SIZE:
            piece = next(self, None)
            if piece is None:
                break
            taken.append(piece)
            size += len(piece.text)
            depth += piece.text.count("{") - piece.text.count("}")
        if depth > 0:
            self._held.extendleft(reversed(taken))
            return []
        return taken


def _cut(lines: Iterable[str]) -> Iterator[Piece]:
    parts: list[str] = []
    began, size, alone = 0, 0, False
    try:
        for number, line in enumerate(lines, start=1):
            start = START.match(line)
            if start and not (alone and not start["kind"]):  # else `@ar` is parted from `ticle{key,`
                alone = start["alone"] is not None
                if parts:
                    yield Piece(began, "".join(parts))
                parts, began, size = [], number, 0
            elif line.strip():
                alone = False
                first = None if began or line.lstrip().startswith("%") else _WITHIN.search(line)
                if first:  # behind other text: behind a sign too many, or in a file of one line
                    line, began = line[first.start() :], number
            if began and size < MAX_ENTRY:
                parts.append(line[: MAX_ENTRY - size])
                size += len(line)
    except BROKEN_FILE:
        if parts:
            yield Piece(began, "".join(parts), torn=True)
        raise
    if parts:
        yield Piece(began, "".join(parts))
