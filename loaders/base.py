"""What every loader is: a reader of one format that gives one outcome per source record.

The accounting is in the shape of the data: a loader yields exactly one `Loaded` or `Problem`
for each record of its source, so records in = records loaded + records reported, always.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from graph.records import Record
from loaders.readers.files import SourceFile


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one source record or one field of it, told so that it can be mended."""

    file: str
    record: str
    """Where in the file: an identifier, a line or an index, whatever helps to find it."""
    field: str
    """The field's name in the source, or "" for the record as a whole."""
    reason: str
    """What is wrong, a sentence."""
    remedy: str
    """What to do about it, a sentence."""
    raw: str = ""
    """The record as it came (cut to 10,000 characters), kept for inspection."""

    def __str__(self) -> str:
        """Return the problem as one readable line."""
        where = f"{self.file}, record {self.record}" if self.record else self.file
        what = f", field {self.field}" if self.field else ""
        return f"{where}{what}: {self.reason} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One source record that was read; `records` may hold several things, `warnings` lost fields.

    `records` is empty when the source record is rightly passed over (an exact duplicate, an older
    version, a deleted unit): then `skipped` says why.
    """

    records: tuple[Record, ...]
    warnings: tuple[Problem, ...] = ()
    skipped: str = ""


Outcome = Loaded | Problem


@dataclass(frozen=True, slots=True)
class LoaderInfo:
    """What a person needs to know before using a loader."""

    name: str
    title: str
    description: str
    version: str
    file_patterns: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    """Option name → what it does. Options come from the config or `--option name=value`."""


class Loader(Protocol):
    """Reads one source format as a stream."""

    info: LoaderInfo

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome for each record of the files, in bounded memory.

        A file that breaks off (truncated archive, broken JSON) gives one `Problem` for the file
        at the place where it broke, after everything that could be read before.
        """
        ...


@runtime_checkable
class PieceLoader(Loader, Protocol):
    """A loader whose records are read each by itself, so that processes may share a source.

    `read` gives what the pieces give one after another with one `seen`.
    """

    def pieces(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Any]:
        """Yield the source in pieces, hardly read: each is small and can be pickled."""
        ...

    def read_piece(
        self,
        piece: Any,  # noqa: ANN401  # one of `pieces`
        options: Mapping[str, str],
        seen: dict[str, str],
    ) -> Iterator[Outcome]:
        """Yield one outcome for each record of a piece.

        Args:
            piece: one of `pieces`.
            options: see `read`.
            seen: what must not come twice → where it stood first. It grows, and does not matter to
                the outcome of a record whose key is new.
        """
        ...
