"""The values of Pure: texts in locales, classifications with an address, dates in parts.

The web service 5.x and the newer CRUD interface write each of them differently, and so did earlier
releases of the web service; all forms are understood wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from loaders.research.handles import repository_host
from loaders.texts.jats import jats_text
from loaders.texts.languages import language_code
from loaders.universities import key_of_host

_LOCALE = re.compile(r"[a-z]{2,3}(?:[_-][A-Za-z]{2,4})?")
_UUID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NO_LANGUAGE = frozenset(("other", "undefined", "unknown", "multiple", "none"))


def texts_of(value: object) -> dict[str, str]:
    """Return language → plain text; `und` where no locale is told, the first text of each language.

    Args:
        value: `{"text": [{"locale": "en_GB", "value": …}]}` or just that list (web service 5.x),
            `{"en_GB": …}` (CRUD), `{"value": …}`, or a text.

    Raises:
        ValueError: it is something else.
    """
    found: dict[str, str] = {}
    for locale, text in _pairs(value):
        plain = jats_text(text)
        if plain:
            found.setdefault(language_of(locale) or "und", plain)
    return found


def _pairs(value: object) -> Iterable[tuple[object, object]]:
    if value is None:
        return ()
    if isinstance(value, str):
        return ((None, value),)
    if isinstance(value, list):
        return [pair for entry in value for pair in _pairs(entry)]
    if not isinstance(value, Mapping):
        raise ValueError(f"a text was expected, not {str(value)[:60]!r}")
    if "text" in value:
        return _pairs(value["text"])
    for name in ("value", "title", "issn"):
        if name in value:
            inner = value[name]
            nested = isinstance(inner, Mapping | list)
            return _pairs(inner) if nested else ((value.get("locale"), inner),)
    return [(key, text) for key, text in value.items() if _LOCALE.fullmatch(key)]


def text_of(value: object) -> str:
    """Return one plain text, English or Finnish first; "" if there is none.

    Raises:
        ValueError: it is something else than a text in some form.
    """
    texts = texts_of(value)
    return next((texts[tag] for tag in ("en", "fi", "sv") if tag in texts), None) or next(
        iter(texts.values()), ""
    )


def language_of(value: object) -> str | None:
    """Return the ISO 639-1 code of a locale (`en_GB`) or of the address of a language.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, str) and value.rsplit("/", 1)[-1].lower() in _NO_LANGUAGE:
        return None
    return language_code(value)


def uri_of(value: object) -> str:
    """Return the address of a classification, "" if it has none: `/dk/atira/pure/…/article`.

    Earlier releases give a list with one entry per locale.
    """
    if isinstance(value, list):
        return next(filter(None, map(uri_of, value)), "")
    uri = value.get("uri") if isinstance(value, Mapping) else None
    return uri.strip() if isinstance(uri, str) else ""


def last_word(value: object) -> str:
    """Return the last part of the address of a classification, in lower case."""
    return uri_of(value).rstrip("/").rsplit("/", 1)[-1].lower()


def term_of(value: object) -> dict[str, str]:
    """Return the texts of a classification.

    Raises:
        ValueError: they are no texts.
    """
    if isinstance(value, Mapping):
        return texts_of(value.get("term", value.get("value")))
    return texts_of(value)


def date_parts(value: object) -> list[object]:
    """Return year, month and day of `{"year": 2020, "month": 3}` or `2020-03-01`, as far as given.

    Raises:
        ValueError: it is neither.
    """
    if value in (None, ""):
        return []
    if isinstance(value, str):
        return list(value.split("T")[0].split("-"))
    if not isinstance(value, Mapping):
        raise ValueError(f"a date was expected, not {str(value)[:60]!r}")
    return [value.get(name) for name in ("year", "month", "day")]


def uuid_of(value: object) -> str | None:
    """Return the UUID of a thing or of a reference to one, in lower case; None if it has none."""
    uuid = value.get("uuid") if isinstance(value, Mapping) else None
    text = uuid.strip().lower() if isinstance(uuid, str) else ""
    return text if _UUID.fullmatch(text) else None


def portal_of(value: Mapping[str, Any]) -> str | None:
    """Return the address of a thing's page on the portal; None if it has none."""
    info = value.get("info")
    address = value.get("portalUrl") or (info.get("portalUrl") if isinstance(info, Mapping) else None)
    good = isinstance(address, str) and re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", address.strip())
    return str(address).strip() if good else None


def source_of(portal: str | None) -> str | None:
    """Return what tells the installations of Pure apart: the university's key, else the host."""
    try:
        host = urlsplit(portal or "").hostname
    except ValueError:
        return None
    return (key_of_host(host) or repository_host(host)) if host else None
