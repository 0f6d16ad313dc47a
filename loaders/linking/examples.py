"""Judged pairs of sentence and skill as the re-ranker sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loaders.linking.base import Subject, Text
from loaders.linking.calibrate import Numbers
from loaders.linking.hybrid import LEAST, LexicalLinker
from loaders.linking.index import Floats
from loaders.linking.learned import Learned
from loaders.linking.rerank import Weights

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, a skill, and whether a person says that they belong together."""

    sentence: str
    language: str
    field: str
    kind: str
    """`course`, `output` or `advert`."""
    skill: str
    right: bool
    held_out: bool = False
    importance: float = 1.0
    """How many links of the graph it stands for, beside the others."""


@dataclass(slots=True)
class Table:
    """The examples as the re-ranker sees them, one row each."""

    rows: Floats
    right: Numbers
    held_out: Mask
    importance: Numbers
    measured: Numbers
    limit: Numbers
    sentence: Numbers
    """Number of the sentence."""
    skills: list[str]
    kinds: list[str]
    others: Floats
    """Features of all candidates of the sentences to learn from: what is usual."""
    curves: Mapping[str, Sequence[tuple[float, float]]]
    missing: int = 0
    """Examples whose skill is no candidate for its sentence: nothing can be learned from them."""

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.right)

    def chosen(self, mask: Mask) -> Table:
        """Return a part."""
        at = np.flatnonzero(mask)
        return replace(
            self,
            **{
                name: getattr(self, name)[at]
                for name in (
                    "rows", "right", "held_out", "importance", "measured", "limit", "sentence"
                )
            },
            skills=[self.skills[place] for place in at],
            kinds=[self.kinds[place] for place in at],
        )  # fmt: skip

    def most_frequent_kind(self) -> str:
        """Return the kind of text of which there are most examples; "" without any."""
        return max(sorted(set(self.kinds)), key=self.kinds.count, default="")

    def believed(self, weights: Weights) -> Numbers:
        """Return the re-ranker's probability of each example, by kind of text."""
        found = weights.confidence(weights.score(self.rows))
        for kind, curve in self.curves.items():
            if curve:
                mine = np.array([each == kind for each in self.kinds], bool)
                found[mine] = np.interp(found[mine], *np.array(curve).T)
        return found

    def known(self, weights: Weights) -> Numbers:
        """Return the probability of each example before people's word on its concept, and rules."""
        found: Numbers = np.maximum(self.believed(weights), self.measured)
        return found

    def confidences(self, weights: Weights, learned: Learned | None = None) -> Numbers:
        """Return the confidence with which each example would be proposed; 0: it would not be."""
        known = self.known(weights)
        if learned is not None:
            pairs = zip(self.skills, known.tolist(), strict=True)
            known = np.array([learned.adjusted(skill, each) for skill, each in pairs])
        sure = np.minimum(known, self.limit)
        return np.where(sure >= LEAST, sure, 0.0)


def table_of(
    linker: LexicalLinker,
    examples: Iterable[Example],
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Table:
    """Compute the features of examples with a prepared linker.

    Of several pieces of a sentence the one counts for which the skill has the best score.
    """
    by_sentence: dict[tuple[str, str, str, str], list[Example]] = {}
    for each in examples:
        key = (each.kind, each.field, each.language, each.sentence)
        by_sentence.setdefault(key, []).append(each)
    found: list[tuple[Sequence[float], Example, float, float, int]] = []
    others: list[Sequence[float]] = []
    missing = 0
    for number, ((kind, name, language, sentence), wanted) in enumerate(by_sentence.items()):
        tell(number, len(by_sentence))
        best: dict[str, tuple[float, Sequence[float], float, float]] = {}
        for skill, seen in linker.appraise(Subject("", kind, [Text(name, language, sentence)])):
            if skill not in best or best[skill][0] < seen.hit.score:
                best[skill] = (
                    seen.hit.score,
                    linker.weights.row(seen.hit.block, seen.hit.features),
                    seen.measured,
                    seen.limit,
                )
        if not wanted[0].held_out:
            others += [row for _, row, _, _ in best.values()]
        for each in wanted:
            if each.skill in best:
                _, row, measured, limit = best[each.skill]
                found.append((row, each, measured, limit, number))
            else:
                missing += 1
    tell(len(by_sentence), len(by_sentence))
    width = len(linker.weights.features)
    return Table(
        rows=np.array([row for row, *_ in found], np.float32).reshape(-1, width),
        right=np.array([each.right for _, each, *_ in found], np.float64),
        held_out=np.array([each.held_out for _, each, *_ in found], np.bool_),
        importance=np.array([each.importance for _, each, *_ in found], np.float64),
        measured=np.array([measured for _, _, measured, _, _ in found], np.float64),
        limit=np.array([limit for *_, limit, _ in found], np.float64),
        sentence=np.array([number for *_, number in found], np.float64),
        skills=[each.skill for _, each, *_ in found],
        kinds=[each.kind for _, each, *_ in found],
        others=np.array(others, np.float32).reshape(-1, width),
        curves={kind: linker.curve_of(kind) for kind in {each.kind for _, each, *_ in found}},
        missing=missing,
    )
