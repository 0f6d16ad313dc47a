"""Measure every question of the library on the live release of a data directory.

Usage: python benchmarks/questions.py DATA_DIR
Parameters come from the examples; a question without an example takes the first thing that fits.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from app.answers import live_store
from app.workspace import Workspace
from ontology import terms as t
from queries.library import QueryError, load_library, run

RUNS = 7
CLASSES = {"course": t.COURSE, "person": t.PERSON, "organisation": t.ORGANISATION}


def main(data_dir: str) -> None:
    """Print a table of medians."""
    library = load_library()
    with live_store(Workspace(Path(data_dir))) as store:
        first = {
            name: run(store, library.get("things-of-class"), {"class": cls}).value(0, "thing") or ""
            for name, cls in CLASSES.items()
        }
        example = dict(library.get("experts-on-skill").example)
        print(f"{'question':40}{'rows':>6}{'median ms':>11}{'slowest ms':>12}")
        for name in library.names():
            query = library.get(name)
            given = dict(query.example) or {
                p.name: first.get(p.name) or example.get(p.name, "")
                for p in query.parameters
                if p.required
            }
            times = []
            try:
                for _ in range(RUNS):
                    started = time.perf_counter()
                    rows = len(run(store, query, given).rows)
                    times.append(1000 * (time.perf_counter() - started))
            except QueryError as error:
                print(f"{name:40} not run: {error}")
                continue
            print(f"{name:40}{rows:6}{statistics.median(times):11.1f}{max(times):12.1f}")


if __name__ == "__main__":
    main(sys.argv[1])
