"""Kinds of research output: codes and words of the sources → one set of labels (COAR's)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from loaders.texts.text import plain_text

_OKM = re.compile(r"\s*([A-I][1-6])\b", re.IGNORECASE)
_COAR = re.compile(r"https?://purl\.org/coar/resource_type/(?:[\w.-]*/)*([\w-]+)/?")
_EU_REPO = re.compile(r"info:eu-repo/semantics/(\w+)", re.IGNORECASE)
_STATES = frozenset(
    ("publishedversion", "acceptedversion", "submittedversion", "draft", "updatedversion")
)
PERIODICALS = frozenset(("journal", "magazine", "newspaper", "periodical", "other periodical"))
"""Not works but what works appear in."""
_PARTS = frozenset(
    (
        "annotation", "article", "book part", "book review", "commentary", "conference paper",
        "contribution to journal", "corrigendum", "data paper", "editorial", "journal article",
        "letter to the editor", "newspaper article", "report part", "research article", "review",
        "review article", "software paper",
    )
)  # fmt: skip


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    text = (files("loaders") / "data" / "publication_types.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def okm_type(value: object) -> str | None:
    """Return the label of a code of the Finnish classification, alone or before its name (`A1 Alku…`).

    Raises:
        ValueError: there is no such code.
    """
    if value in (None, ""):
        return None
    match = _OKM.match(value) if isinstance(value, str) else None
    label = _table()["okm"].get(match[1].upper()) if match else None
    if label is None:
        raise ValueError(f"{str(value)[:60]!r} is no publication type from A1 to I2")
    return label


def coar_type(value: str) -> str | None:
    """Return the label of a COAR resource type by its address, None for any other text."""
    match = _COAR.fullmatch(value.strip())
    return _table()["coar"].get(match[1]) if match else None


def type_label(value: str) -> str | None:
    """Return the label of whatever a repository calls a type; an unknown word is kept as it is.

    None for what says nothing of the kind, as `info:eu-repo/semantics/publishedVersion` does.
    """
    text = plain_text(value).strip(" .")
    if match := _EU_REPO.fullmatch(text):
        text = match[1]
        if text.lower() in _STATES:
            return None
    if text.startswith(("http://", "https://")):
        return coar_type(text)
    if (match := _OKM.match(text)) and (label := _table()["okm"].get(match[1].upper())):
        return label
    return _table()["words"].get(text.lower(), text) or None


def is_part(label: str | None) -> bool:
    """Return whether works of this type stand in a whole whose ISBN is not their own."""
    return label in _PARTS
