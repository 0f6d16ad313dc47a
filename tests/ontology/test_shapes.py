"""The shapes: messages in three languages, and each finds what it is for."""

from __future__ import annotations

import io

import pytest
from pyoxigraph import RdfFormat
from rdflib import RDF, SH, Graph

from graph.embedded import EmbeddedStore
from graph.validate import validate
from ontology.files import shape_files

HEAD = """
@prefix f: <https://data.fitech.example/ontology#> . @prefix e: <http://example.org/> .
@prefix status: <https://data.fitech.example/ontology/link-status#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix esco: <http://data.europa.eu/esco/model#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix elm: <http://data.europa.eu/snb/model/elm/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ob: <https://purl.imsglobal.org/spec/vc/ob/vocab.html#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix bibo: <http://purl.org/ontology/bibo/> .
e:uni a f:Organisation ; skos:prefLabel "U"@en .
e:skill a skos:Concept , esco:Skill ; skos:prefLabel "s"@en ; skos:broader e:skill2 .
e:skill2 a skos:Concept .
"""
COURSE = """a f:Course ; dct:title "T"@en ; skos:notation "C-1" ; f:providedBy e:uni ;
    f:learningOutcomeText "The student knows and can do many things."@en ; f:creditsMin 5.0 ;
    f:creditsMax 5.0 ; dct:language "en" ; f:studyLevel "basic-studies" ; f:teaches e:skill"""
LINK = """a f:SkillLink ; f:linkSubject e:c ; f:linkSkill e:skill ; f:linkRelation f:teaches ;
    f:confidence 0.7 ; f:linkStatus status:proposed ; f:method "exact/1" ; f:evidence e:ev"""
TOPIC = """a f:TopicLink ; f:linkSubject e:c ; f:linkConcept e:skill2 ; f:linkRelation f:aboutTopic ;
    f:confidence 0.7 ; f:linkStatus status:proposed ; f:method "topics/1" ; f:evidence e:ev"""
NEED = """a f:SkillNeed ; f:concerns e:skill ; f:demand 5.0 ; f:demandUnit "openings" ;
    f:region "FI" ; f:period "2026" ; dct:source "me\""""
GOOD = f"""
e:c {COURSE} . e:l {LINK} . e:n {NEED} .
e:t {TOPIC} .
e:ev a f:Evidence ; f:evidenceField "title" ; f:evidenceQuote "s"@en ; f:evidenceStart 0 ; f:evidenceEnd 1 .
e:o a f:CourseOffering ; f:offeringOf e:c ; f:startDate "2026-01-01"^^xsd:date ; f:endDate "2026-02-01"^^xsd:date .
e:p a f:Person ; foaf:name "P" .
e:r a f:ResearchOutput ; dct:title "T"@en ; dct:creator e:p ; f:publicationYear 2026 .
e:x a f:Expertise ; f:expert e:p ; f:expertiseIn e:skill ; f:score 0.7 ; prov:wasDerivedFrom e:r .
e:m a f:MicroCredential ; dct:title "M"@en ; elm:learningOutcome e:out ; f:providedBy e:uni ;
    f:creditsMin 5.0 ; elm:EQFLevel e:eqf ; elm:provenBy e:exam .
e:occ a esco:Occupation , skos:Concept ; skos:prefLabel "o"@en ; skos:broader e:skill2 ;
    esco:relatedEssentialSkill e:skill .
"""


def findings(data: str) -> dict[str, str]:
    store = EmbeddedStore()
    store.load_graph("http://example.org/g", io.BytesIO((HEAD + data).encode()), RdfFormat.TURTLE)
    report = validate(store, shape_files()).to_json()
    return {item["shape"].rsplit("#", 1)[-1]: item["severity"] for item in report["findings"]}


def test_good_data_have_no_findings() -> None:
    assert findings(GOOD) == {}


@pytest.mark.parametrize(
    ("data", "shape", "severity"),
    [
        ("e:c a f:Course ; skos:notation 'C' ; f:providedBy e:uni .", "course-title", "Violation"),
        (f"e:c {COURSE} ; dct:title 'U'@en .", "course-title-once", "Warning"),
        ("e:c a f:Course ; dct:title 'T'@en ; f:providedBy e:uni .", "course-code", "Violation"),
        ("e:c a f:Course ; dct:title 'T'@en ; skos:notation 'C' .", "course-provider", "Violation"),
        (f"e:c {COURSE} ; f:providedBy e:nobody .", "course-provider-known", "Violation"),
        ("e:c a f:Course ; dct:title 'T'@en .", "course-outcomes", "Warning"),
        (f"e:c {COURSE} ; f:learningOutcomeText '-'@en .", "course-outcomes-length", "Warning"),
        ("e:c a f:Course ; f:creditsMin 'five' .", "course-credits-number", "Violation"),
        (f"e:c {COURSE} ; f:creditsMin 9.0 .", "course-credits-order", "Warning"),
        (f"e:c {COURSE} ; f:prerequisite e:nothing .", "pathway-prerequisite", "Violation"),
        (f"e:c {COURSE} ; f:requires e:uni .", "pathway-requires", "Violation"),
        (f"e:c {COURSE} . e:o a f:CourseOffering .", "course-offering-course", "Violation"),
        (f"e:c {COURSE} . e:o a f:CourseOffering ; f:offeringOf e:c ; f:startDate 'soon' .",
         "course-offering-dates", "Violation"),
        ("e:p a f:Person .", "person-name", "Violation"),
        ("e:q a f:Organisation .", "organisation-name", "Warning"),
        ("e:r a f:ResearchOutput ; f:publicationYear 12026 .", "research-output-year-range", "Violation"),
        ("e:r a f:ResearchOutput ; dct:title 'T'@en ; bibo:doi 'x' .", "research-output-doi", "Warning"),
        (f"e:n {NEED} ; f:concerns e:skill2 .", "skill-need-concept", "Violation"),
        ("e:n a f:SkillNeed ; f:demand -1.0 .", "skill-need-demand", "Violation"),
        (f"e:l {LINK} ; f:confidence 1.5 .", "skill-link-confidence", "Violation"),
        (f"e:l {LINK} ; f:linkStatus e:maybe .", "skill-link-status", "Violation"),
        (f"e:l {LINK} ; f:linkSkill e:skill2 .", "skill-link-skill", "Violation"),
        (f"e:t {TOPIC} ; f:linkConcept e:uni .", "concept-link-concept", "Violation"),
        (f"e:t {TOPIC} ; f:confidence 'high' .", "concept-link-confidence", "Violation"),
        (f"e:t {TOPIC} ; f:linkRelation f:teaches .", "concept-link-relation", "Violation"),
        ("e:t a f:OccupationLink ; f:linkSubject e:c .", "concept-link-evidence", "Warning"),
        ("e:ev a f:Evidence ; f:evidenceStart 5 ; f:evidenceEnd 2 .", "evidence-place", "Violation"),
        ("e:x a f:Expertise ; f:score 0.0 .", "expertise-score", "Violation"),
        ("e:m a f:MicroCredential ; dct:title 'M'@en .", "micro-credential-outcome", "Violation"),
        ("e:s a esco:Skill .", "skill-label", "Violation"),
        ("e:s a esco:Skill ; skos:prefLabel 'a'@en , 'b'@en .", "skill-label-once", "Warning"),
        ("e:s a esco:Occupation ; skos:prefLabel 'a'@en .", "occupation-skills", "Info"),
    ],
)  # fmt: skip
def test_each_fault_is_found_by_its_shape(data: str, shape: str, severity: str) -> None:
    assert findings(data).get(shape) == severity


BADGE = """a f:Course , f:Badge ; ob:achievementType "Badge" ; dct:title "B"@en ; skos:notation "B-1" ; f:providedBy e:uni ;
    f:learningOutcomeText "The holder knows and can do many things."@en ; f:teaches e:skill"""


def test_a_badge_is_asked_for_criteria_not_for_credits() -> None:
    assert findings(f"e:b {BADGE} ; f:assessmentText 'c'@en ; elm:learningOutcome e:o .") == {}
    assert findings(f"e:b {BADGE} .") == {"badge-assessment": "Warning", "badge-outcome": "Warning"}
    course = BADGE.replace(' , f:Badge ; ob:achievementType "Badge"', "")
    assert findings(f"e:c {course} .") == {
        "course-credits": "Warning", "course-language": "Warning", "course-level": "Info",
    }  # fmt: skip


@pytest.mark.parametrize("path", shape_files(), ids=lambda path: path.stem)
def test_every_message_is_in_three_languages_and_says_what_to_do(path) -> None:  # type: ignore[no-untyped-def]
    shapes = Graph().parse(path, format="turtle")
    assert list(shapes.subjects(SH.targetClass, None))
    for shape in shapes.subjects(RDF.type, SH.PropertyShape):
        messages = {text.language: str(text) for text in shapes.objects(shape, SH.message)}  # type: ignore[attr-defined]
        assert set(messages) == {"en", "fi", "sv"}, shape
        assert all(text.count(".") + text.count(";") >= 2 for text in messages.values()), shape
        assert shapes.value(shape, SH.severity) is not None, shape
