"""The model: complete in three languages, in step with the code, and OWL 2 DL in its use of names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef

from graph.identifiers import Identifiers
from graph.mapping import to_triples
from graph.provenance import GraphInfo, SourceFileInfo, describe_graph
from graph.records import (
    DELIVERY_MODES,
    Concept,
    ConceptLink,
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
from ontology import terms as t
from ontology.files import model_files, ontology_file

LANGUAGES = {"en", "fi", "sv"}
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@pytest.fixture(scope="module")
def model() -> Graph:
    graph = Graph()
    for path in model_files():
        graph.parse(path, format="turtle")
    return graph


def own(model: Graph, *kinds: URIRef) -> set[URIRef]:
    found = {node for kind in kinds for node in model.subjects(RDF.type, kind)}
    return {node for node in found if isinstance(node, URIRef) and str(node).startswith(t.FITECH)}


def test_every_term_of_the_code_is_in_the_model(model: Graph) -> None:
    named = {
        value
        for value in vars(t).values()
        if isinstance(value, str) and value.startswith((t.FITECH, t.STATUS)) and not value.endswith("#")
    }
    missing = {name for name in named if not list(model.triples((URIRef(name), RDF.type, None)))}
    assert not missing, f"declare them in fitech.ttl: {sorted(missing)}"


def test_classes_and_properties_have_labels_and_definitions_in_three_languages(model: Graph) -> None:
    for node in own(model, OWL.Class, *PROPERTIES):
        for prop in (RDFS.label, SKOS.definition):
            found = {getattr(text, "language", None) for text in model.objects(node, prop)}
            assert found >= LANGUAGES, f"{node} lacks {prop} in {LANGUAGES - found}"


@pytest.mark.parametrize(
    "name",
    [
        "Person", "Organisation", "ResearchOutput", "Course", "CourseOffering", "MicroCredential",
        "SkillNeed", "JobAdvert", "SkillLink", "OccupationLink", "TopicLink", "Evidence", "Expertise",
    ],
)  # fmt: skip
def test_classes_stand_below_those_of_a_standard(model: Graph, name: str) -> None:
    above = set(model.transitive_objects(URIRef(t.FITECH + name), RDFS.subClassOf))
    assert any(not str(node).startswith(t.FITECH) for node in above if isinstance(node, URIRef))


def test_skills_and_occupations_are_those_of_esco(model: Graph) -> None:
    for name in ("Skill", "Occupation"):
        assert (URIRef(t.ESCO + name), RDF.type, OWL.Class) in model


RECORDS: list[Record] = [
    Concept("http://data.europa.eu/esco/skill/1", "skill", {"en": "a"}, {"en": ("b",)}, {"en": ("c",)},
            {"en": "d"}, {"en": "e"}, {"en": "f"}, "1", "skill", "cross-sector", "released", "2020",
            ("http://data.europa.eu/esco/concept-scheme/skills",), "http://data.europa.eu/esco/isco/C1",
            ("http://x/1",), ("http://x/2",)),
    ConceptRelation("http://x/1", "essential-skill", "http://x/2"),
    ConceptRelation("http://x/1", "optional-skill", "http://x/2"),
    ConceptRelation("http://x/1", "top-concept", "http://x/2"),
    Organisation("a", {"en": "A"}, ("x",), "b", "FI"),
    Person("p", "P", "https://orcid.org/0", ("x",), ("a",)),
    Course("a", "C-1", {"en": "t"}, {"en": "o"}, {"en": "c"}, {"en": "p"}, ("C-0",), Decimal(1), Decimal(2),
           "basic-studies", ("en",), "a/u", ("x",), "https://x/"),
    CourseOffering("o", "a", "C-1", {"en": "t"}, date(2026, 1, 1), date(2026, 1, 2), date(2025, 1, 1),
                   date(2025, 1, 2), "exam", ("en",)),
    ResearchOutput("r", {"en": "t"}, ("p",), ("a",), ("pub",), {"en": "abs"}, ("alt",), ("topic",), 2026,
                   date(2026, 1, 1), "article", "en", "10.5555/x", ("x",), "https://x/"),
    Concept("http://x/9", "concept", deprecated=True, replaced_by=("http://x/1",)),
    *(ConceptRelation("http://x/1", name, "http://x/2") for name in (
        "related", "exact-match", "close-match", "broad-match", "narrow-match", "replaced-by")),
    Course("a", "C-2", {"en": "t"}, kind="module", keywords={"en": ("k",)}, subjects=("http://x/1",), eqf_level=6,
           isced_f=("06",), modes=DELIVERY_MODES, open_to_all=True, price=Price(Decimal(5), "EUR", {"en": "p"}),
           assessment={"en": "a"}, parts=("C-1",), valid_from=date(2026, 1, 1), valid_until=date(2026, 1, 1), small_module=True,
           learning_outcomes=(LearningOutcome({"en": "o"}, (StatedSkill("http://x/2"),)),),
           stated_skills=(StatedSkill("http://x/2", "s", "en", "requires"),)),
    CourseOffering("o", "a", "C-2", modes=("online",), location="Oulu", price=Price(Decimal(0)), open_to_all=False,
                   homepage="https://x/", cancelled=True, small_module=False),
    ResearchOutput("r", {"en": "t"}, subjects=("http://x/1",), container="J", issns=("0000-0000",),
                   funders=("F",), retracted=True),
    JobAdvert("s/1", {"en": "t"}, {"en": "d"}, {"en": "e"}, ("FI",), date(2026, 1, 1), date(2026, 1, 1), 1,
              ("http://x/1",), (StatedSkill("http://x/2", relation="needs"),), "https://x/"),
    SkillNeed("n", "http://x/1", "FI", "2026", Decimal(1), "openings", "me"),
    SkillLink("http://x/1", "http://x/2", "teaches", 0.5, "exact/1", "proposed",
              (Evidence("title", "en", 0, 1, "a", "a"),)),
    *(ConceptLink("http://x/1", "http://x/2", relation, 0.5, "topics/1", "proposed",
                  (Evidence("title", "en", 0, 1, "a", "a"),)) for relation in ("occupation", "topic")),
]  # fmt: skip


def test_the_mapping_uses_declared_terms_only(model: Graph) -> None:
    ids = Identifiers()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    info = GraphInfo("http://x/g", "t", "p/1", moment, moment, [SourceFileInfo("f", "0")],
                     ["http://x/h"], "l", "a", 1, 0)  # fmt: skip
    triples = [triple for record in RECORDS for triple in to_triples(record, ids)]
    triples += describe_graph(info)
    used = {triple.predicate.value for triple in triples} - {str(RDF.type)}
    used |= {triple.object.value for triple in triples if triple.predicate.value == str(RDF.type)}
    used -= {str(OWL.deprecated)}  # OWL's own
    missing = {name for name in used if not list(model.triples((URIRef(name), RDF.type, None)))}
    assert not missing, f"declare them in fitech.ttl: {sorted(missing)}"


def test_no_name_is_used_for_two_kinds_of_property(model: Graph) -> None:
    kinds = {kind: set(model.subjects(RDF.type, kind)) for kind in (*PROPERTIES, OWL.Class)}
    for first in kinds:
        for second in kinds:
            if first != second:
                assert not kinds[first] & kinds[second], f"OWL 2 DL forbids both {first} and {second}"


def test_what_the_model_uses_it_declares() -> None:
    graph = Graph().parse(ontology_file(), format="turtle")
    built_in = (str(RDF), str(RDFS), str(OWL), t.XSD)
    for prop in (RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.inverseOf, RDFS.subPropertyOf):
        for value in graph.objects(None, prop):
            if isinstance(value, URIRef) and not str(value).startswith(built_in):
                assert list(graph.triples((value, RDF.type, None))), f"{value} is used, not declared"
