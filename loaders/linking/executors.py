"""Where linkers work: in this process, in several processes of this machine, or on a Dask cluster.

All do the same: `link_chunk` takes some subjects and gives their links, ready to be kept
(`results.py`). Chunks come back in any order. Workers get a `Recipe` and make the linker themselves.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby, islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from threading import Thread
from typing import Any, Protocol

from loaders.linking.base import Linker, SkillInfo, SkillLabel, Subject
from loaders.linking.cache import cache_folder, give_back
from loaders.linking.fingerprint import subject_digest
from loaders.linking.learned import Learned
from loaders.linking.registry import get_linker
from loaders.linking.results import Row, pack

Chunk = Sequence[Subject]
Tell = Callable[[str, int, int], None]
"""Told a step of the index, how much of it is done, and how much there is."""

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_AHEAD = 2
"""Chunks that wait for each worker, so that none is idle."""


class ExecutorError(RuntimeError):
    """A worker is gone, or cannot do its work; what was linked before is kept."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a worker needs to make the linker."""

    linker: str
    labels: Sequence[SkillLabel]
    concepts: Sequence[SkillInfo]
    digest: str | None
    """See `fingerprint.linker_digest`."""
    learned: Mapping[str, Learned] = field(default_factory=dict)
    """What people's decisions taught, see `registry.get_linker`."""

    def make(self, tell: Tell | None = None) -> Linker:
        """Return the linker, ready to work.

        One process at a time does it: the first index of a language takes minutes, and the others
        find it on disk.
        """
        linker = get_linker(self.linker, self.learned)
        if tell is not None and hasattr(linker, "watch"):
            linker.watch(tell)
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "index.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            linker.prepare(self.labels, self.concepts)
        return linker


def link_chunk(linker: Linker, chunk: Chunk) -> list[Row]:
    """Return the rows of some subjects, also of those without links."""
    packed = {
        iri: pack(links) for iri, links in groupby(linker.link(chunk), lambda found: found.subject)
    }
    return [(subject.iri, subject_digest(subject), packed.get(subject.iri, b"")) for subject in chunk]


class Executor(Protocol):
    """Links chunks of subjects somewhere."""

    def run(self, recipe: Recipe, chunks: Iterable[Chunk], tell: Tell) -> Iterator[list[Row]]:
        """Yield the rows of each chunk as soon as it is done.

        Raises:
            ExecutorError: a worker is gone.
        """
        ...


class InProcess:
    """Links here and now: for few subjects."""

    def run(self, recipe: Recipe, chunks: Iterable[Chunk], tell: Tell) -> Iterator[list[Row]]:
        """Yield the rows of each chunk."""
        linker = recipe.make(tell)
        for chunk in chunks:
            yield link_chunk(linker, chunk)


class Processes:
    """Links in several processes of this machine; each uses one core.

    Args:
        workers: how many; each needs the memory of a linker of its own.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(self, recipe: Recipe, chunks: Iterable[Chunk], tell: Tell) -> Iterator[list[Row]]:
        """Yield the rows of each chunk as soon as it is done."""
        context = get_context("spawn")
        told = context.SimpleQueue()
        with (
            _one_thread_each(),
            ProcessPoolExecutor(
                self._workers, mp_context=context, initializer=_start, initargs=(recipe, told)
            ) as pool,
        ):

            def listen() -> None:
                while not told.empty():
                    tell(*told.get())

            try:
                yield from in_any_order(
                    lambda chunk: pool.submit(_work, chunk), chunks, self._workers * _AHEAD, listen
                )
            except BrokenProcessPool:
                raise ExecutorError(
                    "A process of the linker ended before its work was done; the usual reason is "
                    "that memory was short. What was linked is kept: run it again, with fewer "
                    "[link] workers in the configuration."
                ) from None
            finally:
                pool.shutdown(cancel_futures=True)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes that are started now compute in one thread each: there is one for each core."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def in_any_order(
    submit: Callable[[Chunk], Future[list[Row]]],
    chunks: Iterable[Chunk],
    most: int,
    listen: Callable[[], None],
) -> Iterator[list[Row]]:
    """Yield what futures give, while at most `most` are under way; chunks are read when needed."""
    waiting: set[Future[list[Row]]] = set()
    source = iter(chunks)
    while True:
        waiting.update(map(submit, islice(source, most - len(waiting))))
        if not waiting:
            return
        done, waiting = wait(waiting, timeout=1.0, return_when=FIRST_COMPLETED)
        listen()
        for future in done:
            yield future.result()


_recipe: Recipe | None = None
_linker: Linker | None = None
"""What a worker process links with."""
_told: Any = None


def _start(recipe: Recipe, told: Any) -> None:  # noqa: ANN401 - queues of a context have no type
    """Prepare a worker process; it ends with its parent, however that ends."""
    global _recipe, _told
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _recipe, _told = recipe, told


def _end_with(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def _work(chunk: Chunk) -> list[Row]:
    global _linker, _recipe
    if _linker is None:
        assert _recipe is not None  # _start kept it
        _linker = _recipe.make(lambda *step: _told.put(step))
        _recipe = None  # the names of all skills, which the linker has in a form of its own now
        give_back()
    return link_chunk(_linker, chunk)
