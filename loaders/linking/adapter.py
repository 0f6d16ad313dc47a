"""Changes of the language model, learned for the texts and names of this field: `adapter.npz`.

A change of a matrix is the product of two thin ones, so that the file stays small (Hu et al. 2021,
https://arxiv.org/abs/2106.09685). The file has arrays `{layer}{part}A` (rows of the matrix × rank) and
`{layer}{part}B` (rank × columns), where a part is `qkv`, `o`, `w` or `d`: the matrices `attend`,
`join`, `widen` and `narrow` of a layer in `e5.py`, as texts are multiplied with them from the left.
What is not in the file stays as it is.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from loaders.linking.index import Floats

_NAME = re.compile(r"(\d+(?:qkv|o|w|d))([AB])")


class AdapterError(ValueError):
    """The file of changes is damaged or belongs to another model."""


class Adapter:
    """The changes of one file.

    Args:
        path: the file.

    Raises:
        AdapterError: it is damaged, or it is another kind of file.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        content = path.read_bytes()
        self.digest = hashlib.sha256(content).hexdigest()[:12]
        """Vectors of two digests must not be compared."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as found:
                arrays = {name: found[name] for name in found.files}
        except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile, AttributeError) as error:
            raise self._error(f"it cannot be read ({error})") from None
        self._sides: dict[str, dict[str, Floats]] = {}
        for name, array in arrays.items():
            match = _NAME.fullmatch(name)
            if not match or array.ndim != 2 or not np.issubdtype(array.dtype, np.floating):
                raise self._error(f"its array {name} is none of the changes that are known")
            if not np.isfinite(array).all():
                raise self._error(f"its array {name} has numbers that are not finite")
            self._sides.setdefault(match[1], {})[match[2]] = array.astype(np.float32)
        for part, sides in self._sides.items():
            if len(sides) != 2 or sides["A"].shape[1] != sides["B"].shape[0]:
                raise self._error(f"its arrays {part}A and {part}B do not go together")

    def check(self, shapes: dict[str, tuple[int, int]]) -> None:
        """See whether all changes fit a model.

        Args:
            shapes: rows and columns of each matrix, by layer and part (`0qkv`).

        Raises:
            AdapterError: they belong to another model.
        """
        for part, sides in self._sides.items():
            shape = sides["A"].shape[0], sides["B"].shape[1]
            if shapes.get(part) != shape:
                raise self._error(f"its change {part} of {shape} fits no matrix of the model")

    def change(self, part: str) -> Floats | None:
        """Return what is added to a matrix (`0qkv`: layer and part), or None."""
        sides = self._sides.get(part)
        if sides is None:
            return None
        added: Floats = sides["A"] @ sides["B"]
        return added

    def _error(self, what: str) -> AdapterError:
        return AdapterError(
            f"The changes of the language model in {self._path} cannot be used: {what}. "
            "Install fitech-graph again."
        )


def shipped_adapter() -> Adapter | None:
    """Return the changes that come with the program, or None.

    Raises:
        AdapterError: the file is damaged.
    """
    entry = files("loaders.linking") / "adapter.npz"
    if not entry.is_file():
        return None
    with as_file(entry) as path:
        return Adapter(path)
