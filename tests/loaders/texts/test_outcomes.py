from __future__ import annotations

import time

import pytest

from loaders.texts.outcomes import split_outcomes


def english(text: str) -> list[str]:
    """Return the outcomes of an English text."""
    return [outcome.text["en"] for outcome in split_outcomes({"en": text})]


@pytest.mark.parametrize(
    "text",
    [
        "- knows A\n- can do B",
        "-knows A\n-can do B",
        "• knows A\n\n• can do B",
        "* knows A\n* can do B",
        "– knows A;\n– can do B",
        "· knows A\n· can do B",
        "o knows A\no can do B",
        "1. knows A\n2. can do B",
        "1) knows A\n2) can do B",
        "(a) knows A,\n(b) can do B",
        "i) knows A, and\nii) can do B",
        "After the course, the student:\n\nknows A\n\ncan do B",
        "After the course, the student\nknows A\ncan do B",
        "After the course the student:- knows A - can do B",
        "After the course the student • knows A • can do B",
        "After the course the student *knows A *can do B",
        "After the course the student (i) knows A, and (ii) can do B",
        "After the course the student: 1. knows A 2. can do B",
        "After the course the students1) knows A; 2) can do B",
        "After the course, the student: knows A; can do B",
    ],
)
def test_every_kind_of_list_gives_an_outcome_per_item(text: str) -> None:
    assert english(text) == ["knows A", "can do B"]


@pytest.mark.parametrize(
    ("stem", "language", "joined"),
    [
        ("After the course, the student can:", "en", "bend steel"),
        ("On successful completion of this course, students will be able to:", "en", "bend steel"),
        ("At course completion, you will:", "en", "bend steel"),
        ("By the end of the course the participant…", "en", "bend steel"),
        ("Learning outcomes:", "en", "bend steel"),
        ("Knowledge and understanding", "en", "bend steel"),
        ("After the course:", "en", "bend steel"),
        ("After the course, the participant will understand:", "en", "understand bend steel"),
        ("Students acquire skills in:", "en", "acquire skills in bend steel"),
        ("Good practice in:", "en", "Good practice in: bend steel"),
        ("Opintojakson suoritettuaan opiskelija osaa…", "fi", "bend steel"),
        ("Kurssin suoritettuasi", "fi", "bend steel"),
        ("Kurssin käytyään opiskelija ymmärtää:", "fi", "ymmärtää bend steel"),
        ("Osaamistavoitteet:", "fi", "bend steel"),
        ("Efter avslutad kurs kan studenten", "sv", "bend steel"),
        ("Efter godkänd kurs ska studenten kunna:", "sv", "bend steel"),
        ("Efter slutförd kurs har du följande kunskaper:", "sv", "bend steel"),
    ],
)
def test_of_a_stem_only_what_says_more_than_who_and_when_is_kept(
    stem: str, language: str, joined: str
) -> None:
    outcomes = split_outcomes({language: f"{stem}\n- bend steel\n- weld steel"})
    assert [outcome.text for outcome in outcomes] == [
        {language: joined},
        {language: joined.replace("bend steel", "weld steel")},
    ]


def test_prose_gives_its_sentences() -> None:
    text = (
        "After the course, you can use tools, e.g. Python 2.5 and J. Smith's method. "
        "You know the basics (incl. Excel etc.). The 2. part is known in depth!"
    )
    assert english(text) == [
        "After the course, you can use tools, e.g. Python 2.5 and J. Smith's method.",
        "You know the basics (incl. Excel etc.).",
        "The 2. part is known in depth!",
    ]
    finnish = "Osaat esim. Pythonin, mm. NumPyn. Tunnet ns. Bayesin teoreeman."
    assert len(split_outcomes({"fi": finnish})) == 2
    assert len(split_outcomes({"sv": "Du kan t.ex. Python. Du känner bl.a. Excel."})) == 2


def test_lost_ends_of_lines_are_found_and_names_stay_whole() -> None:
    assert english("Design steel membersAnalyse frames with JavaScript") == [
        "Design steel members",
        "Analyse frames with JavaScript",
    ]
    assert english("Knows the methods.Can use GitHub.") == ["Knows the methods.", "Can use GitHub."]


def test_lines_wrapped_by_hand_are_one_sentence() -> None:
    text = "The student understands the political decisions that guide the\ndesign of urban housing."
    assert english(text) == [text.replace("\n", " ")]
    item = "- Understands storage between power plants,\nIndustry and buildings\n- can do B"
    assert english(item) == [
        "Understands storage between power plants, Industry and buildings",
        "can do B",
    ]


def test_dashes_and_hyphens_in_sentences_begin_no_item() -> None:
    assert english("- Knows mid- and long-term planning - the basics\n- can do B")[0] == (
        "Knows mid- and long-term planning - the basics"
    )
    assert len(english("Knows practice-led and -based research – in theory - and in art.")) == 1


def test_a_sentence_after_a_list_is_no_item() -> None:
    text = "The student understands:\n- A b\n- C d\nThe course is also a start for later studies."
    assert english(text)[-1] == "The course is also a start for later studies."


def test_a_stem_in_a_sentence_and_lists_between_semicolons() -> None:
    assert english("Students are able to: reflect on design. They know history.") == [
        "reflect on design.",
        "They know history.",
    ]
    assert english("Know how to plan; know how to build; know how to test.") == [
        "Know how to plan",
        "know how to build",
        "know how to test.",
    ]
    assert len(english("Knows the classics (Smith 2010; Jones 2012; Lee 2014).")) == 1


@pytest.mark.parametrize(
    "text",
    ["-", "TBA", "To be announced.", "to be defined later", "N/A", "Ks. WebOodi", "See MyCourses",
     "https://example.org/x", "…", "Osaamistavoitteet:", "Ilmoitetaan myöhemmin", "Meddelas senare", "1.", ""],
)  # fmt: skip
def test_place_holders_are_no_outcomes(text: str) -> None:
    assert split_outcomes({"en": text}) == ()
    assert split_outcomes({}) == ()


def test_repetitions_count_once() -> None:
    assert english("- Knows A.\n- knows a\n- Can do B") == ["Knows A.", "Can do B"]


def test_as_many_items_in_two_languages_are_outcomes_in_both() -> None:
    outcomes = split_outcomes(
        {"fi": "- tietää A:n\n- osaa B:n", "en": "- knows A\n- can do B", "sv": "Kan allt."}
    )
    assert [dict(outcome.text) for outcome in outcomes] == [
        {"fi": "tietää A:n", "en": "knows A"},
        {"fi": "osaa B:n", "en": "can do B"},
        {"sv": "Kan allt."},
    ]


def test_of_two_texts_in_truth_of_one_language_the_better_split_one_counts() -> None:
    lines = (
        "After the course, the student is able to:\n\ndesign the frame of a ship\n\ntest it in the tank"
    )
    glued = lines.replace("\n\n", "")
    for texts in ({"fi": lines, "en": glued}, {"fi": glued, "en": lines}):
        assert [dict(outcome.text) for outcome in split_outcomes(texts)] == [
            {"en": "design the frame of a ship"},
            {"en": "test it in the tank"},
        ]
    text = "The student knows the basics of optics and is able to use them in the laboratory."
    only = split_outcomes({"fi": text, "sv": "Studenten kan optik och är bekant med det som hör till."})
    assert [set(outcome.text) for outcome in only] == [{"sv", "en"}]


def test_numbers_without_a_point_and_slips_of_counting() -> None:
    assert english("1 use the tools\n\n2 apply the theory") == ["use the tools", "apply the theory"]
    assert english("3 ECTS are given.\n5 tools are known.") == [
        "3 ECTS are given.",
        "5 tools are known.",
    ]
    text = "The ability to: 1) know one, 2) know two, 2) know three"
    assert english(text) == ["know one", "know two", "know three"]


def test_a_stem_may_end_in_the_middle_of_its_sentence() -> None:
    for stem in ("The course enables the student to", "Students are expected to demonstrate that they"):
        assert english(f"{stem}\n\nuse tools\n\napply theory") == ["use tools", "apply theory"]
    assert english("The student knows: how ships float; how they sink.") == [
        "knows how ships float",
        "knows how they sink.",
    ]


def test_a_long_or_strange_text_takes_no_time() -> None:
    began = time.perf_counter()
    for text in ("- " * 50_000, "a" * 100_000, "1) " * 30_000, "(" * 90_000, "Aa." * 30_000, "osaa, " * 15_000,
                 "\n".join(["word word word word word word"] * 3_000), "x; " * 30_000, "aB" * 50_000):  # fmt: skip
        split_outcomes({"en": text, "fi": text[::-1]})
    assert time.perf_counter() - began < 10
