"""What records of a load from Pure tell about each other: versions, ORCIDs, names of organisations.

The CRUD interface gives the units, publishers and people of a work as bare UUIDs; where the persons and
organisations are loaded along with the works, they are known from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from loaders.base import Problem
from loaders.readers.json_stream import Item
from loaders.research.people import orcid_of
from loaders.research.pure_values import texts_of, uri_of, uuid_of

_OTHERS: Mapping[str, str] = {
    "activity": "an activity",
    "application": "an application for funding",
    "award": "an award",
    "course": "a course (load it from the study system)",
    "equipment": "equipment",
    "event": "an event",
    "externalorganisation": "an organisation (read for its name)",
    "externalperson": "a person (read for the ORCID)",
    "facility": "a facility",
    "impact": "an impact",
    "journal": "a journal",
    "organisation": "an organisation (read for its name)",
    "person": "a person (read for the ORCID)",
    "pressmedia": "press and media",
    "prize": "a prize",
    "project": "a project",
    "publisher": "a publisher (read for its name)",
    "ueoexternalorganisation": "an organisation (read for its name)",
}
_WORKS = frozenset(("researchoutput", "studentthesis", "dataset"))
_WORK_FIELDS = ("personAssociations", "contributors", "publicationStatuses")
_PERSON_FIELDS = (
    "staffOrganisationAssociations",
    "staffOrganizationAssociations",
    "honoraryStaffOrganisationAssociations",
    "honoraryStaffOrganizationAssociations",
    "orcid",
)
_STRANGE = "something else"


def kind_of(value: object) -> str:
    """Return `work`, why a record of another kind is passed over, or "" for what is not of Pure."""
    if not isinstance(value, Mapping) or uuid_of(value) is None:
        return ""
    parts = uri_of(value.get("type")).strip("/").lower().split("/")
    family = parts[3] if parts[:3] == ["dk", "atira", "pure"] and len(parts) > 3 else ""
    if family in _WORKS or (not family and any(name in value for name in _WORK_FIELDS)):
        return "work"
    if any(name in value for name in _PERSON_FIELDS):
        return _OTHERS["person"]
    system = str(value.get("systemName") or "").lower().replace("organization", "organisation")
    if family or system:
        return (
            _OTHERS.get(family) or _OTHERS.get(system) or f"{family or system} (not part of the graph)"
        )
    return "work" if "title" in value else (_STRANGE if "name" in value else "")


def gone_of(value: object) -> str | None:
    """Return the UUID in a note of the harvest: `{"gone": "…", "url": "…", "time": "…"}`."""
    return uuid_of({"uuid": value["gone"]}) if isinstance(value, Mapping) and "gone" in value else None


class Survey:
    """Small facts about all records, by UUID.

    Files come newest first: a note that a work is gone speaks of the records behind it.
    """

    def __init__(self, items: Iterable[Item | Problem]) -> None:
        self.orcids: dict[str, str] = {}
        self.names: dict[str, Mapping[str, str]] = {}
        self.parents: dict[str, str] = {}
        self.units: set[str] = set()
        self._newest: dict[str, tuple[str, tuple[str, str]]] = {}
        self._gone: set[str] = set()
        self._withdrawn: set[tuple[str, str, str]] = set()
        for item in items:
            if not isinstance(item, Problem) and isinstance(item.value, Mapping):
                self._note(item, item.value)

    def _note(self, item: Item, value: Mapping[str, Any]) -> None:
        uuid, kind = uuid_of(value), kind_of(value)
        if gone := gone_of(value):
            self._gone.add(gone)
        if not uuid or not kind:
            return
        if kind == "work" and uuid in self._gone:
            self._withdrawn.add((uuid, item.file.name, item.place))
        elif kind == "work":
            entry = (_modified(value), (item.file.name, item.place))
            if uuid not in self._newest or entry[0] > self._newest[uuid][0]:
                self._newest[uuid] = entry
            return
        number = orcid_of(value.get("orcid"))
        if number:
            self.orcids[uuid] = number
        if kind in (_OTHERS["organisation"], _OTHERS["publisher"], _STRANGE):
            try:
                names = texts_of(value.get("name"))
            except ValueError:
                return  # told where the record itself is read
            if names:
                self.names[uuid] = names
            if (
                kind == _OTHERS["organisation"]
                and "external" not in str(value.get("systemName")).lower()
            ):
                self.units.add(uuid)
                parents = value.get("parents")
                first = parents[0] if isinstance(parents, list) and parents else None
                if parent := uuid_of(first):
                    self.parents[uuid] = parent

    def name(self, uuid: str | None) -> str:
        """Return a name of a thing, "" if none is known."""
        return next(iter(self.names.get(uuid or "", {}).values()), "")

    def is_withdrawn(self, item: Item, uuid: str) -> bool:
        """Return whether the portal withdrew a work after it gave this record."""
        return (uuid, item.file.name, item.place) in self._withdrawn

    def is_newest(self, item: Item, uuid: str) -> bool:
        """Return whether a work is the newest version of it in the load."""
        return self._newest[uuid][1] == (item.file.name, item.place)


def _modified(value: Mapping[str, Any]) -> str:
    info = value.get("info")
    inner = info.get("modifiedDate") if isinstance(info, Mapping) else None
    return str(value.get("modifiedDate") or inner or "")
