"""Values that formats of courses share: addresses, ESCO skills, fields of education, EQF levels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_NOT_IN_ADDRESS = re.compile(r"[\s<>\"{}|\\^`\x00-\x1f\x7f\ud800-\udfff]")
_ESCO_SKILL = re.compile(r"^https?://data\.europa\.eu/esco/skill/([A-Za-z0-9.-]+)/?$")
_EQF = re.compile(r"^(?:.*eqf[/_ -]*|.*\blevel\s*)?([0-8])$", re.IGNORECASE)
_LONGEST_ADDRESS = 2000


def web_address(value: object) -> str | None:
    """Return an http(s) address that can stand in the graph, None if it is absent.

    Raises:
        ValueError: it is no such address.
    """
    if value in (None, ""):
        return None
    text = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or _NOT_IN_ADDRESS.search(text) or len(text) > _LONGEST_ADDRESS:
        raise ValueError(f"{str(value)[:80]!r} is no web address")
    return text


def esco_skill(value: object) -> str | None:
    """Return the URI of an ESCO skill in ESCO's own form (http), None if it is absent.

    Whether ESCO knows the skill is not checked here: the graph compares it with the version it holds.

    Raises:
        ValueError: it is no URI of an ESCO skill.
    """
    if value in (None, ""):
        return None
    match = _ESCO_SKILL.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{str(value)[:80]!r} is no ESCO skill")
    return f"http://data.europa.eu/esco/skill/{match[1]}"


def isced_field(value: object) -> str | None:
    """Return a field of education as an ISCED-F 2013 code of two to four digits.

    National extensions go on with more digits (`073101`); the first four are ISCED-F. None for an
    absent value and for `99`, `999`, `9999` (unknown).

    Args:
        value: the code, alone or at the end of an address or of another code
            (`http://data.europa.eu/esco/isced-f/0613`, `…koulutusalataso3_0613#1`).

    Raises:
        ValueError: it holds no such code.
    """
    if value in (None, ""):
        return None
    text = value.strip() if isinstance(value, str) else ""
    match = re.search(r"(?:^|[/_#-])(\d{2,6})(?:#\d+)?$", text)
    if match is not None and match[1].startswith("99"):
        return None
    if match is None or int(match[1][:2]) > 10:
        raise ValueError(f"{str(value)[:60]!r} is no field of ISCED-F")
    return match[1][:4]


def narrowest(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of fields, each once, without those above others of them (`06`, `0613`)."""
    distinct = list(dict.fromkeys(codes))
    return tuple(
        code for code in distinct if not any(o != code and o.startswith(code) for o in distinct)
    )


def eqf_level(value: object) -> int | None:
    """Return a level of the European Qualifications Framework, 1 to 8.

    None for an absent value and for level 0, with which some sources mean "below the framework".

    Args:
        value: a number, `eqf_6`, `EQF 6`, `Level 6`, or an address that ends with `/eqf/6`.

    Raises:
        ValueError: it is none of these.
    """
    if value in (None, ""):
        return None
    match = _EQF.match(str(value).strip()) if isinstance(value, str | int) else None
    if match is None or isinstance(value, bool):
        raise ValueError(f"{str(value)[:60]!r} is no level of the EQF")
    return int(match[1]) or None
