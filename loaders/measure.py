"""What a step took: seconds, and the most memory that the process held meanwhile."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Measure:
    """Time and memory of one step; filled when the step ends."""

    seconds: float = 0.0
    peak_megabytes: int = 0


@contextmanager
def measured() -> Iterator[Measure]:
    """Measure what happens inside the block."""
    forget_peak()
    measure, started = Measure(), time.monotonic()
    try:
        yield measure
    finally:
        measure.seconds = round(time.monotonic() - started, 2)
        measure.peak_megabytes = peak()


def forget_peak() -> None:
    """Let the process's peak of memory count from here, where the system can."""
    # Linux resets a process's peak on request; elsewhere the peak of the whole run is told.
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak() -> int:
    """Return the most memory that the process has held, in megabytes."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
