"""Words of a text with their places, and the form under which words of one kind meet.

Finnish and Swedish words are brought to their lemma with simplemma. English only loses its plural:
deeper forms join what should stay apart (`mechanisms` and `mechanics`, `computing` and `compute`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy

_WORD = re.compile(r"[^\W_]+[+#]{0,2}")
_PLURALS_OF_THEIR_OWN = frozenset({"arms", "communications", "customs", "goods", "securities"})
"""English plurals that are other things than several of the singular."""
_SHORTEST_PART = 3
_ENDINGS = {
    # Case, possessive and clitic; the stem's last vowels may change before them.
    "fi": re.compile(
        r"[aeiouyäöj]{0,2}"
        r"(?:n|t|a|ä|ta|tä|ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|n[aä]|ks[ie]|tt[aä]|h[aeiouyäö]n|seen"
        r"|siin|den|tten|in|en)?"
        r"(?:ni|si|ns[aä]|mme|nne|[aeiouyäö]n)?(?:kin|k[aä]{2}n|k[oö]|h[aä]n|p[aä])?"
    ),
    "sv": re.compile(r"(?:e|a|o)?(?:rna|r|na|n|t|de|re|st|d|des|dd)?(?:a|e|s)?"),
}
_lemmas = Lemmatizer(lemmatization_strategy=DefaultStrategy(low_memory=True))
"""Reads the dictionaries as they are packed: 70 MB instead of 440, at 60 microseconds a new word."""


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
    if language in _ENDINGS:
        return _lemma(word.lower(), language).casefold()
    folded = word.casefold()
    return _singular(folded) if language == "en" else folded


def _lemma(word: str, language: str) -> str:
    """Return simplemma's lemma, unless it lost the last part of a compound.

    simplemma cuts words that it does not know: `toimintatiede` becomes `toiminta`. If what was cut
    is no ending, it is a word of its own and gets its own lemma.
    """
    lemma = str(_lemmas.lemmatize(word, lang=language))
    if not lemma or not word.startswith(lemma):
        return lemma
    tail = word[len(lemma) :]
    if len(tail) < _SHORTEST_PART or _ENDINGS[language].fullmatch(tail):
        return lemma
    return lemma + str(_lemmas.lemmatize(tail, lang=language))


def _singular(word: str) -> str:
    if word in _PLURALS_OF_THEIR_OWN:
        return word
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ics")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zzes")):
        return word[:-2]
    return word[:-1]
