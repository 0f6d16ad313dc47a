"""Names that share words or parts of words with a text: TF-IDF over word and character n-grams.

n-grams are hashed into a fixed number of columns, so that an index needs no vocabulary and a text is
turned into a row without a Python loop over its characters. Rows have length one; a score is a cosine.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from loaders.linking.cache import Arrays, arrays_of
from loaders.linking.index import Floats, Ints
from loaders.linking.words import words

Sparse: TypeAlias = Any
"""A sparse matrix of scipy, which has no types."""

Columns = NDArray[np.int64]

WORD_COLUMNS = 1 << 20
CHAR_COLUMNS = 1 << 18
_CHAR_LENGTHS = (3, 4, 5)
_MIX = np.uint64(0x9E3779B97F4A7C15)


class TfIdf:
    """The names of concepts; `score` compares texts with all of them.

    Args:
        language: language of the names and texts (their words are normalised by it).
        owners: number of the concept of each name; of several names the best one counts.
        size: how many concepts there are.
        chars: whether n-grams of characters (3 to 5) count, else of words (1 and 2).
    """

    version = 2
    """Of the way that n-grams are made and kept: indices on disk of another one are not used."""

    def __init__(self, language: str, owners: Ints, size: int, chars: bool = False) -> None:
        self._language = language
        self._owners = owners
        self._size = size
        self._chars = chars
        self._idf: Floats = np.zeros(0, np.float32)
        self._postings: Any = None
        self._shares: Any = None

    def fit(self, names: Sequence[str], path: Path | None = None) -> TfIdf:
        """Learn how rare each n-gram is among the names, and index them.

        Args:
            names: the names, one for each owner.
            path: where the index of just these names is kept, see `arrays_of`.
        """
        idf, cosines, shares, *where = arrays_of(path, lambda: self._index(names))
        shape = len(idf), len(names)
        self._idf = idf
        self._postings = sparse.csr_matrix((cosines, *where), shape=shape)
        self._shares = sparse.csr_matrix((shares, *where), shape=shape)
        return self

    def _index(self, names: Sequence[str]) -> Arrays:
        counts = self._counts(names)
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        self._idf = (np.log((1.0 + len(names)) / (1.0 + frequency)) + 1.0).astype(np.float32)
        postings = self._weighted(counts).T.tocsr()
        shares = self._shared(counts).T.tocsr()
        return self._idf, postings.data, shares.data, postings.indices, postings.indptr

    def score(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return how texts (rows) and concepts (columns) go together.

        Returns:
            The cosines; and which share of each name stands in the text, rare n-grams counting more
            (a long text does not lower it).
        """
        counts = self._counts(texts)
        cosines = self._best(self._weighted(counts) @ self._postings)
        counts.data[:] = 1.0
        return cosines, self._best(counts @ self._shares)

    def _best(self, by_name: Sparse) -> Floats:
        """Return the best score of each concept."""
        rows = np.repeat(np.arange(by_name.shape[0]) * self._size, np.diff(by_name.indptr))
        best = np.zeros(by_name.shape[0] * self._size, np.float32)
        np.maximum.at(best, rows + self._owners[by_name.indices], by_name.data)
        return best.reshape(by_name.shape[0], self._size)

    def _shared(self, counts: Sparse) -> Sparse:
        rows = counts.copy()
        rows.data = self._idf[rows.indices] ** 2
        total = np.asarray(rows.sum(axis=1)).ravel()
        scale = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
        rows.data *= np.repeat(scale, np.diff(rows.indptr)).astype(np.float32)
        return rows

    def _weighted(self, counts: Sparse) -> Sparse:
        rows = counts.copy()
        rows.data = (1.0 + np.log(rows.data)) * self._idf[rows.indices]
        length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
        rows.data *= np.repeat(scale, np.diff(rows.indptr)).astype(np.float32)
        return rows

    def _counts(self, texts: Sequence[str]) -> Sparse:
        """Return the counts of n-grams: a sparse row for each text."""
        each = [char_grams(text) if self._chars else word_grams(text, self._language) for text in texts]
        lengths = np.fromiter((len(found) for found in each), np.int64, len(each))
        columns = np.concatenate(each) if each else np.zeros(0, np.int64)
        rows = np.repeat(np.arange(len(each)), lengths)
        width = CHAR_COLUMNS if self._chars else WORD_COLUMNS
        ones = np.ones(len(columns), np.float32)
        return sparse.csr_matrix((ones, (rows, columns)), shape=(len(each), width))


def word_grams(text: str, language: str) -> Columns:
    """Return the columns of the words of a text and of its pairs of neighbours."""
    each = [_column(word.form) for word in words(text, language)]
    single = np.array(each, np.uint64)
    pairs = ((single[:-1] * np.uint64(31)) ^ single[1:]) * _MIX
    both = np.concatenate([single * _MIX, pairs]) >> np.uint64(44)
    return both.astype(np.int64)


@lru_cache(maxsize=200_000)
def _column(word: str) -> int:
    return zlib.crc32(word.encode()) + 1


def char_grams(text: str) -> Columns:
    """Return the columns of the character n-grams of a text; each word counts for itself."""
    plain = " " + " ".join(
        "".join(c if c.isalnum() or c in "+#" else " " for c in text.lower()).split()
    )
    codes = np.frombuffer((plain + " ").encode("utf-32-le"), np.uint32).astype(np.uint64)
    blank = codes == 32
    found = []
    for length in _CHAR_LENGTHS:
        count = len(codes) - length + 1
        if count <= 0:
            continue
        value = np.full(count, length, np.uint64)
        crosses = np.zeros(count, np.bool_)
        for offset in range(length):
            value = value * np.uint64(1_000_003) + codes[offset : offset + count]
            if 0 < offset < length - 1:
                crosses |= blank[offset : offset + count]
        found.append((value * _MIX)[~crosses] >> np.uint64(46))
    return np.concatenate(found).astype(np.int64) if found else np.zeros(0, np.int64)
