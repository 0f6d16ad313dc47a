"""An identifier with markup or control characters reaches no statement, and is told."""

from __future__ import annotations

import pytest

from graph.records import Course, CourseOffering, Organisation, Person, Record, ResearchOutput
from loaders.base import Loaded, Problem
from loaders.keys import is_faulty, with_sound_keys

SCRIPT = "<script>alert(1)</script>"
COURSE = Course("aalto", "CS-1", {"en": "Zeppelins"})


def loaded(*records: Record) -> Loaded:
    found = with_sound_keys(Loaded(records), "a.json")
    assert isinstance(found, Loaded)
    return found


def test_sound_keys_are_left_alone() -> None:
    outcome = Loaded((COURSE, Organisation("ror-1", {"en": "A"}, ("https://ror.org/1",))))
    assert with_sound_keys(outcome) is outcome


@pytest.mark.parametrize("text", [SCRIPT, "a\x00b", "a\r\nb", "a<b", "\u202ex", "\ud800", "x<1:y>"])
def test_markup_and_control_characters_make_no_identifier(text: str) -> None:
    assert is_faulty(text)


@pytest.mark.parametrize(
    "text",
    [
        "CS-C3240", "10.1000/a&b", "A B", "väylä/1", "10.1175/1520-0469(1963)020<0130:dnf>2.0.co;2",
        "10.1002/(sici)1097-4636(199822)39:2<266::aid-jbm14>3.0.co;2-e",
    ],
)  # fmt: skip
def test_odd_but_real_identifiers_pass(text: str) -> None:
    assert not is_faulty(text)


def test_a_field_is_left_out_and_told() -> None:
    course = Course("aalto", "CS-1", {"en": "Z"}, identifiers=("good", SCRIPT), parts=("\x00",))
    found = loaded(course)
    assert found.records == (Course("aalto", "CS-1", {"en": "Z"}, identifiers=("good",)),)
    assert [(one.file, one.record, one.field) for one in found.warnings] == [
        ("a.json", "CS-1", "identifiers"),
        ("a.json", "CS-1", "parts"),
    ]
    assert "'<script>alert(1)</script>' has markup" in found.warnings[0].reason


def test_a_record_without_another_key_is_refused() -> None:
    found = with_sound_keys(Loaded((Organisation("ror-1", {}), Course("aalto", SCRIPT, {"en": "Z"}))))
    assert isinstance(found, Problem)
    assert found.field == "code"
    assert found.record
    assert "Zeppelins" not in found.raw
    assert SCRIPT in found.raw


def test_what_comes_along_is_left_out_with_the_references_to_it() -> None:
    people = Person("p-1", "Metsä"), Person(f"p-{SCRIPT}", "Puro")
    work = ResearchOutput("doi-10.1/x", {"en": "T"}, creators=tuple(one.key for one in people))
    found = loaded(*people, work)
    assert found.records == (people[0], ResearchOutput("doi-10.1/x", {"en": "T"}, creators=("p-1",)))
    assert [one.field for one in found.warnings] == ["key", "creators"]
    offering = CourseOffering("1\n", "aalto", "CS-1")
    assert loaded(COURSE, offering).records == (COURSE,)
