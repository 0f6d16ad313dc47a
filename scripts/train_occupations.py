"""Learn and measure the occupation linker; write `loaders/linking/occupations.json` (numbers only).

    python scripts/train_occupations.py ESCO… --yso FOLDER [--write]

ESCO…: official CSV files (zips or folders) with `occupations_<language>.csv`. FOLDER:
`yso-<language>.tsv.gz`.

Two silver sets. *Held out*: of every ten alternative names one is asked for that the index does not
have (folds by hash: 0 measures, 1 teaches). *Bridge*: a name of YSO in Finnish or Swedish whose
English twin is a name of exactly one occupation (even ones teach, odd ones measure).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from loaders.linking.base import SkillLabel
from loaders.linking.cache import cache_folder
from loaders.linking.calibrate import isotonic
from loaders.linking.dense import default_encoder
from loaders.linking.index import LANGUAGES, ConceptIndex
from loaders.linking.occupation_ranker import DENSE, WORDS, Candidates, OccupationRanker
from loaders.linking.rerank import Weights, fit
from loaders.linking.topic_index import form_of

TARGET = Path(__file__).parent.parent / "loaders" / "linking" / "occupations.json"
Query = tuple[str, str]
"""Words and the address of the right occupation."""


def tables(paths: Sequence[Path]) -> Iterator[tuple[str, io.TextIOBase]]:
    """Yield language and content of every `occupations_<language>.csv`."""
    for path in paths:
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            if file.suffix == ".zip":
                with zipfile.ZipFile(file) as archive:
                    for name in archive.namelist():
                        if Path(name).name.startswith("occupations_"):
                            with archive.open(name) as content:
                                yield Path(name).stem[-2:], io.TextIOWrapper(content, "utf-8")
            elif file.name.startswith("occupations_"):
                with file.open(encoding="utf-8") as content:
                    yield file.stem[-2:], content


def read_labels(paths: Sequence[Path]) -> list[SkillLabel]:
    """Return all names of all occupations."""
    csv.field_size_limit(10**9)
    found = []
    for language, content in tables(paths):
        for row in csv.DictReader(content):
            preferred = " ".join(row["preferredLabel"].split())
            others = {" ".join(text.split()) for text in row["altLabels"].split("\n")}
            names = [(preferred, True), *((text, False) for text in sorted(others - {preferred}))]
            found += [SkillLabel(row["conceptUri"], t, language, main) for t, main in names if t]
    return found


def hold_out(
    labels: Sequence[SkillLabel],
) -> tuple[list[SkillLabel], dict[int, dict[str, list[Query]]]]:
    """Return the names that stay, and those that are asked for, by fold and language."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for label in labels:
        owners[label.language, form_of(label.text, label.language)].add(label.skill)
    kept: list[SkillLabel] = []
    asked: dict[int, dict[str, list[Query]]] = {0: defaultdict(list), 1: defaultdict(list)}
    for label in labels:
        fold = int(hashlib.sha1(label.text.encode(), usedforsecurity=False).hexdigest()[:8], 16) % 10
        alone = len(owners[label.language, form_of(label.text, label.language)]) == 1
        if fold in asked and alone and not label.preferred:
            asked[fold][label.language].append((label.text, label.skill))
        else:
            kept.append(label)
    return kept, asked


def bridge(labels: Sequence[SkillLabel], folder: Path) -> dict[str, list[Query]]:
    """Return names of YSO with the occupation that their English twin names."""
    lists = {}
    for code in LANGUAGES:
        with gzip.open(folder / f"yso-{code}.tsv.gz", "rt", encoding="utf-8") as lines:
            lists[code] = dict(line.rstrip("\n").split("\t")[:2] for line in lines)
    owners: dict[str, set[str]] = defaultdict(set)
    for label in labels:
        if label.language == "en":
            owners[form_of(label.text, "en")].add(label.skill)
    found: dict[str, list[Query]] = {"fi": [], "sv": []}
    for address, english in lists["en"].items():
        named = owners.get(form_of(english, "en"), set())
        if len(named) == 1:
            for code, queries in found.items():
                if address in lists[code]:
                    queries.append((lists[code][address], next(iter(named))))
    return found


class Bench:
    """Queries with their candidates, computed once for both sets of features."""

    def __init__(self, ranker: OccupationRanker, index: ConceptIndex) -> None:
        self._ranker, self._index = ranker, index

    def of(self, queries: Sequence[Query], language: str) -> list[tuple[Candidates, int]]:
        """Return the candidates of each query and the right one."""
        known = [(text, self._index.place[uri]) for text, uri in queries if uri in self._index.place]
        found = self._ranker.candidates([text for text, _ in known], language)
        return [(each, right) for each, (_, right) in zip(found, known, strict=True)]


def first_ones(
    cases: Sequence[tuple[Candidates, int]], weights: Weights, columns: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of each case the rank of the right one (0: none), score and rightness of the first."""
    ranks, scores, right = [], [], []
    for found, wanted in cases:
        score = weights.score(found.rows[:, columns])
        order = np.argsort(-score, kind="stable")
        place = np.flatnonzero(found.concepts[order] == wanted)
        ranks.append(int(place[0]) + 1 if len(place) else 0)
        scores.append(float(score[order[0]]))
        right.append(float(ranks[-1] == 1))
    return np.array(ranks), np.array(scores), np.array(right)


def main() -> None:
    """Learn, measure and tell; write with `--write`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("esco", nargs="+", type=Path)
    parser.add_argument("--yso", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    labels = read_labels(given.esco)
    kept, asked = hold_out(labels)
    between = bridge(labels, given.yso)
    index = ConceptIndex.build(kept)
    bench = Bench(OccupationRanker(index, default_encoder(), cache_folder()), index)
    teach = [bench.of(asked[1][code], code) for code in ("en", "sv")]
    teach += [bench.of(between[code][0::2], code) for code in ("fi", "sv")]
    measure = {f"held out {code}": bench.of(asked[0][code], code) for code in ("en", "sv")}
    measure |= {f"bridge {code}": bench.of(between[code][1::2], code) for code in ("fi", "sv")}
    data = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    for name, features in (("hybrid", WORDS + DENSE), ("lexical", WORDS)):
        columns = list(range(len(features)))
        cases = [case for part in teach for case in part]
        # The few of the small sets count as much as the many English ones.
        share = np.concatenate(
            [np.full(sum(len(c.concepts) for c, _ in part), 1000 / len(part)) for part in teach]
        )
        rows = np.vstack([case.rows[:, columns] for case, _ in cases]).astype(np.float64)
        right = np.concatenate([(case.concepts == wanted) for case, wanted in cases]).astype(np.float64)
        weights = fit(features, rows, right, importance=share / share.mean())
        _, scores, hits = first_ones(cases, weights, columns)
        weights = Weights(
            weights.features, weights.weights, weights.constant, tuple(isotonic(scores, hits, 40))
        )
        data[name] = weights.to_json()
        for title, part in measure.items():
            ranks, scores, hits = first_ones(part, weights, columns)
            sure = weights.confidence(scores)
            told = ", ".join(
                f"from {least:g} on {hits[sure >= least].mean():.2f} of {(sure >= least).sum()}"
                for least in (0.5, 0.7, 0.8)
                if (sure >= least).any()
            )
            reciprocal = np.divide(1.0, ranks, out=np.zeros(len(ranks)), where=ranks > 0)
            print(
                f"{name} {title}: {len(ranks)} titles, MRR {reciprocal.mean():.3f}, "
                f"P@1 {hits.mean():.3f}, R@10 {((ranks > 0) & (ranks <= 10)).mean():.3f}; {told}"
            )
    if given.write:
        TARGET.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
