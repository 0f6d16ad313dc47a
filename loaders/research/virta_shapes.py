"""The shapes in which VIRTA gives publications, brought to one.

XML (`Julkaisu`), the JSON made of it (a list of one is an object), two other JSON interfaces, and a
database dump in whose table `JulkaisutXML` the XML stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from loaders.base import Loaded, Problem
from loaders.readers.fields import SourceRecord
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import read_items
from loaders.readers.loose_json import lower_keys
from loaders.readers.xml_stream import Node, local_name, read_elements
from loaders.research.virta_sql import Row, read_rows

_LISTS = ("Julkaisut.Julkaisu", "julkaisut.julkaisu", "Julkaisut", "julkaisut", "Julkaisu")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_LINES = (".jsonl", ".ndjson")
_REPORTS = ("duplikaattiid", "tarkistusid", "ristiriitaisuus")


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication: the fields of VIRTA's XML in lower case, nested as in its JSON."""

    source: SourceRecord
    value: Mapping[str, Any]

    def problem(self, record: str, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this publication; `record` is its identifier, if it has one."""
        return self.source.problem(record, field, reason, remedy)


def read_publications(file: SourceFile) -> Iterator[Publication | Loaded | Problem]:
    """Yield the publications of a file; `Loaded` for a record that is passed over.

    The form of the file shows by its first characters: `<` is XML, `[` or `{` is JSON, else SQL. Where
    the first record of JSON is damaged, the name tells.
    """
    try:
        with file.open() as raw:
            start = raw.read(4096)
    except BROKEN_FILE:
        start = b"["  # the reader of JSON tells what is wrong with the file
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    name = file.plain_name.lower()
    if text.startswith(b"<") and not name.endswith(_LINES):
        yield from _xml(file, text)
    elif not text or text.startswith((b"[", b"{")) or name.endswith((".json", *_LINES)):
        yield from _json(file)
    else:
        yield from _sql(file)


def _xml(file: SourceFile, start: bytes) -> Iterator[Publication | Problem]:
    empty = True
    for item in read_elements(file, {"Julkaisu"}):
        empty = False
        yield item if isinstance(item, Problem) else Publication(item, _object(item.node))
    if empty and not re.search(rb"<(?:\w+:)?Julkaisut[\s/>]", start):
        yield Problem(
            file.name,
            "",
            "",
            "The document holds no element `Julkaisu`.",
            "Load publications of VIRTA, or choose the loader of this document's format.",
        )


def _object(node: Node) -> Mapping[str, Any]:
    value = _plain(node)
    return value if isinstance(value, Mapping) else {}


def _plain(node: Node) -> str | dict[str, Any]:
    """Return an element as VIRTA's JSON has it: text, or an object; repeated elements are a list."""
    text = "".join(map(str, node.itertext())).strip()
    direct = (node.text or "") + "".join(child.tail or "" for child in node)
    if len(node) == 0 or direct.strip():
        attributes = {str(etree.QName(key).localname).lower(): str(v) for key, v in node.items()}
        return {"content": text, **attributes} if attributes else text
    result: dict[str, Any] = {}
    for child in node:
        name, value = local_name(child).lower(), _plain(child)
        if name not in result:
            result[name] = value
        elif isinstance(result[name], list):
            result[name].append(value)
        else:
            result[name] = [result[name], value]
    return result


def _json(file: SourceFile) -> Iterator[Publication | Loaded | Problem]:
    for item in read_items(file, _LISTS):
        if isinstance(item, Problem):
            yield item
            continue
        value = lower_keys(item.value)
        while (
            isinstance(value, Mapping) and len(value) == 1 and next(iter(value)).startswith("julkaisu")
        ):
            value = next(iter(value.values()))  # {"Julkaisu": {…}}
        if not isinstance(value, Mapping):
            yield item.problem(
                "", "", "The record is no publication of VIRTA.", "Give one object per publication."
            )
        elif any(name in value for name in _REPORTS):
            yield Loaded((), skipped="a line of a quality report of VIRTA (no publication)")
        else:
            yield Publication(item, value)


def _sql(file: SourceFile) -> Iterator[Publication | Loaded | Problem]:
    empty = True
    for row in read_rows(file):
        empty = False
        if isinstance(row, Problem):
            yield row
            continue
        column = next((name for name, text in row.values.items() if _is_xml(text)), None)
        if column is None:
            yield Loaded(
                (), skipped=f"a row of the table {row.table} (publications are read from their XML)"
            )
        else:
            yield _parsed(row, column)
    if empty:
        yield Problem(
            file.name,
            "",
            "",
            "The file is no XML, no JSON, and has no INSERT statements.",
            "Load publications of VIRTA.",
        )


def _is_xml(text: str | None) -> bool:
    return text is not None and _DECLARATION.sub("", text[:500]).lstrip().startswith("<Julkaisu")


def _parsed(row: Row, column: str) -> Publication | Problem:
    text = _DECLARATION.sub("", row.values[column] or "")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return row.problem(
            "",
            column,
            f"The publication is no XML: {' '.join(str(error).split())}.",
            "Correct the record; those after it were read.",
        )
    return Publication(row, _object(root))
