"""Convert the same CSV with the same mapping by FITech Graph and by morph-kgc, in one run.

    python benchmarks/morph_kgc.py [--rows 100000] [--runs 3] [--environment DIR]

morph-kgc pins an old pyoxigraph, so it gets a virtual environment of its own (made in DIR, default a
temporary folder). Both are timed as whole processes from the file to N-Triples on disk, each in turn and
both with all cores; what FITech Graph writes besides (report, rejected records, fingerprints,
completeness) is in its time. The numbers of triples are compared: seven for each row.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

MAPPING = Path(__file__).with_name("morph_kgc_mapping.ttl")
VERSION = "2.10.0"


def main() -> None:
    """Run both and print records per second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--environment", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = _environment(given.environment or folder / "morph")
        _write_rows(folder / "needs.csv", given.rows)
        (folder / "config.ini").write_text(
            f"[CONFIGURATION]\noutput_format=N-TRIPLES\noutput_file={folder}/out.nt\n"
            f"number_of_processes={os.cpu_count()}\n[needs]\nmappings={folder}/mapping.ttl\n"
        )
        (folder / "mapping.ttl").write_text(
            MAPPING.read_text(encoding="utf-8").replace("needs.csv", f"{folder}/needs.csv")
        )
        theirs, ours = [], []
        for run in range(given.runs):  # in turns, so that both meet the same machine
            theirs.append(_cost([str(python), "-m", "morph_kgc", str(folder / "config.ini")]))
            # A first load, as theirs is: a second one would compare itself with the one before, too.
            data = folder / f"data-{run}"
            ours.append(
                _cost([sys.executable, "-m", "app.cli", "--data-dir", str(data),
                       "load", "needs", str(folder / "needs.csv")])
            )  # fmt: skip
        with (folder / "out.nt").open("rb") as lines:
            their_triples = sum(1 for _ in lines)
        with gzip.open(data / "staged" / "needs" / "triples.nt.gz") as lines:
            our_triples = sum(1 for _ in lines)
    assert their_triples == our_triples == 7 * given.rows, (their_triples, our_triples)
    print("| | seconds (min, median, max) | processor s (median) | records/s (median) |")
    print("|---|---|---|---|")
    for title, costs in ((f"morph-kgc {VERSION}", theirs), ("FITech Graph", ours)):
        wall, busy = sorted(wall for wall, _ in costs), statistics.median(busy for _, busy in costs)
        middle = statistics.median(wall)
        print(
            f"| {title} | {wall[0]:.2f}, {middle:.2f}, {wall[-1]:.2f} | {busy:.2f} "
            f"| {given.rows / middle:,.0f} |"
        )
    for word, place in (("as many records a second", 0), ("as many records per processor second", 1)):
        ratio = statistics.median(x[place] for x in theirs) / statistics.median(x[place] for x in ours)
        print(f"{ratio:.1f} times {word}.")


def _environment(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"morph-kgc=={VERSION}"], check=True)
    return python


def _write_rows(path: Path, number: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["concept_uri", "region", "period", "number", "unit", "source"])
        for row in range(number):
            skill = f"http://data.europa.eu/esco/skill/{row % 13_000:08x}-0000-4000-8000-000000000000"
            writer.writerow(
                [
                    skill,
                    f"FI1{row // 13_000:03}",
                    f"2026-{1 + row % 12:02}",
                    row % 97,
                    "openings",
                    "Survey",
                ]
            )


def _cost(command: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds by the clock and of processors, its children's with it."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
