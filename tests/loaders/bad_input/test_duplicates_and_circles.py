"""What stands twice adds nothing, and what goes round in a circle comes to an end."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.config import BuildConfig
from app.pipeline.build import build
from app.progress import silent
from app.workspace import Workspace
from graph.identifiers import Identifiers
from graph.releases import Releases
from loaders.staging.source import SourceSpec
from tests.loaders.bad_input.conftest import Load
from tests.loaders.bad_input.sources import COUNT, Source
from tests.loaders.bad_input.table import SOURCES
from tests.loaders.courses import test_ooapi, test_sisu
from tests.loaders.skills import test_esco_rdf

ROWS = {
    name: source
    for name, source in SOURCES.items()
    if source.family != "json" or source.form in ("json array", "json lines")
}
MERGED = ("turtle", "n-triples", "rdf/xml", "json-ld")
"""Forms in which one thing is one record, however often it stands in the files."""


def counted(source: Source) -> int:
    merged = source.form in MERGED or (source.loader, source.form) == ("elm", "xml")
    return (COUNT if merged else 2 * COUNT) + source.other_records


@pytest.mark.parametrize("source", ROWS.values(), ids=ROWS)
def test_what_stands_twice_in_a_file_adds_nothing(load: Load, source: Source) -> None:
    once = set(load(source).triples.splitlines())
    loading = load(source, source.text((*source.parts, *source.parts)))
    assert not loading.error
    assert loading.report["records_in"] == counted(source)
    assert set(loading.triples.splitlines()) == once


@pytest.mark.parametrize("source", ROWS.values(), ids=ROWS)
def test_what_stands_in_two_files_adds_nothing(load: Load, tmp_path: Path, source: Source) -> None:
    once = set(load(source).triples.splitlines())
    first = source.write(tmp_path / "one")
    second = source.write(tmp_path / "two")[:1]
    loading = load(source, paths=(*first, *second))
    assert not loading.error
    in_head = source.other_records if not source.beside else 0
    assert loading.report["records_in"] == counted(source) + in_head
    assert set(loading.triples.splitlines()) == once


@pytest.fixture
def alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TimeoutError("it goes round and round")

    former = signal.signal(signal.SIGALRM, ring)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, former)


def needs(group: str) -> list[dict[str, Any]]:
    return [{"prerequisites": [{"type": "CourseUnit", "courseUnitGroupId": group}]}]


def circular(folder: Path) -> dict[str, Path]:
    """Write sources whose courses, modules, units of universities and concepts go round in circles."""
    units = [
        test_sisu.unit(
            f"u{n}", f"g{n}", code=f"C.{n}00", name={"en": f"Course {n}"},
            compulsoryFormalPrerequisites=needs(f"g{(n + 1) % 3}"), prerequisites={"en": f"C.{(n + 1) % 3}00, C.{n}00"},
        )
        for n in range(3)
    ]  # fmt: skip
    modules = [
        test_sisu.module(
            f"m{n}", f"gm{n}", code=f"M.{n}00", name={"en": f"Module {n}"},
            rule={"type": "ModuleRule", "moduleGroupId": f"gm{(n + 1) % 2}"},
        )
        for n in range(2)
    ]  # fmt: skip
    organisations = [
        {
            "id": f"tuni-org-{n}", "universityOrgId": "tuni-university-root-id",
            "parentId": f"tuni-org-{(n + 1) % 2}", "name": {"en": f"Unit {n}"},
        }
        for n in range(2)
    ]  # fmt: skip
    programmes = [
        {
            **test_ooapi.PROGRAMME, "programmeId": f"0000aaaa-0000-4000-8000-00000000090{n}",
            "primaryCode": {"codeType": "programme_code", "code": f"P{n}"}, "organisationId": "0000aaaa-0000-4000-8000-000000000001",
            "parentId": f"0000aaaa-0000-4000-8000-00000000090{1 - n}", "children": [f"0000aaaa-0000-4000-8000-00000000090{1 - n}"],
        }
        for n in range(2)
    ]  # fmt: skip
    places = [{**test_ooapi.UNIT, "organisationId": f"o{n}", "parentId": f"o{1 - n}"} for n in range(2)]
    concept = "{e}/skill/{n} a skos:Concept, esco:Skill ; skos:prefLabel 'skill {n}'@en ; skos:broader {e}/skill/{m}>, {e}/skill/{n}> ; skos:narrower {e}/skill/{m}> .\n"
    skills = "".join(
        concept.replace("{e}", f"<{test_esco_rdf.E}").replace("/skill/{n} a", f"/skill/{n}> a")
        .replace("{n}", str(n)).replace("{m}", str((n + 1) % 3)) for n in range(3)
    )  # fmt: skip
    vocabulary = "".join(
        f"x:{n} a skos:Concept ; skos:prefLabel 'concept {n}'@en ; skos:broader x:{1 - n} ; skos:related x:{n} ;"
        f" <http://purl.org/dc/terms/isReplacedBy> x:{1 - n} .\n"
        for n in range(2)
    )
    prefix = (
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix x: <http://example.org/v/> .\n"
    )
    texts = {
        "sisu": ("s.json", json.dumps([*units, *modules, *organisations])),
        "ooapi": ("o.json", json.dumps([test_ooapi.ROOT, *places, *programmes])),
        "esco-rdf": ("e.ttl", test_esco_rdf.PREFIXES + skills),
        "skos": ("v.ttl", prefix + vocabulary),
    }
    for name, text in texts.values():
        (folder / name).write_text(text, encoding="utf-8")
    return {loader: folder / name for loader, (name, _) in texts.items()}


@pytest.mark.usefixtures("alarm")
def test_circles_come_to_an_end_and_are_published(tmp_path: Path) -> None:
    specs = tuple(SourceSpec(loader, loader, (path,)) for loader, path in circular(tmp_path).items())
    place = Workspace(tmp_path / "data")
    result = build(place, BuildConfig("Circles", Identifiers(), specs), silent, force=True)
    assert result.published, result.summary()
    release = Releases(place.path).live()
    assert release is not None
