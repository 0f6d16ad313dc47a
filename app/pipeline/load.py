"""Step 1, load: stage sources, several at a time where cores allow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from app.progress import Progress, silent
from app.workspace import Workspace
from graph.identifiers import Identifiers
from loaders.harvest.archive import Archive
from loaders.measure import measured
from loaders.readers.files import FileError, find_files
from loaders.staging.load_report import LoadReport
from loaders.staging.source import LoadError, SourceSpec, is_current, stage

WORTH_PROCESSES = 5_000_000
"""Bytes of source files from which it is worth starting processes."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What became of one source."""

    spec: SourceSpec
    report: LoadReport | None = None
    error: LoadError | None = None
    """Why it was not loaded; `report` and `error` are None when nothing had to be done."""

    @property
    def unchanged(self) -> bool:
        """Whether the staged content was current already."""
        return self.report is None and self.error is None


def load_source(place: Workspace, spec: SourceSpec, ids: Identifiers, progress: Progress) -> LoadReport:
    """Stage one source and remember that it belongs to the graph.

    Raises:
        LoadError: nothing was staged; the message says why and what to do.
    """
    with _with_harvested(place, [spec]) as ready:
        report, cost = _stage(place.staged, ready[0], ids, progress)
    place.note_source(spec.name, cost)
    return report


@contextmanager
def _with_harvested(place: Workspace, specs: Sequence[SourceSpec]) -> Iterator[list[SourceSpec]]:
    """Give sources that are harvested the files of their harvest, and keep these from being pruned."""
    with ExitStack() as locks:
        ready = []
        for spec in specs:
            if spec.harvest and not spec.paths:
                archive = Archive(place.harvest, spec.name)
                locks.enter_context(archive.reading())
                spec = replace(spec, paths=tuple(archive.files()))
            ready.append(spec)
        yield ready


def load_sources(
    place: Workspace,
    specs: Sequence[SourceSpec],
    ids: Identifiers,
    progress: Progress,
    *,
    only_changed: bool = False,
) -> list[LoadResult]:
    """Stage several sources and return what became of each, in their order.

    Args:
        place: the data directory.
        specs: the sources.
        ids: the base of the addresses.
        progress: told the sources that are done, or the records of the one at work.
        only_changed: pass over those whose files, loader and options are what was staged.
    """
    with _with_harvested(place, specs) as ready:
        due = [spec for spec in ready if not (only_changed and is_current(spec, place.staged, ids))]
        done: dict[str, LoadResult] = {spec.name: LoadResult(spec) for spec in ready}
        cores = os.cpu_count() or 1
        if cores > 1 and len(due) > 1 and sum(map(_size, due)) > WORTH_PROCESSES:
            results = _in_processes(place, due, ids, progress, min(cores, len(due)))
        else:
            results = (_one(place, spec, ids, progress) for spec in due)
        for result in results:
            done[result.spec.name] = result
    return list(done.values())


def _one(place: Workspace, spec: SourceSpec, ids: Identifiers, progress: Progress) -> LoadResult:
    try:
        return LoadResult(spec, load_source(place, spec, ids, progress))
    except LoadError as error:
        return LoadResult(spec, error=error)


def _stage(
    staged: Path, spec: SourceSpec, ids: Identifiers, progress: Progress
) -> tuple[LoadReport, dict[str, float]]:
    with measured() as measure:
        report = stage(spec, staged, ids, lambda done: progress(f"load {spec.name}", done))
    return report, {"seconds": measure.seconds, "megabytes": measure.peak_megabytes}


def _stage_silently(
    staged: Path, spec: SourceSpec, ids: Identifiers
) -> tuple[LoadReport, dict[str, float]]:
    return _stage(staged, spec, ids, silent)


def _in_processes(
    place: Workspace, specs: Sequence[SourceSpec], ids: Identifiers, progress: Progress, workers: int
) -> Iterator[LoadResult]:
    """Stage the sources in processes of their own, the largest first, so that none ends alone."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: dict[Future[tuple[LoadReport, dict[str, float]]], SourceSpec] = {
            pool.submit(_stage_silently, place.staged, spec, ids): spec
            for spec in sorted(specs, key=_size, reverse=True)
        }
        progress("load", 0, len(specs))
        while waiting:
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ended:
                spec = waiting.pop(future)
                try:
                    report, cost = future.result()
                except LoadError as error:
                    yield LoadResult(spec, error=error)
                else:
                    place.note_source(spec.name, cost)
                    yield LoadResult(spec, report)
            progress("load", len(specs) - len(waiting), len(specs))


def _size(spec: SourceSpec) -> int:
    try:
        files = find_files(spec.paths) if spec.paths else []
    except FileError:
        return 0
    return sum(path.stat().st_size for path in {file.path for file in files})
