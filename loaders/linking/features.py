"""Candidates for a sentence, and what speaks for and against each: what the re-ranker reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loaders.linking.index import ConceptIndex, Floats, Ints
from loaders.linking.matcher import Found

LEXICAL_FEATURES = (
    "word", "word_in", "alt", "alt_in", "char", "char_in",
    "word_all", "alt_all", "lexical_gap",
    "exact_words", "exact_one", "exact_name", "exact_alt_words", "exact_alt_one", "exact_shared",
    "one_word", "one_word_missing", "name_words", "sentence_words",
    "transversal", "knowledge", "cross_sector", "occupation_specific", "occupations",
    "family", "family_best", "other_char", "other_char_in",
)  # fmt: skip
DENSE_FEATURES = (
    "near", "cross", "tuned", "near_gap", "tuned_gap", "near_rank", "tuned_rank", "near_low",
    "other_near_gap", "other_tuned_gap", "other_cross",
)  # fmt: skip
_TOP = {"near": 60, "cross": 30, "tuned": 60}
_TOP_LEXICAL = 40
_FAMILY = 20
"""Best candidates that can speak for their relatives."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The concepts that a sentence may speak of, with one row of features each."""

    concepts: Ints
    rows: Floats


class FeatureMaker:
    """Makes the rows of features for one concept index."""

    def __init__(self, index: ConceptIndex, dense: bool) -> None:
        self.names = LEXICAL_FEATURES + (DENSE_FEATURES if dense else ())
        self._index = index
        self._dense = dense
        self._column = {name: place for place, name in enumerate(self.names)}
        table = index.names.get("en") or next(iter(index.names.values()))
        self._words = np.ones(len(index.skills), np.float32)
        first = table.first
        self._words[table.concepts[first]] = [
            len(table.texts[row].split(" (")[0].split()) for row in first
        ]
        families: dict[str, int] = {}
        for parents in index.parents:
            for parent in parents:
                families.setdefault(parent, len(families))
        most = max(map(len, index.parents), default=0)
        # A row for each concept, filled up with a family that nobody is of.
        self._families = np.full((len(index.skills), max(most, 1)), len(families), np.int32)
        for concept, parents in enumerate(index.parents):
            self._families[concept, : len(parents)] = [families[parent] for parent in parents]
        self._nobody = len(families)

    def candidates(
        self,
        measures: Mapping[str, Floats],
        row: int,
        exact: Iterable[Found],
        spoken_words: int,
        language: str = "en",
    ) -> Candidates:
        """Return the candidates of one sentence.

        Args:
            measures: the matrices of `Signals.of`.
            row: which of their rows.
            exact: the names that stand in the sentence.
            spoken_words: length of the sentence.
            language: what the sentence is in; some measures weigh more in languages of long words.
        """
        kinds = _exact_kinds(exact, self._index.place)
        chosen = [np.fromiter(kinds, np.int64, len(kinds))]
        for name, matrix in measures.items():
            top = _TOP.get(name, _TOP_LEXICAL)
            values = matrix[row]
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
        fused = rows[:, column["word"]] + rows[:, column["alt"]] + rows[:, column["word_in"]]
        if self._dense:
            fused = fused * 2 + self._fill_dense(rows, measures, row, concepts)
        self._fill_family(rows, concepts, fused)
        if language != "en":
            for name in self.names:
                if name.startswith("other_"):
                    rows[:, column[name]] = rows[:, column[name.removeprefix("other_")]]
        return Candidates(concepts, rows)

    def _fill_lexical(
        self, rows: Floats, measures: Mapping[str, Floats], row: int, concepts: Ints
    ) -> None:
        index, column = self._index, self._column
        for name in ("word", "word_in", "alt", "alt_in", "char", "char_in"):
            rows[:, column[name]] = measures[name][row][concepts]
        both = measures["word"][row] + measures["alt"][row]
        rows[:, column["lexical_gap"]] = both[concepts] - (both.max() if len(both) else 0.0)
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
    ) -> Floats:
        column = self._column
        for name in ("near", "cross", "tuned"):
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
        fused: Floats = rows[:, column["near"]] + rows[:, column["tuned"]]
        return fused

    def _fill_family(self, rows: Floats, concepts: Ints, fused: Floats) -> None:
        """Say whether relatives of a candidate are good candidates too, and whether it leads them."""
        if not len(concepts):
            return
        best = np.argsort(-fused)[:_FAMILY]
        families = self._families[concepts]
        of_best = families[best]
        leader = np.full(self._nobody + 1, -np.inf, np.float32)
        np.maximum.at(leader, of_best.ravel(), np.repeat(fused[best], of_best.shape[1]))
        leader[self._nobody] = -np.inf
        count = np.bincount(of_best.ravel(), minlength=self._nobody + 1)
        count[self._nobody] = 0
        others = count[families].max(axis=1)
        others[best] -= 1
        rows[:, self._column["family"]] = np.log1p(np.maximum(others, 0))
        rows[:, self._column["family_best"]] = fused >= leader[families].max(axis=1)


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
