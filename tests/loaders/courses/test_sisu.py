from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.records import Course, CourseOffering, Organisation
from tests.loaders.test_any_record import mutate


def unit(identifier: str = "otm-1", group: str = "tuni-1", **fields: Any) -> dict[str, Any]:
    return {
        "documentState": "ACTIVE",
        "id": identifier,
        "groupId": group,
        "universityOrgIds": ["tuni-university-root-id"],
        "code": "COMP.CS.100",
        "name": {"fi": "Ohjelmointi", "en": "Programming"},
        "credits": {"min": 5, "max": 5},
        "validityPeriod": {"startDate": "2024-08-01"},
        "outcomes": {"en": "<ol><li>Knows &amp; uses Python</li><li>Writes tests</li></ol>", "fi": " "},
        "prerequisites": {"en": "<p>COMP.CS.050</p>"},
        "content": None,
        "studyLevel": "urn:code:study-level:basic-studies",
        "possibleAttainmentLanguages": ["urn:code:language:fi", "urn:code:language:en"],
        "organisations": [
            {
                "organisationId": "tuni-org-1",
                "roleUrn": "urn:code:organisation-role:responsible-organisation",
            }
        ],
        "recommendedFormalPrerequisites": [
            {"prerequisites": [{"type": "CourseUnit", "courseUnitGroupId": "tuni-0"}]},
            {"prerequisites": [{"type": "Module", "moduleGroupId": "m"}]},
        ],
        **fields,
    }


def lines(*records: object) -> str:
    return "\n".join(json.dumps(record) for record in records)


def test_a_unit_is_a_course_in_plain_text(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("sisu", {"u.jsonl": lines(unit())})
    (course,) = outcomes.of(Course)
    assert course.university == "tampere"
    assert course.outcomes == {"en": "Knows & uses Python\n\nWrites tests"}
    assert course.prerequisite_codes == ("tuni-0", "m", "COMP.CS.050")
    assert course.level == "basic-studies"
    assert course.languages == ("fi", "en")
    assert course.identifiers == ("otm-1", "tuni-1")
    assert {org.key for org in outcomes.of(Organisation)} == {"tampere", "tampere/tuni-org-1"}


def test_of_several_versions_the_newest_active_one_counts(read) -> None:  # type: ignore[no-untyped-def]
    old = unit(
        "v1", validityPeriod={"startDate": "2020-08-01", "endDate": "2024-07-31"}, name={"en": "Old"}
    )
    gone = unit("v3", documentState="DELETED", validityPeriod={"startDate": "2025-08-01"})
    outcomes = read("sisu", {"u.json": json.dumps([old, unit("v2"), gone])})
    assert [course.identifiers[0] for course in outcomes.of(Course)] == ["v2"]
    assert sorted(outcomes.skipped) == ["a deleted course unit", "an older version of a course unit"]


def test_other_replies_are_recognised_and_counted(read) -> None:  # type: ignore[no-untyped-def]
    search = {"start": 0, "searchResults": [{"id": "1", "groupId": "g", "code": "A", "name": "Text"}]}
    organisations = [
        {
            "id": "jy-ORG-25",
            "universityOrgId": "jyu-university-root-id",
            "name": {"fi": "IT-tiedekunta"},
        },
        {
            "id": "jyu-university-root-id",
            "universityOrgId": "jyu-university-root-id",
            "name": {"fi": "JY"},
        },
        {"id": "jy-CP", "universityOrgId": "jyu-university-root-id", "activePeriod": {}, "name": {}},
        {"something": "else"},
    ]
    outcomes = read("sisu", {"s.json": json.dumps(search), "o.json": json.dumps(organisations)})
    assert len(outcomes.all) == 5
    assert {org.key for org in outcomes.of(Organisation)} == {"jyu", "jyu/jy-ORG-25"}
    assert len(outcomes.skipped) == 1
    assert len(outcomes.problems) == 2  # nothing tells the university of the search result


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": None}, "id"),
        ({"code": ""}, "code"),
        ({"name": {}}, "name"),
        ({"name": {"fi": 5}}, "name"),
        ({"universityOrgIds": [], "groupId": "otm-9", "organisations": []}, "universityOrgIds"),
    ],
)
def test_a_bad_unit_is_told(read, fields: dict[str, Any], field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("sisu", {"u.jsonl": lines({**unit(), **fields}, unit("otm-2", "tuni-2"))})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(Course)) == 1


def test_a_bad_field_is_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    bad = unit(credits="5", recommendedFormalPrerequisites={"x": 1}, possibleAttainmentLanguages="fi")
    outcomes = read("sisu", {"u.jsonl": lines(bad)})
    assert len(outcomes.of(Course)) == 1
    assert {w.field for w in outcomes.warnings} == {
        "credits", "recommendedFormalPrerequisites", "possibleAttainmentLanguages",
    }  # fmt: skip


def test_an_unknown_university_is_named_by_its_key(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("sisu", {"u.jsonl": lines(unit(universityOrgIds=["new-university-root-id"]))})
    assert outcomes.of(Course)[0].university == "new"
    assert outcomes.of(Organisation)[0].name == {"und": "new"}


def test_a_unit_tells_when_it_is_valid_what_it_is_about_and_for_whom(read) -> None:  # type: ignore[no-untyped-def]
    rich = unit(
        validityPeriod={"startDate": "2024-08-01", "endDate": "2026-07-31"},
        studyFields=[
            "urn:code:study-field:okm-7",
            "urn:code:study-field:okm-10",
            "urn:code:study-field:x",
        ],
        searchTags=["tohtori", "doctoral", "tohtori"],
        cefrLevel="urn:code:cefr-level:b1",
        customCodeUrns={
            "urn:code:custom:aalto-university-root-id:sustainable-development-goals": [
                "urn:code:custom:aalto-university-root-id:sustainable-development-goals:4",
                "urn:code:custom:aalto-university-root-id:sustainable-development-goals:18",
            ]
        },
        completionMethods=[
            {"studyType": "DEGREE_STUDIES", "evaluationCriteria": {"en": "<p>Exam</p>"}},
            {"studyType": "OPEN_UNIVERSITY_STUDIES", "evaluationCriteria": {"en": "Essay"}},
        ],
        tweetText={"en": "Short"},
    )
    (course,) = read("sisu", {"u.jsonl": lines(rich)}).of(Course)
    assert (course.valid_from, course.valid_until) == (date(2024, 8, 1), date(2026, 7, 31))
    assert course.isced_f == ("06",)  # 10 is no single field of ISCED-F
    assert course.keywords == {"und": ("tohtori", "doctoral"), "en": ("CEFR B1",)}
    assert course.subjects == ("http://metadata.un.org/sdg/4",)
    assert course.open_to_all is True
    assert course.assessment == {"en": "Exam\n\nEssay"}
    assert course.content == {"en": "Short"}
    (plain,) = read("sisu", {"u.jsonl": lines(unit())}).of(Course)
    assert (plain.open_to_all, plain.valid_until) == (None, None)


def test_one_english_text_in_three_languages_is_one(read) -> None:  # type: ignore[no-untyped-def]
    same = "<p>After the course, the student is able to model the growth of cells.</p>\r\n"
    (course,) = read(
        "sisu", {"u.jsonl": lines(unit(outcomes=dict.fromkeys(("fi", "sv", "en"), same)))}
    ).of(Course)
    assert course.outcomes == {
        "en": "After the course, the student is able to model the growth of cells."
    }


def test_a_deletion_hides_older_copies_of_the_same_version(read) -> None:  # type: ignore[no-untyped-def]
    gone = unit(documentState="DELETED", metadata={"lastModifiedOn": "2026-09-01"})
    before = unit(metadata={"lastModifiedOn": "2026-05-01"})
    for order in ([gone, before], [before, gone]):
        outcomes = read("sisu", {"u.json": json.dumps(order)})
        assert outcomes.of(Course) == []
        assert sorted(outcomes.skipped) == [
            "a course unit that another record deletes",
            "a deleted course unit",
        ]
    same = read("sisu", {"u.json": json.dumps([unit(documentState="DELETED"), unit()])})
    assert same.of(Course) == []  # the first of two copies counts
    newer = unit("v2", metadata={"lastModifiedOn": "2026-01-01"})
    outcomes = read("sisu", {"u.json": json.dumps([gone, newer])})
    assert len(outcomes.of(Course)) == 1


def test_a_broken_newest_version_does_not_hide_the_one_before(read) -> None:  # type: ignore[no-untyped-def]
    new = unit("v2", validityPeriod={"startDate": "2026-08-01"}, code=None)
    outcomes = read("sisu", {"u.jsonl": lines(unit("v1"), new)})
    assert [course.identifiers[0] for course in outcomes.of(Course)] == ["v1"]
    assert len(outcomes.problems) == 1


def test_a_code_that_went_to_a_newer_unit_is_one_course_known_by_both_groups(read) -> None:  # type: ignore[no-untyped-def]
    old = unit("u1", "tuni-1", validityPeriod={"startDate": "2020-08-01"})
    outcomes = read("sisu", {"u.jsonl": lines(unit("u2", "tuni-2"), old)})
    (course,) = outcomes.of(Course)
    assert course.identifiers == ("u2", "tuni-2", "tuni-1")
    assert outcomes.skipped == ["a course unit whose code has gone to a newer one"]


def test_units_that_require_each_other_load(read) -> None:  # type: ignore[no-untyped-def]
    def needs(group: str) -> list[dict[str, Any]]:
        return [{"prerequisites": [{"type": "CourseUnit", "courseUnitGroupId": group}]}]

    one = unit("u1", "tuni-1", code="A.B.100", compulsoryFormalPrerequisites=needs("tuni-2"))
    two = unit("u2", "tuni-2", code="A.B.200", compulsoryFormalPrerequisites=needs("tuni-1"))
    courses = read("sisu", {"u.jsonl": lines(one, two)}).of(Course)
    assert [course.prerequisite_codes[0] for course in courses] == ["tuni-2", "tuni-1"]


def module(identifier: str = "otm-m", group: str = "tuni-m", **fields: Any) -> dict[str, Any]:
    courses = [
        {"type": "CourseUnitRule", "courseUnitGroupId": "tuni-1"},
        {"type": "AnyCourseUnitRule"},
        {"type": "CourseUnitRule", "courseUnitGroupId": "tuni-2"},
        {"type": "CourseUnitRule", "courseUnitGroupId": "tuni-1"},
    ]
    below = {"type": "ModuleRule", "moduleGroupId": "tuni-mm", "dataNode": {"rule": {"rules": courses}}}
    return {
        "documentState": "ACTIVE",
        "type": "StudyModule",
        "id": identifier,
        "groupId": group,
        "code": "COMP.MOD",
        "universityOrgIds": ["tuni-university-root-id"],
        "name": {"en": "Basic studies"},
        "targetCredits": {"min": 25, "max": None},
        "contentDescription": {"en": "<p>Basics</p>"},
        "rule": {
            "type": "CreditsRule",
            "credits": {"min": 25},
            "rule": {
                "type": "CompositeRule",
                "rules": [
                    {"type": "CompositeRule", "rules": courses},
                    below,
                    {"type": "AnyModuleRule"},
                ],
            },
        },
        **fields,
    }


def test_modules_and_programmes_are_courses_with_parts(read) -> None:  # type: ignore[no-untyped-def]
    group = module("g", "tuni-g", type="GroupingModule", code=None, rule={"type": "AnyModuleRule"})
    programme = module("p", "tuni-p", type="DegreeProgramme", code="P1")
    old = module("old", validityPeriod={"startDate": "2010-08-01"})
    new = module(validityPeriod={"startDate": "2020-08-01"})
    outcomes = read("sisu", {"m.json": json.dumps([group, programme, old, new])})
    by_code = {course.code: course for course in outcomes.of(Course)}
    assert {code: course.kind for code, course in by_code.items()} == {
        "tuni-g": "module", "P1": "programme", "COMP.MOD": "module",
    }  # fmt: skip
    assert by_code["COMP.MOD"].parts == ("tuni-1", "tuni-2", "tuni-mm")
    assert by_code["COMP.MOD"].identifiers == ("otm-m", "tuni-m")
    assert (by_code["COMP.MOD"].credits_min, by_code["COMP.MOD"].credits_max) == (25, None)
    assert by_code["COMP.MOD"].content == {"en": "Basics"}
    assert by_code["tuni-g"].parts == ()
    assert outcomes.skipped == ["an older version of a module"]


def test_rules_may_nest_deeply(read) -> None:  # type: ignore[no-untyped-def]
    rule: dict[str, Any] = {"type": "CourseUnitRule", "courseUnitGroupId": "tuni-1"}
    for _ in range(200):
        rule = {"type": "CreditsRule", "rule": rule}
    (course,) = read("sisu", {"m.json": json.dumps(module(rule=rule))}).of(Course)
    assert course.parts == ("tuni-1",)


def held(identifier: str = "tuni-CUR-1", **fields: Any) -> dict[str, Any]:
    return {
        "documentState": "ACTIVE",
        "flowState": "PUBLISHED",
        "id": identifier,
        "universityOrgIds": ["tuni-university-root-id"],
        "name": {"fi": "Ohjelmointi", "en": "Programming"},
        "nameSpecifier": {"fi": "Verkko-opetus", "en": "Online teaching"},
        "assessmentItemIds": ["tuni-AI-1"],
        "activityPeriod": {"startDate": "2026-01-07", "endDate": "2026-02-21"},
        "enrolmentPeriod": {
            "startDateTime": "2025-12-01T06:00:00",
            "endDateTime": "2026-01-10T21:59:00",
        },
        "teachingLanguageUrn": "urn:code:language:fi",
        "courseUnitRealisationTypeUrn": "urn:code:course-unit-realisation-type:teaching-participation-online",
        "responsibilityInfos": [{"personId": "x", "text": {"fi": "Maija"}}],
        "studyGroupSets": [],
        **fields,
    }


METHODS = [
    {"studyType": "DEGREE_STUDIES", "assessmentItemIds": ["tuni-AI-1"]},
    {"studyType": "OPEN_UNIVERSITY_STUDIES", "assessmentItemIds": ["tuni-AI-2"]},
]


def test_a_realisation_belongs_to_the_course_of_its_assessment_item(read) -> None:  # type: ignore[no-untyped-def]
    files = {"r.json": json.dumps([held()]), "u.jsonl": lines(unit(completionMethods=METHODS))}
    (offering,) = read("sisu", files).of(CourseOffering)
    assert (offering.university, offering.course_code) == ("tampere", "COMP.CS.100")
    assert offering.title == {"fi": "Ohjelmointi, Verkko-opetus", "en": "Programming, Online teaching"}
    assert (offering.start, offering.end) == (date(2026, 1, 7), date(2026, 2, 21))
    assert (offering.enrolment_start, offering.enrolment_end) == (date(2025, 12, 1), date(2026, 1, 10))
    assert offering.offering_type == "teaching-participation-online"
    assert (offering.modes, offering.languages) == (("online",), ("fi",))
    assert (offering.open_to_all, offering.cancelled) == (None, False)


def test_a_realisation_may_name_units_and_may_be_open_to_all(read) -> None:  # type: ignore[no-untyped-def]
    realisations = [
        held(
            "r1", assessmentItemIds=["x"], courseUnitIds=["otm-1"], name={"fi": "Avoin yo: Ohjelmointi"}
        ),
        held("r2", assessmentItemIds=["tuni-AI-2"], flowState="CANCELLED"),
        held("r3", assessmentItemIds=["tuni-AI-9"]),
        held("r4", courseUnits=[{"code": "COMP.CS.100"}], assessmentItemIds=[]),
    ]
    item = {"id": "tuni-AI-9", "assessmentItemType": "x", "primaryCourseUnitGroupId": "tuni-1"}
    files = {
        "r.json": json.dumps(realisations),
        "u.jsonl": lines(unit(completionMethods=METHODS), item),
    }
    outcomes = read("sisu", files)
    offerings = {one.key: one for one in outcomes.of(CourseOffering)}
    assert [one.open_to_all for one in offerings.values()] == [True, True, None, None]
    assert offerings["r2"].cancelled
    assert {one.course_code for one in offerings.values()} == {"COMP.CS.100"}
    assert outcomes.skipped == ["an assessment item (it links realisations to courses)"]


def test_a_realisation_of_two_courses_is_an_offering_of_each(read) -> None:  # type: ignore[no-untyped-def]
    units = [unit("u1", "g1", code="A.B.100"), unit("u2", "g2", code="A.B.200")]
    outcomes = read("sisu", {"x.jsonl": lines(held("r", courseUnitIds=["u1", "u2"]), *units)})
    assert [(one.key, one.course_code) for one in outcomes.of(CourseOffering)] == [
        ("r", "A.B.100"), ("r/A.B.200", "A.B.200"),
    ]  # fmt: skip


def test_realisations_without_course_or_not_published_are_told(read) -> None:  # type: ignore[no-untyped-def]
    records = [
        held("r1"),
        held("r2", flowState="NOT_READY"),
        held("r3", documentState="DELETED"),
        held("r4", courseUnitIds=["otm-1"]),
        held("r4", courseUnitIds=["otm-1"]),
        held(""),
        unit(),
    ]
    outcomes = read("sisu", {"x.jsonl": lines(*records)})
    assert len(outcomes.all) == len(records)
    assert [problem.field for problem in outcomes.problems] == ["assessmentItemIds", "id"]
    assert sorted(outcomes.skipped) == [
        "a deleted realisation",
        "a realisation that is not published",
        "a realisation that stood in the files before",
    ]


def result(group: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"otm-{group}",
        "groupId": group,
        "code": "TIEP115",
        "lang": "fi",
        "name": "Johdatus <em>tietotekniikkaan</em>",
        "organisations": ["jy-ORG-25"],
        "credits": {"min": 3, "max": 5},
        "tweetText": "Lyhyesti",
        **fields,
    }


def test_a_search_result_is_a_thin_course_unless_its_unit_is_known(read) -> None:  # type: ignore[no-untyped-def]
    reply = {"start": 0, "total": 4, "searchResults": [
        result("jy-1"), result("jy-1"), result("tuni-1"), result("jy-2", code="COMP", name=" "),
    ]}  # fmt: skip
    outcomes = read("sisu", {"s.json": json.dumps(reply), "u.jsonl": lines(unit())})
    thin = next(course for course in outcomes.of(Course) if course.code == "TIEP115")
    assert (thin.university, thin.title) == ("jyu", {"fi": "Johdatus tietotekniikkaan"})
    assert (thin.credits_min, thin.credits_max, thin.content) == (3, 5, {"fi": "Lyhyesti"})
    assert thin.identifiers == ("otm-jy-1", "jy-1")
    assert thin.unit == "jyu/jy-ORG-25"
    assert [problem.field for problem in outcomes.problems] == ["name"]
    assert len(outcomes.skipped) == 2


def test_an_organisation_in_the_files_tells_university_and_name(read) -> None:  # type: ignore[no-untyped-def]
    organisation = {
        "id": "x-ORG-1",
        "universityOrgId": "lut-university-root-id",
        "name": {"en": "School of Energy"},
    }
    nameless = unit(universityOrgIds=None, groupId="otm-9", organisations=[
        {"organisationId": "x-ORG-1", "roleUrn": "urn:code:organisation-role:responsible-organisation"}
    ])  # fmt: skip
    outcomes = read("sisu", {"u.jsonl": lines(nameless), "z.json": json.dumps([organisation])})
    (course,) = outcomes.of(Course)
    assert (course.university, course.unit) == ("lut", "lut/x-ORG-1")
    names = {record.key: record.name for record in outcomes.of(Organisation)}
    assert names["lut/x-ORG-1"] == {"en": "School of Energy"}
    assert len(outcomes.of(Organisation)) == 2


def test_educations_and_persons_are_passed_over(read) -> None:  # type: ignore[no-untyped-def]
    education = {
        "id": "e",
        "groupId": "e",
        "structure": {},
        "name": {"en": "B"},
        "universityOrgIds": ["x"],
    }
    outcomes = read("sisu", {"x.jsonl": lines(education, {"id": "p", "lastName": "N"}, unit())})
    assert len(outcomes.skipped) == 2
    assert len(outcomes.of(Course)) == 1


def test_counts_add_up_with_a_damaged_record(read) -> None:  # type: ignore[no-untyped-def]
    text = json.dumps([unit("u1", "g1", code="A.B.100"), unit("u2", "g2", code="A.B.200"), module()])
    damaged = text.replace('"id": "u2"', '"id": u2', 1)
    outcomes = read("sisu", {"u.json": damaged})
    assert len(outcomes.all) == 3
    assert [course.code for course in outcomes.of(Course)] == ["A.B.100", "COMP.MOD"]


def test_strange_values_cost_a_record_or_a_field_only(read) -> None:  # type: ignore[no-untyped-def]
    dice = random.Random(7)
    originals = [unit(completionMethods=METHODS, searchTags=["x"]), module(), held(), result("jy-1")]
    mutants = [mutate(dice.choice(originals), dice) for _ in range(600)]
    outcomes = read("sisu", {"m.json": json.dumps([*originals, *mutants])})
    assert len(outcomes.all) == 604
    assert not [problem for problem in outcomes.problems if "please report it" in problem.remedy]


@pytest.mark.real_data
def test_the_real_files_load_with_all_records_accounted_for(read, shared_data: Path) -> None:  # type: ignore[no-untyped-def]
    folder = shared_data / "courses"
    units = (folder / "sisu-kori-course-units.jsonl").read_bytes()
    outcomes = read("sisu", {"u.jsonl": units})
    assert [course.code for course in outcomes.of(Course)] == [
        "CHEM-E3121", "MS-E1604", "MS-C2105", "CSE-C3800", "LDA-T305", "TKT20010",
    ]  # fmt: skip
    replies = {path.name: path.read_bytes() for path in (folder / "sisu-kori").glob("*.json")}
    outcomes = read("sisu", replies)
    assert len(outcomes.all) == 1 + 2 + 3 + 4
    assert {course.code: len(course.outcomes) for course in outcomes.of(Course)} == {
        "TJTA237": 1, "TIEP115": 0,
    }  # fmt: skip
    assert not outcomes.problems
