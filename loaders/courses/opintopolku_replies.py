"""Take the records out of whatever Opintopolku's replies were kept in.

A record is one koulutus, toteutus or organisation: as it is, in a list, or as a hit of a search reply
(`hits`) or of the index (`hits.hits[]._source`). A file of recorded replies (`[{url, method, response:
{body}}]`) holds the records of all its replies; a reply that has none, or is no JSON, counts as one
record. A toteutus that a koulutus carries in full (`…/external/koulutus/{oid}?toteutukset=true`) is a
record of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loaders.base import Loaded, Problem
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items

_NOTHING = Loaded((), skipped="a recorded reply without a koulutus or toteutus")


def read_records(file: SourceFile) -> Iterator[Item | Loaded | Problem]:
    """Yield the records of a file; `Loaded` (passed over) for a recorded reply that holds none."""
    for item in read_items(file, ("hits", "hits.hits")):
        if isinstance(item, Item):
            yield from _unwrapped(item)
        else:
            yield item


def _unwrapped(item: Item) -> Iterator[Item | Loaded]:
    value = item.value
    if isinstance(value, Mapping) and "response" in value and ("url" in value or "method" in value):
        response = value["response"]
        yield from _of_reply(item, response.get("body") if isinstance(response, Mapping) else None)
        return
    if isinstance(value, Mapping) and isinstance(value.get("_source"), Mapping):
        item = Item(item.file, item.place, value["_source"])
    yield item
    yield from _inner_offerings(item)


def _of_reply(item: Item, body: object) -> Iterator[Item | Loaded]:
    found = body.get("hits") if isinstance(body, Mapping) else body
    if isinstance(found, Mapping):
        found = found.get("hits")
    if isinstance(found, list):
        records = [Item(item.file, f"{item.place}, hit {n}", one) for n, one in enumerate(found, 1)]
    else:
        records = [Item(item.file, item.place, body)]
    if not any(_may_be_record(one.value) for one in records):
        yield _NOTHING
        return
    for one in records:
        yield from _unwrapped(one)


def _may_be_record(value: object) -> bool:
    marks = {"oid", "externalId", "_source", "koulutustyyppi"}
    return isinstance(value, Mapping) and bool(marks & value.keys())


def _inner_offerings(item: Item) -> Iterator[Item]:
    inner = item.value.get("toteutukset") if isinstance(item.value, Mapping) else None
    for number, value in enumerate(inner if isinstance(inner, list) else (), start=1):
        if isinstance(value, Mapping) and isinstance(value.get("metadata"), Mapping):
            yield Item(item.file, f"{item.place}, toteutus {number}", value)
