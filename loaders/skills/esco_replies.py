"""Find the concepts in replies of the ESCO web service, and in profiles of Job Market Finland.

A reply is a concept, a list of them below `_embedded`, or a map of them by address; a profile holds
them deep inside. So a record is any object that has the marks of a concept, wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graph.records import ConceptRelation
from loaders.base import Loaded, Outcome, Problem
from loaders.readers.encodings import WRONG_BYTE, readable
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_objects import objects_in
from loaders.readers.json_stream import MAX_RAW, Item, broken_file, raw_of, read_items
from loaders.skills.esco_terms import is_address

_MARKS = ("className", "classId", "preferredLabel", "prefLabel")
_FIRST_KEYS = ("className", "classId", "uri", "preferredLabel", "prefLabel", "altLabel")
_BEGINS = re.compile(rf"\s*\{{\s*\"(?:{'|'.join(_FIRST_KEYS)})\"")
_MAX_DEPTH = 60
_MAX_DAMAGED = 200_000_000
"""Characters of a damaged file that is searched for concepts."""
FORWARD = {
    "hasEssentialSkill": "essential-skill",
    "hasOptionalSkill": "optional-skill",
    "broaderSkill": "broader",
    "broaderConcept": "broader",
    "broaderHierarchyConcept": "broader",
    "broaderSkillGroup": "broader",
    "broaderOccupation": "broader",
    "broaderIscoGroup": "broader",
    "hasTopConcept": "top-concept",
}
BACKWARD = {
    "isEssentialForOccupation": "essential-skill",
    "isEssentialForSkill": "essential-skill",
    "isOptionalForOccupation": "optional-skill",
    "isOptionalForSkill": "optional-skill",
    "narrowerSkill": "broader",
    "narrowerConcept": "broader",
    "narrowerOccupation": "broader",
    "narrowerSkillGroup": "broader",
    "isTopConceptInScheme": "top-concept",
    "replaces": "replaced-by",
}


@dataclass(frozen=True, slots=True)
class Found:
    """An object that looks like a concept, and what its list says about it."""

    item: Item
    relations: tuple[ConceptRelation, ...] = ()


def concepts_of(file: SourceFile) -> Iterator[Found | Outcome]:
    """Yield the concepts of a file; where a reply is damaged, those that can be read in spite of it."""
    faults: list[Problem] = []
    bare: bool | None = None  # whether there are concepts one after another, no replies
    for item in read_items(file):
        if isinstance(item, Problem):
            faults.append(item)
            bare = _BEGINS.match(item.raw) is not None if bare is None else bare
        elif bare is None:
            bare = isinstance(item.value, Mapping) and _is_concept(item.value)
    if faults and not bare:
        yield from _damaged(file, faults)
        return
    for item in read_items(file):
        if isinstance(item, Problem):
            yield item
            continue
        empty = True
        for found in _concepts(item, item.value, None, 0):
            empty = False
            yield found
        if empty:
            yield _nothing(item)


def _damaged(file: SourceFile, faults: list[Problem]) -> Iterator[Found | Outcome]:
    """Look through the text of replies of which at least one is damaged."""
    try:
        with file.open() as raw:
            text = raw.read(_MAX_DAMAGED + 1).decode("utf-8-sig", "surrogateescape")
    except BROKEN_FILE:
        text = ""
    if not text.strip() or len(text) > _MAX_DAMAGED:
        yield from faults
        return
    whole = all(fault.record for fault in faults)
    last = text.rstrip()[-200:]
    told = False
    has_wrong_bytes = WRONG_BYTE.search(text) is not None
    for piece in objects_in(text, _FIRST_KEYS, (*_MARKS, "altLabel")):
        shown = raw_of(piece.value) if piece.value and has_wrong_bytes else piece.text
        if piece.value is not None and not WRONG_BYTE.search(shown):
            yield Found(Item(file, f"line {piece.line}", piece.value))
        elif whole or last not in piece.text:
            told = True
            uri = re.search(r'"uri"\s*:\s*"([^"\\]*)"', shown)
            name = f"{uri[1]} (line {piece.line})" if uri else f"line {piece.line}"
            reason = "The concept is no JSON, or not in UTF-8."
            remedy = "Correct the record; those around it were read."
            yield Problem(file.name, readable(name), "", reason, remedy, readable(shown[:MAX_RAW]))
    if not whole:
        yield broken_file(file, EOFError("it breaks off"))
    elif not told:
        yield from faults  # what is left of a record may not show any more that it was a concept


def _is_concept(value: Mapping[str, Any]) -> bool:
    return any(mark in value for mark in _MARKS)


def _concepts(
    item: Item, value: object, holder: tuple[str, str] | None, depth: int
) -> Iterator[Found | Problem]:
    """Yield the outermost objects that look like concepts, and what else stands in a list of them.

    Args:
        item: the reply.
        value: a part of it.
        holder: address and relation of the concept to which a list below `_embedded` belongs.
        depth: how deep the part lies.
    """
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        of_concepts = any(isinstance(part, Mapping) and _is_concept(part) for part in value)
        for number, part in enumerate(value, start=1):
            if of_concepts and not isinstance(part, Mapping | list):
                one = Item(item.file, f"{item.place}, entry {number}", part)
                yield one.problem("", "", "The entry is no concept.", "Ask the service again.")
            yield from _concepts(item, part, holder, depth + 1)
    elif isinstance(value, Mapping):
        if _is_concept(value):
            edges = _edges_to(value.get("uri"), holder)
            yield Found(Item(item.file, item.place, value), edges)
        owner = _owner(value)
        for key, part in value.items():
            if key == "_embedded" and isinstance(part, Mapping):
                for name, inner in part.items():
                    held = (owner, name) if owner and name in FORWARD | BACKWARD else None
                    yield from _concepts(item, inner, held, depth + 2)
            elif key != "_links" and not _is_concept(value):
                yield from _concepts(item, part, None, depth + 1)


def _owner(value: Mapping[str, Any]) -> str:
    """Return the concept that a reply is about: its own address, or that of its link to itself."""
    links = value.get("_links")
    itself = links.get("self") if isinstance(links, Mapping) else None
    for place in (value, itself):
        uri = place.get("uri") if isinstance(place, Mapping) else None
        if isinstance(uri, str) and is_address(uri):
            return uri
    return ""


def _edges_to(uri: object, holder: tuple[str, str] | None) -> tuple[ConceptRelation, ...]:
    if holder is None or not isinstance(uri, str) or not is_address(uri):
        return ()
    return relation(holder[0], holder[1], uri)


def relation(subject: str, name: str, target: str) -> tuple[ConceptRelation, ...]:
    """Return the edge that a link of that name makes, from whichever side.

    A link of a concept to itself makes none.
    """
    if subject == target:
        return ()
    if name in FORWARD:
        return (ConceptRelation(subject, FORWARD[name], target),)
    return (ConceptRelation(target, BACKWARD[name], subject),)


def _nothing(item: Item) -> Outcome:
    """Tell about a reply in which there is no concept."""
    raw = item.value if isinstance(item.value, Mapping) else {}
    if "message" in raw and ("logref" in raw or "status" in raw):
        reason = f"The reply is an error of the service: {str(raw['message'])[:200]}."
        return item.problem(str(raw.get("status") or ""), "", reason, "Ask the service again.")
    if "_embedded" in raw or "_links" in raw or "total" in raw:
        return Loaded((), skipped="a reply that holds no concept")
    return item.problem(
        "", "", "The record is no reply of the ESCO service.", "Load saved replies of its interface."
    )
