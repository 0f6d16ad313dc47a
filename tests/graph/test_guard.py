from __future__ import annotations

import io

import pytest
from pyoxigraph import RdfFormat

from graph.embedded import EmbeddedStore
from graph.guard import MAX_QUERY_CHARACTERS, guard, query_form
from graph.store import QueryRefusedError


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { service silent ?x { ?s ?p ?o } }",
        "SELECT * { SERVICE<http://x/>{ ?s ?p ?o } }",
        "SELECT * { # comment\nSeRvIcE <http://x/> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://x/> { ?s ?p ?o } }",
        'SELECT * { ?s ?p "\\u0022 } SERVICE <http://x/> { ?a ?b ?c } #" }',
    ],
)
def test_service_is_refused_however_it_is_written(query: str) -> None:
    with pytest.raises(QueryRefusedError):
        guard(query, 10)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE" }',
        "SELECT ?SERVICE { ?SERVICE ?p ?o }",
        "PREFIX service: <http://x/> SELECT * { ?s service:service ?o }",
        "SELECT * { ?s <http://x/SERVICE> ?o } # SERVICE",
    ],
)
def test_the_word_elsewhere_is_no_call(query: str) -> None:
    EmbeddedStore().select(guard(query, 10))


@pytest.mark.parametrize(
    "query",
    ["LOAD <http://x/>", "INSERT DATA {}", "PREFIX a: <b> DELETE WHERE { ?s ?p ?o }", "CLEAR ALL"],
)
def test_updates_are_refused_with_a_reason(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="would change the graph"):
        guard(query, 10)


@pytest.mark.parametrize("query", ["", "   ", "hello", "# SELECT"])
def test_what_is_no_query_is_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="no SPARQL query"):
        guard(query, 10)


def test_too_long_is_refused() -> None:
    with pytest.raises(QueryRefusedError, match="longer than"):
        guard("SELECT * {}" + " " * MAX_QUERY_CHARACTERS, 10)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } # a comment at the end",
        "SELECT * { ?s ?p ?o } LIMIT 100000",
        "SELECT * { ?s ?p ?o } OFFSET 0 LIMIT 100000",
        "SELECT * { ?s ?p ?o } limit 99999999999999999999",
        "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 100000 } }",
        "SELECT ?s { ?s ?p ?o } ORDER BY ?s VALUES ?p { <http://x/p> }",
        "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 0)",
    ],
)
def test_rows_are_limited(query: str) -> None:
    store = EmbeddedStore()
    store.load_graph("http://x/g", fifty_triples(), RdfFormat.N_TRIPLES)
    assert len(store.select(guard(query, 10))) == 10


def test_a_smaller_limit_stays() -> None:
    assert guard("SELECT * { ?s ?p ?o } LIMIT 3", 10).endswith("LIMIT 3")


def test_forms() -> None:
    assert query_form("prefix a: <b> # SELECT\nask {}") == "ASK"
    assert query_form("CONSTRUCT WHERE { ?s ?p ?o }") == "CONSTRUCT"


def fifty_triples() -> io.BytesIO:
    text = "".join(f"<http://x/{n}> <http://x/p> <http://x/o> .\n" for n in range(50))
    return io.BytesIO(text.encode())
