"""A client that does not wait, an archive, and a way to read what the loader would read."""

from __future__ import annotations

import gzip
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the servers beside this file

from harvest_services import KEY

from loaders.harvest.archive import Archive
from loaders.harvest.client import Client
from loaders.harvest.report import HarvestReport
from loaders.harvest.runner import harvest
from loaders.harvest.spec import HarvestSpec, read_spec


@dataclass
class FakeClock:
    """Time that passes only when somebody sleeps, or `days` is called."""

    time: datetime = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)
    offset: float = 0.0

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return time.monotonic() + self.offset

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
        self.offset += seconds

    def days(self, days: float) -> None:
        self.time += timedelta(days=days)


@dataclass
class Harvester:
    """Harvests a source again and again, as a person or cron would."""

    spec: HarvestSpec
    archive: Archive
    clock: FakeClock
    seed: int = 1

    def client(self) -> Client:
        dice = random.Random(self.seed)
        return Client(
            contact="data@fitech.example",
            rate=100_000,
            read_timeout=0.3,
            total_timeout=2,
            clock=self.clock,
            dice=dice,
            max_bytes=self.spec.max_megabytes * 1_000_000,
        )

    def run(self, *, full: bool = False, **changes: Any) -> HarvestReport:
        with self.client() as client:
            for name, value in changes.items():
                setattr(client, name, value)
            return harvest(self.spec, self.archive, client, full=full)

    def contents(self) -> list[bytes]:
        return contents(self.archive)


def contents(archive: Archive) -> list[bytes]:
    """Return what the loader would read, file by file."""
    found = []
    for path in archive.files():
        data = path.read_bytes()
        found.append(gzip.decompress(data) if path.suffix == ".gz" else data)
    return found


Make = Callable[..., Harvester]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVEST_TEST_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(autouse=True)
def fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk: only a loss of power would make a difference."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def harvester(tmp_path: Path, clock: FakeClock) -> Make:
    """Make a harvester: `harvester("sisu", url, universities=[…])`."""

    def make(kind: str, url: str = "", name: str = "source", **settings: Any) -> Harvester:
        raw = {"kind": kind, **({"url": url} if url else {}), **settings}
        spec = read_spec(raw, tmp_path)
        return Harvester(spec, Archive(tmp_path / "harvest", name), clock)

    return make
