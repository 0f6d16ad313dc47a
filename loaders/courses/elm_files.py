"""Read files in the European Learning Model into a table: RDF of any format, JSON-LD, Europass XML.

No context is fetched from the network: those of European Digital Credentials are known, others have to
stand in the file.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import ijson
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from loaders.base import Problem
from loaders.courses.elm_graph import TYPE, Graph
from loaders.readers.encodings import UTF8_MARK
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import Item, broken_file, read_items
from loaders.readers.rdf.base import Damage, base_iri
from loaders.readers.rdf.stream import read_statements
from loaders.readers.xml_stream import Element, Node, attribute, local_name, read_elements

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_RDF_ROOT = re.compile(rb"<(?:[\w.-]+:)?RDF[\s>]")
_COURSES_ROOT = re.compile(
    rb"<(?:[\w.-]+:)?Courses[\s>]|model/ap/loq-constraints/|<learningOpportunityRef"
)
RECORD_CLASSES = ("LearningOpportunity", "LearningAchievementSpecification", "Qualification")
CREDENTIAL_CLASSES = ("EuropeanDigitalCredential", "VerifiableCredential")
NOTHING = "Nothing"
"""Our class for a JSON-LD document that tells no record: it is to be counted all the same."""
_XML_CLASSES = {name[0].lower() + name[1:]: name for name in (*RECORD_CLASSES, "Organisation")}
XML_PARTS = (
    "learningOutcome", "learningActivitySpecification", "learningAssessmentSpecification",
    "learningEntitlementSpecification", "agent", "group", "accreditation",
    "gradingScheme", "location", "qualificationReference",
)  # fmt: skip


def read_into(graph: Graph, file: SourceFile) -> Iterator[Problem | Damage]:
    """Add what a file says, and yield what of it cannot be read.

    A `Damage` is a piece of RDF; a `Problem` without record concerns the file, one with record a piece.
    """
    graph.begin(file.name)
    try:
        with file.open() as raw:
            start = raw.read(65_536)
    except BROKEN_FILE as error:
        yield broken_file(file, error)
        return
    start = start.removeprefix(UTF8_MARK).replace(b"\0", b"").lstrip()
    if start.startswith((b"{", b"[")) or _is_named_json(file, start):
        yield from _Json(graph, file).read()
    elif _COURSES_ROOT.search(start) and not _RDF_ROOT.search(start):
        yield from _xml(graph, file)
    else:
        for found in read_statements(file):
            if isinstance(found, Quad):
                _add(graph, found, str(graph.scope))
            else:
                yield found
    graph.flush()


def _is_named_json(file: SourceFile, start: bytes) -> bool:
    """Return whether the name says JSON: then the first record is damaged, or a page with an error."""
    name = file.plain_name.lower()
    as_lines = name.endswith((".jsonl", ".ndjson"))
    return as_lines or (name.endswith((".json", ".jsonld")) and not start.startswith(b"<"))


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one table of `data/elm.toml`."""
    text = (files("loaders") / "data" / "elm.toml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = tomllib.loads(text)[name]
    return found


def _add(graph: Graph, quad: Quad, scope: str, root: str = "") -> None:
    """Add a statement; identifiers that are local to a document get the scope before them.

    Args:
        graph: takes the statement.
        quad: the statement.
        scope: stands for the document.
        root: an identifier that is to be taken for a local one, too.
    """
    subject, target = _identifier(quad.subject, scope, root), quad.object
    if not subject:
        return
    predicate = quad.predicate.value
    if predicate == _RDF_TYPE:
        name = _local_name(target.value) if isinstance(target, NamedNode) else ""
        if name:
            graph.link(subject, TYPE, name)
        return
    name = _local_name(predicate)
    if not name:
        return
    if isinstance(target, Literal):
        graph.value(subject, name, target.value, target.language or "")
    elif address := _identifier(target, scope, root):
        graph.link(subject, name, address)


def _identifier(term: object, scope: str, root: str) -> str:
    if isinstance(term, BlankNode):
        return f"{scope}|_:{term.value}"
    if not isinstance(term, NamedNode):
        return ""
    is_local = term.value.startswith(("urn:epass:", "file:///")) or term.value == root
    return f"{scope}|{term.value}" if is_local else term.value


@cache
def _local_name(address: str) -> str:
    """Return the local name of a term of the model, "" for terms of other vocabularies."""
    for space in table("namespaces").values():
        if address.startswith(space):
            return address[len(space) :]
    return ""


class _Json:
    """Reads JSON-LD: an array, a `@graph`, lines or one object; credentials, signed ones too."""

    def __init__(self, graph: Graph, file: SourceFile) -> None:
        self._graph, self._file = graph, file
        self._context: object = {}

    def read(self) -> Iterator[Problem]:
        try:
            with self._file.open() as raw:
                self._context = next(iter(ijson.items(raw, "@context", use_float=True)), {})
        except (ijson.JSONError, ValueError, *BROKEN_FILE):
            pass  # what is broken is told below
        for item in read_items(self._file, ("@graph",), mixed=True):
            if isinstance(item, Problem):
                yield item
            elif problem := self._item(item):
                yield problem

    def _item(self, item: Item) -> Problem | None:
        remedy = "Correct the record; those after it were read."
        try:
            value = _unwrapped(item.value)
        except ValueError as error:
            return item.problem(
                "", "payload", f"The signed credential cannot be read: {error}.", remedy
            )
        if not isinstance(value, Mapping):
            return item.problem("", "", "The record is no object of JSON-LD.", remedy)
        name = str(value.get("id") or value.get("@id") or "")[:200]
        context = _known(value.get("@context", self._context))
        if isinstance(context, str):
            reason = f"The context is kept at {context[:200]}; nothing is fetched while loading."
            remedy = "Put the context itself into the file, or convert the file to Turtle."
            return item.problem(name, "@context", reason, remedy)
        node = {key: inner for key, inner in value.items() if key != "@context"}
        try:
            body = json.dumps({"@context": context, "@graph": [node]}, default=float)
            quads = list(parse(body, RdfFormat.JSON_LD, base_iri=base_iri(self._file)))
        except (SyntaxError, ValueError, RecursionError) as error:
            reason = " ".join(str(getattr(error, "msg", error)).split())[:300]
            return item.problem(name, "", f"The record is no JSON-LD: {reason}.", remedy)
        if not quads:
            return item.problem(name, "", "The record says nothing that its context explains.", remedy)
        scope = f"{self._graph.scope} {item.place}"
        # Copies of one credential are a record each; a course is the same in whatever document.
        kinds = str(value.get("type") or value.get("@type"))
        root = "" if any(one in kinds for one in RECORD_CLASSES) else name
        for quad in quads:
            _add(self._graph, quad, scope, root)
        if "@context" in value and not _is_of_records(quads):
            self._graph.link(f"{scope}|{name}", TYPE, NOTHING)
        return None


def _is_of_records(quads: list[Quad]) -> bool:
    """Return whether statements tell a record, one that is not only within something else."""
    inner = {quad.object for quad in quads if _local_name(quad.predicate.value) == "specifiedBy"}
    classes = {
        _local_name(quad.object.value)
        for quad in quads
        if quad.predicate.value == _RDF_TYPE
        and isinstance(quad.object, NamedNode)
        and quad.subject not in inner
    }
    return not classes.isdisjoint((*RECORD_CLASSES, *CREDENTIAL_CLASSES))


def _unwrapped(value: object) -> object:
    """Return the credential in its wrappers: `{"credential": …}`, a JSON web signature.

    Raises:
        ValueError: what is signed is no JSON.
    """
    if isinstance(value, Mapping) and isinstance(value.get("payload"), str) and "signatures" in value:
        payload = value["payload"].strip()
        try:
            if not payload.startswith("{"):  # some signers leave the text as it is
                payload = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            value = json.loads(payload)
        except (binascii.Error, ValueError, RecursionError) as error:
            raise ValueError(str(error)) from None
    if isinstance(value, Mapping) and isinstance(value.get("credential"), Mapping):
        return value["credential"]
    return value


def _known(context: object) -> list[object] | str:
    """Return contexts with ours in place of those that we know; the address of one that we do not."""
    found: list[object] = []
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, str):
            if one not in table("contexts")["known"]:
                return one
            if _credential_context() not in found:
                found.append(_credential_context())
        elif one is not None:
            found.append(one)
    return found


@cache
def _credential_context() -> dict[str, object]:
    """Return the context of credentials, as far as the loader reads them."""
    context: dict[str, object] = {"@version": 1.1, "id": "@id", "type": "@type", **table("namespaces")}
    for space, names in table("classes").items():
        context |= {name: f"{space}:{name}" for name in names}
    for space, names in table("values").items():
        context |= {name: f"{space}:{name}" for name in names}
    for space, names in table("texts").items():
        context |= {name: {"@id": f"{space}:{name}", "@container": "@language"} for name in names}
    for space, names in table("links").items():
        context |= {name: {"@id": f"{space}:{name}", "@type": "@id"} for name in names}
    context |= table("renamed_values")
    renamed = table("renamed_links").items()
    return context | {name: {"@id": term, "@type": "@id"} for name, term in renamed}


def _xml(graph: Graph, file: SourceFile) -> Iterator[Problem]:
    """Add the elements of a `Courses` document."""
    for number, found in enumerate(read_elements(file, (*_XML_CLASSES, *XML_PARTS))):
        if isinstance(found, Problem):
            yield found
        elif attribute(found.node, "idref") is None:  # else a reference, left over of damage around it
            _record(graph, found, f"{graph.scope} {number}|_:")


def _record(graph: Graph, element: Element, blank: str) -> None:
    name = local_name(element.node)
    subject = attribute(element.node, "id") or f"{blank}0"
    if name in _XML_CLASSES:
        graph.link(subject, TYPE, _XML_CLASSES[name])
    counter = 0
    stack: list[tuple[Node, str]] = [(element.node, subject)]
    while stack:
        node, subject = stack.pop()
        for child in node:
            name = local_name(child)
            target = attribute(child, "idref") or attribute(child, "uri") or attribute(child, "id")
            if target is None and len(child) == 0:
                graph.value(subject, name, "".join(map(str, child.itertext())), _language(child))
                continue
            if target is None:
                counter += 1
                target = f"{blank}{counter}"
            graph.link(subject, name, target)
            if len(child):
                stack.append((child, target))


def _language(node: Node) -> str:
    return attribute(node, "language") or attribute(node, "lang") or ""
