"""What the loaders of research outputs share.

Lists that hold faults, identifiers with their scheme, dates in parts, and the places and topics that
were told before.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from graph.records import Concept, ConceptRelation, Organisation, Record
from loaders.base import Outcome, Problem
from loaders.readers.fields import Fields, guarded
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.xml_stream import Element, read_elements
from loaders.research.handles import RESOLVER, find_handle
from loaders.research.publication_ids import parse_isbn
from loaders.texts.text import optional_text, parse_doi, parse_year

_PATTERNS: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "arxiv": (
        "arxiv:",
        re.compile(
            r"(?:https?://arxiv\.org/abs/|arxiv:\s*)?((?:[a-z.-]+/)?\d[\d.]+)(?:v\d+)?", re.IGNORECASE
        ),
    ),
    "eid": ("scopus:", re.compile(r"(2-s2\.0-\d+)", re.IGNORECASE)),
    "mag": ("mag:", re.compile(r"(\d+)")),
    "pmc": ("pmcid:PMC", re.compile(r"(?:https?://\S+/|pmcid:\s*)?(?:PMC)?(\d{1,9})/?", re.IGNORECASE)),
    "pmid": ("pmid:", re.compile(r"(?:https?://\S+/|pmid:\s*)?(\d{1,9})/?", re.IGNORECASE)),
    "urn": ("urn:", re.compile(r"urn:([a-z0-9-]+:\S+)", re.IGNORECASE)),
    "wosuid": ("wos:", re.compile(r"(?:WOS:)?([0-9A-Z]{10,20})", re.IGNORECASE)),
}
_SYNONYMS = {"pmcid": "pmc", "wos": "wosuid", "pubmed": "pmid"}
UNKNOWN = re.compile(r"\(?:(?:unac|unal|unap|unas|unav|unkn|none|null|tba)\)?", re.IGNORECASE)
"""The words by which DataCite's schema says that a value is missing."""


def is_xml(file: SourceFile) -> bool:
    """Return whether a file holds XML rather than JSON, by its first character that is no blank.

    Of JSON Lines the first may be damaged, or a page with an error.
    """
    if file.plain_name.lower().endswith((".jsonl", ".ndjson")):
        return False
    try:
        with file.open() as raw:
            start = raw.read(4096)
    except BROKEN_FILE:
        return False  # the reader of JSON tells what is wrong with the file
    return start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def objects(fields: Fields, name: str, value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; what else stands in it is left out with a warning.

    A single object stands for a list of one: tools that turn XML into JSON write it so.
    """
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        fields.warn(name, "The field was left out: a list was expected.")
        return []
    found: list[Mapping[str, Any]] = [entry for entry in value if isinstance(entry, dict)]
    if len(found) < len(value) and (lost := sum(entry is not None for entry in value) - len(found)):
        fields.warn(name, f"{lost} of the entries were left out: objects were expected.")
    return found


def texts(value: object) -> tuple[str, ...]:
    """Return the texts of a list, or of one text; empty ones and nulls are left out.

    Raises:
        ValueError: something else stands there.
    """
    found: list[str] = []
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, str):
            found += [entry] if entry.strip() else []
        elif entry is not None:
            raise ValueError(f"a text was expected, not {str(entry)[:60]!r}")
    return tuple(found)


def work_identifier(scheme: object, value: object) -> str | None:
    """Return a work's identifier as an IRI or `scheme:value`, the same whichever source names it.

    None for schemes that tell no works apart for us (local numbers) and for empty values.

    Args:
        scheme: the source's word for it in any case: `doi`, `handle`, `isbn`, `urn`, `pmid`, `pmc`,
            `arxiv`, `eid` (Scopus), `wosuid`, `mag`.
        value: the identifier, with or without its prefix or address.

    Raises:
        ValueError: it is no identifier of that scheme.
    """
    if value in (None, "") or not isinstance(scheme, str):
        return None
    kind = scheme.strip().lower()
    kind = _SYNONYMS.get(kind, kind)
    if kind == "doi":
        return f"https://doi.org/{parse_doi(value)}"
    if kind == "isbn":
        return f"urn:isbn:{parse_isbn(value)}"
    if kind == "handle":
        handle = find_handle(value, RESOLVER)
        if handle is None:
            raise ValueError(f"{str(value)[:60]!r} is no handle")
        return handle.identifier
    if kind not in _PATTERNS:
        return None
    prefix, pattern = _PATTERNS[kind]
    match = pattern.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"{str(value)[:60]!r} is no identifier of the kind {kind}")
    number = match[1]
    if kind == "urn":
        namespace, _, rest = number.partition(":")
        number = f"{namespace.lower()}:{rest}"
    return f"{prefix}{number.upper() if kind == 'wosuid' else number}"


def year_of_parts(parts: Sequence[object]) -> int | None:
    """Return the year of a date in parts: `[2025, 3, 1]`, `["2025", "03"]`, `[null]` or shorter.

    Raises:
        ValueError: the first part is no year.
    """
    return parse_year(parts[0]) if parts and parts[0] not in (0, "0") else None


def day_of_parts(parts: Sequence[object]) -> date | None:
    """Return the day of a date in parts; None where year, month and day are not all given.

    Raises:
        ValueError: there is no such day.
    """
    if len(parts) < 3 or any(part in (None, "", 0, "0", "00") for part in parts[:3]):
        return None
    try:
        year, month, day = (int(str(part)) for part in parts[:3])
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"{'-'.join(map(str, parts[:3]))[:40]} is no day of the calendar") from None


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    text = (files("loaders") / "data" / "work_types.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def work_type(source: str, value: object) -> str | None:
    """Return the label (COAR's) for a source's word for a kind of work; an unknown word is kept.

    Args:
        source: `openalex`, `crossref`, `datacite` or `orcid`.
        value: the word, for example `journal-article`.

    Raises:
        ValueError: it is no text.
    """
    word = optional_text(value)
    return _types()[source].get(word, word.replace("-", " ")) if word else None


class Told:
    """The organisations and concepts that were yielded in one load.

    Works repeat their places and topics; each is passed on once, and again when it says more. People
    always come with their work, since identity is read from a by-line as a whole. Memory grows by a
    number for each of them.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._last: dict[str, Organisation] = {}

    def new(self, records: Iterable[Record]) -> tuple[Record, ...]:
        """Return the records without those that were told before."""
        return tuple([record for record in records if self._is_new(record)])

    def _is_new(self, record: Record) -> bool:
        if isinstance(record, Organisation):
            if self._last.get(record.key) is record:
                return False
            self._last[record.key] = record
            names = tuple(record.name.items())
            mark = hash((record.key, names, record.identifiers, record.part_of, record.country))
        elif isinstance(record, Concept):
            mark = hash((record.uri, tuple(record.pref_label.items())))
        elif isinstance(record, ConceptRelation):
            mark = hash((record.subject, record.relation, record.target))
        else:
            return True
        if mark in self._seen:
            return False
        self._seen.add(mark)
        return True


def xml_outcomes(
    file: SourceFile, names: Sequence[str], read: Callable[[Element], Outcome], remedy: str
) -> Iterator[Outcome]:
    """Yield one outcome per record element of a file; a file without any is told.

    Args:
        file: XML.
        names: local names of the elements that are records, the usual one first.
        read: reads one of them.
        remedy: what to do about a file without any, a sentence.
    """
    empty = True
    for element in read_elements(file, set(names)):
        empty = False
        yield element if isinstance(element, Problem) else guarded(element, read)
    if empty:
        yield Problem(file.name, "", "", f"The document holds no element `{names[0]}`.", remedy)
