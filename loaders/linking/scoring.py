"""Sentences in, ranked skills out: the part that the linkers `lexical` and `hybrid` share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loaders.linking.base import SkillInfo, SkillLabel
from loaders.linking.calibration import Calibration
from loaders.linking.dense import CachedEncoder, Encoder
from loaders.linking.features import BLOCKS, FeatureMaker, block_of, strongest
from loaders.linking.index import ConceptIndex, Floats
from loaders.linking.matcher import Found, LabelMatcher, Sense
from loaders.linking.rerank import Weights
from loaders.linking.signals import Signals

_BATCH = 64
KEPT = 25
"""Ranked skills that are kept for a sentence."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One skill for one sentence."""

    concept: int
    score: float
    """Log-odds."""
    confidence: float
    features: dict[str, float]
    """What the block of weights for such sentences reads."""
    block: str
    """Which block that is."""
    spoken: tuple[str, ...]
    """The features that spoke most for it."""
    label: str
    """The name that was found in the sentence, or the preferred one."""
    start: int
    end: int
    """Where the name stands in the sentence; start is -1 if it does not."""
    found: Found | None = None
    sense: Sense | None = None
    """The exact match, if there is one."""


class Scorer:
    """Ranks skills for sentences.

    Args:
        weights: learned sum of the features.
        encoder: the model, or None for words only.
        folder: where computed indices are kept, or None.
        tuning: see `Signals`.
    """

    def __init__(
        self,
        weights: Weights,
        encoder: Encoder | None,
        folder: Path | None,
        tuning: Floats | None = None,
    ) -> None:
        self._weights = weights
        self._encoder = CachedEncoder(encoder, folder) if encoder else None
        self._folder = folder
        self._tuning = tuning
        self._matcher = LabelMatcher(Calibration.load())
        self.index = ConceptIndex.build(())
        self.signals: Signals | None = None
        """The measures, once it is prepared with any skill."""
        self._maker: FeatureMaker | None = None
        self._blocks: dict[str, Weights] = {}

    def prepare(self, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo]) -> None:
        """Index the skills; occupations are left out."""
        known = list(concepts)
        others = {info.skill for info in known if info.kind != "skill"}
        names = [label for label in labels if label.skill not in others]
        self.index = ConceptIndex.build(names, known)
        self._matcher.prepare(names, self._folder)
        if not self.index.skills:
            self.signals = None
            return
        self.signals = Signals(self.index, self._encoder, self._folder, self._tuning)
        self._maker = FeatureMaker(self.index, self._encoder is not None)
        self._blocks = {block: self._weights.block(block, self._maker.names) for block in BLOCKS}

    def watch(self, tell: Callable[[int, int], None]) -> None:
        """Have it told how many names have their vector while an index is made (it takes minutes)."""
        if self._encoder is not None:
            self._encoder.tell = tell

    def rank(
        self, sentences: Sequence[str], language: str, keep: int = KEPT, least: float = 0.0
    ) -> list[list[Hit]]:
        """Return the best skills of each sentence of one language, the best first.

        Args:
            sentences: the sentences.
            language: what they are in.
            keep: how many skills of each at most.
            least: confidence below which a skill is left out, unless its name stands in the sentence.
        """
        ranked: list[list[Hit]] = []
        for begin in range(0, len(sentences), _BATCH):
            ranked += self._rank(sentences[begin : begin + _BATCH], language, keep, least)
        return ranked

    def _rank(
        self, sentences: Sequence[str], language: str, keep: int, least: float
    ) -> list[list[Hit]]:
        if self.signals is None or self._maker is None:
            return [[] for _ in sentences]
        measures = self.signals.of(sentences, language)
        ranked = []
        for place, sentence in enumerate(sentences):
            exact = list(self._matcher.find(sentence, language))
            length = len(sentence.split())
            found = self._maker.candidates(measures, place, exact, length)
            rows = found.rows
            block = block_of(language, length)
            weights = self._blocks[block]
            scores = weights.score(rows)
            order = np.argsort(-scores, kind="stable")[:keep]
            confidence = self._weights.confidence(scores[order])
            usual = rows.mean(axis=0) if len(rows) else np.zeros(0, np.float32)
            by_concept = _by_concept(exact, self.index)
            ranked.append(
                [
                    self._hit(
                        found.concepts[row],
                        scores[row],
                        sure,
                        rows[row],
                        usual,
                        by_concept,
                        language,
                        block,
                    )
                    for row, sure in zip(order, confidence, strict=True)
                    if sure >= least or int(found.concepts[row]) in by_concept
                ]
            )
        return ranked

    def _hit(
        self,
        concept: int,
        score: float,
        confidence: float,
        row: Floats,
        usual: Floats,
        exact: dict[int, tuple[Found, Sense]],
        language: str,
        block: str,
    ) -> Hit:
        place = exact.get(int(concept))
        weights = self._blocks[block]
        names = weights.features
        return Hit(
            concept=int(concept),
            score=float(score),
            confidence=float(confidence),
            features=dict(zip(names, row.tolist(), strict=True)),
            spoken=strongest(names, weights.spoken(row, usual)),
            block=block,
            label=place[1].label if place else self.index.label(int(concept), language),
            start=place[0].start if place else -1,
            end=place[0].end if place else -1,
            found=place[0] if place else None,
            sense=place[1] if place else None,
        )


def _by_concept(exact: Iterable[Found], index: ConceptIndex) -> dict[int, tuple[Found, Sense]]:
    found: dict[int, tuple[Found, Sense]] = {}
    for each in exact:
        for sense in each.senses:
            concept = index.place.get(sense.skill)
            if concept is not None:
                found.setdefault(concept, (each, sense))
    return found
