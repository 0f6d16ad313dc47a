"""Numbers of publications as sources write them: DOI, ISBN, ISSN and URN, checked and in one form."""

from __future__ import annotations

import html
import re

from loaders.keys import SICI
from loaders.texts.text import parse_doi

_DOI = re.compile(rf"10\.\d{{4,9}}/(?:[^\s\"<>]|{SICI})+")
_ISBN = re.compile(r"(?<!\d)(?:97[89][-\u2010-\u2013 ]?)?(?:\d[-\u2010-\u2013 ]?){9}[\dXx](?![\dXx])")
_ISSN = re.compile(r"(?<![\d-])(\d{4})[-\u2010-\u2013 ]?(\d{3}[\dXx])(?![\d-])")
_NBN = re.compile(r"urn:nbn:([a-z]{2})([:-])([^\s?#/]+)", re.IGNORECASE)
_PAIRS = {"(": ")", "[": "]", "<": ">"}


def doi_in(value: object) -> str | None:
    """Return the DOI that a field of DOIs holds, in lower case, whatever stands around it.

    `https://doi.org/10.1/x`, `DOI: 10.1/x`, an address at a publisher's that ends in the DOI, and
    addresses in which a find-and-replace of the source has damaged the word `doi`.

    Raises:
        ValueError: there is none in it.
    """
    if value in (None, ""):
        return None
    match = _DOI.search(html.unescape(value)) if isinstance(value, str) else None
    text = match[0].rstrip(".,;:'") if match else value
    while isinstance(text, str) and text[-1:] in _PAIRS.values():
        opening = next(key for key, closing in _PAIRS.items() if closing == text[-1])
        if text.count(opening) >= text.count(text[-1]):
            break
        text = text[:-1].rstrip(".,;:'")
    return parse_doi(text)


def parse_isbn(value: object) -> str | None:
    """Return the thirteen digits of an ISBN, also of one of ten digits and of `URN:ISBN:…`.

    Raises:
        ValueError: it is no ISBN, or its check digit is wrong.
    """
    if value in (None, ""):
        return None
    match = _ISBN.search(value) if isinstance(value, str) else None
    digits = re.sub(r"[^\dX]", "", match[0].upper()) if match else ""
    if len(digits) == 10:
        total = sum((10 - place) * _digit(digit) for place, digit in enumerate(digits))
        if total % 11 == 0 and "X" not in digits[:9]:
            body = "978" + digits[:9]
            return body + str(-_weighed(body) % 10)
    elif len(digits) == 13 and "X" not in digits and _weighed(digits) % 10 == 0:
        return digits
    raise ValueError(f"{str(value)[:60]!r} is no ISBN")


def parse_issn(value: object) -> str | None:
    """Return an ISSN as `1234-5679`.

    Raises:
        ValueError: it is no ISSN, or its check digit is wrong.
    """
    if value in (None, ""):
        return None
    match = _ISSN.search(value) if isinstance(value, str) else None
    if match:
        digits = (match[1] + match[2]).upper()
        if sum((8 - place) * _digit(digit) for place, digit in enumerate(digits)) % 11 == 0:
            return f"{digits[:4]}-{digits[4:]}"
    raise ValueError(f"{str(value)[:60]!r} is no ISSN")


def nbn_in(value: object) -> str | None:
    """Return the national bibliography number in a text or address (`urn:nbn:fi:tty-20…`), if any."""
    match = _NBN.search(value) if isinstance(value, str) else None
    return f"urn:nbn:{match[1].lower()}{match[2]}{match[3]}" if match else None


def _digit(digit: str) -> int:
    return 10 if digit == "X" else int(digit)


def _weighed(digits: str) -> int:
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
