"""What the steps share: the store under construction, its provenance, and their result."""

from __future__ import annotations

import fcntl
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pyoxigraph import RdfFormat, serialize

from app.workspace import Workspace, WorkspaceError
from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from graph.provenance import GraphInfo, describe_graph


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step did, in sentences. `ok` is False when checks found violations."""

    lines: tuple[str, ...]
    ok: bool = True

    def summary(self) -> str:
        """Return the sentences, one per line."""
        return "\n".join(self.lines)


class BusyWorkspaceError(WorkspaceError):
    """Another build is at work in the data directory."""


@contextmanager
def build_lock(place: Workspace) -> Iterator[None]:
    """Let one build at a time change a data directory.

    Raises:
        BusyWorkspaceError: another one is at work.
    """
    place.path.mkdir(parents=True, exist_ok=True)
    with (place.path / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BusyWorkspaceError(
                f"Another build is at work in {place.path}. Wait for it, or stop it first."
            ) from None
        yield


@contextmanager
def next_store(place: Workspace, after: str) -> Iterator[EmbeddedStore]:
    """Open the store of the release that is being built.

    Raises:
        WorkspaceError: the step before has not been run.
    """
    if not (place.next / "store").is_dir():
        raise WorkspaceError(f"There is no release in the making: run `fitech {after}` first.")
    store = EmbeddedStore(place.next / "store")
    try:
        yield store
    finally:
        store.flush()
        store.close()


def add_provenance(store: EmbeddedStore, ids: Identifiers, infos: Iterable[GraphInfo]) -> None:
    """Add descriptions of named graphs to the provenance graph."""
    triples = (triple for info in infos for triple in describe_graph(info))
    body = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    store.load_graph(ids.graph("provenance"), io.BytesIO(body), RdfFormat.N_TRIPLES)
