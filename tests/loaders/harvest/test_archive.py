"""Runs on disk: whatever is lost at whatever moment, the journal tells how to go on."""

from __future__ import annotations

import errno
import gzip
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeClock, Harvester, Make
from harvest_server import Answer, Ask, serving
from harvest_services import KINDS, Repository, Sisu, Site, case_settings

from loaders.harvest import archive as archive_module
from loaders.harvest import run as run_module
from loaders.harvest.archive import Archive, harvested_files
from loaders.harvest.errors import BusyError, HarvestError
from loaders.harvest.exchange import Request, Step
from loaders.harvest.run import JOURNAL, read_journal

SISU = {"universities": ["tuni-university-root-id"], "page_size": 3}


class PowerCut(BaseException):
    """The process is gone; nothing after this moment happens."""


class Saboteur:
    """Counts everything that is done to the disk, and cuts the power at a chosen moment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.limit: int | None = None
        for owner, name in (
            (os, "fsync"),
            (os, "link"),
            (Path, "replace"),
            (Path, "mkdir"),
            (Path, "unlink"),
            (Path, "open"),
            (shutil, "rmtree"),
        ):
            monkeypatch.setattr(owner, name, self.watched(getattr(owner, name)))

    def watched(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.tick()
            result = inner(*args, **kwargs)
            self.tick()  # done, but nobody heard of it
            return result

        return call

    def tick(self) -> None:
        self.count += 1
        if self.limit is not None and self.count >= self.limit:
            raise PowerCut


def everything(source: Harvester) -> list[bytes]:
    return sorted(source.contents())


@pytest.mark.parametrize("kind", ["sisu", "oai-pmh", "files"])
def test_the_power_may_be_cut_at_any_moment(
    kind: str, harvester: Make, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut at each single step of a harvest, then harvest again: the same as without a cut."""
    service: Callable[[Ask], Answer]
    settings: dict[str, Any]
    if kind == "sisu":
        service, settings = Sisu(1), SISU
    elif kind == "oai-pmh":
        service, settings = Repository(3, size=2), {"prefix": "kk"}
    else:
        service = site = Site()
        site.files = {"/a.csv": b"1\n", "/b.csv": b"2\n"}
        settings = {}
    with serving(service) as server:
        url = server.url
        if kind == "files":
            url, settings = "", {"urls": [server.url + "/a.csv", server.url + "/b.csv"]}
        plain = harvester(kind, url, name="plain", **settings)
        plain.run()
        expected = everything(plain)
        assert expected
        saboteur = Saboteur(monkeypatch)
        moment = 1
        finished = 0
        while not finished:
            source = harvester(kind, url, name=f"cut-{moment}", **settings)
            saboteur.count, saboteur.limit = 0, moment
            try:
                source.run()
                finished = moment
            except PowerCut:
                pass
            saboteur.limit = None
            source.run()
            assert everything(source) == expected, f"cut at step {moment}"
            moment += 1
    assert finished > 30


def test_a_run_that_is_cut_again_and_again_ends_like_one_that_is_not(
    harvester: Make, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Sisu(9)) as server:
        plain = harvester("sisu", server.url, name="plain", **SISU)
        plain.run()
        saboteur = Saboteur(monkeypatch)
        source = harvester("sisu", server.url, name="cut", **SISU)
        cuts = 0
        while True:
            saboteur.count, saboteur.limit = 0, 25
            try:
                source.run()
                break
            except PowerCut:
                cuts += 1
                assert cuts < 200
        saboteur.limit = None
    assert cuts > 10
    assert everything(source) == everything(plain)
    # nothing was asked for much more often than needed
    assert len(server.asked) < 2 * 18 + 2 * cuts


@pytest.mark.parametrize("tail", [b'{"request": {"url": "http', b"\x00" * 300, b"{}\n", b"not json\n"])
def test_a_journal_with_a_bad_end_goes_on_before_it(
    tail: bytes, harvester: Make, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Sisu(5)
    stop = [5]

    def stopping(ask: Ask) -> Answer:
        stop[0] -= 1
        return Answer(401) if stop[0] == 0 else service(ask)

    with serving(stopping) as server:
        source = harvester("sisu", server.url, **SISU)
        with pytest.raises(Exception, match="status 401"):
            source.run()
        (journal,) = source.archive.folder.rglob(JOURNAL)
        with journal.open("ab") as file:
            file.write(tail)
        report = source.run()
    assert report.resumed
    assert len(source.contents()) == 6
    assert len(list(read_journal(source.archive.finished()[0].folder))) == report.requests


def test_what_a_journal_keeps_of_a_request(harvester: Make) -> None:
    with serving(Repository(7, size=3)) as server:
        source = harvester("oai-pmh", server.url + "/oai", prefix="kk")
        source.run()
    folder = source.archive.finished()[0].folder
    assert folder.name == "20261107T020000Z-full"
    lines = [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines()]
    second = lines[1]
    assert second["request"]["url"] == server.url + "/oai?verb=ListRecords&metadataPrefix=kk"
    assert second["status"] == 200
    assert second["time"] == "2026-11-07T02:00:00+00:00"
    assert second["headers"] == {"content-type": "text/xml; charset=utf-8"}
    assert second["file"] == "20261107T020000Z-000002.xml.gz"
    body = gzip.decompress((folder / second["file"]).read_bytes())
    assert second["bytes"] == len(body)
    import hashlib

    assert second["sha256"] == hashlib.sha256(body).hexdigest()


def test_a_load_needs_no_network(harvester: Make) -> None:
    with serving(Repository(7)) as server:
        source = harvester("oai-pmh", server.url, prefix="kk")
        source.run()
    assert len(harvested_files(source.archive.folder.parent, "source")) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_requests_and_steps_survive_the_journal(kind: str, harvester: Make) -> None:
    service, path, settings = case_settings(kind)
    with serving(service) as server:
        source = harvester(kind, server.url + path, **settings)
        source.run()
    for line in source.archive.finished()[0].lines:
        assert Request.from_json(json.loads(json.dumps(line.request.to_json()))) == line.request
        again = Step.from_json(json.loads(json.dumps(line.step.to_json())))
        assert again.to_json() == line.step.to_json()


def test_two_harvests_of_one_source_never_run_at_once(harvester: Make) -> None:
    with serving(Sisu(3)) as server:
        source = harvester("sisu", server.url, **SISU)
        with source.archive.lock(), pytest.raises(BusyError, match="another harvest of this source"):
            source.run()
        harvester("sisu", server.url, name="other", **SISU).run()
        source.run()


def test_files_have_names_of_their_own_in_all_runs(harvester: Make, clock: FakeClock) -> None:
    repository = Repository(12)
    with serving(repository) as server:
        source = harvester("oai-pmh", server.url)
        source.run()
        for days in range(3):
            clock.days(1)
            repository.changed = [Repository.record(1, str(days))]
            source.run()
    names = [path.name for path in source.archive.files()]
    assert len(names) == len(set(names)) == 6
    assert names == sorted(names, reverse=True)  # newest first


def test_runs_are_told_apart_when_the_clock_is_set_back(harvester: Make, clock: FakeClock) -> None:
    repository = Repository(3)
    with serving(repository) as server:
        source = harvester("oai-pmh", server.url)
        source.run()
        clock.days(-2)
        repository.changed = [Repository.record(1, "new")]
        source.run()
        source.run(full=True)
    first, *_ = source.archive.finished()
    assert first.full
    assert len(source.archive.files()) == 1


def test_old_runs_are_pruned_but_as_many_as_asked_for_are_kept(
    harvester: Make, clock: FakeClock
) -> None:
    with serving(Repository(3)) as server:
        for keep, left in ((1, 1), (3, 3)):
            source = harvester("oai-pmh", server.url, name=f"keep-{keep}", keep=keep)
            for _ in range(5):
                source.run(full=True)
                clock.days(1)
                source.run()
                clock.days(1)
            fulls = [run for run in source.archive.finished() if run.full]
            assert len(fulls) == left
            assert len(source.archive.files()) == 1


def test_nothing_is_pruned_while_a_load_reads(harvester: Make, clock: FakeClock) -> None:
    with serving(Repository(3)) as server:
        source = harvester("oai-pmh", server.url)
        source.run()
        before = source.archive.files()
        with source.archive.reading():
            clock.days(1)
            source.run(full=True)
            assert all(path.exists() for path in before)
        clock.days(1)
        source.run(full=True)
        assert not any(path.exists() for path in before)


def test_a_stale_run_is_begun_anew(harvester: Make, clock: FakeClock) -> None:
    service = Sisu(6)
    broken = [True]

    def stopping(ask: Ask) -> Answer:
        return Answer(401) if broken[0] and "groupId" in ask.query else service(ask)

    with serving(stopping) as server:
        source = harvester("sisu", server.url, **SISU)
        for _ in range(2):
            with pytest.raises(Exception, match="status 401"):
                source.run()
        broken[0] = False
        clock.days(5)
        assert not source.run().resumed
    assert len(source.archive.finished()) == 1


def test_a_full_run_that_is_asked_for_does_not_go_on_with_an_increment(
    harvester: Make, clock: FakeClock
) -> None:
    repository = Repository(12)
    with serving(repository) as server:
        source = harvester("oai-pmh", server.url)
        source.run()
        clock.days(1)
        server.service = lambda ask: Answer(401)
        with pytest.raises(Exception, match="status 401"):
            source.run()
        server.service = repository
        assert source.run(full=True).full


def test_leftovers_without_a_beginning_are_removed(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "s")
    (tmp_path / "s" / "20260101T000000Z-full").mkdir(parents=True)
    assert archive.unfinished() is None
    assert archive.finished() == []
    assert archive.files() == []
    run = archive.start(
        full=True, since=None, started=datetime(2026, 1, 1, tzinfo=UTC), digest="d", first=Step()
    )
    assert run.folder.name == "20260101T000000Z-full"


def test_before_the_first_harvest_there_is_nothing(tmp_path: Path) -> None:
    assert harvested_files(tmp_path, "unknown") == []
    with Archive(tmp_path, "unknown").reading():
        pass
    assert not (tmp_path / "unknown").exists()


def test_a_full_disk_is_told_and_the_harvest_goes_on_later(
    harvester: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Sisu(6)) as server:
        source = harvester("sisu", server.url, **SISU)
        room = [5]

        def fsync(handle: int) -> None:
            room[0] -= 1
            if room[0] == 0:
                raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as full:
            full.setattr(os, "fsync", fsync)
            with pytest.raises(HarvestError, match=r"No space left on device\). Make room"):
                source.run()
        source.run()
    assert len(source.contents()) == 7


@pytest.mark.parametrize("name", ["run.json", "done.json"])
def test_an_archive_that_somebody_changed_is_told(name: str, harvester: Make, clock: FakeClock) -> None:
    with serving(Sisu(3)) as server:
        source = harvester("sisu", server.url, **SISU)
        source.run()
        folder = source.archive.finished()[0].folder
        (folder / name).write_text("{")
        with pytest.raises(HarvestError, match="Remove the folder"):
            source.run()


def test_only_the_owner_can_look_at_what_was_fetched(harvester: Make) -> None:
    with serving(Sisu(3)) as server:
        source = harvester("sisu", server.url, **SISU)
        source.run()
    assert source.archive.folder.stat().st_mode & 0o077 == 0


def test_the_modules_use_the_functions_that_are_watched_here() -> None:
    assert run_module.os is os
    assert archive_module.shutil is shutil
