"""Wholes: what decides on a skill for a course, seen on small texts."""

from __future__ import annotations

import pytest

from graph.records import SkillLink
from loaders.linking.base import Subject, Text
from loaders.linking.hybrid import LexicalLinker
from loaders.linking.rules import UNSURE
from loaders.linking.whole import LEXICAL_FEATURES, features, shipped_whole
from tests.loaders.linking.test_hybrid import INFOS, LABELS


@pytest.fixture(scope="module")
def linker() -> LexicalLinker:
    made = LexicalLinker(cache=False)
    made.prepare(LABELS, INFOS)
    return made


def course(**texts: str) -> Subject:
    return Subject("x", "course", [Text(field, "en", text) for field, text in texts.items()])


def row(
    linker: LexicalLinker, subject: Subject, skill: str, relation: str = "teaches"
) -> dict[str, float]:
    found = {(each, its): row for each, its, row, _ in linker.appraise(subject)}
    return dict(zip(LEXICAL_FEATURES, found[relation, skill].tolist(), strict=True))


def links(linker: LexicalLinker, subject: Subject) -> dict[tuple[str, str], SkillLink]:
    return {(link.relation, link.skill): link for link in linker.link([subject])}


@pytest.mark.parametrize("name", ["hybrid", "lexical"])
def test_the_shipped_weights_know_every_feature(name: str) -> None:
    whole = shipped_whole(name)
    assert whole.weights.features == features(name == "hybrid")
    assert all(skill.startswith("http://data.europa.eu/esco/skill/") for skill in whole.concepts)


def test_the_share_of_a_name_is_that_in_the_whole_text(linker: LexicalLinker) -> None:
    apart = course(outcomes="You know fluid dynamics.", content="Mechanics is a theme.")
    seen = row(linker, apart, "fluid")
    assert seen["text_word_in"] > seen["word_in"] + 0.1


def test_fields_tell_where_the_skill_stands(linker: LexicalLinker) -> None:
    seen = row(linker, course(title="Machine learning", outcomes="You write essays."), "ml")
    assert seen["title"] > 0.3 > seen["outcomes"]
    assert seen["required"] == 0.0
    needed = course(title="Essays", prerequisites="Machine learning.")
    assert row(linker, needed, "ml", "requires")["required"] == 1.0


def test_a_second_sentence_counts(linker: LexicalLinker) -> None:
    once = row(linker, course(outcomes="You know machine learning. You write essays."), "ml")
    twice = row(linker, course(outcomes="You know machine learning. Machine learning is used."), "ml")
    assert twice["second"] > once["second"]
    assert twice["share"] > once["share"]


def test_a_product_that_is_not_named_waits_for_a_person(linker: LexicalLinker) -> None:
    limits = {
        skill: limit
        for _, skill, _, limit in linker.appraise(course(outcomes="Statistics and reports in a file."))
    }
    held = [skill for skill, limit in limits.items() if limit == UNSURE]
    assert all(limit in (UNSURE, 0.95) for limit in limits.values())
    assert "ml" not in held


def test_links_carry_the_confidence_of_the_whole(linker: LexicalLinker) -> None:
    subject = course(title="Machine learning", outcomes="You can use machine learning.")
    found = links(linker, subject)["teaches", "ml"]
    (seen,) = [row for each, skill, row, _ in linker.appraise(subject) if skill == "ml"]
    weights = linker.whole.weights
    assert found.confidence == pytest.approx(
        float(weights.confidence(weights.score(seen[None]))[0]), abs=1e-3
    )


def test_adverts_are_decided_by_their_surest_sentence(linker: LexicalLinker) -> None:
    assert not linker.decides_on_wholes("advert")
    advert = Subject("x", "advert", [Text("description", "en", "You use machine learning.")])
    assert ("needs", "ml") in links(linker, advert)
