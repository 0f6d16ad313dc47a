"""What a build does with people's decisions on skill links: `app/review` meets the store."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from app.config import BuildConfig
from app.pipeline.assemble import staged_reports
from app.pipeline.esco import mapping_in_force
from app.pipeline.steps import add_provenance
from app.review.decisions import InForce, in_force
from app.review.store import review_store
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.provenance import GraphInfo
from loaders.skills.esco_versions.mapping import EscoMapping
from ontology import terms as t
from queries.library import load_library, run

GRAPH = "decisions"


def read_decisions(
    place: Workspace, config: BuildConfig, store: EmbeddedStore, subjects: Collection[str]
) -> InForce:
    """Return the decisions that hold for the links of an assembled store.

    Args:
        place: the data directory with the judgements.
        config: the sources.
        store: the assembled store.
        subjects: the things in it that may have links.
    """
    entries = review_store(place.path).current()
    if not entries:
        return InForce()
    mapping = mapping_in_force(place, staged_reports(place, config)) or EscoMapping()
    query = load_library().get("things-of-class")
    skills = {row["thing"].value for row in run(store, query, {"class": t.ESCO + "Skill"}).rows}

    def successor(iri: str) -> str | None:
        seen = {iri}
        while rows := run(store, load_library().get("successor-of"), {"thing": iri}).rows:
            iri = rows[0]["successor"].value
            if iri in seen:
                break
            seen.add(iri)
        return iri if len(seen) > 1 else None

    return in_force(entries, mapping, set(subjects), skills, successor)


def write_decisions(
    store: EmbeddedStore, config: BuildConfig, decided: InForce, started: datetime
) -> int:
    """Write the graph of decisions and return how many links it decides."""
    if not decided.by_link:
        return 0
    graph = config.ids.graph(GRAPH)
    store.replace_graph(graph, decided.triples(config.ids))
    info = GraphInfo(
        graph=graph,
        title="What people decided about skill links",
        program="fitech review/1",
        started=started,
        ended=datetime.now(UTC),
        records=len(decided.by_link),
    )
    add_provenance(store, config.ids, [info])
    return len(decided.by_link)


def universities_of_courses(store: EmbeddedStore) -> dict[str, str]:
    """Return which university provides each course."""
    rows = run(store, load_library().get("universities-of-courses")).rows
    return {row["course"].value: row["university"].value for row in reversed(rows)}
