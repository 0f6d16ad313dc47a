from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from loaders.linking.cache import arrays_of, keep

ARRAYS = (
    np.arange(7, dtype=np.int32),
    np.zeros(0, np.float32),
    np.arange(12, dtype=np.float32).reshape(3, 4),
    np.asfortranarray(np.arange(6, dtype=np.uint8).reshape(2, 3)),
)


def never() -> tuple[np.ndarray, ...]:
    raise AssertionError("they are on disk")


def test_arrays_are_made_once_and_then_mapped(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "some.npy"
    made = arrays_of(path, lambda: ARRAYS)
    for found in (made, arrays_of(path, never)):
        assert len(found) == len(ARRAYS)
        for one, other in zip(found, ARRAYS, strict=True):
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)
            assert not one.flags.writeable
            assert one.ctypes.data % 64 == 0 or not one.size
    assert [each.name for each in path.parent.iterdir()] == ["some.npy"]
    assert arrays_of(None, lambda: ARRAYS) is ARRAYS


def test_one_array_is_a_file_of_numpy(tmp_path: Path) -> None:
    arrays_of(tmp_path / "one.npy", lambda: ARRAYS[2:3])
    assert np.array_equal(np.load(tmp_path / "one.npy"), ARRAYS[2])


@pytest.mark.parametrize("left", [0, 5, 40, 128, 150, -1, -13])
def test_a_damaged_file_is_made_anew(tmp_path: Path, left: int) -> None:
    path = tmp_path / "some.npy"
    arrays_of(path, lambda: ARRAYS[:1] + ARRAYS[2:])
    whole = path.read_bytes()
    path.write_bytes(whole[:left])
    arrays_of(path, lambda: ARRAYS[:1] + ARRAYS[2:])
    assert path.read_bytes() == whole
    path.write_bytes(b"\0" * len(whole))
    arrays_of(path, lambda: ARRAYS[:1] + ARRAYS[2:])
    assert path.read_bytes() == whole


def test_what_cannot_be_kept_is_used_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert arrays_of(tmp_path / "file" / "some.npy", lambda: ARRAYS) is ARRAYS


def test_a_failed_write_leaves_what_was(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    keep(path, b"old")
    with pytest.raises(TypeError):
        keep(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1
