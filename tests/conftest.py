"""Fixtures that every folder of tests may use."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from app.config import read_config
from app.pipeline import check
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


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, one for all processes of pytest-xdist."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def cache_of_tests(shared_folder: Path) -> Iterator[None]:
    """Indices of linkers go to a folder of this run, not to the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITECH_CACHE", str(shared_folder / "cache"))
        yield


@pytest.fixture(scope="session", autouse=True)
def model_is_reasoned_over_once() -> Iterator[None]:
    """Let builds ask HermiT once about the files of the model, which are the same in all data directories.

    `tests/ontology/test_reason.py` looks at the reasoner itself.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "check_consistency", cache(check.check_consistency))
        yield


@pytest.fixture(scope="session")
def sample_build(
    shared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, BuildResult]:
    """The sample, built once with the same code as the real thing, and what the build said.

    Its links are those of `exact`, which need no model and stay the same when weights are learned anew;
    `tests/sample/test_hybrid.py` looks at those of `hybrid`. Each process of pytest-xdist has a copy.
    """
    built, said = shared_folder / "sample", shared_folder / "sample.pickle"
    with (shared_folder / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            config = replace(
                read_config(ROOT / "sample" / "fitech.toml"), linker="exact", threshold=0.5
            )
            said.write_bytes(pickle.dumps(build(Workspace(built), config, silent)))
    place = tmp_path_factory.mktemp("sample") / "data"
    shutil.copytree(built, place, symlinks=True)
    return Workspace(place), pickle.loads(said.read_bytes())


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
