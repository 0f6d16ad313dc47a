from __future__ import annotations

from collections.abc import Iterable

import pytest

from graph.records import SkillLink
from loaders.linking.base import SkillLabel, Subject, Text
from loaders.linking.exact import ExactLinker
from loaders.linking.registry import get_linker, linker_names
from loaders.linking.words import normal_form, words

LABELS = [
    SkillLabel("ml", "machine learning", "en", True),
    SkillLabel("ml", "koneoppiminen", "fi", True),
    SkillLabel("ml", "statistical learning", "en", False),
    SkillLabel("stat", "statistics", "en", True),
    SkillLabel("robot", "robotics", "en", True),
    SkillLabel("python", "Python (computer programming)", "en", True),
    SkillLabel("r", "R", "en", True),
    SkillLabel("scala", "Scala", "en", True),
    SkillLabel("scala", "skala", "sv", True),
    SkillLabel("quality", "assess sound quality", "en", True),
    SkillLabel("mech", "mechanics", "en", True),
    SkillLabel("team", "work in teams", "en", True, transversal=True),
    SkillLabel("model", "business model", "en", True),
    SkillLabel("model", "liiketoimintamalli", "fi", True),
    SkillLabel("env", "environmental threats", "en", True),
    SkillLabel("env", "ympäristöuhkat", "fi", True),
    SkillLabel("access", "Microsoft Access", "en", True),
    SkillLabel("access", "Access", "en", False),
    SkillLabel("one", "shared name", "en", False),
    SkillLabel("two", "shared name", "en", False),
    SkillLabel("game", "Source (digital game creation systems)", "en", True),
]


def link(*texts: Text, kind: str = "course") -> dict[tuple[str, str], SkillLink]:
    linker = ExactLinker()
    linker.prepare(LABELS)
    found: Iterable[SkillLink] = linker.link([Subject("http://x/1", kind, texts)])
    return {(item.relation, item.skill): item for item in found}


def outcomes(text: str, language: str = "en") -> dict[tuple[str, str], SkillLink]:
    return link(Text("outcomes", language, text))


def test_evidence_says_where_the_words_stand() -> None:
    text = "You can apply Machine-Learning and robots."
    found = outcomes(text)[("teaches", "ml")]
    (evidence,) = found.evidence
    assert text[evidence.start : evidence.end] == evidence.quote == "Machine-Learning"
    assert evidence.matched_label == "machine learning"
    assert found.method == "exact/1"
    assert found.status == "proposed"
    assert found.confidence >= 0.5


def test_inflected_finnish_words_meet_their_label() -> None:
    assert ("teaches", "ml") in outcomes("Opiskelija osaa soveltaa koneoppimista.", "fi")
    assert ("teaches", "model") in outcomes("Vertaillaan liiketoimintamalleja.", "fi")


def test_a_part_of_a_compound_is_not_the_compound() -> None:
    assert not outcomes("Ympäristön tila ja liiketoiminnan kehitys.", "fi")


def test_labels_count_only_in_texts_of_their_language() -> None:
    assert not outcomes("koneoppiminen", "en")
    assert not outcomes("machine learning", "de")


def test_prerequisites_are_required_not_taught() -> None:
    found = link(Text("prerequisites", "en", "Statistics and machine learning."))
    assert set(found) == {("requires", "stat"), ("requires", "ml")}


def test_texts_of_outputs_are_about_skills() -> None:
    assert set(link(Text("title", "en", "Machine learning for robots"), kind="output")) == {
        ("about", "ml")
    }


def test_one_word_needs_a_title_or_a_second_field() -> None:
    once = outcomes("Robotics is treated.")[("teaches", "robot")]
    title = link(Text("title", "en", "Robotics"))[("teaches", "robot")]
    twice = link(Text("outcomes", "en", "Uses robotics."), Text("content", "en", "Robotics."))
    assert once.confidence < 0.5 <= title.confidence
    assert twice[("teaches", "robot")].confidence >= 0.5


def test_a_one_word_alternative_label_never_decides_alone() -> None:
    found = link(
        Text("title", "en", "Access"), Text("outcomes", "en", "Access"), Text("content", "en", "Access")
    )
    assert found[("teaches", "access")].confidence < 0.5


def test_names_are_found_as_names_only() -> None:
    assert ("teaches", "python") in outcomes("We use Python.")
    assert ("teaches", "python") in outcomes("Käytetään kieltä Python.", "fi")
    assert ("teaches", "python") not in outcomes("A python is a snake.")
    assert ("teaches", "r") in outcomes("Software R is used.")
    assert not outcomes("Research on R&D and option r.")
    assert not outcomes("Utsläpp i stor skala", "sv")
    assert ("teaches", "access") not in outcomes("Open access to knowledge")


def test_homonyms_and_stem_clashes_of_the_failure_list() -> None:
    assert not outcomes("regulatory mechanisms in a sound manner")
    assert not outcomes("Sources are cited. The source of data.")


def test_words_apart_are_not_one_label() -> None:
    assert not outcomes("a machine, learning to walk")
    assert not outcomes("the machine\nlearning goals")


def test_the_longest_label_wins() -> None:
    assert set(outcomes("statistical learning")) == {("teaches", "ml")}


def test_transversal_skills_count_only_in_a_title() -> None:
    both = link(Text("outcomes", "en", "Work in teams."), Text("content", "en", "Work in teams."))
    assert both[("teaches", "team")].confidence < 0.5
    assert link(Text("title", "en", "Work in teams"))[("teaches", "team")].confidence >= 0.5


def test_shared_labels_are_weak() -> None:
    found = outcomes("A shared name.")
    assert {skill for _, skill in found} == {"one", "two"}
    assert all(item.confidence <= 0.14 for item in found.values())


def test_confidence_is_a_probability_and_evidence_is_bounded() -> None:
    text = "Machine learning. " * 50
    found = link(Text("title", "en", text), Text("outcomes", "en", text), Text("content", "en", text))
    assert 0 < found[("teaches", "ml")].confidence <= 0.95
    assert len(found[("teaches", "ml")].evidence) == 3


@pytest.mark.parametrize(
    ("word", "language", "form"),
    [
        ("networks", "en", "network"),
        ("physics", "en", "physics"),
        ("analysis", "en", "analysis"),
        ("mechanisms", "en", "mechanism"),
        ("studies", "en", "study"),
        ("communications", "en", "communications"),
        ("toimintatieteen", "fi", "toimintatiede"),
        ("ympäristössään", "fi", "ympäristö"),
        ("maskininlärningen", "sv", "maskininlärning"),
    ],
)
def test_normal_forms(word: str, language: str, form: str) -> None:
    assert normal_form(word, language) == form


def test_words_keep_their_places() -> None:
    text = "C++ ja C#, e-oppiminen"
    assert [text[word.start : word.end] for word in words(text, "fi")] == [
        "C++",
        "ja",
        "C#",
        "e",
        "oppiminen",
    ]


def test_the_registry_gives_linkers_by_name() -> None:
    assert "exact" in linker_names()
    assert get_linker("exact").name == "exact"
    with pytest.raises(KeyError):
        get_linker("nothing")
