"""The public code lists that are shipped: whole, in their own addresses, and as the script makes them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from rdflib import RDF, SKOS, Graph, URIRef

from graph.mapping import _MODES
from graph.records import DELIVERY_MODES
from loaders.vocabularies import field_of_science
from ontology.files import vocabulary_files

SNB = "http://data.europa.eu/snb/"
COUNTS = {
    "eqf": 8,
    "learning-modes": 6,
    "isced-f": 220,
    "fields-of-science": 83,
    "link-status": 3,
    "regions": 27,
}


@pytest.fixture(scope="module")
def lists() -> dict[str, Graph]:
    return {path.stem: Graph().parse(path, format="turtle") for path in vocabulary_files()}


def names(graph: Graph, uri: str) -> dict[str | None, str]:
    return {
        getattr(label, "language", None): str(label)
        for label in graph.objects(URIRef(uri), SKOS.prefLabel)
    }


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_every_concept_has_its_scheme_code_and_name(
    lists: dict[str, Graph], name: str, count: int
) -> None:
    graph = lists[name]
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) == count
    (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
    codes = set()
    for concept in concepts:
        assert set(graph.objects(concept, SKOS.inScheme)) == {scheme}
        (code,) = graph.objects(concept, SKOS.notation)
        codes.add(str(code))
        assert names(graph, str(concept))
        assert set(graph.objects(concept, SKOS.broader)) <= concepts
    assert len(codes) == count
    assert len(names(graph, str(scheme))) == 3


def test_the_addresses_are_those_that_records_point_to(lists: dict[str, Graph]) -> None:
    assert names(lists["eqf"], f"{SNB}eqf/6") == {
        "en": "EQF level 6",
        "fi": "EQF-taso 6",
        "sv": "EQF-nivå 6",
    }
    ict = names(lists["isced-f"], f"{SNB}isced-f/06")
    assert ict["fi"] == "Tietojenkäsittely ja tietoliikenne (ICT)"
    software = names(lists["isced-f"], f"{SNB}isced-f/0613")
    assert software["en"] == "Software and applications development and analysis"
    computing = names(lists["fields-of-science"], field_of_science("113") or "")
    assert computing == {
        "en": "Computer and information sciences",
        "fi": "Tietojenkäsittely ja informaatiotieteet",
        "sv": "Data- och informationsvetenskap",
    }
    for mode in DELIVERY_MODES:
        address = URIRef(f"{SNB}learning-assessment/{_MODES[mode]}")
        assert str(lists["learning-modes"].value(address, SKOS.notation)) == mode


@pytest.mark.real_data
def test_the_files_are_what_the_script_makes(root: Path, shared_data: Path) -> None:
    path = root / "scripts" / "make_vocabularies.py"
    spec = importlib.util.spec_from_file_location("make_vocabularies", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_vocabularies"] = module
    spec.loader.exec_module(module)
    for vocabulary in module.vocabularies(shared_data / "standards" / "derived"):
        written = (root / "ontology" / "vocab" / vocabulary.file).read_text(encoding="utf-8")
        assert written == vocabulary.text()
