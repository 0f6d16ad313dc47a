"""Learn `loaders/linking/whole.json`: whether a skill is right for a whole course.

Usage: python -m scripts.train_whole DATA [--report]

DATA is a folder with `esco/` and `courses/` (the Aalto file) as `train_linker.py` has it. The judged
links are `gold/aalto-links.csv`, and beside them, as texts of one sentence, the judged sentences of
`gold/aalto-judgements.csv`, so that short texts are known, too. The linkers read the judged courses
with the weights of the re-ranker as they are; so `train_linker` comes first. Figures are of folds of
courses: no weight saw the course.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from loaders.linking.base import Subject, Text
from loaders.linking.calibrate import Numbers
from loaders.linking.evaluation.esco_files import EscoSkills, read_esco
from loaders.linking.evaluation.judgements import read_judgements, sentences_of
from loaders.linking.evaluation.link_judgements import courses_of, read_links, subjects_of
from loaders.linking.evaluation.names import SkillNames
from loaders.linking.exact import relation_of
from loaders.linking.examples import Mask
from loaders.linking.hybrid import HybridLinker, LexicalLinker
from loaders.linking.index import Floats
from loaders.linking.learned import adjusted
from loaders.linking.rerank import fit
from loaders.linking.retrain import shifts_of
from loaders.linking.whole import WholeWeights, features

ROOT = Path(__file__).resolve().parents[1]
FOLDS = 8
HOLD = 50.0
"""How strongly weights are held at zero (see `rerank.fit`)."""
ALONE = 0.5
"""How much a judgement of a sentence alone counts beside one of a whole course."""
CONCEPT = 4.0
"""Strength of the prior of a concept's own count (see `retrain.shifts_of`)."""
_PLACES = 2
"""Digits of what judges said of a concept."""


@dataclass(slots=True)
class Judged:
    """The judged links as the linker sees them."""

    rows: Numbers
    right: Numbers
    limits: Numbers
    skills: list[str]
    fold: Numbers
    finnish: Mask
    alone: Mask
    """Whether it is one of a sentence alone: learned from, not reported."""
    courses: dict[bool, int]
    """Number of courses, by whether only their Finnish texts were read."""
    missing: int


def judged(linker: LexicalLinker, data: Path, esco: EscoSkills) -> Judged:
    """Compute the features of all judged links."""
    links = read_links(ROOT / "gold" / "aalto-links.csv")
    path = data / "courses" / "aalto-courseunitrealisations.json.gz"
    courses = list(courses_of([path]))
    wanted: list[tuple[Subject, dict[tuple[str, str], bool], bool, bool]] = []
    for texts in ("all", "fi"):
        subjects = subjects_of(courses, texts)
        for code in sorted({link.course for link in links}):
            its = {
                (each.relation, each.skill): each.right
                for each in links
                if (each.course, each.texts) == (code, texts)
            }
            if its:
                wanted.append((subjects[code], its, texts == "fi", False))
    counts = {finnish: sum(each[2] == finnish for each in wanted) for finnish in (True, False)}
    sentences = sentences_of([path], "aalto")
    gold = read_judgements(ROOT / "gold" / "aalto-judgements.csv", SkillNames(esco.labels), sentences)
    for text in gold.texts:
        relation = relation_of("course", text.field)
        right = text.gold(strict=False)
        judgements = {
            (relation, skill): skill in right for skill in right | (text.wrong or frozenset())
        }
        subject = Subject(text.text, "course", [Text(text.field, text.language, text.text)])
        wanted.append((subject, judgements, text.language == "fi", True))
    names = sorted({link.course for link in links})
    fold = dict(zip(names, np.random.default_rng(0).permutation(len(names)) % FOLDS, strict=True))
    for number, (subject, *_, alone) in enumerate(wanted):
        if alone:  # in the fold of its course, if that was judged as well
            holders = (its for its, *_, single in wanted if not single and _holds(its, subject.iri))
            holder = next(holders, None)
            fold[subject.iri] = fold[holder.iri] if holder else number % FOLDS
    found: list[tuple[Floats, bool, float, str, int, bool, bool]] = []
    missing = 0
    for subject, its, finnish, alone in wanted:
        seen = {(each, skill): (row, limit) for each, skill, row, limit in linker.appraise(subject)}
        for pair, is_right in its.items():
            if pair in seen:
                row, limit = seen[pair]
                found.append((row, is_right, limit, pair[1], fold[subject.iri], finnish, alone))
            else:
                missing += not alone
    rows, right, limits, skills, folds, finnish_ones, alone_ones = zip(*found, strict=True)
    return Judged(
        np.array(rows, np.float64), np.array(right, np.float64), np.array(limits), list(skills),
        np.array(folds), np.array(finnish_ones), np.array(alone_ones), counts, missing,
    )  # fmt: skip


def _holds(course: Subject, sentence: str) -> bool:
    return any(sentence in " ".join(text.text.split()) for text in course.texts)


def learn(names: Sequence[str], part: Judged, chosen: Mask) -> WholeWeights:
    """Learn weights, and then what single concepts add, from scores of courses not seen."""
    rows, right, fold = part.rows[chosen], part.right[chosen], part.fold[chosen]
    counts = np.where(part.alone[chosen], ALONE, 1.0)
    weights = fit(names, rows, right, counts, HOLD)
    unseen = np.zeros(len(right))
    for out in np.unique(fold):
        other = fit(names, rows[fold != out], right[fold != out], counts[fold != out], HOLD)
        unseen[fold == out] = other.confidence(other.score(rows[fold == out]))
    skills = [part.skills[place] for place in np.flatnonzero(chosen)]
    shifts = shifts_of(skills, right, unseen, CONCEPT)
    return WholeWeights(weights, {skill: round(shift, _PLACES) for skill, shift in shifts.items()})


def confidences(whole: WholeWeights, part: Judged) -> Numbers:
    """Return the confidence of each judged link."""
    found = whole.weights.confidence(whole.weights.score(part.rows))
    moved = [
        adjusted(whole.concepts.get(skill, 0.0), each)
        for skill, each in zip(part.skills, found.tolist(), strict=True)
    ]
    return np.minimum(np.array(moved), part.limits)


def report(kind: str, part: Judged, found: Numbers) -> None:
    """Print precision and links a course from some confidences on, and the log loss."""
    for finnish in (False, True):
        mine = (part.finnish == finnish) & ~part.alone
        sure, right, n = found[mine], part.right[mine], part.courses[finnish]
        clipped = np.clip(sure, 0.01, 0.99)
        loss = -(right * np.log(clipped) + (1 - right) * np.log(1 - clipped)).mean()
        texts = "Finnish texts" if finnish else "all texts"
        print(f"{kind}, {texts}: {n} courses, log loss {loss:.3f}")
        for least in (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9):
            counts = sure >= least
            if counts.any():
                share, number = right[counts].mean(), counts.sum()
                print(f"  from {least:.2f}: {share:.3f} of {number}, {number / n:.2f} a course")


def main() -> None:
    """Learn, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--report", action="store_true")
    wish = parser.parse_args()
    esco = read_esco([wish.data / "esco"])
    written: dict[str, Any] = {}
    for kind, linker in (("hybrid", HybridLinker()), ("lexical", LexicalLinker())):
        linker.prepare(esco.labels, esco.concepts)
        part = judged(linker, wish.data, esco)
        names = features(kind == "hybrid")
        print(f"{kind}: {len(part.right)} judged links, {part.missing} not among the candidates")
        unseen = np.zeros(len(part.right))
        for out in range(FOLDS):
            whole = learn(names, part, part.fold != out)
            unseen[part.fold == out] = confidences(whole, part)[part.fold == out]
        report(kind, part, unseen)
        written[kind] = learn(names, part, part.fold >= 0).to_json()
    if not wish.report:
        path = ROOT / "loaders" / "linking" / "whole.json"
        path.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
