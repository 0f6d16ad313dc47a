"""Whether a skill is right for a whole text: what all its sentences say, and what the text is about.

The re-ranker (`rerank.py`) reads one sentence and learned from adverts. Here a second weighted sum
decides about a course or an output: it reads what the best sentences said, which share of the skill's
name stands anywhere in the text, how near the skill is to the title and to the text as a whole, and
what kind of skill it is. It learned from judged links of real courses (`scripts/train_whole.py`); the
weights, and what the judges said of single skills, are in `whole.json`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from loaders.linking.index import ConceptIndex, Floats
from loaders.linking.pieces import Piece
from loaders.linking.rerank import Weights
from loaders.linking.rules import Case, held_back, is_product_name, speaks_of_teaching
from loaders.linking.scoring import Hit
from loaders.linking.signals import Signals

RULES = {
    "transversal": "rule_transversal",
    "work of teachers": "rule_teachers",
    "shared name": "rule_shared",
    "name of a product": "rule_product",
    "one-word alternative name": "rule_alternative",
    "one word, not named": "rule_not_named",
    "other words": "rule_other_words",
}
"""Why a sentence alone would not decide (`rules.held_back`) → the feature that says so."""
_EXACT = (
    "exact_words", "exact_one", "exact_name", "exact_alt_words", "exact_alt_one", "exact_shared",
)  # fmt: skip
_SHARES = ("word_in", "alt_in", "char_in")
_VECTORS = ("near", "cross", "tuned", "alt_near")
LEXICAL_FEATURES = (
    "best", "second", "sentences", "share", "pieces", "sentence_words",
    "title", "title_named", "outcomes", "body", "required", "other_language",
    *_EXACT, *_SHARES, *(f"text_{name}" for name in _SHARES), "text_foreign_in",
    "transversal", "generic", "knowledge", "cross_sector", "sector_specific", "occupation_specific",
    "occupations", "one_word", "name_words", "product", "teachers", "rule_free", *RULES.values(),
)  # fmt: skip
DENSE_FEATURES = (*_VECTORS, "text_near", "title_near")
SPEAKS = 0.1
"""Confidence from which a sentence speaks for a skill that it does not name."""
_NOTHING = -8.0
"""Log-odds of a second sentence where there is none."""
_LIKELY = -1.0
_LENGTH = 200
"""Characters up to which a longer sentence says more of what a text is about."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a text is about: of each concept, how it goes with the text as a whole."""

    measures: Mapping[str, Floats]
    pieces: int


def features(dense: bool) -> tuple[str, ...]:
    """Return the names of the features of a skill in a text."""
    return (*LEXICAL_FEATURES, *(DENSE_FEATURES if dense else ()))


class WholeMaker:
    """Makes the rows of features for one concept index.

    Args:
        index: the concepts.
        signals: measures over them.
        generic: skills whose name is a word of many texts.
        judged: skills of which judges of real courses said something.
    """

    def __init__(
        self,
        index: ConceptIndex,
        signals: Signals,
        generic: frozenset[str] = frozenset(),
        judged: Collection[str] = (),
    ) -> None:
        self.dense = signals.encoder is not None
        self.names = features(self.dense)
        self._index = index
        self._signals = signals
        self._generic = generic
        self._judged = judged

    def context(self, pieces: Sequence[Piece]) -> Context:
        """Return what some sentences of a subject, its title among them, are about together."""
        by_language: dict[str, list[Piece]] = defaultdict(list)
        for piece in pieces:
            by_language[piece.language].append(piece)
        found: dict[str, Floats] = {}
        for language, its in sorted(by_language.items()):
            text = " . ".join(piece.text for piece in its)
            for name, values in self._signals.of_words([text], language).items():
                known = found.get(f"text_{name}")
                found[f"text_{name}"] = values[0] if known is None else np.maximum(known, values[0])
        if self._signals.encoder is not None and pieces:
            vectors = self._signals.encoder.encode([piece.text for piece in pieces])
            lengths = np.array([min(len(piece.text), _LENGTH) for piece in pieces], np.float32)
            titles = [place for place, piece in enumerate(pieces) if piece.field == "title"]
            language = max(
                sorted(by_language), key=lambda code: sum(len(each.text) for each in by_language[code])
            )
            about = np.stack([(vectors * lengths[:, None]).sum(axis=0)] * 2)
            if titles:
                about[1] = vectors[titles].sum(axis=0)
            about /= np.linalg.norm(about, axis=1, keepdims=True)
            found["text_near"], found["title_near"] = self._signals.near_names(about, language)
        return Context(found, len(pieces))

    def row(
        self, hits: Sequence[tuple[Piece, Hit]], context: Context, *, required: bool
    ) -> tuple[list[float], bool]:
        """Return the features of one skill in a text, and whether a rule holds it back.

        Args:
            hits: the sentences with the skill as the re-ranker sees it there, the surest first.
            context: what the text is about.
            required: whether the skill is one that the course requires.
        """
        speaking = [each for each in hits if each[1].confidence >= SPEAKS or each[1].found] or hits[:1]
        piece, best = speaking[0]
        index, concept = self._index, best.concept
        reasons = [self.reason(piece, hit) for piece, hit in speaking]
        likely = sum(hit.score > _LIKELY for _, hit in speaking)
        values = {
            "best": best.score,
            "second": max((hit.score for _, hit in speaking[1:]), default=_NOTHING),
            "sentences": np.log1p(likely),
            "share": likely / max(context.pieces, 1),
            "pieces": np.log1p(context.pieces),
            "sentence_words": best.features["sentence_words"],
            "title": _surest(speaking, ("title",)),
            "title_named": float(any(said.field == "title" and _named(hit) for said, hit in speaking)),
            "outcomes": _surest(speaking, ("outcomes",)),
            "body": _surest(speaking, ("content", "abstract")),
            "required": float(required),
            "other_language": float(piece.language != "en"),
            "transversal": float(index.transversal[concept]),
            "generic": float(index.skills[concept] in self._generic),
            "knowledge": float(index.knowledge[concept]),
            "cross_sector": float(index.reuse[concept] == 2),
            "sector_specific": float(index.reuse[concept] == 3),
            "occupation_specific": float(index.reuse[concept] == 4),
            "occupations": np.log1p(index.occupations[concept]),
            "one_word": best.features["one_word"],
            "name_words": best.features["name_words"],
            "product": float(is_product_name(index.label(concept, "en"))),
            "teachers": float(speaks_of_teaching(index.label(concept, "en"))),
            "rule_free": float(None in reasons),
        }
        for name in (*_EXACT, *_SHARES):
            values[name] = max(hit.features[name] for _, hit in speaking)
        for reason, name in RULES.items():
            values[name] = float(reasons[0] == reason)
        for name in _VECTORS if self.dense else ():
            values[name] = max(hit.features[name] for _, hit in speaking)
        for name, measure in context.measures.items():
            values[name] = float(measure[concept])
        row = [float(values.get(name, 0.0)) for name in self.names]
        waits = set(NEVER_ALONE)
        if index.skills[concept] not in self._judged:
            waits.add("transversal")
        if values["product"]:
            waits.add("one word, not named")
        held = all(
            reason in waits or (reason == "other words" and said.language == "en")
            for reason, (said, _) in zip(reasons, speaking, strict=True)
        )
        return row, held

    def reason(self, piece: Piece, hit: Hit) -> str | None:
        """Return why a sentence alone would not decide on a skill, or None."""
        skill = self._index.skills[hit.concept]
        return held_back(
            Case(
                label=self._index.label(hit.concept, "en"),
                features=hit.features,
                transversal=bool(self._index.transversal[hit.concept]),
                generic=skill in self._generic,
                named_in_title=piece.field == "title",
            )
        )


NEVER_ALONE = frozenset(
    {"one-word alternative name", "name of a product", "shared name", "work of teachers"}
)
"""Reasons that no weight overrules: a link for which nothing else speaks waits for a person. So do, in
English, other words than those of the name; in Finnish, whose words take many forms, that costs more
right links than wrong ones. And so do transversal and generic skills on which nobody judged yet."""


@dataclass(frozen=True, slots=True)
class WholeWeights:
    """The weights, and what judges said of single skills."""

    weights: Weights
    concepts: Mapping[str, float]
    """ESCO URI → what the judgements on this concept add to the log-odds of its links."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a file."""
        return {**self.weights.to_json(), "concepts": dict(sorted(self.concepts.items()))}


def shipped_whole(name: str) -> WholeWeights:
    """Return the weights `hybrid` or `lexical` that come with the program."""
    data = json.loads((files("loaders.linking") / "whole.json").read_text(encoding="utf-8"))[name]
    return WholeWeights(Weights.from_json(data), data["concepts"])


def _named(hit: Hit) -> bool:
    return any(hit.features[name] for name in ("exact_words", "exact_one", "exact_name"))


def _surest(hits: Sequence[tuple[Piece, Hit]], fields: Sequence[str]) -> float:
    return max((hit.confidence for piece, hit in hits if piece.field in fields), default=0.0)
