"""All that was fetched from one source: runs in folders, and which of their files count today.

`<data-dir>/harvest/<source>/20261107T020000Z-full/` holds one run. Only finished runs count. The files
to load are those of the newest finished full run and of the incremental runs after it, newest first:
loaders keep the first version of a record that they see. Where a reply is about one thing (it has a
key), only the newest reply for that thing is given, and none when the thing is gone.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from loaders.harvest.errors import BusyError
from loaders.harvest.exchange import Reply, Request, Step
from loaders.harvest.run import (
    DONE,
    INFO,
    Line,
    Run,
    read_journal,
    read_json,
    sync_folder,
    write_safely,
)


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run on disk."""

    folder: Path
    full: bool
    started: datetime
    digest: str
    summary: Mapping[str, Any]

    @property
    def lines(self) -> Iterator[Line]:
        """Return the journal."""
        return read_journal(self.folder)

    @property
    def gone(self) -> list[Path]:
        """Return the list of what was withdrawn, if there is one."""
        return sorted(self.folder.glob("gone-*.jsonl"))


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of one thing from earlier runs."""

    request: Request
    mark: str
    headers: Mapping[str, str]
    file: Path
    sha256: str
    packed: bool
    children: tuple[str, ...]
    """Keys of the things that its reply led to."""

    def validators(self) -> dict[str, str]:
        """Return the headers of a conditional request; none if the former reply is not there."""
        if not self.file.is_file():
            return {}
        pairs = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
        return {name: self.headers[own] for name, own in pairs.items() if own in self.headers}

    def reply(self) -> Reply:
        """Return the reply that is kept, as if it had come again."""
        return Reply(200, self.request.url, self.headers, self.file, self.sha256, packed=self.packed)


class Archive:
    """The runs of one source."""

    def __init__(self, root: Path, source: str) -> None:
        """Name the source's folder below the folder of all harvests; it is made when needed."""
        self.source = source
        self.folder = root / source

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Let one harvest of the source work at a time; a killed one leaves no lock behind.

        Raises:
            BusyError: another one is at work.
        """
        # Replies may hold personal data that no loader takes: only their owner may look.
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(self.folder / ".lock", fcntl.LOCK_EX) as mine:
            if not mine:
                raise BusyError(
                    f"{self.source}: another harvest of this source is at work. Wait for it, or "
                    "stop it "
                    "first."
                )
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep the files from being pruned while they are loaded."""
        if not self.folder.is_dir():
            yield
            return
        with _locked(self.folder / ".reading", fcntl.LOCK_SH):
            yield

    def _folders(self) -> list[Path]:
        """Return the folders of all runs, oldest first."""
        found = (
            [path for path in self.folder.glob("*-*") if path.is_dir()] if self.folder.is_dir() else []
        )
        return sorted(found, key=lambda path: path.name)

    def finished(self) -> list[Finished]:
        """Return the finished runs, newest first."""
        runs = []
        for folder in reversed(self._folders()):
            if (folder / DONE).exists():
                info, summary = read_json(folder / INFO), read_json(folder / DONE)
                started = datetime.fromisoformat(info["started"])
                runs.append(Finished(folder, info["full"], started, info["digest"], summary))
        return runs

    def current(self) -> list[Finished]:
        """Return the runs that count, newest first; the last one is full. Empty before the first."""
        runs = self.finished()
        for number, run in enumerate(runs):
            if run.full:
                return runs[: number + 1]
        return []

    def unfinished(self) -> Run | None:
        """Return the run that was broken off, if there is one; older leftovers are removed."""
        left = [folder for folder in self._folders() if not (folder / DONE).exists()]
        for folder in [one for one in left if not (one / INFO).exists()] + left[:-1]:
            shutil.rmtree(folder, ignore_errors=True)
        return Run(left[-1]) if left and left[-1].exists() else None

    def start(
        self, *, full: bool, since: datetime | None, started: datetime, digest: str, first: Step
    ) -> Run:
        """Begin a run."""
        folders = self._folders()
        stamp = started.astimezone(UTC).replace(microsecond=0)
        if folders:  # names must grow even when the clock is set back
            last = datetime.strptime(folders[-1].name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
            stamp = max(stamp, last + timedelta(seconds=1))
        folder = self.folder / f"{stamp.strftime(_STAMP)}-{'full' if full else 'incremental'}"
        folder.mkdir(parents=True)
        info = {
            "full": full,
            "since": since.isoformat() if since else None,
            "started": started.isoformat(),
            "digest": digest,
            "first": first.to_json(),
        }
        write_safely(folder / INFO, json.dumps(info, ensure_ascii=False, indent=2) + "\n")
        sync_folder(self.folder)
        return Run(folder)

    def discard(self, run: Run) -> None:
        """Remove a run that cannot go on."""
        shutil.rmtree(run.folder)

    def files(self) -> list[Path]:
        """Return the files to load, newest first; see the top of this module."""
        found: dict[Path, None] = {}
        settled: set[str] = set()
        for run in self.current():
            for path in run.gone if run.summary.get("tells_gone") else ():
                found[path] = None
            settled.update(run.summary.get("gone_keys", ()))
            for line in reversed(list(run.lines)):
                key = line.request.key
                if line.result in ("kept", "empty", "carried", "gone") and key:
                    if key in settled:
                        continue
                    settled.add(key)
                if line.file and line.result in ("kept", "carried") and line.request.keep:
                    found[run.folder / line.file] = None
        return list(found)

    def known(self) -> dict[str, Known]:
        """Return what is known of each thing that has a key and is not gone."""
        found: dict[str, Known] = {}
        settled: set[str] = set()
        newer_marks: dict[str, str] = {}
        for run in self.current():
            settled.update(run.summary.get("gone_keys", ()))
            for line in reversed(list(run.lines)):
                key = line.request.key
                if not key or key in settled or line.result in ("later", "failed", "refused"):
                    continue
                if line.result == "unchanged":
                    newer_marks.setdefault(key, line.request.mark)
                    continue
                settled.add(key)
                if line.result != "gone":
                    mark = "" if line.result == "carried" else line.request.mark
                    mark = newer_marks.get(key, mark)
                    found[key] = Known(
                        line.request,
                        mark,
                        line.headers,
                        run.folder / line.file,
                        line.sha256,
                        line.packed,
                        line.children,
                    )
        return found

    def prune(self, keep: int = 1) -> int:
        """Remove runs before the newest `keep` full ones; return how many went.

        Nothing is removed while a load reads the files.
        """
        fulls = [run.folder.name for run in self.finished() if run.full]
        if len(fulls) < keep:
            return 0
        oldest = fulls[keep - 1]
        with _locked(self.folder / ".reading", fcntl.LOCK_EX) as mine:
            old = [folder for folder in self._folders() if folder.name < oldest] if mine else []
            for folder in old:
                (folder / DONE).unlink(missing_ok=True)  # first: half a run must not count
                shutil.rmtree(folder, ignore_errors=True)
        return len(old)


_STAMP = "%Y%m%dT%H%M%SZ"


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[bool]:
    """Hold a lock of the operating system; tells whether it was to be had at once."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, kind if kind == fcntl.LOCK_SH else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def harvested_files(root: Path, source: str) -> list[Path]:
    """Return the files to load of a harvested source, newest first; empty before its first harvest.

    Args:
        root: the folder of all harvests (`<data-dir>/harvest`).
        source: name of the source.
    """
    return Archive(root, source).files()
