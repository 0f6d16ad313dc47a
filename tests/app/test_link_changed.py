"""Linking only what changed must give what linking everything gives, however the last run ended."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from app.config import BuildConfig, ConfigError, read_config
from app.pipeline.link_changed import _executor, link_changed
from app.pipeline.subjects import subject_kinds
from app.progress import Progress, silent
from app.workspace import Workspace, WorkspaceError
from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from graph.records import SkillLink
from loaders.linking.executors import InProcess, Processes
from loaders.linking.on_dask import OnDask
from ontology import terms as t

NAMES = ("machine learning", "organic chemistry", "fluid mechanics", "robotics", "tax legislation",
         "statistics", "musical theory", "forest ecology")  # fmt: skip
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
PREFERRED = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
Courses = dict[str, dict[str, str]]


def course(lot: random.Random) -> dict[str, str]:
    first, second = lot.choice(NAMES), lot.choice(NAMES)
    return {
        t.DCT + "title": first.capitalize(),
        t.CONTENT_TEXT: f"The student knows {second}. Then {lot.choice(NAMES)} number {lot.random()}.",
    }


def triples(courses: Courses, names: tuple[str, ...]) -> Iterator[Triple]:
    for number, name in enumerate(names):
        skill = NamedNode(f"http://example.org/skill/{number}")
        yield Triple(skill, TYPE, NamedNode(t.ESCO + "Skill"))
        yield Triple(skill, PREFERRED, Literal(name, language="en"))
    for iri, texts in courses.items():
        yield Triple(NamedNode(iri), TYPE, NamedNode(t.COURSE))
        for field, text in texts.items():
            yield Triple(NamedNode(iri), NamedNode(field), Literal(text, language="en"))


def linked(
    place: Workspace,
    courses: Courses,
    names: tuple[str, ...] = NAMES,
    progress: Progress = silent,
    *,
    fresh: bool = False,
    workers: int = 1,
    dask: str = "",
) -> tuple[list[SkillLink], int, int]:
    """Return all links, and how many courses were linked anew and taken over."""
    store = EmbeddedStore()
    store.replace_graph("http://example.org/graph", triples(courses, names))
    config = BuildConfig("T", Identifiers(), linker="lexical", link_workers=workers, link_dask=dask)
    kinds = subject_kinds(store)
    with link_changed(place, store, config, kinds, progress, fresh=fresh) as found:
        return sorted(found.links(), key=repr), found.anew, found.taken


def some(number: int, lot: random.Random) -> Courses:
    return {f"http://example.org/course/{each}": course(lot) for each in range(number)}


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FITECH_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("seed", range(4))
def test_after_any_edits_it_is_as_if_all_were_linked(tmp_path: Path, seed: int) -> None:
    lot = random.Random(seed)
    place, other = Workspace(tmp_path / "a"), Workspace(tmp_path / "b")
    courses, names = some(12, lot), NAMES
    linked(place, courses)
    for _ in range(4):
        before, touched = set(courses), set()
        for _ in range(lot.randrange(4)):
            match lot.choice(("add", "change", "remove", "field")):
                case "add":
                    touched.add(iri := f"http://example.org/course/new{lot.random()}")
                    courses[iri] = course(lot)
                case "change":
                    touched.add(iri := lot.choice(sorted(courses)))
                    courses[iri] = course(lot)
                case "field":
                    touched.add(iri := lot.choice(sorted(courses)))
                    courses[iri].pop(t.CONTENT_TEXT, None)
                case "remove":
                    courses.pop(lot.choice(sorted(courses)))
        links, anew, taken = linked(place, courses, names)
        everything, all_anew, _ = linked(other, courses, names, fresh=True)
        assert links == everything
        assert anew <= len(touched & set(courses))
        assert anew + taken == all_anew == len(courses)
        assert taken >= len(before & set(courses) - touched)


def test_another_esco_links_everything_anew(tmp_path: Path) -> None:
    courses = some(5, random.Random(1))
    place = Workspace(tmp_path)
    assert linked(place, courses)[1:] == (5, 0)
    assert linked(place, courses)[1:] == (0, 5)
    links, anew, taken = linked(place, courses, (*NAMES[:-1], "number theory"))
    assert (anew, taken) == (5, 0)
    assert links == linked(Workspace(tmp_path / "b"), courses, (*NAMES[:-1], "number theory"))[0]


def test_all_are_linked_anew_if_so_wished(tmp_path: Path) -> None:
    courses = some(5, random.Random(1))
    links, _, _ = linked(Workspace(tmp_path), courses)
    assert linked(Workspace(tmp_path), courses, fresh=True) == (links, 5, 0)


def test_progress_tells_what_is_to_do(tmp_path: Path) -> None:
    courses = some(5, random.Random(1))
    linked(Workspace(tmp_path), courses)
    courses["http://example.org/course/x"] = course(random.Random(2))
    told: list[tuple[str, int, int | None]] = []
    linked(Workspace(tmp_path), courses, progress=lambda *step: told.append(step))
    assert ("compare texts", 6, 6) in told
    assert [step for step in told if step[0] == "link"] == [("link", 0, 1), ("link", 1, 1)]


def test_where_to_link_is_configured_and_remembered(tmp_path: Path) -> None:
    path = tmp_path / "fitech.toml"
    path.write_text('[link]\nworkers = 3\ndask = "tcp://cluster.example:8786"\n')
    config = read_config(path)
    assert (config.link_workers, config.link_dask) == (3, "tcp://cluster.example:8786")
    Workspace(tmp_path).remember(config)
    assert Workspace(tmp_path).settings().link_workers == 3
    assert Workspace(tmp_path).settings().link_dask == config.link_dask


@pytest.mark.parametrize("workers", ["-1", "true", '"two"', "1.5"])
def test_a_wrong_number_of_workers_is_told(tmp_path: Path, workers: str) -> None:
    path = tmp_path / "fitech.toml"
    path.write_text(f"[link]\nworkers = {workers}\n")
    with pytest.raises(ConfigError, match="workers must be a whole number"):
        read_config(path)


def test_processes_are_started_where_they_are_worth_it() -> None:
    def chosen(subjects: int, **wish: object) -> object:
        return _executor(replace(BuildConfig("T", Identifiers()), **wish), subjects)

    assert isinstance(chosen(5000, linker="hybrid", link_workers=2), Processes)
    assert isinstance(chosen(5000, linker="hybrid", link_workers=1), InProcess)
    assert isinstance(chosen(50, linker="hybrid", link_workers=2), InProcess)
    assert isinstance(chosen(5000, linker="exact", link_workers=2), InProcess)
    assert isinstance(chosen(50, linker="hybrid", link_dask="tcp://x:1"), OnDask)


MANY = 260
"""Enough for processes, and for several chunks of each."""


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    place = Workspace(tmp_path / "killed")
    running = subprocess.Popen(
        [sys.executable, __file__, str(place.path)], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    kept = next(number for line in running.stdout if (number := int(line)) >= 64)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    running.stdout.close()
    courses = some(MANY, random.Random(0))
    links, anew, taken = linked(place, courses, workers=2)
    assert taken >= kept
    assert anew + taken == MANY
    assert links == linked(Workspace(tmp_path / "whole"), courses)[0]


def test_a_worker_out_of_reach_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    monkeypatch.setattr("loaders.linking.on_dask._SECONDS", 0.5)
    with pytest.raises(WorkspaceError, match="does not answer"):
        linked(Workspace(tmp_path), some(2, random.Random(0)), dask="tcp://127.0.0.1:9")


def _tell(step: str, done: int, total: int | None = None) -> None:
    if step == "link":
        print(done, flush=True)


if __name__ == "__main__":
    linked(Workspace(Path(sys.argv[1])), some(MANY, random.Random(0)), progress=_tell, workers=2)
