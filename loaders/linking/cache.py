"""Where computed indices and vectors are kept between runs; files and memory in good order."""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path


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
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
