"""The pages on quality say what the reports say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from app.pipeline.identity import DECISIONS
from app.quality import read_quality
from app.workspace import Workspace
from graph.releases import Releases


def test_every_source_has_a_page_with_its_figures(client: FlaskClient, sample_place: Workspace) -> None:
    release = Releases(sample_place.path).live()
    assert release is not None
    sources = read_quality(sample_place, release)
    overview = client.get("/quality").get_data(as_text=True)
    for source in sources:
        assert f'href="/quality/{source.name}"' in overview
        page = client.get(f"/quality/{source.name}")
        assert page.status_code == 200
        text = page.get_data(as_text=True)
        assert str(source.report["title"]) in text
        assert "This was the first load." in text
    (aalto,) = [source for source in sources if source.name == "aalto"]
    (courses,) = [kind for kind in aalto.kinds if kind["kind"] == "Course"]
    (title,) = [row for row in courses["fields"] if row["field"] == "title"]
    assert (title["count"], title["share"]) == (courses["total"], 1.0)
    assert title["languages"]["en"] > 0
    assert client.get("/quality/nothing").status_code == 404


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_field_names_are_translated(client: FlaskClient, language: str) -> None:
    english = client.get("/quality/aalto?lang=en").get_data(as_text=True)
    other = client.get(f"/quality/aalto?lang={language}").get_data(as_text=True)
    assert "Learning outcomes" in english
    assert "Learning outcomes" not in other


def test_findings_of_the_checks_are_told_by_source(sample_place: Workspace, tmp_path: Path) -> None:
    release = Releases(sample_place.path).live()
    assert release is not None
    shape, graph = "shape:course-level", "https://x.example/id/graph/source/aalto"
    found = {"severity": "sh:Info", "shape": shape, "count": 3}
    checks = {
        "shacl": {
            "by_graph": {graph: [found]},
            "findings": [{**found, "messages": {"en": "No level."}}],
        }
    }
    folder = tmp_path / "releases" / "1"
    folder.mkdir(parents=True)
    (tmp_path / "current").symlink_to(folder)
    manifest = {**release.manifest(), "base": "https://x.example/id/"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "checks.json").write_text(json.dumps(checks))
    live = Releases(tmp_path).live()
    assert live is not None
    by_source = {source.name: source for source in read_quality(Workspace(tmp_path), live)}
    assert by_source["aalto"].severity("Info") == 3
    assert by_source["aalto"].findings[0]["messages"] == {"en": "No level."}
    assert not by_source["esco"].findings


def test_age_and_refused_loads_are_told(tmp_path: Path, sample_place: Workspace) -> None:
    release = Releases(sample_place.path).live()
    assert release is not None
    now = datetime.now(UTC) + timedelta(days=9)
    (source, *_) = read_quality(sample_place, release, now)
    assert source.age_days == 9
    assert not source.outdated, "the configuration sets no limit"

    place = Workspace(tmp_path)
    folder = tmp_path / "releases" / "1"
    folder.mkdir(parents=True)
    (tmp_path / "current").symlink_to(folder)
    report = {**dict(source.report), "fresh_days": 7}
    manifest = {"base": "https://x.example/id/", "sources": [report]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    failed = tmp_path / "staged" / f"{source.name}.failed"
    failed.mkdir(parents=True)
    (failed / "report.json").write_text(json.dumps({**report, "started": "2999-01-01T00:00:00+00:00"}))
    live = Releases(tmp_path).live()
    assert live is not None
    (old,) = read_quality(place, live, now)
    assert old.outdated
    assert old.failed is not None


def test_decisions_on_identity_are_listed_and_downloaded(
    sample_place: Workspace, tmp_path: Path
) -> None:
    release = Releases(sample_place.path).live()
    assert release is not None
    decision = {"kind": "person", "same": True, "left": "https://x.example/id/person/1", "right": "https://x.example/id/person/2",
                "reason": "by-line of one work", "detail": "Metsä – Metsä, M.", "confidence": 0.9, "left_label": "Metsä, Maija"}  # fmt: skip
    place = Workspace(tmp_path)
    folder = tmp_path / "releases" / "r"
    folder.parent.mkdir()
    folder.symlink_to(release.path)
    copy = tmp_path / "copy"
    copy.mkdir()
    for item in release.path.iterdir():
        if item.name != DECISIONS:
            (copy / item.name).symlink_to(item)
    (copy / DECISIONS).write_text(json.dumps(decision) + "\n")
    (tmp_path / "current").symlink_to(copy)
    client = create_app(place).test_client()
    page = client.get("/quality/identity").get_data(as_text=True)
    assert "same name among the authors of one work" in page
    assert "Metsä – Metsä, M." in page
    assert ">Metsä, Maija</a>" in page
    assert '>2</a><br><span class="note">https://x.example/id/person/2</span>' in page  # no name
    rows = client.get("/quality/identity?format=csv").get_data(as_text=True).splitlines()
    assert rows[0] == "decision,left,right,note"
    assert rows[1].startswith("same,https://x.example/id/person/1,https://x.example/id/person/2,")
    assert rows[1].endswith('(0.9); Metsä, Maija"')
    assert "There is no such decision." in client.get("/quality/identity?kind=course").get_data(
        as_text=True
    )


def test_monitors_get_json(client: FlaskClient) -> None:
    data = client.get("/api/quality").get_json()
    assert {"members", "esco", "aalto"} <= {item["name"] for item in data}
    assert data[0]["outdated"] is False
