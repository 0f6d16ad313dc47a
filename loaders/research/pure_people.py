"""The by-line of a Pure record: people in their order, and the units and organisations they work at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.identifiers import name_key
from graph.records import Organisation, Person
from loaders.readers.fields import Fields
from loaders.research.people import display_name, institution, person
from loaders.research.pure_survey import Survey
from loaders.research.pure_values import last_word, text_of, texts_of, uuid_of
from loaders.research.works import objects
from loaders.texts.text import optional_text
from loaders.universities import universities

_NO_AUTHORS = frozenset(
    ("editor", "translator", "illustrator", "supervisor", "publisher", "reviewer", "advisor",
     "opponent", "examiner", "guesteditor", "serieseditor", "preexaminer", "custos")
)  # fmt: skip
_UNITS = ("organisationalUnits", "organizations")
_EXTERNAL = ("externalOrganisations", "externalOrganizations")


class Byline:
    """Reads the people and organisations of one record.

    Args:
        output_key: key of the work.
        source: what tells this installation of Pure apart, None if that is not known.
        survey: what the other records of the load tell.
        fields: of the record, takes the warnings.
    """

    def __init__(self, output_key: str, source: str | None, survey: Survey, fields: Fields) -> None:
        self._output_key = output_key
        self._source = source
        self._survey = survey
        self._fields = fields
        self._university = next((one for one in universities() if one.key == source), None)
        self._organisations: dict[str, Organisation] = {}

    def read(self, raw: Mapping[str, Any]) -> tuple[list[Person], list[Organisation]]:
        """Return the authors in order and the organisations of the work."""
        if self._university is not None:
            self._organisations[self._university.key] = self._university.record()
        self._places(raw)
        for name in ("managingOrganisationalUnit", "managingOrganization"):
            if isinstance(raw.get(name), Mapping):
                self._unit(raw[name], name)
        people: list[Person] = []
        for name in ("personAssociations", "contributors"):
            for entry in objects(self._fields, name, raw.get(name)):
                one = self._person(entry, name)
                if one is not None:
                    people.append(one)
        return people, list(self._organisations.values())

    def _person(self, entry: Mapping[str, Any], field: str) -> Person | None:
        role = entry.get("personRole", entry.get("role"))
        if entry.get("hidden") is True or last_word(role) in _NO_AUTHORS:
            return None
        group = entry.get("authorCollaboration")
        if isinstance(group, Mapping):
            self._group(group, field)
            return None
        places = self._places(entry)
        references = [entry.get(name) for name in ("person", "externalPerson")]
        reference = next((one for one in references if isinstance(one, Mapping)), {})
        name = self._fields.read(f"{field}.name", entry, _name) or self._fields.read(
            f"{field}.name", reference.get("name"), text_of
        )
        uuid = uuid_of(reference)
        if not name:
            # Pure keeps the place of a person who is not to be named.
            return None
        return person(
            self._output_key,
            name,
            orcid=self._survey.orcids.get(uuid or ""),
            identifiers=(f"pure:{uuid}",) if uuid else (),
            affiliations=[place.key for place in places],
            own_key=self._key(uuid) if uuid else None,
        )

    def _key(self, uuid: str) -> str:
        return f"pure-{self._source}-{uuid}" if self._source else f"pure-{uuid}"

    def _group(self, group: Mapping[str, Any], field: str) -> None:
        """Note a group of authors: it is an organisation of the work, no person."""
        uuid = uuid_of(group)
        name = self._fields.read(f"{field}.authorCollaboration", group.get("name"), text_of)
        name = name or self._survey.name(uuid)
        if name:
            key = self._key(uuid) if uuid else f"{self._output_key}/{name_key(name)}"
            self._note(institution(name, source_key=key))

    def _places(self, entry: Mapping[str, Any]) -> list[Organisation]:
        """Return the units and the outer organisations that an entry names."""
        found: list[Organisation | None] = []
        for name in _UNITS:
            found += [self._unit(one, name) for one in objects(self._fields, name, entry.get(name))]
        for name in _EXTERNAL:
            found += [self._outer(one, name) for one in objects(self._fields, name, entry.get(name))]
        return [place for place in found if place is not None]

    def _unit(self, entry: Mapping[str, Any], field: str) -> Organisation | None:
        uuid, names = self._named(entry, field)
        if not uuid or not names:
            return None
        top = self._university
        if top is not None and any(name in top.name.values() for name in names.values()):
            return self._note(top.record())
        key = f"{top.key}/{uuid}" if top else self._key(uuid)
        parent = self._survey.parents.get(uuid)
        part_of = f"{top.key}/{parent}" if top and parent in self._survey.units else None
        return self._note(
            Organisation(
                key,
                names,
                (f"pure:{uuid}",),
                part_of or (top.key if top else None),
                "FI" if top else None,
            )
        )

    def _outer(self, entry: Mapping[str, Any], field: str) -> Organisation | None:
        uuid, names = self._named(entry, field)
        if not uuid or not names:
            return None
        return self._note(institution(names, source_key=self._key(uuid), identifiers=(f"pure:{uuid}",)))

    def _named(self, entry: Mapping[str, Any], field: str) -> tuple[str | None, Mapping[str, str]]:
        uuid = uuid_of(entry)
        names = self._fields.read(f"{field}.name", entry.get("name"), texts_of) or {}
        return uuid, names or self._survey.names.get(uuid or "", {})

    def _note(self, place: Organisation | None) -> Organisation | None:
        if place is not None:
            self._organisations[place.key] = place
        return place


def _name(entry: Mapping[str, Any]) -> str:
    """Return the name with which a person stands in the by-line.

    Raises:
        ValueError: it is no name.
    """
    name = entry.get("name")
    if not isinstance(name, Mapping) or not {"firstName", "lastName"} & name.keys():
        return text_of(name)
    first, last = optional_text(name.get("firstName")), optional_text(name.get("lastName"))
    return display_name(last or "", first or "")
