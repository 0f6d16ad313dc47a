"""Words of a text with their places, and the form under which words of one kind meet.

Finnish and Swedish words are brought to their lemma with simplemma. English only loses its plural:
deeper forms join what should stay apart (`mechanisms` and `mechanics`, `computing` and `compute`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import simplemma

_WORD = re.compile(r"[^\W_]+[+#]{0,2}")
_LEMMATISED = frozenset({"fi", "sv"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its normal form and where it stands (code points, end exclusive)."""

    form: str
    start: int
    end: int


def words(text: str, language: str) -> list[Word]:
    """Split a text into words of a language; hyphens and other signs separate."""
    return [
        Word(normal_form(match.group(), language), match.start(), match.end())
        for match in _WORD.finditer(text)
    ]


@lru_cache(maxsize=200_000)
def normal_form(word: str, language: str) -> str:
    """Return the form under which a word is compared."""
    if language in _LEMMATISED:
        return str(simplemma.lemmatize(word.lower(), lang=language)).casefold()
    folded = word.casefold()
    return _singular(folded) if language == "en" else folded


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ics")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zzes")):
        return word[:-2]
    return word[:-1]
