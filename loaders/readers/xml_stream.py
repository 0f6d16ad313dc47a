"""Read the records of an XML document one at a time, in bounded memory and without trusting it.

No DTD, no entities but the five of XML and the named characters of HTML, no network: a document with a
DOCTYPE is refused. Names are local names throughout; which prefix a source uses for a namespace is its
own affair.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lxml import etree

from loaders.base import Problem
from loaders.readers.encodings import UTF8_MARK, is_known, utf8_chunks, wide_encoding
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import MAX_RAW, broken_file
from loaders.readers.xml_split import WRAPPER, DoctypeError, Piece, Splitter

Node = etree._Element
_DECLARED = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._:-]+)[\"']")
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]*);")
_OF_XML = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
MAX_ATTRIBUTES = 2_000
_LONG = 20_000
"""Bytes of a record below which no element has that many."""
_PLACE = re.compile(r", line (\d+), column (\d+)$")


@dataclass(frozen=True, slots=True)
class Element:
    """One record element of a file and where it stood: `record 7`."""

    file: SourceFile
    place: str
    node: Node
    """In a small document of its own; its parent holds only the namespaces around it."""

    def problem(self, record: object, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this record; `record` is its identifier, if it has one."""
        name = f"{record} ({self.place})" if record else self.place
        raw = etree.tostring(self.node, encoding="unicode", with_tail=False)
        return Problem(self.file.name, name, field, reason, remedy, raw[:MAX_RAW])


def read_elements(file: SourceFile, names: Collection[str]) -> Iterator[Element | Problem]:
    """Yield the records of a document in their order, and a `Problem` for each that is damaged.

    Args:
        file: an XML document in any encoding, or several one after another.
        names: local names of the elements that are records. The outermost are taken: a `record`
            within a `record` belongs to it.
    """
    try:
        with _utf8(file) as chunks:
            if isinstance(chunks, Problem):
                yield chunks
                return
            splitter = Splitter(chunks, names)
            for number, piece in enumerate(splitter.pieces(), start=1):
                yield _element(file, f"record {number}", piece)
            if problem := _end_of(file, splitter):
                yield problem
    except DoctypeError:
        yield Problem(
            file.name,
            "",
            "",
            "The document has a DOCTYPE; its entities could fill the memory or read other files.",
            "Remove the DOCTYPE, or fetch the document from an interface that gives none.",
        )
    except BROKEN_FILE as error:
        yield broken_file(file, error)


@contextmanager
def _utf8(file: SourceFile) -> Iterator[Iterator[bytes] | Problem]:
    """Give the document as UTF-8, from whatever its marks or its declaration say."""
    with file.open() as raw:
        start = raw.read(1024)
        encoding = wide_encoding(start)
        declared = _DECLARED.search(start)
        if encoding is None and declared:
            encoding = declared[1].decode("ascii")
            if not is_known(encoding):
                yield Problem(
                    file.name,
                    "",
                    "",
                    f"The document says that its encoding is {encoding}, which is not known.",
                    "Save it as UTF-8 and say so in its first line.",
                )
                return
            if start.startswith(UTF8_MARK) or encoding.lower().startswith(("utf-16", "utf-32")):
                encoding = "utf-8"  # its bytes show it; the declaration was left from a conversion
    with file.open() as raw:
        yield utf8_chunks(raw, encoding or "utf-8")


def _element(file: SourceFile, place: str, piece: Piece) -> Element | Problem:
    fault = piece.fault
    if not fault:
        try:
            root = _parse(piece)
            if _has_endless_tags(piece, root):
                raise ValueError(f"an element has more than {MAX_ATTRIBUTES:,} attributes")
            if len(root) == 1 and not root[0].tail:
                return Element(file, place, root[0])
            fault = "its tags do not match"
        except (etree.XMLSyntaxError, ValueError) as error:
            message = " ".join(str(getattr(error, "msg", error)).split())
            fault = _PLACE.sub(r" (line \1 of the record, column \2)", message)
    return Problem(
        file.name,
        place,
        "",
        f"The record is no XML: {fault}.",
        "Correct the record; those after it were read.",
        piece.text[: MAX_RAW * 4].decode("utf-8", "replace")[:MAX_RAW],
    )


def _has_endless_tags(piece: Piece, root: Node) -> bool:
    """Return whether an element has too many attributes: to look at n of them takes n squared steps."""
    return len(piece.text) > _LONG and any(len(one.attrib) > MAX_ATTRIBUTES for one in root.iter("*"))


def _parse(piece: Piece) -> Node:
    """Return the wrapper with the record; named characters of HTML are told by number if need be."""
    text = piece.text
    while True:
        parser = etree.XMLParser(
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            return etree.fromstring(b"".join((piece.context, text, b"</", WRAPPER, b">")), parser)
        except etree.XMLSyntaxError as error:
            spelled = _NAMED.sub(_character, text)
            undeclared = getattr(error, "code", 0) == etree.ErrorTypes.ERR_UNDECLARED_ENTITY
            if not undeclared or spelled == text:
                raise
            text = spelled


def _character(match: re.Match[bytes]) -> bytes:
    """Return a named character of HTML (`&hearts;`), which some sources write in XML, by its number."""
    name = match[1]
    text = None if name in _OF_XML else html.entities.html5.get(f"{name.decode('ascii')};")
    return b"".join(b"&#%d;" % ord(char) for char in text) if text else match[0]


def _end_of(file: SourceFile, splitter: Splitter) -> Problem | None:
    """Return what is wrong with the end of a document."""
    if not splitter.begun:
        if not splitter.blank:
            return broken_file(file, ValueError("it is no XML document"))
        return None
    if splitter.cut or splitter.open_elements:
        inside = f" inside <{splitter.open_elements[-1]}>" if splitter.open_elements else ""
        return broken_file(file, EOFError(f"it breaks off{inside}"))
    return None


def local_name(node: Node) -> str:
    """Return the name of an element without its namespace."""
    return str(etree.QName(node).localname)


def children(node: Node, name: str) -> list[Node]:
    """Return the child elements of that local name."""
    return node.findall(f"{{*}}{name}")


def descend(node: Node, *path: str) -> list[Node]:
    """Return the elements at the end of a path of local names, all branches, in document order."""
    return node.findall("/".join([f"{{*}}{name}" for name in path])) if path else [node]


def texts_of(node: Node, *path: str) -> list[str]:
    """Return the non-empty texts of the elements at the end of a path, markup within them removed."""
    texts = ("".join(map(str, one.itertext())).strip() for one in descend(node, *path))
    return [text for text in texts if text]


def text_of(node: Node, *path: str) -> str | None:
    """Return the first non-empty text at the end of a path of local names, None if there is none."""
    return next(iter(texts_of(node, *path)), None)


def attribute(node: Node, name: str) -> str | None:
    """Return an attribute by its local name, stripped; None if it is absent or empty."""
    for key, value in node.attrib.items():
        if etree.QName(key).localname == name:
            return str(value).strip() or None
    return None
