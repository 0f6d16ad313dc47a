"""Where a build keeps its things, and which settings its steps share.

`fitech build` writes the settings it used into the data directory; the single steps
(`link`, `derive`, `check`, `publish`) use them unless a configuration is named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.config import BuildConfig
from graph.identifiers import Identifiers
from graph.store import RemoteEndpoints


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
    def harvest(self) -> Path:
        """Folder of what was fetched over HTTP, one folder per source."""
        return self.path / "harvest"

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
        data = {
            "title": config.title,
            "base": config.ids.base,
            "linker": config.linker,
            "threshold": config.threshold,
            "link_workers": config.link_workers,
            "link_dask": config.link_dask,
            "keep": config.keep,
            "remote": asdict(config.remote) if config.remote else None,
            "sources": [source.name for source in config.sources],
            "identity": str(config.identity_decisions.resolve()) if config.identity_decisions else None,
        }
        self._write(data)

    def note_source(self, name: str, cost: Mapping[str, float]) -> None:
        """Remember that a source belongs to the graph, and what its last load took."""
        data = self._read() or {}
        if data.get("sources") is not None and name not in data["sources"]:
            data["sources"].append(name)
        data.setdefault("loads", {})[name] = dict(cost)
        self._write(data)

    def source_names(self) -> list[str] | None:
        """Return the sources of the last build and those loaded since; None means all staged."""
        names = (self._read() or {}).get("sources")
        return list(names) if names is not None else None

    def load_costs(self) -> dict[str, dict[str, float]]:
        """Return seconds and megabytes of each source's last load."""
        costs: dict[str, dict[str, float]] = (self._read() or {}).get("loads", {})
        return costs

    def _read(self) -> dict[str, Any] | None:
        if not self.settings_file.exists():
            return None
        try:
            data = json.loads(self.settings_file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise WorkspaceError(
                f"{self.settings_file} cannot be read ({error}); delete it or name a "
                "configuration with --config."
            ) from None
        return data if isinstance(data, dict) else None

    def _write(self, data: Mapping[str, Any]) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        aside = self.settings_file.with_suffix(".new")
        aside.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        aside.replace(self.settings_file)

    def settings(self) -> BuildConfig:
        """Return the settings of the last build, or the defaults in a new directory."""
        data = self._read() or {}
        default = BuildConfig(title="FITech Graph", ids=Identifiers())
        remote, decisions = data.get("remote"), data.get("identity")
        return BuildConfig(
            title=data.get("title", default.title),
            ids=Identifiers(data.get("base", default.ids.base)),
            linker=data.get("linker", default.linker),
            threshold=data.get("threshold", default.threshold),
            link_workers=data.get("link_workers", default.link_workers),
            link_dask=data.get("link_dask", default.link_dask),
            keep=data.get("keep", default.keep),
            remote=RemoteEndpoints(**remote) if remote else None,
            identity_decisions=Path(decisions) if decisions else None,
        )
