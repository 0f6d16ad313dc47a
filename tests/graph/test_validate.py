from __future__ import annotations

import io
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat

from graph.embedded import EmbeddedStore
from graph.validate import EXAMPLES, validate

SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <http://example.org/> .
e:Thing a sh:NodeShape ; sh:targetClass e:Thing ; sh:property e:name , e:friend .
e:name a sh:PropertyShape ; sh:path e:name ; sh:minCount 1 ; sh:severity sh:Violation ;
    sh:message "Give it a name."@en , "Anna sille nimi."@fi .
e:friend a sh:PropertyShape ; sh:path e:friend ; sh:class e:Thing ; sh:severity sh:Warning ;
    sh:message "The friend is unknown."@en .
"""


@pytest.fixture
def shapes(tmp_path: Path) -> list[Path]:
    path = tmp_path / "thing.ttl"
    path.write_text(SHAPE)
    return [path]


def store_of(turtle: str) -> EmbeddedStore:
    store = EmbeddedStore()
    data = f"@prefix e: <http://example.org/> . {turtle}"
    store.load_graph("http://example.org/g", io.BytesIO(data.encode()), RdfFormat.TURTLE)
    return store


def test_good_data_conform(shapes: list[Path]) -> None:
    report = validate(store_of('e:a a e:Thing ; e:name "a" ; e:friend e:a .'), shapes)
    assert report.conforms
    assert report.to_json()["findings"] == []
    assert sum(report.checked.values()) == 1


def test_findings_are_counted_with_messages_in_each_language(shapes: list[Path]) -> None:
    many = " ".join(f"e:t{n} a e:Thing ." for n in range(EXAMPLES + 5))
    report = validate(store_of(many), shapes)
    assert not report.conforms
    (finding,) = report.to_json()["findings"]
    assert finding["count"] == EXAMPLES + 5
    assert len(finding["examples"]) == EXAMPLES
    assert finding["messages"] == {"en": "Give it a name.", "fi": "Anna sille nimi."}


def test_warnings_do_not_break_conformance(shapes: list[Path]) -> None:
    report = validate(store_of('e:a a e:Thing ; e:name "a" ; e:friend e:nobody .'), shapes)
    assert report.conforms
    assert report.total("Warning") == 1


def test_a_neighbour_in_another_batch_counts_by_its_type(
    shapes: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.validate.BATCH", 1)
    report = validate(
        store_of('e:a a e:Thing ; e:name "a" ; e:friend e:b . e:b a e:Thing ; e:name "b" .'), shapes
    )
    assert report.conforms
    assert report.total("Warning") == 0


def test_processes_find_what_one_process_finds(
    shapes: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = " ".join(f"e:t{n} a e:Thing ." for n in range(30))
    alone = validate(store_of(many), shapes)
    monkeypatch.setattr("graph.validate.WORTH_PROCESSES", 0)
    monkeypatch.setattr("graph.validate.BATCH", 7)
    steps: list[int] = []
    together = validate(store_of(many), shapes, lambda done, total: steps.append(done))
    assert together.counts == alone.counts
    assert steps[-1] == 30


def test_findings_are_counted_by_the_graph_that_describes_the_thing(shapes: list[Path]) -> None:
    store = store_of('e:a a e:Thing . e:b a e:Thing ; e:name "b" .')
    other = b"@prefix e: <http://example.org/> . e:a a e:Thing . e:c a e:Thing ."
    store.load_graph("http://example.org/h", io.BytesIO(other), RdfFormat.TURTLE)
    by_graph = validate(store, shapes).to_json()["by_graph"]
    assert {graph: rows[0]["count"] for graph, rows in by_graph.items()} == {
        "http://example.org/g": 1,
        "http://example.org/h": 2,
    }


def test_shapes_that_share_a_property_or_are_switched_off_keep_their_meaning(tmp_path: Path) -> None:
    path = tmp_path / "two.ttl"
    path.write_text(
        SHAPE
        + "e:Place a sh:NodeShape ; sh:targetClass e:Place , e:Spot ; sh:property e:name ."
        + "e:Off a sh:NodeShape ; sh:targetClass e:Off ; sh:deactivated true ; sh:property e:name ."
    )
    store = store_of("e:a a e:Thing . e:p a e:Place . e:s a e:Spot . e:o a e:Off .")
    found = [finding.focus for finding in validate(store, [path]).examples]
    assert sorted(found) == [f"http://example.org/{name}" for name in ("a", "p", "s")]
