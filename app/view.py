"""What a page needs of the graph: rows of named queries, names and addresses of things."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app
from flask_babel import gettext as _
from pyoxigraph import NamedNode

from app import languages
from app.addresses import page_of
from app.live import LiveGraph, LiveGraphs
from graph.store import Row
from loaders.regions import NUTS
from queries.labels import labels
from queries.library import load_library, run
from queries.results import Result


class NoReleaseError(Exception):
    """Nothing was published yet; the message tells what to do."""


class View:
    """One page's view of the graph. Names are fetched once, for all things shown so far."""

    def __init__(self, graph: LiveGraph, language: str) -> None:
        self.graph = graph
        self.language = language
        self._labels: dict[str, str] = {}
        self._pending: dict[str, None] = {}

    def ask(self, name: str, **values: str | Sequence[str]) -> list[Row]:
        """Return the rows of a query of the library."""
        return list(self.result(name, values).rows)

    def result(self, name: str, values: dict[str, str | Sequence[str]]) -> Result:
        """Return the result of a query of the library."""
        result = run(self.graph.store, load_library().get(name), values)
        for row in result.rows:
            for term in row.values():
                if isinstance(term, NamedNode):
                    self._pending.setdefault(term.value)
        return result

    def label(self, iri: str) -> str:
        """Return a thing's name in the reader's language, or the last part of its address."""
        if iri not in self._labels:
            self._pending.setdefault(iri)
            wanted = [item for item in self._pending if item not in self._labels]
            found = labels(self.graph.store, wanted, self.language)
            self._labels.update({item: found.get(item) or _last_part(item) for item in wanted})
            self._pending.clear()
        return self._labels[iri]

    def region(self, code: str) -> str:
        """Return the name of a region by its code in NUTS, "" if it is none that is known."""
        name = self.label(f"{NUTS}{code}") if code.isalnum() and code.isascii() else code
        return "" if name == code else name

    def url(self, iri: str) -> str:
        """Return the address of a thing's page here, or the thing's own address elsewhere."""
        return page_of(iri, self.graph.ids) or iri


def current_graph() -> LiveGraph:
    """Return the live release.

    Raises:
        NoReleaseError: there is none.
    """
    graphs = current_app.extensions["fitech"]
    assert isinstance(graphs, LiveGraphs)
    graph = graphs.current()
    if graph is None:
        raise NoReleaseError(
            _("Build one with `fitech build CONFIG.toml`, or the sample with `make demo`.")
        )
    return graph


def current_view() -> View:
    """Return a view of the live release in the reader's language."""
    return View(current_graph(), languages.current())


def _last_part(iri: str) -> str:
    return iri.rstrip("/#").rsplit("/", 1)[-1].rsplit("#", 1)[-1] or iri
