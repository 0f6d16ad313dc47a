"""The embedded store: pyoxigraph in this process, on disk or in memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from graph.bulk import load_in_parts
from graph.store import QueryRefusedError, RawResult, Row, StoreError
from graph.templates import count_triples

RESULT_FORMATS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
RDF_FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


class EmbeddedStore:
    """A pyoxigraph store behind the `GraphStore` protocol.

    Args:
        path: folder of the store; None keeps it in memory.
        read_only: open without the writer's lock. Nobody may write to the folder meanwhile.

    Raises:
        StoreError: the folder cannot be opened, for example because another process writes to it.
    """

    def __init__(self, path: Path | None = None, *, read_only: bool = False) -> None:
        self._threads = 1 if path is None else min(os.cpu_count() or 1, 4)
        try:
            if path is None:
                self._store = Store()
            elif read_only:
                self._store = Store.read_only(str(path))
            else:
                path.mkdir(parents=True, exist_ok=True)
                self._store = Store(str(path))
        except OSError as error:
            hint = " Another process is writing to it." if "lock" in str(error).lower() else ""
            raise StoreError(f"The store {path} cannot be opened: {error}.{hint}") from None

    @property
    def engine(self) -> Store:
        """The pyoxigraph store itself, for tools that take one (SHACL validation)."""
        return self._store

    def _query(self, query: str) -> QuerySolutions | QueryBoolean | QueryTriples:
        try:
            return self._store.query(query, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise QueryRefusedError(f"The query is not valid SPARQL: {error}") from None
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(f"The query failed: {error}") from None

    def select(self, query: str) -> list[Row]:
        """Run a SELECT query and return its rows in order."""
        result = self._query(query)
        if not isinstance(result, QuerySolutions):
            raise QueryRefusedError("A SELECT query was expected.")
        names = [variable.value for variable in result.variables]
        return [
            {name: term for name in names if (term := solution[name]) is not None}
            for solution in result
        ]

    def ask(self, query: str) -> bool:
        """Run an ASK query."""
        result = self._query(query)
        if not isinstance(result, QueryBoolean):
            raise QueryRefusedError("An ASK query was expected.")
        return bool(result)

    def construct(self, query: str) -> Iterator[Triple]:
        """Run a CONSTRUCT or DESCRIBE query; triples come as the engine finds them."""
        result = self._query(query)
        if not isinstance(result, QueryTriples):
            raise QueryRefusedError("A CONSTRUCT or DESCRIBE query was expected.")
        return iter(result)

    def raw(self, query: str, accept: str) -> RawResult:
        """Run any query and return the engine's own serialisation."""
        result = self._query(query)
        formats = RDF_FORMATS if isinstance(result, QueryTriples) else RESULT_FORMATS
        if accept not in formats:
            raise QueryRefusedError(
                f"This kind of query cannot be answered as {accept}; it can be as {', '.join(formats)}."
            )
        body = result.serialize(format=formats[accept])  # type: ignore[arg-type]
        return RawResult(body or b"", accept)

    def graphs(self) -> list[str]:
        """IRIs of the named graphs, sorted."""
        return sorted(name.value for name in self._store.named_graphs() if isinstance(name, NamedNode))

    def count(self, graph: str | None = None) -> int:
        """Triples in one named graph, or in all of them together."""
        return count_triples(self, graph)

    def replace_graph(self, graph: str, triples: Iterable[Triple]) -> int:
        """Replace everything in a named graph; return the number of triples now in it.

        The triples go through a temporary file: they may be a query over this very store, are all
        read before the former content goes, and never stand in memory together.
        """
        with tempfile.TemporaryFile() as spool:
            serialize(triples, spool, RdfFormat.N_TRIPLES)
            spool.seek(0)
            self.drop_graph(graph)
            self.load_graph(graph, spool, RdfFormat.N_TRIPLES)
        return self.count(graph)

    def load_graph(self, graph: str, source: IO[bytes], rdf_format: RdfFormat) -> None:
        """Stream a serialised file into a named graph, adding to what is there.

        Raises:
            StoreError: the file is damaged; a part of it may be in the graph.
        """
        name = NamedNode(graph)

        def load(data: bytes | IO[bytes]) -> None:
            self._store.bulk_load(data, rdf_format, to_graph=name)

        try:
            if rdf_format == RdfFormat.N_TRIPLES and self._threads > 1:
                load_in_parts(load, source, self._threads)
            else:
                load(source)
        except SyntaxError as error:
            raise StoreError(f"The data for {graph} are not valid RDF: {error}") from None

    def drop_graph(self, graph: str) -> None:
        """Remove a named graph; one that does not exist is no error."""
        self._store.remove_graph(NamedNode(graph))

    def export(self, graph: str, target: IO[bytes], rdf_format: RdfFormat) -> None:
        """Write one named graph to a file."""
        self._store.dump(target, rdf_format, from_graph=NamedNode(graph))

    def flush(self) -> None:
        """Write everything to disk."""
        self._store.flush()

    def optimize(self) -> None:
        """Compact the files for reading; done once before a release is published."""
        self._store.optimize()

    def close(self) -> None:
        """Let go of the files."""
        del self._store
