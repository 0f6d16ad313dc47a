"""Find and open source files: folders, globs, zip members and packed files alike.

A loader sees a flat list of `SourceFile`; each can be opened any number of times. What a file is shows
in its first bytes, not in its name: a `.gz` that is not packed reads well, and so does the reverse.
"""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from loaders.readers import packed
from loaders.readers.packed import Measured, PackedFileError, Unpacked, packed_kind

BROKEN_FILE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile)
"""What reading a damaged, encrypted or truncated archive or a bomb raises."""
MAX_MEMBERS = 100_000
MAX_NESTED = 2_000_000_000
"""Bytes of a zip within a zip."""
_MAX_DEPTH = 3
_PACKED_NAMES = (".gz", ".bz2", ".xz")
_STRANGE_ZIP = (RuntimeError, NotImplementedError, ValueError, KeyError, IndexError, struct.error)
"""What `zipfile` raises beside `BROKEN_FILE`, for encryption, rare methods and damaged headers."""


class FileError(Exception):
    """A path that was named cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read; inside a zip if `member` is set; unpacked on the way."""

    path: Path
    member: str | None = None
    places: tuple[int, ...] = ()
    """Which entry of the zip, of the zip within it, …; without it, `member` is looked up by name."""

    @property
    def name(self) -> str:
        """The name for people: `archive.zip/member.csv` or `file.json.gz`, without folders above."""
        return f"{self.path.name}/{_harmless(self.member)}" if self.member else self.path.name

    @property
    def plain_name(self) -> str:
        """The file's own last name without `.gz`, for recognising what it is."""
        own = _harmless(self.member or self.path.name).rsplit("/", 1)[-1]
        for ending in _PACKED_NAMES:
            own = own.removesuffix(ending)
        return own

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open for reading bytes, unpacked. `read1` gives what comes before a damage.

        Raises:
            one of `BROKEN_FILE`: the file or its archive is damaged; often only while reading.
        """
        with ExitStack() as stack:
            stream: IO[bytes]
            if self.member is None:
                stream = stack.enter_context(self.path.open("rb"))
            else:
                stream = self._open_member(stack)
            for _ in range(_MAX_DEPTH):
                kind = packed_kind(stream.peek(6)[:6])  # type: ignore[attr-defined]
                if kind is None:
                    break
                unpacked = Unpacked(stream, kind)
                stream = io.BufferedReader(_measured(unpacked), 1 << 20)
            yield stream

    def _open_member(self, stack: ExitStack) -> io.BufferedReader[Any]:
        archive = stack.enter_context(_zip(self.path))
        for place in self.places[:-1]:
            archive = stack.enter_context(_zip_within(archive, archive.infolist()[place]))
        if self.places:
            return stack.enter_context(_member(archive, archive.infolist()[self.places[-1]]))
        assert self.member is not None
        try:
            entry = archive.getinfo(self.member)
        except KeyError:
            raise PackedFileError(f"the archive has no member {_harmless(self.member)}") from None
        return stack.enter_context(_member(archive, entry))

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
        with _zip(path) as archive:
            return sorted(_members(path, archive, "", ()), key=lambda file: (file.member, file.places))
    except BROKEN_FILE:
        return [SourceFile(path)]


def archive_fault(file: SourceFile) -> str:
    """Return why a file named `.zip` is not listed by its members."""
    try:
        with file.open() as raw, _zip(raw):
            return "it holds no file"
    except BROKEN_FILE as error:
        return str(error)


def _members(
    path: Path, archive: zipfile.ZipFile, folder: str, places: tuple[int, ...]
) -> list[SourceFile]:
    found: list[SourceFile] = []
    for place, entry in enumerate(archive.infolist()):
        name = entry.filename.replace("\\", "/")  # some Windows programs write it so
        last = name.rsplit("/", 1)[-1]
        if not last or name.startswith("__MACOSX/") or last.startswith("."):
            continue
        here = (*places, place)
        one = SourceFile(path, folder + name, here)
        if not name.lower().endswith(".zip") or len(here) >= _MAX_DEPTH:
            found.append(one)
            continue
        try:
            with _zip_within(archive, entry) as inner:
                found += _members(path, inner, f"{one.member}/", here)
        except BROKEN_FILE:
            found.append(one)
    return found


@contextmanager
def _zip(source: Path | IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose list of members is sound.

    Raises:
        one of `BROKEN_FILE`: it is not.
    """
    try:
        archive = zipfile.ZipFile(source)
    except _STRANGE_ZIP as error:
        raise PackedFileError(str(error)) from None
    with archive:
        entries = archive.infolist()
        size = sum(entry.file_size for entry in entries)
        stored = archive.start_dir  # all members lie before the list of them
        if len(entries) > MAX_MEMBERS:
            raise PackedFileError(f"the archive has more than {MAX_MEMBERS:,} members")
        if size > packed.FREE_BYTES and size > packed.MAX_RATIO * stored:
            raise PackedFileError(
                f"the archive grows more than {packed.MAX_RATIO} times when it is unpacked, "
                "as a zip bomb does"
            )
        yield archive


@contextmanager
def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[io.BufferedReader[Any]]:
    if entry.flag_bits & 1:
        raise PackedFileError(f"the member {_harmless(entry.filename)} is encrypted; unpack it first")
    try:
        inner = archive.open(entry)
    except _STRANGE_ZIP as error:
        raise PackedFileError(f"the member cannot be unpacked: {error}") from None
    with inner, io.BufferedReader(Measured(inner, lambda: entry.compress_size), 1 << 20) as stream:
        yield stream


@contextmanager
def _zip_within(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[zipfile.ZipFile]:
    """Open a zip that lies within a zip: a copy of it, which can be read in any order."""
    with tempfile.SpooledTemporaryFile(max_size=50_000_000) as copy:
        with _member(archive, entry) as raw:
            while chunk := raw.read1(1 << 20):
                copy.write(chunk)
                if copy.tell() > MAX_NESTED:
                    raise PackedFileError(f"the zip within has more than {MAX_NESTED:,} bytes")
        copy.seek(0)
        with _zip(copy) as inner:
            yield inner


def _measured(unpacked: Unpacked) -> Measured:
    return Measured(unpacked, lambda: unpacked.consumed)  # type: ignore[arg-type]


def _harmless(name: str) -> str:
    """Return a member's name for people: no way up, no control characters, of bearable length."""
    parts = re.sub(
        r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "?", name
    )
    kept = [part for part in parts.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(kept)[-300:] or "?"


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file on disk, hexadecimal."""
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()
