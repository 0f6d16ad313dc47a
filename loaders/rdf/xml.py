"""RDF/XML as a stream of statements. Entities are refused: they could fill the memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO, cast

from lxml import etree
from pyoxigraph import Quad, RdfFormat, parse

from loaders.base import Problem
from loaders.files import SourceFile
from loaders.rdf.base import Damage, Found, base_iri, by_thing, damage_of, halved, opened, reason_of
from loaders.xml_stream import Element, read_elements

_BATCH = 200  # elements
_RDF = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_END = re.compile(rb"(?:</(?:[\w.-]+:)?RDF\s*>|/>)\s*(?:<!--[^>]*-->\s*)*\Z")
_NODE = re.compile(
    rb"<(?:[\w.-]+:)?([\w.-]+)\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?\b(?:about|nodeID|ID)\s*=\s*[\"']"
)
_SUBJECT = re.compile(r"\babout\s*=\s*[\"']([^\"'<>]*)")


class _DoctypeFoundError(Exception):
    """The document has a DOCTYPE, or a text that looks like one."""


class _Watched:
    """A stream that refuses a DOCTYPE and knows whether it came to the document's end."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._tail = raw, b""

    def read(self, size: int = -1) -> bytes:
        """Read on; see `io.BufferedIOBase.read`."""
        data = self._raw.read(size)
        seen = self._tail + data
        if re.search(rb"<!(?:DOCTYPE|ENTITY)", seen, re.IGNORECASE):
            raise _DoctypeFoundError
        self._tail = seen[-400:]
        return data

    @property
    def ended(self) -> bool:
        """Whether the document's last words are those of a whole one."""
        return bool(_END.search(self._tail))


def read(file: SourceFile) -> Iterator[Found]:
    """Yield the statements of a file; once more element by element, if it is damaged."""
    try:
        with opened(file) as raw:
            watched = _Watched(raw)
            quads = parse(cast(IO[bytes], watched), RdfFormat.RDF_XML, base_iri=base_iri(file))
            yield from by_thing(quads)
        if watched.ended:  # the parser is content with a document that breaks off between elements
            return
    except (SyntaxError, _DoctypeFoundError):
        pass
    batch: list[Element] = []
    for found in read_elements(file, _node_names(file)):
        if isinstance(found, Problem):
            yield damage_of(file, found, _SUBJECT) if found.record else found
            continue
        batch.append(found)
        if len(batch) >= _BATCH:
            yield from _elements(file, batch)
            batch = []
    yield from _elements(file, batch)


def _node_names(file: SourceFile) -> set[str]:
    """Return the names of the elements that stand for things: only they have `rdf:about` or the like.

    A property may have `rdf:nodeID` too, but never outside of a thing, and the outermost are taken.
    """
    names = {"Description"}
    with file.open() as raw:
        tail = b""
        while chunk := raw.read(1 << 20):
            names |= {name.decode() for name in _NODE.findall(tail + chunk)}
            tail = chunk[-2000:]
    return names


def _elements(file: SourceFile, batch: list[Element]) -> Iterator[Quad | Damage]:
    def parse_all(some: Sequence[Element]) -> Iterator[Quad]:
        body = b"".join((b'<r:RDF xmlns:r="', _RDF, b'">', *map(_text, some), b"</r:RDF>"))
        return parse(body, RdfFormat.RDF_XML, base_iri=base_iri(file))

    for found in halved(batch, parse_all):
        if isinstance(found, Quad):
            yield found
        else:
            element, error = found
            reason = f"The record is no RDF: {reason_of(error)}."
            yield damage_of(file, element.problem("", "", reason, ""), _SUBJECT)


def _text(element: Element) -> bytes:
    """Return an element with the namespaces and the language that hold for it."""
    node, parent = element.node, element.node.getparent()
    language = parent.get(_LANGUAGE) if parent is not None else None
    if language and node.get(_LANGUAGE) is None:
        node.set(_LANGUAGE, language)
    return etree.tostring(node, encoding="utf-8", with_tail=False, xml_declaration=False)
