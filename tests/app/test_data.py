"""Every address of ours answers with a page, Turtle, JSON-LD or N-Triples, and it parses back."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from rdflib import Graph, URIRef
from rdflib.collection import Collection

from ontology import terms as t

FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
SKILL = "/esco/skill/3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"


def some_iris(client: FlaskClient) -> list[str]:
    query = """PREFIX f: <https://data.fitech.example/ontology#>
    SELECT (SAMPLE(?x) AS ?iri) { VALUES ?c { f:Course f:CourseOffering f:Person f:Organisation
      f:ResearchOutput f:SkillNeed f:SkillLink f:Evidence f:Expertise } ?x a ?c } GROUP BY ?c"""
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/csv"})
    return answer.text.split()[1:]


def test_every_kind_of_thing_answers_in_every_form(client: FlaskClient) -> None:
    iris = some_iris(client)
    assert len(iris) == 9
    for iri in [*iris, "https://data.fitech.example/id/graph/source/aalto"]:
        path = iri.removeprefix("https://data.fitech.example")
        for media_type, rdf_format in FORMS.items():
            first = client.get(path, headers={"Accept": media_type})
            assert first.status_code == 303
            assert "Accept" in first.headers["Vary"]
            answer = client.get(first.headers["Location"])
            assert answer.mimetype == media_type
            triples = list(parse(answer.data, rdf_format))
            assert any(triple.subject.value == iri for triple in triples)
        shown = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert shown.status_code == 200
        assert shown.mimetype == "text/html"


def test_esco_concepts_answer_too(client: FlaskClient) -> None:
    answer = client.get(SKILL, headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert answer.mimetype == "text/turtle"
    assert "machine learning" in answer.text


@pytest.mark.parametrize(
    "accept", ["*/*", "", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "image/png"]
)
def test_who_does_not_care_gets_the_page(client: FlaskClient, accept: str) -> None:
    answer = client.get("/id/organisation/aalto", headers={"Accept": accept})
    assert answer.headers["Location"] == "/page/organisation/aalto"


def test_the_better_of_two_wishes_wins(client: FlaskClient) -> None:
    accept = "text/html;q=0.3, text/turtle;q=0.9"
    answer = client.get("/id/organisation/aalto", headers={"Accept": accept})
    assert answer.headers["Location"].endswith(".ttl")


def test_data_may_be_read_from_other_sites(client: FlaskClient) -> None:
    assert client.get("/data/organisation/aalto.ttl").headers["Access-Control-Allow-Origin"] == "*"


def test_the_authors_of_a_work_come_in_their_order(client: FlaskClient) -> None:
    query = f"""SELECT ?work ?order {{ ?work <{t.CREATOR_ORDER}> ?order
      FILTER(CONTAINS(STRAFTER(?order, " "), " ")) }} ORDER BY ?work"""
    answer = client.get("/sparql", query_string={"query": query, "format": "json"})
    rows = answer.get_json(force=True)["results"]["bindings"]
    works = {row["work"]["value"]: row["order"]["value"].split() for row in rows}
    assert any(people != sorted(people) for people in works.values()), "else sorting would do"
    for work, people in works.items():
        path = work.removeprefix("https://data.fitech.example")
        page = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True).text
        places = [page.index(f'href="/page/{one.partition("/id/")[2]}"') for one in people]
        assert places == sorted(places)
        data = client.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True).data
        graph = Graph().parse(data, format="turtle")
        (head,) = graph.objects(URIRef(work), URIRef(t.BIBO + "authorList"))
        assert [str(one) for one in Collection(graph, head)] == people


def test_a_link_comes_with_its_evidence(client: FlaskClient) -> None:
    link = next(iri for iri in some_iris(client) if "/link/" in iri and "evidence" not in iri)
    answer = client.get(link.removeprefix("https://data.fitech.example"),
                        headers={"Accept": "text/turtle"}, follow_redirects=True)  # fmt: skip
    assert "fitech:evidenceQuote" in answer.text


@pytest.mark.parametrize("form", ["ttl", "jsonld", "nt", "rdf"])
def test_the_model_answers_as_data(client: FlaskClient, form: str) -> None:
    answer = client.get(f"/ontology.{form}")
    assert len(list(parse(answer.data, FORMS[answer.mimetype]))) > 1000
    moved = client.get("/ontology", headers={"Accept": "text/turtle"})
    assert moved.headers["Location"] == "/ontology.ttl"
