"""Measure linking: processor time, memory and rate for all staged texts, and what a second run costs.

Usage: python benchmarks/linking_scale.py DATA_DIR [--linker hybrid] [--workers 2] [--limit N] [--again]

DATA_DIR holds staged sources (`fitech load`). Its links are left alone: the work is done in a folder that
is thrown away. Vectors come from the cache; set FITECH_CACHE to a new folder to measure without it.
Memory is what the program and its workers take together at one time (proportional set size: pages that
several processes share count once), looked at every second.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from app.pipeline.assemble import assemble
from app.pipeline.link_changed import link_changed
from app.pipeline.steps import next_store
from app.pipeline.subjects import read_subjects, subject_kinds
from app.progress import silent
from app.workspace import Workspace
from loaders.linking.pieces import pieces_of


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--linker", default="hybrid")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int, help="Only so many texts.")
    parser.add_argument("--again", action="store_true", help="Measure a second run, too.")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Workspace(Path(folder))
        (place.path / "staged").symlink_to((wish.data_dir / "staged").resolve())
        config = replace(place.settings(), linker=wish.linker, link_workers=wish.workers)
        assemble(place, config, silent)
        with next_store(place, "link") as store:
            kinds = dict(list(subject_kinds(store).items())[: wish.limit])
            sentences = [
                (piece.language, piece.text)
                for each in read_subjects(store, list(kinds.items()))
                for subject in each
                for piece in pieces_of(subject)
            ]
            print(f"{len(kinds):,} texts, {len(sentences):,} sentences, {len(set(sentences)):,} distinct, "
                  f"{sum(len(text) for _, text in set(sentences)) / len(set(sentences)):.0f} characters each")  # fmt: skip
            for run in ("first run", "second run")[: 1 + wish.again]:
                began, used = time.monotonic(), cpu()
                with Memory() as memory, link_changed(place, store, config, kinds, silent) as found:
                    links = list(found.links())
                seconds, used = time.monotonic() - began, cpu() - used
                strong = sum(link.confidence >= config.threshold for link in links)
                print(f"{run}: {found.anew:,} linked anew, {found.taken:,} taken over; {used:.0f} s of "
                      f"processor time, {seconds:.0f} s; {memory.peak:.0f} MB; {len(links):,} links, "
                      f"{strong / len(kinds):.2f} a text with {config.threshold:g} or more")  # fmt: skip
                if found.anew:
                    print(f"  {used / found.anew * 1e3:.0f} ms a text, {used / len(set(sentences)) * 1e3:.1f} ms "
                          f"a sentence; a million such texts: {used / found.anew * 1e6 / 3600:.0f} core hours")  # fmt: skip


def cpu() -> float:
    """Return seconds of processor time of this process and of the children that ended."""
    each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in each)


class Memory:
    """The most that this process and its children took together."""

    def __enter__(self) -> Memory:
        """Begin to look."""
        self.peak = 0.0
        self._stop = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no longer."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(1.0):
            family, size = [os.getpid()], 0.0
            for process in family:
                try:
                    size += _size(process)
                    family += map(
                        int, Path(f"/proc/{process}/task/{process}/children").read_text().split()
                    )
                except (OSError, StopIteration):
                    continue
            self.peak = max(self.peak, size)


def _size(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024


if __name__ == "__main__":
    main()
