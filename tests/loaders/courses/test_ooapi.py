from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph.records import Course, CourseOffering, LearningOutcome, Organisation, Price, StatedSkill
from loaders.base import Loaded
from loaders.readers.files import find_files
from loaders.registry import get_loader

SAMPLE = Path(__file__).parents[1] / "samples" / "ooapi.json"
ALL = json.loads(SAMPLE.read_text(encoding="utf-8"))
ROOT, UNIT, OUTCOME, COURSE, COURSE6, PROGRAMME, OFFERING = ALL
SKILL = "http://data.europa.eu/esco/skill/8369c2d6-c100-4cf6-bd83-9668d8678433"


def page(*records: object) -> dict[str, str]:
    reply = {"pageSize": 10, "pageNumber": 1, "hasPreviousPage": False, "hasNextPage": False}
    return {"page.json": json.dumps({**reply, "items": records})}


def courses(outcomes: Any) -> dict[str, Course]:
    return {course.code: course for course in outcomes.of(Course)}


def test_a_course_of_version_5(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("ooapi", page(*ALL))
    assert not outcomes.problems
    assert not outcomes.warnings
    course = courses(outcomes)["ROB-101"]
    assert course.university == "aalto"  # by the institution code of the root organisation
    assert course.unit == "aalto/0000aaaa-0000-4000-8000-000000000002"
    assert course.title == {"en": "Robotics", "fi": "Robotiikka"}
    assert course.content == {"en": "Arms & sensors"}
    assert course.learning_outcomes == (
        LearningOutcome({"en": "Can steer a robot", "fi": "Osaa ohjata robottia"}),
        LearningOutcome({"en": "Can read sensors"}),
    )
    assert course.outcomes["en"] == "Can steer a robot\nCan read sensors"
    assert course.prerequisite_codes == ("ROB-100",)
    assert course.credits_max == 5
    assert course.isced_f == ("0714",)
    assert course.languages == ("en",)
    assert course.modes == ("presential", "online")
    assert course.assessment == {"en": "Exam"}
    assert course.valid_from == date(2025, 9, 1)
    assert course.identifiers == ("0000aaaa-0000-4000-8000-000000000010", "R1", "product_id:77")
    assert course.level == "bachelor"
    assert course.eqf_level is None  # the level is the source's word; the EQF level is not said
    assert "Erkki" not in repr(outcomes.records)


def test_a_course_of_version_6_names_outcomes_with_skills(read) -> None:  # type: ignore[no-untyped-def]
    course = courses(read("ooapi", page(*ALL)))["ROB-202"]
    assert course.learning_outcomes == (
        LearningOutcome({"en": "Can apply machine learning"}, (StatedSkill(SKILL),)),
    )
    assert course.credits_max == Decimal("5.5")
    assert course.languages == ("en", "sv")
    assert course.modes == ("blended", "project-based")
    assert course.isced_f == ("0619",)
    assert (course.valid_from, course.valid_until) == (date(2025, 9, 1), date(2027, 8, 1))
    expanded = {**COURSE6, "learningOutcomes": [OUTCOME], "learningOutcomeIds": None}
    again = courses(read("ooapi", page(ROOT, expanded)))["ROB-202"]
    assert again.learning_outcomes == course.learning_outcomes


def test_a_programme_has_the_courses_that_name_it(read) -> None:  # type: ignore[no-untyped-def]
    programme = courses(read("ooapi", page(*ALL)))["ROB-MIN"]
    assert programme.kind == "module"
    assert programme.parts == ("ROB-101", "ROB-202")
    assert programme.eqf_level == 6
    assert programme.university == "aalto"  # as its courses: it names no organisation itself
    child = {**PROGRAMME, "programmeId": "c", "primaryCode": {"code": "TRACK"}, "parent": PROGRAMME}
    whole = {**PROGRAMME, "programmeType": "programme", "children": ["c", "unknown"]}
    parts = courses(read("ooapi", page(ROOT, whole, child)))["ROB-MIN"]
    assert (parts.kind, parts.parts) == ("programme", ("TRACK", "unknown"))


def test_an_offering(read) -> None:  # type: ignore[no-untyped-def]
    (offering,) = read("ooapi", page(*ALL)).of(CourseOffering)
    assert offering == CourseOffering(
        key="0000aaaa-0000-4000-8000-000000000040",
        university="aalto",
        course_code="ROB-202",
        title={"en": "Learning robots, spring"},
        start=date(2026, 1, 10),
        end=date(2026, 3, 20),
        enrolment_start=date(2025, 11, 1),
        enrolment_end=date(2025, 12, 10),
        languages=("en",),
        modes=("online",),
        location="Espoo",
        price=Price(Decimal("340.84"), "EUR", {"en": "€340.84"}),
    )


def test_an_offering_that_carries_its_course(read) -> None:  # type: ignore[no-untyped-def]
    full = {**COURSE, "organization": {**UNIT, "parent": ROOT}}
    old = {
        "offeringId": "o5", "offeringType": "course", "name": [{"language": "nl-NL", "value": "Voorjaar"}],
        "course": full, "startDate": "2026-01-07", "enrollEndDate": "2025-12-01",
    }  # fmt: skip
    outcomes = read("ooapi", page(old, {**old, "offeringId": "o6"}))
    assert [course.code for course in outcomes.of(Course)] == ["ROB-101"]
    first, second = outcomes.of(CourseOffering)
    assert first.title == {"nl": "Voorjaar"}
    assert (first.university, first.course_code, second.course_code) == ("aalto", "ROB-101", "ROB-101")
    assert first.enrolment_end == date(2025, 12, 1)
    assert {org.key for org in outcomes.of(Organisation)} == {
        "aalto",
        first.university + "/" + UNIT["organisationId"],
    }


def test_states_of_offerings(read) -> None:  # type: ignore[no-untyped-def]
    concept, cancelled = (
        {**OFFERING, "state": "concept"},
        {**OFFERING, "courseOfferingId": "c", "state": "cancelled"},
    )
    outcomes = read("ooapi", page(ROOT, COURSE6, concept, cancelled))
    assert outcomes.skipped == ["an offering that is a concept"]
    assert outcomes.of(CourseOffering)[0].cancelled


def test_organisations_that_are_not_listed_are_known_by_their_identifier(read) -> None:  # type: ignore[no-untyped-def]
    other = {**ROOT, "primaryCode": {"code": "X"}}
    outcomes = read("ooapi", page(other, UNIT, COURSE))
    key = "ooapi-0000aaaa-0000-4000-8000-000000000001"
    root, unit = outcomes.of(Organisation)
    assert (root.key, root.name) == (key, {"en": "Example Institute of Technology"})
    assert (unit.key, unit.part_of) == (f"{key}/{UNIT['organisationId']}", key)
    circle = [
        {**UNIT, "organisationId": one, "parentId": other} for one, other in (("a", "b"), ("b", "a"))
    ]
    assert len(read("ooapi", page(*circle, {**COURSE, "organization": "a"})).of(Course)) == 1


def test_the_university_of_the_option(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("ooapi", page(COURSE), {"university": "oulu"})
    assert outcomes.of(Course)[0].university == "oulu"
    assert [org.key for org in outcomes.of(Organisation)] == ["oulu"]


@pytest.mark.parametrize(
    ("load", "credits", "warned"),
    [
        ({"studyLoadUnit": "ects", "value": 3}, 3, False),
        ([{"studyLoadUnit": "sbu", "value": 140}], None, True),
        ({"studyLoadUnit": "ects", "value": "many"}, None, True),
        (None, None, False),
        ("5", None, True),
    ],
)
def test_study_loads(read, load: object, credits: int | None, warned: bool) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("ooapi", page(ROOT, {**COURSE, "studyLoad": load}))
    assert outcomes.of(Course)[0].credits_max == credits
    assert bool(outcomes.warnings) == warned


def test_one_outcome_with_a_list_in_it_is_left_to_be_split(read) -> None:  # type: ignore[no-untyped-def]
    text = {"language": "en", "value": "<ul><li>Knows A</li><li>Knows B</li></ul>"}
    for value in ([[text]], [text]):
        (course,) = read("ooapi", page(ROOT, {**COURSE, "learningOutcomes": value})).of(Course)
        assert course.learning_outcomes == ()
        assert course.outcomes == {"en": "Knows A\n\nKnows B"}


def test_what_is_no_course_is_counted(read) -> None:  # type: ignore[no-untyped-def]
    others = [
        {"personId": "p"}, {"componentId": "c", "courseId": "x"}, {"academicSessionId": "a"}, {"roomId": "r"},
        {"offeringId": "o", "offeringType": "component"}, {"associationId": "a", "offeringId": "o"},
        OUTCOME, COURSE, COURSE,
    ]  # fmt: skip
    outcomes = read("ooapi", page(ROOT, *others))
    assert len(outcomes.all) == 10
    assert len(outcomes.skipped) == 8
    assert "a course that stood in the files before" in outcomes.skipped


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"something": 1}, ""),
        ("text", ""),
        ({**COURSE, "courseId": 5}, "courseId"),
        ({**COURSE, "name": []}, "name"),
        ({**COURSE, "name": [{"language": "not a tag", "value": "X"}]}, "name"),
        ({**OFFERING, "courseId": None}, "course"),
        ({**ROOT, "organizationId": "other", "name": None}, "name"),
    ],
)
def test_a_bad_record_is_told(read, record: object, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("ooapi", page(ROOT, record, COURSE6))
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(Course)) == 1


def test_a_course_without_an_organisation_needs_the_option(read) -> None:  # type: ignore[no-untyped-def]
    (problem,) = read("ooapi", page({**COURSE, "organization": None})).problems
    assert "option" in problem.remedy
    (problem,) = read("ooapi", page(OFFERING)).problems
    assert "not in the files" in problem.reason


def test_a_bad_field_is_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    bad = {
        **COURSE, "link": "no address", "modeOfDelivery": ["telepathy"], "fieldsOfStudy": "xx", "teachingLanguage": "???",
        "learningOutcomes": [5], "otherCodes": [5],
    }  # fmt: skip
    outcomes = read("ooapi", page(ROOT, bad))
    assert len(outcomes.of(Course)) == 1
    assert {warning.field for warning in outcomes.warnings} == {
        "link", "modesOfDelivery", "fieldsOfStudy", "teachingLanguages", "learningOutcomes", "otherCodes",
    }  # fmt: skip


def test_a_damaged_record_costs_itself(read) -> None:  # type: ignore[no-untyped-def]
    many = [ROOT, *({**COURSE, "courseId": f"c{number}"} for number in range(5))]
    text = json.dumps({"pageNumber": 1, "items": many}, indent=1).replace('"c2"', '"c2', 1)
    outcomes = read("ooapi", {"page.json": text})
    assert len(outcomes.all) == len(many)
    assert len(outcomes.problems) == 1


@pytest.mark.real_data
def test_the_real_files(shared_data: Path) -> None:
    files = find_files([shared_data / "courses" / "ooapi-v5"])
    outcomes = list(get_loader("ooapi").read(files, {}))
    loaded = [item for item in outcomes if isinstance(item, Loaded) and not item.skipped]
    assert len(outcomes) == len(loaded) == 5
    records = [record for item in loaded for record in item.records]
    assert {record.code for record in records if isinstance(record, Course)} == {
        "Program 000", "221110", "2024X-501-101101",
    }  # fmt: skip
