"""CSC's cross-institutional study service (Ristiinopiskelu), message schemas v9.

Course units, study modules and realisations: single objects, arrays, create requests
(`{"courseUnits": […]}`), update requests (`{"courseUnit": {…}}`, fields left out stay as they were) and
delete requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.records import Organisation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.courses.ripa_courses import REMEDY, course_of, objects, offerings_of
from loaders.courses.ripa_messages import (
    elements_within,
    kind_of,
    localised,
    main_organiser,
    realisations_within,
    text_of,
    unwrapped,
)
from loaders.courses.ripa_survey import Survey, Thing, survey
from loaders.readers.fields import Fields, guarded
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.universities import university

_FIRST_IS_REALISATIONS = re.compile(rb'^(?:\xef\xbb\xbf)?\s*\{\s*"realisations"\s*:\s*\[')
_GONE = {
    "CANCELLED": "a cancelled course unit or module",
    "ARCHIVED": "an archived course unit or module",
    "DELETED": "a course unit or module that another message deletes",
}
_PASSED_OVER = {
    "delete element": "a message that deletes a course unit or module",
    "delete realisation": "a message that deletes a realisation",
    "network": "a cooperation network (its name becomes a keyword of its courses)",
    "student": "a message about a student or a study record (never loaded)",
    "message": "an acknowledgement, notification or reply (tells no course)",
}


class RipaLoader:
    """Reads course units, study modules and realisations of the cross-institutional study service."""

    info = LoaderInfo(
        name="ripa",
        title="Cross-institutional study service",
        description="Messages and objects of CSC's Ristiinopiskelu, schemas v9; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.json.gz", "*.jsonl.gz"),
        options={"university": "key of the university, instead of the main organiser that is named"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        reading = _Reading(survey(_items(files), options.get("university")))
        for place, item in enumerate(_items(files)):
            if isinstance(item, Problem):
                yield item
            else:
                yield guarded(item, lambda one, at=place: reading.read(one, at))  # type: ignore[misc]


def _items(files: Sequence[SourceFile]) -> Iterator[Item | Problem]:
    for file in files:
        keys = ["courseUnits", "studyModules", "hits.hits"]
        # A course unit lists its realisations under the same key as a request that creates some.
        keys += ["realisations"] if _creates_realisations(file) else []
        yield from read_items(file, keys)


def _creates_realisations(file: SourceFile) -> bool:
    try:
        with file.open() as raw:
            return _FIRST_IS_REALISATIONS.match(raw.read(200)) is not None
    except BROKEN_FILE:
        return False  # told when the file is read


class _Reading:
    """One load: the survey, what was told already, and parts of versions that wait for the others."""

    def __init__(self, found: Survey) -> None:
        self.found = found
        self.told: set[str] = set()
        self.waiting: dict[tuple[str, int], Mapping[str, Any]] = {}

    def read(self, item: Item, place: int) -> Outcome:
        raw, _ = unwrapped(item.value)
        kind = kind_of(raw)
        if not isinstance(raw, Mapping) or not kind:
            reason = "The record is no message of the service that is known here."
            return item.problem("", "", reason, "Load course units, study modules or realisations.")
        if kind in _PASSED_OVER:
            return Loaded((), skipped=_PASSED_OVER[kind])
        if kind == "element":
            return self._element(item, raw, place)
        return self._realisation(item, raw, place)

    def _whole(
        self, thing: Thing, name: str, raw: Mapping[str, Any], place: int
    ) -> Mapping[str, Any] | None:
        """Return a thing with its updates once all of them were seen, None before."""
        self.waiting[name, place] = raw
        if thing.told_at != place:
            return None
        self.told.add(name)
        whole: dict[str, Any] = {}
        for one in thing.applied:
            whole |= self.waiting.pop((name, one), {})
        return whole

    def _element(self, item: Item, root: Mapping[str, Any], place: int) -> Outcome:
        """Read an element with the elements and realisations within it."""
        identifier = text_of(root, "studyElementId")
        if not identifier:
            return item.problem("", "studyElementId", "The element has no id.", REMEDY)
        fields = Fields(item, identifier)
        records: list[Record] = []
        outcome: Problem | str = ""
        for element in elements_within(root):
            if element is not root and "name" not in element:
                continue  # only named, as in updates
            one = self._one_element(item, element, place, fields)
            if isinstance(one, tuple):
                records += one
            elif element is root:
                outcome = one
            elif isinstance(one, Problem):
                fields.warnings.append(one)
        if isinstance(outcome, Problem) and not records:
            return outcome
        if isinstance(outcome, Problem):
            fields.warnings.insert(0, outcome)
        skipped = "" if records else str(outcome)
        return Loaded(tuple(records), tuple(fields.warnings), skipped)

    def _one_element(
        self, item: Item, element: Mapping[str, Any], place: int, fields: Fields
    ) -> tuple[Record, ...] | Problem | str:
        """Return the records of one element, what is wrong with it, or why it is passed over."""
        identifier = text_of(element, "studyElementId")
        if not identifier:
            return item.problem("", "studyElementId", "An element within has no id.", REMEDY)
        thing = self.found.elements[identifier]
        name = f"element {identifier}"
        is_update = any(one.place == place for one in thing.updates)
        title = {} if is_update else _name_of(item, identifier, element)
        if isinstance(title, Problem):
            return title
        if thing.gone:
            return _GONE[thing.gone]
        if place not in thing.applied or name in self.told:
            return "an older version of a course unit or module"
        is_whole = thing.whole is not None and thing.whole.place == place
        held = self._held(element, place, thing.key, fields) if is_whole else []
        whole = self._whole(thing, name, element, place)
        if whole is None:
            return tuple(held) or "a part of a course unit or module that another message completes"
        if self.found.of_key[thing.key] != identifier:
            return "a course unit or module whose code has gone to a newer one"
        provider, code = thing.key
        if not provider:
            reason = "The element names no main organiser."
            return item.problem(identifier, "organisationReferences", reason, REMEDY)
        title = _name_of(item, identifier, whole)
        if isinstance(title, Problem):
            return title
        course = course_of(whole, (provider, code), title, self.found, fields)
        return (*self._organiser(provider, whole), course, *held)

    def _held(
        self, element: Mapping[str, Any], place: int, course: tuple[str, str], fields: Fields
    ) -> list[Record]:
        """Return the offerings of the realisations that a course unit lists."""
        records: list[Record] = []
        for realisation in realisations_within(element):
            identifier = text_of(realisation, "realisationId")
            thing = self.found.realisations.get(identifier)
            name = f"realisation {identifier}"
            if thing is None:
                fields.warn("realisations", "A realisation was left out: it has no id.", REMEDY)
            elif thing.gone != "DELETED" and place in thing.applied and name not in self.told:
                reference = {"referenceIdentifier": text_of(element, "studyElementId")}
                whole = self._whole(
                    thing, name, {**realisation, "studyElementReferences": [reference]}, place
                )
                records += offerings_of(whole, [course], fields) if whole and course[0] else []
        return records

    def _organiser(self, provider: str, raw: Mapping[str, Any]) -> list[Record]:
        if provider in self.told:
            return []
        self.told.add(provider)
        target = main_organiser(raw)
        record = university(provider)
        if "und" in record.name:  # not listed: as the message names it
            try:
                names = localised(target.get("organisationName"))
            except ValueError:
                names = {}
            code = provider.removeprefix("organisation-code-")
            known = provider != code
            record = Organisation(
                provider,
                names or {"und": code},
                (f"organisation-code:{code}",) if known else (),
                country="FI",
            )
        return [record]

    def _realisation(self, item: Item, raw: Mapping[str, Any], place: int) -> Outcome:
        identifier = text_of(raw, "realisationId")
        if not identifier:
            return item.problem("", "realisationId", "The realisation has no id.", REMEDY)
        thing, name = self.found.realisations[identifier], f"realisation {identifier}"
        if thing.gone == "DELETED":
            return Loaded((), skipped="a realisation that another message deletes")
        if place not in thing.applied or name in self.told:
            return Loaded((), skipped="an older version of a realisation")
        whole = self._whole(thing, name, raw, place)
        if whole is None:
            return Loaded((), skipped="a part of a realisation that another message completes")
        raw = whole
        if raw.get("status") == "ARCHIVED":
            return Loaded((), skipped="an archived realisation")
        fields = Fields(item, identifier)
        named = [
            text_of(one, "referenceIdentifier")
            for one in objects(raw, "studyElementReferences", fields)
        ]
        courses = dict.fromkeys(key for name in named if (key := self.found.course_of(name)))
        if not courses and any(name in self.found.elements for name in named):
            return Loaded(
                (), skipped="a realisation whose course unit is cancelled, archived or deleted"
            )
        if not courses:
            return item.problem(
                identifier,
                "studyElementReferences",
                "No course unit of the realisation is in the files.",
                "Load the course units together with their realisations.",
            )
        return Loaded(tuple(offerings_of(raw, list(courses), fields)), tuple(fields.warnings))


def _name_of(item: Item, identifier: str, raw: Mapping[str, Any]) -> dict[str, str] | Problem:
    try:
        title = localised(raw.get("name"))
    except ValueError as error:
        return item.problem(identifier, "name", f"The name cannot be read: {error}.", REMEDY)
    return title or item.problem(identifier, "name", "The element has no name.", REMEDY)
