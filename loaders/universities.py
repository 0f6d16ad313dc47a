"""The universities that the sources speak of, with the names each source has for them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from graph.records import Organisation


@dataclass(frozen=True, slots=True)
class University:
    """One university of `universities.toml`."""

    key: str
    member: bool
    name: Mapping[str, str]
    ror: str | None = None
    organisation_code: str | None = None
    oid: str | None = None
    more_oids: tuple[str, ...] = ()
    """Further numbers of the university in the national register (as owner and as institution)."""
    sisu: str | None = None
    study_system: str | None = None
    """`sisu` or `peppi`: where its courses are described."""
    repositories: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Hosts of its own repositories and portals."""
    domains: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    unverified: Mapping[str, str] = field(default_factory=dict)
    """Identifiers that nobody has confirmed: not for telling who is who."""

    def record(self) -> Organisation:
        """Return the university as a record of the graph."""
        codes = [
            self.ror,
            f"organisation-code:{self.organisation_code}" if self.organisation_code else None,
            *(f"urn:oid:{oid}" for oid in (self.oid, *self.more_oids) if oid),
        ]
        return Organisation(
            key=self.key,
            name=self.name,
            identifiers=tuple(code for code in codes if code),
            country="FI",
        )


@cache
def universities() -> tuple[University, ...]:
    """Return all universities of the list."""
    text = (files("loaders") / "universities.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["university"]
    lists = ("more_oids", "repositories", "hosts", "domains", "other_names")
    return tuple(
        University(**{**row, **{key: tuple(row.get(key, ())) for key in lists}}) for row in rows
    )


def university(key: str) -> Organisation:
    """Return the record of a university by key; one that is not listed is named by its key."""
    for item in universities():
        if item.key == key:
            return item.record()
    return Organisation(key=key, name={"und": key})


def key_of_sisu_root(root: str) -> str:
    """Return the key for a Sisu root id like `tuni-university-root-id`."""
    for item in universities():
        if item.sisu == root:
            return item.key
    return root.removesuffix("-university-root-id")


def key_of_institution(ror: str | None, name: str, country: str | None) -> str | None:
    """Return the key of a listed university by ROR, else by its exact English name in Finland."""
    for item in universities():
        if ror and item.ror:
            if item.ror == ror:
                return item.key
        elif country == "FI" and name in (item.name.get("en"), *item.other_names):
            return item.key
    return None


def key_of_oid(oid: str) -> str | None:
    """Return the key of a listed university by its OID in the national organisation register."""
    for item in universities():
        if oid == item.oid or oid in item.more_oids:
            return item.key
    return None


def key_of_name(name: str) -> str | None:
    """Return the key of the listed university that has exactly this name in one of its languages."""
    wanted = " ".join(name.split()).casefold()
    for item in universities():
        if any(wanted == known.casefold() for known in (*item.name.values(), *item.other_names)):
            return item.key
    return None


def key_of_domain(host: str) -> str | None:
    """Return the key of the listed university whose web site this host belongs to (`www.aalto.fi`)."""
    for item in universities():
        if any(f".{host.lower()}".endswith(f".{domain}") for domain in item.domains):
            return item.key
    return None


def key_of_repository(repository: str) -> str | None:
    """Return the key of the university whose own repository this is."""
    for item in universities():
        if repository in item.repositories:
            return item.key
    return None


def key_of_organisation_code(code: str) -> str | None:
    """Return the key of a listed university by its code of Statistics Finland, five digits.

    A code that came as a number has lost its leading zeros (`1904` for `01904`): they are put back.
    """
    wanted = code.strip().zfill(5)
    for item in universities():
        if item.organisation_code == wanted:
            return item.key
    return None


def key_of_host(host: str) -> str | None:
    """Return the key of the university to which a host belongs (`trepo.tuni.fi`, `www.oulu.fi`).

    A repository of its own comes first; then the name of a repository as one label; then its domain.
    """
    name = host.lower().removeprefix("www.")
    labels = name.split(".")
    for item in universities():
        if name in item.hosts or any(one.lower() in labels for one in item.repositories):
            return item.key
    return key_of_domain(name)
