from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

import pytest

from graph.records import Course, CourseOffering, Organisation
from tests.loaders.test_any_record import mutate


def ml(**texts: str) -> dict[str, Any]:
    return {"values": texts}


AALTO = {"organisationRole": 1, "percent": 80, "target": {"organisationTkCode": "10076"}}
OULU = {"organisationRole": 2, "percent": 20, "target": {"organisationTkCode": "01904"}}
NETWORK = {"id": "CN-1", "enrollable": True, "validityStartDate": "2026-08-01"}


def unit(identifier: str = "cu-1", code: str = "CS-E4000", **fields: Any) -> dict[str, Any]:
    return {
        "studyElementId": identifier,
        "studyElementIdentifierCode": code,
        "studyElementPermanentId": "perm-1",
        "type": "COURSE_UNIT",
        "status": "ACTIVE",
        "sendingTime": "2026-10-01T08:00:00+03:00",
        "name": ml(fi="Koneoppiminen", en="Machine learning"),
        "objective": ml(en="<ul><li>Can apply &amp; explain it</li></ul>", fi=" "),
        "content": ml(en="Regression"),
        "preconditions": ml(en="CS-A1110"),
        "creditsMin": 5,
        "creditsMax": 8,
        "teachingLanguage": ["en"],
        "languagesOfCompletion": ["fi", "en"],
        "keywords": [
            {"key": "http://www.yso.fi/onto/yso/p21846", "keySet": "yso", "value": ml(fi="koneoppiminen")},
            {"key": "ai", "keySet": "own"},
        ],
        "classificationCodes": [{"codeKey": "isced-f", "codeValue": "0613"}, {"codeKey": "x", "codeValue": "y"}],
        "minEduGuidanceArea": [7, 10],
        "organisationReferences": [OULU, AALTO],
        "cooperationNetworks": [NETWORK],
        "validityStartDate": "2026-08-01",
        "validityEndDate": "2028-07-31",
        "personReferences": [{"definition": "Maija Meikäläinen"}],
        **fields,
    }  # fmt: skip


def held(identifier: str = "re-1", **fields: Any) -> dict[str, Any]:
    return {
        "realisationId": identifier,
        "status": "ACTIVE",
        "name": ml(en="Machine learning, spring"),
        "startDate": "2027-01-07",
        "endDate": "2027-02-20",
        "enrollmentStartDateTime": "2026-11-01T08:00:00+02:00",
        "enrollmentEndDateTime": "2026-12-01T23:59:00+02:00",
        "teachingLanguage": ["en"],
        "location": {"street": "Otakaari 1", "postalCode": "02150", "postOffice": "Espoo", "country": "246"},
        "studyElementReferences": [
            {"referenceIdentifier": "cu-1", "referenceOrganizer": "10076", "referenceType": "COURSE_UNIT"}
        ],
        "organisationReferences": [AALTO],
        "cooperationNetworks": [NETWORK],
        **fields,
    }  # fmt: skip


def lines(*messages: Any) -> str:
    return "".join(json.dumps(message) + "\n" for message in messages)


def test_a_course_unit_is_a_course_of_its_main_organiser(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("ripa", {"c.json": json.dumps({"courseUnits": [unit()]})})
    (course,) = outcomes.of(Course)
    assert (course.university, course.code, course.kind) == ("aalto", "CS-E4000", "course")
    assert course.outcomes == {"en": "Can apply & explain it"}
    assert course.prerequisite_codes == ("CS-A1110",)
    assert (course.credits_min, course.credits_max) == (5, 8)
    assert course.languages == ("en",)
    assert course.keywords == {"fi": ("koneoppiminen",), "und": ("ai",)}
    assert course.subjects == ("http://www.yso.fi/onto/yso/p21846",)
    assert course.isced_f == ("0613",)  # within 06, which the guidance area says too
    assert course.identifiers == ("cu-1", "perm-1")
    assert (course.valid_from, course.valid_until) == (date(2026, 8, 1), date(2028, 7, 31))
    assert [record.key for record in outcomes.of(Organisation)] == ["aalto"]
    assert "Maija" not in repr(outcomes.records)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(unit()),
        json.dumps([unit()]),
        json.dumps({"courseUnit": unit()}),
        lines({"courseUnits": [unit()]}),
        json.dumps({"hits": {"total": 1, "hits": [{"_index": "opintojaksot", "_source": unit()}]}}),
    ],
)
def test_objects_arrays_requests_and_search_replies_are_read(read, text: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("ripa", {"c.json": text})
    assert len(outcomes.all) == 1
    assert [course.code for course in outcomes.of(Course)] == ["CS-E4000"]


def test_a_realisation_is_an_offering_of_its_course(read) -> None:  # type: ignore[no-untyped-def]
    files = {"r.json": json.dumps({"realisations": [held()]}), "c.json": json.dumps(unit())}
    (offering,) = read("ripa", files).of(CourseOffering)
    assert (offering.key, offering.university, offering.course_code) == ("re-1", "aalto", "CS-E4000")
    assert (offering.start, offering.end) == (date(2027, 1, 7), date(2027, 2, 20))
    assert (offering.enrolment_start, offering.enrolment_end) == (date(2026, 11, 1), date(2026, 12, 1))
    assert (offering.languages, offering.location) == (("en",), "Otakaari 1, Espoo")
    assert not offering.cancelled


def test_realisations_within_a_course_unit_are_offerings_of_it(read) -> None:  # type: ignore[no-untyped-def]
    option = {"completionOptionId": "o", "assessmentItems": [
        {"assessmentItemId": "a", "realisations": [held("re-2", studyElementReferences=None)]}
    ]}  # fmt: skip
    whole = unit(realisations=[held(status="CANCELLED")], completionOptions=[option])
    outcomes = read("ripa", {"c.json": json.dumps([whole])})
    assert len(outcomes.all) == 1
    assert [(one.key, one.cancelled) for one in outcomes.of(CourseOffering)] == [
        ("re-1", True), ("re-2", False),
    ]  # fmt: skip


def test_a_module_has_the_parts_it_lists_and_those_that_name_it(read) -> None:  # type: ignore[no-untyped-def]
    parent = {
        "referenceIdentifier": "sm-1",
        "referenceOrganizer": "10076",
        "referenceType": "STUDY_MODULE",
    }
    module = unit(
        "sm-1", "MOD", type="STUDY_MODULE", studyModuleType="SUBJECT_STUDIES",
        creditsMin=None, creditsMax=None, credits=25, optionality="ALL", studyElementPermanentId=None,
        subElements=[unit("cu-1"), unit("sm-2", "MOD2", type="STUDY_MODULE", subElements=[unit("cu-2", "B")])],
    )  # fmt: skip
    files = {
        "m.json": json.dumps({"studyModules": [module]}),
        "c.json": json.dumps(unit("cu-3", "C", parents=[parent])),
    }
    outcomes = read("ripa", files)
    by_code = {course.code: course for course in outcomes.of(Course)}
    assert set(by_code) == {"MOD", "MOD2", "CS-E4000", "B", "C"}
    assert set(by_code["MOD"].parts) == {"cu-1", "sm-2", "cu-3"}
    assert by_code["MOD2"].parts == ("cu-2",)
    assert (by_code["MOD"].kind, by_code["MOD"].level) == ("module", "intermediate-studies")
    assert (by_code["MOD"].credits_min, by_code["MOD"].credits_max) == (25, 25)
    assert len(outcomes.all) == 2


def test_the_newest_version_counts_wherever_it_stands(read) -> None:  # type: ignore[no-untyped-def]
    new = unit(updatedTime="2026-11-01T00:00:00Z", name=ml(en="New"))
    old = unit(updatedTime="2026-10-01T00:00:00Z", name=ml(en="Old"))
    for order in ([new, old], [old, new]):
        outcomes = read("ripa", {"c.json": json.dumps(order)})
        assert [course.title for course in outcomes.of(Course)] == [{"en": "New"}]
        assert outcomes.skipped == ["an older version of a course unit or module"]


WAITS = "a part of a course unit or module that another message completes"


def test_updates_complete_the_whole_version_in_either_order(read) -> None:  # type: ignore[no-untyped-def]
    first = {"courseUnit": {"studyElementId": "cu-1", "creditsMax": 9, "content": None}}
    then = {
        "courseUnit": {"studyElementId": "cu-1", "creditsMax": 10, "name": ml(sv="Maskininlärning")}
    }
    create = {"courseUnits": [unit()]}
    for messages in ([create, first, then], [then, first, create]):  # as sent, and newest first
        outcomes = read("ripa", {"m.jsonl": lines(*messages)})
        (course,) = outcomes.of(Course)
        assert (course.title, course.credits_max) == ({"sv": "Maskininlärning"}, 10)
        assert course.content == {}
        assert course.outcomes == {"en": "Can apply & explain it"}
        assert outcomes.skipped == [WAITS] * 2
    alone = read("ripa", {"m.jsonl": lines(first)})
    assert [problem.field for problem in alone.problems] == ["organisationReferences"]


def test_an_update_of_a_realisation_within_a_course_unit(read) -> None:  # type: ignore[no-untyped-def]
    update = {"realisation": {"realisationId": "re-1", "status": "CANCELLED"}}
    credits = {"courseUnit": {"studyElementId": "cu-1", "creditsMax": 9}}
    whole = unit(realisations=[held(studyElementReferences=None)])
    for messages in (
        [whole, update],
        [update, whole],
        [whole, update, credits],
        [credits, update, whole],
    ):
        outcomes = read("ripa", {"m.jsonl": lines(*messages)})
        (offering,) = outcomes.of(CourseOffering)
        assert (offering.cancelled, offering.start) == (True, date(2027, 1, 7))
        assert len(outcomes.of(Course)) == 1
        assert len(outcomes.all) == len(messages)


def test_a_deletion_counts_before_or_after_all_else_that_is_said(read) -> None:  # type: ignore[no-untyped-def]
    delete = {"studyElementId": "cu-1", "deleteRealisations": True}
    for messages in ([unit(), held(), delete], [delete, held(), unit()]):
        outcomes = read("ripa", {"m.jsonl": lines(*messages)})
        assert outcomes.records == []
        assert sorted(outcomes.skipped) == [
            "a course unit or module that another message deletes",
            "a message that deletes a course unit or module",
            "a realisation whose course unit is cancelled, archived or deleted",
        ]
    again = unit(name=ml(en="Again"), updatedTime="2026-12-01T00:00:00Z")
    outcomes = read("ripa", {"n.jsonl": lines(unit(), delete, again)})
    assert [course.title for course in outcomes.of(Course)] == [{"en": "Again"}]
    gone = read("ripa", {"o.jsonl": lines(unit(), held(), {"realisationId": "re-1"})})
    assert len(gone.of(Course)) == 1
    assert gone.of(CourseOffering) == []


def test_deleting_a_module_with_its_course_units(read) -> None:  # type: ignore[no-untyped-def]
    module = unit("sm-1", "M", type="STUDY_MODULE", subElements=[unit()])
    outcomes = read(
        "ripa", {"m.jsonl": lines(module, {"studyElementId": "sm-1", "deleteCourseUnits": True})}
    )
    assert outcomes.of(Course) == []
    assert not outcomes.problems


@pytest.mark.parametrize("status", ["CANCELLED", "ARCHIVED"])
def test_cancelled_and_archived_units_are_passed_over(read, status: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read(
        "ripa", {"c.jsonl": lines(unit(status=status), held(), held("re-2", status="ARCHIVED"))}
    )
    assert outcomes.records == []
    assert not outcomes.problems
    assert len(outcomes.skipped) == 3


def test_an_organiser_that_is_not_listed_is_named_by_its_code(read) -> None:  # type: ignore[no-untyped-def]
    target = {"organisationTkCode": "02535", "organisationName": ml(fi="Esimerkkikoulu")}
    other = unit(organisationReferences=[{"organisationRole": 1, "target": target}])
    outcomes = read("ripa", {"c.json": json.dumps(other)})
    (record,) = outcomes.of(Organisation)
    assert (record.key, record.name) == ("organisation-code-02535", {"fi": "Esimerkkikoulu"})
    assert record.identifiers == ("organisation-code:02535",)
    by_name = {"organisationName": ml(en="University of Oulu")}
    named = unit(organisationReferences=[{"organisationRole": 1, "target": by_name}])
    assert read("ripa", {"d.json": json.dumps(named)}).of(Course)[0].university == "oulu"
    chosen = read("ripa", {"e.json": json.dumps(other)}, {"university": "vaasa"})
    assert chosen.of(Course)[0].university == "vaasa"


def test_the_name_of_a_network_is_a_keyword_of_its_courses(read) -> None:  # type: ignore[no-untyped-def]
    network = {
        "network": {
            "id": "CN-1",
            "name": ml(fi="Verkosto"),
            "networkType": "FREEDOM_OF_CHOICE",
            "organisations": [],
        }
    }
    outcomes = read("ripa", {"m.jsonl": lines(network, unit(keywords=None))})
    assert outcomes.of(Course)[0].keywords == {"fi": ("Verkosto",)}
    assert len(outcomes.skipped) == 1


def test_messages_about_students_are_never_loaded(read) -> None:  # type: ignore[no-untyped-def]
    messages = [
        {"student": {"surName": "Meikäläinen"}, "selections": []},
        {"completedCredits": []},
        {"status": 200, "message": "OK"},
        {"sendingOrganisationTkCode": "10076", "timestamp": "2026-10-01T00:00:00Z", "created": []},
    ]
    outcomes = read("ripa", {"m.jsonl": lines(*messages, unit())})
    assert len(outcomes.skipped) == 4
    assert "Meikäläinen" not in repr(outcomes.skipped)


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (unit(studyElementId=""), "studyElementId"),
        (unit(name=ml(fi=" ")), "name"),
        (unit(name="x"), "name"),
        (unit(name={"values": {"fi": 5}}), "name"),
        (unit(organisationReferences=[]), "organisationReferences"),
        (held(studyElementReferences=[{"referenceIdentifier": "?"}]), "studyElementReferences"),
        (held(""), "realisationId"),
        ({"x": 1}, ""),
        (None, ""),
    ],
)
def test_a_bad_message_is_told(read, message: Any, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("ripa", {"m.json": json.dumps([message, unit("cu-9", "GOOD")])})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert [course.code for course in outcomes.of(Course)] == ["GOOD"]


def test_a_damaged_version_hides_none_that_can_be_read(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("ripa", {"m.json": json.dumps([unit(), unit(name=None)])})
    assert len(outcomes.of(Course)) == 1
    assert [problem.field for problem in outcomes.problems] == ["name"]


def test_a_bad_field_is_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    bad = unit(
        objective="x", creditsMin="many", keywords={"a": 1}, teachingLanguage=["?"], validityEndDate="soon",
        classificationCodes=[{"codeKey": "isced", "codeValue": "x"}], realisations=[{"name": ml(en="x")}],
    )  # fmt: skip
    outcomes = read("ripa", {"m.json": json.dumps(bad)})
    assert {warning.field for warning in outcomes.warnings} == {
        "objective", "creditsMin", "keywords", "teachingLanguage", "validityEndDate", "classificationCodes",
        "realisations",
    }  # fmt: skip
    assert outcomes.of(Course)[0].languages == ("fi", "en")


def test_strange_values_cost_a_record_or_a_field_only(read) -> None:  # type: ignore[no-untyped-def]
    dice = random.Random(7)
    module = unit("sm-1", "M", type="STUDY_MODULE", subElements=[unit("cu-2")])
    originals = [unit(realisations=[held("re-9")]), held(), module, {"courseUnit": unit()},
                 {"studyElementId": "cu-2", "deleteRealisations": False}]  # fmt: skip
    mutants = [mutate(dice.choice(originals), dice) for _ in range(600)]
    outcomes = read("ripa", {"m.json": json.dumps([*originals, *mutants])})
    assert len(outcomes.all) == 605
    assert not [problem for problem in outcomes.problems if "please report it" in problem.remedy]


@pytest.mark.parametrize("key", ["courseUnits", "realisations"])
def test_counts_add_up_with_a_damaged_record(read, key: str) -> None:  # type: ignore[no-untyped-def]
    records = [unit("a", "A"), unit("b", "B"), unit("c", "C")]
    if key == "realisations":
        records = [held("a"), held("b"), held("c")]
    text = json.dumps({key: records}).replace('"b"', "b", 1)
    outcomes = read("ripa", {"m.json": text, "u.json": json.dumps(unit())})
    assert len(outcomes.all) == 4
    assert len(outcomes.problems) == 1
