"""The live release as the web application sees it; a new one is taken up between two requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from graph.releases import Release, Releases
from graph.sandbox import Limits, Sandbox
from queries.search import SearchIndex


@dataclass
class LiveGraph:
    """One open release."""

    release: Release
    store: EmbeddedStore
    sandbox: Sandbox

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """How the release was built."""
        return self.release.manifest()

    @property
    def title(self) -> str:
        """What the graph is called."""
        return str(self.manifest.get("title", "FITech Graph"))

    @property
    def ids(self) -> Identifiers:
        """The base of the graph's own addresses."""
        return Identifiers(str(self.manifest["base"]))

    def search(self) -> SearchIndex:
        """Open the search index; the caller closes it."""
        return SearchIndex(self.release.search)


class LiveGraphs:
    """Keeps the live release open and follows the switch to a new one; safe for many threads."""

    def __init__(self, place: Workspace, limits: Limits, workers: int) -> None:
        self._releases = Releases(place.path)
        self._limits = limits
        self._workers = workers
        self._lock = threading.Lock()
        self._open: LiveGraph | None = None

    def current(self) -> LiveGraph | None:
        """Return the live release, or None before the first one.

        Requests that still read the former release keep it until they are done.
        """
        release = self._releases.live()
        with self._lock:
            if release is None:
                return None
            if self._open is None or self._open.release != release:
                former = self._open
                self._open = LiveGraph(
                    release,
                    EmbeddedStore(release.store, read_only=True),
                    Sandbox(release.store, self._limits, workers=self._workers),
                )
                if former is not None:
                    former.sandbox.close()
            return self._open
