"""Linking on a Dask cluster, https://distributed.dask.org: for more texts than one machine can take.

Start workers with one thread each (`dask worker ADDRESS --nthreads 1 --nworkers N`); each needs
this program in the same version. Dask sees to lost workers: their chunks go to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from threading import Lock
from typing import Any

from loaders.linking.base import Linker
from loaders.linking.executors import Chunk, ExecutorError, Recipe, Tell, link_chunk
from loaders.linking.fingerprint import linker_digest
from loaders.linking.results import Row

_AHEAD = 2
_SECONDS = 60
"""How long scheduler and first worker may take to answer."""


class OnDask:
    """Links on the workers of a Dask scheduler.

    Args:
        address: of the scheduler, for example `tcp://scheduler.example:8786`.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def run(self, recipe: Recipe, chunks: Iterable[Chunk], tell: Tell) -> Iterator[list[Row]]:
        """Yield the rows of each chunk as soon as it is done.

        Raises:
            ExecutorError: distributed is not installed, nobody answers, or versions differ.
        """
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise ExecutorError(
                "[link] dask is set, but Dask is not installed: pip install 'fitech-graph[dask]'."
            ) from None
        try:
            client = distributed.Client(self._address, timeout=_SECONDS)
            client.wait_for_workers(1, timeout=_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            raise ExecutorError(
                f"The Dask scheduler {self._address} does not answer, or has no worker: {error}"
            ) from None
        source, under_way = iter(chunks), 0
        with client:
            shared = client.scatter(recipe, broadcast=True, hash=False)
            ready = distributed.as_completed()
            try:
                while True:
                    most = _AHEAD * max(1, sum(client.nthreads().values()))
                    for chunk in islice(source, max(0, most - under_way)):
                        ready.add(client.submit(_work, shared, chunk, pure=False))
                        under_way += 1
                    if not under_way:
                        return
                    yield next(ready).result()
                    under_way -= 1
            except distributed.KilledWorker as error:
                raise ExecutorError(
                    f"Several Dask workers ended over one chunk: {error}. What was linked is kept."
                ) from None


_one_at_a_time = Lock()
_made: dict[str | None, Linker] = {}
"""The linker of this worker."""


def _work(recipe: Recipe, chunk: Chunk) -> list[Row]:
    with _one_at_a_time:
        if recipe.digest not in _made:
            linker = recipe.make()
            if linker_digest(linker, recipe.labels, recipe.concepts) != recipe.digest:
                raise ExecutorError(
                    "A Dask worker has another version of FITech Graph, or another model, than the "
                    "program that asks it. Install the same on all machines."
                )
            _made.clear()
            _made[recipe.digest] = linker
        return link_chunk(_made[recipe.digest], chunk)
