"""Step 3, derive: compute the graphs that questions need fast, and the search index."""

from __future__ import annotations

from datetime import UTC, datetime

from app.config import BuildConfig
from app.pipeline.manifest import Manifest
from app.pipeline.steps import StepResult, add_provenance, next_store
from app.progress import Progress
from app.workspace import Workspace
from graph.provenance import GraphInfo
from loaders.measure import measured
from queries.library import construct, derive_steps
from queries.search import build_index


def derive(place: Workspace, config: BuildConfig, progress: Progress) -> StepResult:
    """Run the derive queries in their order, each into its own graph; then index names.

    Raises:
        WorkspaceError: `link` has not been run.
        StoreError: a query failed.
    """
    values = {
        "threshold": f"{config.threshold:f}",
        "base": config.ids.base,
        "year": str(datetime.now(UTC).year),
    }
    lines: list[str] = []
    with next_store(place, "link") as store:
        manifest = Manifest(place.next)
        steps = derive_steps()
        with measured() as measure:
            for number, query in enumerate(steps):
                progress("derive", number, len(steps))
                name = query.name.removeprefix("derive-")
                graph = config.ids.graph(f"derived/{name}")
                given = {p.name: values[p.name] for p in query.parameters}
                started = datetime.now(UTC)
                count = store.replace_graph(graph, construct(store, query, given))
                ended = datetime.now(UTC)
                lines.append(f"{name}: {count:,} triples in {(ended - started).total_seconds():.1f} s.")
                info = GraphInfo(
                    graph=graph,
                    title=query.title["en"],
                    program=f"fitech query {query.name}",
                    started=started,
                    ended=ended,
                    records=count,
                )
                add_provenance(store, config.ids, [info])
            progress("derive", len(steps), len(steps))
            store.optimize()
        manifest.step("derive", measure)
        with measured() as measure:
            found = build_index(
                store,
                place.next / "search.sqlite",
                lambda done, total: progress("search index", done, total),
            )
        manifest.step("index", measure, things=found)
        manifest.data["graphs"] = {graph: store.count(graph) for graph in store.graphs()}
        manifest.save()
    return StepResult((*lines, f"search index: {found:,} things in {measure.seconds:g} s."))
