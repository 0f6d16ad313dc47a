"""What the steps for occupations and topics share: names in, links into a graph of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from pyoxigraph import Literal, Triple

from app.config import BuildConfig
from app.pipeline.steps import add_provenance
from graph.embedded import EmbeddedStore
from graph.mapping import to_triples
from graph.provenance import GraphInfo
from graph.records import ConceptLink
from loaders.linking.base import SkillLabel
from queries.library import load_library, run


def concept_labels(
    store: EmbeddedStore, query: str, values: Mapping[str, str | Sequence[str]] | None = None
) -> list[SkillLabel]:
    """Return the names that a query gives (`concept`, `label`, `kind`), in an order of their own."""
    found = [
        SkillLabel(row["concept"].value, label.value, label.language, row["kind"].value == "preferred")
        for row in run(store, load_library().get(query), values or {}).rows
        if isinstance(label := row["label"], Literal) and label.language
    ]
    return sorted(found, key=lambda x: (x.skill, x.language, not x.preferred, x.text))


def write_links(
    store: EmbeddedStore,
    config: BuildConfig,
    name: str,
    title: str,
    method: str,
    links: Iterable[ConceptLink],
) -> dict[str, int]:
    """Write links into the graph `links/<name>`, with its provenance.

    Returns:
        How many `links` there are, how many are `strong` enough to count, and in how many texts
        (`linked`).
    """
    counts = {"links": 0, "strong": 0, "linked": 0}
    started = datetime.now(UTC)

    def triples() -> Iterator[Triple]:
        last = ""
        for link in links:
            counts["links"] += 1
            counts["strong"] += link.confidence >= config.threshold
            counts["linked"] += link.subject != last  # the links of one text come together
            last = link.subject
            yield from to_triples(link, config.ids)

    graph = config.ids.graph(f"links/{name}")
    store.replace_graph(graph, triples())
    ended = datetime.now(UTC)
    info = GraphInfo(graph, title, f"fitech linker {method}", started, ended, records=counts["links"])
    add_provenance(store, config.ids, [info])
    return counts
