"""What words may mean, as arrays that all processes share: names by their words, 100 MB less in each.

A name is found by a 64-bit digest of its language and words; that another sequence of words has the
digest of one of 200,000 names has a chance of one in 10 to the 14th.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from loaders.linking.cache import Arrays

Row = tuple[str, str, str, str, bool, bool, str | None, bool]
"""Language, words, and the fields of a `Sense`: skill, label, preferred, transversal, as written,
translated."""
Meaning = tuple[str, str, bool, bool, str | None, bool]
_REMEMBERED = 20_000


class SenseTable:
    """The table.

    Args:
        arrays: what `arrays` returned, or the same from disk.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._begins, self._lengths, self._keys, self._starts, self._texts, self._flags, ends, blob = (
            memoryview(array.data) for array in arrays
        )
        self._ends, self._blob = ends, blob
        self.longest = lru_cache(_REMEMBERED)(self._longest)
        """Words of the longest name in a language that begins with a word; 0 if none does."""
        self.get = lru_cache(_REMEMBERED)(self._get)
        """What a sequence of words, with blanks between them, means in a language."""

    @staticmethod
    def arrays(rows: Iterable[Row]) -> Arrays:
        """Return the table of some names; those of the same words stay in their order."""
        by_key: dict[int, list[Row]] = defaultdict(list)
        longest: dict[int, int] = defaultdict(int)
        for row in rows:
            language, words = row[:2]
            by_key[_digest(language, words)].append(row)
            begin = _digest(language, words.partition(" ")[0])
            longest[begin] = max(longest[begin], words.count(" ") + 1)
        keys, begins = sorted(by_key), sorted(longest)
        sorted_rows = [row for key in keys for row in by_key[key]]
        texts = sorted({text for row in sorted_rows for text in (row[2], row[3], row[6] or "")})
        place = {text: number for number, text in enumerate(texts)}
        encoded = [text.encode() for text in texts]
        return (
            np.array(begins, np.uint64),
            np.array([longest[begin] for begin in begins], np.uint8),
            np.array(keys, np.uint64),
            _sums(len(by_key[key]) for key in keys),
            np.array(
                [place[text] for row in sorted_rows for text in (row[2], row[3], row[6] or "")], "u4"
            ),
            np.array([row[4] + 2 * row[5] + 4 * row[7] for row in sorted_rows], np.uint8),
            _sums(map(len, encoded)),
            np.frombuffer(b"".join(encoded), np.uint8),
        )

    def _longest(self, language: str, word: str) -> int:
        found = _find(self._begins, _digest(language, word))
        return 0 if found is None else int(self._lengths[found])

    def _get(self, language: str, words: str) -> tuple[Meaning, ...]:
        found = _find(self._keys, _digest(language, words))
        if found is None:
            return ()
        return tuple(map(self._meaning, range(self._starts[found], self._starts[found + 1])))

    def _meaning(self, row: int) -> Meaning:
        skill, label, written = (self._text(self._texts[3 * row + part]) for part in range(3))
        flags = self._flags[row]
        return skill, label, bool(flags & 1), bool(flags & 2), written or None, bool(flags & 4)

    def _text(self, number: int) -> str:
        return bytes(self._blob[self._ends[number] : self._ends[number + 1]]).decode()


def _digest(language: str, words: str) -> int:
    return int.from_bytes(blake2b(f"{language} {words}".encode(), digest_size=8).digest(), "big")


def _find(keys: memoryview, key: int) -> int | None:
    place = bisect_left(keys, key)
    return place if place < len(keys) and keys[place] == key else None


def _sums(sizes: Iterable[int]) -> NDArray[np.uint32]:
    """Return where each of several parts begins, and where the last one ends."""
    return np.cumsum([0, *sizes]).astype(np.uint32)
