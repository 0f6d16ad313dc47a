"""The public endpoint: the protocol, the forms of answers, and what it refuses."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

ALL = "SELECT * { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        (ALL, "application/sparql-results+json", "application/sparql-results+json"),
        (ALL, "application/json", "application/sparql-results+json"),
        (ALL, "*/*", "application/sparql-results+json"),
        (ALL, "text/csv", "text/csv"),
        (ALL, "text/tab-separated-values", "text/tab-separated-values"),
        ("ASK { ?s ?p ?o }", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "*/*", "text/turtle"),
        ("DESCRIBE <https://data.fitech.example/id/organisation/aalto>", "application/n-triples",
         "application/n-triples"),
    ],
)  # fmt: skip
def test_the_accept_header_chooses_the_form(
    client: FlaskClient, query: str, accept: str, media_type: str
) -> None:
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.mimetype == media_type
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_get_form_post_and_direct_post_answer_alike(client: FlaskClient) -> None:
    headers = {"Accept": "text/csv"}
    query = "SELECT ?s { ?s a <https://data.fitech.example/ontology#Course> } ORDER BY ?s LIMIT 5"
    answers = [
        client.get("/sparql", query_string={"query": query}, headers=headers),
        client.post("/sparql", data={"query": query}, headers=headers),
        client.post("/sparql", data=query, content_type="application/sparql-query", headers=headers),
    ]
    assert {answer.data for answer in answers} == {answers[0].data}
    assert answers[0].data.count(b"\n") == 6


def test_rows_are_limited_and_the_limit_is_told(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": ALL}, headers={"Accept": "text/csv"})
    assert answer.data.count(b"\n") == 51
    assert answer.headers["X-Row-Limit"] == "50"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
        "INSERT DATA { <http://x/a> <http://x/b> <http://x/c> }",
        "DROP ALL",
        "SELECT * {",
        "hello",
    ],
)
def test_what_is_not_allowed_is_told_as_json(client: FlaskClient, query: str) -> None:
    answer = client.get(
        "/sparql", query_string={"query": query}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.get_json()["error"]["message"].endswith((".", "}", "\n")) or answer.get_json()


def test_a_query_without_end_is_stopped(client: FlaskClient) -> None:
    answer = client.get(
        "/sparql", query_string={"query": ENDLESS}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 503
    assert "longer than 5 seconds" in answer.get_json()["error"]["message"]


def test_browsers_get_a_page_with_examples_and_results(client: FlaskClient) -> None:
    headers = {"Accept": "text/html"}
    empty = client.get("/sparql", headers=headers)
    assert empty.text.count("<option") >= 10
    shown = client.get("/sparql", query_string={"query": ALL}, headers=headers)
    assert "cut off at the limit" in shown.text
    assert "<table>" in shown.text
    assert "<strong>yes</strong>" in client.get(
        "/sparql", query_string={"query": "ASK { ?s ?p ?o }"}, headers=headers
    ).text  # fmt: skip
    wrong = client.get("/sparql", query_string={"query": "SELECT"}, headers=headers)
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text


def test_what_two_graphs_say_matches_twice_and_the_page_says_so(client: FlaskClient) -> None:
    def count(what: str) -> int:
        query = f"SELECT (COUNT({what}) AS ?n) {{ ?s a <https://data.fitech.example/ontology#Organisation> }}"
        answer = client.get(
            "/sparql", query_string={"query": query}, headers={"Accept": "text/csv"}
        ).text
        return int(answer.split()[1])

    assert count("*") > count("DISTINCT ?s")  # else the page may drop its advice
    for language, words in (
        ("en", "Count things, not statements"), ("fi", "Laske asioita"), ("sv", "Räkna saker"),
    ):  # fmt: skip
        page = client.get("/sparql", headers={"Accept": "text/html", "Accept-Language": language}).text
        assert words in page
        assert "COUNT(DISTINCT ?x)" in page


def test_a_preflight_is_answered(client: FlaskClient) -> None:
    answer = client.options("/sparql")
    assert answer.status_code == 204
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
