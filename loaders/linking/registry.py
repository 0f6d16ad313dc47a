"""All linkers in one place: name → where it lives. A module is imported when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

from loaders.linking.base import Linker

if TYPE_CHECKING:  # imported when used: the command line must start fast
    from loaders.linking.learned import Learned

_LINKERS: Final = {
    "annif": "loaders.linking.annif:AnnifLinker",
    "exact": "loaders.linking.exact:ExactLinker",
    "hybrid": "loaders.linking.hybrid:HybridLinker",
    "lexical": "loaders.linking.hybrid:LexicalLinker",
}

DEFAULT = "hybrid"
_THRESHOLDS: Final = {"exact": 0.5}
"""Where another than `_USUAL`: `exact` gives the precision by kind of match, 0.75 for the best kind."""
_USUAL: Final = 0.7


def usual_threshold(name: str) -> float:
    """Return the confidence from which links of a linker count, if nobody sets another."""
    return _THRESHOLDS.get(name, _USUAL)


def linker_names() -> tuple[str, ...]:
    """Return the names of all linkers, sorted."""
    return tuple(sorted(_LINKERS))


def get_linker(name: str, learned: Mapping[str, Learned] | None = None) -> Linker:
    """Return a new linker of that name.

    Args:
        name: one of `linker_names()`.
        learned: what people's decisions taught (`learned.read_learned`); linkers that learn nothing
            do without.

    Raises:
        KeyError: there is none.
    """
    module, _, attribute = _LINKERS[name].partition(":")
    made = getattr(import_module(module), attribute)
    linker: Linker = made(learned=learned) if learned and getattr(made, "learns", False) else made()
    return linker
