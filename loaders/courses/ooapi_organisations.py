"""The organisations of an Open Education API: from the unit of a course up to the university."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graph.records import LangText, Organisation
from loaders.courses.ooapi_values import code_of, first, identifiers, texts
from loaders.readers.fields import Fields
from loaders.texts.text import optional_text
from loaders.universities import key_of_name, universities, university

_DEPTH = 12
"""Steps up from a unit to its university; more means that they go round in a circle."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation as far as it is needed to tell courses apart."""

    identifier: str
    name: LangText
    codes: tuple[str, ...] = ()
    parent: str | None = None


def reference(value: object, *names: str) -> str | None:
    """Return the identifier behind a reference: itself, or that of the object in its place.

    Args:
        value: an identifier, an object that was given in full, or None.
        names: the fields under which such an object has its identifier.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(value, Mapping):
        value = first(value, *names)
    return optional_text(value)


_IDS = ("organisationId", "organizationId")


def unit_of(raw: Mapping[str, Any], fields: Fields) -> Unit | None:
    """Return the organisation that an object describes, None if it has no identifier."""
    identifier = fields.read("organisationId", first(raw, *_IDS), optional_text)
    if not identifier:
        return None
    name = fields.read("name", raw.get("name"), texts) or {}
    primary = fields.read("primaryCode", raw.get("primaryCode"), code_of)
    others, _ = identifiers(raw, primary or identifier, fields)
    codes = tuple(dict.fromkeys((identifier, *others)))
    parents = ("parent", "parentId", "root", "rootId")
    parent = next(
        (
            up
            for one in parents
            if (up := fields.read(one, raw.get(one), lambda v: reference(v, *_IDS)))
        ),
        None,
    )
    return Unit(identifier, name, codes, None if parent == identifier else parent)


class Organisations:
    """All organisations that the files hold, alone or within courses."""

    def __init__(self, chosen: str | None) -> None:
        """Take the key of the university that an option names for all, if it does."""
        self._chosen = chosen
        self._units: dict[str, Unit] = {}

    def add(self, raw: Mapping[str, Any], fields: Fields) -> None:
        """Remember the organisations that an object is or holds."""
        if is_organisation(raw):
            self._add(raw, fields)
        for name in ("organisation", "organization"):
            self._add(raw.get(name), fields)

    def _add(self, value: object, fields: Fields) -> None:
        for _ in range(_DEPTH):
            if not isinstance(value, Mapping) or "name" not in value:
                return
            unit = unit_of(value, fields)
            if unit:
                self._units.setdefault(unit.identifier, unit)
            value = first(value, "parent", "root")

    def place(self, identifier: str | None) -> tuple[str | None, str | None]:
        """Return the key of the university and, of a unit within it, the unit's own key.

        Args:
            identifier: of the organisation to which a course belongs. Without one it belongs to the
                only university that the files hold, if it is the only one.
        """
        identifier = identifier or self._only_root()
        if identifier is None:
            return self._chosen, None
        chain = list(self._chain(identifier))
        key = self._chosen or next((key for one in reversed(chain) if (key := _listed(one))), None)
        if key is None:
            key = f"ooapi-{chain[-1].identifier}"
        is_unit = len(chain) > 1 and not _listed(chain[0])
        return key, f"{key}/{identifier}" if is_unit else None

    def _only_root(self) -> str | None:
        roots = [unit.identifier for unit in self._units.values() if unit.parent is None]
        return roots[0] if len(roots) == 1 else None

    def _chain(self, identifier: str) -> Iterator[Unit]:
        """Yield the organisation and those above it."""
        step: str | None = identifier
        for _ in range(_DEPTH):
            unit = self._units.get(step) if step else None
            if unit is None:
                break
            yield unit
            step = unit.parent
        else:
            return
        if step:
            yield Unit(step, {})

    def records(self, identifier: str | None) -> tuple[Organisation, ...]:
        """Return the records of the university and of the unit to which an identifier leads."""
        identifier = identifier or self._only_root()
        key, unit = self.place(identifier)
        if key is None:
            return ()
        chain = list(self._chain(identifier)) if identifier else []
        root = chain[-1] if chain else Unit("", {})
        if any(item.key == key for item in universities()):
            top = university(key)
        else:
            top = Organisation(key, root.name or {"und": root.identifier or key}, root.codes)
        if unit is None:
            return (top,)
        part = chain[0]
        return top, Organisation(unit, part.name or {"und": part.identifier}, part.codes, key)


def is_organisation(raw: Mapping[str, Any]) -> bool:
    """Return whether an object is an organisation, not something that only names one."""
    return (
        first(raw, *_IDS) is not None and first(raw, "organisationType", "organizationType") is not None
    )


def _listed(unit: Unit) -> str | None:
    for name in unit.name.values():
        if key := key_of_name(name):
            return key
    for item in universities():
        known = {item.organisation_code, item.ror} - {None}
        if known & set(unit.codes) or known & {code.rpartition(":")[2] for code in unit.codes}:
            return item.key
    return None
