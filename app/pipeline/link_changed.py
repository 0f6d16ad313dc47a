"""Link what changed since the last time; what did not is on disk (`loaders/linking/results.py`).

Texts are compared first, so that the work and its end are known. Then the changed ones are linked in
chunks, here or elsewhere (`loaders/linking/executors.py`). Each chunk is kept as soon as it is done: a
run that is stopped goes on where it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from app.config import BuildConfig
from app.learned import learned_weights
from app.pipeline.link_skills import skill_infos, skill_labels
from app.pipeline.subjects import read_subjects
from app.progress import Progress
from app.workspace import Workspace, WorkspaceError
from graph.embedded import EmbeddedStore
from graph.records import SkillLink
from loaders.linking.base import Subject
from loaders.linking.cache import give_back
from loaders.linking.executors import Executor, ExecutorError, InProcess, Processes, Recipe
from loaders.linking.fingerprint import linker_digest, subject_digest
from loaders.linking.registry import get_linker
from loaders.linking.results import Results

_CHUNK = 32
"""Subjects that are linked and kept together: what a kill costs at most, for each worker twice."""
_WORTH_PROCESSES = 200
"""Subjects from which it is worth starting processes: each needs seconds to get ready."""
_MOST_PROCESSES = 4
"""Processes that are started unasked: each takes about 0.5 GB."""
_ALONE = ("annif", "exact")
"""Linkers that processes of our own make no faster."""


@dataclass(frozen=True, slots=True)
class Linked:
    """All links of a build."""

    results: Results
    method: str
    """Name and version of the linker."""
    anew: int
    """Subjects that were linked now."""
    taken: int
    """Subjects whose links are those of an earlier run."""

    def links(self) -> Iterator[SkillLink]:
        """Yield every link, those of one subject together."""
        return self.results.links()


@contextmanager
def link_changed(
    place: Workspace,
    store: EmbeddedStore,
    config: BuildConfig,
    kinds: Mapping[str, str],
    progress: Progress,
    *,
    fresh: bool = False,
) -> Iterator[Linked]:
    """Link the changed texts of a store and yield all its links.

    Args:
        place: the data directory; the links are kept in its folder `links`.
        store: the assembled store.
        config: which linker, and where it works.
        kinds: IRI and kind of every thing whose texts are linked.
        progress: told how far the work is.
        fresh: take nothing over.

    Raises:
        WorkspaceError: a worker ended, or cannot be reached.
    """
    recipe = _recipe(place, store, config.linker)
    path = place.path / "links" / f"{config.linker}.sqlite"
    with Results(path, recipe.digest, fresh=fresh) as results:
        changed = _changed(store, results, list(kinds.items()), progress)
        results.keep_only(kinds)
        try:
            _link(store, results, recipe, config, changed, progress)
        except ExecutorError as error:
            raise WorkspaceError(str(error)) from None
        linker = get_linker(config.linker, recipe.learned)
        method = f"{linker.name}/{linker.version}"
        yield Linked(results, method, len(changed), len(kinds) - len(changed))


def _recipe(place: Workspace, store: EmbeddedStore, name: str) -> Recipe:
    labels = skill_labels(store)
    infos = sorted(skill_infos(store), key=lambda info: info.skill)
    learned = learned_weights(place)
    digest = linker_digest(get_linker(name, learned), labels, infos)
    return Recipe(name, labels, infos, digest, learned)


def _changed(
    store: EmbeddedStore, results: Results, things: Sequence[tuple[str, str]], progress: Progress
) -> list[tuple[str, str]]:
    """Return the things of which no links for their present texts are kept."""
    changed: list[tuple[str, str]] = []
    done = 0
    for subjects in read_subjects(store, things):
        progress("compare texts", done, len(things))
        digests = [(subject.iri, subject_digest(subject)) for subject in subjects]
        kinds = {subject.iri: subject.kind for subject in subjects}
        changed += [(iri, kinds[iri]) for iri in results.changed(digests)]
        done += len(subjects)
    progress("compare texts", done, len(things))
    return changed


def _link(
    store: EmbeddedStore,
    results: Results,
    recipe: Recipe,
    config: BuildConfig,
    changed: Sequence[tuple[str, str]],
    progress: Progress,
) -> None:
    done = 0
    progress("link", done, len(changed))
    if not changed:
        return
    executor = _executor(config, len(changed))
    give_back()  # the store was filled just now; workers need the memory
    for rows in executor.run(recipe, _chunks(store, changed), progress):
        results.add(rows)
        done += len(rows)
        progress("link", done, len(changed))


def _chunks(store: EmbeddedStore, things: Sequence[tuple[str, str]]) -> Iterator[list[Subject]]:
    for subjects in read_subjects(store, things):
        for begin in range(0, len(subjects), _CHUNK):
            yield subjects[begin : begin + _CHUNK]


def _executor(config: BuildConfig, subjects: int) -> Executor:
    """Return where to link: as configured, else in several processes if that is worth their start."""
    if config.link_dask:
        from loaders.linking.on_dask import OnDask

        return OnDask(config.link_dask)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = config.link_workers or min(cores, _MOST_PROCESSES)
    if workers == 1 or config.linker in _ALONE or subjects < _WORTH_PROCESSES:
        return InProcess()
    return Processes(workers)
