"""The manifest of a release: how it was built, what each step took, what it holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from loaders.measure import Measure


class Manifest:
    """The `manifest.json` of a release that is being built."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "manifest.json"
        self.data: dict[str, Any] = {"steps": {}, "graphs": {}, "sources": []}
        if self._path.exists():
            self.data = json.loads(self._path.read_text(encoding="utf-8"))

    def step(self, name: str, measure: Measure, **facts: object) -> None:
        """Note that a step is done, and what it found."""
        self.data["steps"][name] = {**asdict(measure), **facts}
        self.save()

    def has(self, name: str) -> bool:
        """Whether a step is done."""
        return name in self.data["steps"]

    def save(self) -> None:
        """Write the file."""
        text = json.dumps(self.data, ensure_ascii=False, indent=2)
        self._path.write_text(text + "\n", encoding="utf-8")
