"""Turtle, N3, N-Triples, N-Quads and TriG as streams of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyoxigraph import Quad, RdfFormat, parse

from loaders.readers.files import SourceFile
from loaders.readers.json_stream import MAX_RAW, broken_file
from loaders.readers.rdf.base import Damage, Found, base_iri, by_thing, halved, opened, reason_of
from loaders.readers.rdf.pieces import (
    Piece,
    directives,
    follows,
    joined,
    lines,
    parts_of,
    statements,
    subject_of,
)

_BATCH = 200_000  # bytes
_BY_LINE = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


def read(file: SourceFile, form: RdfFormat) -> Iterator[Found]:
    """Yield the statements of a file; once more in pieces, if it is damaged."""
    try:
        with opened(file) as raw:
            yield from by_thing(parse(raw, form, base_iri=base_iri(file)))
        return
    except SyntaxError as error:
        if form == RdfFormat.TRIG:  # its statements stand in braces and cannot be told apart
            yield broken_file(file, error)
            return
    with opened(file) as raw:
        yield from _Pieces(file, form).read(lines(raw) if form in _BY_LINE else statements(raw))


class _Pieces:
    """Reads pieces in batches, with the prefixes that hold for them."""

    def __init__(self, file: SourceFile, form: RdfFormat) -> None:
        self._file, self._form, self._header = file, form, b""
        self._bad: Piece | None = None

    def read(self, pieces: Iterator[Piece]) -> Iterator[Found]:
        batch: list[Piece] = []
        size = 0
        for piece in pieces:
            new = b"" if self._form in _BY_LINE else directives(piece.text)
            if new or size > _BATCH:
                yield from self._batch(batch)
                batch, size = [], 0
                self._header += new + b"\n" if new else b""
            batch.append(piece)
            size += len(piece.text)
        yield from self._batch(batch)

    def _parse(self, pieces: Sequence[Piece]) -> Iterator[Quad]:
        text = b"\n".join((self._header, *(piece.text for piece in pieces)))
        return parse(text, self._form, base_iri=base_iri(self._file))

    def _batch(self, batch: list[Piece]) -> Iterator[Found]:
        """Read pieces; those that cannot be read are split once more, and what is left is told."""
        for found in halved(batch, self._parse):
            if isinstance(found, Quad):
                yield found
                continue
            piece, error = found
            bad: list[Piece] = []
            for part in halved(parts_of(piece), self._parse):
                if isinstance(part, Quad):
                    yield part
                else:
                    bad.append(part[0])
            for one in joined(bad):
                if not (self._bad and follows(self._bad, one)):
                    yield self._told(one, error)
                self._bad = one

    def _told(self, piece: Piece, error: SyntaxError) -> Found:
        if not piece.whole:
            return broken_file(
                self._file, EOFError(f"it breaks off in what begins at line {piece.line}")
            )
        return Damage(
            self._file,
            f"line {piece.line}",
            # A damaged line between two about one thing is about it too, whatever it says itself.
            subject_of(piece.between or piece.text, self._header),
            f"The statement cannot be read: {reason_of(error)}.",
            piece.text[: MAX_RAW * 4].decode("utf-8", "replace")[:MAX_RAW],
        )
