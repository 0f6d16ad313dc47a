"""Mint the IRIs of the graph from the sources' own stable identifiers.

Every IRI is `<base><kind>/<key>`; the same input gives the same IRI in every load.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

DEFAULT_BASE = "https://data.fitech.example/id/"
_SAFE = "/-._~:@!$&'()*+,;="
_PLAIN = re.compile(rf"[A-Za-z0-9{re.escape(_SAFE)}]+")
"""A key in which nothing is to be escaped."""


@lru_cache(maxsize=20_000)
def _quoted(key: str) -> str:
    return quote(key.strip(), safe=_SAFE)


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Mints IRIs under one base. `base` ends with a slash."""

    base: str = DEFAULT_BASE

    def __post_init__(self) -> None:
        """Refuse a base under which paths could not be appended."""
        if not self.base.startswith(("http://", "https://")) or not self.base.endswith("/"):
            raise ValueError(
                f"The base {self.base!r} cannot name things: "
                "give an http(s) address that ends with a slash."
            )

    def mint(self, kind: str, key: str) -> str:
        """Return `<base><kind>/<key>` with everything escaped that an IRI path may not hold."""
        if not key.strip():
            raise ValueError(f"A {kind} without an identifier has no IRI.")
        plain = (key.isalnum() and key.isascii()) or _PLAIN.fullmatch(key)
        return f"{self.base}{kind}/{key if plain else _quoted(key)}"

    def course(self, university: str, code: str) -> str:
        """IRI of a course: university key and course code."""
        return self.mint("course", f"{university}/{code.strip().replace('/', '-')}")

    def outcome(self, university: str, code: str, key: str) -> str:
        """IRI of one learning outcome of a course."""
        return self.mint("outcome", f"{university}/{code.strip().replace('/', '-')}/{key}")

    def offering(self, university: str, key: str) -> str:
        """IRI of one realisation of a course."""
        return self.mint("offering", f"{university}/{key}")

    def person(self, key: str) -> str:
        """IRI of a person."""
        return self.mint("person", key)

    def organisation(self, key: str) -> str:
        """IRI of an organisation."""
        return self.mint("organisation", key)

    def output(self, key: str) -> str:
        """IRI of a research output."""
        return self.mint("output", key)

    def advert(self, key: str) -> str:
        """IRI of a job advert."""
        return self.mint("advert", key)

    def need(self, key: str) -> str:
        """IRI of a skill need."""
        return self.mint("need", key)

    def link(self, subject: str, relation: str, skill: str, *, stated: bool = False) -> str:
        """IRI of a skill link: stable over re-linking, so that decisions about it stay.

        What the source itself states is a link of its own beside what a linker proposes.
        """
        by = "|stated" if stated else ""
        return self.mint("link", digest(f"{subject}|{relation}|{skill}{by}"))

    def graph(self, path: str) -> str:
        """IRI of a named graph: `source/<name>`, `links/<linker>` and so on."""
        return self.mint("graph", path)


def digest(text: str) -> str:
    """Return a short stable digest (96 bits of SHA-256, hexadecimal) for keys made of long text."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def name_key(name: str) -> str:
    """Return a person's name in a form that is the same in whatever order it is written.

    `Metsä, Maija` and `Maija Metsä` both give `maija-metsa`. Within one by-line this tells people
    apart; across works it says nothing.
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return "-".join(sorted(re.findall(r"[^\W_]+", letters))) or digest(name)
