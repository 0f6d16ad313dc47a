"""A window on a long JSON text: values are taken from its front one at a time.

Memory holds one value and a chunk. Integers come as int, other numbers as Decimal; NaN, Infinity and
numbers beyond all measure, which JSON does not know, come as the float `nan`, so that the field that
holds one is told and not the whole record. Of a key that stands twice in an object, the last counts.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from loaders.readers.encodings import WRONG_BYTE, TextChunks

MAX_VALUE = 50_000_000
"""Characters of one record; a longer one is an error of the source."""
_MARGIN = 1000
_SPACE = re.compile(r"[ \t\r\n]*")
_MISSING = float("nan")


class DamagedError(ValueError):
    """What stands there is no JSON value; the message says why, without a full stop."""

    def __init__(self, reason: str, *, at_end: bool = False, size: int | None = None) -> None:
        super().__init__(reason)
        self.size = size
        """Its characters, if its brackets and quotes are in order."""
        self.at_end = at_end
        """Whether more text could make a value of it."""


class BreaksOffError(EOFError):
    """The text ends where more was expected."""


def _number(text: str) -> Decimal | float:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return _MISSING
    return number if number.is_finite() and -400 < number.adjusted() < 400 else _MISSING


_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=lambda name: _MISSING)


def decode(text: str) -> Any:  # noqa: ANN401 (any JSON value)
    """Return the value of a whole JSON text.

    Raises:
        ValueError, RecursionError: it is none.
    """
    return _DECODER.decode(text)


class Window:
    """The part of a text from `at` on; it grows at its end and is cut off at its beginning."""

    def __init__(self, chunks: TextChunks | Iterable[str]) -> None:
        self._source = chunks
        self._chunks = iter(chunks)
        self.text = ""
        self.at = 0
        self.ended = False

    def grow(self) -> bool:
        """Forget what is before `at` (which becomes 0) and about double the rest, if there is more."""
        parts = [self.text[self.at :]]
        wanted = len(parts[0])
        for chunk in self._chunks:
            parts.append(chunk)
            wanted -= len(chunk)
            if wanted <= 0:
                break
        else:
            self.ended = True
        self.text, self.at = "".join(parts), 0
        return len(parts) > 1

    def next_sign(self, signs: str = "") -> str:
        """Go past white space, and past `signs`; return the character that follows, "" at the end."""
        while True:
            space = _SPACE.match(self.text, self.at)
            assert space is not None  # it matches the empty text
            self.at = space.end()
            if self.at < len(self.text):
                sign = self.text[self.at]
                if sign not in signs:
                    return sign
                self.at += 1
            elif self.ended or not self.grow():
                return ""

    def value(self, offset: int = 0) -> tuple[Any, int]:
        """Return the value that begins `offset` characters after the front, and where it ends.

        Both places count from `at`, which may change as more text is taken.

        Raises:
            DamagedError: there is none.
        """
        while True:
            try:
                value, end = self.value_here(self.at + offset)
            except DamagedError as error:
                if error.at_end and self._more():
                    continue
                raise
            near_end, size = end + _MARGIN > len(self.text), end - self.at
            if near_end and self._more():
                continue  # a number may go on, and what follows tells whether this was the record
            return value, size

    def take(self) -> Any:  # noqa: ANN401 (any JSON value)
        """Return the value at the front and go past it; see `value`."""
        value, size = self.value()
        self.at += size
        return value

    def value_here(self, place: int) -> tuple[Any, int]:
        """Return the value at a place of `text` as it is, and its end there.

        Raises:
            DamagedError: there is none, or not all of it.
        """
        try:
            value, end = _DECODER.raw_decode(self.text, place)
        except json.JSONDecodeError as error:
            at_end = error.msg.startswith("Unterminated") or error.pos + 20 > len(self.text)
            where = f"character {error.pos - place + 1:,} of the record"
            reason = f"{error.msg[:1].lower()}{error.msg[1:]} ({where})"
            raise DamagedError(reason, at_end=at_end) from None
        except RecursionError:
            raise DamagedError("it is nested too deeply") from None
        except ValueError as error:
            raise DamagedError(" ".join(str(error).split())) from None
        if self.has_wrong_bytes(self.text, place, end):
            reason = "it has bytes that are not of the file's encoding, UTF-8 for JSON"
            raise DamagedError(reason, size=end - place)
        return value, end

    def lines(self) -> Iterator[str | None]:
        """Yield the lines of the text; None for one that is too long."""
        while True:
            end = self.text.find("\n", self.at)
            if end >= 0:
                start, self.at = self.at, end + 1
                yield self.text[start:end]
            elif self._more():
                continue
            elif self.ended:
                start, self.at = self.at, len(self.text)
                yield self.text[start:]
                return
            else:
                while not self.ended and self.text.find("\n", self.at) < 0:
                    self.at = len(self.text)
                    self.grow()
                end = self.text.find("\n", self.at)
                self.at = end + 1 if end >= 0 else len(self.text)
                yield None

    def has_wrong_bytes(self, text: str, start: int = 0, end: int = sys.maxsize) -> bool:
        """Return whether there are bytes in a part of this text that could not be decoded."""
        wrong = getattr(self._source, "wrong", True)
        return wrong and WRONG_BYTE.search(text, start, end) is not None

    def _more(self) -> bool:
        return not self.ended and len(self.text) - self.at < MAX_VALUE and self.grow()
