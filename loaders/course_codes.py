"""Find the codes of courses that a text about prerequisites names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_WORD = re.compile(r"[A-Za-zÅÄÖåäö0-9]+(?:[-.][A-Za-zÅÄÖåäö0-9]+)*")
_LOOKS_LIKE_A_CODE = re.compile(
    r"^(?!ISO|IEC|IEEE|SFS|EN-)(?:[A-Z]{2,5}\d?-[A-Z]{0,2}\d{3,5}|[A-Z]{2,5}(?:\.[A-Z]{2,5}){1,2}\.\d{3})$"
)
"""`CS-C3240`, `LC-0740` (Aalto, Oulu) and `COMP.CS.100` (Tampere); no standards (ISO-9001)."""


def codes_in(texts: Iterable[str], known: Collection[str], own: str) -> tuple[str, ...]:
    """Return the course codes that stand in some texts, in order, each once.

    Args:
        texts: prerequisites in any languages.
        known: codes of the source's own courses; such a word counts whatever it looks like.
        own: the course's own code, which is no prerequisite.
    """
    found: dict[str, None] = {}
    for text in texts:
        for word in _WORD.findall(text):
            code = word.rstrip(".-")
            is_code = code in known or _LOOKS_LIKE_A_CODE.match(code)
            if is_code and code != own and any(char.isdigit() for char in code):
                found.setdefault(code)
    return tuple(found)
