from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from loaders.linking.vectors import VectorStore


def rows(*values: int) -> np.ndarray:
    return np.array([[value] * 4 for value in values], np.float16)


def test_what_was_put_is_there_for_the_next_one(tmp_path: Path) -> None:
    VectorStore(tmp_path, "m", 4).put(["one", "two"], rows(1, 2))
    found = VectorStore(tmp_path, "m", 4).get(["two", "three", "one"])
    assert set(found) == {"one", "two"}
    assert found["two"].tolist() == [2, 2, 2, 2]


def test_models_do_not_mix(tmp_path: Path) -> None:
    VectorStore(tmp_path, "m", 4).put(["one"], rows(1))
    assert VectorStore(tmp_path, "other", 4).get(["one"]) == {}
    assert VectorStore(tmp_path, "m", 8).get(["one"]) == {}


def test_many_texts_are_asked_for_at_once(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, "m", 4)
    texts = [f"text {number}" for number in range(1200)]
    store.put(texts, rows(*(number % 7 for number in range(1200))))
    found = store.get(texts)
    assert len(found) == 1200
    assert found["text 13"][0] == 13 % 7


def test_the_file_is_bounded_and_what_is_used_stays(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("loaders.linking.vectors._LOOK", 10)
    store = VectorStore(tmp_path, "m", 4, most=50)
    for day in range(10):
        store._today = day
        store.put([f"{day} {number}" for number in range(10)], rows(*range(10)))
        store.get(["0 3"])
    texts = [f"{day} {number}" for day in range(10) for number in range(10)]
    found = store.get(texts)
    assert 40 <= len(found) <= 50
    assert "0 3" in found
    assert "9 9" in found
    assert "0 4" not in found


@pytest.mark.parametrize("begin", [b"this is no database", b"SQLite format 3\0"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, begin: bytes) -> None:
    store = VectorStore(tmp_path, "m", 4)
    store._path.write_bytes(begin + b"\xff" * 5000)
    store.put(["one"], rows(1))
    assert store.get(["one"])["one"].tolist() == [1, 1, 1, 1]


def test_a_folder_that_cannot_be_used_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    store = VectorStore(tmp_path / "file", "m", 4)
    store.put(["one"], rows(1))
    assert store.get(["one"]) == {}


def test_none_are_kept_if_so_wished(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "x", "m", 4, most=0)
    store.put(["one"], rows(1))
    assert store.get(["one"]) == {}
    assert not (tmp_path / "x").exists()
