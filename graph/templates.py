"""The few queries that the graph layer itself needs, kept as `.rq` files in `graph/sparql`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pyoxigraph import NamedNode

from graph.binding import bind
from graph.store import GraphStore


@cache
def template(name: str) -> str:
    """Return the text of `graph/sparql/<name>.rq`."""
    return (files("graph") / "sparql" / f"{name}.rq").read_text(encoding="utf-8")


def count_triples(store: GraphStore, graph: str | None) -> int:
    """Count the triples of one named graph, or of all together."""
    query = template("count-all")
    if graph is not None:
        query = bind(template("count-graph"), {"graph": [NamedNode(graph)]})
    (row,) = store.select(query)
    return int(row["triples"].value)
