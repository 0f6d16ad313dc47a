"""Split damaged Turtle into its statements, so that a damaged one costs only itself.

A Turtle parser gives up for good at the first fault. Statements end at a dot outside of strings,
addresses and comments; a lost quotation mark ends with its line, for only the long strings go over
several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import IO

MAX_PIECE = 20_000_000
"""Bytes of one statement; a longer one means that something in it has no end."""

_TOKEN = re.compile(
    rb"""(?P<comment>\#)|<[^<>"{}|^`\\\x00-\x20]*>|(?P<long>\"{3}|'{3})"""
    rb"""|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'|\\.|(?P<end>\.(?=[\s\#]|\Z))"""
)
_LONG_END = {
    b'"""': re.compile(rb'(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL),
    b"'''": re.compile(rb"(?:[^'\\]|\\.|'(?!''))*'{3,5}", re.DOTALL),
}
_DIRECTIVE = re.compile(
    rb"\s*(?:@(?:prefix|base)\b[^\n]*?<[^<>]*>\s*\.|(?:PREFIX\s+\S*:|BASE)\s*<[^<>]*>)", re.IGNORECASE
)
_SUBJECT_LINE = re.compile(rb"\n(?=(?:<[^<>\s]*>|[A-Za-z_][\w.-]*:[^\s;,.]*)\s)")
_COMMENTS = re.compile(rb"\s*(?:\#[^\n]*(?:\n\s*|\Z))*")
_PREFIX = re.compile(rb"(?:@prefix|PREFIX)\s+([^\s:]*):\s*<([^<>]*)>", re.IGNORECASE)
_FIRST = re.compile(rb"\s*(?:<([^<>\s]*)>?|([A-Za-z_][\w.-]*)?:([^\s;,<>\"']*))")
_THEN = re.compile(rb"\s*(?:a\s|<|[A-Za-z_][\w.-]*:)")


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one statement, and the line on which it begins."""

    line: int
    text: bytes
    whole: bool = True
    """Whether it has its final dot."""
    between: bytes = b""
    """The subject of both the line before and the line after it, if that is one."""


def statements(raw: IO[bytes]) -> Iterator[Piece]:
    """Yield the statements of a Turtle document, directives among them, in their order."""
    parts: list[bytes] = []
    size, first, open_string = 0, 1, b""
    for number, line in enumerate(iter(lambda: raw.readline(MAX_PIECE), b""), start=1):
        start = 0
        ends, open_string = _ends(line, open_string)
        for end in ends:
            parts.append(line[start:end])
            yield _piece(first, b"".join(parts))
            parts, size, start, first = [], 0, end, number
        rest = line[start:]
        if parts or rest.strip():
            first = first if parts else number
            parts.append(rest)
            size += len(rest)
        if size > MAX_PIECE:
            yield _piece(first, b"".join(parts))
            parts, size, open_string = [], 0, b""
    tail = b"".join(parts)
    if _COMMENTS.sub(b"", tail, count=1):
        yield Piece(first, tail, whole=False)


def lines(raw: IO[bytes]) -> Iterator[Piece]:
    """Yield the lines of an N-Triples or N-Quads document; a last one that is cut is not whole."""
    before, here = b"", raw.readline(MAX_PIECE)
    number = 0
    while here:
        number += 1
        after = raw.readline(MAX_PIECE)
        around = before.partition(b" ")[0]
        same = around.startswith(b"<") and after.startswith(around + b" ")
        whole = here.endswith((b"\n", b"\r")) or here.rstrip().endswith(b".")
        yield Piece(number, here, whole, around if same else b"")
        before, here = here, after


def _piece(line: int, text: bytes) -> Piece:
    """Let a piece begin at its first word, for its line to be right."""
    blank = _COMMENTS.match(text)
    skipped = blank.end() if blank else 0
    return Piece(line + text.count(b"\n", 0, skipped), text[skipped:])


def _ends(line: bytes, quote: bytes) -> tuple[list[int], bytes]:
    """Return where statements end in a line, and the mark of a long string that goes on after it.

    Args:
        line: one line with its end.
        quote: the mark of the long string in which it begins, "" if in none.
    """
    ends: list[int] = []
    at = 0
    while True:
        if quote:
            close = _LONG_END[quote].match(line, at)
            if close is None:
                return ends, quote
            at, quote = close.end(), b""
        token = _TOKEN.search(line, at)
        if token is None or token["comment"]:
            return ends, b""
        at = token.end()
        quote = token["long"] or b""
        if token["end"]:
            ends.append(at)


def directives(text: bytes) -> bytes:
    """Return the prefixes and bases with which a piece begins."""
    end = 0
    while match := _DIRECTIVE.match(text, end):
        end = match.end()
    return text[:end]


def subject_of(text: bytes, header: bytes) -> str:
    """Return the address that a statement begins with, "" if it has none.

    Args:
        text: the statement.
        header: the directives that hold for it.
    """
    first = _FIRST.match(text)
    if first is None:
        return ""
    if first[1] is not None:
        return first[1].decode("utf-8", "replace")
    space = dict(_PREFIX.findall(header)).get(first[2] or b"")
    return (space + first[3]).decode("utf-8", "replace") if space else ""


def parts_of(piece: Piece) -> list[Piece]:
    """Split a piece that cannot be read where a line begins with a name.

    A statement that lost its dot or the end of a long string has swallowed those after it.
    """
    cuts = [match.end() for match in _SUBJECT_LINE.finditer(piece.text)]
    return [
        Piece(
            piece.line + piece.text.count(b"\n", 0, start),
            piece.text[start:end],
            piece.whole or end < len(piece.text),
            piece.between,
        )
        for start, end in pairwise([0, *cuts, len(piece.text)])
        if piece.text[start:end].strip()
    ]


def joined(bad: list[Piece]) -> list[Piece]:
    """Put bad parts that are lines of one statement together again."""
    result: list[Piece] = []
    for piece in bad:
        last = result[-1] if result else None
        if last and follows(last, piece):
            result[-1] = Piece(last.line, last.text + piece.text, piece.whole, last.between)
        else:
            result.append(piece)
    return result


def follows(last: Piece, piece: Piece) -> bool:
    """Whether a bad piece is the rest of the one before: a dot within a damaged text cut it off."""
    return last.line + last.text.count(b"\n") == piece.line and not _begins(piece.text)


def _begins(text: bytes) -> bool:
    """Whether a part begins as statements about a thing do: a name, then `a` or a property."""
    first = _FIRST.match(text)
    return bool(first and _THEN.match(text, first.end()))
