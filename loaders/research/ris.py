"""Split a RIS file into its entries: from `TY` to `ER`, each read for itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from loaders.base import Problem
from loaders.readers.encodings import WRONG_BYTE, likely_encoding, readable
from loaders.readers.files import SourceFile
from loaders.research.reference import MAX_ENTRY, Reference, damaged

_TAG = re.compile(r"([A-Z][A-Z0-9])([ \t]{0,3})-(?:[ \t](.*)|)$")
_LONG_TAG = re.compile(r"[A-Z][A-Z0-9]{2,5} {1,3}- ")
"""`PMID  - 1`: some programs write tags of their own."""
_FIELDS = {
    "A1": "author", "A2": "editor", "AB": "abstract", "AD": "affiliation", "AU": "author",
    "BT": "container", "C3": "proceedings", "CT": "title", "DA": "date", "DO": "doi", "ED": "editor",
    "IS": "issue", "JA": "abbreviation", "JF": "container", "JO": "container", "J1": "abbreviation",
    "J2": "abbreviation", "KW": "keywords", "L2": "url", "LA": "language", "LK": "url", "M3": "type",
    "N2": "abstract", "PB": "publisher", "PY": "year", "SN": "serial", "SP": "pages", "T1": "title",
    "T2": "container", "T3": "series", "TI": "title", "TT": "translatedtitle", "UR": "url",
    "VL": "volume", "Y1": "year", "YR": "year",
}  # fmt: skip
_OTHERS = frozenset(
    (
        "A3", "A4", "AN", "AV", "C1", "C2", "C4", "C5", "C6", "C7", "C8", "CA", "CN", "CP", "CY", "DB",
        "DP", "EP", "ET", "ID", "L1", "L3", "L4", "LB", "M1", "M2", "N1", "NV", "OP", "PP", "RI",
        "RN", "RP", "SE", "ST", "SV", "TA", "TY", "U1", "U2", "U3", "U4", "U5", "VO", "Y2",
    )
)  # fmt: skip


def is_ris(start: str) -> bool:
    """Return whether a text is RIS, by its beginning."""
    return any(re.match(r"\s*TY[ \t]{0,3}-(?:[ \t]|$)", line) for line in start.splitlines())


def read_ris(file: SourceFile, lines: Iterable[str]) -> Iterator[Reference | Problem]:
    """Yield the entries of a file.

    Args:
        file: for naming it.
        lines: its lines; a byte that cannot be decoded is a lone surrogate.
    """
    for number, entry in _entries(lines):
        text = "".join(entry)
        pairs = _pairs(entry)
        kind = next((value for tag, value in pairs if tag == "TY"), "")
        key = next((value for tag, value in pairs if tag == "ID"), "")
        if len(text) >= MAX_ENTRY:
            reason = f"The entry has more than {MAX_ENTRY:,} characters."
        elif WRONG_BYTE.search(text):
            reason = f"The entry is not in UTF-8; it seems to be in {likely_encoding(text)}."
        elif not kind:
            reason = "The entry has no type (TY)."
        elif not any(map(_is_end, entry)):
            reason = "The entry has no end (ER)."
        else:
            yield _reference(file, number, kind, key, pairs, text)
            continue
        yield damaged(file, number, readable(key), readable(text), reason)


def _entries(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield each entry's first line and its lines: to its `ER`, or to the next `TY`."""
    entry: list[str] = []
    began, size = 0, 0
    for number, line in enumerate(lines, start=1):
        tag = _TAG.match(line.strip())
        if tag and tag[1] == "TY" and entry:
            yield began, entry
            entry = []
        if not entry and not (tag and tag[1] != "ER"):
            continue  # between entries
        if not entry:
            began, size = number, 0
        if size < MAX_ENTRY:
            entry.append(line[: MAX_ENTRY - size])
            size += len(line)
        if _is_end(line):
            yield began, entry
            entry = []
    if entry:
        yield began, entry


def _is_end(line: str) -> bool:
    tag = _TAG.match(line.strip())
    return bool(tag and tag[1] == "ER" and (len(tag[2]) == 2 or not tag[3]))


def _pairs(entry: Iterable[str]) -> list[tuple[str, str]]:
    """Return the tags and their values; a line without a tag goes on with the value before it."""
    pairs: list[tuple[str, str]] = []
    for line in entry:
        text = line.strip()
        tag = _TAG.match(text)
        # A text may hold `UV - light`; a blank may have been lost from a tag that we know.
        known = tag and (tag[1] in _FIELDS or tag[1] in _OTHERS or _is_end(text))
        if tag and (len(tag[2]) == 2 or known):
            pairs.append((tag[1], (tag[3] or "").strip()))
        elif _LONG_TAG.match(text):
            pairs.append(("", ""))
        elif text and pairs:
            name, value = pairs[-1]
            if name == "KW":  # some programs write the tag before the first keyword only
                pairs.append((name, text))
            else:
                pairs[-1] = (name, f"{value}\n{text}" if name in ("AB", "N2") else f"{value} {text}")
    return pairs


def _reference(
    file: SourceFile, number: int, kind: str, key: str, pairs: list[tuple[str, str]], text: str
) -> Reference:
    values: dict[str, list[str]] = {}
    for tag, value in pairs:
        if value and (name := _FIELDS.get(tag)):
            values.setdefault(name, []).append(value)
    kept = {name: tuple(dict.fromkeys(found)) for name, found in values.items()}
    place = f"line {number}"
    return Reference(file, place, kind.lower(), key, kept, frozenset(), text, form="ris")
