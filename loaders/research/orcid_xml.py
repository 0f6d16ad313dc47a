"""ORCID records in XML (v2.0 to v3.0) as the JSON that ORCID's interface makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loaders.readers.xml_stream import Node, attribute, children, descend, text_of

_DATE = ("year", "month", "day")


def record_of(record: Node) -> dict[str, Any]:
    """Return what is read of a `record` element, in the shape of the JSON."""
    return {
        "orcid-identifier": {
            "path": text_of(record, "orcid-identifier", "path"),
            "host": text_of(record, "orcid-identifier", "host"),
        },
        "history": {
            "deactivation-date": _value(text_of(record, "history", "deactivation-date")),
            "last-modified-date": _value(text_of(record, "history", "last-modified-date")),
        },
        "person": _person(record),
        "activities-summary": {
            "employments": {
                "affiliation-group": [
                    {"summaries": [{"employment-summary": _employment(node)} for node in summaries]}
                    for summaries in _employments(record)
                ]
            },
            "works": {
                "group": [
                    _group(node) for node in descend(record, "activities-summary", "works", "group")
                ]
            },
        },
    }


def _person(record: Node) -> dict[str, Any]:
    name = next(iter(descend(record, "person", "name")), None)
    others = descend(record, "person", "other-names", "other-name")
    identifiers = descend(record, "person", "external-identifiers", "external-identifier")
    return {
        "name": None
        if name is None
        else {
            **{
                part: _value(text_of(name, part))
                for part in ("given-names", "family-name", "credit-name")
            },
            "visibility": attribute(name, "visibility"),
        },
        "other-names": {
            "other-name": [
                {"content": text_of(node, "content"), "visibility": attribute(node, "visibility")}
                for node in others
            ]
        },
        "external-identifiers": {
            "external-identifier": [
                {**_external(node), "visibility": attribute(node, "visibility")} for node in identifiers
            ]
        },
    }


def _employments(record: Node) -> list[list[Node]]:
    """Return the summaries by group; v2.0 knows no groups."""
    employments = descend(record, "activities-summary", "employments")
    groups = [group for one in employments for group in children(one, "affiliation-group")]
    return [children(node, "employment-summary") for node in (*groups, *employments)]


def _employment(node: Node) -> dict[str, Any]:
    known = next(iter(descend(node, "organization", "disambiguated-organization")), None)
    return {
        "organization": {
            "name": text_of(node, "organization", "name"),
            "address": {"country": text_of(node, "organization", "address", "country")},
            "disambiguated-organization": None
            if known is None
            else {
                name: text_of(known, name)
                for name in ("disambiguated-organization-identifier", "disambiguation-source")
            },
        },
        "end-date": _date(node, "end-date"),
        "visibility": attribute(node, "visibility"),
    }


def _group(node: Node) -> dict[str, Any]:
    return {"work-summary": [_work(one) for one in children(node, "work-summary")]}


def _work(node: Node) -> dict[str, Any]:
    title = next(iter(children(node, "title")), None)
    translated = next(iter(descend(node, "title", "translated-title")), None)
    return {
        "put-code": attribute(node, "put-code"),
        "visibility": attribute(node, "visibility"),
        "display-index": attribute(node, "display-index"),
        "title": None
        if title is None
        else {
            "title": _value(text_of(title, "title")),
            "subtitle": _value(text_of(title, "subtitle")),
            "translated-title": None
            if translated is None
            else {
                "value": "".join(map(str, translated.itertext())).strip(),
                "language-code": attribute(translated, "language-code"),
            },
        },
        "external-ids": {
            "external-id": [_external(one) for one in descend(node, "external-ids", "external-id")]
        },
        "type": text_of(node, "type"),
        "publication-date": _date(node, "publication-date"),
        "journal-title": _value(text_of(node, "journal-title")),
        "url": _value(text_of(node, "url")),
    }


def _external(node: Node) -> dict[str, Any]:
    names = ("external-id-type", "external-id-value", "external-id-relationship")
    return {name: text_of(node, name) for name in names}


def _date(node: Node, name: str) -> Mapping[str, Any] | None:
    found = next(iter(children(node, name)), None)
    return None if found is None else {part: _value(text_of(found, part)) for part in _DATE}


def _value(text: str | None) -> Mapping[str, str] | None:
    return None if text is None else {"value": text}
