"""Measure a whole build of a configuration, in a directory that is thrown away.

Usage: python benchmarks/build.py CONFIG.toml
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from app.config import read_config
from app.pipeline.build import build
from app.progress import silent
from app.workspace import Workspace
from graph.releases import Releases


def main(config_path: str) -> None:
    """Build and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        place = Workspace(Path(folder))
        started = time.monotonic()
        result = build(place, read_config(Path(config_path)), silent)
        whole = time.monotonic() - started
        release = Releases(place.path).live()
        if release is None:
            sys.exit(result.summary())
        manifest = release.manifest()
        print(f"{'step':24}{'seconds':>9}{'peak MB':>9}")
        for name, cost in place.load_costs().items():
            print(f"{'load ' + name:24}{cost['seconds']:9.1f}{cost['megabytes']:9.0f}")
        for name, cost in manifest["steps"].items():
            print(f"{name:24}{cost['seconds']:9.1f}{cost['peak_megabytes']:9.0f}")
        print(f"{'all':24}{whole:9.1f}\n")
        for graph, count in sorted(manifest["graphs"].items()):
            print(f"{count:>10,}  {graph}")
        link = manifest["steps"]["link"]
        links, strong, subjects = link["links"], link["strong"], link["subjects"]
        print(f"\n{links:,} links, {strong:,} of them count, over {subjects:,} texts")
        size = sum(path.stat().st_size for path in release.path.rglob("*") if path.is_file())
        print(f"{size / 1e6:,.0f} MB on disk")


if __name__ == "__main__":
    main(sys.argv[1])
