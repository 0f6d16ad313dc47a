"""Answers for the command line: named queries as table, JSON or CSV, and free SPARQL."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from app.workspace import Workspace, WorkspaceError
from graph.embedded import RDF_FORMATS, RESULT_FORMATS, EmbeddedStore
from graph.guard import query_form
from graph.releases import Releases
from graph.store import QueryRefusedError
from ontology import terms as t
from queries.labels import labels, things_in
from queries.library import AUDIENCES, load_library, run
from queries.results import Result

FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
}
"""Name of a format → its media type."""
_WIDEST = 60


@contextmanager
def live_store(place: Workspace) -> Iterator[EmbeddedStore]:
    """Open the live release for reading.

    Raises:
        WorkspaceError: there is none.
    """
    release = Releases(place.path).live()
    if release is None:
        raise WorkspaceError(
            f"There is no release in {place.path} yet. Run `fitech build CONFIG.toml` first."
        )
    store = EmbeddedStore(release.store, read_only=True)
    try:
        yield store
    finally:
        store.close()


def list_queries() -> str:
    """Return the names and titles of the queries, by audience."""
    library = load_library()
    lines: list[str] = []
    for audience in AUDIENCES:
        lines.append(f"{audience}:")
        lines += [f"  {name:34} {library.get(name).title['en']}" for name in library.names(audience)]
    lines.append("`fitech query NAME help` tells the parameters of a query.")
    return "\n".join(lines)


def describe_query(name: str) -> str:
    """Return what a query asks and with which parameters.

    Raises:
        QueryError: there is no such query.
    """
    query = load_library().get(name)
    lines = [query.title["en"], query.description["en"], ""]
    for parameter in query.parameters:
        lines.append(f"  {parameter.name}: {parameter.describe()}. {parameter.help.get('en', '')}")
    if query.example:
        values = " ".join(f"{key}={value}" for key, vs in query.example.items() for value in vs)
        lines.append(f"\nExample: fitech query {name} {values}")
    return "\n".join(lines)


def run_named(
    place: Workspace, name: str, given: Mapping[str, Sequence[str]], output: str, language: str = "en"
) -> str:
    """Run a query of the library on the live release.

    Args:
        place: the data directory.
        name: the query.
        given: texts by parameter.
        output: `table`, `json` or `csv`.
        language: in which things are named.

    Raises:
        QueryError: the query or a parameter is wrong.
        WorkspaceError: there is no release.
    """
    query = load_library().get(name)
    with live_store(place) as store:
        result = run(store, query, given)
        names = labels(store, things_in(result.rows), language)
    return WRITERS[output](result, names)


def to_table(result: Result, names: Mapping[str, str]) -> str:
    """Return rows as aligned text; things by their names."""
    head = list(result.columns)
    cells = [
        [_short(names.get(text, text)) if (text := _rounded(result, n, c)) else "" for c in head]
        for n in range(len(result.rows))
    ]
    widths = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
    rows = [head, ["-" * width for width in widths], *cells]
    lines = ["  ".join(text.ljust(w) for text, w in zip(row, widths, strict=True)) for row in rows]
    count = len(result.rows)
    lines.append(f"({count} row{'' if count == 1 else 's'})")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def to_json(result: Result, names: Mapping[str, str]) -> str:
    """Return rows as JSON objects; a thing has its IRI, and its name beside it."""
    rows = []
    for row in result.rows:
        item: dict[str, str] = {}
        for column in result.columns:
            if (term := row.get(column)) is not None:
                item[column] = term.value
                if isinstance(term, NamedNode) and term.value in names:
                    item[f"{column}Label"] = names[term.value]
        rows.append(item)
    return json.dumps({"columns": result.columns, "rows": rows}, ensure_ascii=False, indent=2) + "\n"


def to_csv(result: Result, names: Mapping[str, str]) -> str:
    """Return rows as CSV with a header; columns of things are followed by their names."""
    things = {
        column
        for column in result.columns
        if any(isinstance(row.get(column), NamedNode) for row in result.rows)
    }
    head = [
        name
        for column in result.columns
        for name in ((column, f"{column}Label") if column in things else (column,))
    ]
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(head)
    for number in range(len(result.rows)):
        cells: list[str] = []
        for column in result.columns:
            text = result.value(number, column) or ""
            cells += [text, names.get(text, "")] if column in things else [text]
        writer.writerow(cells)
    return target.getvalue()


WRITERS = {"table": to_table, "json": to_json, "csv": to_csv}


def run_sparql(place: Workspace, query: str, output: str | None) -> bytes:
    """Run a reading SPARQL query on the live release.

    Raises:
        QueryRefusedError: the query or the format is wrong.
        WorkspaceError: there is no release.
    """
    graph_form = query_form(query) in {"CONSTRUCT", "DESCRIBE"}
    name = output or ("turtle" if graph_form else "json")
    if name not in FORMATS:
        raise QueryRefusedError(f"There is no format {name!r}; there are {', '.join(FORMATS)}.")
    media_type = FORMATS[name]
    if media_type not in (RDF_FORMATS if graph_form else RESULT_FORMATS):
        fitting = [key for key, value in FORMATS.items() if (value in RDF_FORMATS) == graph_form]
        raise QueryRefusedError(
            f"This kind of query has no answer as {name}; it has as {', '.join(fitting)}."
        )
    with live_store(place) as store:
        return store.raw(query, media_type).body


def _rounded(result: Result, row: int, column: str) -> str | None:
    """Return a cell's text, decimals with three places: a table is for eyes, JSON and CSV are exact."""
    term = result.rows[row].get(column)
    if isinstance(term, Literal) and term.datatype.value == f"{t.XSD}decimal":
        return f"{Decimal(term.value):.3f}".rstrip("0").rstrip(".")
    return result.value(row, column)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WIDEST else flat[: _WIDEST - 1] + "…"
