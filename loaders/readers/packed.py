"""Unpack gzip, bzip2 and xz streams, and notice bombs: packed files that never end when unpacked."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import IO, Any

MAX_BYTES = 20_000_000_000
"""Bytes that one file may have when unpacked."""
FREE_BYTES = 100_000_000
MAX_RATIO = 200
"""Bytes unpacked per packed byte beyond the first `FREE_BYTES`; tables and JSON reach 10 to 30."""
_STEP = 1 << 16

_KINDS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}


class PackedFileError(OSError):
    """A packed file is a bomb, is encrypted, or is packed in a way that we do not know."""


def packed_kind(start: bytes) -> str | None:
    """Return how a file is packed that begins with these bytes (at least 6), None if it is not."""
    for magic, kind in _KINDS.items():
        if start.startswith(magic):
            return kind
    return None


class Measured(io.RawIOBase):
    """A stream of unpacked bytes that fails when there are too many of them.

    Args:
        source: the unpacked stream.
        packed: tells how many packed bytes they came from so far.
    """

    def __init__(self, source: IO[bytes], packed: Callable[[], int]) -> None:
        self._source = source
        self._packed = packed
        self._done = 0

    def readable(self) -> bool:
        """A stream to read from."""
        return True

    def readinto(self, target: Any) -> int:  # noqa: ANN401 (a buffer)
        """Read some bytes.

        Raises:
            PackedFileError: too many came out of too few.
        """
        read = getattr(self._source, "read1", self._source.read)
        try:
            data: bytes = read(min(len(target), _STEP))
        except (lzma.LZMAError, RuntimeError, NotImplementedError, ValueError) as error:
            raise PackedFileError(f"it cannot be unpacked: {error}") from None
        target[: len(data)] = data
        self._done += len(data)
        if self._done > MAX_BYTES:
            raise PackedFileError(f"it has more than {MAX_BYTES:,} bytes when it is unpacked")
        if self._done > FREE_BYTES and self._done > MAX_RATIO * max(1, self._packed()):
            raise PackedFileError(
                f"it grows more than {MAX_RATIO} times when it is unpacked, as a zip bomb does"
            )
        return len(data)


class Unpacked(io.RawIOBase):
    """The unpacked bytes of a gzip, bzip2 or xz stream, several members one after another included.

    Where the stream is damaged, all that comes before the damage is given before the error is raised.
    """

    def __init__(self, raw: IO[bytes], kind: str) -> None:
        """Raises `PackedFileError` if the kind cannot be unpacked."""
        if kind not in ("gzip", "bzip2", "xz"):
            raise PackedFileError(f"it is packed with {kind}; unpack it first")
        self._raw = raw
        self._kind = kind
        self._machine = self._start()
        self._input = b""
        self._output = bytearray()
        self._error: Exception | None = None
        self._ended = False
        self.consumed = 0
        """Packed bytes read so far."""

    def _start(self) -> Any:  # noqa: ANN401 (the three have no common type)
        if self._kind == "gzip":
            return zlib.decompressobj(wbits=31)
        return (
            bz2.BZ2Decompressor() if self._kind == "bzip2" else lzma.LZMADecompressor(memlimit=1 << 28)
        )

    def readable(self) -> bool:
        """A stream to read from."""
        return True

    def read1(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, b"" at the end.

        Raises:
            zlib.error, EOFError, OSError: the stream is damaged or breaks off.
        """
        while not self._output and self._error is None and not self._ended:
            self._fill(size if size > 0 else 1 << 20)
        if not self._output and self._error is not None:
            raise self._error
        data = bytes(self._output[:size]) if size > 0 else bytes(self._output)
        del self._output[: len(data)]
        return data

    def readinto(self, target: Any) -> int:  # noqa: ANN401 (a buffer)
        """Read some bytes; see `read1` for errors."""
        data = self.read1(len(target))
        target[: len(data)] = data
        return len(data)

    def _fill(self, size: int) -> None:
        if self._machine.eof:
            self._next_member()
            return
        if not self._input and getattr(self._machine, "needs_input", True):
            self._input = self._raw.read(_STEP)
            self.consumed += len(self._input)
            if not self._input:
                self._error = EOFError("the packed file breaks off")
                return
        before = self._machine.copy() if self._kind == "gzip" else None
        data = self._input
        try:
            self._output += self._machine.decompress(data, size)
        except (zlib.error, lzma.LZMAError, OSError, ValueError) as error:
            self._error = error if isinstance(error, zlib.error | OSError) else OSError(str(error))
            if before is not None:
                self._salvage(before, data)
            return
        if self._kind == "gzip":
            self._input = self._machine.unconsumed_tail
        else:
            self._input = b""

    def _salvage(self, machine: Any, data: bytes) -> None:  # noqa: ANN401
        """Take what comes before a damage, in small steps."""
        try:
            for start in range(0, len(data), 16):
                self._output += machine.decompress(data[start : start + 16])
        except zlib.error:
            return

    def _next_member(self) -> None:
        rest = self._machine.unused_data.lstrip(b"\0")  # archives may be padded with zeros
        while len(rest) < 6:
            more = self._raw.read(_STEP)
            if not more:
                break
            self.consumed += len(more)
            rest = (rest + more).lstrip(b"\0")
        if not rest:
            self._ended = True
        elif packed_kind(rest) != self._kind:
            self._error = OSError("something else follows the packed data")
        else:
            self._machine, self._input = self._start(), rest
