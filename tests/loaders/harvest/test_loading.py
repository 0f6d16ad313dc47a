"""What is harvested is what the loaders read: newest versions first, withdrawn things gone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeClock, Make
from harvest_server import serving
from harvest_services import JobMarket, Repository, Sisu, Site, case_settings

from graph.identifiers import Identifiers
from loaders.registry import get_loader
from loaders.staging.source import LoadReport, SourceSpec, stage


def _sisu(service: Any) -> None:
    service.units["tuni-CU-3"] = Sisu.unit(3, " renamed")
    del service.units["tuni-CU-5"]


def _cursor(service: Any) -> None:
    service.changed = [1, 2]


def _repository(service: Any) -> None:
    service.changed = [Repository.record(3, " uusi"), Repository.deleted(5)]


def _virta(service: Any) -> None:
    service.changed = service.all[:2]


def _pure(service: Any) -> None:
    service.modified = ["uuid-3"]
    service.changes = [{"uuid": "uuid-5", "changeType": "DELETE", "familySystemName": "ResearchOutput"}]


def _market(service: Any) -> None:
    service.changed = [JobMarket.advert(2, "2026-11-07T00:00:00")]


def _nothing(service: Any) -> None:
    pass


CASES: dict[str, tuple[str, Callable[[Any], None], int, int]] = {
    # kind: loader, what changes, records loaded before and after
    "sisu": ("sisu", _sisu, 47, 45),
    "aalto": ("aalto", _nothing, 5, 5),
    "peppi": ("peppi", _nothing, 13, 13),
    "konfo": ("opintopolku", _nothing, 24, 24),
    "ooapi": ("ooapi", _nothing, 50, 50),
    "openalex": ("openalex", _cursor, 23, 23),
    "crossref": ("crossref", _cursor, 23, 23),
    "datacite": ("datacite", _cursor, 23, 23),
    "research-fi": ("researchfi", _cursor, 46, 46),
    "orcid": ("orcid", _nothing, 7, 7),
    "virta": ("virta", _virta, 9, 9),
    "pure": ("pure", _pure, 14, 13),
    "oai-pmh": ("oai", _repository, 23, 22),
    "tyomarkkinatori": ("adverts", _market, 8, 7),
}


@pytest.mark.parametrize("kind", CASES)
def test_the_loader_reads_what_was_harvested(
    kind: str, harvester: Make, clock: FakeClock, tmp_path: Path
) -> None:
    loader, change, before, after = CASES[kind]
    try:
        options = get_loader(loader).info.options
    except ModuleNotFoundError:
        pytest.skip(f"the loader {loader} is not written yet")
    chosen = {"university": "tuni"} if kind in ("peppi", "ooapi") and "university" in options else {}
    service, path, settings = case_settings(kind)
    if kind == "tyomarkkinatori":
        settings["full_every_days"] = 7

    def load(number: int) -> LoadReport:
        files = tuple(source.archive.files())
        spec = SourceSpec("s", loader, files, options=chosen, accept_drop=True)
        return stage(spec, tmp_path / "staged", Identifiers())

    with serving(service) as server:
        source = harvester(kind, server.url + path, **settings)
        source.run()
        first = load(1)
        assert (first.loaded, first.rejected, first.broken_files) == (before, 0, 0), first.summary()
        change(service)
        clock.days(1)
        source.run()
        second = load(2)
        assert (second.loaded, second.rejected, second.broken_files) == (after, 0, 0), second.summary()


def test_pages_go_to_the_loader_of_schema_org(harvester: Make, tmp_path: Path) -> None:
    try:
        options = get_loader("schemaorg").info.options
    except ModuleNotFoundError:
        pytest.skip("the loader schemaorg is not written yet")
    site = Site()
    for number, path in enumerate(site.pages):
        course = {
            "@context": "https://schema.org",
            "@type": "Course",
            "@id": f"https://www.example.org{path}",
            "courseCode": f"X-{number}",
            "name": f"Course {number}",
            "inLanguage": "en",
            "provider": {"@type": "Organization", "name": "Aalto University"},
        }
        script = f'<script type="application/ld+json">{json.dumps(course)}</script>'
        site.pages[path] = (f"<!doctype html><html><head>{script}</head></html>", "2026-01-01")
    with serving(site) as server:
        site.url = server.url
        source = harvester("pages", sitemaps=[server.url + "/sitemap.xml"])
        source.run()
    chosen = {"university": "aalto"} if "university" in options else {}
    spec = SourceSpec("s", "schemaorg", tuple(source.archive.files()), options=chosen)
    report = stage(spec, tmp_path / "staged", Identifiers())
    assert (report.things["Course"], report.rejected) == (8, 0), report.summary()


def test_files_keep_the_names_that_the_loader_of_esco_knows(harvester: Make, tmp_path: Path) -> None:
    site = Site()
    head = b"conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,status,description\n"
    row = b"KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/%d,knowledge,,%s,,released,\n"
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("skills_fi.csv", head + row % (1, b"taito"))
    site.files = {"/v1/skills_en.csv": head + row % (1, b"skill"), "/v1/fi.zip": box.getvalue()}
    with serving(site) as server:
        source = harvester("files", urls=[server.url + path for path in site.files])
        source.run()
    spec = SourceSpec("s", "esco", tuple(source.archive.files()))
    report = stage(spec, tmp_path / "staged", Identifiers())
    assert (report.loaded, report.rejected, report.skipped) == (2, 0, {}), report.summary()
