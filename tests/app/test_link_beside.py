"""Occupations and topics in a whole build, and on the pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.config import read_config
from app.factory import create_app
from app.pipeline.build import BuildResult, build
from app.progress import silent
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.releases import Releases
from ontology import terms as t
from queries.library import load_library, run

BASE = "https://data.fitech.example/id/"
ENGINEER = "http://data.europa.eu/esco/occupation/0ce5a9f4-e00a-4bbe-b255-3c63407167a4"
WASTE = "http://www.yso.fi/onto/yso/p1"
CONFIG = """
title = "beside"
[[source]]
name = "esco"
loader = "esco"
paths = ["{esco}/classification/*.csv", "{esco}/relations/*.csv"]
[[source]]
name = "yso"
loader = "skos"
paths = ["yso-fi.tsv", "yso-en.tsv"]
[[source]]
name = "works"
loader = "fingreylit"
paths = ["works.jsonl"]
[[source]]
name = "adverts"
loader = "adverts"
paths = ["adverts.ndjson"]
[link]
linker = "exact"
"""


def advert(number: int, title: dict[str, str], occupation: str | None = None) -> str:
    return json.dumps(
        {
            "metadata": {"externalId": f"a-{number}", "lastModified": "2026-09-01T08:00:00"},
            "languages": list(title),
            "position": {"title": title, "mainOccupation": occupation},
            "location": {"regions": ["01"]},
            "application": {"published": "2026-09-01T08:00:00"},
        }
    )


def work(title: str, handle: str) -> str:
    truth = {"language": "fi", "title": title, "creator": ["Keksitty, Kaisa"], "year": "2025"}
    address = f"https://example.org/handle/10024/{handle}"
    return json.dumps({"id": address, "url": address, "rowid": handle, "ground_truth": truth})


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, BuildResult]:
    folder = tmp_path_factory.mktemp("beside")
    (folder / "fitech.toml").write_text(CONFIG.format(esco=root / "sample" / "esco"), encoding="utf-8")
    (folder / "yso-fi.tsv").write_text(f"<{WASTE}>\tjätteenkäsittely\n", encoding="utf-8")
    (folder / "yso-en.tsv").write_text(f"<{WASTE}>\twaste treatment\n", encoding="utf-8")
    works = [work("Jätteenkäsittelyn tulevaisuus", "1"), work("Metsien kasvu", "2")]
    (folder / "works.jsonl").write_text("\n".join(works), encoding="utf-8")
    adverts = [
        advert(1, {"en": "Senior ICT Security Engineer (m/f/d), Helsinki"}),
        advert(2, {"fi": "Kesätyöt 2026"}),
        advert(3, {"en": "ICT security engineer"}, "http://data.europa.eu/esco/isco/C2511"),
    ]
    (folder / "adverts.ndjson").write_text("\n".join(adverts), encoding="utf-8")
    place = Workspace(folder / "data")
    return place, build(place, read_config(folder / "fitech.toml"), silent)


@pytest.fixture(scope="module")
def client(built: tuple[Workspace, BuildResult]) -> FlaskClient:
    return create_app(built[0]).test_client()


def occupations(place: Workspace, key: str) -> set[str]:
    release = Releases(place.path).live()
    assert release is not None
    store = EmbeddedStore(release.store, read_only=True)
    rows = run(store, load_library().get("values-of"), {"thing": f"{BASE}advert/tmt/{key}"}).rows
    store.close()
    return {row["value"].value for row in rows if row["property"].value == t.FOR_OCCUPATION}


def test_the_build_tells_what_was_found(built: tuple[Workspace, BuildResult]) -> None:
    _, result = built
    assert result.conforms, result.summary()
    assert "1 occupations proposed for 1 of 2 job adverts that state none" in result.summary()
    assert "1 topics proposed for 1 of 2 outputs and courses" in result.summary()


def test_occupations_come_from_titles_and_stated_ones_stay(
    built: tuple[Workspace, BuildResult],
) -> None:
    place, _ = built
    assert occupations(place, "a-1") == {ENGINEER}
    assert occupations(place, "a-2") == set()
    assert occupations(place, "a-3") == {"http://data.europa.eu/esco/isco/C2511"}


def test_pages_show_the_links_with_their_words(client: FlaskClient) -> None:
    page = client.get("/page/advert/tmt/a-1?lang=en").text
    assert "Occupation that its title names" in page
    assert "ICT Security Engineer</q>" in page
    occupation = client.get(ENGINEER.replace("http://data.europa.eu", "") + "?lang=en").text
    assert "/page/advert/tmt/a-1" in occupation
    hits = client.get("/api/search?q=waste&kind=topic&lang=en").get_json()["hits"]
    assert [hit["iri"] for hit in hits] == [WASTE]


def test_who_knows_a_topic(client: FlaskClient) -> None:
    page = client.get("/expertise/experts-on-topic", query_string={"topic": WASTE, "lang": "en"})
    assert "Keksitty" in page.text
