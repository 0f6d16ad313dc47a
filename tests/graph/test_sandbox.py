from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from graph.embedded import EmbeddedStore
from graph.sandbox import Limits, Sandbox
from graph.store import QueryRefusedError, QueryTimeoutError, StoreError

JSON = "application/sparql-results+json"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = EmbeddedStore(tmp_path / "store")
    predicate = NamedNode("http://x/p")
    store.replace_graph(
        "http://x/g",
        (Triple(NamedNode(f"http://x/{n}"), predicate, predicate) for n in range(2_000)),
    )
    store.flush()
    store.close()
    return tmp_path / "store"


@pytest.fixture
def sandbox(folder: Path) -> Iterator[Sandbox]:
    made = Sandbox(folder, Limits(seconds=3, rows=7), workers=2)
    yield made
    made.close()


def test_answers_with_limited_rows(sandbox: Sandbox) -> None:
    answer = sandbox.query("SELECT ?s { ?s ?p ?o }", "text/csv")
    assert answer.body.count(b"\n") == 1 + 7
    assert answer.media_type == "text/csv"


def test_a_query_without_end_is_stopped_and_the_next_is_answered(folder: Path) -> None:
    sandbox = Sandbox(folder, Limits(seconds=1), workers=1)
    with pytest.raises(QueryTimeoutError, match="longer than 1 seconds"):
        sandbox.query(ENDLESS, JSON)
    assert b"true" in sandbox.query("ASK { ?s ?p ?o }", JSON).body
    sandbox.close()


def test_a_query_that_eats_memory_is_stopped(folder: Path) -> None:
    sandbox = Sandbox(folder, Limits(seconds=30, megabytes=400), workers=1)
    hungry = "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"
    with pytest.raises(StoreError, match="MB of memory"):
        sandbox.query(hungry, JSON)
    assert b"true" in sandbox.query("ASK { ?s ?p ?o }", JSON).body
    sandbox.close()


def test_a_wrong_query_is_refused_in_words(sandbox: Sandbox) -> None:
    with pytest.raises(QueryRefusedError, match="not valid SPARQL"):
        sandbox.query("SELECT ?s { ?s", JSON)
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        sandbox.query("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", JSON)


def test_an_answer_that_is_too_large_is_refused(folder: Path) -> None:
    sandbox = Sandbox(folder, Limits(rows=2_000, body_megabytes=0), workers=1)
    with pytest.raises(StoreError, match="larger than"):
        sandbox.query("SELECT ?s { ?s ?p ?o }", JSON)
    sandbox.close()


def test_many_threads_share_the_workers(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sandbox.query("ASK { ?s ?p ?o }", JSON), range(24)))
    assert all(b"true" in answer.body for answer in answers)
