from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from graph.records import Concept, ConceptRelation
from tests.loaders.conftest import Outcomes, Read

E = "http://data.europa.eu/esco"
SKILL, OTHER = (
    f"{E}/skill/00000000-aaaa-4aaa-8aaa-000000000001",
    f"{E}/skill/00000000-aaaa-4aaa-8aaa-000000000002",
)
GROUP = f"{E}/skill/00000000-aaaa-4aaa-8aaa-00000000000a"
OCCUPATION = f"{E}/occupation/00000000-bbbb-4bbb-8bbb-000000000001"


def link(uri: str, **more: str) -> dict[str, str]:
    return {
        "href": f"https://service.example.org/api/resource/x?uri={uri}",
        "uri": uri,
        "title": "x",
        **more,
    }


def skill(uri: str = SKILL, label: str = "test devices", **fields: Any) -> dict[str, Any]:
    return {
        "className": "Skill",
        "classId": f"{E}/model#Skill",
        "uri": uri,
        "title": label,
        "referenceLanguage": ["en"],
        "preferredLabel": {"en": label, "fi": "testata  laitteita", "en-us": label, "da": "prøve"},
        "alternativeLabel": {"en": ["test devices", "try devices"], "fi": "koekäyttää"},
        "description": {"en": {"literal": "Try &amp; test.", "mimetype": "plain/text"}},
        "scopeNote": {"en": {"literal": "", "mimetype": "text/html"}},
        "status": "released",
        "_links": {
            "self": link(uri),
            "isInScheme": [
                link(f"{E}/concept-scheme/skills"),
                link(f"{E}/concept-scheme/member-skills"),
            ],
            "hasSkillType": [link(f"{E}/skill-type/skill")],
            "hasReuseLevel": link(f"{E}/skill-reuse-level/cross-sector"),
            "broaderHierarchyConcept": [link(GROUP)],
            "broaderSkill": [link(OTHER, skillType=f"{E}/skill-type/skill")],
            "isEssentialForOccupation": [link(OCCUPATION)],
            "isOptionalForSkill": [link(OTHER)],
        },
        **fields,
    }


def load(read: Read, *values: object, name: str = "r.json") -> Outcomes:
    return read("esco-api", {name: "\n".join(json.dumps(value) for value in values)})


def test_a_skill_with_its_links(read: Read) -> None:
    outcomes = load(read, skill())
    assert outcomes.of(Concept) == [
        Concept(
            uri=SKILL,
            kind="skill",
            pref_label={"en": "test devices", "fi": "testata laitteita"},
            alt_labels={"en": ("try devices",), "fi": ("koekäyttää",)},
            description={"en": "Try & test."},
            skill_type="skill",
            reuse_level="cross-sector",
            status="released",
            in_schemes=(f"{E}/concept-scheme/skills", f"{E}/concept-scheme/member-skills"),
        )
    ]
    assert {(edge.subject, edge.relation, edge.target) for edge in outcomes.of(ConceptRelation)} == {
        (SKILL, "broader", GROUP),
        (SKILL, "broader", OTHER),
        (OCCUPATION, "essential-skill", SKILL),
        (OTHER, "optional-skill", SKILL),
    }
    assert not outcomes.warnings


def test_languages_are_chosen(read: Read) -> None:
    text = json.dumps(skill())
    (concept,) = read("esco-api", {"r.json": text}, {"languages": "da"}).of(Concept)
    assert (concept.pref_label, concept.alt_labels) == ({"da": "prøve"}, {})
    (concept,) = read("esco-api", {"r.json": text}, {"languages": "all"}).of(Concept)
    assert set(concept.pref_label) == {"en", "fi", "da"}
    (concept,) = read("esco-api", {"r.json": text}, {"languages": "is"}).of(Concept)
    assert set(concept.pref_label) == {"en", "fi", "da", "en-us"}  # a name it must have


def test_a_title_alone_is_a_name_in_the_language_that_was_asked_for(read: Read) -> None:
    itself = {
        "self": {"href": f"https://service.example.org/api/resource/skill?language=fi&uri={SKILL}"}
    }
    (concept,) = load(read, {"className": "Skill", "uri": SKILL, "title": "x", "_links": itself}).of(
        Concept
    )
    assert concept.pref_label == {"fi": "x"}
    (concept,) = load(read, {"className": "Skill", "uri": SKILL, "title": "x"}).of(Concept)
    assert concept.pref_label == {"und": "x"}


def test_an_occupation_with_terms_and_roles(read: Read) -> None:
    outcomes = load(read, {
        "className": "Occupation", "uri": OCCUPATION, "title": "tester", "code": "9999.1",
        "preferredLabel": {"en": "device tester"},
        "alternativeTerms": {"en": [{"roles": ["male"], "label": "device trier"}]},
        "_links": {
            "broaderIscoGroup": [link(f"{E}/isco/C9999")],
            "hasEssentialSkill": [link(SKILL)], "hasOptionalSkill": link(OTHER),
        },
    })  # fmt: skip
    (occupation,) = outcomes.of(Concept)
    assert (occupation.kind, occupation.notation) == ("occupation", "9999.1")
    assert occupation.isco_group == f"{E}/isco/C9999"
    assert occupation.alt_labels == {"en": ("device trier",)}
    assert {(edge.relation, edge.target) for edge in outcomes.of(ConceptRelation)} == {
        ("broader", f"{E}/isco/C9999"), ("essential-skill", SKILL), ("optional-skill", OTHER),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"className": "Concept", "uri": GROUP}, "skill-group"),
        ({"className": "Concept", "uri": f"{E}/isced-f/0613"}, "skill-group"),
        ({"className": "Concept", "uri": f"{E}/isco/C2512"}, "isco-group"),
        ({"className": "Taxonomy", "uri": f"{E}/concept-scheme/skills"}, "scheme"),
        ({"className": "Skill", "uri": SKILL}, "skill"),
        ({"uri": "http://data.tyomarkkinatori.fi/esco/occupation/1"}, "occupation"),
    ],
)
def test_kinds_follow_from_class_and_address(read: Read, fields: dict[str, Any], kind: str) -> None:
    (concept,) = load(read, {"preferredLabel": {"en": "x"}, **fields}).of(Concept)
    assert concept.kind == kind


def test_a_search_holds_its_hits(read: Read) -> None:
    hit = {
        "className": "Skill", "uri": SKILL, "title": "test devices", "searchHit": "test",
        "preferredLabel": {"en": "test devices"}, "broaderHierarchyConcept": [GROUP],
        "hasSkillType": [f"{E}/skill-type/knowledge"], "isInScheme": [f"{E}/concept-scheme/skills"],
    }  # fmt: skip
    reply = {
        "total": 2,
        "offset": 0,
        "_links": {"self": {"href": "x"}},
        "_embedded": {"results": [hit, skill(OTHER)]},
    }
    outcomes = load(read, reply)
    assert [concept.uri for concept in outcomes.of(Concept)] == [SKILL, OTHER]
    assert outcomes.of(Concept)[0].skill_type == "knowledge"
    assert ConceptRelation(SKILL, "broader", GROUP) in outcomes.of(ConceptRelation)


def test_several_concepts_asked_for_at_once(read: Read) -> None:
    reply = {"count": 2, "_embedded": {SKILL: skill(), OTHER: skill(OTHER)}}
    assert [concept.uri for concept in load(read, reply).of(Concept)] == [SKILL, OTHER]


def test_the_reply_on_a_relation_tells_the_relation(read: Read) -> None:
    part = {"className": "Skill", "uri": SKILL, "title": "x", "preferredLabel": {"en": "x"}}
    reply = {"relation": "hasEssentialSkill", "total": 1, "_links": {"self": link(OCCUPATION)},
             "_embedded": {"hasEssentialSkill": [part]}}  # fmt: skip
    outcomes = load(read, reply)
    assert outcomes.of(ConceptRelation) == [ConceptRelation(OCCUPATION, "essential-skill", SKILL)]
    again = load(read, skill(), reply)  # the concept is known, the relation may be new
    assert len(again.all) == 2
    assert not again.skipped


def test_replies_in_one_language_each_give_all_languages(read: Read) -> None:
    replies = [
        {"className": "Skill", "uri": SKILL, "preferredLabel": {code: text}}
        for code, text in (
            ("en", "test devices"),
            ("fi", "testata laitteita"),
            ("fi", "testata laitteita"),
        )
    ]
    outcomes = load(read, *replies, name="r.jsonl")
    assert [concept.pref_label for concept in outcomes.of(Concept)] == [
        {"en": "test devices"},
        {"fi": "testata laitteita"},
    ]
    assert len(outcomes.skipped) == 1


def test_a_fuller_reply_after_a_hit_counts_and_an_equal_one_does_not(read: Read) -> None:
    hit = {"className": "Skill", "uri": SKILL, "preferredLabel": {"en": "test devices"}}
    outcomes = load(read, hit, skill(), skill(), hit, name="r.jsonl")
    assert len(outcomes.of(Concept)) == 2
    assert outcomes.skipped == ["a concept that an earlier reply already gave"] * 2


def test_a_profile_of_job_market_finland(read: Read) -> None:
    concept = {
        "altLabel": {"en": ["x"], "fi": [], "sv": []},
        "prefLabel": {"en": "a", "fi": "b", "sv": "c"},
        "uri": SKILL,
    }
    profile = {
        "employments": [
            {"description": {"description": {}, "occupations": [], "skills": [concept, concept]}}
        ],
        "generalInfo": {"caption": {"fi": "private"}},
    }
    outcomes = load(read, profile)
    assert outcomes.of(Concept) == [
        Concept(SKILL, "skill", {"en": "a", "fi": "b", "sv": "c"}, {"en": ("x",)})
    ]
    assert outcomes.skipped == ["a concept that an earlier reply already gave"]


def test_a_retired_concept_names_its_successors(read: Read) -> None:
    outcomes = load(read, skill(status="obsolete", _links={"isReplacedBy": [link(OTHER)]}))
    (concept,) = outcomes.of(Concept)
    assert (concept.deprecated, concept.replaced_by) == (True, (OTHER,))


def test_replies_without_concepts(read: Read) -> None:
    outcomes = load(
        read,
        {"total": 0, "_embedded": {"results": []}},
        {"logref": "BadInputException", "status": 400, "message": "Unknown type", "_links": None},
        {"something": "else"},
        skill(f"{E}/skill-type/skill"),
        name="r.jsonl",
    )
    assert outcomes.skipped == [
        "a reply that holds no concept",
        "a concept of a code list of ESCO (not part of the graph)",
    ]
    assert [problem.reason.partition(":")[0] for problem in outcomes.problems] == [
        "The reply is an error of the service",
        "The record is no reply of the ESCO service.",
    ]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"uri": None}, "uri"),
        ({"uri": "http://example.org/1"}, "uri"),
        ({"uri": 5}, "uri"),
        ({"preferredLabel": {}, "title": ""}, "preferredLabel"),
        ({"preferredLabel": 5, "title": None}, "preferredLabel"),
    ],
)
def test_a_bad_concept_is_told(read: Read, fields: dict[str, Any], field: str) -> None:
    outcomes = load(read, {**skill(), **fields}, skill(OTHER), name="r.jsonl")
    (problem,) = outcomes.problems
    assert problem.field == field
    assert [concept.uri for concept in outcomes.of(Concept)] == [OTHER]


def test_a_bad_field_is_left_out_with_a_warning(read: Read) -> None:
    bad = skill(
        description="text",
        alternativeLabel=["x"],
        status=5,
        code=7,
        _links={"broaderSkill": [{"uri": "x"}]},
    )
    outcomes = load(read, bad)
    (concept,) = outcomes.of(Concept)
    assert concept.description == {"und": "text"}
    assert {warning.field for warning in outcomes.warnings} == {
        "alternativeLabel", "status", "code", "_links.broaderSkill",
    }  # fmt: skip


def many(count: int = 9) -> dict[str, Any]:
    hits = [skill(f"{SKILL[:-1]}{number}", f"label {number}") for number in range(count)]
    return {"total": count, "_links": {}, "_embedded": {"results": hits}}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('"label 4"', '"label 4'),
        ('"label 4"', "label 4"),
        ('"label 4",', '"label 4"'),
        ('"label 4"', '"label "4"'),
    ],
)
def test_a_damaged_hit_costs_itself(read: Read, good: str, bad: str, indent: int | None) -> None:
    text = json.dumps(many(), indent=indent)
    assert good in text
    outcomes = read("esco-api", {"r.json": text.replace(good, bad, 1)})
    assert len(outcomes.all) == 9
    (problem,) = outcomes.problems
    assert problem.record.startswith(f"{SKILL[:-1]}4")
    assert len(outcomes.of(Concept)) == 8


def test_a_hit_that_lost_a_bracket_costs_itself(read: Read) -> None:
    for lost in ('{"className": "Skill", "classId": ', '{"self": '):
        parts = json.dumps(many()).split(lost)
        assert len(parts) == 10
        text = lost.join(parts[:5]) + lost[1:] + lost.join(parts[5:])
        outcomes = read("esco-api", {"r.json": text})
        assert len(outcomes.all) == 9, lost
        assert len(outcomes.problems) == 1


def test_a_reply_that_breaks_off_is_told_as_such(read: Read) -> None:
    text = json.dumps(many())
    outcomes = read("esco-api", {"r.json": text[: len(text) // 2]})
    assert [problem.record for problem in outcomes.problems] == [""]
    assert len(outcomes.of(Concept)) == 4


def test_strange_values_cost_a_record_or_a_field(read: Read) -> None:
    from tests.loaders.test_any_record import mutate

    dice = random.Random(20261124)
    mutants = [mutate(skill(f"{SKILL}{number}"), dice) for number in range(500)]
    mutants = [one for one in mutants if isinstance(one, dict)]
    outcomes = load(read, *mutants, name="r.jsonl")
    assert len(outcomes.all) == len(mutants)
    assert not [str(one) for one in outcomes.problems if "please report it" in one.remedy]


@pytest.mark.real_data
def test_the_profile_of_the_national_service(read: Read, shared_data: Path) -> None:
    text = (shared_data / "needs/mock-profile.json").read_text(encoding="utf-8")
    outcomes = read("esco-api", {"mock-profile.json": text})
    assert len(outcomes.all) == 54
    assert len(outcomes.of(Concept)) == 35
    assert len(outcomes.skipped) == 19
    assert {concept.kind for concept in outcomes.of(Concept)} == {"skill", "occupation"}
    assert all(set(concept.pref_label) == {"en", "fi", "sv"} for concept in outcomes.of(Concept))
    damaged = text.replace('"en": "photographer",', '"en": "photographer,', 1)
    assert damaged != text
    again = read("esco-api", {"mock-profile.json": damaged})
    assert len(again.all) == 54
    assert len(again.problems) == 1
