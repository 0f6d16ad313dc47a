"""Read a web page: its address, its language and the data in it. Its scripts are never run."""

from __future__ import annotations

import codecs
import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from typing import IO

from lxml import etree

from loaders.base import Problem
from loaders.courses.course_values import web_address
from loaders.courses.schemaorg_markup import things_in
from loaders.readers.encodings import UTF8_MARK, is_known, likely_encoding, wide_encoding
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

    file: SourceFile
    root: etree._Element | None
    address: str | None
    language: str | None
    items: list[Item | Problem]
    """The things and broken pieces of its JSON-LD blocks."""
    fault: str = ""
    """What is wrong with the bytes of the page, "" if nothing is."""

    def markup(self) -> list[Item | Problem]:
        """Return the things in the tags of the page."""
        things = things_in(self.root) if self.root is not None else []
        items = (Item(self.file, f"thing {n}", one) for n, one in enumerate(things, start=1))
        return [_whole(item, self.fault) for item in items]


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
    page, fault = decoded(content)
    text = page.encode("utf-8", "replace")
    root = etree.fromstring(text, parser) if text.strip() else None
    if root is None:
        return Page(file, None, None, None, [])
    items: list[Item | Problem] = []
    scripts = (tag for tag in root.iter("script") if _JSON_LD.search(tag.get("type", "")))
    for number, tag in enumerate(scripts, start=1):
        items += _block(file, f"block {number}", tag.text or "")
    items = [_whole(item, fault) for item in items]
    return Page(file, root, _address(root), _language(root), items, fault)


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a page, and what is wrong with its bytes, "" if nothing is.

    It is in UTF-8 if all of it is, else in the encoding that it names. A page that names none is in
    that of Windows, as in every browser. A byte that the encoding does not have becomes U+FFFD.
    """
    wide = wide_encoding(content[:64])
    if wide and is_known(wide):
        return _lenient(content, wide)
    content = content.removeprefix(UTF8_MARK)
    named = _CHARSET.search(content[:8192])
    encoding = named[1].decode("ascii", "replace") if named else "latin-1"
    if not is_known(encoding):
        encoding = "utf-8"
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError:
        latin = encoding.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii")
        return _lenient(content, "cp1252" if latin else encoding)


def _lenient(content: bytes, encoding: str) -> tuple[str, str]:
    """Return a text whose wrong bytes became U+FFFD, and what is wrong with them."""
    try:
        return content.decode(encoding), ""
    except UnicodeDecodeError:
        likely = likely_encoding(content.decode("utf-8", "surrogateescape"))
        name = codecs.lookup(encoding).name.upper()
        hint = f"; it seems to be in {likely}" if name == "UTF-8" else ""
        return content.decode(encoding, "replace"), f"It has a byte that is not in {name}{hint}."


def _whole(item: Item | Problem, fault: str) -> Item | Problem:
    """Return a thing; a problem if a wrong byte of the page is in it."""
    if not fault or isinstance(item, Problem) or not _has_wrong_byte(item.value):
        return item
    return item.problem("", "", fault, "Save the page in the encoding that it names.")


def _has_wrong_byte(value: object) -> bool:
    return "\ufffd" in json.dumps(value, ensure_ascii=False, default=str)


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
