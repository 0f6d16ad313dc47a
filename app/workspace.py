"""Where a build keeps its things, and which settings its steps share.

`fitech build` writes the settings it used into the data directory; the single steps
(`link`, `derive`, `check`, `publish`) use them unless a configuration is named.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from graph.identifiers import Identifiers

from app.config import BuildConfig


class WorkspaceError(Exception):
    """The data directory is not in the state that the step needs."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A data directory."""

    path: Path

    @property
    def staged(self) -> Path:
        """Folder of the staged sources, one folder each."""
        return self.path / "staged"

    @property
    def next(self) -> Path:
        """The release that is being built."""
        return self.path / "next"

    @property
    def settings_file(self) -> Path:
        """The settings of the last build."""
        return self.path / "settings.json"

    def remember(self, config: BuildConfig) -> None:
        """Keep the settings of a build for the steps that follow it."""
        self.path.mkdir(parents=True, exist_ok=True)
        data = {
            "title": config.title,
            "base": config.ids.base,
            "linker": config.linker,
            "threshold": config.threshold,
            "keep": config.keep,
        }
        self.settings_file.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")

    def settings(self) -> BuildConfig:
        """Return the settings of the last build, or the defaults in a new directory."""
        if not self.settings_file.exists():
            return BuildConfig(title="FITech Graph", ids=Identifiers())
        try:
            data = json.loads(self.settings_file.read_text(encoding="utf-8"))
            return BuildConfig(
                title=str(data["title"]),
                ids=Identifiers(str(data["base"])),
                linker=str(data["linker"]),
                threshold=float(data["threshold"]),
                keep=int(data["keep"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise WorkspaceError(
                f"{self.settings_file} cannot be read ({error}); delete it or name a "
                "configuration with --config."
            ) from None
