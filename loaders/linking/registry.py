"""All linkers in one place: name → where it lives. A module is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from loaders.linking.base import Linker

_LINKERS: Final = {
    "annif": "loaders.linking.annif:AnnifLinker",
    "exact": "loaders.linking.exact:ExactLinker",
    "hybrid": "loaders.linking.hybrid:HybridLinker",
    "lexical": "loaders.linking.hybrid:LexicalLinker",
}


def linker_names() -> tuple[str, ...]:
    """Return the names of all linkers, sorted."""
    return tuple(sorted(_LINKERS))


def get_linker(name: str) -> Linker:
    """Return a new linker of that name.

    Raises:
        KeyError: there is none.
    """
    module, _, attribute = _LINKERS[name].partition(":")
    linker: Linker = getattr(import_module(module), attribute)()
    return linker
