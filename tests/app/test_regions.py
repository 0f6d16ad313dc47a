"""Adverts and needs of other sources meet in a region, and pages say its name."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

QUERY = """PREFIX fitech: <https://data.fitech.example/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?name ?unit {
  ?region skos:notation ?code ; skos:prefLabel ?name .
  ?need fitech:region ?code ; fitech:demandUnit ?unit .
  FILTER(LANG(?name) = "sv" && STRLEN(?code) = 5)
}"""


def test_one_region_has_the_needs_of_several_sources(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": QUERY}, headers={"Accept": "text/csv"})
    rows = {tuple(line.split(",")) for line in answer.text.split("\r\n")[1:] if line}
    units = {unit for name, unit in rows if name == "Nyland"}
    assert "job adverts" in units
    assert len(units) > 1


@pytest.mark.parametrize(("language", "name"), [("en", "Uusimaa"), ("fi", "Uusimaa"), ("sv", "Nyland")])
def test_a_page_says_the_name_of_a_region(client: FlaskClient, language: str, name: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": language}
    page = client.get("/page/advert/sample/advert-1", headers=headers).text
    assert f'{name} <span class="tag">FI1B1</span>' in page
