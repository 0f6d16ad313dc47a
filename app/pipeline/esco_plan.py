"""Think an upgrade of ESCO through: which versions, what changed, what it touches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from app.config import BuildConfig
from app.pipeline.esco import ESCO_LOADERS, FORMER_SOURCE, UpgradeState, kept_aside, state_path
from app.progress import Progress
from app.workspace import Workspace, WorkspaceError
from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from graph.releases import Releases
from loaders.readers.files import FileError, find_files
from loaders.skills.esco_versions.compare import compare
from loaders.skills.esco_versions.decide import THRESHOLD, decide
from loaders.skills.esco_versions.decisions import Decided, read_decisions
from loaders.skills.esco_versions.impact import Impact
from loaders.skills.esco_versions.mapping import MappingError
from loaders.skills.esco_versions.report import UpgradeReport
from loaders.skills.esco_versions.versions import (
    Version,
    VersionError,
    by_loader,
    number_in,
    read_version,
)
from loaders.staging.load_report import read_reports
from loaders.staging.source import SourceSpec, file_sums
from loaders.staging.staged_files import TRIPLES
from ontology import terms as t

DECISIONS_NAME = "esco-decisions.csv"


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What a person asked for."""

    old: tuple[str, ...]
    """Paths of the old version, or the name of the staged source that holds it; empty: that source."""
    new: tuple[Path, ...]
    source: str = ""
    """Name of the staged source to replace; empty: the one that holds ESCO."""
    decisions: Path | None = None
    threshold: float = THRESHOLD
    complete: bool | None = None
    """Whether to keep what only the old version says; None: if the new one has no relations."""


@dataclass(slots=True)
class Plan:
    """An upgrade that was thought through, and what it needs to be applied."""

    upgrade: Upgrade
    report: UpgradeReport
    spec: SourceSpec
    """The source with the new version."""
    old_paths: tuple[Path, ...]
    settings: dict[str, str]
    complete: bool
    applied: bool
    """Whether it has been applied just like this before."""


def plan(place: Workspace, config: BuildConfig, upgrade: Upgrade, progress: Progress) -> Plan:
    """Compare the versions and decide what becomes of retired concepts; nothing is changed.

    Raises:
        WorkspaceError: a version, the staged source or a decision cannot be used.
    """
    staged = _staged_source(place, upgrade)
    spec = _spec(place, config, staged, upgrade.new)
    old_paths, number = _old_paths(place, upgrade, staged, spec)
    decided = _decisions(place, upgrade)
    try:
        progress("old version", 0, 1)
        old = read_version(old_paths, number)
        progress("old version", 1, 1)
        new = read_version(upgrade.new)
        comparison = compare(old, new)
        mapping = decide(old, new, comparison, decided, upgrade.threshold)
    except (VersionError, FileError, MappingError) as error:
        raise WorkspaceError(str(error)) from None
    impact = Impact([*mapping.fates, *(one.uri for one in comparison.renamed)])
    _count(place, config.ids, impact)
    report = UpgradeReport(old, new, comparison, mapping, upgrade.threshold, impact)
    complete = upgrade.complete if upgrade.complete is not None else not _has_relations(new)
    settings = {
        "threshold": f"{upgrade.threshold:g}",
        "decisions": _digest(decided),
        "complete": str(complete),
        "number": new.number,
    }
    state = UpgradeState.load(state_path(place))
    applied = bool(
        state
        and state.settings == settings
        and state.new_files == file_sums(find_files(spec.paths))
        and staged_files(place, spec.name) == state.new_files
    )
    return Plan(upgrade, report, spec, old_paths, settings, complete, applied)


def _staged_source(place: Workspace, upgrade: Upgrade) -> str:
    """Return the name of the staged source that holds ESCO, "" if nothing is staged."""
    found = [
        report["source"]
        for report in read_reports(place.staged)
        if report["loader"] in ESCO_LOADERS and report["source"] != FORMER_SOURCE
    ]
    wanted = upgrade.source or next((name for name in upgrade.old if name in found), "")
    if wanted:
        if upgrade.source and wanted not in found:
            raise WorkspaceError(
                f"There is no staged source {wanted!r} with ESCO (there are: "
                f"{', '.join(found) or 'none'})."
            )
        return wanted
    if len(found) > 1:
        raise WorkspaceError(
            f"Several sources hold ESCO ({', '.join(found)}): name the one to upgrade with --source."
        )
    return found[0] if found else ""


def _old_paths(
    place: Workspace, upgrade: Upgrade, staged: str, spec: SourceSpec
) -> tuple[tuple[Path, ...], str]:
    """Return the files of the old version, and its number where the state knows it."""
    if upgrade.old and upgrade.old != (staged,):
        return tuple(Path(path) for path in upgrade.old), ""
    if not staged:
        raise WorkspaceError("Nothing is staged: name the old version with --from.")
    state = UpgradeState.load(state_path(place))
    folders = [place.staged / staged, place.staged / FORMER_SOURCE]
    number = state.new_number if state else number_in(staged_report(place, staged)["title"])
    if staged_files(place, staged) == file_sums(find_files(spec.paths)):
        # It has been upgraded already: the old version is the one that was kept.
        folders = [kept_aside(folder) for folder in folders]
        number = state.old_number if state else ""
    paths = tuple(path for folder in folders if (path := folder / TRIPLES).exists())
    if not paths:
        raise WorkspaceError(
            f"The staged source {staged} holds the new version already, and no former one is kept: "
            "name the old version's files with --from."
        )
    return paths, number or f"{staged} as staged"


def _spec(place: Workspace, config: BuildConfig, staged: str, new: Sequence[Path]) -> SourceSpec:
    """Return the source with the new version: named and licensed like the one that it replaces."""
    try:
        loaders = dict(by_loader(find_files(new)))
    except FileError as error:
        raise WorkspaceError(str(error)) from None
    if len(loaders) != 1:
        raise WorkspaceError(
            "The new version is given in several forms (CSV, RDF, replies of the service): name the "
            "files of one."
        )
    (loader,) = loaders
    known = next((spec for spec in config.sources if spec.name == staged), None)
    base = known or _spec_of(staged_report(place, staged), staged or "esco")
    same = base.loader == loader
    return replace(
        base, loader=loader, paths=tuple(new), harvest=None, options=base.options if same else {}
    )


def _spec_of(report: Mapping[str, Any], name: str) -> SourceSpec:
    return SourceSpec(
        name=name,
        loader=report.get("loader", ""),
        paths=(),
        title=report.get("title", name),
        licence=report.get("licence", ""),
        attribution=report.get("attribution", ""),
        options=report.get("options", {}),
    )


def _decisions(place: Workspace, upgrade: Upgrade) -> Mapping[str, Decided]:
    path = upgrade.decisions or place.path / DECISIONS_NAME
    if upgrade.decisions is None and not path.exists():
        return {}
    try:
        return read_decisions(path)
    except MappingError as error:
        raise WorkspaceError(str(error)) from None


def _digest(decided: Mapping[str, Decided]) -> str:
    rows = sorted((old, *one.new_uris) for old, one in decided.items())
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def _has_relations(version: Version) -> bool:
    return any(version.relations[name] for name in ("broader", "essential-skill", "optional-skill"))


def staged_report(place: Workspace, name: str) -> Mapping[str, Any]:
    """Return the report of a staged source, empty if it is not staged."""
    reports = (one for one in read_reports(place.staged) if one["source"] == name)
    return next(reports, {})


def staged_files(place: Workspace, name: str) -> list[dict[str, str]]:
    """Return name and SHA-256 of each file of a staged source."""
    return list(staged_report(place, name).get("files", []))


def _count(place: Workspace, ids: Identifiers, impact: Impact) -> None:
    """Count what names the concepts: in the staged sources, and among the links of the live release."""
    for report in read_reports(place.staged):
        if report["loader"] not in ESCO_LOADERS:
            impact.scan(place.staged / report["source"] / TRIPLES)
    live = Releases(place.path).live()
    if live is None:
        return
    store = EmbeddedStore(live.store, read_only=True)
    try:
        links, subject = ids.graph("links/"), NamedNode(t.LINK_SUBJECT)
        for uri in impact.uris:
            for quad in store.engine.quads_for_pattern(
                None, NamedNode(t.LINK_SKILL), NamedNode(uri), None
            ):
                graph = quad.graph_name
                if isinstance(graph, NamedNode) and graph.value.startswith(links):
                    about = store.engine.quads_for_pattern(quad.subject, subject, None, graph)
                    for found in about:
                        impact.add_link(uri, str(getattr(found.object, "value", "")))
    finally:
        store.close()
