from __future__ import annotations

from pathlib import Path

import pytest

from graph.releases import Releases
from graph.store import StoreError


def finished(home: Path, text: str) -> Path:
    folder = home / "next"
    (folder / "store").mkdir(parents=True)
    (folder / "manifest.json").write_text(f'{{"title": "{text}"}}')
    return folder


def test_nothing_is_live_before_the_first_release(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    assert releases.live() is None
    assert releases.all() == []
    assert releases.history() == []


def test_the_last_published_is_live_and_old_ones_go(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    for text in "abcd":
        releases.publish(finished(tmp_path, text), keep=3)
    live = releases.live()
    assert live is not None
    assert live.manifest() == {"title": "d"}
    assert [release.manifest()["title"] for release in releases.all()] == ["d", "c", "b"]
    assert not (tmp_path / "next").exists()


def test_roll_back_and_history(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    first = releases.publish(finished(tmp_path, "a"), keep=3)
    releases.publish(finished(tmp_path, "b"), keep=3)
    releases.rollback(first.id)
    live = releases.live()
    assert live == first
    assert [entry["action"] for entry in releases.history()] == [
        "published", "published", "rolled back",
    ]  # fmt: skip


def test_the_live_release_is_kept_even_when_it_is_old(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    first = releases.publish(finished(tmp_path, "a"), keep=1)
    releases.publish(finished(tmp_path, "b"), keep=5)
    releases.rollback(first.id)
    assert releases.live() == first


def test_an_unknown_release_is_told_with_those_that_exist(tmp_path: Path) -> None:
    release = Releases(tmp_path).publish(finished(tmp_path, "a"), keep=3)
    with pytest.raises(StoreError, match=release.id):
        Releases(tmp_path).rollback("20000101T000000Z")
