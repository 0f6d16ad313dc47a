"""DataCite XML (kernel 2 to 4) as the JSON that DataCite's interface makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loaders.readers.xml_stream import Node, attribute, children, descend, local_name, text_of, texts_of

_ATTRIBUTES = {
    "lang": "lang",
    "nameIdentifierScheme": "nameIdentifierScheme",
    "valueURI": "valueUri",
    "subjectScheme": "subjectScheme",
    "relationType": "relationType",
    "relatedIdentifierType": "relatedIdentifierType",
    "alternateIdentifierType": "alternateIdentifierType",
    "dateType": "dateType",
    "titleType": "titleType",
    "descriptionType": "descriptionType",
    "affiliationIdentifier": "affiliationIdentifier",
}


def attributes_of(resource: Node) -> dict[str, Any]:
    """Return the `attributes` of a `resource` element; what it does not say is absent or empty."""
    kind = next(iter(children(resource, "resourceType")), None)
    return {
        "doi": _identifier(resource),
        "creators": [_creator(node) for node in descend(resource, "creators", "creator")],
        "titles": [_named(node, "title") for node in descend(resource, "titles", "title")],
        "publisher": text_of(resource, "publisher"),
        "publicationYear": text_of(resource, "publicationYear"),
        "types": {
            "resourceTypeGeneral": attribute(kind, "resourceTypeGeneral") if kind is not None else None,
            "resourceType": text_of(resource, "resourceType"),
        },
        "subjects": [_named(node, "subject") for node in descend(resource, "subjects", "subject")],
        "dates": [_named(node, "date") for node in descend(resource, "dates", "date")],
        "language": text_of(resource, "language"),
        "alternateIdentifiers": [
            _named(node, "alternateIdentifier")
            for node in descend(resource, "alternateIdentifiers", "alternateIdentifier")
        ],
        "relatedIdentifiers": [
            _named(node, "relatedIdentifier")
            for node in descend(resource, "relatedIdentifiers", "relatedIdentifier")
        ],
        "relatedItems": [_related(node) for node in descend(resource, "relatedItems", "relatedItem")],
        "descriptions": [
            _named(node, "description") for node in descend(resource, "descriptions", "description")
        ],
        "fundingReferences": [
            {"funderName": text_of(node, "funderName")}
            for node in descend(resource, "fundingReferences", "fundingReference")
        ],
    }


def _identifier(resource: Node) -> str | None:
    """Return the identifier if it is a DOI: a few old records have another."""
    for node in children(resource, "identifier"):
        if (attribute(node, "identifierType") or "DOI").upper() == "DOI":
            return _text(node)
    return None


def _creator(node: Node) -> Mapping[str, Any]:
    name = next(iter(children(node, "creatorName")), None)
    return {
        "name": _text(name) if name is not None else None,
        "nameType": attribute(name, "nameType") if name is not None else None,
        "givenName": text_of(node, "givenName"),
        "familyName": text_of(node, "familyName"),
        "nameIdentifiers": [_named(one, "nameIdentifier") for one in children(node, "nameIdentifier")],
        "affiliation": [_named(one, "name") for one in children(node, "affiliation")],
    }


def _related(node: Node) -> Mapping[str, Any]:
    return {
        "relationType": attribute(node, "relationType"),
        "titles": [{"title": text} for text in texts_of(node, "titles", "title")],
    }


def _named(node: Node, name: str) -> dict[str, Any]:
    """Return an element's text under `name`, with those of its attributes that are read."""
    found: dict[str, Any] = {name: _text(node)}
    for key, ours in _ATTRIBUTES.items():
        value = attribute(node, key)
        if value is not None:
            found[ours] = value
    return found


def _text(node: Node) -> str | None:
    """Return an element's text; `br` within a description ends a line."""
    parts = [node.text or ""]
    for child in node:
        mark = "\n" if local_name(child) == "br" else ""
        parts += [mark, "".join(map(str, child.itertext())), child.tail or ""]
    return "".join(parts).strip() or None
