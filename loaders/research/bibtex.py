"""Split a BibTeX file into its entries, each read for itself: a damaged one costs itself only.

An entry ends where the next begins at the start of a line, whatever its braces say. Fields are read as
BibTeX and BibLaTeX write them: in braces, in quotation marks, bare, joined with `#`, with `@string`s.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, islice

from loaders.base import Problem
from loaders.readers.encodings import WRONG_BYTE, likely_encoding, readable
from loaders.readers.files import SourceFile
from loaders.research.reference import MAX_ENTRY, Reference, damaged
from loaders.texts.latex import latex_text

_TYPES = (
    "article|book|booklet|bookinbook|collection|conference|data|dataset|electronic|inbook|incollection|"
    "inproceedings|inreference|manual|mastersthesis|misc|mvbook|online|patent|periodical|phdthesis|"
    "proceedings|reference|report|software|suppbook|techreport|thesis|unpublished|www"
)
_START = re.compile(
    r"[ \t]*(?:@[ \t]*(?P<kind>[A-Za-z]+)[ \t]*[{(]"
    rf"|(?P<lost>{_TYPES})[ \t]*\{{[^\s,{{}}=]+,)"
    r"|(?P<cut>[A-Za-z]+\{[^\s,{}=]+,[ \t\r]*$)"
    r"|(?P<broken>@[ \t]*[A-Za-z][^\n]*(?:[{(]|,[ \t\r]*$)|@[ \t]*[A-Za-z]+[ \t\r]*$)",
    re.IGNORECASE | re.MULTILINE,
)
"""An entry begins so at the start of a line; also one whose beginning is damaged."""
_BARE_START = re.compile(r"[ \t]*@[ \t]*[A-Za-z]+\s*$")
_OPENING = re.compile(r"[ \t]*@\s*([A-Za-z]+)\s*([{(])")
_KEY = re.compile(r"\s*([^,{}()=\"]*?)\s*(?:,|(?=[})]))")
_NO_KEY = re.compile(r"\s*[A-Za-z][\w:+./-]*\s*=")
_BETWEEN = re.compile(r"(?:[\s,]|%[^\n]*(?:\n|$))*")
_FIELD = re.compile(_BETWEEN.pattern + r"([A-Za-z][\w:+./-]*)\s*=\s*")
_BARE = re.compile(r"[^\s,#{}\"()]+")
_LEFT_OVER = re.compile(r"^\s*,?\s*[A-Za-z][\w-]*\s*=\s*[{\"\d]", re.MULTILINE)
_FOLLOWING = re.compile(r"[^\n%]*?(@[ \t]*[A-Za-z]+[ \t]*[{(])")
_WITHIN = re.compile(rf"@(?:{_TYPES})[ \t]*\{{[^\s,{{}}=]*,", re.IGNORECASE)
_MAX_INNER = 20
"""Lines in one value that look like the beginning of an entry."""
_MAX_EXTENDED = 100_000
"""Characters up to which an entry is looked at again with what follows."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = ("author", "editor")
_VERBATIM = ("doi", "url", "eprint", "file", "orcid", "urn", "handle", "crossref")


class _DamageError(ValueError):
    """An entry cannot be read; the message is a sentence."""

    def __init__(self, reason: str, *, is_open: bool = False) -> None:
        super().__init__(reason)
        self.is_open = is_open
        """Whether something is not closed, so that more text may mend it."""


def is_bibtex(start: str) -> bool:
    """Return whether a text is BibTeX, by its beginning."""
    return any(
        match["kind"] for line in start.splitlines() if (match := _START.match(line)) is not None
    )


def read_bibtex(file: SourceFile, lines: Iterable[str]) -> Iterator[Reference | Problem]:
    """Yield the entries of a file; `@string`, `@comment` and `@preamble` are no entries.

    Args:
        file: for naming it.
        lines: its lines; a byte that cannot be decoded is a lone surrogate.
    """
    strings = {month: str(number) for number, month in enumerate(_MONTHS, start=1)}
    source = _Segments(_entries(lines))
    while (segment := source.take()) is not None:
        number, text = segment
        rest: str | None = text
        while rest:
            outcome, following, is_open = _read(file, number, rest, strings)
            if is_open:
                whole, after = _extended(file, number, rest, source, strings)
                if whole is not None:
                    outcome, following = whole, after
            rest = following
            if outcome is not None:
                yield outcome


class _Segments:
    """The texts of a file from one beginning of an entry to the next; one can look ahead."""

    def __init__(self, source: Iterator[tuple[int, str]]) -> None:
        self._source = source
        self._ahead: deque[tuple[int, str]] = deque()

    def take(self) -> tuple[int, str] | None:
        """Return the next one, None at the end."""
        return self._ahead.popleft() if self._ahead else next(self._source, None)

    def ahead(self) -> Iterator[str]:
        """Yield the texts to come without taking them."""
        for place in count():
            if place == len(self._ahead):
                self._ahead.extend(islice(self._source, 1))
            if place == len(self._ahead):
                return
            yield self._ahead[place][1]


def _extended(
    file: SourceFile, number: int, text: str, source: _Segments, strings: dict[str, str]
) -> tuple[Reference | None, str | None]:
    """Return an entry that goes on past what looks like the beginning of another, and what follows it.

    A line of an abstract may look so. None if the entry is not to be mended in this way.
    """
    for taken, more in enumerate(islice(source.ahead(), _MAX_INNER), start=1):
        text += more
        if len(text) > _MAX_EXTENDED:
            break
        whole, rest, is_open = _read(file, number, text, strings)
        if isinstance(whole, Reference):
            for _ in range(taken):
                source.take()
            return whole, rest
        if not is_open:
            break
    return None, None


def _read(
    file: SourceFile, number: int, text: str, strings: dict[str, str]
) -> tuple[Reference | Problem | None, str | None, bool]:
    """Read the entry with which a text begins.

    Returns:
        What it is, what follows on its last line if that is an entry, and whether it was not closed.
    """
    opening = _OPENING.match(text)
    kind = opening[1].lower() if opening else ""
    if kind in ("comment", "preamble"):
        return None, None, False
    key = ""
    try:
        if opening is None:
            raise _DamageError("The entry does not begin with @, a type and a brace.")
        if len(text) >= MAX_ENTRY:
            raise _DamageError(f"The entry has more than {MAX_ENTRY:,} characters.")
        if WRONG_BYTE.search(text):
            encoding = likely_encoding(text)
            raise _DamageError(f"The entry is not in UTF-8; it seems to be in {encoding}.")
        body = opening.end()
        if kind != "string" and not _NO_KEY.match(text, body):
            found = _KEY.match(text, body)
            if found is None:
                raise _DamageError("No comma follows the citation key of the entry.")
            key, body = " ".join(found[1].split()), found.end()
        fields, end = _fields(text, body, ")" if opening[2] == "(" else "}", strings)
        if _LEFT_OVER.search(text, end):
            raise _DamageError("The entry is closed before its last field: a brace is too many.")
    except _DamageError as error:
        # In a list without line breaks the next entry begins within the line.
        next_one = None if "\n" in text.strip() else _WITHIN.search(text, 1)
        own = text[: next_one.start()] if next_one else text
        problem = damaged(file, number, readable(key), readable(own), str(error))
        return problem, text[next_one.start() :] if next_one else None, error.is_open
    following = _FOLLOWING.match(text, end)
    rest = text[following.start(1) :] if following else None
    if kind == "string":
        strings.update({name: latex_text(value) for name, value in fields.items()})
        return None, rest, False
    return _reference(file, number, kind, key, fields, text[:end]), rest, False


def _entries(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield each entry's line and its text, up to the next entry."""
    parts: list[str] = []
    began, size = 0, 0
    for number, line in enumerate(lines, start=1):
        start = _START.match(line)
        if start and not (start["cut"] and len(parts) == 1 and _BARE_START.match(parts[0])):
            if parts:
                yield began, "".join(parts)
            parts, began, size = [], number, 0
        if began and size < MAX_ENTRY:
            parts.append(line[: MAX_ENTRY - size])
            size += len(line)
    if parts:
        yield began, "".join(parts)


def _fields(text: str, at: int, closer: str, strings: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """Return the fields from a place on and where the entry ends; the first of a name counts.

    Raises:
        _DamageError: it does not end, or something else stands where a field should.
    """
    fields: dict[str, str] = {}
    while True:
        field = _FIELD.match(text, at)
        if field is None:
            rest = _BETWEEN.match(text, at)
            at = rest.end() if rest else at
            if text[at : at + 1] == closer:
                return fields, at + 1
            found = text[at : at + 30].split("\n")[0].strip()
            if found:
                raise _DamageError(f"A field was expected, not {found!r}.")
            raise _DamageError("The entry does not end.", is_open=True)
        pieces: list[str] = []
        at = field.end()
        while True:
            piece, at = _value(text, at, strings, closer)
            pieces.append(piece)
            joint = re.compile(r"\s*#\s*").match(text, at)
            if joint is None:
                break
            at = joint.end()
        fields.setdefault(field[1].lower(), "".join(pieces))


def _value(text: str, at: int, strings: Mapping[str, str], closer: str) -> tuple[str, int]:
    opening = text[at : at + 1]
    if opening not in ("{", '"'):
        bare = _BARE.match(text, at)
        if bare is None:
            if text[at : at + 1] in (",", closer):
                return "", at
            raise _DamageError("A value is missing.")
        return strings.get(bare[0].lower(), bare[0]), bare.end()
    depth, start = 0, at + 1
    for mark in re.compile(r"\\.|[{}\"]", re.DOTALL).finditer(text, at):
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
    reason = f"The {what} of the value that begins {text[at : at + 30]!r} is not closed."
    raise _DamageError(reason, is_open=True)


def _reference(
    file: SourceFile, number: int, kind: str, key: str, fields: Mapping[str, str], text: str
) -> Reference:
    values: dict[str, tuple[str, ...]] = {}
    groups: set[str] = set()
    for name, value in fields.items():
        if name in _NAMES:
            names = _names(value)
            values[name] = tuple(latex_text(one).strip() for one in names)
            groups |= {latex_text(one).strip() for one in names if _in_braces(one)}
        elif name in _VERBATIM:
            values[name] = (re.sub(r"\\([_%&#$~{}])", r"\1", value).strip(" {}\n\t"),)
        else:
            values[name] = (re.sub(r"[ \t]*\n[ \t]*(?!\s)", " ", latex_text(value)).strip(),)
    return Reference(file, f"line {number}", kind, key, values, frozenset(groups), text)


def _names(value: str) -> list[str]:
    """Return the names of a list joined with ` and `, which does not count within braces."""
    depth, start, found = 0, 0, []
    for mark in re.finditer(r"\\.|[{}]|\s+and(?=\s)", value, re.DOTALL | re.IGNORECASE):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        elif depth == 0 and not mark[0].startswith("\\"):
            found.append(value[start : mark.start()])
            start = mark.end()
    found.append(value[start:])
    return [name for one in found if (name := one.strip())]


def _in_braces(name: str) -> bool:
    """Return whether a name is one group in braces as a whole: `{The CDF Collaboration}`."""
    return re.fullmatch(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", name) is not None
