"""Which alternative names say something new: a few of each concept get a vector of their own.

ESCO has seven alternative names for a skill, many of them the same words in another order. Of each
concept those are taken, one after the other, that add the rarest words to the names taken so far.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from loaders.linking.index import Ints, Names
from loaders.linking.words import words

MOST = 3
"""Alternative names of a concept at most."""
_LEAST = 0.01
_WORD_COSTS = 0.1


def telling_names(names: Names, language: str, most: int = MOST) -> Ints:
    """Return the places of the first name of each concept and of its telling alternative ones.

    Args:
        names: all names of one language.
        language: of the names.
        most: alternative names of a concept at most.
    """
    forms = [frozenset(word.form for word in words(text, language)) for text in names.texts]
    frequency = Counter(form for each in forms for form in each)
    rarity = {form: math.log(len(forms) / count) for form, count in frequency.items()}
    first = names.first
    chosen: list[int] = []
    for begin, end in zip(first, [*first[1:], len(forms)], strict=True):
        taken, seen, left = [int(begin)], set(forms[begin]), list(range(int(begin) + 1, int(end)))
        while left and len(taken) <= most:
            gain, place = max((_gain(forms[place], seen, rarity), -place) for place in left)
            if gain < _LEAST:
                break
            seen |= forms[-place]
            left.remove(-place)
            taken.append(-place)
        chosen += sorted(taken)
    return np.array(chosen, np.int32)


def _gain(forms: frozenset[str], seen: set[str], rarity: dict[str, float]) -> float:
    """Return the rarity of the new words of a name; long names count a little less."""
    return sum(rarity[form] for form in sorted(forms - seen)) / (1.0 + _WORD_COSTS * len(forms))
