"""The query library: every question is one `.rq` file in the folder of its audience."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from pyoxigraph import Triple

from graph.store import GraphStore
from queries.binding import QueryError, bind_values
from queries.header import HeaderError, Query, parse_query
from queries.results import Result

AUDIENCES = ("expertise", "planning", "learning")
"""Folders of the questions that people ask, in the order in which they are shown."""
INTERNAL = ("data", "derive")
"""Folders of queries that pages and the build need."""

__all__ = ["AUDIENCES", "Library", "QueryError", "construct", "load_library", "run"]


class Library:
    """All queries by name."""

    def __init__(self, queries: Mapping[str, Query]) -> None:
        self._queries = dict(queries)

    def names(self, *audiences: str) -> list[str]:
        """Return the names of the queries of some audiences (default: those that people ask)."""
        wanted = audiences or AUDIENCES
        ordered = sorted(
            self._queries.values(),
            key=lambda q: (
                (wanted.index(q.audience), q.name) if q.audience in wanted else (len(wanted), q.name)
            ),
        )
        return [query.name for query in ordered if query.audience in wanted]

    def get(self, name: str) -> Query:
        """Return a query by name.

        Raises:
            QueryError: there is none.
        """
        if name not in self._queries:
            raise QueryError(f"There is no query {name!r}; there are {', '.join(self.names())}.")
        return self._queries[name]


@cache
def load_library() -> Library:
    """Read all query files that come with the program.

    Raises:
        HeaderError: a file's header is wrong, or two files have one name.
    """
    home = Path(str(files("queries")))
    found: dict[str, Query] = {}
    for audience in (*AUDIENCES, *INTERNAL):
        for path in sorted((home / audience).glob("*.rq")):
            if path.stem in found:
                raise HeaderError(f"Two query files are named {path.stem}.rq.")
            found[path.stem] = parse_query(path.stem, audience, path.read_text(encoding="utf-8"))
    return Library(found)


def derive_steps() -> list[Query]:
    """Return the queries that compute derived graphs, in the order of `derive/order.txt`."""
    text = (files("queries") / "derive" / "order.txt").read_text(encoding="utf-8")
    names = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    return [load_library().get(name) for name in names]


def run(
    store: GraphStore, query: Query, values: Mapping[str, str | Sequence[str]] | None = None
) -> Result:
    """Run a SELECT query of the library.

    Raises:
        QueryError: a parameter is unknown, missing or malformed.
        StoreError: the store failed.
    """
    return Result.of(store.select(bind_values(query, values or {})), query)


def construct(
    store: GraphStore, query: Query, values: Mapping[str, str | Sequence[str]] | None = None
) -> Iterator[Triple]:
    """Run a CONSTRUCT query of the library.

    Raises:
        QueryError: a parameter is unknown, missing or malformed.
        StoreError: the store failed.
    """
    return store.construct(bind_values(query, values or {}))
