"""Candidates for a sentence, and what speaks for and against each: what the re-ranker reads.

The same features are weighed apart in three situations, because a word is not worth the same in all:
sentences in English; sentences in languages of long words (Finnish, Swedish); and names or headings in
those, of three words at most. A row of weights has a block for each (`block_of`, `all_features`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loaders.linking.index import ConceptIndex, Floats, Ints
from loaders.linking.matcher import Found

LEXICAL_FEATURES = (
    "word", "word_in", "alt", "alt_in", "char", "char_in",
    "word_all", "alt_all", "lexical_gap", "word_in_gap", "alt_in_gap", "char_gap", "char_in_gap",
    "foreign", "foreign_in", "foreign_char", "foreign_char_in",
    "exact_words", "exact_one", "exact_name", "exact_alt_words", "exact_alt_one", "exact_shared",
    "one_word", "one_word_missing", "name_words", "sentence_words",
    "transversal", "knowledge", "cross_sector", "occupation_specific", "occupations",
)  # fmt: skip
DENSE_FEATURES = (
    "near", "near_gap", "near_rank", "near_low", "cross",
    "tuned", "tuned_gap", "tuned_rank",
    "alt_near", "alt_near_gap", "alt_near_rank", "alt_tuned", "alt_tuned_gap", "alt_tuned_rank",
)  # fmt: skip
BLOCKS = ("", "other_", "name_")
HERE = "here"
"""The feature that is 1 in its block: a constant for each block but the first."""
_NAME = 3
"""Words of a name at most."""
_TOP = {"near": 60, "cross": 30, "tuned": 60}
_TOP_FOREIGN = 30
_TOP_OTHERS = 40
_GAPS = ("word_in", "alt_in", "char", "char_in")


@dataclass(frozen=True, slots=True)
class Candidates:
    """The concepts that a sentence may speak of, with one row of features each."""

    concepts: Ints
    rows: Floats


def features(dense: bool) -> tuple[str, ...]:
    """Return the names of the features of a candidate, the last one `HERE`."""
    return (*LEXICAL_FEATURES, *(DENSE_FEATURES if dense else ()), HERE)


def all_features(dense: bool) -> tuple[str, ...]:
    """Return the names of the features of all blocks, as the weights have them."""
    names = features(dense)
    return tuple(f"{block}{name}" for block in BLOCKS for name in names if block or name != HERE)


def block_of(language: str, spoken_words: int) -> str:
    """Return the block of weights for a sentence of a language."""
    if language == "en":
        return BLOCKS[0]
    return BLOCKS[2] if spoken_words <= _NAME else BLOCKS[1]


class FeatureMaker:
    """Makes the rows of features for one concept index."""

    def __init__(self, index: ConceptIndex, dense: bool) -> None:
        self.names = features(dense)
        self._index = index
        self._dense = dense
        self._column = {name: place for place, name in enumerate(self.names)}
        table = index.names.get("en") or next(iter(index.names.values()))
        self._words = np.ones(len(index.skills), np.float32)
        first = table.first
        self._words[table.concepts[first]] = [
            len(table.texts[row].split(" (")[0].split()) for row in first
        ]

    def candidates(
        self, measures: Mapping[str, Floats], row: int, exact: Iterable[Found], spoken_words: int
    ) -> Candidates:
        """Return the candidates of one sentence.

        Args:
            measures: the matrices of `Signals.of`.
            row: which of their rows.
            exact: the names that stand in the sentence.
            spoken_words: length of the sentence.
        """
        kinds = _exact_kinds(exact, self._index.place)
        chosen = [np.fromiter(kinds, np.int64, len(kinds))]
        asked: set[int] = set()
        for name, matrix in measures.items():
            values = matrix[row]
            # A measure may stand under two names; the first takes the more candidates.
            if id(matrix) in asked or not values.any():
                continue
            asked.add(id(matrix))
            top = _TOP.get(name, _TOP_FOREIGN if name.startswith("foreign") else _TOP_OTHERS)
            best = np.argpartition(-values, min(top, len(values) - 1))[:top]
            chosen.append(best[values[best] > 0])
        concepts = np.unique(np.concatenate(chosen)).astype(np.int32)
        rows = np.zeros((len(concepts), len(self.names)), np.float32)
        self._fill_lexical(rows, measures, row, concepts)
        column = self._column
        for place, concept in enumerate(concepts):
            for kind in kinds.get(int(concept), ()):
                rows[place, column[kind]] = 1.0
        rows[:, column["sentence_words"]] = np.log1p(spoken_words)
        rows[:, column[HERE]] = 1.0
        if self._dense:
            self._fill_dense(rows, measures, row, concepts)
        return Candidates(concepts, rows)

    def _fill_lexical(
        self, rows: Floats, measures: Mapping[str, Floats], row: int, concepts: Ints
    ) -> None:
        index, column = self._index, self._column
        for name, matrix in measures.items():
            if name in LEXICAL_FEATURES:
                rows[:, column[name]] = matrix[row][concepts]
        for name in _GAPS:
            values = measures[name][row]
            rows[:, column[f"{name}_gap"]] = values[concepts] - values.max(initial=0.0)
        both = measures["word"][row][concepts] + measures["alt"][row][concepts]
        rows[:, column["lexical_gap"]] = both - both.max(initial=0.0)
        rows[:, column["word_all"]] = rows[:, column["word_in"]] > 0.999
        rows[:, column["alt_all"]] = rows[:, column["alt_in"]] > 0.999
        words = self._words[concepts]
        rows[:, column["one_word"]] = words == 1
        rows[:, column["one_word_missing"]] = (words == 1) * (1.0 - rows[:, column["word_in"]])
        rows[:, column["name_words"]] = np.log(words)
        rows[:, column["transversal"]] = index.transversal[concepts]
        rows[:, column["knowledge"]] = index.knowledge[concepts]
        rows[:, column["cross_sector"]] = index.reuse[concepts] == 2
        rows[:, column["occupation_specific"]] = index.reuse[concepts] == 4
        rows[:, column["occupations"]] = np.log1p(index.occupations[concepts])

    def _fill_dense(
        self, rows: Floats, measures: Mapping[str, Floats], row: int, concepts: Ints
    ) -> None:
        column = self._column
        for name in ("near", "cross", "tuned", "alt_near", "alt_tuned"):
            values = measures[name][row]
            spread = float(values.std()) or 1.0
            scaled = (values - values.mean()) / spread
            rows[:, column[name]] = scaled[concepts]
            if name != "cross":
                rows[:, column[f"{name}_gap"]] = scaled[concepts] - scaled.max()
                order = np.sort(values)
                rank = len(values) - np.searchsorted(order, values[concepts], side="right")
                rows[:, column[f"{name}_rank"]] = np.log1p(rank)
            if name == "near":
                rows[:, column["near_low"]] = values[concepts] - 0.85


def _exact_kinds(exact: Iterable[Found], place: Mapping[str, int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for each in exact:
        for sense in each.senses:
            concept = place.get(sense.skill)
            if concept is None:
                continue
            if each.shared:
                kind = "exact_shared"
            elif sense.as_written is not None and sense.preferred:
                kind = "exact_name"
            elif sense.preferred:
                kind = "exact_one" if each.length == 1 and not sense.compound else "exact_words"
            else:
                kind = "exact_alt_one" if each.length == 1 else "exact_alt_words"
            found.setdefault(concept, set()).add(kind)
    return found


def strongest(names: Sequence[str], spoken: Floats, most: int = 3) -> tuple[str, ...]:
    """Return the features that spoke most for a candidate.

    Args:
        names: names of the features.
        spoken: what each added to the candidate's score.
        most: how many at most.
    """
    order = np.argsort(-spoken)[:most]
    return tuple(names[place] for place in order if spoken[place] > 0)
