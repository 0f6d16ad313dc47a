"""Find and open source files: folders, globs, zip members and gzip files alike.

A loader sees a flat list of `SourceFile`; each can be opened any number of times.
"""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

BROKEN_FILE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile)
"""What reading a damaged or truncated archive raises."""


class FileError(Exception):
    """A path that was named cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read; inside a zip if `member` is set; gunzipped on the way if it ends in .gz."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """The name for people: `archive.zip/member.csv` or `file.json.gz`, without folders."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @property
    def plain_name(self) -> str:
        """The file's own last name without `.gz`, for recognising what it is."""
        own = (self.member or self.path.name).rsplit("/", 1)[-1]
        return own.removesuffix(".gz")

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open for reading bytes, decompressed.

        Raises:
            one of `BROKEN_FILE`: the file or its archive is damaged; often only while reading.
        """
        packed = (self.member or self.path.name).endswith(".gz")
        if self.member is None:
            with self.path.open("rb") as raw:
                yield gzip.GzipFile(fileobj=raw) if packed else raw  # type: ignore[misc]
            return
        with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as inner:
            yield gzip.GzipFile(fileobj=inner) if packed else inner  # type: ignore[misc]

    @contextmanager
    def open_text(self) -> Iterator[IO[str]]:
        """Open as UTF-8 text without byte-order mark; a wrong byte becomes a lone surrogate."""
        with (
            self.open() as raw,
            io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as text,
        ):
            yield text


def find_files(paths: Sequence[Path]) -> list[SourceFile]:
    """Return the files behind paths, globs, folders and zips, in a stable order.

    A damaged zip stays in the list as one file, so that its loader reports it.

    Raises:
        FileError: a path names nothing.
    """
    found: list[SourceFile] = []
    for path in paths:
        matches = [path] if path.exists() else sorted(Path(p) for p in glob.glob(str(path)))  # noqa: PTH207 (the pattern may be absolute)
        if not matches:
            raise FileError(f"There is no file {path}. Check the path; globs need quotes or **.")
        for match in matches:
            if match.is_dir():
                inside = sorted(p for p in match.rglob("*") if p.is_file())
                visible = [p for p in inside if not p.name.startswith((".", "README"))]
                found += [file for p in visible for file in _expand(p)]
            else:
                found += _expand(match)
    unique = list(dict.fromkeys(found))
    if not unique:
        raise FileError(f"{', '.join(map(str, paths))} holds no file.")
    return unique


def _expand(path: Path) -> list[SourceFile]:
    if path.suffix.lower() != ".zip":
        return [SourceFile(path)]
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    except BROKEN_FILE:
        return [SourceFile(path)]
    visible = [name for name in names if not name.startswith("__MACOSX/")]
    return [SourceFile(path, name) for name in visible]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file on disk, hexadecimal."""
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()
