"""What people's decisions taught the linkers of a data directory, and whether it is in use."""

from __future__ import annotations

from typing import Any

from app.workspace import Workspace, WorkspaceError
from loaders.linking.learned import Learned, LearnedError, read_learned, weights_digest
from loaders.linking.whole import shipped_whole


def learned_weights(place: Workspace) -> dict[str, Learned]:
    """Return what was learned, for `get_linker`.

    Raises:
        WorkspaceError: the file is damaged.
    """
    try:
        return read_learned(place.path)
    except LearnedError as error:
        raise WorkspaceError(str(error)) from None


def learned_status(place: Workspace) -> list[dict[str, Any]]:
    """Return when each set of weights was learned, from how many judgements, and whether it counts."""
    return [
        {
            "weights": name,
            "date": each.date,
            "linker": each.about.get("linker", ""),
            "judgements": each.about.get("judgements", 0),
            "in_use": each.base == weights_digest(shipped_whole(name).weights),
        }
        for name, each in sorted(learned_weights(place).items())
    ]
