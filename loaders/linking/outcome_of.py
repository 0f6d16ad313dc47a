"""Which learning outcome a sentence of the outcomes' text belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NO_LETTER = re.compile(r"[\W_]+")
_SHORTEST = 8


class Outcomes:
    """The outcomes of one course, as `loaders.texts.outcomes.split_outcomes` made them.

    A sentence of the text and an outcome are cut by different rules (an outcome may have the words of a
    list's beginning before it), so the one holds the other, but for punctuation.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = [(_bare(text), iri) for text, iri in texts.items()]

    def holding(self, sentence: str) -> str | None:
        """Return the IRI of the outcome that holds the sentence, or that it holds, or None."""
        bare = _bare(sentence)
        if len(bare) < _SHORTEST:
            return None
        for text, iri in self._texts:
            if bare in text:
                return iri
        inside = [
            (len(text), iri) for text, iri in self._texts if len(text) >= _SHORTEST and text in bare
        ]
        return max(inside)[1] if inside else None


def _bare(text: str) -> str:
    return _NO_LETTER.sub(" ", text).strip().casefold()
