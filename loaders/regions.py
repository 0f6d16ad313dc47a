"""Codes of Finnish regions: sources say `01` (maakunta) or `FI1B1` (NUTS 3) for one and the same."""

from __future__ import annotations

from functools import cache

from pyoxigraph import RdfFormat, parse

from ontology import terms as t
from ontology.files import vocabulary_files

NUTS = "http://data.europa.eu/nuts/code/"
_MAAKUNTA = "maakunta:"


def region_code(text: str) -> str:
    """Return the NUTS code of a region of Finland; any other code or name is returned as it is.

    Args:
        text: a NUTS code in upper or lower case, or the two digits of a region of Statistics Finland.
    """
    return _codes().get(text.upper(), text)


def region_named(text: str) -> str:
    """Return the NUTS code of a region by its code, or by its name in Finnish, Swedish or English.

    For sources whose regions are those of Statistics Finland: authorities of other regions (ELY
    centres) bear some of the same names.
    """
    return _codes().get(text.upper()) or _names().get(text.casefold(), text)


@cache
def _codes() -> dict[str, str]:
    """Return code in upper case → NUTS code."""
    found = {}
    for address, prop, value in _statements():
        if prop == t.SKOS + "notation":
            found[value] = value
        elif prop == t.DCT + "identifier":
            found[value.removeprefix(_MAAKUNTA)] = address.removeprefix(NUTS)
    return found


@cache
def _names() -> dict[str, str]:
    """Return name of a region (maakunta) → NUTS code."""
    own = {address for address, prop, _ in _statements() if prop == t.DCT + "identifier"}
    return {
        value.casefold(): address.removeprefix(NUTS)
        for address, prop, value in _statements()
        if prop == t.SKOS + "prefLabel" and address in own
    }


@cache
def _statements() -> tuple[tuple[str, str, str], ...]:
    (path,) = (path for path in vocabulary_files() if path.stem == "regions")
    triples = (quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE))
    return tuple((one.subject.value, one.predicate.value, one.object.value) for one in triples)
