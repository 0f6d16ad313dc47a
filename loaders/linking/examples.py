"""Judged links as the linker sees them: rows of features of wholes (`whole.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loaders.linking.base import Subject
from loaders.linking.calibrate import Numbers
from loaders.linking.hybrid import LEAST, LexicalLinker
from loaders.linking.index import Floats
from loaders.linking.learned import adjusted
from loaders.linking.rerank import Weights
from loaders.linking.whole import WholeWeights

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """A course or an output, a skill, and whether a person says that they belong together."""

    subject: Subject
    relation: str
    skill: str
    right: bool
    held_out: bool = False
    importance: float = 1.0
    """How many links of the graph it stands for, beside the others."""


@dataclass(slots=True)
class Table:
    """The examples as the linker sees them, one row each."""

    rows: Floats
    right: Numbers
    held_out: Mask
    importance: Numbers
    limit: Numbers
    """The most that rules let each count."""
    shipped: Numbers
    """What the judgements that the program came with say of each one's skill, in log-odds."""
    subject: Numbers
    """Number of the subject."""
    skills: list[str]
    others: Floats
    """Features of what else may be in the subjects to learn from: what is usual."""
    missing: int = 0
    """Examples whose skill is no candidate for its subject: nothing can be learned from them."""

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.right)

    def chosen(self, mask: Mask) -> Table:
        """Return a part."""
        at = np.flatnonzero(mask)
        names = ("rows", "right", "held_out", "importance", "limit", "shipped", "subject")
        return replace(
            self,
            **{name: getattr(self, name)[at] for name in names},
            skills=[self.skills[place] for place in at],
        )

    def known(self, weights: Weights) -> Numbers:
        """Return the probability of each example before people's word here on its skill, and rules."""
        pairs = zip(self.shipped, weights.confidence(weights.score(self.rows)), strict=True)
        return np.array([adjusted(float(shift), float(each)) for shift, each in pairs], np.float64)

    def confidences(self, weights: Weights, learned: WholeWeights | None = None) -> Numbers:
        """Return the confidence with which each example would be proposed; 0: it would not be.

        Args:
            weights: of the features.
            learned: has what people said here of single skills.
        """
        known = self.known(weights)
        if learned is not None:
            pairs = zip(self.skills, known.tolist(), strict=True)
            known = np.array(
                [adjusted(learned.concepts.get(skill, 0.0), each) for skill, each in pairs]
            )
        sure = np.minimum(known, self.limit)
        return np.where(sure >= LEAST, sure, 0.0)


def table_of(
    linker: LexicalLinker,
    examples: Iterable[Example],
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Table:
    """Compute the features of examples with a prepared linker.

    Args:
        linker: the linker.
        examples: judged links of courses and outputs; those of one subject have equal subjects.
        tell: told how many subjects are done, and how many there are.
    """
    by_subject: dict[str, list[Example]] = {}
    for each in examples:
        by_subject.setdefault(each.subject.iri, []).append(each)
    found: list[tuple[Floats, float, Example, int]] = []
    others: list[Sequence[float]] = []
    missing = 0
    for number, wanted in enumerate(by_subject.values()):
        tell(number, len(by_subject))
        seen = {
            (relation, skill): (row, limit)
            for relation, skill, row, limit in linker.appraise(wanted[0].subject)
        }
        if not wanted[0].held_out:
            others += [row.tolist() for row, _ in seen.values()]
        for each in wanted:
            if (each.relation, each.skill) in seen:
                row, limit = seen[each.relation, each.skill]
                found.append((row, limit, each, number))
            else:
                missing += 1
    tell(len(by_subject), len(by_subject))
    width = len(linker.whole.weights.features)
    return Table(
        rows=np.array([row for row, *_ in found], np.float32).reshape(-1, width),
        right=np.array([each.right for *_, each, _ in found], np.float64),
        held_out=np.array([each.held_out for *_, each, _ in found], np.bool_),
        importance=np.array([each.importance for *_, each, _ in found], np.float64),
        limit=np.array([limit for _, limit, *_ in found], np.float64),
        shipped=np.array([linker.shipped.concepts.get(each.skill, 0.0) for *_, each, _ in found]),
        subject=np.array([number for *_, number in found], np.float64),
        skills=[each.skill for *_, each, _ in found],
        others=np.array(others, np.float32).reshape(-1, width),
        missing=missing,
    )
