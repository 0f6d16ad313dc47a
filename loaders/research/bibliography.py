"""A research group's own list of publications: BibTeX, BibLaTeX or RIS.

One entry is one work with its authors. A damaged entry costs itself only. Entries for journals are
counted and passed over, as are entries that stand in the list twice.
"""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache, partial
from importlib.resources import files as package_files

from graph.identifiers import digest
from graph.records import Person, Record, ResearchOutput
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.encodings import is_known, text_lines
from loaders.readers.fields import Fields, guarded
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import broken_file
from loaders.research.bibtex import is_bibtex, read_bibtex
from loaders.research.handles import find_handle
from loaders.research.publication_ids import doi_in, nbn_in, parse_isbn, parse_issn
from loaders.research.publication_types import is_part
from loaders.research.reference import MAX_ENTRY, Reference
from loaders.research.reference_people import authors
from loaders.research.ris import is_ris, read_ris
from loaders.research.works import day_of_parts, work_identifier, year_of_parts
from loaders.texts.languages import language_code
from loaders.texts.text import guess_language, plain_text
from loaders.texts.title_language import title_language
from loaders.universities import university

_REMEDY = "Correct the entry in the list."
_LOOK = 100_000
_ENCODING = re.compile(rb"%\s*Encoding:\s*([\w-]+)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_ARXIV = re.compile(r"\barxiv[:\s]+(\d{4}\.\d{4,5}|[a-z-]+/\d{7})", re.IGNORECASE)
_DATE = re.compile(r"\D{0,3}(\d{4})(?:([-/])(\d{1,2})(?:\2(\d{1,2}))?)?(?!\d)")
_SERIALS = frozenset(("periodical", "jfull", "ser"))
_WHOLES = frozenset(("book", "mvbook", "proceedings", "collection", "mvcollection", "mvproceedings"))


class BibliographyLoader:
    """Reads lists of publications in BibTeX and RIS."""

    info = LoaderInfo(
        name="bibliography",
        title="BibTeX and RIS lists",
        description="A research group's own list of publications: .bib, .ris; .gz as well.",
        version="1",
        file_patterns=("*.bib", "*.ris", "*.gz"),
        options={"university": "key of the university whose works these are, for example `aalto`"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per entry; see `Loader.read`."""
        load = _Load(_wholes(files), options.get("university", "").strip())
        for file in files:
            for entry in _entries(file):
                yield entry if isinstance(entry, Problem) else guarded(entry, load.read)


def _entries(file: SourceFile) -> Iterator[Reference | Problem]:
    """Yield the entries of a file of either format."""
    try:
        with _open(file) as text:
            start = text.read(_LOOK)
        if not start.strip():
            return
        read = read_bibtex if is_bibtex(start) else read_ris if is_ris(start) else None
        if read is None:
            reason = "The file is neither BibTeX nor RIS: no entry begins in it."
            remedy = "Export the list as BibTeX (.bib) or RIS (.ris)."
            yield Problem(file.name, "", "", reason, remedy)
            return
        with _open(file) as text:
            yield from read(file, iter(partial(text.readline, MAX_ENTRY), ""))
    except BROKEN_FILE as error:
        yield broken_file(file, error)


@contextmanager
def _open(file: SourceFile) -> Iterator[io.TextIOWrapper]:
    """Open a list in UTF-8, or in the encoding that JabRef notes in its first line."""
    with file.open() as raw:
        start: bytes = raw.peek(1000)[:1000]  # type: ignore[attr-defined]
        noted = _ENCODING.search(start)
        encoding = noted[1].decode("ascii").replace("ISO8859_", "ISO8859-") if noted else "utf-8"
        if encoding.lower().replace("-", "") == "utf8" or not is_known(encoding):
            text = text_lines(raw)
        else:
            text = io.TextIOWrapper(
                raw,
                encoding=encoding,
                errors="fitech-surrogates",
                newline="",
            )
        with text:
            yield text


def _wholes(files: Sequence[SourceFile]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the entries of books and proceedings, from which their parts inherit (`crossref`)."""
    found: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for file in files:
        for entry in _entries(file):
            if isinstance(entry, Reference) and entry.kind in _WHOLES and entry.key:
                names = ("title", "booktitle", "subtitle", "year", "date", "publisher", "issn")
                kept = {name: entry.values[name] for name in names if name in entry.values}
                found.setdefault(entry.key.lower(), kept)
    return found


class _Load:
    """What is remembered from one entry to the next."""

    def __init__(
        self, wholes: Mapping[str, Mapping[str, tuple[str, ...]]], university_key: str
    ) -> None:
        self._wholes = wholes
        self._university = university_key
        self._told = False
        self._seen: set[str] = set()

    def read(self, entry: Reference) -> Outcome:
        """Read one entry."""
        if entry.kind in _SERIALS:
            return Loaded((), skipped="a journal or a series (comes with the works)")
        if entry.kind in ("xdata", "set"):
            return Loaded((), skipped="an entry that only helps others")
        fields = Fields(entry, entry.key)
        title = _title(entry)
        if not title:
            return entry.problem(entry.key, "title", "The entry has no title.", _REMEDY)
        doi = fields.read("doi", entry.text("doi") or _doi_address(entry.text("url")), doi_in)
        year, published = _dates(entry, self._inherited(entry), fields)
        mark = digest("\n".join((*_own_words(entry), title.casefold(), str(year or ""))))
        key = f"doi-{doi}" if doi else f"bibliography-{mark}"
        if key in self._seen:
            return Loaded((), skipped="an entry that stood in the list before")
        people = authors(entry, key, fields)
        work = self._work(entry, key, doi, title, year, published, people, fields)
        self._seen.add(key)
        records: list[Record] = [*people, work]
        if self._university and not self._told:
            self._told = True
            records.insert(0, university(self._university))
        return Loaded(tuple(records), tuple(fields.warnings))

    def _inherited(self, entry: Reference) -> Mapping[str, tuple[str, ...]]:
        return self._wholes.get(entry.text("crossref").lower(), {})

    def _work(
        self,
        entry: Reference,
        key: str,
        doi: str | None,
        title: str,
        year: int | None,
        published: date | None,
        people: Sequence[Person],
        fields: Fields,
    ) -> ResearchOutput:
        language = fields.read("language", entry.text("langid", "language"), _language)
        tag = language or title_language(title) or "und"
        abstract = plain_text(entry.text("abstract"))
        kind = _kind(entry)
        inherited = self._inherited(entry)
        container = entry.text("journaltitle", "journal", "booktitle", "proceedings", "container")
        container = container or next(iter(inherited.get("booktitle", inherited.get("title", ()))), "")
        publishers = [
            *entry.values.get("publisher", ()),
            *entry.values.get("institution", ()),
            *entry.values.get("school", ()),
            *inherited.get("publisher", ()),
        ]
        issns, isbns = _numbers(entry, fields)
        address = entry.text("url") or _in_text(entry.text("howpublished"))
        return ResearchOutput(
            key=key,
            title={tag: title},
            creators=tuple(dict.fromkeys(one.key for one in people)),
            organisations=(self._university,) if self._university else (),
            publishers=tuple(dict.fromkeys(plain_text(one) for one in publishers[:1])),
            abstract={guess_language(abstract) or tag: abstract} if abstract else {},
            alt_titles=tuple(
                text for one in entry.values.get("translatedtitle", ()) if (text := plain_text(one))
            ),
            topics=_keywords(entry),
            year=year,
            published=published,
            output_type=kind,
            language=language,
            doi=doi,
            identifiers=tuple(
                dict.fromkeys((*_identifiers(entry, fields), *([] if is_part(kind) else isbns)))
            ),
            homepage=f"https://doi.org/{doi}" if doi else _address(address),
            container=plain_text(container) or None if kind != "book" else None,
            issns=issns,
        )


def _title(entry: Reference) -> str:
    """Return the title with its subtitle; of a book in RIS also the title of the book."""
    title = plain_text(entry.text("title"))
    if not title and entry.kind in ("book", "edbook", "ebook", "conf"):
        title = plain_text(entry.text("container"))
    subtitle = plain_text(entry.text("subtitle"))
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title} {subtitle}" if title.endswith((":", "?", "!")) else f"{title}: {subtitle}"


def _own_words(entry: Reference) -> tuple[str, ...]:
    """Return what tells an entry from another of the same title and year: its key, else its context."""
    if entry.key:
        return (entry.key,)
    return (*entry.values.get("author", ())[:1], entry.text("journal", "booktitle", "container"))


def _doi_address(url: str) -> str:
    return url if re.match(r"https?://(?:dx\.)?doi\.org/10\.", url, re.IGNORECASE) else ""


def _in_text(text: str) -> str:
    match = re.search(r"https?://\S+", text)
    return match[0] if match else ""


def _address(url: str) -> str | None:
    return url if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", url) else None


def _dates(
    entry: Reference, inherited: Mapping[str, tuple[str, ...]], fields: Fields
) -> tuple[int | None, date | None]:
    """Return the year, and the day if the entry tells it."""
    year = None
    for name in ("date", "year"):
        text = entry.text(name) or next(iter(inherited.get(name, ())), "")
        parts = fields.read(name, text, _parts) if text else None
        if not parts:
            continue
        if name == "year" and len(parts) == 1:
            parts = [*parts, entry.text("month"), entry.text("day")]
        found = fields.read(name, parts, year_of_parts)
        year = year or found
        if found and found == year and all(str(part or "").isdigit() for part in parts):
            day = fields.read(name, parts, day_of_parts)
            if day:
                return year, day
    return year, None


def _parts(text: str) -> list[str]:
    """Return year, month and day of `2020`, `2020-03-01/2020-04-01` or `2020/03/01/`.

    Raises:
        ValueError: it does not begin with a year.
    """
    match = _DATE.match(text)
    if match is None:
        year = _YEAR.search(text)
        if year is None:
            raise ValueError(f"{text[:40]!r} is no year")
        return [year[0]]
    return [part for part in match.group(1, 3, 4) if part]


def _language(text: str) -> str | None:
    """Return the code of a language by its name in BibLaTeX or by its code.

    Raises:
        ValueError: it is neither.
    """
    word = text.strip().lower()
    return _words()["languages"].get(word) or language_code(word)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    path = package_files("loaders") / "data" / "references.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _kind(entry: Reference) -> str | None:
    """Return the label of the entry's type, None if it says nothing (`misc`, `GEN`)."""
    label = _words()["bibtex"].get(entry.kind) or _words()["ris"].get(entry.kind)
    word = entry.text("type", "genre").lower()
    if label == "thesis" and word:
        if any(mark in word for mark in ("phd", "ph.d", "doc", "väitös", "dsc")):
            return "doctoral thesis"
        if any(mark in word for mark in ("master", "math", "diplom", "pro gradu", "msc")):
            return "master thesis"
        if any(mark in word for mark in ("bachelor", "kandi", "bsc")):
            return "bachelor thesis"
    at_arxiv = "arxiv" in entry.text("archiveprefix", "eprinttype").lower()
    if (label is None and at_arxiv) or _ARXIV.search(entry.text("journal")):
        return "preprint"
    return label


def _keywords(entry: Reference) -> tuple[str, ...]:
    """Return the keywords: parted by semicolons, else by commas where all stand in one text."""
    values = entry.values.get("keywords", ())
    found: list[str] = []
    for value in values:
        if ";" in value or "\n" in value:
            found += re.split(r"[;\n]", value)
        else:
            found += value.split(",") if len(values) == 1 else [value]
    return tuple(dict.fromkeys(text for one in found if (text := plain_text(one))))


def _numbers(entry: Reference, fields: Fields) -> tuple[tuple[str, ...], list[str]]:
    """Return the ISSNs, and the ISBNs as identifiers; `SN` of RIS may hold either."""
    issns: list[str | None] = []
    isbns: list[str | None] = []
    for name in ("issn", "isbn", "number"):
        if name == "number" and entry.raw.lstrip().startswith("@"):
            continue  # BibTeX's number of an issue
        for value in entry.values.get(name, ()):
            for part in re.split(r"\s*[;,]\s*|\s+(?=[\d-]{9,})", value.strip()):
                digits = re.sub(r"[^\dXx]", "", part)
                if len(digits) == 8 and name != "isbn":
                    issns.append(fields.read(name, part, parse_issn))
                elif part:
                    parse = parse_issn if name == "issn" else parse_isbn
                    isbns.append(fields.read(name, part, parse))
    kept = [f"urn:isbn:{number}" for number in isbns if number]
    return tuple(dict.fromkeys(number for number in issns if number)), kept


def _identifiers(entry: Reference, fields: Fields) -> list[str]:
    found: list[str | None] = []
    for address in (*entry.values.get("url", ()), *entry.values.get("handle", ())):
        handle = find_handle(address)
        found += [nbn_in(address), handle.identifier if handle else None]
    found.append(nbn_in(entry.text("urn")))
    if entry.text("eprint") and "arxiv" in entry.text("archiveprefix", "eprinttype").lower():
        found.append(fields.read("eprint", entry.text("eprint"), partial(work_identifier, "arxiv")))
    elif printed := _ARXIV.search(entry.text("journal")):
        found.append(f"arxiv:{printed[1]}")
    if entry.text("pmid"):
        found.append(fields.read("pmid", entry.text("pmid"), partial(work_identifier, "pmid")))
    return [one for one in found if one]
