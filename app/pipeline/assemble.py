"""Put the staged sources into a new store, each in its own graph, one address for one thing."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import IO, Any, cast

from pyoxigraph import RdfFormat

from app.config import BuildConfig
from app.learned import learned_weights
from app.pipeline.esco import ESCO_LOADERS, FORMER_SOURCE, mapping_in_force, not_in_force
from app.pipeline.identity import DECISIONS, identity_triples, resolve_identity, write_decisions
from app.pipeline.manifest import Manifest
from app.pipeline.steps import add_provenance, next_store
from app.progress import Progress
from app.review.store import review_store
from app.workspace import Workspace, WorkspaceError
from graph.embedded import EmbeddedStore
from graph.identity.resolve import Identity
from graph.identity.rewrite import LineStream, Rewriter
from graph.provenance import GraphInfo
from loaders.measure import measured
from loaders.skills.esco_versions.mapping import EscoMapping
from loaders.skills.esco_versions.moves import Moves
from loaders.staging.load_report import file_infos, read_reports
from loaders.staging.packing import unpacked
from loaders.staging.staged_files import TRIPLES
from ontology.files import model_files


def assemble(place: Workspace, config: BuildConfig, progress: Progress) -> list[str]:
    """Make `next/store` from the staged sources.

    Sources that come first in the configuration are trusted first: of what several say of one
    thing, the first that says something is heard (`graph/identity/rewrite.py`).

    Raises:
        WorkspaceError: nothing is staged, or a source was staged under another base.
        ConfigError: the file of identity decisions cannot be used.
    """
    reports = staged_reports(place, config)
    shutil.rmtree(place.next, ignore_errors=True)
    (place.next / "store").mkdir(parents=True)
    manifest = Manifest(place.next)
    manifest.data |= {
        "title": config.title,
        "base": config.ids.base,
        "linker": config.linker,
        "threshold": config.threshold,
        "sources": reports,
        "signature": signature(place, reports, config),
    }
    with measured() as measure:
        names = [report["source"] for report in reports]
        identity = resolve_identity(place.staged, names, config.ids, config.identity_decisions)
        write_decisions(identity, place.next / DECISIONS)
    manifest.step("identity", measure, **identity_counts(identity))
    with next_store(place, "link") as store:
        with measured() as measure:
            _load_model(store, config)
            moves = Moves(mapping_in_force(place, reports) or EscoMapping())
            left_out = _load_sources(store, place, config, reports, identity, moves, progress)
            _load_identity(store, config, identity)
        triples = store.count()
        manifest.step("assemble", measure, triples=triples, left_out=left_out, esco=moves.counts())
    lines = [f"{len(reports)} sources assembled: {triples:,} triples.", *moves.told()]
    if unused := not_in_force(place, reports):
        lines.append(unused)
    if identity.rewrites:
        lines.append(
            f"{len(identity.rewrites):,} addresses of things that stand elsewhere too were joined; "
            f"{sum(left_out.values()):,} values were left out for those of a more trusted source."
        )
    return lines


def signature(place: Workspace, reports: Sequence[Mapping[str, Any]], config: BuildConfig) -> str:
    """Return a digest of everything that a release is made from: equal digest, equal release."""
    decisions = config.identity_decisions
    data = {
        "program": version("fitech-graph"),
        "sources": [
            [report[key] for key in ("source", "title", "licence", "content")] for report in reports
        ],
        "settings": [config.title, config.ids.base, config.linker, config.threshold],
        "decisions": decisions.read_text(encoding="utf-8") if decisions and decisions.exists() else "",
        "review": review_store(place.path).digest(),
        "learned": {name: each.digest() for name, each in sorted(learned_weights(place).items())},
        "year": datetime.now(UTC).year,  # the age of outputs counts from the year of the build
    }
    return sha256(json.dumps(data, ensure_ascii=False).encode()).hexdigest()


def identity_counts(identity: Identity) -> dict[str, Any]:
    """Return how many decisions were made, by reason."""
    reasons = Counter(
        f"{decision.reason}{'' if decision.same else ' (kept apart)'}"
        for decision in identity.decisions
    )
    return {"joined": len(identity.rewrites), "decisions": dict(sorted(reasons.items()))}


def staged_reports(place: Workspace, config: BuildConfig) -> list[dict[str, Any]]:
    """Return the reports of the staged sources that belong to the graph, the most trusted first.

    Raises:
        WorkspaceError: there is none, or one was staged under another base.
    """
    staged = read_reports(place.staged)
    wanted = place.source_names()
    # What stays of former versions of ESCO belongs to an upgrade, not to the configuration.
    upgraded = mapping_in_force(place, staged) is not None
    if wanted is not None:
        wanted = [*(name for name in wanted if name != FORMER_SOURCE), FORMER_SOURCE]
    reports = [
        report
        for report in staged
        if (wanted is None or report["source"] in wanted)
        and (upgraded or report["source"] != FORMER_SOURCE)
    ]
    if not reports:
        raise WorkspaceError(
            f"Nothing is staged in {place.path}: run `fitech load` or `fitech build` first."
        )
    for report in reports:
        if report["base"] != config.ids.base:
            raise WorkspaceError(
                f"The source {report['source']} was staged under the base {report['base']}, "
                f"not {config.ids.base}. Load it again, or set the base."
            )
    if wanted is not None:
        reports.sort(key=lambda report: wanted.index(report["source"]))
    return reports


def _load_model(store: EmbeddedStore, config: BuildConfig) -> None:
    ontology = config.ids.graph("ontology")
    for path in model_files():
        with path.open("rb") as source:
            store.load_graph(ontology, source, RdfFormat.TURTLE)


def _load_sources(
    store: EmbeddedStore,
    place: Workspace,
    config: BuildConfig,
    reports: list[dict[str, Any]],
    identity: Identity,
    moves: Moves,
    progress: Progress,
) -> dict[str, int]:
    """Load every source and return how many values each lost to a more trusted one."""
    rewriter = Rewriter(identity.rewrites, identity.shared)
    left_out: dict[str, int] = {}
    for number, report in enumerate(reports):
        name = report["source"]
        progress("assemble", number, len(reports))
        with unpacked(place.staged / name / TRIPLES) as source:
            lines: Iterable[bytes] = source
            if not moves.idle and report["loader"] not in ESCO_LOADERS:
                lines = moves.lines(lines)
            if not rewriter.idle:
                lines = rewriter.source(lines)
            # A GzipFile and a LineStream are binary files to everyone but the type checker.
            stream = source if lines is source else LineStream(iter(lines))
            store.load_graph(
                config.ids.graph(f"source/{name}"), cast(IO[bytes], stream), RdfFormat.N_TRIPLES
            )
        if lost := sum(rewriter.left_out.values()):
            left_out[name] = lost
        add_provenance(store, config.ids, [_source_info(config, report)])
    progress("assemble", len(reports), len(reports))
    return left_out


def _load_identity(store: EmbeddedStore, config: BuildConfig, identity: Identity) -> None:
    if not identity.rewrites:
        return
    started = datetime.now(UTC)
    graph = config.ids.graph("identity")
    store.replace_graph(graph, identity_triples(identity))
    info = GraphInfo(
        graph=graph,
        title="Addresses that were joined, and what they are now",
        program="fitech identity/1",
        started=started,
        ended=datetime.now(UTC),
        records=len(identity.rewrites),
    )
    add_provenance(store, config.ids, [info])


def _source_info(config: BuildConfig, report: Mapping[str, Any]) -> GraphInfo:
    return GraphInfo(
        graph=config.ids.graph(f"source/{report['source']}"),
        title=report["title"],
        program=f"fitech loader {report['loader']}/{report['version']}",
        started=datetime.fromisoformat(report["started"]),
        ended=datetime.fromisoformat(report["ended"]),
        files=file_infos(report),
        licence=report["licence"],
        attribution=report["attribution"],
        records=report["records_in"],
        rejected=report["rejected"],
    )
