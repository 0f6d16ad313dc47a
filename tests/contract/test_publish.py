"""A release that is sent to a remote server answers there as it does at home."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from app.config import BuildConfig
from app.pipeline.build import build
from app.progress import silent
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from graph.releases import Releases
from graph.remote import RemoteStore
from graph.store import RemoteEndpoints, StoreError
from loaders.staging.source import SourceSpec
from queries.library import load_library, run


@pytest.fixture
def sources(root: Path) -> tuple[SourceSpec, ...]:
    sample = root / "sample"
    return (
        SourceSpec("esco", "esco", (sample / "esco",)),
        SourceSpec(
            "vaasa",
            "peppi",
            (sample / "courses" / "vaasa-courses.jsonl",),
            options={"university": "vaasa"},
        ),
    )


def test_every_graph_arrives_whole_and_strangers_stay(
    oxigraph_server: RemoteEndpoints, sources: tuple[SourceSpec, ...], tmp_path: Path
) -> None:
    remote = RemoteStore(oxigraph_server)
    for graph in remote.graphs():
        remote.drop_graph(graph)
    other = NamedNode("http://example.org/other")
    remote.replace_graph(other.value, [Triple(other, other, other)])
    place = Workspace(tmp_path / "data")
    config = BuildConfig("T", Identifiers(), sources, remote=oxigraph_server)
    result = build(place, config, silent)
    assert "graphs were sent" in result.summary()
    release = Releases(place.path).live()
    assert release is not None
    local = EmbeddedStore(release.store, read_only=True)
    assert set(remote.graphs()) == {*local.graphs(), other.value}
    assert all(remote.count(graph) == local.count(graph) for graph in local.graphs())
    university = "https://data.fitech.example/id/organisation/vaasa"
    for name, given in (
        ("skills-of-organisation", {"organisation": university}),
        ("universities", {}),
    ):
        query = load_library().get(name)
        assert run(remote, query, given).rows == run(local, query, given).rows
    local.close()


def test_a_server_that_fails_leaves_the_release_live_here(
    free_port: int, sources: tuple[SourceSpec, ...], tmp_path: Path
) -> None:
    home = f"http://127.0.0.1:{free_port}"
    nowhere = RemoteEndpoints(f"{home}/query", f"{home}/update", f"{home}/store")
    place = Workspace(tmp_path / "data")
    with pytest.raises(StoreError, match="is live here, but was not sent whole"):
        build(place, BuildConfig("T", Identifiers(), sources[1:], remote=nowhere), silent)
    assert Releases(place.path).live() is not None
