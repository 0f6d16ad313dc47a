"""A research group's own list of publications: BibTeX, BibLaTeX or RIS.

One entry is one work with its authors. A damaged entry costs itself only. Entries for journals are
counted and passed over, as are entries that stand in the list twice.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from graph.records import Record, ResearchOutput
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.encodings import is_known, text_lines
from loaders.readers.fields import Fields, guarded
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import broken_file
from loaders.research.bibtex import read_bibtex
from loaders.research.bibtex_pieces import is_bibtex, is_bibtex_within
from loaders.research.reference import COMMENTED_OUT, MAX_ENTRY, Reference
from loaders.research.reference_dates import read_dates
from loaders.research.reference_people import authors
from loaders.research.reference_work import (
    container_of,
    doi_of,
    homepage_of,
    identifiers_of,
    keywords_of,
    kind_of,
    language_of,
    numbers_of,
    own_key,
    places_of,
    publishers_of,
    title_of,
)
from loaders.research.ris import is_ris, read_ris
from loaders.research.works import Told
from loaders.texts.jats import jats_text
from loaders.texts.text import guess_language, plain_text
from loaders.texts.title_language import title_language
from loaders.universities import university

_REMEDY = "Correct the entry in the list."
_LOOK = 100_000
_HEAD = 2_000
"""Characters in which a RIS file begins, behind what a database writes before its first entry."""
_ENCODING = re.compile(rb"%\s*Encoding:\s*([\w-]+)", re.IGNORECASE)
_SERIAL = "a journal or a series (comes with the works)"
_HELPER = "an entry that only helps others"
_PASSED_OVER = {
    **dict.fromkeys(("periodical", "jfull", "ser"), _SERIAL),
    **dict.fromkeys(("xdata", "set"), _HELPER),
    "grant": "a grant (comes with the works)",
    COMMENTED_OUT: "an entry that is commented out",
}
_WHOLES = frozenset(
    ("book", "mvbook", "proceedings", "collection", "mvcollection", "mvproceedings", "reference",
     "mvreference", "xdata")
)  # fmt: skip
_HANDED_DOWN = ("title", "booktitle", "year", "date", "publisher")
_BEFORE = "an entry that stood in the list before"
_KEY_BEFORE = "an entry whose citation key another work in its file has"


class BibliographyLoader:
    """Reads lists of publications in BibTeX and RIS."""

    info = LoaderInfo(
        name="bibliography",
        title="BibTeX and RIS lists",
        description="A research group's own list of publications: .bib, .ris; .gz as well.",
        version="2",
        file_patterns=("*.bib", "*.ris", "*.gz"),
        options={
            "university": "key of the university whose works these are, for example `aalto`",
            "language": "language of the titles where neither the entry nor its words tell it",
        },
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per entry; see `Loader.read`."""
        try:
            language = language_of(options.get("language", ""))
        except ValueError as error:
            reason = f"The option `language` cannot be used: {error}."
            yield Problem("", "", "language", reason, "Give a code such as `en` or `fi`.")
            return
        strings: dict[str, str] = {}
        load = _Load(_wholes(files, strings), options.get("university", "").strip(), language)
        for file in files:
            for entry in _entries(file, strings):
                yield entry if isinstance(entry, Problem) else guarded(entry, load.read)


def _entries(file: SourceFile, strings: MutableMapping[str, str]) -> Iterator[Reference | Problem]:
    """Yield the entries of a file of either format."""
    try:
        with _open(file) as text:
            start = text.read(_LOOK)
        if not start.strip():
            return
        ris = is_ris(start[:_HEAD]) or (is_ris(start) and not is_bibtex(start))
        if not ris and not is_bibtex(start) and not is_bibtex_within(start):
            reason = "The file is neither BibTeX nor RIS: no entry begins in it."
            remedy = "Export the list as BibTeX (.bib) or RIS (.ris)."
            yield Problem(file.name, "", "", reason, remedy)
            return
        with _open(file) as text:
            lines = iter(partial(text.readline, MAX_ENTRY), "")
            yield from read_ris(file, lines) if ris else read_bibtex(file, lines, strings)
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


def _wholes(files: Sequence[SourceFile], strings: MutableMapping[str, str]) -> Mapping[str, Reference]:
    """Return the entries from which others inherit (`crossref`, `xdata`); collect the `@string`s."""
    found: dict[str, Reference] = {}
    for file in files:
        for entry in _entries(file, strings):
            if isinstance(entry, Reference) and entry.kind in _WHOLES and entry.key:
                kept = {name: entry.values[name] for name in _HANDED_DOWN if name in entry.values}
                found.setdefault(entry.key.lower(), replace(entry, values=kept, raw=""))
    return found


class _Load:
    """What is remembered from one entry to the next."""

    def __init__(
        self, wholes: Mapping[str, Reference], university_key: str, language: str | None
    ) -> None:
        self._wholes = wholes
        self._university = university_key
        self._language = language
        self._told = Told()
        self._seen: set[str] = set()
        self._keys: dict[tuple[SourceFile, str], str] = {}
        """File and citation key → key of the work."""

    def read(self, entry: Reference) -> Outcome:
        """Read one entry."""
        if reason := _PASSED_OVER.get(entry.kind):
            return Loaded((), skipped=reason)
        fields = Fields(entry, entry.key)
        for name, fault in entry.faults:
            fields.warn(name, fault)
        title = title_of(entry, fields)
        if not title:
            return entry.problem(entry.key, "title", "The entry has no title.", _REMEDY)
        whole = self._whole(entry)
        doi = doi_of(entry, fields)
        year, published = read_dates(entry, whole, fields)
        key = f"doi-{doi}" if doi else own_key(entry, title, year)
        if key in self._seen:
            return Loaded((), skipped=_BEFORE)
        place = (entry.file, entry.key)
        if entry.form == "bibtex" and entry.key and place in self._keys:
            return self._same_key(entry)
        people = authors(entry, key, fields)
        work = replace(
            self._work(entry, whole, key, doi, title, fields),
            creators=tuple(dict.fromkeys(one.key for one in people)),
            year=year,
            published=published,
        )
        organisations = places_of(entry)
        if self._university:
            organisations.insert(0, university(self._university))
        work = replace(work, organisations=tuple(dict.fromkeys(one.key for one in organisations)))
        self._seen.add(key)
        self._keys[place] = key
        records: tuple[Record, ...] = (*self._told.new(organisations), *people, work)
        return Loaded(records, tuple(fields.warnings))

    def _whole(self, entry: Reference) -> Reference | None:
        for name in ("crossref", "xdata"):
            if found := self._wholes.get(entry.text(name).lower()):
                return found
        return None

    def _same_key(self, entry: Reference) -> Loaded:
        """Pass over an entry with the citation key of another work, as BibTeX does, and tell it."""
        told = entry.problem(
            entry.key,
            "",
            "The entry was passed over: an entry for another work before it has the same citation key.",
            "Give each entry a citation key of its own.",
        )
        return Loaded((), (told,), skipped=_KEY_BEFORE)

    def _work(
        self,
        entry: Reference,
        whole: Reference | None,
        key: str,
        doi: str | None,
        title: str,
        fields: Fields,
    ) -> ResearchOutput:
        """Read what stands beside title, by-line and date."""
        language = fields.read("language", entry.text("langid", "language"), language_of)
        tag = language or title_language(title) or self._language or "und"
        abstract = fields.read("abstract", entry.text("abstract"), jats_text)
        kind = kind_of(entry, doi)
        issns, isbns = numbers_of(entry, fields)
        others = (plain_text(one) for one in entry.all("translatedtitle", "origtitle"))
        return ResearchOutput(
            key=key,
            title={tag: title},
            publishers=publishers_of(entry, whole),
            abstract={guess_language(abstract) or tag: abstract} if abstract else {},
            alt_titles=tuple(dict.fromkeys(one for one in others if one and one != title)),
            topics=keywords_of(entry),
            output_type=kind,
            language=language,
            doi=doi,
            identifiers=identifiers_of(entry, kind, isbns, fields),
            homepage=homepage_of(entry, doi),
            container=container_of(entry, whole, kind),
            issns=issns,
        )
