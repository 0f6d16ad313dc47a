"""The build: what it publishes, what it refuses, and that nothing published is lost."""

from __future__ import annotations

import fcntl
import gzip
import json
from pathlib import Path

import pytest

from app.config import BuildConfig, ConfigError, read_config
from app.live import LiveGraphs
from app.pipeline.build import BuildResult, build
from app.pipeline.link import link
from app.pipeline.publish import NotPublishedError, publish
from app.pipeline.steps import build_lock
from app.progress import silent
from app.workspace import Workspace, WorkspaceError
from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from graph.releases import Releases
from graph.sandbox import Limits
from loaders.staging.source import LoadError, SourceSpec

COURSE = {
    "documentState": "ACTIVE", "id": "u1", "groupId": "g1", "universityOrgIds": ["tuni-university-root-id"],
    "code": "COMP.CS.100", "name": {"en": "Programming"}, "credits": {"min": 5, "max": 5},
    "outcomes": {"en": "The student is able to write programs and to test them."},
    "possibleAttainmentLanguages": ["urn:code:language:en"],
    "studyLevel": "urn:code:study-level:basic-studies",
}  # fmt: skip


def config(path: Path, **extra: object) -> BuildConfig:
    spec = SourceSpec("units", "sisu", (path,))
    wish = {"linker": "exact", "threshold": 0.5} | extra
    return BuildConfig("Test", Identifiers(), (spec,), **wish)  # type: ignore[arg-type]


@pytest.fixture
def units(tmp_path: Path) -> Path:
    path = tmp_path / "units.jsonl"
    path.write_text(json.dumps(COURSE) + "\n")
    return path


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "data")


def live_courses(place: Workspace) -> int:
    release = Releases(place.path).live()
    assert release is not None
    store = EmbeddedStore(release.store, read_only=True)
    rows = store.select("SELECT DISTINCT ?s { ?s a <https://data.fitech.example/ontology#Course> }")
    store.close()
    return len(rows)


def test_the_sample_loads_whole_and_conforms(sample_build: tuple[Workspace, BuildResult]) -> None:
    place, result = sample_build
    assert result.conforms
    assert not result.stale
    release = Releases(place.path).live()
    assert release is not None
    manifest = release.manifest()
    assert set(manifest["steps"]) == {
        "identity", "assemble", "link", "occupations", "topics", "derive", "index", "check"
    }  # fmt: skip
    assert manifest["steps"]["occupations"]["strong"] >= 1
    assert manifest["steps"]["topics"]["strong"] >= 1
    for report in manifest["sources"]:
        assert report["rejected"] == 0
        assert report["records_in"] == report["loaded"] + sum(report["skipped"].values())
    assert manifest["steps"]["link"]["strong"] > 100


def test_every_statement_has_a_graph_that_says_where_from(sample_store: EmbeddedStore) -> None:
    base = "https://data.fitech.example/id/graph/"
    described = {
        row["g"].value
        for row in sample_store.select(
            "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?g { ?g prov:wasGeneratedBy ?a . "
            "?a prov:startedAtTime ?s ; prov:endedAtTime ?e }"
        )
    }
    assert set(sample_store.graphs()) - described == {f"{base}ontology", f"{base}provenance"}


def test_a_source_that_fails_keeps_its_former_content(place: Workspace, units: Path) -> None:
    build(place, config(units), silent)
    units.write_bytes(b'{"damaged": ')
    result = build(place, config(units), silent)
    assert result.stale == ["units"]
    assert "NOT RENEWED" in result.summary()
    assert live_courses(place) == 1


def test_a_first_load_that_fails_stops_the_build_before_anything(place: Workspace, units: Path) -> None:
    units.write_bytes(gzip.compress(b"x"))
    with pytest.raises(LoadError):
        build(place, config(units), silent)
    assert Releases(place.path).live() is None


def test_violations_keep_the_former_release_live(
    place: Workspace, units: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(place, config(units), silent)
    before = Releases(place.path).live()
    strict = tmp_path / "strict.ttl"
    strict.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://example.org/> .\n"
        "e:S a sh:NodeShape ; sh:targetClass <https://data.fitech.example/ontology#Course> ;\n"
        ' sh:property [ sh:path e:never ; sh:minCount 1 ; sh:message "Never."@en ] .'
    )
    monkeypatch.setattr("app.pipeline.check.shape_files", lambda: [strict])
    result = build(place, config(units), silent)
    assert not result.conforms
    assert "NOT PUBLISHED" in result.summary()
    assert Releases(place.path).live() == before
    with pytest.raises(NotPublishedError):
        publish(place, config(units), silent)
    forced = publish(place, config(units), silent, force=True)
    assert "is live" in forced.summary()
    assert Releases(place.path).live() != before


def test_one_build_at_a_time(place: Workspace, units: Path) -> None:
    with build_lock(place), pytest.raises(WorkspaceError, match="Another build"):
        build(place, config(units), silent)
    with (place.path / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # it was let go


def test_the_running_application_takes_up_a_new_release(place: Workspace, units: Path) -> None:
    build(place, config(units), silent)
    graphs = LiveGraphs(place, Limits(), 1)
    first = graphs.current()
    second_course = {**COURSE, "id": "u2", "groupId": "g2", "code": "COMP.CS.110"}
    units.write_text(json.dumps(COURSE) + "\n" + json.dumps(second_course) + "\n")
    build(place, config(units), silent)
    second = graphs.current()
    assert first is not None
    assert second is not None
    assert second.release != first.release
    ask = "SELECT DISTINCT ?s { ?s a <https://data.fitech.example/ontology#Course> }"
    assert (len(first.store.select(ask)), len(second.store.select(ask))) == (1, 2)


def test_the_same_input_gives_the_same_graph(place: Workspace, units: Path) -> None:
    def course_statements() -> set[str]:
        release = Releases(place.path).live()
        assert release is not None
        store = EmbeddedStore(release.store, read_only=True)
        query = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <https://data.fitech.example/id/graph/source/units> { ?s ?p ?o } }"
        return {str(triple) for triple in store.construct(query)}

    build(place, config(units), silent)
    first = course_statements()
    build(place, config(units), silent)
    assert course_statements() == first


def test_a_source_of_an_earlier_configuration_does_not_slip_in(
    place: Workspace, units: Path, tmp_path: Path
) -> None:
    build(place, config(units), silent)
    other = tmp_path / "needs.csv"
    other.write_text(
        "concept_uri,region,period,number,source\nhttp://data.europa.eu/esco/skill/1,FI,2026,1,Me\n"
    )
    build(place, BuildConfig("T", Identifiers(), (SourceSpec("needs", "needs", (other,)),)), silent)
    assert live_courses(place) == 0


def test_another_base_is_refused_with_the_reason(place: Workspace, units: Path) -> None:
    build(place, config(units), silent)
    moved = BuildConfig("T", Identifiers("https://other.example/id/"))
    with pytest.raises(WorkspaceError, match="staged under the base"):
        link(place, moved, silent)


CONFIG = 'title = "T"\n[[source]]\nname = "n"\nloader = "needs"\npaths = ["n.csv"]\n'


def test_a_configuration_is_read_relative_to_its_file(tmp_path: Path) -> None:
    path = tmp_path / "fitech.toml"
    path.write_text(CONFIG + "[link]\nthreshold = 0.6\n[publish]\nkeep = 2\n")
    found = read_config(path)
    assert found.sources[0].paths == (tmp_path / "n.csv",)
    assert (found.threshold, found.keep, found.linker) == (0.6, 2, "hybrid")
    path.write_text(CONFIG)
    assert (read_config(path).linker, read_config(path).threshold) == ("hybrid", 0.7)
    path.write_text(CONFIG + '[link]\nlinker = "exact"\n')
    assert read_config(path).threshold == 0.5, "each linker has a threshold that is usual with it"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "not valid TOML"),
        ('colour = "red"', "unknown key 'colour'"),
        (CONFIG + 'color = "x"', "unknown key 'color'"),
        ('[[source]]\nloader = "nothing"', "'nothing' is no loader"),
        ('[[source]]\nloader = "needs"\nname = "../x"', "may hold only letters"),
        (CONFIG + CONFIG.partition("\n")[2], "two sources are named 'n'"),
        (CONFIG + "[link]\nthreshold = 2", "threshold must be a number"),
        (CONFIG + "[publish]\nkeep = 0", "keep must be a whole number"),
        (CONFIG + '[remote]\nquery = "x"', "lacks graph_store, update"),
        ('base = "nowhere"', "ends with a slash"),
    ],
)
def test_a_wrong_configuration_is_told(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "fitech.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words) as error:
        read_config(path)
    assert "fitech.toml" in str(error.value)
