"""How well each occupation fits a job title: the features from which the order is learned.

Titles are a few words, so all names of an occupation are compared, the alternative ones too: by
words, by n-grams of characters, and by the vectors of a small language model, in the title's
language and in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loaders.linking.dense import CachedEncoder, Encoder
from loaders.linking.index import ConceptIndex, Floats, Ints
from loaders.linking.lexical import TfIdf

WORDS = ("alt", "alt_in", "alt_gap", "char", "char_in", "char_gap")
DENSE = ("near", "near_gap", "cross", "cross_gap")
_TOP = 30
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Candidates:
    """The occupations that a title may mean, with one row of features each."""

    concepts: Ints
    rows: Floats


@dataclass(slots=True)
class _Language:
    first: Ints
    concepts: Ints
    alt: TfIdf
    char: TfIdf
    vectors: Floats | None = None


class OccupationRanker:
    """Measures over the names of occupations.

    Args:
        index: the occupations.
        encoder: the model, or None for words only.
        folder: where vectors of names are kept, or None. The first time they take minutes.
    """

    def __init__(self, index: ConceptIndex, encoder: Encoder | None, folder: Path | None) -> None:
        self.names = WORDS + (DENSE if encoder else ())
        self._index = index
        self._encoder = CachedEncoder(encoder, folder) if encoder else None
        self._languages: dict[str, _Language] = {}
        for code, names in index.names.items():
            first, size = names.first, len(index.skills)
            self._languages[code] = _Language(
                first,
                names.concepts[first],
                TfIdf(code, names.concepts, size).fit(names.texts),
                TfIdf(code, names.concepts, size, chars=True).fit(names.texts),
                self._encoder.index_vectors(names.texts) if self._encoder else None,
            )

    def candidates(self, titles: Sequence[str], language: str) -> Iterator[Candidates]:
        """Yield for each title of a language the occupations that it may mean."""
        for begin in range(0, len(titles), _BATCH):
            yield from self._of(titles[begin : begin + _BATCH], language)

    def _of(self, titles: Sequence[str], language: str) -> Iterator[Candidates]:
        measures = self._measures(titles, language)
        for place in range(len(titles)):
            chosen = []
            for matrix in measures.values():
                values = matrix[place]
                chosen.append(np.argpartition(-values, min(_TOP, len(values)) - 1)[:_TOP])
            concepts = np.unique(np.concatenate(chosen)).astype(np.int32)
            rows = np.zeros((len(concepts), len(self.names)), np.float32)
            for column, name in enumerate(self.names):
                rows[:, column] = _feature(name, measures, place)[concepts]
            yield Candidates(concepts, rows)

    def _measures(self, titles: Sequence[str], language: str) -> dict[str, Floats]:
        here = self._languages.get(language) or next(iter(self._languages.values()))
        found: dict[str, Floats] = {}
        found["alt"], found["alt_in"] = here.alt.score(titles)
        found["char"], found["char_in"] = here.char.score(titles)
        if self._encoder is not None:
            spoken = self._encoder.encode(titles)
            found["near"] = self._near(spoken, here)
            found["cross"] = self._near(spoken, self._languages.get("en", here))
        return found

    def _near(self, spoken: Floats, here: _Language) -> Floats:
        """Return the best cosine with any name of each occupation."""
        assert here.vectors is not None
        cosines = spoken @ here.vectors.T
        scores: Floats = np.empty((len(spoken), len(self._index.skills)), np.float32)
        scores[:] = cosines.min(axis=1, keepdims=True)
        scores[:, here.concepts] = np.maximum.reduceat(cosines, here.first, axis=1)
        return scores


def _feature(name: str, measures: dict[str, Floats], place: int) -> Floats:
    """Return one feature of all occupations: cosines of vectors in units of their spread."""
    measure = name.removesuffix("_gap")
    values: Floats = measures[measure][place]
    spread = (float(values.std()) or 1.0) if measure in DENSE else 1.0
    if name.endswith("_gap"):
        gap: Floats = (values - values.max()) / spread
        return gap
    if measure in DENSE:
        scaled: Floats = (values - values.mean()) / spread
        return scaled
    return values
