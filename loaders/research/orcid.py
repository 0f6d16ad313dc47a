"""ORCID records (v3.0) as JSON or XML: the person, the places of work, and the works.

A record's holder is a creator of each of its works, whose by-line a record does not give. Only what
everyone may see is read. Records that are deactivated, locked or not yet claimed are counted and
passed over, and so are sections of a record and search results that come alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.records import Organisation, Person, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, SourceRecord, guarded, mapping
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.readers.xml_stream import Element, local_name, text_of
from loaders.research.orcid_person import affiliations, identifiers, name_of
from loaders.research.orcid_works import works
from loaders.research.orcid_xml import record_of
from loaders.research.people import ORCID, orcid_of
from loaders.research.works import Told, is_xml, xml_outcomes

_ID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_SECTION = re.compile(r"/?\d{4}-\d{4}-\d{4}-\d{3}[\dX]/[a-z-]+(?:/\d+)?")
_REMEDY = "Fetch the whole record again: /v3.0/<iD>/record."
_NOT_SHOWN = {
    "deactivated": "a deactivated record",
    "locked": "a locked record",
    "deprecated": "a record that was replaced by another",
}
_PLACEHOLDERS = {
    "given names deactivated family name deactivated": "a deactivated record",
    "reserved for claim": "a record that its holder has not claimed",
}


class OrcidLoader:
    """Reads ORCID records."""

    info = LoaderInfo(
        name="orcid",
        title="ORCID records",
        description="Whole records of v3.0, JSON or XML, one or many to a file; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.xml", "*.gz"),
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        load = _Load()
        for file in files:
            if is_xml(file):
                yield from xml_outcomes(file, ("record", "recordSummary", "error"), load.xml, _REMEDY)
                continue
            for item in read_items(file, ("result", "expanded-result")):
                yield item if isinstance(item, Problem) else guarded(item, load.json)


class _Load:
    """What is remembered from one record to the next."""

    def __init__(self) -> None:
        self._told = Told()
        self._seen: set[str] = set()

    def json(self, item: Item) -> Outcome:
        """Read one record of JSON, or recognise what else it is."""
        raw = item.value
        if not isinstance(raw, Mapping):
            return item.problem("", "", "The record is no object.", "Give one record per item.")
        if "developer-message" in raw or "user-message" in raw:
            return _refusal(item, str(raw.get("developer-message") or raw.get("user-message")))
        if "person" not in raw and "activities-summary" not in raw:
            if "orcid-identifier" in raw or "orcid-id" in raw:
                return Loaded((), skipped="a search result (fetch the record by its iD)")
            if isinstance(raw.get("path"), str) and _SECTION.fullmatch(raw["path"]):
                return Loaded((), skipped="a section of a record (fetch the whole record)")
        return self._record(item, raw)

    def xml(self, element: Element) -> Outcome:
        """Read one record of XML, or recognise what else it is."""
        name = local_name(element.node)
        if name == "error":
            return _refusal(element, text_of(element.node, "developer-message") or "")
        if name == "recordSummary":
            return Loaded((), skipped="a summary of a record (fetch the whole record)")
        return self._record(element, record_of(element.node))

    def _record(self, source: SourceRecord, raw: Mapping[str, Any]) -> Outcome:
        stated = raw.get("orcid-identifier")
        identifier = stated.get("path") if isinstance(stated, Mapping) else None
        if not isinstance(identifier, str) or not _ID.fullmatch(identifier):
            reason = "The record has no ORCID iD."
            return source.problem(str(identifier or "")[:80], "orcid-identifier.path", reason, _REMEDY)
        fields = Fields(source, identifier)
        history = fields.read("history", raw.get("history"), mapping) or {}
        if history.get("deactivation-date"):
            return Loaded((), skipped=_NOT_SHOWN["deactivated"])
        if identifier in self._seen:
            return Loaded((), skipped="a record that stood in the files before")
        about = fields.read("person", raw.get("person"), mapping) or {}
        name = name_of(about, fields)
        if not name:
            return Loaded((), skipped="a record whose holder shows no name")
        if name.casefold() in _PLACEHOLDERS:
            return Loaded((), skipped=_PLACEHOLDERS[name.casefold()])
        self._seen.add(identifier)
        _doubt(identifier, mapping(stated).get("host"), fields)
        activities = fields.read("activities-summary", raw.get("activities-summary"), mapping) or {}
        places = affiliations(activities, history, fields)
        person = Person(
            key=f"orcid-{identifier}",
            name=name,
            orcid=f"{ORCID}{identifier}",
            identifiers=identifiers(about, fields),
            affiliations=tuple(dict.fromkeys(place.key for place in places)),
        )
        outputs = works(activities, identifier, person.key, fields)
        new: tuple[Record, ...] = self._told.new(_unique(places))
        return Loaded((*new, person, *outputs), tuple(fields.warnings))


def _unique(places: Sequence[Organisation]) -> list[Organisation]:
    return list({place.key: place for place in places}.values())


def _doubt(identifier: str, host: object, fields: Fields) -> None:
    """Warn of an iD that names nobody."""
    if isinstance(host, str) and "sandbox" in host:
        fields.warn(
            "orcid-identifier.host",
            "The record comes from ORCID's sandbox: its person is invented.",
            "Take it out before you publish.",
        )
    if orcid_of(identifier) is None:
        fields.warn("orcid-identifier.path", "The check digit of the iD is wrong.", _REMEDY)


def _refusal(source: SourceRecord, message: str) -> Outcome:
    """Return why ORCID gave no record: one that is not shown is passed over, the rest are problems."""
    for word, reason in _NOT_SHOWN.items():
        if word in message.casefold():
            return Loaded((), skipped=reason)
    reason = f"ORCID refused the request: {message[:300]}"
    return source.problem("", "developer-message", reason, "Correct the request and fetch it again.")
