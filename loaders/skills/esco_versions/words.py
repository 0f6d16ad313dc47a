"""Words of labels and descriptions, weighed by how rare they are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_COMMON = {
    "en": (
        "a an and are as at be by for from in into is it its of on or such that the their this to use "
        "using which with within your"
    ),
    "fi": "ja tai on sekä että joka jotka eli esimerkiksi kuten",
    "sv": "och att det som för med av den en ett i på till eller är",
}
_COMMON_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s")


def words_of(text: str, language: str) -> list[str]:
    """Return the words that carry meaning; in English without their endings."""
    common = _COMMON_WORDS.get(language, frozenset())
    words = [word for word in _WORD.findall(text.casefold()) if word not in common]
    return [_stem(word) for word in words] if language == "en" else words


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def likeness(left: str, right: str, language: str) -> float:
    """Return how many words two labels have in common, 0 to 1."""
    first, second = set(words_of(left, language)), set(words_of(right, language))
    if not first or not second:
        return float(first == second)
    return 2 * len(first & second) / (len(first) + len(second))


class Weights:
    """How much each word tells: the rarer it is among all texts, the more."""

    def __init__(self, texts: Iterable[set[str]]) -> None:
        self._found: Counter[str] = Counter()
        self._texts = 0
        for words in texts:
            self._found.update(words)
            self._texts += 1

    def weight(self, word: str) -> float:
        """Return the weight of a word, 0 or more."""
        return max(0.0, math.log((self._texts + 1) / (self._found[word] + 1)))

    def covered(self, words: set[str], by: set[str]) -> float:
        """Return the weighed share of words that another text has too, 0 to 1."""
        total = sum(map(self.weight, words))
        return sum(map(self.weight, words & by)) / total if total else 0.0
