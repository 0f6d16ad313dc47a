"""Weights learned from simulated people: who is right moves them, who is few or at random does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from loaders.linking.base import Subject, Text
from loaders.linking.examples import Example, Table, table_of
from loaders.linking.hybrid import LEAST, LexicalLinker
from loaders.linking.learned import (
    FILE,
    FOLDER,
    Learned,
    LearnedError,
    install,
    read_learned,
    undo,
    weights_digest,
)
from loaders.linking.registry import get_linker
from loaders.linking.rerank import Weights
from loaders.linking.retrain import Retrained, figures, learn, moved, retrain, shifts_of, unseen
from loaders.linking.whole import shipped_whole
from tests.loaders.linking.test_hybrid import INFOS, LABELS

NAMES = [label.text for label in LABELS if label.language == "en" and label.preferred]
FORMS = (
    "You can use {} and write about {}.", "The course is about {} beside {}.",
    "After {} the students learn {}.", "We compare {} with the theory of {}.",
)  # fmt: skip
TEXTS = [
    form.format(one, NAMES[(place * 7 + 3) % len(NAMES)])
    for form, (place, one) in product(FORMS, enumerate(NAMES))
]
SHIPPED = shipped_whole("lexical").weights
Judge = Callable[[str, str], bool]


def subject(text: str) -> Subject:
    return Subject(text, "course", [Text("outcomes", "en", text)])


@pytest.fixture(scope="module")
def linker() -> LexicalLinker:
    made = LexicalLinker(cache=False)
    made.prepare(LABELS, INFOS)
    return made


@pytest.fixture(scope="module")
def proposals(linker: LexicalLinker) -> list[tuple[str, str]]:
    """Sentence and skill of all that the linker proposes, as a review would show them."""
    found = [(link.subject, link.skill) for link in linker.link(map(subject, TEXTS))]
    assert len(found) > 150
    return found


def judged(
    linker: LexicalLinker, proposals: list[tuple[str, str]], judge: Judge, most: int = 10_000
) -> Table:
    examples = [
        Example(subject(text), "teaches", skill, judge(text, skill), TEXTS.index(text) % 5 == 2)
        for text, skill in proposals[:most]
    ]
    return table_of(linker, examples)


def result_of(linker: LexicalLinker, table: Table) -> Retrained:
    return retrain(table, linker, "2026-11-25", 0.5)


def test_rows_are_what_the_linker_sees(linker: LexicalLinker, proposals: list[tuple[str, str]]) -> None:
    table = judged(linker, proposals, lambda text, skill: True)
    links = {(link.subject, link.skill): link.confidence for link in linker.link(map(subject, TEXTS))}
    assert table.missing == 0
    expected = [links[pair] for pair in proposals]
    # The table groups by course; the proposals come so already.
    assert table.confidences(SHIPPED) == pytest.approx(expected, abs=1e-4)


def test_a_skill_that_is_no_candidate_is_passed_over(linker: LexicalLinker) -> None:
    table = table_of(linker, [Example(subject(TEXTS[0]), "teaches", "nothing", True)])
    assert (len(table), table.missing) == (0, 1)


def test_without_judgements_nothing_moves(
    linker: LexicalLinker, proposals: list[tuple[str, str]]
) -> None:
    table = judged(linker, proposals, lambda text, skill: False)
    none = table.chosen(np.zeros(len(table), bool))
    new = moved(none, SHIPPED)
    assert new.weights == pytest.approx(SHIPPED.weights, abs=1e-6)
    assert new.constant == pytest.approx(SHIPPED.constant, abs=1e-6)


def test_five_judgements_move_little(linker: LexicalLinker, proposals: list[tuple[str, str]]) -> None:
    few = judged(linker, proposals, lambda text, skill: False, 5)
    everything = judged(linker, proposals, lambda text, skill: False)
    before, after = everything.known(SHIPPED), everything.known(moved(few, SHIPPED))
    assert np.abs(after - before).mean() < 0.1


def test_a_hidden_rule_about_features_is_learned(
    linker: LexicalLinker, proposals: list[tuple[str, str]]
) -> None:
    """These people reject whatever has a name of one word."""
    words = {label.skill: len(label.text.split()) for label in LABELS if label.language == "en"}
    table = judged(linker, proposals, lambda text, skill: words[skill] > 1)
    result = result_of(linker, table)
    assert result.problems == ()
    assert result.after["log_loss"] < result.before["log_loss"] - 0.03
    assert result.after["brier"] < result.before["brier"]
    place = SHIPPED.features.index("one_word")
    assert result.learned.weights.weights[place] < SHIPPED.weights[place]


def test_a_concept_that_is_always_rejected(
    linker: LexicalLinker, proposals: list[tuple[str, str]]
) -> None:
    wrong = {"chem", "fluid"}
    table = judged(linker, proposals, lambda text, skill: skill not in wrong)
    result = result_of(linker, table)
    assert result.problems == ()
    assert result.after["log_loss"] < result.before["log_loss"]
    concepts = result.learned.concepts
    assert max(concepts[skill] for skill in wrong) < -0.5
    assert np.median([shift for skill, shift in concepts.items() if skill not in wrong]) > -0.1
    taught = LexicalLinker(cache=False, learned={"lexical": result.learned})
    taught.prepare(LABELS, INFOS)
    text = Subject("x", "course", [Text("outcomes", "en", "You know organic chemistry.")])

    def sure(some: LexicalLinker) -> float:
        return {link.skill: link.confidence for link in some.link([text])}.get("chem", 0.0)

    assert sure(taught) < sure(linker) - 0.1


@pytest.mark.parametrize("seed", range(6))
def test_a_reviewer_at_random_is_not_followed(
    linker: LexicalLinker, proposals: list[tuple[str, str]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    table = judged(linker, proposals, lambda text, skill: bool(rng.integers(2)))
    result = result_of(linker, table)
    assert result.problems


def test_one_who_accepts_everything_teaches_no_order(
    linker: LexicalLinker, proposals: list[tuple[str, str]]
) -> None:
    result = result_of(linker, judged(linker, proposals, lambda text, skill: True))
    assert "chance" in result.problems[-1]


def test_nothing_held_out_is_told(linker: LexicalLinker, proposals: list[tuple[str, str]]) -> None:
    table = judged(linker, proposals, lambda text, skill: len(skill) > 3)
    none = replace(table, held_out=np.zeros(len(table), bool))
    assert "held out" in result_of(linker, none).problems[0]


def test_the_curve_is_learned_from_many_only(
    linker: LexicalLinker, proposals: list[tuple[str, str]]
) -> None:
    table = judged(linker, proposals, lambda text, skill: len(skill) > 3)
    assert learn(table, SHIPPED, "", least=len(table) + 1).weights.curve == SHIPPED.curve
    curve = learn(table, SHIPPED, "", least=100).weights.curve
    assert curve != SHIPPED.curve
    heights = [height for _, height in curve]
    assert heights == sorted(heights)
    # Where nobody judged anything, the shipped curve stays: candidates at the end are no proposals.
    low = np.array([-12.0])
    new = Weights(SHIPPED.features, SHIPPED.weights, 0.0, curve)
    assert new.confidence(low) == pytest.approx(SHIPPED.confidence(low), abs=1e-3)


def test_importance_counts(linker: LexicalLinker, proposals: list[tuple[str, str]]) -> None:
    table = judged(linker, proposals, lambda text, skill: len(skill) > 3)
    heavy = replace(table, importance=np.where(table.right == 1, 4.0, 0.25))
    more = heavy.known(moved(heavy, SHIPPED)).mean()
    assert more > table.known(moved(table, SHIPPED)).mean() + 0.02


def test_unseen_confidences_come_from_other_courses(
    linker: LexicalLinker, proposals: list[tuple[str, str]]
) -> None:
    table = judged(linker, proposals, lambda text, skill: len(skill) > 3, 60)
    first = unseen(table, SHIPPED)
    out = table.subject % 5 == 0
    other = replace(table, right=np.where(out, 1 - table.right, table.right))
    assert unseen(other, SHIPPED)[out] == pytest.approx(first[out])


def test_a_concept_judged_as_expected_is_not_shifted(
    linker: LexicalLinker, proposals: list[tuple[str, str]]
) -> None:
    table = judged(linker, proposals, lambda text, skill: True)
    assert set(shifts_of(table.skills, table.right, table.right).values()) == {0.0}


def test_figures() -> None:
    found = figures(np.array([0.9, 0.6, 0.0, 0.3]), np.array([1.0, 0.0, 1.0, 0.0]), 0.5)
    assert (found["counting"], found["precision"], found["recall"]) == (2, 0.5, 0.5)
    half = LEAST / 2
    expected = -(np.log(0.9) + np.log(0.4) + np.log(half) + np.log(0.7)) / 4
    assert found["log_loss"] == pytest.approx(expected, abs=1e-4)
    assert sum(n for _, _, n, _, _ in found["reliability"]) == 3
    empty = figures(np.zeros(0), np.zeros(0), 0.5)
    assert (empty["judgements"], empty["precision"]) == (0, None)


# What is kept, and how it is taken up


def learned(date: str = "2026-11-25", base: str = "") -> Learned:
    weights = replace(SHIPPED, constant=SHIPPED.constant - 1.0)
    return Learned(weights, {"ml": -2.0}, base or weights_digest(SHIPPED), date, {"judgements": 30})


def test_learned_weights_are_kept_and_the_former_come_back(tmp_path: Path) -> None:
    assert undo(tmp_path) is None
    install(tmp_path, "lexical", learned("2026-11-24"))
    install(tmp_path, "lexical", learned())
    install(tmp_path, "hybrid", learned())
    assert {name: each.date for name, each in read_learned(tmp_path).items()} == {
        "hybrid": "2026-11-25", "lexical": "2026-11-25",
    }  # fmt: skip
    assert read_learned(tmp_path)["lexical"].about == {"judgements": 30}
    assert undo(tmp_path) is True
    assert set(read_learned(tmp_path)) == {"lexical"}
    assert undo(tmp_path) is False
    assert read_learned(tmp_path) == {}
    assert not list((tmp_path / FOLDER).glob("*.part"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"lexical": {}}', '{"lexical": 3}'])
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(LearnedError, match="--undo"):
        read_learned(tmp_path)
    install(tmp_path, "lexical", learned())
    assert set(read_learned(tmp_path)) == {"lexical"}


def test_a_linker_says_what_it_was_taught(tmp_path: Path) -> None:
    install(tmp_path, "lexical", learned())
    plain, taught = get_linker("lexical"), get_linker("lexical", read_learned(tmp_path))
    assert taught.version == f"{plain.version}+r2026-11-25"
    assert "decisions taught" in taught.status()
    assert plain.state() != taught.state()  # type: ignore[attr-defined]
    assert get_linker("exact", read_learned(tmp_path)).name == "exact"
    other = get_linker("lexical", {"lexical": learned(base="of another version of the program")})
    assert other.version == plain.version
    assert "fitech link retrain" in other.status()
    assert other.state() == plain.state()  # type: ignore[attr-defined]


def test_what_is_said_of_a_concept_changes_the_state() -> None:
    first = get_linker("lexical", {"lexical": learned()})
    second = get_linker("lexical", {"lexical": replace(learned(), concepts={"ml": -1.0})})
    assert first.state() != second.state()  # type: ignore[attr-defined]


def test_weights_are_about_features_and_survive_an_upgrade_of_esco(
    linker: LexicalLinker, proposals: list[tuple[str, str]]
) -> None:
    """After an upgrade the skills have other addresses; the weights judge them all the same."""
    words = {label.skill: len(label.text.split()) for label in LABELS if label.language == "en"}
    table = judged(linker, proposals, lambda text, skill: words[skill] > 1)
    result = result_of(linker, table).learned
    again = Learned.from_json(json.loads(json.dumps(result.to_json())))
    text = Subject("x", "course", [Text("outcomes", "en", "You can use statistics and robotics.")])

    def sure(learned: dict[str, Learned] | None, prefix: str) -> dict[str, float]:
        some = LexicalLinker(cache=False, learned=learned)
        some.prepare(
            [replace(label, skill=prefix + label.skill) for label in LABELS],
            [replace(info, skill=prefix + info.skill) for info in INFOS],
        )
        return {link.skill.removeprefix(prefix): link.confidence for link in some.link([text])}

    before = sure({"lexical": replace(again, concepts={})}, "")
    assert before != sure(None, "")
    assert sure({"lexical": again}, "new-") == before
