"""A store behind HTTP: any server of SPARQL 1.1 Query, Update and the Graph Store Protocol.

Tried with Oxigraph Server; nothing here is particular to it. The server must answer queries over
the union of its named graphs (Oxigraph: `--union-default-graph`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
    serialize,
)
from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from graph.embedded import RDF_FORMATS, RESULT_FORMATS
from graph.guard import query_form
from graph.store import QueryRefusedError, RawResult, RemoteEndpoints, Row, StoreError
from graph.templates import count_triples, template

_JSON = "application/sparql-results+json"
_N_TRIPLES = "application/n-triples"


class RemoteStore:
    """A SPARQL 1.1 server behind the `GraphStore` protocol.

    Args:
        endpoints: where it takes queries, updates and whole graphs.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, endpoints: RemoteEndpoints, *, timeout: int = 300) -> None:
        self._endpoints = endpoints
        self._timeout = timeout

    def _ask_server(self, query: str, accept: str) -> bytes:
        wrapper = SPARQLWrapper(self._endpoints.query, self._endpoints.update)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.setTimeout(self._timeout)
        wrapper.addCustomHttpHeader("Accept", accept)
        wrapper.setQuery(query)
        try:
            body: bytes = wrapper.query().response.read()
        except QueryBadFormed as error:
            raise QueryRefusedError(
                f"{self._endpoints.query} does not accept the query: {_reason(error)}"
            ) from None
        except SPARQLWrapperException as error:
            raise StoreError(f"{self._endpoints.query} failed: {_reason(error)}") from None
        except (OSError, HTTPException) as error:
            raise StoreError(f"{self._endpoints.query} cannot be reached: {error}.") from None
        return body

    def select(self, query: str) -> list[Row]:
        """Run a SELECT query and return its rows in order."""
        result = self._parsed(query)
        if not isinstance(result, QuerySolutions):
            raise QueryRefusedError("A SELECT query was expected.")
        names = [variable.value for variable in result.variables]
        try:
            return [
                {name: term for name in names if (term := solution[name]) is not None}
                for solution in result
            ]
        except (SyntaxError, ValueError) as error:
            raise self._broken_off(error) from None

    def ask(self, query: str) -> bool:
        """Run an ASK query."""
        result = self._parsed(query)
        if not isinstance(result, QueryBoolean):
            raise QueryRefusedError("An ASK query was expected.")
        return bool(result)

    def _parsed(self, query: str) -> QuerySolutions | QueryBoolean:
        if query_form(query) not in {"SELECT", "ASK"}:
            raise QueryRefusedError("A SELECT or ASK query was expected.")
        try:
            return parse_query_results(self._ask_server(query, _JSON), QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise self._broken_off(error) from None

    def construct(self, query: str) -> Iterator[Triple]:
        """Run a CONSTRUCT or DESCRIBE query."""
        if query_form(query) not in {"CONSTRUCT", "DESCRIBE"}:
            raise QueryRefusedError("A CONSTRUCT or DESCRIBE query was expected.")
        body = self._ask_server(query, _N_TRIPLES)
        try:
            for quad in parse(body, RdfFormat.N_TRIPLES):
                yield Triple(quad.subject, quad.predicate, quad.object)
        except (SyntaxError, ValueError) as error:
            raise self._broken_off(error) from None

    def raw(self, query: str, accept: str) -> RawResult:
        """Run any query and return the server's own serialisation."""
        graph_form = query_form(query) in {"CONSTRUCT", "DESCRIBE"}
        formats = RDF_FORMATS if graph_form else RESULT_FORMATS
        if accept not in formats:
            raise QueryRefusedError(
                f"This kind of query cannot be answered as {accept}; it can be as {', '.join(formats)}."
            )
        return RawResult(self._ask_server(query, accept), accept)

    def graphs(self) -> list[str]:
        """IRIs of the named graphs, sorted."""
        return [row["graph"].value for row in self.select(template("list-graphs"))]

    def count(self, graph: str | None = None) -> int:
        """Triples in one named graph, or in all of them together."""
        return count_triples(self, graph)

    def replace_graph(self, graph: str, triples: Iterable[Triple]) -> int:
        """Replace everything in a named graph; the triples are all read before the server is told."""
        with tempfile.TemporaryFile() as spool:
            serialize(triples, spool, RdfFormat.N_TRIPLES)
            length = spool.tell()
            spool.seek(0)
            self._graph_store("PUT", graph, spool, RdfFormat.N_TRIPLES, length)
        return self.count(graph)

    def load_graph(self, graph: str, source: IO[bytes], rdf_format: RdfFormat) -> None:
        """Stream a serialised file into a named graph, adding to what is there."""
        self._graph_store("POST", graph, source, rdf_format)

    def drop_graph(self, graph: str) -> None:
        """Remove a named graph; one that does not exist is no error."""
        self._graph_store("DELETE", graph)

    def export(self, graph: str, target: IO[bytes], rdf_format: RdfFormat) -> None:
        """Write one named graph to a file."""
        target.write(self._graph_store("GET", graph, rdf_format=rdf_format))

    def close(self) -> None:
        """Nothing to let go of: every request has its own connection."""

    def _graph_store(
        self,
        method: str,
        graph: str,
        body: IO[bytes] | None = None,
        rdf_format: RdfFormat = RdfFormat.N_TRIPLES,
        length: int | None = None,
    ) -> bytes:
        """Send one request of the SPARQL 1.1 Graph Store HTTP Protocol."""
        address = f"{self._endpoints.graph_store}?{urlencode({'graph': graph})}"
        headers = {"Accept": rdf_format.media_type}
        if body is not None:
            headers["Content-Type"] = rdf_format.media_type
            if length is not None:
                headers["Content-Length"] = str(length)
        request = Request(address, data=body, headers=headers, method=method)  # noqa: S310
        try:
            # The address comes from the operator's configuration.
            with urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                return bytes(answer.read())
        except HTTPError as error:
            if error.code == 404 and method in {"DELETE", "GET"}:
                return b""
            told = error.read(500).decode("utf-8", "replace").strip()
            raise StoreError(f"{address} answered {error.code} to {method}: {told}") from None
        except (URLError, OSError, HTTPException) as error:
            raise StoreError(f"{address} cannot be reached: {error}.") from None

    def _broken_off(self, error: Exception) -> StoreError:
        return StoreError(
            f"{self._endpoints.query} sent an answer that breaks off or is malformed ({error}). "
            "The server may have stopped the query at its own time limit."
        )


def _reason(error: Exception) -> str:
    """SPARQLWrapper hides the server's words behind its own; return them in one line."""
    return " ".join(str(error).replace("\\n", " ").split())
