from __future__ import annotations

import base64
import copy
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from graph.identifiers import digest
from graph.records import Course, CourseOffering, LearningOutcome, Organisation, Price, StatedSkill
from loaders.base import Loaded, Problem
from loaders.readers.files import find_files
from loaders.registry import get_loader

SAMPLES = Path(__file__).parents[1] / "samples"
XML = (SAMPLES / "elm.xml").read_text(encoding="utf-8")
CREDENTIAL: dict[str, Any] = json.loads((SAMPLES / "elm-credential.json").read_text(encoding="utf-8"))
TURTLE = """
@prefix elm: <http://data.europa.eu/snb/model/elm/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rov: <http://www.w3.org/ns/regorg#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix ex: <https://example.org/> .

ex:lo a elm:LearningOpportunity ;
  dct:title "Robots, spring"@en ;
  elm:providedBy ex:org ;
  foaf:homepage ex:page ;
  elm:learningAchievementSpecification ex:las .

ex:las a elm:LearningAchievementSpecification ;
  dct:title "Robots"@en-GB ;
  adms:identifier [ skos:notation "ROB-1" ] ;
  elm:ISCEDFCode <http://data.europa.eu/esco/isced-f/0714> ;
  elm:creditPoint [ elm:framework <http://data.europa.eu/snb/education-credit/6fcec5c5af> ; elm:point "5" ] ;
  elm:learningOutcome ex:out ;
  elm:hasPart ex:part .

ex:part a elm:LearningAchievementSpecification ;
  dct:title "Arms"@en ;
  elm:awardingOpportunity [ elm:awardingBody ex:org ] .

ex:out a elm:LearningOutcome ;
  dct:title "Can steer robots"@en ;
  elm:relatedESCOSkill <https://data.europa.eu/esco/skill/8369c2d6-c100-4cf6-bd83-9668d8678433> .

ex:org a elm:Organisation ; rov:legalName "Oulun yliopisto"@fi .
ex:page elm:contentUrl "https://example.org/robots" .
"""
SKILL = "http://data.europa.eu/esco/skill/8369c2d6-c100-4cf6-bd83-9668d8678433"


def as_format(form: RdfFormat) -> str:
    return serialize([quad.triple for quad in parse(TURTLE, RdfFormat.TURTLE)], format=form).decode()  # type: ignore[union-attr]


def credential(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CREDENTIAL), **changes}


def test_europass_xml(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("elm", {"loq.xml": XML})
    assert not outcomes.problems
    assert not outcomes.warnings
    assert len(outcomes.all) == 3
    course = next(course for course in outcomes.of(Course) if course.code == "ROB-1")
    assert course.university == "aalto"
    assert course.title == {"en": "Robots and people"}
    assert course.content == {"en": "For working people"}  # what only the opportunity says
    assert course.homepage == "https://example.org/robots"
    assert (course.kind, course.small_module) == ("course", True)  # a short learning programme
    assert course.credits_max == 5
    assert course.eqf_level == 6
    assert course.isced_f == ("0714",)
    assert course.languages == ("en",)
    assert course.modes == ("online",)
    assert course.prerequisite_text == {"en": "ROB-100 first"}
    assert course.prerequisite_codes == ("ROB-100",)
    assert course.assessment == {"en": "Final exam\nwritten examination"}
    assert course.identifiers == ("https://example.org/las/1", "7")
    assert course.learning_outcomes == (
        LearningOutcome(
            {"en": "Can apply machine learning", "fi": "Osaa soveltaa koneoppimista"},
            (StatedSkill(SKILL, "utilise machine learning", "en"),),
        ),
        LearningOutcome({"en": "Knows sensors"}),
    )
    offering = outcomes.of(CourseOffering)[0]
    assert offering == CourseOffering(
        key="ROB-1-2026",
        university="aalto",
        course_code="ROB-1",
        title={"en": "Robots & people, spring"},
        start=date(2026, 1, 10),
        end=date(2026, 3, 20),
        enrolment_end=date(2025, 12, 15),
        languages=("fi",),
        modes=("blended",),
        location="Espoo",
        price=Price(Decimal("75.5"), "EUR", {"en": "15 € a credit"}),
        homepage="https://example.org/robots",
    )


def test_an_opportunity_that_stands_alone_tells_the_course(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("elm", {"loq.xml": XML})
    course = next(course for course in outcomes.of(Course) if course.code == "REF-9")
    assert course.title == {"fi": "Yksittäinen kurssi"}
    offering = outcomes.of(CourseOffering)[1]
    assert (offering.course_code, offering.key) == ("REF-9", digest("https://example.org/lo/2"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", TURTLE),
        ("a.nt", as_format(RdfFormat.N_TRIPLES)),
        ("a.rdf", as_format(RdfFormat.RDF_XML)),
        ("noending", TURTLE.lstrip()),
    ],
)
def test_rdf_of_any_format(read, name: str, text: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("elm", {name: text})
    assert len(outcomes.all) == 3
    assert not outcomes.warnings
    whole, part = outcomes.of(Course)
    assert (whole.university, whole.code, whole.title) == ("oulu", "ROB-1", {"en": "Robots"})
    assert whole.kind == "module"
    assert whole.parts == (part.code,) == (digest("https://example.org/part"),)
    assert whole.isced_f == ("0714",)
    assert whole.learning_outcomes[0].skills == (StatedSkill(SKILL),)
    assert whole.homepage == "https://example.org/robots"
    assert outcomes.of(CourseOffering)[0].course_code == "ROB-1"
    assert [org.key for org in outcomes.of(Organisation)] == ["oulu"]


def test_json_ld_with_its_own_context(read) -> None:  # type: ignore[no-untyped-def]
    context = {"elm": "http://data.europa.eu/snb/model/elm/", "dct": "http://purl.org/dc/terms/"}
    node = {"@type": "elm:Qualification", "dct:title": {"@value": "Robots", "@language": "en"}}
    nodes = [
        {
            **node,
            "@id": f"https://rdf.oph.fi/koulutus/1.2.246.562.13.{n}",
            "elm:providedBy": {"@id": "ex:o"},
        }
        for n in range(3)
    ]
    provider = {
        "@id": "https://rdf.oph.fi/organisaatio/1.2.246.562.10.56753942459", "@type": "elm:Organisation",
        "http://www.w3.org/ns/regorg#legalName": "Some name",
    }  # fmt: skip
    for one in nodes:
        one["elm:providedBy"] = {"@id": provider["@id"]}
    text = json.dumps({"@context": context, "@graph": [*nodes, provider]})
    outcomes = read("elm", {"a.jsonld": text})
    assert [course.code for course in outcomes.of(Course)] == [f"1.2.246.562.13.{n}" for n in range(3)]
    assert {course.university for course in outcomes.of(Course)} == {"aalto"}
    assert {course.kind for course in outcomes.of(Course)} == {"programme"}


def test_a_credential_gives_its_achievement_and_nothing_of_the_person(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("elm", {"c.json": json.dumps(CREDENTIAL)})
    assert len(outcomes.all) == 1
    (course,), (organisation,) = outcomes.of(Course), outcomes.of(Organisation)
    assert course.title == {"en": "Making micro-credentials"}
    assert (course.kind, course.credits_max, course.eqf_level) == ("course", 2, 6)
    assert course.isced_f == ("0688",)
    assert course.prerequisite_text == {"en": "An account"}
    assert course.modes == ("blended",)
    assert course.learning_outcomes[0].skills[0].label == "stimulate creativity in the team"
    assert organisation.key == course.university == f"elm-{digest('Z18')}"
    assert organisation.name == {"en": "University of Zed"}
    assert "Erkki" not in repr(outcomes.records)
    assert "1999" not in repr(outcomes.records)


def test_wrapped_and_signed_credentials(read) -> None:  # type: ignore[no-untyped-def]
    text = json.dumps(CREDENTIAL)
    payload = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    for value in (
        {"credential": CREDENTIAL},
        {"payload": payload, "signatures": []},
        {"payload": text, "signatures": []},
        [CREDENTIAL],
    ):
        outcomes = read("elm", {"c.json": json.dumps(value)})
        assert [course.credits_max for course in outcomes.of(Course)] == [2]
    (problem,) = read("elm", {"c.json": json.dumps({"payload": "!", "signatures": []})}).problems
    assert problem.field == "payload"


def test_credentials_that_number_their_parts_alike_are_kept_apart(read) -> None:  # type: ignore[no-untyped-def]
    other = copy.deepcopy(CREDENTIAL)
    other["id"] = "urn:credential:2"
    other["credentialSubject"]["hasClaim"]["specifiedBy"]["title"] = {"en": "Something else"}
    other["credentialSubject"]["hasClaim"]["specifiedBy"]["creditPoint"]["point"] = "3"
    outcomes = read("elm", {"c.json": json.dumps([CREDENTIAL, other])})
    assert [(course.title["en"], course.credits_max) for course in outcomes.of(Course)] == [
        ("Making micro-credentials", 2), ("Something else", 3),
    ]  # fmt: skip


def test_a_credential_without_a_specification_is_passed_over(read) -> None:  # type: ignore[no-untyped-def]
    bare = copy.deepcopy(CREDENTIAL)
    del bare["credentialSubject"]["hasClaim"]["specifiedBy"]
    outcomes = read("elm", {"c.json": json.dumps(bare)})
    assert outcomes.skipped == ["a credential that does not say what its achievement is"]


def test_contexts_are_not_fetched(read) -> None:  # type: ignore[no-untyped-def]
    (problem,) = read(
        "elm", {"c.json": json.dumps(credential(**{"@context": "https://example.org/c"}))}
    ).problems
    assert problem.field == "@context"
    assert "https://example.org/c" in problem.reason


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        ("a.ttl", TURTLE, '"Robots"@en-GB', '"Robots@en-GB'),
        ("a.ttl", TURTLE, "elm:hasPart ex:part .", "elm:hasPart ex:part"),
        ("a.rdf", as_format(RdfFormat.RDF_XML), "Robots, spring", "Robots, <spring"),
        (
            "loq.xml",
            XML,
            '<title language="en">Robots and people</title>',
            '<title language="en">Robots</titel>',
        ),
        ("loq.xml", XML, "Robots &amp; people", "Robots & people"),
        ("loq.xml", XML, '<title language="en">Robots and people</title>', ""),
    ],
)
def test_a_damaged_record_costs_itself(read, name: str, text: str, old: str, new: str) -> None:  # type: ignore[no-untyped-def]
    assert old in text
    outcomes = read("elm", {name: text.replace(old, new)})
    assert len(outcomes.all) == 3
    assert len(outcomes.problems) == 1
    assert all(problem.record for problem in outcomes.problems)


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        ("a.ttl", TURTLE, '"Can steer robots"@en', '"Can steer robots@en'),
        ("loq.xml", XML, "Knows sensors", "Knows <sensors"),
    ],
)
def test_damage_to_a_part_is_a_warning(read, name: str, text: str, old: str, new: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("elm", {name: text.replace(old, new)})
    assert len(outcomes.all) == 3
    assert not outcomes.problems
    assert len(outcomes.warnings) == 1


def test_a_damaged_credential_costs_itself(read) -> None:  # type: ignore[no-untyped-def]
    many = [credential(id=f"urn:credential:{number}") for number in range(4)]
    text = json.dumps(many, indent=1).replace('"urn:credential:2"', '"urn:credential:2')
    outcomes = read("elm", {"c.json": text})
    assert len(outcomes.all) == 4
    (problem,) = outcomes.problems
    assert "Erkki" not in repr(problem)


def test_what_is_no_record_in_a_list_is_counted(read) -> None:  # type: ignore[no-untyped-def]
    many = [credential(id="a-relative-one"), None, credential(id="a-relative-one"), 7, {"x": 1}]
    outcomes = read("elm", {"c.json": json.dumps(many)})
    assert len(outcomes.all) == 5
    assert len(outcomes.of(Course)) == 2
    assert len(outcomes.problems) == 3


def test_bad_fields_are_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    bad = (
        XML.replace("education-credit/6fcec5c5af", "education-credit/60b314e826")
        .replace("learning-assessment/920fbb3cbe", "learning-assessment/0000000000")
        .replace("eqf/6", "eqf/nine")
        .replace("isced-f/0714", "isced-f/x")
        .replace("https://example.org/robots<", "nowhere<")
    )
    outcomes = read("elm", {"loq.xml": bad})
    assert len(outcomes.of(Course)) == 2
    assert {warning.field for warning in outcomes.warnings} == {
        "creditPoint", "mode", "EQFLevel", "ISCEDFCode", "homepage",
    }  # fmt: skip


def test_what_has_no_provider_needs_the_option(read) -> None:  # type: ignore[no-untyped-def]
    alone = '<urn:x:1> a <http://data.europa.eu/snb/model/elm/Qualification> ; <http://purl.org/dc/terms/title> "X"@en .'
    (problem,) = read("elm", {"a.ttl": alone}).problems
    assert problem.field == "providedBy"
    (course,) = read("elm", {"a.ttl": alone}, {"university": "lut"}).of(Course)
    assert course.university == "lut"


def test_files_without_courses_are_counted_and_doctypes_refused(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("elm", {"a.ttl": '<urn:x:1> <http://purl.org/dc/terms/title> "X" .'})
    assert outcomes.skipped == ["a document without learning opportunities or achievements"]
    laugh = '<!DOCTYPE Courses [<!ENTITY a "aaa">]>'
    outcomes = read("elm", {"b.xml": XML.replace("?>", f"?>{laugh}", 1)})
    assert [problem.record for problem in outcomes.problems] == [""]
    outcomes = read("elm", {"c.xml": XML[: len(XML) // 2]})
    assert [problem.record for problem in outcomes.problems] == [""]


@pytest.mark.real_data
def test_the_real_files(shared_data: Path) -> None:
    standards = shared_data / "standards"
    folder = standards / "elm" / "Credentials" / "JSON-LD Examples (ELM v3)"
    files = find_files(
        [
            standards / "examples" / "elm-loq-microcredential.xml",
            *sorted((standards / "elm" / "xsd" / "loq").glob("loq*.xml")),
            *sorted(folder.glob("*.json*")),
            standards / "elm" / "rdf" / "samples",
        ]
    )
    found = {}
    for file in files:
        outcomes = list(get_loader("elm").read([file], {}))
        assert not any(isinstance(item, Problem) for item in outcomes), file.name
        courses = [
            r
            for item in outcomes
            if isinstance(item, Loaded)
            for r in item.records
            if isinstance(r, Course)
        ]
        found[file.name] = (len(outcomes), len(courses))
    assert found == {
        "elm-loq-microcredential.xml": (2, 1),
        "loq.xml": (4, 2),
        "loq_withLearningAchievementSpecification.xml": (4, 2),
        "Sample-CertOfPart-signed.jsonld": (1, 0),
        "Sample-CertOfPart-unsigned-uploadable.json": (1, 0),
        "Sample-CertOfPart-unsigned.jsonld": (1, 0),
        "Sample-MC-Annex1-signed.jsonld": (1, 1),
        "Sample-MC-Annex1-unsigned-uploadable.json": (1, 1),
        "Sample-MC-Annex1-unsigned.jsonld": (1, 1),
        "credential-sample-turtle.ttl": (1, 0),
        "credential-sample.jsonld": (1, 0),
    }
