"""Bring the codes of languages that sources use to the two-letter ones of ISO 639-1."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_CODE = re.compile(r"(?:^|[/:#_])([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*$")
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "xx"})


@cache
def _two_letters() -> Mapping[str, str]:
    text = (files("loaders") / "data" / "iso639.toml").read_text(encoding="utf-8")
    table: Mapping[str, str] = tomllib.loads(text)["two_letters"]
    return table


def language_code(value: object) -> str | None:
    """Return the ISO 639-1 code of a language; the three-letter code if it has none of two letters.

    None for an absent value and for the codes that name no language (`und`, `mul`, `zxx`).

    Args:
        value: a code of ISO 639-1, 639-2 (`fre` and `fra` alike) or 639-3 in any case, with or without
            a region (`en-GB`), alone or at the end of an address or URN
            (`http://publications.europa.eu/resource/authority/language/FIN`).

    Raises:
        ValueError: it holds no such code.
    """
    if value in (None, ""):
        return None
    match = _CODE.search(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{str(value)[:60]!r} is no code of a language")
    code = match[1].lower()
    return None if code in _NO_LANGUAGE else _two_letters().get(code, code)
