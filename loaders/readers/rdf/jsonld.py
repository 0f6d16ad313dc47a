"""JSON-LD as a stream of statements, one node object after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

import ijson
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, raw_of, read_items
from loaders.readers.rdf.base import (
    Damage,
    Found,
    absolute,
    base_iri,
    damage_of,
    halved,
    opened,
    reason_of,
)

_BATCH = 200  # node objects
_SUBJECT = re.compile(r'"@id"\s*:\s*"([^"\\]*)"')


def read(file: SourceFile) -> Iterator[Found]:
    """Yield the statements of a document: an array of nodes, a `@graph`, one node, or lines."""
    context = _context(file)
    batch: list[Item] = []
    for item in read_items(file, ("@graph",)):
        if isinstance(item, Problem):
            yield damage_of(file, item, _SUBJECT) if item.record else item
            continue
        inner = item.value.get("@context", context) if isinstance(item.value, Mapping) else context
        if remote := _remote(inner):
            yield Problem(
                file.name,
                "",
                "",
                f"The context of the file is kept at {remote}; nothing is fetched while loading.",
                "Put the context itself into the file, or convert the file to Turtle.",
            )
            return
        if wrong := _wrong_address(file, item, context):
            yield wrong
            continue
        batch.append(item)
        if len(batch) >= _BATCH:
            yield from _nodes(file, batch, context)
            batch = []
    yield from _nodes(file, batch, context)


def _context(file: SourceFile) -> object:
    """Return the context of the document, {} if it has none."""
    try:
        with opened(file) as raw:
            return next(iter(ijson.items(raw, "@context", use_float=True)), {})
    except (ijson.JSONError, ValueError):
        return {}


def _remote(context: object) -> str:
    """Return the first address among contexts, "" if all of them are given."""
    many = context if isinstance(context, list) else [context]
    return next((one for one in many if isinstance(one, str)), "")


def _wrong_address(file: SourceFile, item: Item, context: object) -> Damage | None:
    """Return the damage if a node's address is none: JSON-LD would pass over it in silence."""
    if not isinstance(item.value, Mapping):
        return Damage(file, item.place, "", "The record is no object.", raw_of(item.value))
    aliases = [context] if isinstance(context, Mapping) else context
    names = {
        name
        for one in (aliases if isinstance(aliases, list) else [])
        if isinstance(one, Mapping)
        for name, meaning in one.items()
        if meaning == "@id"
    }
    for name in ("@id", *names):
        address = item.value.get(name)
        if address is None:
            continue
        try:
            NamedNode(absolute(file, address))
        except (ValueError, TypeError):
            reason = f"The address {str(address)[:100]!r} is none."
            return Damage(file, item.place, str(address)[:200], reason, raw_of(item.value))
    return None


def _nodes(file: SourceFile, batch: list[Item], context: object) -> Iterator[Quad | Damage]:
    def parse_all(some: Sequence[Item]) -> Iterator[Quad]:
        graph = [item.value for item in some]
        body = json.dumps({"@context": context, "@graph": graph}, default=float)
        return parse(body, RdfFormat.JSON_LD, base_iri=base_iri(file))

    for found in halved(batch, parse_all):
        if isinstance(found, Quad):
            yield found
        else:
            item, error = found
            raw = raw_of(item.value)
            match = _SUBJECT.search(raw)
            reason = f"The record is no JSON-LD: {reason_of(error)}."
            yield Damage(file, item.place, match[1] if match else "", reason, raw)
