"""The one interface through which everything reads and writes triples.

Two adapters implement it: `graph.embedded` (pyoxigraph) and `graph.remote` (any SPARQL 1.1
server). Terms are pyoxigraph's value types in both, so that callers never see the difference.
Queries run over the union of all named graphs; `GRAPH ?g { … }` names one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Protocol, runtime_checkable

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

Term = NamedNode | BlankNode | Literal
Row = Mapping[str, Term]
"""Variable name (without `?`) → term; an unbound variable is absent."""


@dataclass(frozen=True, slots=True)
class RemoteEndpoints:
    """Addresses of a SPARQL 1.1 server."""

    query: str
    update: str
    graph_store: str


class StoreError(Exception):
    """The store could not do what was asked; the message is a sentence for people."""


class QueryRefusedError(StoreError):
    """The query is malformed or asks for something that is not allowed."""


class QueryTimeoutError(StoreError):
    """The query ran longer than its limit and was stopped."""


@dataclass(frozen=True, slots=True)
class RawResult:
    """An answer as the engine serialised it."""

    body: bytes
    media_type: str


@runtime_checkable
class GraphStore(Protocol):
    """A set of named graphs that can be asked and whose graphs can be replaced whole."""

    def select(self, query: str) -> list[Row]:
        """Run a SELECT query and return its rows in order."""
        ...

    def ask(self, query: str) -> bool:
        """Run an ASK query."""
        ...

    def construct(self, query: str) -> Iterator[Triple]:
        """Run a CONSTRUCT or DESCRIBE query."""
        ...

    def raw(self, query: str, accept: str) -> RawResult:
        """Run any query and return the engine's own serialisation.

        `accept` is one media type: a SPARQL results type for SELECT and ASK, an RDF type for
        CONSTRUCT and DESCRIBE.
        """
        ...

    def graphs(self) -> list[str]:
        """IRIs of the named graphs, sorted."""
        ...

    def count(self, graph: str | None = None) -> int:
        """Triples in one named graph, or in all of them together."""
        ...

    def replace_graph(self, graph: str, triples: Iterable[Triple]) -> int:
        """Replace everything in a named graph; return the number of triples now in it."""
        ...

    def load_graph(self, graph: str, source: IO[bytes], rdf_format: RdfFormat) -> None:
        """Stream a serialised file into a named graph, adding to what is there."""
        ...

    def drop_graph(self, graph: str) -> None:
        """Remove a named graph; one that does not exist is no error."""
        ...

    def export(self, graph: str, target: IO[bytes], rdf_format: RdfFormat) -> None:
        """Write one named graph to a file."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
