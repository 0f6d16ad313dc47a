"""Addresses of concepts in the vocabularies that sources point to by code."""

from __future__ import annotations

import re

FIELDS_OF_SCIENCE = "http://uri.suomi.fi/codelist/research/Tieteenala2010"
"""Statistics Finland's classification of fields of science 2010, on the interoperability platform."""
YSO = "http://www.yso.fi/onto/yso/"


def field_of_science(code: object) -> str | None:
    """Return the address of a field of science by its code (`113`, `3111`), None for an empty one.

    Raises:
        ValueError: it is no code of one to four digits.
    """
    if code in (None, ""):
        return None
    text = str(code).strip()
    if isinstance(code, bool) or not re.fullmatch(r"\d{1,4}", text):
        raise ValueError(f"{text[:40]!r} is no field of science")
    return f"{FIELDS_OF_SCIENCE}/code/{text}"


def yso(value: object) -> str | None:
    """Return the address of a YSO concept from `http(s)://www.yso.fi/onto/yso/p1265` or `p1265`.

    None for anything else: sources mix keywords with concepts.
    """
    match = re.search(r"(?:^|/yso/)(p\d+)$", value.strip()) if isinstance(value, str) else None
    return f"{YSO}{match[1]}" if match else None
