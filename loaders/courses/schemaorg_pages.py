"""Read a web page: its address, its language and the data in it. Its scripts are never run."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from typing import IO, Any

from lxml import etree

from loaders.base import Problem
from loaders.courses.course_values import web_address
from loaders.courses.schemaorg_markup import things_in
from loaders.readers.encodings import UTF8_MARK, is_known, wide_encoding
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.texts.languages import language_code

LISTS = ("@graph", "itemListElement")
"""Keys under which a block keeps what it is about, one by one."""
MAX_PAGE = 20_000_000
"""Bytes of a page that are read; data for search engines stand in far smaller ones."""
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_AROUND = re.compile(
    r"^\s*(?:(?://\s*)?<!\[CDATA\[|<!--|/\*\s*<!\[CDATA\[\s*\*/)"
    r"|(?:(?://\s*)?(?:\]\]>|-->)|/\*\s*\]\]>\s*\*/|;)\s*$"
)
"""What old habits put around the JSON of a script, and a needless semicolon."""
_JSON_LD = re.compile(r"^\s*application/ld\+json\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of itself, and its data; `markup` is read when it is needed."""

    root: etree._Element | None
    address: str | None
    language: str | None
    items: list[Item | Problem]
    """The things and broken pieces of its JSON-LD blocks."""

    def markup(self) -> list[dict[str, Any]]:
        """Return the things in the tags of the page."""
        return things_in(self.root) if self.root is not None else []


@dataclass(frozen=True, slots=True)
class _Block(SourceFile):
    """A block of a page, to be read as a file is."""

    content: bytes = b""

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the block."""
        yield BytesIO(self.content)


def read_page(file: SourceFile) -> Page | Problem:
    """Read a page.

    Raises:
        one of `BROKEN_FILE`: the file cannot be read.
    """
    with file.open() as raw:
        content = raw.read(MAX_PAGE + 1)
    if len(content) > MAX_PAGE:
        reason = f"The page has over {MAX_PAGE:,} bytes."
        return Problem(file.name, "", "", reason, "Load the page without what it shows besides.")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    text = decoded(content).encode("utf-8", "replace")
    root = etree.fromstring(text, parser) if text.strip() else None
    if root is None:
        return Page(None, None, None, [])
    items: list[Item | Problem] = []
    scripts = (tag for tag in root.iter("script") if _JSON_LD.search(tag.get("type", "")))
    for number, tag in enumerate(scripts, start=1):
        items += _block(file, f"block {number}", tag.text or "")
    return Page(root, _address(root), _language(root), items)


def decoded(content: bytes) -> str:
    """Return the text of a page: in UTF-8 if it is, else in the encoding that it names.

    A page that names none is in that of Windows, as in every browser.
    """
    wide = wide_encoding(content[:64])
    if wide and is_known(wide):
        return content.decode(wide, "replace")
    content = content.removeprefix(UTF8_MARK)
    named = _CHARSET.search(content[:8192])
    encoding = named[1].decode("ascii", "replace") if named else "latin-1"
    if not is_known(encoding):
        encoding = "utf-8"
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        latin = encoding.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii")
        return content.decode("cp1252" if latin else encoding, "replace")


def _address(root: etree._Element) -> str | None:
    """Return the address of a page: its canonical one, that for sharing, else its base."""
    links = [one for one in root.iter("link") if "canonical" in one.get("rel", "").lower().split()]
    shared = [one for one in root.iter("meta") if one.get("property") == "og:url"]
    stated = [one.get("href") for one in links] + [one.get("content") for one in shared]
    for address in (*stated, *(one.get("href") for one in root.iter("base"))):
        try:
            if found := web_address(address):
                return found
        except ValueError:
            continue
    return None


def _language(root: etree._Element) -> str | None:
    try:
        return language_code(root.get("lang") or root.get("xml:lang"))
    except ValueError:
        return None


def _block(file: SourceFile, place: str, text: str) -> Iterator[Item | Problem]:
    """Yield the things of a block, and a problem for each piece of it that is no JSON."""
    for _ in range(3):
        text = _AROUND.sub("", text)
    text = text.strip()
    if not text:
        return
    for candidate in dict.fromkeys((text, html.unescape(text))):
        try:
            # Line breaks within texts are wrong, but many pages have them.
            value = json.loads(
                candidate, strict=False, parse_float=Decimal, parse_constant=lambda _: None
            )
        except (ValueError, RecursionError):
            continue
        for number, one in enumerate(_things(value), start=1):
            yield Item(file, place if one is value else f"{place}, item {number}", one)
        return
    broken = _Block(file.path, file.member, file.places, text.encode("utf-8", "replace"))
    for found in read_items(broken, LISTS, mixed=True):
        if isinstance(found, Item):
            yield Item(file, f"{place}, {found.place}", found.value)
        else:
            where = f"{place}, {found.record}" if found.record else place
            remedy = "Correct it in the page; what stands beside it was read."
            yield replace(
                found, record=where, reason=found.reason.replace("The file", "The block"), remedy=remedy
            )


def _things(value: object) -> list[object]:
    """Return what a block is about: the members of its list, else itself."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and "BreadcrumbList" not in str(value.get("@type")):
        for name in LISTS:
            if isinstance(value.get(name), list):
                context = {"@context": value["@context"]} if "@context" in value else {}
                return [{**context, **one} if isinstance(one, dict) else one for one in value[name]]
    return [value]
