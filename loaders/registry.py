"""All loaders in one place: name → where it lives. A loader's module is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from loaders.base import Loader

_LOADERS: Final = {
    "aalto": "loaders.aalto:AaltoLoader",
    "esco": "loaders.esco:EscoLoader",
    "fingreylit": "loaders.fingreylit:FinGreyLitLoader",
    "members": "loaders.members:MembersLoader",
    "needs": "loaders.needs:NeedsLoader",
    "openalex": "loaders.openalex:OpenAlexLoader",
    "sisu": "loaders.sisu:SisuLoader",
}


def loader_names() -> tuple[str, ...]:
    """Return the names of all loaders, sorted."""
    return tuple(sorted(_LOADERS))


def get_loader(name: str) -> Loader:
    """Return the loader of that name.

    Raises:
        KeyError: there is none.
    """
    module, _, attribute = _LOADERS[name].partition(":")
    loader: Loader = getattr(import_module(module), attribute)()
    return loader
