"""Step 5, publish: make the finished release the live one, and send it to a remote store."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime

from pyoxigraph import RdfFormat, Triple, parse

from app.config import BuildConfig
from app.pipeline.manifest import Manifest
from app.pipeline.steps import StepResult
from app.progress import Progress
from app.workspace import Workspace, WorkspaceError
from graph.embedded import EmbeddedStore
from graph.releases import Release, Releases
from graph.remote import RemoteStore
from graph.store import StoreError


class NotPublishedError(WorkspaceError):
    """The checks found violations; the former release stays live."""


def publish(
    place: Workspace, config: BuildConfig, progress: Progress, *, force: bool = False
) -> StepResult:
    """Switch the finished release in.

    Args:
        place: the data directory.
        config: how many releases stay, and the remote store if there is one.
        progress: told the graphs sent to the remote store.
        force: publish although there are violations.

    Raises:
        WorkspaceError: there is nothing finished to publish.
        NotPublishedError: the checks found violations.
        StoreError: the release is live here, but the remote store did not take it.
    """
    checks = place.next / "checks.json"
    if not checks.exists():
        raise WorkspaceError("There is nothing checked to publish: run `fitech check` first.")
    if not json.loads(checks.read_text(encoding="utf-8"))["ok"] and not force:
        raise NotPublishedError(
            "The checks found violations, so nothing was published and the former release stays "
            f"live. See {checks}; mend the sources, or publish with --force."
        )
    manifest = Manifest(place.next)
    manifest.data["published"] = datetime.now(UTC).isoformat(timespec="seconds")
    manifest.data["forced"] = force
    manifest.save()
    release = Releases(place.path).publish(place.next, keep=config.keep)
    lines = [f"Release {release.id} is live."]
    if config.remote:
        lines.append(_send(release, config, progress))
    return StepResult(tuple(lines))


def _send(release: Release, config: BuildConfig, progress: Progress) -> str:
    """Replace every graph of the remote store by the release's; other graphs there stay."""
    assert config.remote is not None
    local, remote = EmbeddedStore(release.store, read_only=True), RemoteStore(config.remote)
    graphs = local.graphs()
    try:
        for number, graph in enumerate(graphs):
            progress("send", number, len(graphs))
            with tempfile.TemporaryFile() as spool:
                local.export(graph, spool, RdfFormat.N_TRIPLES)
                spool.seek(0)
                remote.replace_graph(
                    graph,
                    (
                        Triple(quad.subject, quad.predicate, quad.object)
                        for quad in parse(spool, RdfFormat.N_TRIPLES)
                    ),
                )
        progress("send", len(graphs), len(graphs))
    except StoreError as error:
        raise StoreError(
            f"Release {release.id} is live here, but was not sent whole: {error}"
        ) from None
    finally:
        local.close()
    return f"{len(graphs)} graphs were sent to {config.remote.graph_store}."
