"""One suite over both stores: what one does, the other does."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from graph.embedded import EmbeddedStore
from graph.remote import RemoteStore
from graph.store import GraphStore, QueryRefusedError, RemoteEndpoints, StoreError

A, B, P = (NamedNode(f"http://example.org/{name}") for name in "abp")
ONE, TWO = "http://example.org/graph/one", "http://example.org/graph/two"
HELLO = Triple(A, P, Literal("hyvää päivää", language="fi"))


@pytest.fixture(params=["memory", "disk", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    made: GraphStore
    if request.param == "remote":
        made = RemoteStore(request.getfixturevalue("oxigraph_server"), timeout=20)
        for graph in made.graphs():
            made.drop_graph(graph)
    else:
        made = EmbeddedStore(tmp_path / "store" if request.param == "disk" else None)
    assert isinstance(made, GraphStore)
    yield made
    made.close()


def test_a_new_store_is_empty(store: GraphStore) -> None:
    assert store.graphs() == []
    assert store.count() == 0
    assert store.select("SELECT * { ?s ?p ?o }") == []


def test_replacing_a_graph_leaves_nothing_of_the_former_one(store: GraphStore) -> None:
    assert store.replace_graph(ONE, [HELLO, Triple(A, P, B)]) == 2
    assert store.replace_graph(ONE, [Triple(B, P, A)]) == 1
    assert list(store.construct("CONSTRUCT WHERE { ?s ?p ?o }")) == [Triple(B, P, A)]


def test_replacing_one_graph_leaves_the_others(store: GraphStore) -> None:
    store.replace_graph(ONE, [HELLO])
    store.replace_graph(TWO, [Triple(A, P, B)])
    store.replace_graph(ONE, [])
    assert store.count(TWO) == 1
    assert store.count(ONE) == 0


def test_a_query_over_the_store_may_feed_a_graph_of_it(store: GraphStore) -> None:
    store.replace_graph(ONE, [Triple(A, P, B)])
    store.replace_graph(ONE, store.construct("CONSTRUCT { ?o ?p ?s } WHERE { ?s ?p ?o }"))
    assert list(store.construct("CONSTRUCT WHERE { ?s ?p ?o }")) == [Triple(B, P, A)]


def test_a_broken_source_leaves_the_former_graph(store: GraphStore) -> None:
    store.replace_graph(ONE, [HELLO])

    def breaks() -> Iterator[Triple]:
        yield Triple(A, P, B)
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError):
        store.replace_graph(ONE, breaks())
    assert list(store.construct("CONSTRUCT WHERE { ?s ?p ?o }")) == [HELLO]


def test_select_keeps_language_datatype_and_unbound(store: GraphStore) -> None:
    number = Literal("5", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
    store.replace_graph(ONE, [HELLO, Triple(B, P, number)])
    rows = store.select("SELECT ?s ?o ?none { ?s ?p ?o } ORDER BY ?s")
    assert rows == [{"s": A, "o": HELLO.object}, {"s": B, "o": number}]


def test_queries_see_the_union_of_graphs(store: GraphStore) -> None:
    # A statement of two graphs may match twice: queries that count or list say DISTINCT.
    store.replace_graph(ONE, [HELLO])
    store.replace_graph(TWO, [HELLO, Triple(B, P, A)])
    assert len(store.select("SELECT DISTINCT ?s ?o { ?s ?p ?o }")) == 2
    assert store.ask("ASK { <http://example.org/a> ?p ?x . <http://example.org/b> ?p ?y }")
    assert store.count() == 3


def test_graph_names_are_sorted_and_can_be_asked(store: GraphStore) -> None:
    store.replace_graph(TWO, [HELLO])
    store.replace_graph(ONE, [HELLO])
    assert store.graphs() == [ONE, TWO]
    rows = store.select("SELECT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
    assert [row["g"].value for row in rows] == [ONE, TWO]


def test_ask(store: GraphStore) -> None:
    store.replace_graph(ONE, [HELLO])
    assert store.ask("ASK { ?s ?p ?o }") is True
    assert store.ask("ASK { ?s ?s ?s }") is False


def test_load_adds_and_export_gives_it_back(store: GraphStore) -> None:
    store.replace_graph(ONE, [HELLO])
    turtle = b"<http://example.org/b> <http://example.org/p> <http://example.org/a> ."
    store.load_graph(ONE, io.BytesIO(turtle), RdfFormat.TURTLE)
    target = io.BytesIO()
    store.export(ONE, target, RdfFormat.N_TRIPLES)
    assert target.getvalue().count(b"\n") == 2
    assert "hyvää päivää".encode() in target.getvalue()


def test_broken_rdf_is_told_in_a_sentence(store: GraphStore) -> None:
    with pytest.raises(StoreError):
        store.load_graph(ONE, io.BytesIO(b"<a> <b"), RdfFormat.TURTLE)


def test_dropping_what_is_not_there_is_no_error(store: GraphStore) -> None:
    store.drop_graph(ONE)
    store.replace_graph(ONE, [HELLO])
    store.drop_graph(ONE)
    assert store.count() == 0


@pytest.mark.parametrize(
    ("query", "accept", "part"),
    [
        ("SELECT ?o { ?s ?p ?o }", "application/sparql-results+json", b'"xml:lang":"fi"'),
        ("SELECT ?o { ?s ?p ?o }", "text/csv", "hyvää päivää".encode()),
        ("ASK { ?s ?p ?o }", "application/sparql-results+xml", b"true"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle", b"@fi"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples", b"@fi"),
    ],
)
def test_raw_answers_come_in_the_form_asked_for(
    store: GraphStore, query: str, accept: str, part: bytes
) -> None:
    store.replace_graph(ONE, [HELLO])
    result = store.raw(query, accept)
    assert result.media_type == accept
    assert part in result.body


def test_a_form_that_does_not_fit_is_refused(store: GraphStore) -> None:
    with pytest.raises(QueryRefusedError, match="cannot be answered"):
        store.raw("SELECT * { ?s ?p ?o }", "text/turtle")


@pytest.mark.parametrize("query", ["SELECT", "nonsense", "INSERT DATA { <a:a> <a:a> <a:a> }"])
def test_what_is_no_reading_query_is_refused(store: GraphStore, query: str) -> None:
    with pytest.raises(QueryRefusedError):
        store.select(query)
    assert store.count() == 0


def test_a_server_that_is_not_there_is_told(free_port: int) -> None:
    home = f"http://127.0.0.1:{free_port}"
    lost = RemoteStore(RemoteEndpoints(f"{home}/query", f"{home}/update", f"{home}/store"))
    with pytest.raises(StoreError, match="cannot be reached"):
        lost.select("SELECT * { ?s ?p ?o }")
    with pytest.raises(StoreError, match="cannot be reached"):
        lost.replace_graph(ONE, [HELLO])


def test_a_second_writer_is_told(tmp_path: Path) -> None:
    first = EmbeddedStore(tmp_path / "store")
    code = (
        "from pathlib import Path; from graph.embedded import EmbeddedStore; import sys\n"
        "try: EmbeddedStore(Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "store")],
        capture_output=True, text=True, check=True, env=os.environ, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "StoreError" in done.stdout
    assert "cannot be opened" in done.stdout
    first.close()
