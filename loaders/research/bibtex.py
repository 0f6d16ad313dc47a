"""Read the entries of a BibTeX file, each for itself: a damaged one costs itself only.

Fields are read as BibTeX and BibLaTeX write them: in braces, in quotation marks, bare, joined with `#`,
with `@string`s.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field

from loaders.base import Problem
from loaders.readers.encodings import WRONG_BYTE, likely_encoding, readable
from loaders.readers.files import SourceFile
from loaders.research.bibtex_pieces import START, Piece, Pieces, next_within, without_remarks
from loaders.research.reference import COMMENTED_OUT, MAX_ENTRY, Reference, damaged
from loaders.texts.latex import latex_text, verbatim_text

_KEY = re.compile(r"\s*([^,{}()=\"]*?)\s*(?:,|(?=[})]))")
_NO_KEY = re.compile(r"\s*[A-Za-z][\w:+./-]*\s*=")
_GAP = re.compile(r"(?:[\s,]|%[^\n\r]*(?:[\n\r]|$))*")
_FIELD = re.compile(r"([A-Za-z][\w:+./-]*)\s*=\s*")
_JOINT = re.compile(r"\s*#\s*")
_BARE = re.compile(r"[^\s,#{}\"()]+")
_MARK = re.compile(r"\\.|[{}\"]", re.DOTALL)
_LEFT_OVER = re.compile(r"^\s*,?\s*[A-Za-z][\w-]*\s*=\s*[{\"\d]", re.MULTILINE)
_REMARKED = re.compile(r"^[ \t]*%[ \t]*@", re.MULTILINE)
"""The beginning of an entry that was made a remark of, by its first line or as a whole."""
_STRING_NAME = re.compile(r"\s*([^\s,{}()=\"#]+)\s*=?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = ("author", "editor")
_KEYWORDS = ("keywords", "keyword", "author_keywords", "author-keywords")
_VERBATIM = (
    "doi", "url", "eprint", "file", "orcid", "urn", "handle", "crossref", "xdata", "howpublished",
)  # fmt: skip
_MAX_INNER = 20
"""Lines in one entry that look like the beginning of another."""
_MAX_JOINED = 100_000
"""Characters up to which an entry is looked at again with what follows."""
_FIRST_OF_TWICE = "The field stands twice in the entry: the first was read."


class _DamageError(ValueError):
    """An entry cannot be read; the message is a sentence."""


@dataclass(slots=True)
class _Entry:
    """What was read of a piece: fields by name, and where the entry ends in it."""

    kind: str
    key: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    end: int = 0


def read_bibtex(
    file: SourceFile, lines: Iterable[str], shared: MutableMapping[str, str]
) -> Iterator[Reference | Problem]:
    """Yield the entries of a file; `@string`, `@comment` and `@preamble` are no entries.

    A damaged `@string` is told where it is used.

    Args:
        file: for naming it.
        lines: its lines; a byte that cannot be decoded is a lone surrogate.
        shared: `@string`s of all files of a load, for those that the file itself does not define;
            its own are added.
    """
    yield from _Reader(file, Pieces(lines), shared).read()


class _Reader:
    """Reads one file."""

    def __init__(self, file: SourceFile, pieces: Pieces, shared: MutableMapping[str, str]) -> None:
        self._file = file
        self._pieces = pieces
        self._shared = shared
        self._own: dict[str, str] = {}
        self._strings = ChainMap(self._own, shared, {month: month for month in _MONTHS})
        self._bad_strings: dict[str, str] = {}

    def read(self) -> Iterator[Reference | Problem]:
        """Yield what the pieces hold."""
        for piece in self._pieces:
            start = START.match(piece.text)
            kind = (start["kind"] or "").lower() if start else ""
            if kind in ("comment", "preamble"):
                yield from self._comment(piece)
                continue
            try:
                entry = self._parse(piece)
            except _DamageError as error:
                if (joined := self._joined(piece)) is not None:
                    self._pieces.push(joined)
                    continue
                following = next_within(piece, start.end() if start else 1, damaged=True)
                if following:
                    self._pieces.push(following)
                if kind == "string":
                    self._note_bad_string(piece, start.end() if start else 0, str(error))
                elif not piece.torn:  # else the file as a whole is told
                    yield self._damaged(piece, following, str(error))
                continue
            if following := next_within(piece, entry.end):
                self._pieces.push(following)
            if entry.kind == "string":
                strings = {name: latex_text(value) for name, value in entry.fields.items()}
                self._own.update(strings)
                for name, value in strings.items():
                    self._shared.setdefault(name, value)
            else:
                yield self._reference(piece, entry)

    def _comment(self, piece: Piece) -> Iterator[Reference]:
        """Yield the entries that are commented out by being put into `@comment{…}`."""
        start = START.match(piece.text)
        end = _end_of_braces(piece.text, start.end() if start else 0)
        if end is not None:
            if following := next_within(piece, end):
                self._pieces.push(following)
            return
        for one in self._pieces.rest_of_comment(piece.text):
            yield Reference(self._file, f"line {one.line}", COMMENTED_OUT, "", {})

    def _joined(self, piece: Piece) -> Piece | None:
        """Return a damaged piece and those after it as one, if only together they are a good entry.

        Then lines of a text (an abstract with code) looked like the beginnings of entries.
        """
        taken: list[Piece] = []
        both: Piece | None = piece
        while both and not self._is_whole(both):
            following = next(self._pieces, None)
            if following is None:
                both = None
                break
            taken.append(following)
            both = Piece(piece.line, both.text + following.text, following.torn)
            too_much = len(taken) > _MAX_INNER or len(both.text) > _MAX_JOINED
            if too_much or self._is_whole(following):
                both = None
        if both is None:
            for one in reversed(taken):
                self._pieces.push(one)
        return both

    def _is_whole(self, piece: Piece) -> bool:
        start = START.match(piece.text)
        if start and (start["kind"] or "").lower() in ("comment", "preamble"):
            return True
        try:
            entry = self._parse(piece)
        except _DamageError:
            return False
        rest = piece.text[entry.end :]
        return rest.count("{") == rest.count("}")

    def _parse(self, piece: Piece) -> _Entry:
        """Return the entry with which a piece begins.

        Raises:
            _DamageError: it is damaged.
        """
        text = piece.text
        start = START.match(text)
        kind = (start["kind"] or "").lower() if start else ""
        if not start or not kind:
            raise _DamageError("The entry does not begin with @, a type and a brace.")
        if len(text) >= MAX_ENTRY:
            raise _DamageError(f"The entry has more than {MAX_ENTRY:,} characters.")
        if WRONG_BYTE.search(text):
            encoding = likely_encoding(text)
            raise _DamageError(f"The entry is not in UTF-8; it seems to be in {encoding}.")
        entry = _Entry(kind)
        body = start.end()
        if kind != "string" and not _NO_KEY.match(text, body):
            found = _KEY.match(text, body)
            if found is None:
                raise _DamageError("No comma follows the citation key of the entry.")
            entry.key, body = " ".join(found[1].split()), found.end()
        self._read_fields(text, body, ")" if text[start.end() - 1] == "(" else "}", entry)
        if _LEFT_OVER.search(without_remarks(_up_to_next(text, entry.end))):
            raise _DamageError("The entry is closed before its last field: a brace is too many.")
        return entry

    def _read_fields(self, text: str, at: int, closer: str, entry: _Entry) -> None:
        while True:
            at = _after_gap(text, at)
            name = _FIELD.match(text, at)
            if name is None:
                if text[at : at + 1] == closer:
                    entry.end = at + 1
                    return
                found = text[at : at + 30].split("\n")[0].strip()
                raise _DamageError(
                    f"A field was expected, not {found!r}." if found else "The entry does not end."
                )
            own, pieces, at = name[1].lower(), [], name.end()
            while True:
                value, at = self._value(text, at, closer, own, entry)
                pieces.append(value)
                joint = _JOINT.match(text, at)
                if joint is None:
                    break
                at = joint.end()
            if own in entry.fields:
                entry.faults.append((own, _FIRST_OF_TWICE))
            entry.fields.setdefault(own, "".join(pieces))

    def _value(self, text: str, at: int, closer: str, name: str, entry: _Entry) -> tuple[str, int]:
        opening = text[at : at + 1]
        if opening not in ("{", '"'):
            bare = _BARE.match(text, at)
            if bare is None:
                if text[at : at + 1] in (",", closer):
                    return "", at
                raise _DamageError("A value is missing.")
            return self._expanded(bare[0], name, entry), bare.end()
        depth, start = 0, at + 1
        for mark in _MARK.finditer(text, at):
            sign = mark[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
                if depth == 0 and opening == "{":
                    return text[start : mark.start()], mark.end()
                if depth < 0:
                    break
            elif sign == '"' and opening == '"' and depth == 0 and mark.start() > at:
                return text[start : mark.start()], mark.end()
        what = "brace" if opening == "{" else "quotation mark"
        raise _DamageError(f"The {what} of the value that begins {text[at : at + 30]!r} is not closed.")

    def _expanded(self, word: str, name: str, entry: _Entry) -> str:
        """Return what a bare word stands for; one that nobody defined stands for itself."""
        short = word.lower()
        if word.isdecimal() or short in self._strings:
            return self._strings.get(short, word)
        why = self._bad_strings.get(short, "no @string before it defines it")
        entry.faults.append((name, f"The abbreviation {word[:60]!r} was read as it stands: {why}."))
        return word

    def _note_bad_string(self, piece: Piece, at: int, reason: str) -> None:
        if name := _STRING_NAME.match(piece.text, at):
            why = f"its @string on line {piece.line} is damaged ({readable(reason).rstrip('.')})"
            self._bad_strings[readable(name[1]).lower()] = why

    def _damaged(self, piece: Piece, following: Piece | None, reason: str) -> Problem:
        text = piece.text[: len(piece.text) - len(following.text)] if following else piece.text
        start = START.match(text)
        found = _KEY.match(text, start.end()) if start and start["kind"] else None
        key = " ".join(found[1].split()) if found else ""
        return damaged(self._file, piece.line, readable(key), readable(text), readable(reason))

    def _reference(self, piece: Piece, entry: _Entry) -> Reference:
        values: dict[str, tuple[str, ...]] = {}
        groups: set[str] = set()
        for name, value in entry.fields.items():
            if name in _NAMES:
                names = _split(value, r"\s+and(?=\s)")
                values[name] = tuple(latex_text(one).strip() for one in names)
                groups |= {latex_text(one).strip() for one in names if _in_braces(one)}
            elif name in _KEYWORDS:
                value = value.strip()[1:-1] if _in_braces(value.strip()) else value
                words = _split(value, ";")
                words = words if len(words) > 1 else _split(value, "[,\n]")
                values[name] = tuple(latex_text(one).strip() for one in words)
            elif name in _VERBATIM:
                values[name] = (verbatim_text(value),)
            else:
                text = re.sub(r"[ \t]*\r?\n[ \t]*(?!\s)", " ", latex_text(value))
                values[name] = (text.strip(),)
        return Reference(
            self._file,
            f"line {piece.line}",
            entry.kind,
            entry.key,
            values,
            frozenset(groups),
            piece.text[: entry.end],
            faults=tuple(entry.faults),
        )


def _after_gap(text: str, at: int) -> int:
    """Return where the next word begins after blanks, commas and remarks (`% …`)."""
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def _up_to_next(text: str, at: int) -> str:
    """Return what stands between the end of an entry and the next one in the same piece."""
    following = next_within(Piece(0, text), at)
    between = text[at : len(text) - len(following.text)] if following else text[at:]
    return _REMARKED.split(between, maxsplit=1)[0]


def _end_of_braces(text: str, at: int) -> int | None:
    """Return where the brace before a place is closed, None if it is not."""
    if text[at - 1 : at] == "(":
        end = text.find(")", at)
        return end + 1 if end >= 0 else None
    depth = 1
    for mark in re.finditer(r"[{}]", text[at:]):
        depth += 1 if mark[0] == "{" else -1
        if depth == 0:
            return at + mark.end()
    return None


def _split(value: str, separator: str) -> list[str]:
    """Return the non-empty parts of a value; a separator within braces does not count."""
    depth, start, found = 0, 0, []
    for mark in re.finditer(rf"\\.|[{{}}]|{separator}", value, re.DOTALL | re.IGNORECASE):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        elif depth == 0 and not mark[0].startswith("\\"):
            found.append(value[start : mark.start()])
            start = mark.end()
    found.append(value[start:])
    return [part for one in found if (part := one.strip())]


def _in_braces(name: str) -> bool:
    """Return whether a name is one group in braces as a whole: `{The CDF Collaboration}`."""
    return re.fullmatch(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", name) is not None
