from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse, serialize

from graph.records import Concept, ConceptRelation
from tests.loaders.conftest import Outcomes, Read

E = "http://data.europa.eu/esco"
SKILL, OTHER = (
    f"{E}/skill/00000000-aaaa-4aaa-8aaa-000000000001",
    f"{E}/skill/00000000-aaaa-4aaa-8aaa-000000000002",
)
GROUP = f"{E}/skill/00000000-aaaa-4aaa-8aaa-00000000000a"
OCCUPATION = f"{E}/occupation/00000000-bbbb-4bbb-8bbb-000000000001"
PREFIXES = """@prefix skosxl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix iso-thes: <http://purl.org/iso25964/skos-thes#> .
@prefix skos:  <http://www.w3.org/2004/02/skos/core#> .
@prefix dct:   <http://purl.org/dc/terms/> .
@prefix xsd:   <http://www.w3.org/2001/XMLSchema#> .
@prefix owl:   <http://www.w3.org/2002/07/owl#> .
@prefix esco:  <http://data.europa.eu/esco/model#> .
@prefix adms:  <http://www.w3.org/ns/adms#> .

"""
# As in the official file: nodes of labels and texts stand anywhere, before and after their concept.
TURTLE = f"""{PREFIXES}<{E}/label/l1>
        a                   skosxl:Label ;
        esco:hasLabelRole   "{E}/label-role/female" , "{E}/label-role/male" ;
        skosxl:literalForm  "testata  laitteita"@fi .

<{SKILL}>
        a                        esco:MemberConcept , esco:Skill , skos:Concept ;
        esco:hasAssociation      <{E}/relation/r1> ;
        esco:isEssentialSkillFor <{OCCUPATION}> ;
        esco:referenceLanguage   "en"^^xsd:language ;
        esco:skillReuseLevel     <{E}/skill-reuse-level/cross-sector> ;
        esco:skillType           <{E}/skill-type/skill> ;
        dct:description          <{E}/node-literal/d1> , <{E}/node-literal/d2> ;
        dct:modified             "2016-12-20T20:40:12Z"^^xsd:dateTime ;
        iso-thes:status          "released" ;
        skos:altLabel            "devices testing. And more"@en , "test devices"@en , "essayer"@fr ;
        skos:broader             <{GROUP}> ;
        skos:broaderTransitive   <{GROUP}> , <{E}/skill/S> ;
        skos:inScheme            <{E}/concept-scheme/skills> ;
        skos:prefLabel           "test devices"@en , "tester des appareils"@fr ;
        skos:topConceptOf        <{E}/concept-scheme/skills> ;
        skosxl:altLabel          <{E}/label/l2> , <{E}/label/l3> ;
        skosxl:prefLabel         <{E}/label/l1> .

<{OCCUPATION}>
        a                          esco:MemberConcept , esco:Occupation , skos:Concept ;
        esco:memberOfISCOGroup     <{E}/isco/C9999> ;
        esco:relatedEssentialSkill <{SKILL}> ;
        esco:relatedOptionalSkill  <{OTHER}> ;
        skos:notation              "9999.1" ;
        skos:prefLabel             "device tester"@en .

<{GROUP}> a skos:Concept ; skos:notation "S9.9" ; skos:prefLabel "testing"@en ;
        skos:narrower <{SKILL}> .

<{E}/isco/C9999> a skos:Concept ; skos:prefLabel "Testers"@en ; skos:notation "9999" .

<{E}/concept-scheme/skills> a skos:ConceptScheme ; dct:title "ESCO skills"@en ;
        skos:hasTopConcept <{SKILL}> .

<{E}/skill-type/skill> a skos:Concept ; skos:prefLabel "skill"@en .

<{E}/label/l2> a skosxl:Label ; skosxl:literalForm "koekäyttää"@fi .
<{E}/label/l3> a skosxl:Label ; skosxl:literalForm "prøve"@da .
<{E}/node-literal/d1>
        a                 esco:NodeLiteral ;
        esco:language     "en-us"^^xsd:language ;
        esco:nodeLiteral  "Try the devices. <p>Again</p>" .
<{E}/node-literal/d2> a esco:NodeLiteral ; esco:language "en" ; esco:nodeLiteral "Try devices." .
<{E}/relation/r1>
        a                     esco:AssociationObject ;
        esco:isAssociationFor <{OCCUPATION}> ; esco:target <{SKILL}> ;
        dct:type              <{E}/relationship-type/essential-skill> .
"""


def skill(outcomes: Outcomes, uri: str = SKILL) -> Concept:
    (found,) = (concept for concept in outcomes.of(Concept) if concept.uri == uri)
    return found


def in_format(text: str, form: RdfFormat) -> bytes:
    prefixes = {"skos": "http://www.w3.org/2004/02/skos/core#", "e": f"{E}/model#"}
    data = serialize(
        (quad.triple for quad in parse(text, RdfFormat.TURTLE)), format=form, prefixes=prefixes
    )
    assert data is not None
    return data


def test_a_concept_with_labels_and_texts_in_nodes_of_their_own(read: Read) -> None:
    outcomes = read("esco-rdf", {"esco.ttl": TURTLE})
    assert not outcomes.problems
    assert not outcomes.warnings
    assert skill(outcomes) == Concept(
        uri=SKILL,
        kind="skill",
        pref_label={"en": "test devices", "fi": "testata laitteita"},
        alt_labels={"en": ("devices testing. And more",), "fi": ("koekäyttää",)},
        description={"en": "Try devices."},
        skill_type="skill",
        reuse_level="cross-sector",
        status="released",
        modified="2016-12-20T20:40:12Z",
        in_schemes=(f"{E}/concept-scheme/skills",),
    )


def test_kinds_are_told_from_class_code_and_address(read: Read) -> None:
    outcomes = read("esco-rdf", {"esco.ttl": TURTLE})
    assert {concept.uri: concept.kind for concept in outcomes.of(Concept)} == {
        SKILL: "skill",
        OCCUPATION: "occupation",
        GROUP: "skill-group",
        f"{E}/isco/C9999": "isco-group",
        f"{E}/concept-scheme/skills": "scheme",
    }
    assert outcomes.skipped == ["a concept of a code list of ESCO (not part of the graph)"]
    assert len(outcomes.all) == 6  # labels, texts and associations are no records


def test_a_relation_told_from_both_sides_is_one(read: Read) -> None:
    edges = read("esco-rdf", {"esco.ttl": TURTLE}).of(ConceptRelation)
    assert sorted((edge.subject, edge.relation, edge.target) for edge in edges) == sorted([
        (OCCUPATION, "essential-skill", SKILL),
        (OCCUPATION, "optional-skill", OTHER),
        (SKILL, "broader", GROUP),
        (f"{E}/concept-scheme/skills", "top-concept", SKILL),
    ])  # fmt: skip


def test_an_inverse_relation_alone_is_enough(read: Read) -> None:
    text = f"{PREFIXES}<{SKILL}> a esco:Skill ; skos:prefLabel 'x'@en ; esco:isOptionalSkillFor <{OCCUPATION}> ."
    (edge,) = read("esco-rdf", {"e.ttl": text}).of(ConceptRelation)
    assert edge == ConceptRelation(OCCUPATION, "optional-skill", SKILL)


def test_an_association_alone_is_enough(read: Read) -> None:
    text = f"""{PREFIXES}<{E}/relation/r9> a esco:AssociationObject ;
        esco:isAssociationFor <{OCCUPATION}> ; esco:target <{SKILL}> ;
        esco:targetFramework <{E}/concept-scheme/skills> ;
        dct:type <{E}/relationship-type/optional-skill> .
<{E}/relation/r8> a esco:AssociationObject ; esco:isAssociationFor <{OCCUPATION}> ;
        esco:target <{OTHER}> ; dct:type <{E}/relationship-type/qualification> .
<{SKILL}> a esco:Skill , skos:Concept ; skos:prefLabel "test devices"@en .
"""
    outcomes = read("esco-rdf", {"e.ttl": text})
    assert outcomes.of(ConceptRelation) == [ConceptRelation(OCCUPATION, "optional-skill", SKILL)]
    assert len(outcomes.all) == 1  # it comes with the end that the file describes


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("e.nt", RdfFormat.N_TRIPLES),
        ("e.rdf", RdfFormat.RDF_XML),
        ("e.jsonld", RdfFormat.JSON_LD),
        ("e.unknown", RdfFormat.TURTLE),
        ("e", RdfFormat.RDF_XML),
        ("e.txt", RdfFormat.JSON_LD),
    ],
)
def test_every_format_says_the_same(read: Read, name: str, form: RdfFormat) -> None:
    turtle = read("esco-rdf", {"e.ttl": TURTLE})
    assert read("esco-rdf", {name: in_format(TURTLE, form)}).records == turtle.records


def test_a_file_with_a_byte_order_mark_and_one_in_two_parts(read: Read) -> None:
    whole = read("esco-rdf", {"e.ttl": TURTLE})
    assert read("esco-rdf", {"e.ttl": b"\xef\xbb\xbf" + TURTLE.encode()}).records == whole.records
    cut = TURTLE.index(f"<{E}/label/l2> a")
    parts = {"a.ttl": TURTLE[:cut], "b.ttl": PREFIXES + TURTLE[cut:]}
    assert read("esco-rdf", parts).records == whole.records


def test_languages_are_chosen(read: Read) -> None:
    assert skill(read("esco-rdf", {"e.ttl": TURTLE}, {"languages": "fr,da"})).pref_label == {
        "fr": "tester des appareils"
    }
    every = skill(read("esco-rdf", {"e.ttl": TURTLE}, {"languages": "all"}))
    assert set(every.pref_label) == {"en", "fi", "fr"}
    assert every.alt_labels["da"] == ("prøve",)


def test_a_concept_without_a_name_in_the_languages_keeps_those_it_has(read: Read) -> None:
    text = f"{PREFIXES}<{SKILL}> a esco:Skill ; skos:prefLabel 'prøve'@da ."
    outcomes = read("esco-rdf", {"e.ttl": text})
    assert skill(outcomes).pref_label == {"da": "prøve"}
    assert "kept: da" in outcomes.warnings[0].reason


def test_replacement_is_read_under_every_name_and_from_both_sides(read: Read) -> None:
    text = f"""{PREFIXES}
<{SKILL}> a esco:Skill ; skos:prefLabel "old"@en ; dct:isReplacedBy <{OTHER}> ; iso-thes:status "obsolete" .
<{GROUP}> a esco:Skill ; esco:replacedBy <{OTHER}> ; owl:deprecated true .
<{OTHER}> a esco:Skill ; skos:prefLabel "new"@en ; dct:replaces <{SKILL}0> ;
    adms:status <http://purl.org/adms/status/Completed> .
"""
    outcomes = read("esco-rdf", {"e.ttl": text})
    old, bare, new = skill(outcomes), skill(outcomes, GROUP), skill(outcomes, OTHER)
    assert (old.replaced_by, old.status, old.deprecated) == ((OTHER,), "obsolete", True)
    assert (bare.replaced_by, bare.pref_label, bare.deprecated) == ((OTHER,), {}, True)
    assert (new.status, new.deprecated) == ("Completed", False)
    assert outcomes.of(ConceptRelation) == [ConceptRelation(f"{SKILL}0", "replaced-by", OTHER)]


def test_our_own_staged_tables_read_as_they_were(read: Read, tmp_path: Path) -> None:
    from graph.identifiers import Identifiers
    from graph.mapping import to_triples

    before = read("esco-rdf", {"e.ttl": TURTLE}).records
    triples = (triple for record in before for triple in to_triples(record, Identifiers()))
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert data is not None
    after = read("esco-rdf", {"triples.nt": data}).records
    assert sorted(map(repr, after)) == sorted(map(repr, before))


MAIN = f"<{SKILL}>\n        a                        esco:MemberConcept"


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('"test devices"@en , "tester', '"test devices@en , "tester'),  # a quotation mark is lost
        (f"<{E}/skill-type/skill> ;\n        dct", f"<{E}/skill-type/skill ;\n        dct"),
        (
            f"skosxl:prefLabel         <{E}/label/l1> .",
            f"skosxl:prefLabel         <{E}/label/l1>",
        ),  # no dot
        ("esco:referenceLanguage ", "unknown:referenceLanguage "),
        ('"released" ;', '"""released" ;'),  # a long string without end
        ("skos:broader   ", "\xff skos:broader   "),
        ('"en"^^xsd:language ;\n        esco:skillR', '"en"^^xsd:language ;;;\n ] esco:skillR'),
    ],
)
def test_damaged_turtle_costs_one_concept(read: Read, good: str, bad: str) -> None:
    assert good in TURTLE
    whole = read("esco-rdf", {"e.ttl": TURTLE})
    text = TURTLE.replace(good, bad, 1).encode().replace("\xff".encode(), b"\xff")
    outcomes = read("esco-rdf", {"e.ttl": text})
    (problem,) = outcomes.problems
    assert problem.record == f"{SKILL} (line 15)"
    assert len(outcomes.all) == len(whole.all)
    assert {c.uri for c in whole.of(Concept)} - {c.uri for c in outcomes.of(Concept)} == {SKILL}


def test_a_damaged_label_is_told_with_its_concept(read: Read) -> None:
    text = TURTLE.replace('"koekäyttää"@fi', '"koekäyttää@fi')
    outcomes = read("esco-rdf", {"e.ttl": text})
    assert not outcomes.problems
    (warning,) = outcomes.warnings
    assert warning.record.startswith(SKILL)
    assert "was lost" in warning.reason
    assert "fi" not in skill(outcomes).alt_labels


def test_a_damaged_label_whose_address_is_lost_is_told_with_another_concept(read: Read) -> None:
    outcomes = read("esco-rdf", {"e.ttl": TURTLE.replace(f"<{E}/label/l3> a", f"<{E}/lab l3> a")})
    assert len(outcomes.all) == 6
    assert not outcomes.problems
    (warning,) = outcomes.warnings
    assert "cannot be read" in warning.reason


def test_a_concept_without_an_address_is_told(read: Read) -> None:
    text = TURTLE + '[] a skos:Concept ; skos:prefLabel "x"@en .\n'
    (problem,) = read("esco-rdf", {"e.ttl": text}).problems
    assert "no address" in problem.reason
    nodes = [
        {"@id": "http://data.europa.eu/ x", "@type": ["http://www.w3.org/2004/02/skos/core#Concept"]}
    ]
    (problem,) = read("esco-rdf", {"e.jsonld": json.dumps(nodes)}).problems
    assert "The address" in problem.reason


def test_a_damaged_line_of_n_triples_costs_its_statement(read: Read) -> None:
    lines = in_format(TURTLE, RdfFormat.N_TRIPLES).splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if b'altLabel> "devices' in line)
    lines[place] = lines[place].replace(b'"devices', b"devices")
    outcomes = read("esco-rdf", {"e.nt": b"".join(lines)})
    assert len(outcomes.all) == 6
    assert not outcomes.problems
    assert [warning.record for warning in outcomes.warnings] == [f"{SKILL} (line {place + 1})"]
    assert "en" not in skill(outcomes).alt_labels


def test_a_concept_whose_class_is_damaged_is_rejected_once(read: Read) -> None:
    lines = in_format(TURTLE, RdfFormat.N_TRIPLES).splitlines(keepends=True)
    types = [
        n
        for n, line in enumerate(lines)
        if line.startswith(f"<{SKILL}> <http://www.w3.org/1999".encode())
    ]
    for place in types:
        lines[place] = lines[place].replace(b"> <http", b" <http", 1)
    outcomes = read("esco-rdf", {"e.nt": b"".join(lines)})
    assert len(outcomes.all) == 6
    assert [problem.record.split()[0] for problem in outcomes.problems] == [SKILL]


@pytest.mark.parametrize("form", [RdfFormat.RDF_XML, RdfFormat.JSON_LD])
def test_a_damaged_record_of_xml_and_json_costs_itself(read: Read, form: RdfFormat) -> None:
    data = in_format(TURTLE, form).replace(
        b"test devices", b"test </x>devices" if form == RdfFormat.RDF_XML else b'test "devices'
    )
    outcomes = read("esco-rdf", {f"e.{form.file_extension}": data})
    assert len(outcomes.all) == 6
    (problem,) = outcomes.problems
    assert SKILL in problem.record
    assert len(outcomes.of(Concept)) == 4


@pytest.mark.parametrize("name", ["e.ttl", "e.nt", "e.rdf", "e.jsonld"])
def test_a_file_that_breaks_off_is_told_as_such(read: Read, name: str) -> None:
    forms = {
        "ttl": RdfFormat.TURTLE,
        "nt": RdfFormat.N_TRIPLES,
        "rdf": RdfFormat.RDF_XML,
        "jsonld": RdfFormat.JSON_LD,
    }
    data = in_format(TURTLE, forms[name.partition(".")[2]])
    outcomes = read("esco-rdf", {name: data[: len(data) * 2 // 3]})
    assert next(problem.record for problem in outcomes.problems) == ""
    assert outcomes.of(Concept)


def test_a_remote_context_is_not_fetched(read: Read) -> None:
    doc = {"@context": "http://example.org/context.jsonld", "@id": SKILL, "@type": "Skill"}
    (problem,) = read("esco-rdf", {"e.jsonld": json.dumps(doc)}).problems
    assert problem.record == ""
    assert "http://example.org/context.jsonld" in problem.reason


def test_entities_are_refused(read: Read) -> None:
    head = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    (problem,) = read("esco-rdf", {"e.rdf": head + in_format(TURTLE, RdfFormat.RDF_XML)[38:]}).problems
    assert "DOCTYPE" in problem.reason


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (f"<{SKILL}> a esco:Skill .", "prefLabel"),
        (f'<{SKILL}> skos:prefLabel "x"@en .', "rdf:type"),
        ('<http://example.org/1> a skos:Concept ; skos:prefLabel "x"@en .', ""),
        ('<relative> a skos:Concept ; skos:prefLabel "x"@en .', ""),
    ],
)
def test_a_bad_concept_is_told(read: Read, text: str, field: str) -> None:
    outcomes = read("esco-rdf", {"e.ttl": PREFIXES + text})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert problem.remedy


def test_what_is_no_address_is_a_warning(read: Read) -> None:
    text = f'{PREFIXES}<{SKILL}> a esco:Skill ; skos:prefLabel "x"@en ; skos:broader "S9" ; skos:inScheme [] .'
    outcomes = read("esco-rdf", {"e.ttl": text})
    assert skill(outcomes).in_schemes == ()
    assert len(outcomes.warnings) == 2


def test_other_things_are_counted(read: Read) -> None:
    text = (
        f"{PREFIXES}<{E}/resource/1> a esco:Qualification ; dct:title 'x'@en . <{E}/q> a owl:Ontology ."
    )
    assert read("esco-rdf", {"e.ttl": text}).skipped == [
        "a thing of the class Ontology (not part of the graph)",
        "a thing of the class Qualification (not part of the graph)",
    ]


@pytest.mark.parametrize("name", ["e.ttl", "e.nt", "e.rdf", "e.jsonld"])
def test_any_damage_leaves_one_outcome_a_record_and_no_fault_of_ours(read: Read, name: str) -> None:
    form = RdfFormat.from_extension(name.partition(".")[2])
    assert form is not None
    chance = random.Random(7)
    text = TURTLE.encode() if name == "e.ttl" else in_format(TURTLE, form)
    several = 0
    for _ in range(60):
        place = chance.randrange(len(text) // 8, len(text) * 7 // 8)
        sign = chance.choice([b"", b'"', b"<", b">", b"{", b"]", b"\x00", b"\xff", b" . ", b"'''"])
        damaged = text[:place] + sign + text[place + 1 :]
        outcomes = read("esco-rdf", {name: damaged})
        told = [one.split()[0] for one in (p.record for p in outcomes.problems) if "http" in one]
        told += [concept.uri for concept in outcomes.of(Concept)]
        assert len(told) == len(set(told)), damaged
        assert len(outcomes.all) >= 6, damaged
        several += len(outcomes.all) > 6  # a line whose subject cannot be read any more
        assert not any("please report" in p.remedy for p in outcomes.problems), damaged
    assert several <= (15 if name == "e.nt" else 2)


def test_quads_are_statements_too(read: Read) -> None:
    quads = (Quad(q.subject, q.predicate, q.object) for q in parse(TURTLE, RdfFormat.TURTLE))
    data = serialize(quads, format=RdfFormat.N_QUADS)
    assert data is not None
    assert read("esco-rdf", {"e.nq": data}).records == read("esco-rdf", {"e.ttl": TURTLE}).records
