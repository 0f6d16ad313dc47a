"""Split a BibTeX file into its entries, each read for itself: a damaged one costs itself only.

An entry ends where the next begins at the start of a line, whatever its braces say. Fields are read as
BibTeX and BibLaTeX write them: in braces, in quotation marks, bare, joined with `#`, with `@string`s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from loaders.base import Problem
from loaders.encodings import WRONG_BYTE, likely_encoding, readable
from loaders.files import SourceFile
from loaders.latex import latex_text
from loaders.reference import MAX_ENTRY, Reference, damaged

_TYPES = (
    "article|book|booklet|bookinbook|collection|conference|data|dataset|electronic|inbook|incollection|"
    "inproceedings|inreference|manual|mastersthesis|misc|mvbook|online|patent|periodical|phdthesis|"
    "proceedings|reference|report|software|suppbook|techreport|thesis|unpublished|www"
)
_START = re.compile(
    rf"[ \t]*(?:@[ \t]*(?P<kind>[A-Za-z]+)[ \t]*[{{(]|(?P<lost>(?:{_TYPES}))[ \t]*\{{[^\s,{{}}=]+,)"
    r"|(?P<cut>[A-Za-z]+\{[^\s,{}=]+,[ \t\r]*$)"
    r"|(?P<broken>@[A-Za-z][^\n]*(?:[{(]|,[ \t\r]*$))",
    re.IGNORECASE | re.MULTILINE,
)
"""An entry begins so at the start of a line; also one whose beginning is damaged."""
_KEY = re.compile(r"\s*([^\s,{}()=\"]*)\s*(,|(?=[})])|$)")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:+./-]*)\s*=\s*")
_BARE = re.compile(r"[^\s,#{}\"()]+")
_LEFT_OVER = re.compile(r"^\s*,?\s*[A-Za-z][\w-]*\s*=\s*[{\"\d]", re.MULTILINE)
_FOLLOWING = re.compile(r"@[ \t]*[A-Za-z]+[ \t]*[{(]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = ("author", "editor")
_VERBATIM = ("doi", "url", "eprint", "file", "orcid", "urn", "handle", "crossref")


class _DamageError(ValueError):
    """An entry cannot be read; the message is a sentence."""


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
    for number, text in _entries(lines):
        rest: str | None = text
        while rest:
            outcome, rest = _read(file, number, rest, strings)
            if outcome is not None:
                yield outcome


def _read(
    file: SourceFile, number: int, text: str, strings: dict[str, str]
) -> tuple[Reference | Problem | None, str | None]:
    """Read the entry with which a text begins, and return what comes after it if that is an entry."""
    start = _START.match(text)
    assert start is not None  # `_entries` found it
    kind = (start["kind"] or "").lower()
    if kind in ("comment", "preamble"):
        return None, None
    key = ""
    try:
        if not kind:
            raise _DamageError("The entry does not begin with @, a type and a brace.")
        if len(text) >= MAX_ENTRY:
            raise _DamageError(f"The entry has more than {MAX_ENTRY:,} characters.")
        if WRONG_BYTE.search(text):
            encoding = likely_encoding(text)
            raise _DamageError(f"The entry is not in UTF-8; it seems to be in {encoding}.")
        body = start.end()
        if kind != "string":
            found = _KEY.match(text, body)
            if found is None or (not found[2] and found.end() < len(text)):
                raise _DamageError("The entry has no citation key.")
            key, body = found[1], found.end()
        closer = ")" if text[start.end() - 1] == "(" else "}"
        fields, end = _fields(text, body, closer, strings)
        if _LEFT_OVER.search(text, end):
            raise _DamageError("The entry is closed before its last field: a brace is too many.")
    except _DamageError as error:
        return damaged(file, number, readable(key), readable(text), str(error)), None
    following = _FOLLOWING.search(text, end)
    rest = text[following.start() :] if following else None
    if kind == "string":
        strings.update({name: latex_text(value) for name, value in fields.items()})
        return None, rest
    return _reference(file, number, kind, key, fields, text[:end]), rest


def _entries(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield each entry's line and its text, up to the next entry."""
    parts: list[str] = []
    began, size = 0, 0
    for number, line in enumerate(lines, start=1):
        if _START.match(line):
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
            rest = re.compile(r"[\s,]*").match(text, at)
            at = rest.end() if rest else at
            if text[at : at + 1] == closer:
                return fields, at + 1
            found = text[at : at + 30].split("\n")[0].strip()
            raise _DamageError(
                f"A field was expected, not {found!r}." if found else "The entry does not end."
            )
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
    raise _DamageError(f"The {what} of the value that begins {text[at : at + 30]!r} is not closed.")


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
