"""Show how far a long step has come: bars on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class Progress(Protocol):
    """What a step calls while it works."""

    def __call__(self, step: str, done: int, total: int | None = None) -> None:
        """Tell that `done` of `total` units of a step are done (`total` unknown: None)."""
        ...


def silent(step: str, done: int, total: int | None = None) -> None:
    """Show nothing: the progress of tests and programs."""


class Lines:
    """Writes a line about a step that takes long, once in a while: for logs and cron.

    Args:
        write: takes a line.
        every: seconds between two lines, and before the first.
        now: the clock, in seconds.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        every: float = 60.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write = write
        self._every = every
        self._now = now
        self._step = ""
        self._began = self._told = 0.0
        self._first = 0

    def __call__(self, step: str, done: int, total: int | None = None) -> None:
        """Tell how far a step is, how fast it is, and when it may end."""
        now = self._now()
        if step != self._step:
            self._step, self._began, self._told, self._first = step, now, now, done
        if now - self._told < self._every:
            return
        self._told = now
        rate = (done - self._first) / (now - self._began)
        line = f"{step}: {done:,}" + (f" of {total:,}" if total else "") + f", {rate:,.1f} a second"
        if total and rate > 0:
            line += f", about {_span((total - done) / rate)} left"
        self._write(line)


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextmanager
def console_progress() -> Iterator[Progress]:
    """Yield a progress display on standard error."""
    if not sys.stderr.isatty():
        yield Lines(_to_stderr)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int | None = None) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield show
