"""Time N course and publication records from a file to a published named graph.

    python benchmarks/load.py [--records 100000] [--courses FILE] [--works FILE]

The records are those of the files (default: the sample's), repeated under new identifiers and codes until
there are N. Staging and the loading of the store are timed apart; the graph is on disk at the end.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat

from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from loaders.measure import measured
from loaders.staging.packing import unpacked
from loaders.staging.source import SourceSpec, stage
from loaders.staging.staged_files import TRIPLES

SAMPLE = Path(__file__).resolve().parent.parent / "sample"


def main() -> None:
    """Write the files, load them, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--courses", type=Path, default=SAMPLE / "courses" / "aalto-realisations.json")
    parser.add_argument("--works", type=Path, default=SAMPLE / "research" / "works.jsonl")
    given = parser.parse_args()
    print(
        "| records | loader | MB | read and written, s | MB peak | into the store, s | triples | all, s | processor s | records/s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for loader, path, renew in (
            ("aalto", given.courses, _new_course),
            ("openalex", given.works, _new_work),
        ):
            file = Path(folder) / f"{loader}.jsonl"
            _write(file, path, given.records, renew)
            _time(loader, file, Path(folder))


def _write(
    file: Path, source: Path, number: int, renew: Callable[[dict[str, Any], int], dict[str, Any]]
) -> None:
    with file.open("w", encoding="utf-8") as out:
        for place, record in enumerate(islice(cycle(_records(source)), number)):
            out.write(json.dumps(renew(record, place), ensure_ascii=False) + "\n")


def _records(path: Path) -> list[dict[str, Any]]:
    text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
    return (
        json.loads(text)
        if text.lstrip().startswith("[")
        else [json.loads(x) for x in text.splitlines()]
    )


def _new_course(record: dict[str, Any], place: int) -> dict[str, Any]:
    return {**record, "id": f"aalto-CUR-{place}", "code": f"{record['code']}-{place}"}


def _new_work(record: dict[str, Any], place: int) -> dict[str, Any]:
    return {
        **record,
        "id": f"https://openalex.org/W{9_000_000_000 + place}",
        "doi": f"10.5555/bench.{place}",
    }


def _processor_seconds() -> float:
    """Return what this process and its children that have ended took."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _time(loader: str, file: Path, folder: Path) -> None:
    ids, staged, store_path = Identifiers(), folder / "staged", folder / f"store-{loader}"
    before = _processor_seconds()
    with measured() as reading:
        report = stage(SourceSpec(loader, loader, (file,)), staged, ids)
    started = time.monotonic()
    store = EmbeddedStore(store_path)
    graph = ids.graph(f"source/{loader}")
    with unpacked(staged / loader / TRIPLES) as lines:
        store.load_graph(graph, lines, RdfFormat.N_TRIPLES)
    store.flush()
    loading = time.monotonic() - started
    busy = _processor_seconds() - before
    count = store.count(graph)
    store.close()
    shutil.rmtree(store_path)
    total = reading.seconds + loading
    print(
        f"| {report.records_in:,} | {loader} | {file.stat().st_size / 1e6:,.0f} | {reading.seconds:.1f} "
        f"| {reading.peak_megabytes} | {loading:.1f} | {count:,} | {total:.1f} | {busy:.1f} | {report.records_in / total:,.0f} |"
    )
    assert report.records_in == report.loaded + sum(report.skipped.values()) + report.rejected


if __name__ == "__main__":
    main()
