"""The upgrade of ESCO that a data directory has gone through, and what it means for a build."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.workspace import Workspace, WorkspaceError
from loaders.skills.esco_versions.former import MAPPING_NAME
from loaders.skills.esco_versions.mapping import EscoMapping, MappingError

STATE_NAME = "esco-upgrade.json"
FORMER_SOURCE = "esco-former"
"""The source with what stays of former versions."""
ESCO_LOADERS = ("esco", "esco-rdf", "esco-api", "esco-former")


@dataclass(frozen=True, slots=True)
class UpgradeState:
    """What the last applied upgrade was made of."""

    source: str
    """Name of the staged source that holds ESCO."""
    old_number: str
    new_number: str
    old_files: list[dict[str, str]] = field(default_factory=list)
    """Name and SHA-256 of each file that the source had before."""
    new_files: list[dict[str, str]] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    """Threshold, digest of the decisions, whether the old version completes the new one."""

    @classmethod
    def load(cls, path: Path) -> UpgradeState | None:
        """Read the state; None if there was no upgrade.

        Raises:
            WorkspaceError: the file is damaged.
        """
        if not path.exists():
            return None
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise WorkspaceError(f"{path} is damaged ({error}); restore it from a backup.") from None

    def save(self, path: Path) -> None:
        """Write the state, all or nothing."""
        aside = path.with_name(f".{path.name}.new")
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        aside.write_text(text + "\n", encoding="utf-8")
        aside.replace(path)


def mapping_path(place: Workspace) -> Path:
    """Return where the mapping of retired concepts lies."""
    return place.path / MAPPING_NAME


def state_path(place: Workspace) -> Path:
    """Return where the state of the last upgrade lies."""
    return place.path / STATE_NAME


def kept_aside(path: Path) -> Path:
    """Return where the former state of a file or folder is kept; a dot hides it from the build."""
    return path.with_name(f".{path.name}.former")


def load_mapping(place: Workspace) -> EscoMapping:
    """Return the mapping of retired concepts of a data directory, empty if there is none.

    Raises:
        WorkspaceError: the file is damaged.
    """
    try:
        return EscoMapping.load(mapping_path(place))
    except MappingError as error:
        raise WorkspaceError(str(error)) from None


def mapping_in_force(place: Workspace, reports: Sequence[Mapping[str, Any]]) -> EscoMapping | None:
    """Return the mapping that a build has to follow, None if there is none.

    It is not in force while the staged ESCO is again the version from before the upgrade, for example
    because the configuration still names its files.

    Args:
        place: the data directory.
        reports: the reports of the staged sources.
    """
    state = UpgradeState.load(state_path(place))
    if state is None:
        return None
    staged = next((report for report in reports if report["source"] == state.source), None)
    if staged is None or staged["files"] == state.old_files:
        return None
    return load_mapping(place)


def not_in_force(place: Workspace, reports: Sequence[Mapping[str, Any]]) -> str:
    """Return a sentence for people if there was an upgrade that is not in force, else ""."""
    state = UpgradeState.load(state_path(place))
    if state is None or mapping_in_force(place, reports) is not None:
        return ""
    return (
        f"The upgrade of ESCO from {state.old_number} to {state.new_number} is not in force: the "
        f"source {state.source} holds the files from before. Name the new files in the configuration, "
        "or undo the upgrade with `fitech esco-upgrade --undo`."
    )
