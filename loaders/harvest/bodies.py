"""Write the body of a reply to a file while it comes: unpacked, limited, without the key, counted."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from loaders.harvest.credentials import MASK, Credentials
from loaders.harvest.errors import UnansweredError, WrongReplyError

_PIECE = 1 << 20
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b")
"""First bytes of zip and gzip files, which are kept as they come."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body on disk, synced."""

    path: Path
    sha256: str
    size: int
    packed: bool


def write_body(
    chunks: Iterable[bytes], encoding: str, path: Path, limit: int, credentials: Credentials
) -> Body:
    """Write the body of a reply, gzipped unless it is an archive itself.

    Args:
        chunks: the bytes as they come over the wire.
        encoding: the reply's Content-Encoding.
        path: the file to write.
        limit: bytes (decoded) from which a body is refused.
        credentials: what must not be written.

    Raises:
        WrongReplyError: the encoding is not known, or the packed body breaks off.
        UnansweredError: the body is larger than the limit.
    """
    hasher, size = hashlib.sha256(), 0
    pieces = _without_key(_decoded(chunks, encoding.strip().lower()), credentials)
    start = _start(pieces)
    packed = start.startswith(_ARCHIVES)
    with path.open("wb") as raw:
        with nullcontext(raw) if packed else _gzip(raw) as out:
            for piece in chain((start,), pieces):
                hasher.update(piece)
                size += len(piece)
                if size > limit:
                    raise UnansweredError(
                        f"The reply is larger than {limit // 1_000_000:,} MB. If that is right, raise "
                        "max_megabytes in [source.harvest]."
                    )
                out.write(piece)
        raw.flush()
        os.fsync(raw.fileno())
    return Body(path, hasher.hexdigest(), size, packed)


def _gzip(raw: IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    # Without name and time, so that equal bodies make equal files.
    return gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0, compresslevel=6)  # type: ignore[return-value]


def _start(pieces: Iterator[bytes]) -> bytes:
    """Take as much of a body as tells whether it is an archive."""
    start = b""
    for piece in pieces:
        start += piece
        if len(start) >= len(_ARCHIVES[0]):
            break
    return start


def _decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Undo the content encoding, in pieces: a small body may unpack to a huge one."""
    if encoding in ("", "identity"):
        yield from chunks
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise WrongReplyError(f"the reply is packed in a way that was not asked for ({encoding})")
    unpack = zlib.decompressobj(wbits=47 if encoding != "deflate" else zlib.MAX_WBITS)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                yield unpack.decompress(rest, _PIECE)
                rest = unpack.unconsumed_tail
                if unpack.eof and unpack.unused_data:  # a gzip body may have several members
                    rest, unpack = unpack.unused_data, zlib.decompressobj(wbits=47)
    except zlib.error as error:
        raise WrongReplyError(f"the packed reply is damaged ({error})") from None
    if not unpack.eof:
        raise WrongReplyError("the packed reply breaks off")


def _without_key(pieces: Iterator[bytes], credentials: Credentials) -> Iterator[bytes]:
    """Put a mask for the key wherever a reply repeats it (in links to the next page, say)."""
    forms = [form.encode() for form in credentials.forms()]
    if not forms:
        yield from pieces
        return
    keep = max(map(len, forms)) - 1
    rest = b""
    for piece in pieces:
        rest += piece
        for form in forms:
            rest = rest.replace(form, MASK.encode())
        if len(rest) > keep:
            cut = len(rest) - keep
            yield rest[:cut]
            rest = rest[cut:]
    yield rest
