"""Memory does not grow with the file: ten times the records, about the same peak."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loaders.bad_input.table import SOURCES

SMALL, LARGE = 4_000_000, 40_000_000
GROWTH = 40_000_000
"""Bytes by which the peak may grow: the keys of the records, and what the parsers keep."""
MEASURE = """
import json, resource, sys
from pathlib import Path
from graph.identifiers import Identifiers
from loaders.staging.source import SourceSpec, stage
if __name__ == "__main__":
    loader, path, staged = sys.argv[1:]
    report = stage(SourceSpec("s", loader, (Path(path),)), Path(staged), Identifiers())
    peaks = [resource.getrusage(who).ru_maxrss * 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"peaks": peaks, "loaded": report.loaded}))
"""


def records(name: str, size: int) -> Iterator[str]:
    """Yield records of a row under new names, and with a long text, until they have that size."""
    source = SOURCES[name]
    number = done = 0
    while done < size:
        text = (
            source.parts[0].replace('0"', f'{number}00"')
            if source.family == "json"
            else source.parts[0]
        )
        text = text.replace("zeppelin0", f"zeppelin{number} " + "long word " * 1500)
        text = (
            text.replace("/W0", f"/W{number}")
            .replace("w0", f"w{number}")
            .replace("10024/0", f"10024/{number}")
        )
        text = text.replace("CUR-0", f"CUR-{number}").replace("A1110", f"A{number:04}")
        yield text
        number, done = number + 1, done + len(text)


def peaks(tmp_path: Path, name: str, size: int) -> tuple[list[int], int]:
    source = SOURCES[name]
    path = tmp_path / f"{size}-{source.name}"
    with path.open("w", encoding="utf-8") as out:
        out.write(source.head)
        for number, text in enumerate(records(name, size)):
            out.write((source.between if number else "") + text)
        out.write(source.tail)
    script = tmp_path / "measure.py"
    script.write_text(MEASURE)
    command = [sys.executable, str(script), source.loader, str(path), str(tmp_path / f"staged-{size}")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    found = json.loads(done.stdout)
    return found["peaks"], found["loaded"]


@pytest.mark.parametrize("name", ["aalto-json_array", "openalex-json_lines", "oai-xml-oai_dc"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str) -> None:
    small, few = peaks(tmp_path, name, SMALL)
    large, many = peaks(tmp_path, name, LARGE)
    assert many > 8 * few > 0
    for before, after in zip(small, large, strict=True):
        assert after - before < GROWTH
