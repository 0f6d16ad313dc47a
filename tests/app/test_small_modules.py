"""A course that its source calls a small competence module says so, in three languages and as data."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from ontology import terms as t


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Small competence module (micro-credential)"),
        ("fi", "Pieni osaamiskokonaisuus"),
        ("sv", "Liten kompetenshelhet"),
    ],
)
def test_the_page_of_a_small_competence_module_says_so(
    client: FlaskClient, language: str, words: str
) -> None:
    query = f"SELECT ?course {{ ?course <{t.SMALL_MODULE}> true ; a <{t.COURSE}> }}"
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/csv"})
    (course,) = set(answer.text.split()[1:])
    path = course.removeprefix("https://data.fitech.example")
    headers = {"Accept": "text/html", "Accept-Language": language}
    page = client.get(path, headers=headers, follow_redirects=True).text
    assert f"<dt>{words}</dt>" in page
    other = client.get("/page/course/aalto/CS-C9950", headers=headers).text
    assert words not in other
