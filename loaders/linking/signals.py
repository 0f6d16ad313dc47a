"""How near each sentence is to each concept, by several measures: one matrix per measure.

Measures (rows are sentences, columns concepts):

* `word`, `alt`, `char`: cosine of TF-IDF rows with the preferred names, with all names, and by
  n-grams of characters; `word_in`, `alt_in`, `char_in`: which share of the name stands in the sentence.
* `foreign`, `foreign_char` and their shares: of sentences in other languages with the English names
  (products, loan words); 0 for English ones.
* `near`: cosine of vectors with the name in the sentence's language; `cross`: with the English name;
  `tuned`: a bilinear form of the vectors, learned from pairs of sentences and skills (`tuning.npy`);
  `alt_near`, `alt_tuned`: the same with the best of the English names that say something new
  (`alternatives.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from loaders.linking.alternatives import telling_names
from loaders.linking.cache import arrays_of
from loaders.linking.dense import CachedEncoder
from loaders.linking.index import ConceptIndex, Floats, Ints
from loaders.linking.lexical import TfIdf

LEXICAL = ("word", "alt", "char", "foreign", "foreign_char")
"""Each of them with its share, `…_in`."""
DENSE = ("near", "cross", "tuned", "alt_near", "alt_tuned")


@dataclass(slots=True)
class _Language:
    """What is searched for sentences of one language."""

    first: Ints
    concepts: Ints
    word: TfIdf
    alt: TfIdf
    char: TfIdf
    vectors: Floats | None = None


@dataclass(frozen=True, slots=True)
class _Alternatives:
    """Vectors of the further names of the concepts that have any, grouped by concept."""

    vectors: Floats
    starts: Ints
    concepts: Ints


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
        self._alternatives = self._several() if encoder is not None else None

    def of(self, sentences: Sequence[str], language: str) -> dict[str, Floats]:
        """Return every measure of some sentences of one language."""
        if len(sentences) == 1:  # numpy multiplies a single row in another way: other last digits
            return {name: found[:1] for name, found in self.of([*sentences] * 2, language).items()}
        here, english = self._languages.get(language), self._languages.get("en")
        found = self.of_words(sentences, language)
        if self.encoder is not None:
            spoken = self.encoder.encode(sentences)
            bent = spoken if self._tuning is None else tune(spoken, self._tuning)
            cross, bent_cross = self._near(spoken, "en"), self._near(bent, "en")
            found["near"] = self._near(spoken, language) if here and language != "en" else cross
            found["cross"] = cross if english else found["near"]
            found["tuned"] = self._near_tuned(bent, language, bent_cross)
            found["alt_near"] = self._near_any(spoken, cross)
            found["alt_tuned"] = self._near_any(bent, bent_cross)
        return found

    def of_words(self, sentences: Sequence[str], language: str) -> dict[str, Floats]:
        """Return the measures that need no model."""
        here = self._languages.get(language)
        foreign = self._languages.get("en") if language != "en" else None
        found: dict[str, Floats] = {}
        for name, tfidf in zip(
            LEXICAL,
            (
                *((here.word, here.alt, here.char) if here else (None, None, None)),
                *((foreign.alt, foreign.char) if foreign else (None, None)),
            ),
            strict=True,
        ):
            if tfidf is None:
                nothing = np.zeros((len(sentences), len(self.index.skills)), np.float32)
                found[name] = found[f"{name}_in"] = nothing
            else:
                found[name], found[f"{name}_in"] = tfidf.score(sentences)
        return found

    def near_names(self, vectors: Floats, language: str) -> Floats:
        """Return the cosines of vectors (two at least) with the preferred name of each concept.

        For a language other than English they are means of those with the names in it and in English.
        """
        codes = [code for code in dict.fromkeys((language, "en")) if code in self._languages]
        near: Floats = np.mean([self._near(vectors, code) for code in codes or [language]], axis=0)
        return near

    def _near_any(self, spoken: Floats, preferred: Floats) -> Floats:
        """Return the cosine with the nearest of the names of each concept.

        Args:
            spoken: vectors of sentences.
            preferred: their cosines with the preferred English names.
        """
        scores = preferred.copy()
        further = self._alternatives
        if further is not None and further.starts.size:
            best = np.maximum.reduceat(spoken @ further.vectors.T, further.starts, axis=1)
            scores[:, further.concepts] = np.maximum(best, scores[:, further.concepts])
        return scores

    def _near(self, spoken: Floats, language: str) -> Floats:
        here = self._languages.get(language) or next(iter(self._languages.values()))
        scores: Floats = np.full((len(spoken), len(self.index.skills)), 0.0, np.float32)
        if here.vectors is not None:
            product = spoken @ here.vectors.T
            scores[:] = product.mean(axis=1, keepdims=True) if product.size else 0.0
            scores[:, here.concepts] = product
        return scores

    def _near_tuned(self, bent: Floats, language: str, bent_cross: Floats) -> Floats:
        if self._tuning is None:
            return self._near(bent, language)
        both = [code for code in dict.fromkeys((language, "en")) if code in self._languages]
        scores = [bent_cross if code == "en" else self._near(bent, code) for code in both]
        mean: Floats = np.mean(scores or [bent_cross], axis=0, dtype=np.float32)
        return mean

    def _several(self) -> _Alternatives | None:
        code = "en" if "en" in self._languages else next(iter(self._languages), "")
        here = self._languages.get(code)
        if self.encoder is None or here is None or here.vectors is None:
            return None
        names = self.index.names[code]
        places = self._telling(code)
        further = places[~np.isin(places, here.first)]
        vectors = self.encoder.index_vectors([names.texts[place] for place in further])
        owners = names.concepts[further]
        starts = np.flatnonzero(np.diff(owners, prepend=-1)).astype(np.int32)
        return _Alternatives(vectors, starts, owners[starts])

    def _telling(self, code: str) -> Ints:
        """Return the places of the names that say something new, from disk if they were chosen."""
        (places,) = arrays_of(
            self._path(f"telling-{code}.npy"), lambda: (telling_names(self.index.names[code], code),)
        )
        return places

    def _path(self, name: str) -> Path | None:
        """Return where something that depends on the index only is kept."""
        return self._folder / f"{self.index.digest}-{name}" if self._folder else None

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
        path = self._path(f"{kind}-{code}-{TfIdf.version}.npy")
        return TfIdf(code, owners, len(self.index.skills), chars).fit(names, path)


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
