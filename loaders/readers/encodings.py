"""Bring text files of any encoding to UTF-8, as a stream of bytes."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import IO

CHUNK = 1 << 20
UTF8_MARK = b"\xef\xbb\xbf"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_CHARACTERS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
_BAD = "\uffff"
"""Stands for what cannot be decoded: no character of XML, so that its record is told as damaged."""


def _replace_bad(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        return _BAD, error.end
    raise error


codecs.register_error("fitech-noncharacter", _replace_bad)


def wide_encoding(start: bytes) -> str | None:
    """Return `utf-16`, `utf-32` or one with its byte order, if that is how a text begins; else None.

    Args:
        start: the first bytes of a text that begins with a mark or two ASCII characters.
    """
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    head = start[:4]
    if len(head) == 4 and head.count(0) == 2:
        return {b"\0\1\0\1": "utf-16-be", b"\1\0\1\0": "utf-16-le"}.get(
            bytes(min(byte, 1) for byte in head)
        )
    if len(head) == 4 and head.count(0) == 3 and (head[0] or head[3]):
        return "utf-32-le" if head[0] else "utf-32-be"
    return None


def is_known(encoding: str) -> bool:
    """Return whether a declared name is a character encoding that we can decode."""
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError):
        return False
    # Python also calls base64 or zip "encodings"; those are no texts.
    return bool(getattr(info, "_is_text_encoding", True)) and info.name not in _NOT_CHARACTERS


def utf8_chunks(raw: IO[bytes], encoding: str = "utf-8") -> Iterator[bytes]:
    """Yield the rest of a file as UTF-8 in pieces of about a megabyte.

    A text in UTF-8 goes through as it is, wrong bytes included; in any other encoding, what cannot be
    decoded becomes U+FFFF.
    """
    if codecs.lookup(encoding).name in ("utf-8", "ascii"):
        while chunk := raw.read(CHUNK):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="fitech-noncharacter")
    while chunk := raw.read(CHUNK):
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


WRONG_BYTE = re.compile("[\udc80-\udcff]")
"""Finds what `TextChunks` made of a byte that it could not decode."""


def _surrogates_for_bad(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        wrong = error.object[error.start : error.end]
        return "".join(chr(0xDC00 + max(byte, 0x80)) for byte in wrong), error.end
    raise error


codecs.register_error("fitech-surrogates", _surrogates_for_bad)


def readable(text: str) -> str:
    """Return a text without lone surrogates, to be shown."""
    return text.encode("utf-8", "replace").decode("utf-8")


class TextChunks:
    """A file as text in pieces of a megabyte, or of `size` bytes.

    It is in UTF-8, UTF-16 or UTF-32 as its beginning shows. A byte that cannot be decoded becomes a
    lone surrogate (U+DC80 to U+DCFF) and sets `wrong`.
    """

    def __init__(self, raw: IO[bytes], size: int = 0) -> None:
        self._read = getattr(raw, "read1", raw.read)
        self._size = size or CHUNK
        self.wrong = False

    def __iter__(self) -> Iterator[str]:
        """Yield the pieces, none of them empty."""
        start: bytes = self._read(self._size)
        while 0 < len(start) < 4 and (more := self._read(self._size)):
            start += more
        encoding = wide_encoding(start)
        if encoding is None:
            start = start.removeprefix(UTF8_MARK)
        strict = codecs.getincrementaldecoder(encoding or "utf-8")()
        lenient = codecs.getincrementaldecoder(encoding or "utf-8")(errors="fitech-surrogates")
        chunk, decoder = start, strict
        while True:
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                lenient.setstate(strict.getstate())
                decoder, self.wrong = lenient, True
                continue
            if text:
                yield text.removeprefix("\ufeff") if encoding else text
            if not chunk:
                return
            chunk = self._read(self._size)


def text_lines(raw: IO[bytes]) -> io.TextIOWrapper:
    """Return a file as text, its line ends as they are; encodings and wrong bytes as in `TextChunks`.

    Args:
        raw: a buffered file that was just opened; closing the text closes it.
    """
    start: bytes = raw.peek(4)[:4]  # type: ignore[attr-defined]
    encoding = wide_encoding(start)
    return io.TextIOWrapper(
        raw, encoding=encoding or "utf-8-sig", errors="fitech-surrogates", newline=""
    )


_LEGACY = {
    "Windows-1252 or Latin-1": b"\xe4\xf6\xe5\xc4\xd6\xc5\xe9\xfc",
    "the DOS encoding 850": b"\x84\x94\x86\x8e\x99\x8f\x82\x81",
    "Mac Roman": b"\x8a\x9a\x8c\x80\x85\x81\x8e\x9f",
}


def likely_encoding(text: str) -> str:
    """Return the encoding in which the wrong bytes of a text would be letters of our languages."""
    wrong = b"".join(
        match.group().encode("utf-8", "surrogateescape") for match in WRONG_BYTE.finditer(text)
    )
    return max(_LEGACY, key=lambda name: sum(byte in _LEGACY[name] for byte in wrong))
