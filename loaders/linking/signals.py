"""How near each sentence is to each concept, by several measures: one matrix per measure.

Measures (rows are sentences, columns concepts):

* `word`, `alt`, `char`: cosine of TF-IDF rows with the preferred names, with all names, and by
  n-grams of characters; `word_in`, `alt_in`, `char_in`: which share of the name stands in the sentence.
* `near`: cosine of vectors with the name in the sentence's language; `cross`: with the English name;
  `tuned`: a bilinear form of the vectors, learned from pairs of sentences and skills (`tuning.npy`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from loaders.linking.cache import keep
from loaders.linking.dense import CachedEncoder
from loaders.linking.index import ConceptIndex, Floats, Ints
from loaders.linking.lexical import TfIdf

LEXICAL = ("word", "word_in", "alt", "alt_in", "char", "char_in")
DENSE = ("near", "cross", "tuned")


@dataclass(slots=True)
class _Language:
    """What is searched for sentences of one language."""

    first: Ints
    concepts: Ints
    word: TfIdf
    alt: TfIdf
    char: TfIdf
    vectors: Floats | None = None


class Signals:
    """All measures over one concept index.

    Args:
        index: the concepts.
        encoder: the model, or None: then the dense measures are left out.
        folder: where computed indices are kept, or None: nowhere.
        tuning: the bilinear form, or None: `tuned` is `near`.
    """

    def __init__(
        self,
        index: ConceptIndex,
        encoder: CachedEncoder | None,
        folder: Path | None = None,
        tuning: Floats | None = None,
    ) -> None:
        self.index = index
        self.encoder = encoder
        self._folder = folder
        self._tuning = tuning
        self._languages = {code: self._search(code) for code in index.names}
        self._tuned: dict[str, Floats] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The measures that are there."""
        return LEXICAL + (DENSE if self.encoder else ())

    def of(self, sentences: Sequence[str], language: str) -> dict[str, Floats]:
        """Return every measure of some sentences of one language."""
        if len(sentences) == 1:  # numpy multiplies a single row in another way: other last digits
            return {name: found[:1] for name, found in self.of([*sentences] * 2, language).items()}
        size = len(self.index.skills)
        found: dict[str, Floats] = {}
        here = self._languages.get(language)
        for name in ("word", "alt", "char"):
            if here is None:
                found[name] = found[f"{name}_in"] = np.zeros((len(sentences), size), np.float32)
            else:
                tfidf: TfIdf = getattr(here, name)
                found[name], found[f"{name}_in"] = tfidf.score(sentences)
        if self.encoder is not None:
            spoken = self.encoder.encode(sentences)
            english = self._near(spoken, "en")
            found["near"] = self._near(spoken, language) if language in self._languages else english
            found["cross"] = english if "en" in self._languages else found["near"]
            found["tuned"] = self._near_tuned(spoken, language)
        return found

    def _near(self, spoken: Floats, language: str) -> Floats:
        here = self._languages.get(language) or next(iter(self._languages.values()))
        scores: Floats = np.full((len(spoken), len(self.index.skills)), 0.0, np.float32)
        if here.vectors is not None:
            product = spoken @ here.vectors.T
            scores[:] = product.mean(axis=1, keepdims=True) if product.size else 0.0
            scores[:, here.concepts] = product
        return scores

    def _near_tuned(self, spoken: Floats, language: str) -> Floats:
        if self._tuning is None:
            return self._near(spoken, language)
        bent = tune(spoken, self._tuning)
        both = [code for code in dict.fromkeys((language, "en")) if code in self._languages]
        scores = [self._near(bent, code) for code in both or list(self._languages)[:1]]
        mean: Floats = np.mean(scores, axis=0, dtype=np.float32)
        return mean

    def _search(self, code: str) -> _Language:
        names = self.index.names[code]
        first = names.first
        concepts = names.concepts[first]
        preferred = [names.texts[row] for row in first]
        all_chars = code != "en"  # English has 86,000 alternative names: their words must do
        built = _Language(
            first=first,
            concepts=concepts,
            word=self._tfidf(code, "word", preferred, concepts, chars=False),
            alt=self._tfidf(code, "alt", names.texts, names.concepts, chars=False),
            char=self._tfidf(
                code,
                "char",
                names.texts if all_chars else preferred,
                names.concepts if all_chars else concepts,
                chars=True,
            ),
        )
        if self.encoder is not None:
            built.vectors = self.encoder.index_vectors(preferred)
        return built

    def _tfidf(self, code: str, kind: str, names: Sequence[str], owners: Ints, *, chars: bool) -> TfIdf:
        tfidf = TfIdf(code, owners, len(self.index.skills), chars)
        if self._folder is None:
            return tfidf.fit(names)
        path = self._folder / f"{kind}-{code}-{self.index.digest}-{TfIdf.version}.npz"
        if path.is_file():
            return tfidf.load(path)
        tfidf.fit(names)
        keep(path, tfidf.to_bytes())
        return tfidf


def tune(spoken: Floats, tuning: Floats) -> Floats:
    """Return the vectors of sentences after the bilinear form: the last row is added to each."""
    bent: Floats = spoken @ tuning[:-1] + tuning[-1]
    return bent


def shipped_tuning() -> Floats | None:
    """Return the bilinear form that comes with the program, or None."""
    path = files("loaders.linking") / "tuning.npy"
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        matrix: Floats = np.load(stream).astype(np.float32)
    return matrix
