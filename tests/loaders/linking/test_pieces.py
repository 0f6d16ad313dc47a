from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from loaders.linking.base import Subject, Text
from loaders.linking.boilerplate import is_boilerplate, names_a_course
from loaders.linking.calibrate import isotonic, probability
from loaders.linking.languages import language_of
from loaders.linking.pieces import chosen_texts, pieces_of
from loaders.linking.rerank import Weights, fit
from loaders.linking.rules import Case, held_back, is_product_name, taught_part
from loaders.linking.sentences import LONGEST, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One thing. Another thing! A third?", ["One thing.", "Another thing!", "A third?"]),
        ("- apply methods\n- know limits", ["apply methods", "know limits"]),
        ("1) apply methods\n2) know limits", ["apply methods", "know limits"]),
        ("Methods, e.g. Newton's, of Prof. Smith.", ["Methods, e.g. Newton's, of Prof. Smith."]),
        (
            "Menetelmät, esim. Newtonin, ja muut. Käytäntö.",
            ["Menetelmät, esim. Newtonin, ja muut.", "Käytäntö."],
        ),
        ("optics; lasers; fibres", ["optics", "lasers", "fibres"]),
        ("know the basics.Apply them", ["know the basics.", "Apply them"]),
        ("know the basics.- Apply them", ["know the basics.", "Apply them"]),
        ("Tieto- ja viestintätekniikka", ["Tieto- ja viestintätekniikka"]),
        ("123 · -", []),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    found = list(sentences(text))
    assert [each.text for each in found] == parts
    assert all(text[each.start : each.end] == each.text for each in found)


def test_long_sentences_are_cut_and_nothing_is_lost() -> None:
    text = "optics, " * 200
    found = list(sentences(text))
    assert all(len(each.text) <= LONGEST for each in found)
    assert sum(each.text.count("optics") for each in found) == 200


@pytest.mark.parametrize(
    ("sentence", "given", "language"),
    [
        ("The student knows the basics of optics and of lasers.", "fi", "en"),
        ("Opiskelija osaa optiikan perusteet ja laserien käytön.", "en", "fi"),
        ("Studenten känner till grunderna i optik och kan använda dem.", "en", "sv"),
        ("Python", "fi", "fi"),
        ("Machine learning", "sv", "sv"),
    ],
)
def test_language_of_a_sentence(sentence: str, given: str, language: str) -> None:
    assert language_of(sentence, given) == language


@pytest.mark.parametrize(
    "sentence",
    [
        "Exam and assignment.", "Lectures 24 h, independent work 30 h.", "Registration in Sisu.",
        "Kurssin tentti ja harjoitustyö.", "Ilmoittautuminen kurssille.", "Tentamen.", "Harjoitustyö ja tentti.",
        "See MyCourses for more information.", "Grading scale 0-5.", "Compulsory attendance at the first lecture.",
        "Learning to learn", "Course book: Smith (2019), Wiley.", "The course is intended for doctoral students.",
    ],
)  # fmt: skip
def test_boilerplate(sentence: str) -> None:
    assert is_boilerplate(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The student can apply machine learning.", "Opiskelija osaa suunnitella kokeita.",
        "Periodic systems and their stability.", "Studenten kan bedöma risker.", "Assessment of risks in projects.",
        "Literature of the Middle Ages.", "Presentation skills in English.",
    ],
)  # fmt: skip
def test_what_is_taught_is_no_boilerplate(sentence: str) -> None:
    assert not is_boilerplate(sentence)


def test_sentences_on_another_course_are_left_out_where_nothing_is_required() -> None:
    text = "The course goes beyond ELEC-E8412 Robotics. Lasers."
    found = [
        [piece.text for piece in pieces_of(Subject("x", "course", [Text(field, "en", text)]))]
        for field in ("content", "prerequisites")
    ]
    assert [len(each) for each in found] == [1, 2]
    assert names_a_course("See COMP.CS.100 for more.")
    assert not names_a_course("COVID-19 and ISO 9001, in 2026.")


def test_context_is_left_out() -> None:
    assert taught_part("Optimisation with applications in medicine.") == "Optimisation"
    assert taught_part("The course covers control theory.") == "The course covers control theory."
    assert taught_part("In the context of banks, risk is measured.").strip() == "risk is measured."


def test_product_names() -> None:
    assert all(map(is_product_name, ("Microsoft Access", "SQL", "C#", "R", "use CAD software")))
    assert not is_product_name("machine learning")
    assert not is_product_name("translate (into other words)")


def test_of_translations_one_is_read() -> None:
    texts = [
        Text("content", "fi", "Optiikan perusteet ja laserien käyttö."),
        Text("content", "en", "Basics of optics and use of lasers."),
        Text(
            "outcomes",
            "fi",
            "Osaa käyttää lasereita turvallisesti laboratoriossa ja raportoida tuloksista.",
        ),
        Text("outcomes", "en", "See above"),
    ]
    assert [(text.field, text.language) for text in chosen_texts(texts)] == [
        ("content", "en"),
        ("outcomes", "fi"),
    ]


def test_pieces_keep_their_place_in_the_field() -> None:
    text = "Exam.\nRobots are built, with applications in mining."
    (piece,) = pieces_of(Subject("http://x", "course", [Text("content", "en", text)]))
    assert piece.text == "Robots are built"
    assert text[piece.start : piece.end] == piece.quote


def test_a_curve_rises_and_stays_off_certainty() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=2000)
    right = (rng.random(2000) < 1 / (1 + np.exp(-2 * scores))).astype(np.float64)
    curve = isotonic(scores, right, least=50)
    found = probability(np.array([-9.0, -1.0, 0.0, 1.0, 9.0]), curve)
    assert (np.diff(found) >= 0).all()
    assert 0 < found[0] < 0.1
    assert 0.9 < found[-1] < 1
    assert abs(found[2] - 0.5) < 0.15
    assert probability(np.zeros(1), ())[0] == 0.5


def test_weights_are_learned_and_stay_near_a_prior() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(500, 2))
    right = (rows[:, 0] > 0).astype(np.float64)
    learned = fit(("a", "b"), rows, right)
    assert learned.weights[0] > 5 * abs(learned.weights[1])
    prior = Weights(("a", "b"), np.array([0.0, 3.0]), 0.0)
    held = fit(("a", "b"), rows[:5], right[:5], hold=1e6, prior=prior)
    assert abs(held.weights[1] - 3.0) < 0.1
    assert Weights.from_json(learned.to_json()).features == ("a", "b")


@pytest.mark.parametrize(
    ("label", "held"),
    [
        ("assess students", True), ("teach computer science", True), ("provide feedback to teachers", True),
        ("curriculum objectives", True), ("computer science", False), ("teachable machines", False),
    ],
)  # fmt: skip
def test_the_work_of_teachers_is_not_what_a_course_teaches(label: str, held: bool) -> None:
    seen = defaultdict(float, word_in=1.0)
    assert (held_back(Case(label, seen, False, False, False)) == "work of teachers") is held
    named = defaultdict(float, word_in=1.0, exact_words=1.0)
    assert held_back(Case(label, named, False, False, False)) is None
