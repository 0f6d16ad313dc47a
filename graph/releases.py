"""Releases: build aside, then switch in one step; the last ones stay for roll-back.

`releases/<id>/` holds a finished store and is never written again. `current` is a symbolic link
to the live one, replaced by an atomic rename, so that a reader sees the old or the new, no mix.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graph.store import StoreError


@dataclass(frozen=True, slots=True)
class Release:
    """One published state of the graph."""

    path: Path

    @property
    def id(self) -> str:
        """Time of publication, `20261124T101530Z`, with a number if there were two in a second."""
        return self.path.name

    @property
    def store(self) -> Path:
        """Folder of the embedded store."""
        return self.path / "store"

    @property
    def search(self) -> Path:
        """The search index."""
        return self.path / "search.sqlite"

    def manifest(self) -> dict[str, Any]:
        """What was built: title, base, counts, times."""
        return _read_json(self.path / "manifest.json")

    def checks(self) -> dict[str, Any]:
        """What the checks found."""
        return _read_json(self.path / "checks.json")


class Releases:
    """The releases of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._home = data_dir
        self._folder = data_dir / "releases"
        self._current = data_dir / "current"

    def live(self) -> Release | None:
        """Return the live release, or None before the first one."""
        if not self._current.exists():
            return None
        return Release(self._current.resolve())

    def all(self) -> list[Release]:
        """Return the releases on disk, newest first."""
        if not self._folder.is_dir():
            return []
        return [Release(path) for path in sorted(self._folder.iterdir(), reverse=True)]

    def publish(self, finished: Path, *, keep: int) -> Release:
        """Move a finished build among the releases, make it live, delete the oldest.

        Args:
            finished: folder with `store/`, `search.sqlite`, `checks.json`, `manifest.json`.
            keep: how many releases stay on disk, the new one among them.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        target, number = self._folder / stamp, 1
        while target.exists():
            number += 1
            target = self._folder / f"{stamp}-{number}"
        finished.rename(target)
        release = Release(target)
        self._switch(release, "published")
        for old in self.all()[keep:]:
            if old != self.live():
                shutil.rmtree(old.path)
        return release

    def rollback(self, release_id: str) -> Release:
        """Make an earlier release live again.

        Raises:
            StoreError: there is no such release on disk.
        """
        for release in self.all():
            if release.id == release_id:
                self._switch(release, "rolled back")
                return release
        known = ", ".join(release.id for release in self.all()) or "none"
        raise StoreError(f"There is no release {release_id} on disk. There are: {known}.")

    def history(self) -> list[dict[str, Any]]:
        """Return what was made live when, oldest first."""
        path = self._home / "history.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def _switch(self, release: Release, action: str) -> None:
        aside = self._home / f".current-{os.getpid()}"
        aside.unlink(missing_ok=True)
        aside.symlink_to(Path("releases") / release.id)
        aside.replace(self._current)
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "action": action,
            "release": release.id,
        }
        with (self._home / "history.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return data
