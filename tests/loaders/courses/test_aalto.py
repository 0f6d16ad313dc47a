from __future__ import annotations

import json
import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph.records import Course, CourseOffering, Organisation
from loaders.courses.aalto import course_title
from tests.loaders.test_any_record import mutate


def realisation(
    identifier: str = "aalto-CUR-1", code: str = "CS-A1110", **fields: Any
) -> dict[str, Any]:
    same = "The student knows the basics of programming and is able to use them."
    return {
        "id": identifier,
        "code": code,
        "startDate": "2026-01-07",
        "endDate": "2026-02-20",
        "type": "teaching-participation-lectures",
        "name": {"fi": "Ohjelmointi, Luento-opetus", "en": "Programming, Lecture", "sv": ""},
        "summary": {
            "learningOutcomes": {"fi": same, "sv": same, "en": same},
            "prerequisites": {"en": "CS-A0001 and MS-A0102, or equivalent. See ISO-9001."},
            "level": {"en": "basic-studies"},
            "content": None,
        },
        "organizationId": "T313",
        "organizationName": {"en": "Department of Computer Science"},
        "credits": {"min": 5, "max": 5},
        "courseUnitId": "aalto-CU-1",
        "languageOfInstructionCodes": ["en", ""],
        "enrolmentStartDate": "2025-12-01",
        "enrolmentEndDate": "2026-01-10",
        **fields,
    }


def test_a_realisation_gives_its_offering_and_the_course(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("aalto", {"a.json": json.dumps([realisation()])})
    (course,) = outcomes.of(Course)
    assert course.title == {"fi": "Ohjelmointi", "en": "Programming"}
    assert list(course.outcomes) == ["en"]  # the same English text stood under three languages
    assert course.prerequisite_codes == ("CS-A0001", "MS-A0102")
    assert course.credits_max == Decimal(5)
    assert course.level == "basic-studies"
    assert course.languages == ("en",)
    assert course.unit == "aalto/T313"
    (offering,) = outcomes.of(CourseOffering)
    assert (offering.start, offering.enrolment_end) == (date(2026, 1, 7), date(2026, 1, 10))
    assert {org.key for org in outcomes.of(Organisation)} == {"aalto", "aalto/T313"}


def test_a_course_is_told_once_by_its_best_realisation(read) -> None:  # type: ignore[no-untyped-def]
    records = [
        realisation("r1", name={"en": "Old, Lecture"}, startDate="2025-01-07"),
        realisation("r2", name={"en": "Programming, Exam"}, type="exam-exam", startDate="2026-05-01"),
        realisation("r3", name={"en": "New, Lecture"}, startDate="2026-01-07"),
    ]
    outcomes = read("aalto", {"a.json": json.dumps(records)})
    assert [course.title["en"] for course in outcomes.of(Course)] == ["New"]
    assert [offering.key for offering in outcomes.of(CourseOffering)] == ["r1", "r2", "r3"]


def test_codes_lose_blanks_and_repeated_realisations_are_counted(read) -> None:  # type: ignore[no-untyped-def]
    records = [realisation("r1", code="CS-A1110 "), realisation("r1"), realisation("r2")]
    outcomes = read("aalto", {"a.jsonl": "\n".join(map(json.dumps, records))})
    assert [course.code for course in outcomes.of(Course)] == ["CS-A1110"]
    assert len(outcomes.skipped) == 1
    assert len(outcomes.all) == 3


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (realisation(""), "id"),
        (realisation(code=None), "code"),  # type: ignore[arg-type]
        (realisation(code=7), "code"),  # type: ignore[arg-type]
        (realisation(name=None), "name"),
        (realisation(name={"en": " "}), "name"),
        (realisation(name=["x"]), "name"),
        ("text", ""),
        (None, ""),
    ],
)
def test_a_bad_record_is_told_and_does_not_stop_the_load(read, record: Any, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("aalto", {"a.json": json.dumps([record, realisation("good")])})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert problem.remedy
    assert [offering.key for offering in outcomes.of(CourseOffering)] == ["good"]


def test_a_bad_field_is_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    record = realisation(
        startDate="9999-99-99", credits={"min": "many"}, summary="x", languageOfInstructionCodes=["!"]
    )
    outcomes = read("aalto", {"a.json": json.dumps([record])})
    assert not outcomes.problems
    assert {w.field for w in outcomes.warnings} == {
        "startDate", "credits.min", "summary", "languageOfInstructionCodes",
    }  # fmt: skip
    assert outcomes.of(CourseOffering)[0].start is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Statics, Exam", "Statics"),
        ("Finnish 1, Contact teaching, Open uni, Aug-Oct", "Finnish 1"),
        ("Kommunicera som expert, (H01 Online) Lecture", "Kommunicera som expert"),
        ("Optics, Lasers and Light, Föreläsning", "Optics, Lasers and Light"),
        ("Public speaking, stage fright", "Public speaking, stage fright"),
        ("Lecture", ""),
        ("Lectures on Physics", "Lectures on Physics"),
        ("Exam in Swedish, Exam", "Exam in Swedish"),
    ],
)
def test_titles_lose_the_form_of_teaching_only(name: str, title: str) -> None:
    assert course_title(name) == title


def test_a_language_that_names_the_form_only_has_no_title(read) -> None:  # type: ignore[no-untyped-def]
    record = realisation(name={"sv": "Föreläsning", "en": "Legal research, Lecture"})
    (course,) = read("aalto", {"a.json": json.dumps([record])}).of(Course)
    assert course.title == {"en": "Legal research"}
    only = realisation(name={"en": "Lecture"})
    (course,) = read("aalto", {"b.json": json.dumps([only])}).of(Course)
    assert course.title == {"en": "Lecture"}


def test_ranges_of_credits_levels_of_languages_and_assessment(read) -> None:  # type: ignore[no-untyped-def]
    record = realisation(credits={"min": 3, "max": 6})
    record["summary"] |= {
        "cefrLevel": "b1-2",
        "assesmentMethods": {"fi": "<ul><li>Tentti</li></ul>", "en": "Exam"},
    }
    (course,) = read("aalto", {"a.json": json.dumps([record])}).of(Course)
    assert (course.credits_min, course.credits_max) == (3, 6)
    assert course.keywords == {"en": ("CEFR B1-2",)}
    assert course.assessment == {"fi": "Tentti", "en": "Exam"}
    (course,) = read("aalto", {"b.json": json.dumps([realisation(credits=None, mincredits="4")])}).of(
        Course
    )
    assert (course.credits_min, course.credits_max) == (4, None)


@pytest.mark.parametrize(
    ("kind", "modes"),
    [
        ("teaching-participation-online", ("online",)),
        ("teaching-participation-blended", ("blended",)),
        ("teaching-participation-contact", ("presential",)),
        ("teaching-participation-project", ("project-based",)),
        ("teaching-participation-lectures", ()),
        ("exam-exam", ()),
        (None, ()),
    ],
)
def test_the_type_tells_the_mode(read, kind: str | None, modes: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    (offering,) = read("aalto", {"a.json": json.dumps([realisation(type=kind)])}).of(CourseOffering)
    assert offering.modes == modes


def test_a_course_of_the_open_university_is_open_to_all(read) -> None:  # type: ignore[no-untyped-def]
    records = [
        realisation(
            "r1", startDate="2025-01-01", name={"fi": "Suomi 1, Verkko-opetus, Avoin yo", "sv": "Nät"}
        ),
        realisation("r2", name={"en": "Finnish 1, Online teaching, Sep-Oct"}),
        realisation("r3", "X-1", name={"en": "Open universe, Lecture"}),
    ]
    outcomes = read("aalto", {"a.json": json.dumps(records)})
    assert [course.open_to_all for course in outcomes.of(Course)] == [True, None]
    assert [offering.open_to_all for offering in outcomes.of(CourseOffering)] == [True, None, None]


def test_strange_values_cost_a_record_or_a_field_only(read) -> None:  # type: ignore[no-untyped-def]
    dice = random.Random(7)
    mutants = [mutate(realisation(f"r{number}"), dice) for number in range(400)]
    outcomes = read("aalto", {"a.json": json.dumps(mutants)})
    assert len(outcomes.all) == 400
    assert not [problem for problem in outcomes.problems if "please report it" in problem.remedy]


def test_a_changed_copy_further_on_takes_no_course_away(read) -> None:  # type: ignore[no-untyped-def]
    copies = [realisation("r1", startDate="2026-01-07"), realisation("r1", startDate="2026-09-07")]
    outcomes = read("aalto", {"a.json": json.dumps(copies)})
    assert len(outcomes.of(Course)) == 1
    assert outcomes.of(CourseOffering)[0].start == date(2026, 1, 7)
    assert outcomes.skipped == ["a realisation that stood in the files before"]


def test_counts_add_up_with_a_damaged_record(read) -> None:  # type: ignore[no-untyped-def]
    text = json.dumps([realisation(f"r{number}") for number in range(3)])
    outcomes = read("aalto", {"a.json": text.replace('"r1"', "r1", 1)})
    assert len(outcomes.all) == 3
    assert [offering.key for offering in outcomes.of(CourseOffering)] == ["r0", "r2"]


@pytest.mark.real_data
def test_the_real_file_loads_with_all_records_accounted_for(read, shared_data: Path) -> None:  # type: ignore[no-untyped-def]
    file = shared_data / "courses" / "aalto-courseunitrealisations.json.gz"
    outcomes = read("aalto", {file.name: file.read_bytes()})
    courses = outcomes.of(Course)
    assert (len(outcomes.all), len(courses), len(outcomes.of(CourseOffering))) == (2985, 1726, 2985)
    assert not outcomes.problems
    assert not outcomes.warnings
    assert sum(offering.open_to_all is True for offering in outcomes.of(CourseOffering)) == 46
    assert sum(bool(course.prerequisite_codes) for course in courses) > 500
