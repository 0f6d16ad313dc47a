from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse, serialize

from graph.identifiers import Identifiers, digest
from graph.mapping import to_triples
from graph.records import (
    Concept,
    ConceptRelation,
    Course,
    CourseOffering,
    Evidence,
    JobAdvert,
    LearningOutcome,
    Organisation,
    Person,
    Price,
    Record,
    ResearchOutput,
    SkillLink,
    SkillNeed,
    StatedSkill,
)

IDS = Identifiers("https://example.org/id/")
SKILL = "http://data.europa.eu/esco/skill/1"


def turtle(record: Record) -> set[str]:
    return {f"{t.subject} {t.predicate} {t.object}" for t in to_triples(record, IDS)}


def test_a_course_has_its_address_from_university_and_code() -> None:
    record = Course("aalto", "CS-C3240", {"en": "Machine learning"}, credits_min=Decimal("2.5"))
    found = turtle(record)
    course = "<https://example.org/id/course/aalto/CS-C3240>"
    assert f'{course} <http://purl.org/dc/terms/title> "Machine learning"@en' in found
    assert any('"2.5"^^<http://www.w3.org/2001/XMLSchema#decimal>' in line for line in found)
    assert any("organisation/aalto" in line for line in found)


def test_absent_values_leave_no_triple() -> None:
    assert len(turtle(Course("aalto", "X-1", {}))) == 4  # type, code, university, kind


def test_the_order_of_creators_and_parts_is_kept() -> None:
    work = ResearchOutput("doi-1", {"en": "T"}, creators=("b", "a", "b"))
    people = "https://example.org/id/person/b https://example.org/id/person/a"
    assert any(line.endswith(f'creatorOrder> "{people}"') for line in turtle(work))
    module = Course("aalto", "M", {}, kind="module", parts=("C 2", "C 1"))
    assert any(line.endswith('partOrder> "C 2\\nC 1"') for line in turtle(module))
    alone = turtle(ResearchOutput("doi-1", {}, creators=("b",))) | turtle(
        Course("x", "M", {}, parts=("1",))
    )
    assert not any("Order" in line for line in alone)


def test_a_badge_is_marked_as_one() -> None:
    badge = turtle(Course("oph", "B", {}, kind="badge"))
    assert any(line.endswith("#Badge>") for line in badge)
    assert any(line.endswith('achievementType> "Badge"') for line in badge)
    assert not any("Badge" in line for line in turtle(Course("oph", "B", {})))


def test_an_esco_skill_is_a_skos_concept_with_escos_own_types() -> None:
    record = Concept(SKILL, "skill", {"fi": "taito"}, {"fi": ("kyky",)}, skill_type="knowledge")
    found = turtle(record)
    for name in ("core#Concept", "model#Skill", "model#MemberConcept", "skill-type/knowledge"):
        assert any(name in line for line in found), name


def test_a_link_is_a_node_with_its_evidence() -> None:
    evidence = Evidence("outcomes", "en", 3, 9, "Python", "Python (computer programming)")
    link = SkillLink("https://example.org/id/course/a/1", SKILL, "teaches", 0.754321, "exact/1",
                     evidence=(evidence,))  # fmt: skip
    found = turtle(link)
    assert any('"0.7543"^^' in line for line in found)
    assert any('"Python"@en' in line for line in found)
    assert any("link-status#proposed" in line for line in found)


def test_a_links_address_depends_on_what_it_links_only() -> None:
    one = IDS.link("a", "teaches", SKILL)
    assert one == IDS.link("a", "teaches", SKILL)
    assert one != IDS.link("a", "requires", SKILL)
    assert one != IDS.link("a", "teaches", SKILL, stated=True), "a statement is no proposal"


@pytest.mark.parametrize("base", ["ftp://x/", "https://example.org/id", "example"])
def test_a_base_that_cannot_name_things_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="ends with a slash"):
        Identifiers(base)


def test_keys_are_quoted() -> None:
    assert IDS.course("åbo", "A B/1") == "https://example.org/id/course/%C3%A5bo/A%20B-1"


TEXT = st.text(min_size=1, max_size=30).map(lambda t: t.encode("utf-8", "ignore").decode() or "x")


@given(TEXT, TEXT, TEXT)
def test_any_text_makes_valid_rdf(code: str, title: str, name: str) -> None:
    if not code.strip():
        code = "x"
    records: list[Record] = [
        Course("aalto", code, {"fi": title}),
        CourseOffering(code, "aalto", code, start=date(2026, 1, 1)),
        Person(digest(name), name),
        Organisation(digest(name), {"en": name}),
        ResearchOutput(digest(title), {"en": title}, topics=(name,)),
        SkillNeed(digest(title), SKILL, name, "2026", Decimal(3), "openings", title),
        ConceptRelation(SKILL, "broader", SKILL),
    ]
    triples = [triple for record in records for triple in to_triples(record, IDS)]
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert data is not None
    assert len(list(parse(data, RdfFormat.N_TRIPLES))) == len(triples)


def test_an_outcome_is_a_thing_of_its_own_and_a_stated_skill_a_link() -> None:
    skill = StatedSkill("http://data.europa.eu/esco/skill/1", "testing", "en")
    outcome = LearningOutcome({"en": "Writes tests", "fi": "Kirjoittaa testejä"}, (skill,))
    course = Course("aalto", "X-1", {"en": "T"}, learning_outcomes=(outcome,), eqf_level=7, modes=("online",),
                    isced_f=("0613",), price=Price(Decimal(0)), open_to_all=True)  # fmt: skip
    lines = turtle(course)
    text = "\n".join(lines)
    assert '"Kirjoittaa testejä"@fi' in text
    assert "<http://data.europa.eu/snb/eqf/7>" in text
    assert "<http://data.europa.eu/snb/isced-f/0613>" in text
    assert "<http://data.europa.eu/snb/learning-assessment/920fbb3cbe>" in text
    assert "#linkSubject> <https://example.org/id/course/aalto/X-1>" in text
    assert '#method> "stated/1"' in text
    again = replace(course, learning_outcomes=(LearningOutcome({"en": "New"}), outcome))
    nodes = {line.split()[0] for line in lines if "/outcome/" in line.split()[0]}
    assert nodes <= {line.split()[0] for line in turtle(again)}, "its address stays when others come"


def test_a_stated_skill_meets_no_proposal_and_no_other_source_in_one_node() -> None:
    """Else one link would have two confidences, one piece of evidence two quotes."""
    iri, skill = IDS.course("aalto", "X-1"), StatedSkill(SKILL)
    link = SkillLink(
        iri, SKILL, "teaches", 0.6, "exact/1", evidence=(Evidence("title", "en", 0, 4, "Test", "test"),)
    )
    lines = [
        *turtle(Course("aalto", "X-1", {"en": "Test"}, stated_skills=(skill,))),
        *turtle(Course("aalto", "X-1", {"fi": "Testi"}, stated_skills=(skill,))),
        *turtle(link),
    ]  # fmt: skip
    for name in ("confidence", "evidenceQuote", "evidenceEnd"):
        told = {tuple(line.split(" ", 2)) for line in lines if f"#{name}>" in line}
        assert len({subject for subject, *_ in told}) == len(told), name


def test_an_advert_needs_what_it_states() -> None:
    skill = StatedSkill("http://data.europa.eu/esco/skill/1", relation="needs")
    text = "\n".join(turtle(JobAdvert("tmt/1", {"fi": "Testaaja"}, openings=2, stated_skills=(skill,))))
    assert "#needsSkill>" in text
    assert "advert/tmt/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>" in text


@pytest.mark.parametrize(
    "change", [{}, {"region": "x" * 2_000}, {"source": ""}, {"number": Decimal("0.5")}]
)
def test_a_need_says_the_same_whether_its_values_are_shared_or_not(change: dict[str, object]) -> None:
    record = replace(NEED, **change)
    whole = turtle(record)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.mapping._LONG", 0)
        assert turtle(record) == whole
    assert len(whole) == 7 - (change.get("source") == "")


NEED = SkillNeed("k", SKILL, "FI1B1", "2026-03", Decimal(12), "openings", "Survey")
