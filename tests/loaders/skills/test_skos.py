"""SKOS vocabularies in every RDF format, and lists of labels."""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from typing import Any

import pytest

from graph.identifiers import Identifiers
from graph.records import Concept, ConceptRelation
from loaders.staging.source import SourceSpec, stage
from tests.loaders.conftest import Outcomes, Read

HEAD = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix iso: <http://purl.org/iso25964/skos-thes#> .
@prefix meta: <http://example.org/meta/> .
@prefix x: <http://example.org/v/> .

"""
TREE = """x: a skos:ConceptScheme ; dct:title "Wood"@en ; skos:hasTopConcept x:c1 .

x:c1 a skos:Concept, meta:Concept ; skos:inScheme x: ;
    skos:prefLabel "puu"@fi , "tree"@en ;
    skos:altLabel "puut"@fi ; skos:hiddenLabel "tre"@en ;
    skos:definition "A tall  plant."@en ; skos:scopeNote "Not data structures."@en ;
    skos:notation "T1" ; skos:narrower x:c2 ; skos:related x:c3 ;
    skos:exactMatch <http://example.org/other/1> ; skos:closeMatch <http://example.org/other/2> ;
    skos:broadMatch <http://example.org/other/3> ; skos:narrowMatch <http://example.org/other/4> .

x:c2 a skos:Concept ; skos:broader x:c1 ; skos:topConceptOf x: ; skos:prefLabel "koivu"@fi .

x:c3 a skos:Concept ; skos:prefLabel "metsä"@fi ; owl:deprecated true ; dct:isReplacedBy x:c1 ;
    dct:modified "2026-01-02" .

x:g1 a skos:Collection ; skos:prefLabel "Group"@en ; skos:member x:c1 , x:c2 .
"""


def concepts(outcomes: Outcomes) -> dict[str, Concept]:
    return {one.uri.rpartition("/")[2]: one for one in outcomes.of(Concept)}


def edges(outcomes: Outcomes) -> set[tuple[str, str, str]]:
    def short(uri: str) -> str:
        return uri.removeprefix("http://example.org/").removeprefix("v/")

    return {(short(e.subject), e.relation, short(e.target)) for e in outcomes.of(ConceptRelation)}


def test_a_concept_comes_with_all_that_skos_says(read: Read) -> None:
    outcomes = read("skos", {"v.ttl": HEAD + TREE})
    assert not outcomes.problems
    assert not outcomes.warnings
    assert len(outcomes.all) == 5
    tree = concepts(outcomes)["c1"]
    assert tree.kind == "concept"
    assert tree.pref_label == {"en": "tree", "fi": "puu"}
    assert tree.alt_labels == {"fi": ("puut",)}
    assert tree.hidden_labels == {"en": ("tre",)}
    assert tree.definition == {"en": "A tall plant."}
    assert tree.scope_note == {"en": "Not data structures."}
    assert tree.notation == "T1"
    assert tree.in_schemes == ("http://example.org/v/",)
    assert outcomes.skipped == ["a collection of concepts (not part of the graph)"]


def test_narrower_is_turned_round_and_each_relation_told_once(read: Read) -> None:
    assert edges(read("skos", {"v.ttl": HEAD + TREE})) == {
        ("", "top-concept", "c1"), ("", "top-concept", "c2"),
        ("c2", "broader", "c1"), ("c1", "related", "c3"),
        ("c1", "exact-match", "other/1"), ("c1", "close-match", "other/2"),
        ("c1", "broad-match", "other/3"), ("c1", "narrow-match", "other/4"),
    }  # fmt: skip


def test_a_retired_concept_names_its_successor(read: Read) -> None:
    old = concepts(read("skos", {"v.ttl": HEAD + TREE}))["c3"]
    assert (old.deprecated, old.replaced_by) == (True, ("http://example.org/v/c1",))
    assert old.modified == "2026-01-02"


def test_a_top_concept_is_in_its_scheme(read: Read) -> None:
    outcomes = read("skos", {"v.ttl": HEAD + TREE})
    assert concepts(outcomes)["c2"].in_schemes == ("http://example.org/v/",)


def test_a_scheme_is_named_by_its_title(read: Read) -> None:
    (scheme,) = [c for c in read("skos", {"v.ttl": HEAD + TREE}).of(Concept) if c.kind == "scheme"]
    assert scheme.pref_label == {"en": "Wood"}
    (bare,) = read("skos", {"b.ttl": HEAD + "x:y a skos:ConceptScheme ."}).of(Concept)
    assert bare.pref_label == {"und": "y"}


def test_labels_may_be_nodes(read: Read) -> None:
    text = (
        "x:c1 a skos:Concept ; xl:prefLabel x:l1 ; xl:altLabel [ a xl:Label ; xl:literalForm 'oak'@en ] ;"
        " skos:definition [ rdf:value 'A tree.'@en ] .\nx:l1 a xl:Label ; xl:literalForm 'tammi'@fi .\n"
    )
    outcomes = read("skos", {"v.ttl": HEAD + text})
    assert len(outcomes.all) == 1
    (oak,) = outcomes.of(Concept)
    assert oak.pref_label == {"fi": "tammi"}
    assert oak.alt_labels == {"en": ("oak",)}
    assert oak.definition == {"en": "A tree."}


def test_classes_below_concept_are_concepts_wherever_they_are_declared(read: Read) -> None:
    text = (
        "x:c1 a meta:Hierarchy ; skos:prefLabel 'a'@en .\n"
        "meta:Hierarchy rdfs:subClassOf meta:Concept .\nmeta:Concept rdfs:subClassOf skos:Concept .\n"
        "x:p a meta:Person ; rdfs:label 'b'@en .\n"
    )
    outcomes = read("skos", {"v.ttl": HEAD + text})
    assert [c.uri for c in outcomes.of(Concept)] == ["http://example.org/v/c1"]
    assert "a thing of the class Person (no concept)" in outcomes.skipped


def test_isothes_hierarchies_are_hierarchies(read: Read) -> None:
    text = "x:a a skos:Concept ; skos:prefLabel 'a'@en ; iso:broaderPartitive x:b ; iso:narrowerGeneric x:c ."
    assert edges(read("skos", {"v.ttl": HEAD + text})) == {("a", "broader", "b"), ("c", "broader", "a")}


def test_statements_about_a_concept_may_lie_anywhere(read: Read) -> None:
    one = HEAD + "x:c1 skos:prefLabel 'a'@en .\nx:c2 a skos:Concept ; skos:prefLabel 'b'@en .\n"
    two = HEAD + "x:c1 a skos:Concept .\nx:c2 skos:prefLabel 'c'@fi .\n"
    outcomes = read("skos", {"1.ttl": one, "2.ttl": two})
    assert len(outcomes.all) == 2
    assert concepts(outcomes)["c1"].pref_label == {"en": "a"}
    assert concepts(outcomes)["c2"].pref_label == {"en": "b", "fi": "c"}


def test_a_file_of_matches_only_gives_relations(read: Read) -> None:
    outcomes = read("skos", {"m.nt": "<http://example.org/v/1> <http://www.w3.org/2004/02/skos/core#exactMatch> "
                                     "<http://example.org/o/1> .\n"})  # fmt: skip
    assert not outcomes.problems
    assert edges(outcomes) == {("1", "exact-match", "o/1")}


def test_two_preferred_labels_in_a_language_are_told(read: Read) -> None:
    outcomes = read("skos", {"v.ttl": HEAD + "x:a a skos:Concept ; skos:prefLabel 'b'@en , 'a'@en ."})
    (concept,) = outcomes.of(Concept)
    assert (concept.pref_label, concept.alt_labels) == ({"en": "a"}, {"en": ("b",)})
    assert [w.field for w in outcomes.warnings] == ["prefLabel"]


def test_languages_can_be_chosen_and_untagged_labels_be_given_one(read: Read) -> None:
    text = HEAD + "x:a a skos:Concept ; skos:prefLabel 'a'@en , 'b'@fi , 'c' ."
    (concept,) = read("skos", {"v.ttl": text}, {"languages": "fi", "language": "sv"}).of(Concept)
    assert concept.pref_label == {"fi": "b"}
    (concept,) = read("skos", {"v.ttl": text}, {"language": "sv"}).of(Concept)
    assert concept.pref_label == {"en": "a", "fi": "b", "sv": "c"}
    outcomes = read("skos", {"v.ttl": text}, {"languages": "de", "language": "sv"})
    assert outcomes.of(Concept)[0].pref_label == {"en": "a", "fi": "b", "sv": "c"}
    assert "option languages" in outcomes.warnings[0].remedy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x:a a skos:Concept ; skos:notation '1' .", "no label"),
        ("<#a> a skos:Concept ; skos:prefLabel 'a'@en .", "relative"),
        ("[] a skos:Concept ; skos:prefLabel 'a'@en .", "no address"),
    ],
)
def test_a_bad_concept_is_told(read: Read, text: str, words: str) -> None:
    outcomes = read(
        "skos", {"v.ttl": HEAD + text + "\n\nx:b a skos:Concept ; skos:prefLabel 'b'@en .\n"}
    )
    (problem,) = outcomes.problems
    assert words in problem.reason
    assert problem.record
    assert problem.remedy
    assert len(outcomes.of(Concept)) == 1


def test_a_literal_where_an_address_belongs_is_left_out(read: Read) -> None:
    text = "x:a a skos:Concept ; skos:prefLabel 'a'@en ; skos:inScheme 'x' ; skos:broader 'b' ."
    outcomes = read("skos", {"v.ttl": HEAD + text})
    assert len(outcomes.of(Concept)) == 1
    assert not outcomes.of(ConceptRelation)
    assert len(outcomes.warnings) == 2


XML = """<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#">
{}
</rdf:RDF>"""
JSON = '{{"@context": {{"skos": "http://www.w3.org/2004/02/skos/core#"}}, "@graph": [{}]}}'


def written(form: str, number: int) -> str:
    uri, label = f"http://example.org/v/{number}", f"concept {number}"
    if form == "ttl":
        return f'x:{number} a skos:Concept ;\n  skos:prefLabel "{label}"@en .\n'
    if form == "nt":
        concept = "<http://www.w3.org/2004/02/skos/core#Concept>"
        return (
            f"<{uri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> {concept} .\n"
            f'<{uri}> <http://www.w3.org/2004/02/skos/core#prefLabel> "{label}"@en .\n'
        )
    if form == "rdf":
        return (
            f'<skos:Concept rdf:about="{uri}"><skos:prefLabel xml:lang="en">{label}</skos:prefLabel>'
            "</skos:Concept>\n"
        )
    return (
        f'{{"@id": "{uri}", "@type": "skos:Concept",\n'
        f' "skos:prefLabel": {{"@value": "{label}", "@language": "en"}}}}'
    )


def document(form: str, parts: list[str]) -> str:
    if form == "rdf":
        return XML.format("".join(parts))
    if form == "jsonld":
        return JSON.format(",\n".join(parts))
    return (HEAD if form == "ttl" else "") + "\n".join(parts)


@pytest.mark.parametrize("form", ["ttl", "nt", "rdf", "jsonld"])
@pytest.mark.parametrize("packed", [False, True])
def test_one_damaged_concept_costs_itself(read: Read, form: str, packed: bool) -> None:
    parts = [written(form, number) for number in range(20)]
    good = document(form, parts)
    parts[7] = parts[7].replace('"', "", 1)
    for text, rejected in ((good, 0), (document(form, parts), 1)):
        data: str | bytes = gzip.compress(text.encode()) if packed else text
        outcomes = read("skos", {f"v.{form}{'.gz' if packed else ''}": data})
        assert len(outcomes.all) == 20
        assert len(outcomes.problems) == rejected
        assert all(problem.record for problem in outcomes.problems)
        assert len(outcomes.of(Concept)) == 20 - rejected


def test_a_damaged_line_costs_that_line(read: Read) -> None:
    parts = [
        written("nt", number) + written("nt", number).replace("prefLabel", "altLabel")
        for number in (1, 2)
    ]
    text = "".join(parts).replace('altLabel> "concept 1', "altLabel> concept 1")
    outcomes = read("skos", {"v.nt": text})
    assert len(outcomes.all) == 2
    assert len(outcomes.of(Concept)) == 2
    (warning,) = outcomes.warnings
    assert "Something about it was lost" in warning.reason


@pytest.mark.parametrize(
    ("old", "new"), [("v/1>", 'v"/1>'), ("<http://example.org/v/1>", "http://example.org/v/1>")]
)
def test_a_line_with_a_damaged_subject_belongs_to_its_concept(read: Read, old: str, new: str) -> None:
    text = written("nt", 1).replace(old, new, 1) + written("nt", 2)
    outcomes = read("skos", {"v.nt": text})
    assert len(outcomes.all) == 2
    assert len(outcomes.warnings) + len(outcomes.problems) == 1


def test_a_file_that_breaks_off_is_told(read: Read) -> None:
    text = "".join(written("ttl", number) for number in range(2000))
    whole = gzip.compress((HEAD + text).encode())
    outcomes = read("skos", {"v.ttl.gz": whole[: len(whole) // 2]})
    assert any(not problem.record for problem in outcomes.problems)
    assert outcomes.of(Concept)


def test_entities_that_would_fill_the_memory_are_refused(read: Read) -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>'
    text = XML.format(written("rdf", 1)).replace("?>", "?>" + bomb, 1)
    outcomes = read("skos", {"v.rdf": text})
    assert [problem.record for problem in outcomes.problems] == [""]


def test_lists_of_labels(read: Read) -> None:
    text = (
        "<http://example.org/v/1>\tpuu\r\nhttp://example.org/v/2\tkoivu\tT2\n\n"
        "<http://example.org/v/1>\tpuut\nkuusi\n<http://example.org/v/4>\t \n"
    )
    outcomes = read(
        "skos", {"yso-fi.tsv.gz": gzip.compress(text.encode()), "x_sv.tsv": "\ufeff" + text}
    )
    assert len(outcomes.all) == 10
    first, second, again = outcomes.of(Concept)[:3]
    assert (first.pref_label, second.notation) == ({"fi": "puu"}, "T2")
    assert again.alt_labels == {"fi": ("puut",)}
    assert not again.pref_label
    assert [problem.record for problem in outcomes.problems[:2]] == ["line 5", "line 6"]
    assert {problem.field for problem in outcomes.problems} == {"address", "label"}


def test_a_label_that_stands_twice_in_a_list_is_told_once(read: Read) -> None:
    outcomes = read("skos", {"l-fi.tsv": "http://example.org/1\tpuu\n" * 2})
    assert [one.pref_label for one in outcomes.of(Concept)] == [{"fi": "puu"}]
    assert outcomes.skipped == ["a label that stood in the list before"]


def test_the_language_and_the_scheme_of_a_list_can_be_given(read: Read) -> None:
    options = {"language": "en", "scheme": "http://example.org/v/"}
    (concept,) = read("skos", {"labels.tsv": "http://example.org/v/1\ttree\n"}, options).of(Concept)
    assert (concept.pref_label, concept.in_schemes) == ({"en": "tree"}, ("http://example.org/v/",))


def test_a_line_in_another_encoding_is_told(read: Read) -> None:
    lines = b"http://example.org/1\tmets\xe4\nhttp://example.org/2\tpuu\n"
    outcomes = read("skos", {"l-fi.tsv": lines})
    assert len(outcomes.problems) == 1
    assert "UTF-8" in outcomes.problems[0].reason
    assert len(outcomes.of(Concept)) == 1


def test_whatever_stands_in_a_statement_a_concept_gives_one_outcome(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    strange = ["''", "'x'@en", "5", "true", "<http://x/1>", "'\\u0000'", "[]", "()", f"'{'x' * 200_000}'",
               "'<script>x</script>'@fi", "'9999'^^<http://x/date>", "_:b", "'a'@en-GB"]  # fmt: skip
    names = ["skos:prefLabel", "skos:altLabel", "skos:broader", "skos:notation", "skos:inScheme", "a",
             "owl:deprecated", "dct:isReplacedBy", "skos:definition", "dct:modified", "skos:exactMatch"]  # fmt: skip
    parts = []
    for number in range(300):
        said = "".join(
            f" ; {dice.choice(names)} {dice.choice(strange)}" for _ in range(dice.randrange(4))
        )
        label = dice.choice(["'label'@en", "'nimi'@fi", "'x'"])
        parts.append(f"x:n{number} a skos:Concept ; skos:prefLabel {label}{said} .\n")
    path = tmp_path / "v.ttl"
    path.write_text(HEAD + "".join(parts), encoding="utf-8")
    report = stage(SourceSpec("s", "skos", (path,)), tmp_path / "staged", Identifiers())
    assert report.records_in == 300
    assert report.records_in == report.loaded + sum(report.skipped.values()) + report.rejected
    assert not any("please report it" in problem for problem in report.problems)


@pytest.mark.real_data
def test_yso_as_skos(read: Read, shared_data: Path) -> None:
    path = shared_data / "labels" / "yso-archaeology.ttl"
    text = path.read_text(encoding="utf-8")
    outcomes = read("skos", {"yso.ttl": text})
    assert len(outcomes.of(Concept)) == 130
    assert len(outcomes.skipped) == 26
    assert not outcomes.problems
    assert not outcomes.warnings
    p12484 = concepts(outcomes)["p12484"]
    assert p12484.pref_label["fi"] == "paleoliittinen kausi"
    damaged = text.replace('"paleolitisk tid"@sv', '"paleolitisk tid@sv', 1)
    assert damaged != text
    broken = read("skos", {"yso.ttl": damaged})
    assert len(broken.all) == len(outcomes.all)
    assert [p.record.split()[0].rpartition("/")[2] for p in broken.problems] == ["p12484"]


@pytest.mark.real_data
@pytest.mark.parametrize(("language", "count"), [("fi", 27_760), ("sv", 27_729), ("en", 27_754)])
def test_yso_labels(shared_data: Path, tmp_path: Path, language: str, count: int) -> None:
    path = shared_data / "labels" / f"yso-{language}.tsv.gz"
    report: Any = stage(SourceSpec("s", "skos", (path,)), tmp_path / "staged", Identifiers())
    assert (report.records_in, report.loaded) == (count, count)
