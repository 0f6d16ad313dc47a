"""The identifiers of a repository's item, sorted by what they are whatever field they stand in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from loaders.readers.fields import Fields
from loaders.research.handles import RESOLVER, Handle, find_handle
from loaders.research.oai_fields import DcField
from loaders.research.oai_header import Header
from loaders.research.publication_ids import doi_in, nbn_in, parse_isbn, parse_issn
from loaders.research.publication_types import is_part

_QUALIFIERS = frozenset(
    ("", "uri", "urn", "url", "doi", "isbn", "eisbn", "issn", "eissn", "handle", "link", "other")
)
_DOI = re.compile(r"(?:doi\s*:?\s*|https?://(?:dx\.)?doi\.org/|info:doi/)?10\.\d{4,9}/", re.IGNORECASE)
_ISBN = re.compile(r"(?:urn:)?isbn\b|(?:97[89][- ]?)(?:\d[- ]?){9}\d$", re.IGNORECASE)
_ISSN = re.compile(r"(?:urn:)?issn\b|\d{4}-\d{3}[\dXx]$", re.IGNORECASE)
_OWN_PRINT = ("book", "thesis", "report")


@dataclass(slots=True)
class Numbers:
    """What an item is known by."""

    doi: str | None = None
    handle: Handle | None = None
    own_address: bool = False
    """Whether the handle stands in an address of the repository."""
    nbn: str | None = None
    page: str | None = None
    """Its landing page."""
    identifiers: dict[str, None] = field(default_factory=dict)
    issns: dict[str, None] = field(default_factory=dict)

    def key(self, header: Header) -> str:
        """Return the key of the work: DOI, handle, national bibliography number or OAI identifier."""
        if self.doi:
            return f"doi-{self.doi}"
        if self.handle:
            return self.handle.key
        return self.nbn.replace("/", "-") if self.nbn else header.key


def numbers_of(fields: Sequence[DcField], header: Header, kind: str | None, read: Fields) -> Numbers:
    """Return the identifiers of an item; `kind` is its type, for whether an ISBN is its own."""
    found = Numbers()
    if header.identifier:
        found.identifiers[header.identifier] = None
    isbns: dict[str, None] = {}
    for one in fields:
        name = f"{one.element}.{one.qualifier}".strip(".")

        def add(into: dict[str, None], parse: Callable[[object], str | None]) -> None:
            if number := read.read(name, one.value, parse):  # noqa: B023 (called at once)
                into[number] = None

        if one.element == "relation":
            if one.qualifier == "doi":  # of the version that a publisher published
                found.doi = found.doi or read.read(name, one.value, doi_in)
            elif one.qualifier in ("issn", "eissn", "pissn"):
                add(found.issns, parse_issn)
            elif one.qualifier in ("isbn", "pisbn") and (kind or "").endswith(_OWN_PRINT):
                add(isbns, parse_isbn)  # of the printed edition
        elif one.element != "identifier" or one.qualifier not in _QUALIFIERS:
            continue
        elif one.qualifier == "doi" or _DOI.match(one.value):
            found.doi = read.read(name, one.value, doi_in) or found.doi
        elif one.qualifier in ("isbn", "eisbn") or _ISBN.match(one.value):
            add(isbns, parse_isbn)
        elif one.qualifier in ("issn", "eissn") or _ISSN.match(one.value):
            add(found.issns, parse_issn)
        else:
            _address(one.value, header, found)
    if found.handle:
        found.identifiers[found.handle.identifier] = None
    if not is_part(kind):
        found.identifiers.update((f"urn:isbn:{isbn}", None) for isbn in isbns)
    return found


def _address(value: str, header: Header, found: Numbers) -> None:
    """Note a national bibliography number, a handle or the address of a page."""
    if nbn := nbn_in(value):
        found.nbn = found.nbn or nbn
        found.identifiers[nbn] = None
        return
    told, handle = find_handle(value), find_handle(value, header.repository)
    if told:
        found.identifiers[told.identifier] = None
    # The repository's own address tells its host better than its OAI identifier does.
    own = told is not None and told.host != RESOLVER
    web, secure = value.startswith(("http://", "https://")), value.startswith("https://")
    if web and (not found.page or (own and (secure or not found.own_address))):
        found.page = value
    if handle and (found.handle is None or (own and not found.own_address)):
        found.handle, found.own_address = handle, own
