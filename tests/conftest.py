"""Fixtures that every folder of tests may use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import read_config
from app.pipeline.build import BuildResult, build
from app.progress import silent
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.releases import Releases

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real input beside the checkout; tests that need it are skipped where it is not."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data of ../shared/data are not on this machine")
    return folder


@pytest.fixture(scope="session", autouse=True)
def cache_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Indices of linkers go to a folder of this run, not to the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def sample_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, BuildResult]:
    """The sample, built once with the same code as the real thing, and what the build said.

    Its links are those of `exact`, which need no model and stay the same when weights are learned anew;
    `tests/sample/test_hybrid.py` looks at those of `hybrid`.
    """
    place = Workspace(tmp_path_factory.mktemp("sample") / "data")
    config = replace(read_config(ROOT / "sample" / "fitech.toml"), linker="exact", threshold=0.5)
    result = build(place, config, silent)
    return place, result


@pytest.fixture(scope="session")
def sample_place(sample_build: tuple[Workspace, BuildResult]) -> Workspace:
    """The data directory of the built sample. Do not change it."""
    return sample_build[0]


@pytest.fixture(scope="session")
def sample_store(sample_place: Workspace) -> Iterator[EmbeddedStore]:
    """The store of the built sample, read only."""
    release = Releases(sample_place.path).live()
    assert release is not None
    store = EmbeddedStore(release.store, read_only=True)
    yield store
    store.close()
