"""Split an XML document into the texts of its records, so that one damaged record costs only itself.

An XML parser gives up for good at the first fault, and a lost end tag shows only at the end of the
document. So records are told apart by their own tags first; each is parsed alone afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

MAX_RECORD = 50_000_000
"""Bytes of one record; a longer one is an error of the source."""
WRAPPER = b"fitech-context"
"""The element around each record's text: it declares what the record's ancestors declared."""

_NAME = rb"[^\s<>/\"'=!?&;]+"
_ATTRIBUTE = re.compile(rb"(" + _NAME + rb")\s*=\s*(\"[^\"<]*\"|'[^'<]*')")
_REST = re.compile(rb"(?:[^\"'<>]++|\"[^\"<]*\"|'[^'<]*')*+(>)?")
_TAG = re.compile(rb"<(/?)(" + _NAME + rb")")
_SPECIAL = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
MAX_SHOWN = 50_000
"""Bytes of a record that is too long which are kept to show it."""
_LOOK_BACK = 300
"""Longest beginning of a tag that may be cut by the end of a chunk."""
_WORD = re.compile(r"\w")
_MAX_LOOK_AHEADS = 3
_MAX_SHAPES = 100
_Shape = tuple[bytes, frozenset[bytes]]


class DoctypeError(Exception):
    """The document has a DOCTYPE."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one record: `fault` is "" if it looks whole, else what is wrong with it."""

    text: bytes
    context: bytes
    """The start tag of a wrapper with the namespaces and the language around the record."""
    fault: str = ""


@dataclass(slots=True, eq=False)
class _Ancestor:
    name: bytes
    declarations: tuple[tuple[bytes, bytes], ...]
    is_list: bool = False
    """Whether a record was right in it."""
    text: bytes = b""
    """The first text right in it since the last record: in a list it stands where a record was."""


class Splitter:
    """Goes through a document once, holding one record and a chunk; `pieces` yields the records."""

    def __init__(self, chunks: Iterator[bytes], names: Collection[str]) -> None:
        self._chunks = chunks
        self._names = {name.encode() for name in names}
        words = b"|".join(re.escape(name) for name in sorted(self._names))
        self._mark = re.compile(
            rb"<(?:!--|!\[CDATA\[|\?|(/?)((?:[^\s<>/:!?]+:)?(?:" + words + rb"))(?=[\s/><]|\Z))"
        )
        self._data, self._at, self._ended = b"", 0, False
        self._ancestors: list[_Ancestor] = []
        self._context: bytes | None = None
        self._shapes: set[_Shape] = set()
        self._lost_ends = 0
        # Elements that began since the last record, outside of any: a damaged start tag leaves them.
        self._loose_from, self._loose_tags = 0, 0
        self._replaced: Piece | None = None
        self.blank = True
        """Whether the document is nothing but white space."""
        self.begun = False
        """Whether there was an element at all."""
        self.cut = False
        """Whether the document ended inside a record."""

    @property
    def open_elements(self) -> list[str]:
        """The elements around the place that was reached, outermost first."""
        return [one.name.decode("utf-8", "replace") for one in self._ancestors]

    def pieces(self) -> Iterator[Piece]:
        """Yield the outermost records in document order.

        Where the document ends inside a record, that one is left out and `cut` is set.

        Raises:
            DoctypeError: the document has a DOCTYPE.
        """
        while self._next_mark():
            piece = self._read_mark()
            if self._replaced is not None:
                yield self._replaced
                self._replaced = None
            if piece is not None:
                yield piece
                self._loose_from, self._loose_tags = self._at, 0
                if self._ancestors:
                    self._ancestors[-1].text = b""

    def _grow(self) -> bool:
        """Append a chunk, if there is one."""
        for chunk in self._chunks:
            if chunk:
                self._data += chunk
                self.blank = self.blank and not chunk.strip()
                return True
        self._ended = True
        return False

    def _next_mark(self) -> bool:
        """Go to the next `<` outside of records; return whether there is one."""
        while True:
            place = self._data.find(b"<", self._at)
            end = place if place >= 0 else len(self._data)
            if end > self._at and self._ancestors and not self._ancestors[-1].text:
                self._note_text(self._data[self._at : min(end, self._at + MAX_SHOWN)])
            self._at = end
            if place >= 0 and (self._ended or len(self._data) - place > _LOOK_BACK):
                return True
            self._loose_from = max(0, self._loose_from - self._at)
            self._data, self._at = self._data[self._at :], 0
            if not self._grow():
                return self._data.startswith(b"<")

    def _note_text(self, text: bytes) -> None:
        if text.strip() and _WORD.search(text.decode("utf-8", "ignore")):
            self._ancestors[-1].text = text

    def _tell_text(self, holder: _Ancestor) -> None:
        if holder.is_list and holder.text:
            self._replaced = Piece(holder.text, b"", "plain text stands in its place")
            holder.text = b""

    def _read_mark(self) -> Piece | None:
        """Read what begins at a `<` outside of records; return a record if it is one."""
        start = self._at
        for opening, closing in _SPECIAL.items():
            if self._data.startswith(opening, start):
                end = self._find(closing, start, start)
                self._at = end if end >= 0 else start + len(opening)
                return None
        if self._data[start : start + 9].upper() == b"<!DOCTYPE":
            raise DoctypeError
        tag = _TAG.match(self._data, start)
        if tag is None:
            self._at += 1
            return None
        name = tag[2]
        is_record = name.rpartition(b":")[2] in self._names
        end = self._tag_end(tag.end())
        if is_record and not tag[1]:
            self.begun = True
            if self._ancestors:
                self._ancestors[-1].is_list = True
                self._tell_text(self._ancestors[-1])
            return self._record(start, name, end)
        self._at = end
        if tag[1]:
            return self._end_outside(name, is_record)
        self.begun = True
        self._loose_tags += 1
        if not self._data.endswith(b"/>", start, end):
            found = _ATTRIBUTE.findall(self._data, tag.end(), end)
            kept = tuple(pair for pair in found if pair[0].startswith((b"xmlns", b"xml:lang")))
            self._ancestors.append(_Ancestor(name, kept))
            self._context = None
        return None

    def _end_outside(self, name: bytes, is_record: bool) -> Piece | None:
        for place in range(len(self._ancestors) - 1, -1, -1):
            if self._ancestors[place].name == name:
                for one in self._ancestors[place:]:
                    self._tell_text(one)
                del self._ancestors[place:]
                self._context = None
                return None
        if is_record and self._loose_tags:
            text = self._data[self._loose_from : self._at]
            return Piece(text, b"", f"its start tag <{_shown(name)}> is damaged")
        return None

    def _wrapper(self) -> bytes:
        if self._context is None:
            known = dict(pair for one in self._ancestors for pair in one.declarations)
            parts = [WRAPPER, *(name + b"=" + value for name, value in known.items())]
            self._context = b"<" + b" ".join(parts) + b">"
        return self._context

    def _record(self, start: int, name: bytes, tag_end: int) -> Piece | None:
        """Read the record whose start tag lies from `start` to `tag_end`."""
        shape = self._shape(start, name, tag_end)
        if len(self._shapes) < _MAX_SHAPES:
            self._shapes.add(shape)
        close = self._close(start, tag_end)
        if close >= 0:
            self._at = close
            return Piece(self._data[start:close], self._wrapper())
        self._lost_ends += 1
        return self._without_end(start, name, tag_end)

    def _close(self, start: int, at: int) -> int:
        """Return where the record from `start` ends, -1 if that is not to be found.

        `at` is where its start tag ends.
        """
        if self._data.endswith(b"/>", start, at):
            return at
        depth = 1
        while depth:
            mark = self._mark.search(self._data, at)
            if mark is None or (mark.end() == len(self._data) and not self._ended):
                # A mark may be cut by the end of the chunk.
                tail = self._data.rfind(b"<", max(at, len(self._data) - _LOOK_BACK))
                at = tail if tail >= 0 else max(at, len(self._data))
                if len(self._data) - start > MAX_RECORD or (not self._grow() and mark is None):
                    return -1
                continue
            if mark[2] is None:
                at = self._find(_SPECIAL[mark.group()], mark.end(), start)
                if at < 0:
                    return -1
                if self._data.find(mark.group(), mark.end(), at) >= 0:
                    at = mark.end()  # it lost its end: the next one begins before an end comes
                continue
            at = self._tag_end(mark.end())
            if mark[1]:
                depth -= 1
            elif not self._data.endswith(b"/>", mark.start(), at):
                depth += 1
                # Looking ahead to the limit for each lost end tag would cost too much time.
                shape = self._shape(mark.start(), mark[2], at)
                if self._lost_ends >= _MAX_LOOK_AHEADS and shape in self._shapes:
                    return -1
        return at

    def _without_end(self, start: int, name: bytes, at: int) -> Piece | None:
        """Read a record that has no end tag: up to where the next begins, or its parent ends."""
        parent = self._ancestors[-1].name if self._ancestors else None
        fault = f"its end tag </{_shown(name)}> is missing, or another tag in it is damaged"
        text: bytes | None = None
        while True:
            for mark in _TAG.finditer(self._data, at):
                closes = mark[1] and (mark[2] == parent or (text is not None and mark[2] == name))
                begins = not mark[1] and self._begins_a_record(mark)
                if begins and text is None and self._is_end(start, mark, parent):
                    self._at = self._tag_end(mark.end())
                    return Piece(self._data[start : self._at], b"", fault)
                if closes or begins:
                    own = mark[2] == name and closes
                    self._at = mark.end() if own else mark.start()
                    if own:
                        fault = f"it has more than {MAX_RECORD:,} bytes"
                    return Piece(text or self._data[start : self._at], b"", fault)
            if self._ended:
                self._at, self.cut = len(self._data), True
                return None
            text = text or self._data[start : start + MAX_SHOWN]
            self._data = self._data[-_LOOK_BACK:]
            at, self._at, self._loose_from = 0, 0, 0
            self._grow()

    def _begins_a_record(self, mark: re.Match[bytes]) -> bool:
        if mark[2].rpartition(b":")[2] not in self._names:
            return False
        return self._shape(mark.start(), mark[2], self._tag_end(mark.end())) in self._shapes

    def _is_end(self, start: int, mark: re.Match[bytes], parent: bytes | None) -> bool:
        """Return whether a start tag is the damaged end tag of the record from `start`.

        Then nothing of what stands in that record follows before the next one, or the parent's end.
        """
        own = {tag[2] for tag in _TAG.finditer(self._data, start + 1, mark.start())}
        for tag in _TAG.finditer(self._data, mark.end()):
            if tag[2] in (mark[2], parent):
                return not tag[1] or tag[2] == parent
            if tag[2] in own:
                return False
        return False

    def _shape(self, start: int, name: bytes, end: int) -> _Shape:
        """Return what tells a record from an element of the same name within it: name, attributes."""
        found = _ATTRIBUTE.findall(self._data, start, end)
        return name, frozenset(pair[0] for pair in found)

    def _find(self, mark: bytes, at: int, start: int) -> int:
        """Return where the next `mark` ends; -1 if there is none in what began at `start`."""
        while (place := self._data.find(mark, at)) < 0:
            at = max(at, len(self._data) - len(mark))
            if len(self._data) - start > MAX_RECORD or not self._grow():
                return -1
        return place + len(mark)

    def _tag_end(self, at: int) -> int:
        """Return where a tag ends whose name ends at `at`; a damaged one ends before the next `<`."""
        while True:
            rest = _REST.match(self._data, at)
            assert rest is not None  # it matches the empty text
            # Without a `<` that follows, a quoted value may go on in the next chunk.
            if rest[1] or self._data.find(b"<", rest.end()) >= 0:
                return rest.end()
            if len(self._data) - at > MAX_RECORD or not self._grow():
                return rest.end()


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "replace")
