from __future__ import annotations

import json
from typing import Any

import pytest

from graph.records import Course, Organisation


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
    assert course.prerequisite_codes == ("tuni-0", "COMP.CS.050")
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
    assert len(outcomes.skipped) == 2
    assert len(outcomes.problems) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": None}, "id"),
        ({"code": ""}, "code"),
        ({"name": {}}, "name"),
        ({"name": {"fi": 5}}, "name"),
        ({"universityOrgIds": []}, "universityOrgIds"),
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
