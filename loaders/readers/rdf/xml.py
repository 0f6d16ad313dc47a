"""RDF/XML as a stream of statements. Entities are refused: they could fill the memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast

from pyoxigraph import Quad, RdfFormat, parse

from loaders.base import Problem
from loaders.readers.encodings import utf8_chunks, wide_encoding
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import MAX_RAW, broken_file
from loaders.readers.rdf.base import (
    Damage,
    Found,
    base_iri,
    by_thing,
    damage_of,
    halved,
    opened,
    reason_of,
)

_BATCH = 200  # things
_MAX_PIECE = 20_000_000
_LOOK_BACK = 4_000
_END = re.compile(rb"(?:</(?:[\w.-]+:)?RDF\s*>|/>)\s*(?:<!--[^>]*-->\s*)*\Z")
_ROOT = re.compile(rb"<((?:[\w.-]+:)?RDF)\b[^<>]*>")
_THING = rb"<[\w.:-]+\s[^<>]*?\babout\s*="
_END_TAG = rb"</(?!(?:[\w.-]+:)?RDF\b)[^<>]*>"
_SUBJECT = re.compile(r"\babout\s*=\s*[\"']([^\"'<>]*)")


class _DoctypeFoundError(Exception):
    """The document has a DOCTYPE, or a text that looks like one."""


class _Watched:
    """A stream that refuses a DOCTYPE and knows whether it came to the document's end."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._tail = raw, b""

    def read(self, size: int = -1) -> bytes:
        """Read on; see `io.BufferedIOBase.read`."""
        data = self._raw.read(size)
        seen = self._tail + data
        if re.search(rb"<!(?:DOCTYPE|ENTITY)", seen, re.IGNORECASE):
            raise _DoctypeFoundError
        self._tail = seen[-400:]
        return data

    @property
    def ended(self) -> bool:
        """Whether the document's last words are those of a whole one."""
        return bool(_END.search(self._tail))


def read(file: SourceFile) -> Iterator[Found]:
    """Yield the statements of a file; once more thing by thing, if it is damaged."""
    try:
        with opened(file) as raw:
            watched = _Watched(raw)
            quads = parse(cast(IO[bytes], watched), RdfFormat.RDF_XML, base_iri=base_iri(file))
            yield from by_thing(quads)
        if watched.ended:  # the parser is content with a document that breaks off between things
            return
    except SyntaxError:
        pass
    except _DoctypeFoundError:
        yield Problem(
            file.name,
            "",
            "",
            "The document has a DOCTYPE; its entities could fill the memory or read other files.",
            "Remove the DOCTYPE and write out its entities, or convert the file to Turtle.",
        )
        return
    yield from _in_pieces(file)


@dataclass(frozen=True, slots=True)
class _Piece:
    number: int
    text: bytes


def _in_pieces(file: SourceFile) -> Iterator[Found]:
    with opened(file) as raw:
        start = raw.peek(4)[:4]  # type: ignore[attr-defined]  # all that `open` gives have it
        chunks = utf8_chunks(raw, wide_encoding(start) or "utf-8")
        root, rest = _root(chunks)
        if root is None:
            yield broken_file(file, ValueError("it is no RDF/XML: there is no element rdf:RDF"))
            return
        end = b"</" + root[1] + b">"

        def parse_all(some: Sequence[_Piece]) -> Iterator[Quad]:
            body = b"".join((root[0], *(piece.text for piece in some), end))
            return parse(body, RdfFormat.RDF_XML, base_iri=base_iri(file))

        batch: list[_Piece] = []
        for number, text in enumerate(_pieces(rest, chunks), start=1):
            batch.append(_Piece(number, text))
            if len(batch) > _BATCH:  # the last piece is kept: the end of the document belongs to it
                yield from _read(file, batch[:-1], parse_all)
                batch = batch[-1:]
        whole = bool(batch) and re.search(re.escape(end[:-1]) + rb"\s*>\s*\Z", batch[-1].text)
        if whole:
            last = batch.pop()
            batch.append(_Piece(last.number, last.text[: whole.start()]))
        elif batch:
            batch.pop()
        yield from _read(file, batch, parse_all)
        if not whole:
            yield broken_file(file, EOFError("it breaks off"))


def _root(chunks: Iterator[bytes]) -> tuple[re.Match[bytes] | None, bytes]:
    """Return the start tag of the document and what has been read after it."""
    data = b""
    for chunk in chunks:
        data += chunk
        if root := _ROOT.search(data):
            return root, data[root.end() :]
        if len(data) > _MAX_PIECE:
            break
    return None, b""


def _pieces(data: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the texts of the outermost things, with what stands between them."""
    first = re.search(_THING, data)
    line = data.rfind(b"\n", 0, first.start()) if first else -1
    indent = data[line : first.start()] if first and line >= 0 else b""
    if not indent or indent.strip():
        indent, marks = b"", re.compile(rb"(?=" + _THING + rb")")
    else:  # an end tag with the indent of the first thing ends an outermost one
        marks = re.compile(rb"(?=" + _THING + rb")|" + re.escape(indent) + _END_TAG)
    start, at = 0, 0
    while True:
        for match in marks.finditer(data, at):
            cut = match.end()
            if cut > start and (match.group() or _is_outermost(data, cut, indent)):
                yield data[start:cut]
                start = cut
        at = max(start, len(data) - _LOOK_BACK)
        if len(data) - start > _MAX_PIECE:
            yield data[start:at]
            start = at
        chunk = next(chunks, None)
        if chunk is None:
            yield data[start:]
            return
        keep = max(0, start - _LOOK_BACK)
        data, start, at = data[keep:] + chunk, start - keep, at - keep


def _is_outermost(data: bytes, at: int, indent: bytes) -> bool:
    """Whether the thing that begins at a place stands beside the one before it, not within it.

    A thing within another follows the start tag of a property; one beside it follows an end tag.
    """
    if indent and data.endswith(indent, 0, at):
        return True
    before = data[data.rfind(b"<", 0, at) : at].rstrip()
    torn = b">" not in before  # the thing before breaks off within a tag
    return torn or before.startswith((b"</", b"<!--", b"<?")) or before.endswith((b"/>", b"-->"))


def _own_end(text: bytes) -> int:
    """Return where the first thing of a piece ends if something else follows it, else 0."""
    start = re.match(rb"\s*<([\w.:-]+)", text)
    end = text.find(b"</" + start[1] + b">") if start else -1
    after = end + len(start[1]) + 3 if start and end >= 0 else 0
    return after if text[after:].strip() else 0


def _read(
    file: SourceFile, batch: list[_Piece], parse_all: Callable[[Sequence[_Piece]], Iterator[Quad]]
) -> Iterator[Quad | Damage]:
    for found in halved(batch, parse_all):
        if isinstance(found, Quad):
            yield found
            continue
        piece, error = found
        end = _own_end(piece.text)
        if end:  # a thing, and behind it what is left of one that lost its beginning
            try:
                yield from list(parse_all([_Piece(piece.number, piece.text[:end])]))
                piece = _Piece(piece.number, piece.text[end:])
            except SyntaxError:
                pass
        raw = piece.text[: MAX_RAW * 4].decode("utf-8", "replace").strip()[:MAX_RAW]
        reason = f"The element cannot be read: {reason_of(error)}."
        yield damage_of(
            file, Problem(file.name, f"element {piece.number}", "", reason, "", raw), _SUBJECT
        )
