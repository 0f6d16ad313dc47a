"""Who gives a study of Opintopolku: organisations by their OID in the national register."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graph.records import LangText, Organisation
from loaders.base import Loaded, Problem
from loaders.courses.opintopolku_codes import either
from loaders.readers.fields import Fields, mapping
from loaders.readers.json_stream import Item
from loaders.texts.text import lang_text
from loaders.universities import key_of_name, key_of_oid, university

AGENCY = "1.2.246.562.10.00000000001"
"""The Finnish National Agency for Education, which writes what holds for all schools."""
_REGISTERED = re.compile(r"1\.2\.246\.562\.10\.\d+")


@dataclass(frozen=True, slots=True)
class Provider:
    """The organisation to which a course belongs, and the unit of it that wrote the record."""

    key: str
    records: tuple[Organisation, ...] = ()
    """The organisations to tell with the course; a listed university is told by the loader."""
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Named:
    oid: str
    name: LangText


def provider_of(
    raw: Mapping[str, Any],
    kind: str,
    chosen: str | None,
    names: dict[str, LangText],
    fields: Fields,
) -> Provider | None:
    """Return who gives a koulutus or toteutus; None where a search result gives but a name.

    A listed university among those that are named counts, by its OID or else by its exact name. Else a
    koulutus belongs to its one provider or to its owner, a toteutus to its school or to its owner.

    Args:
        raw: the record.
        kind: `koulutus` or `toteutus`.
        chosen: key of the university that an option names for all.
        names: OID → name, of all records so far; names of this record are added.
        fields: takes the warnings.
    """
    providers = list(_named(raw, "tarjoajat", fields))
    schools = list(_named(raw, "oppilaitokset", fields))
    owners = list(_named(raw, "organisaatio", fields)) or list(_named(raw, "organisaatioOid", fields))
    candidates = [*schools, *providers, *owners, *_named(raw, "organisaatiot", fields)]
    names.update({one.oid: one.name for one in candidates if one.name})
    key = chosen or _listed(candidates) or _listed_by_the_one_name(raw, fields)
    if key is not None:
        unit = owners[0] if owners else None
        if (
            unit is None
            or not unit.name
            or unit.oid == AGENCY
            or key_of_oid(unit.oid)
            or key == _by_name(unit)
        ):
            return Provider(key)
        part = Organisation(f"{key}/{unit.oid}", unit.name, (f"urn:oid:{unit.oid}",), key, "FI")
        return Provider(key, (part,), part.key)
    if kind == "koulutus":
        ranked = providers if len({one.oid for one in providers}) == 1 else [*owners, *providers]
    else:
        ranked = [*schools[:1], *owners, *providers]
    if not ranked:
        return None
    record = _record(_Named(ranked[0].oid, names.get(ranked[0].oid, {})))
    return Provider(record.key, (record,))


def _named(raw: Mapping[str, Any], name: str, fields: Fields) -> Iterator[_Named]:
    """Yield the organisations of a field: OIDs or objects with `oid` and `nimi`, one or a list."""
    value = raw.get(name)
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping):
            oid, words = one.get("oid"), fields.read(f"{name}.nimi", one.get("nimi"), lang_text)
        else:
            oid, words = one, None
        if isinstance(oid, str) and _REGISTERED.fullmatch(oid.strip()):
            yield _Named(oid.strip(), words or {})
        elif oid:
            fields.warn(name, f"{str(oid)[:60]!r} is no OID of an organisation.")


def _listed(candidates: list[_Named]) -> str | None:
    for one in candidates:
        if key := key_of_oid(one.oid):
            return key
    for one in candidates:
        if key := _by_name(one):
            return key
    return None


def _by_name(one: _Named) -> str | None:
    return next((key for name in one.name.values() if (key := key_of_name(name))), None)


def _listed_by_the_one_name(raw: Mapping[str, Any], fields: Fields) -> str | None:
    """Return the listed university whose name a search result gives for all providers together."""
    name = "toteutustenTarjoajat"
    part = fields.read(name, raw.get(name), mapping) or {}
    return _by_name(_Named("", fields.read(f"{name}.nimi", part.get("nimi"), lang_text) or {}))


def _record(one: _Named) -> Organisation:
    name = one.name or {"und": one.oid}
    return Organisation(f"oid-{one.oid}", name, (f"urn:oid:{one.oid}",), country="FI")


def owner(oid: str, name: LangText) -> Organisation:
    """Return the record of an organisation: of the listed university, or of one known by its OID."""
    key = key_of_oid(oid) or _by_name(_Named(oid, name))
    return university(key) if key else _record(_Named(oid, name))


def organisation(item: Item) -> Loaded | Problem:
    """Return the outcome of a record that describes an organisation."""
    raw = item.value
    fields = Fields(item, raw["oid"])
    name = fields.read("nimi", either(raw, "nimi", "name"), lang_text) or {}
    return Loaded((owner(raw["oid"].strip(), name),), tuple(fields.warnings))
