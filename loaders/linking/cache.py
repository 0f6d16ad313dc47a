"""Where computed indices and vectors are kept between runs; files and memory in good order.

A file of arrays holds them one after the other in numpy's own form, each beginning at a multiple of 64
bytes. It is not read but mapped: all processes of a machine see the same memory.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import get_ident
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

Arrays = Sequence[NDArray[Any]]
_ALIGNED = 64


def cache_folder() -> Path:
    """Return the folder: below `FITECH_CACHE` if it is set, else below the user's cache."""
    chosen = os.environ.get("FITECH_CACHE")
    if chosen:
        return Path(chosen) / "linking"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fitech" / "linking"


def give_back() -> None:
    """Give memory that is free inside this process back to the machine, where glibc is."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def keep(path: Path, content: bytes) -> None:
    """Write a file in one step, so that another process never reads half of it."""
    with _in_one_step(path) as file:
        file.write(content)


def arrays_of(path: Path | None, make: Callable[[], Arrays]) -> Arrays:
    """Return arrays that take long to make, from a file if they were made before.

    Args:
        path: where they are kept; its name must say all that they depend on. None: in memory only.
        make: makes them, if the file is not there or damaged.
    """
    if path is None:
        return make()
    found = _mapped(path)
    if found is not None:
        return found
    made = make()
    try:
        with _in_one_step(path) as file:
            for array in made:
                file.write(b"\0" * (-file.tell() % _ALIGNED))
                npy.write_array(file, array, allow_pickle=False)
    except OSError:  # no place, or not ours to write to: the work can be done without
        return made
    found = _mapped(path)
    return made if found is None else found


def _mapped(path: Path) -> Arrays | None:
    """Return the arrays of a file, which cannot be written to; None if it is absent or no such file."""
    found: list[NDArray[Any]] = []
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            end = 0
            while end < len(content):
                file.seek(end + -end % _ALIGNED)
                if npy.read_magic(file) != (1, 0):
                    return None
                shape, by_column, kind = npy.read_array_header_1_0(file)
                flat = np.frombuffer(content, kind, math.prod(shape), file.tell())
                found.append(flat.reshape(shape, order="F" if by_column else "C"))
                end = file.tell() + flat.nbytes
    except (OSError, ValueError):
        return None
    return found


@contextlib.contextmanager
def _in_one_step(path: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}-{get_ident()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
