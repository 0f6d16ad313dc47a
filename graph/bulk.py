"""Load a large file of N-Triples in parts at the same time: the engine's bulk load uses one core.

Parts need less memory, too: the engine holds what it sorts.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any

PART = 32_000_000
"""Bytes of one part."""


def load_in_parts(load: Callable[[bytes | IO[bytes]], None], source: IO[bytes], threads: int) -> None:
    """Load all lines of a file, several parts at a time.

    Args:
        load: loads N-Triples; called in several threads.
        source: a file of N-Triples.
        threads: how many parts are loaded at a time.

    Raises:
        whatever `load` raises; some of the other parts may be loaded then.
    """
    waiting: deque[Future[None]] = deque()
    rest, ended = b"", False
    with ThreadPoolExecutor(threads) as pool:
        while not ended:
            data = rest + _read(source, PART - len(rest))
            ended = len(data) < PART
            end = len(data) if ended else data.rfind(b"\n") + 1
            if _may_hold_blank_nodes(data) or not end:
                # A blank node must not be in two parts, nor may a line: from here on, one piece.
                load(io.BufferedReader(_Joined(data, source), 1 << 20))
                break
            part, rest = data[:end], data[end:]
            waiting.append(pool.submit(load, part))
            if len(waiting) > threads:
                waiting.popleft().result()
        for future in waiting:
            future.result()


def _read(source: IO[bytes], size: int) -> bytes:
    """Return that many bytes, or what is left."""
    found = []
    while size > 0 and (data := source.read(size)):
        found.append(data)
        size -= len(data)
    return b"".join(found)


def _may_hold_blank_nodes(data: bytes) -> bool:
    return data.startswith(b"_:") or b" _:" in data or b"\n_:" in data or b"\t_:" in data


class _Joined(io.RawIOBase):
    """What was read of a file, and the rest of it."""

    def __init__(self, start: bytes, source: IO[bytes]) -> None:
        self._parts = [io.BytesIO(start), source]

    def readable(self) -> bool:
        """A file to read from."""
        return True

    def readinto(self, target: Any) -> int:  # noqa: ANN401  # a buffer
        """Fill some of `target`; 0 at the end."""
        while self._parts:
            data = self._parts[0].read(len(target))
            if data:
                target[: len(data)] = data
                return len(data)
            del self._parts[0]
        return 0
