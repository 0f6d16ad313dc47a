"""Cut texts into the pieces of a vocabulary as SentencePiece's unigram model does.

Of all ways to cut a word the likeliest counts (Kudo 2018, https://aclanthology.org/P18-1007). No piece
of such a vocabulary goes across a blank, so each word is cut by itself, and only once.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

_BLANK = "\u2581"
"""What stands for the blank before a word."""
_WORDS = 100_000
"""Words whose pieces are remembered."""
_UNKNOWN = 10.0
"""By how much an unknown character is less likely than the rarest piece."""


class Unigram:
    """One vocabulary.

    Args:
        pieces: text of each piece; its place is its number.
        scores: log-likelihood of each.
        unknown: number of the piece for unknown characters.
        normal: code point → what stands for it.
    """

    def __init__(
        self,
        pieces: Sequence[str],
        scores: Sequence[float],
        unknown: int,
        normal: Mapping[int, str],
    ) -> None:
        self._scores = array("d", scores)
        self._pieces: dict[str, int] = {}
        for number, piece in enumerate(pieces):
            if piece and number != unknown:
                self._pieces.setdefault(piece, number)
        self._longest = max(map(len, self._pieces), default=0)
        self._unknown = unknown
        self._unknown_score = min(scores, default=0.0) - _UNKNOWN
        self._normal = dict(normal)
        self._known: dict[str, list[int]] = {}

    def numbers(self, text: str) -> list[int]:
        """Return the numbers of the pieces of a text."""
        plain = text.translate(self._normal)
        while "  " in plain:
            plain = plain.replace("  ", " ")
        found: list[int] = []
        for word in plain.removeprefix(" ").split(" "):
            cut = self._known.get(word)
            if cut is None:
                if len(self._known) >= _WORDS:
                    self._known.clear()
                cut = self._known[word] = self._cut(_BLANK + word)
            found += cut
        return found

    def _cut(self, word: str) -> list[int]:
        """Return the likeliest pieces of one word (Viterbi)."""
        size = len(word)
        best = [0.0] + [float("-inf")] * size
        number, begin = [0] * (size + 1), [0] * (size + 1)
        for start in range(size):
            unknown = best[start] + self._unknown_score
            if unknown > best[start + 1]:
                best[start + 1], number[start + 1], begin[start + 1] = unknown, self._unknown, start
            for end in range(start + 1, min(size, start + self._longest) + 1):
                piece = self._pieces.get(word[start:end])
                if piece is not None:
                    total = best[start] + self._scores[piece]
                    if total > best[end]:
                        best[end], number[end], begin[end] = total, piece, start
        found = []
        while size:
            found.append(number[size])
            size = begin[size]
        return found[::-1]
