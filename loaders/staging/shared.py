"""Share a source between processes: each reads, converts and packs its own pieces of it.

What comes back are bytes and counts, which are put together in the order of the pieces, so that the
files are the same whoever did which piece. This process works too, while it waits for the others.
"""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from graph.identifiers import Identifiers
from loaders.base import Outcome, PieceLoader
from loaders.readers.files import SourceFile
from loaders.staging.accounting import take
from loaders.staging.load_report import LoadReport
from loaders.staging.staged_files import WRITTEN, StagedFiles
from loaders.staging.tally import Tally

_AHEAD = 3
"""Pieces that another process has or that wait for it, so that it is never idle."""
_MOST_WAITING = 50
"""Pieces that may be done and wait for one before them."""


@dataclass(slots=True)
class Done:
    """What became of a piece."""

    tally: Tally
    seen: dict[str, str]
    """What must not come twice, see `PieceLoader.read_piece`."""
    files: list[bytes]
    """The contents of `WRITTEN`."""


@dataclass(frozen=True, slots=True)
class Work:
    """What to do with a piece; it is picklable."""

    loader: PieceLoader
    options: Mapping[str, str]
    ids: Identifiers
    file: str = ""
    """Name of the source's file if it has one only."""

    def do(self, piece: Any, seen: dict[str, str] | None = None) -> Done:  # noqa: ANN401
        """Convert a piece; without `seen` as if nothing had come before."""
        known = {} if seen is None else seen
        files = {name: _Kept() for name in WRITTEN}
        tally = Tally()
        writer = StagedFiles(files.__getitem__, self.ids, tally)
        try:
            take(self.loader.read_piece(piece, self.options, known), writer, tally, self.file)
        finally:
            writer.close()
        return Done(tally, known, [files[name].content for name in WRITTEN])


def account_shared(
    work: Work,
    files: Sequence[SourceFile],
    first: Iterator[Outcome],
    report: LoadReport,
    folder: Path,
    progress: Callable[[int], None],
) -> LoadReport:
    """Write the staged files of a source in several processes; see `account`.

    Args:
        work: the loader, its options and the base of addresses.
        files: what to read.
        first: outcomes that come before those of the files.
        report: what is known of the load so far.
        folder: an empty folder for the files.
        progress: told the number of records done.
    """
    tally = Tally()
    seen: dict[str, str] = {}
    targets = [(folder / name).open("wb") for name in WRITTEN]
    start = {name: _Kept() for name in WRITTEN}
    writer = StagedFiles(start.__getitem__, work.ids, tally)
    try:
        take(first, writer, tally, work.file)
        writer.close()
        for target, name in zip(targets, WRITTEN, strict=True):
            target.write(start[name].content)
        for piece, done in _in_order(work, work.loader.pieces(files, work.options)):
            if seen.keys().isdisjoint(done.seen):
                seen.update(done.seen)
            else:  # something stood in a piece before: only now can that be told
                done = work.do(piece, seen)
            tally.add(done.tally)
            for target, content in zip(targets, done.files, strict=True):
                target.write(content)
            progress(tally.records_in + tally.broken_files)
    finally:
        for target in targets:
            target.close()
    return report.complete(tally)


def _in_order(work: Work, pieces: Iterator[Any]) -> Iterator[tuple[Any, Done]]:
    """Yield the pieces and what became of them, in their order."""
    others = max((os.cpu_count() or 1) - 1, 1)
    # Not forked: threads of libraries would not survive that.
    pool = ProcessPoolExecutor(others, get_context("spawn"), _prepare, (work,))
    waiting: deque[tuple[Any, Future[Done] | Done]] = deque()
    try:
        for piece in pieces:
            busy = sum(isinstance(done, Future) and not done.done() for _, done in waiting)
            if busy < others * _AHEAD:
                waiting.append((piece, pool.submit(_do, piece)))
            else:
                waiting.append((piece, work.do(piece)))
            while waiting and (_is_there(waiting[0][1]) or len(waiting) > _MOST_WAITING):
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _is_there(done: Future[Done] | Done) -> bool:
    return isinstance(done, Done) or done.done()


def _result(piece: Any, done: Future[Done] | Done) -> tuple[Any, Done]:  # noqa: ANN401
    return piece, done if isinstance(done, Done) else done.result()


_work: list[Work] = []
"""In another process: what to do there."""


def _prepare(work: Work) -> None:
    _work[:] = [work]


def _do(piece: Any) -> Done:  # noqa: ANN401
    return _work[0].do(piece)


class _Kept(io.BytesIO):
    """A file in memory whose content stays when it is closed."""

    content = b""

    def close(self) -> None:
        """Keep the content."""
        if not self.closed:
            self.content = self.getvalue()
        super().close()
