"""What an entry of a list of references says of its work: title, kind, numbers, words, places."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files as package_files

from graph.identifiers import digest
from graph.records import Organisation
from loaders.readers.fields import Fields
from loaders.research.handles import find_handle
from loaders.research.people import institution
from loaders.research.publication_ids import doi_in, nbn_in, parse_isbn, parse_issn
from loaders.research.publication_types import is_part
from loaders.research.reference import Reference
from loaders.research.works import work_identifier
from loaders.texts.jats import jats_text
from loaders.texts.languages import language_code
from loaders.texts.text import plain_text

_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_DOI_PLACE = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)10\.\d{4,9}/", re.IGNORECASE)
_ARXIV = re.compile(r"\barxiv\s*[:/]\s*(?:abs/)?((?:[a-z.-]+/)?\d{4}\.?\d{3,5})", re.IGNORECASE)
_PREPRINTS = re.compile(r"\s*(?:arxiv|corr)\b", re.IGNORECASE)
_IN_WHOLE = frozenset(("book part", "conference paper"))
_UNPUBLISHED = frozenset((None, "preprint", "manuscript", "website", "other"))


def title_of(entry: Reference, fields: Fields) -> str:
    """Return the title with its subtitle; of a book in RIS also the title of the book."""
    title = fields.read("title", entry.text("title"), jats_text)
    if not title and entry.kind in ("book", "edbook", "ebook", "conf", "proceedings"):
        title = fields.read("title", entry.text("container", "booktitle"), jats_text)
    subtitle = fields.read("subtitle", entry.text("subtitle"), jats_text)
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title or ""
    return f"{title} {subtitle}" if title.endswith((":", "?", "!")) else f"{title}: {subtitle}"


def doi_of(entry: Reference, fields: Fields) -> str | None:
    """Return the DOI: of its own field, else of an address at doi.org."""
    if entry.text("doi"):
        return fields.read("doi", entry.text("doi"), doi_in)
    places = entry.all("url", "howpublished", "type")
    found = next((value for value in places if _DOI_PLACE.search(value)), None)
    return fields.read("url", found, doi_in) if found else None


def own_key(entry: Reference, title: str, year: int | None) -> str:
    """Return the key of a work without a DOI: a digest of what tells it from others.

    That is the citation key with title and year; where there is no citation key, by-line and place
    of publication stand for it, since several works are called "Editorial".
    """
    letters = unicodedata.normalize("NFKD", title.casefold())
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    words = " ".join(re.findall(r"[^\W_]+", plain)) or title
    place = ("journal", "journaltitle", "booktitle", "container", "volume", "issue", "number", "pages")
    named = [entry.key] if entry.key else ["", *entry.all("author"), *entry.all(*place)]
    return f"bibliography-{digest(chr(10).join((*named, words, str(year or ''))))}"


def language_of(text: str) -> str | None:
    """Return the code of a language by its name or code; of several languages, of the first.

    Raises:
        ValueError: it is neither.
    """
    word = re.split(r"\s*(?:[,;/]|\band\b|&)\s*", text.strip().lower())[0]
    return _words()["languages"].get(word) or language_code(word)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    path = package_files("loaders") / "data" / "references.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def kind_of(entry: Reference, doi: str | None) -> str | None:
    """Return the label of the entry's type, None if it says nothing (`misc`, `GEN`)."""
    label = _words()[entry.form].get(entry.kind, entry.kind) or None
    word = entry.text("type", "genre").lower()
    if label and label.endswith("thesis") and word:
        for kind, marks in _THESES.items():
            if any(mark in word for mark in marks):
                return kind
    if label == "report":
        return _words()["reports"].get(word.strip(" ."), label)
    if entry.kind == "conf" and entry.text("container", "proceedings"):
        return "conference paper"  # what Zotero and others call so
    journal = entry.text("journal", "journaltitle", "container")
    if label == "journal article" and _PREPRINTS.match(journal):
        return "preprint"
    archive = entry.text("archiveprefix", "eprinttype").lower()
    if label is None and ("arxiv" in archive or (doi or "").startswith("10.48550/arxiv.")):
        return "preprint"
    return label


_THESES = {
    "bachelor thesis": ("bachelor", "bathesis", "kandi", "candthesis", "b.sc", "bsc"),
    "licentiate thesis": ("licenti", "lisensi"),
    "master thesis": ("master", "mathesis", "diplom", "pro gradu", "m.sc", "msc"),
    "doctoral thesis": ("phd", "ph.d", "doc", "dokt", "toht", "väitös", "dsc", "d.sc"),
}


def container_of(entry: Reference, whole: Reference | None, kind: str | None) -> str | None:
    """Return the title of what the work appeared in; `whole` is the entry that it refers to."""
    if kind == "book" or (kind == "conference proceedings" and entry.form == "bibtex"):
        return None
    names = ("journaltitle", "journal", "booktitle", "proceedings", "container", "abbreviation")
    text = plain_text(entry.text(*names) or (whole.text("booktitle", "title") if whole else ""))
    return "arXiv" if kind == "preprint" and _ARXIV.search(text) else text or None


def keywords_of(entry: Reference) -> tuple[str, ...]:
    """Return the keywords; RIS has one to a tag, but some programs put all into one."""
    values = entry.all("author_keywords", "author-keywords", "keywords", "keyword")
    if entry.form == "ris":
        alone = len(values) == 1 and ";" not in values[0]
        separator = r"\s*[,\n]\s*" if alone else r"\s*[;\n]\s*"
        values = [part for value in values for part in re.split(separator, value)]
    return tuple(dict.fromkeys(text for one in values if (text := plain_text(one))))


def numbers_of(entry: Reference, fields: Fields) -> tuple[tuple[str, ...], list[str]]:
    """Return the ISSNs, and the ISBNs as identifiers; `SN` of RIS may hold either."""
    issns: list[str | None] = []
    isbns: list[str | None] = []
    for name in ("issn", "eissn", "isbn", "serial"):
        for value in entry.values.get(name, ()):
            for part in re.split(r"\s*[;,\n]\s*|\s+(?=[\d-]{9,})", value.strip()):
                digits = re.sub(r"[^\dXx]", "", part)
                if len(digits) == 8 and name != "isbn":
                    issns.append(fields.read(name, part, parse_issn))
                elif part:
                    parse = parse_issn if "issn" in name else parse_isbn
                    isbns.append(fields.read(name, part, parse))
    kept = [f"urn:isbn:{number}" for number in isbns if number]
    return tuple(dict.fromkeys(number for number in issns if number)), kept


def identifiers_of(
    entry: Reference, kind: str | None, isbns: list[str], fields: Fields
) -> tuple[str, ...]:
    """Return what the work itself is known by; what names its volume or its preprint is left out."""
    found: list[str | None] = [nbn_in(entry.text("urn"))]
    addresses = entry.all("handle") if kind in _IN_WHOLE else entry.all("url", "handle")
    for address in addresses:
        handle = find_handle(address)
        found += [nbn_in(address), handle.identifier if handle else None]
    archive = entry.text("archiveprefix", "eprinttype").lower()
    if kind in _UNPUBLISHED:
        named = _ARXIV.search(entry.text("journal", "journaltitle", "container", "howpublished", "url"))
        number = entry.text("eprint") if "arxiv" in archive else named[1] if named else None
        found.append(fields.read("eprint", number, partial(work_identifier, "arxiv")))
    for scheme in ("pmid", "pmcid"):
        found.append(fields.read(scheme, entry.text(scheme), partial(work_identifier, scheme)))
    if not is_part(kind) and kind not in _IN_WHOLE:
        found += isbns
    return tuple(dict.fromkeys(one for one in found if one))


def homepage_of(entry: Reference, doi: str | None) -> str | None:
    """Return the address of the work."""
    if doi:
        return f"https://doi.org/{doi}"
    for value in entry.all("url", "howpublished"):
        if match := _ADDRESS.search(value):
            return match[0].rstrip(".,;")
    return None


def publishers_of(entry: Reference, whole: Reference | None) -> tuple[str, ...]:
    """Return the publisher, else the institution or school."""
    name = entry.text("publisher", "institution", "school")
    text = plain_text(name or (whole.text("publisher") if whole else ""))
    return (text,) if text else ()


def places_of(entry: Reference) -> list[Organisation]:
    """Return the listed universities that the entry names as affiliation, school or institution."""
    printed = entry.all("affiliation", "affiliations", "school", "institution")
    if entry.kind == "thes":
        printed += entry.all("publisher")
    parts = (part for text in printed for part in re.split(r"[;\n]", text))
    found = {place.key: place for part in parts if (place := institution(plain_text(part)))}
    return list(found.values())
