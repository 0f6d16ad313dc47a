"""Apply an upgrade of ESCO to a data directory, or undo it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

from app.config import BuildConfig
from app.pipeline.esco import (
    FORMER_SOURCE,
    UpgradeState,
    kept_aside,
    load_mapping,
    mapping_path,
    state_path,
)
from app.pipeline.esco_plan import Plan, staged_files
from app.pipeline.load import load_source
from app.progress import Progress
from app.workspace import Workspace, WorkspaceError
from loaders.readers.files import find_files
from loaders.skills.esco_versions.former import counts_of_kept
from loaders.skills.esco_versions.mapping import EscoMapping
from loaders.skills.esco_versions.report import UpgradeReport
from loaders.staging.source import SourceSpec, file_sums
from loaders.staging.staged_files import REPORT, TRIPLES


def apply(place: Workspace, config: BuildConfig, made: Plan, progress: Progress) -> None:
    """Replace the staged ESCO by the new version and write the mapping; the former state is kept.

    Raises:
        WorkspaceError: there is no staged source to replace.
        LoadError: the new version cannot be staged; nothing was changed.
    """
    report, name = made.report, made.spec.name
    if made.applied:
        report.steps.append(
            "This upgrade has been applied before, just like this: nothing was changed."
        )
        return
    if not (place.staged / name).is_dir():
        raise WorkspaceError(f"There is no staged source {name} to replace: load ESCO first.")
    again = staged_files(place, name) == file_sums(find_files(made.spec.paths))
    if not again:
        _keep_former(place, name)
    before = _former_mapping(place, again=again)
    old_paths = tuple(_moved_aside(place, path, name) for path in made.old_paths)
    new_report = load_source(place, replace(made.spec, accept_drop=True), config.ids, progress)
    report.steps.append(new_report.summary())
    mapping = before.after(report.mapping.named(report.upgrade), report.new.current)
    mapping.save(mapping_path(place))
    former = _former_spec(place, made, old_paths)
    former_report = load_source(place, former, config.ids, progress)
    report.kept = counts_of_kept(former_report.things, len(mapping.fates)) if made.complete else {}
    report.steps.append(former_report.summary())
    old_state = UpgradeState.load(state_path(place)) if again else None
    UpgradeState(
        source=name,
        old_number=report.old.number,
        new_number=report.new.number,
        old_files=old_state.old_files if old_state else _former_files(place, name),
        new_files=staged_files(place, name),
        settings=made.settings,
    ).save(state_path(place))
    report.steps += [
        f"The staged source {name} now holds ESCO {report.new.number}; build the graph with `fitech "
        "link`, `derive`, `check` and `publish`, or with `fitech build`.",
        f"In the configuration, name the new files as the paths of the source {name}; else the next "
        "`fitech build` loads the old ones again, and the upgrade is not in force.",
        "To undo it: fitech esco-upgrade --undo",
    ]
    _write_report(place, report)


def undo(place: Workspace) -> str:
    """Bring back what was staged before the last upgrade, and return what was done as a sentence.

    Raises:
        WorkspaceError: there is no upgrade to undo.
    """
    state = UpgradeState.load(state_path(place))
    if state is None or not kept_aside(place.staged / state.source).is_dir():
        raise WorkspaceError(f"There is no upgrade of ESCO to undo in {place.path}.")
    for path in (
        place.staged / state.source,
        place.staged / FORMER_SOURCE,
        mapping_path(place),
        state_path(place),
    ):
        _remove(path)
        if kept_aside(path).exists():
            kept_aside(path).rename(path)
    return (
        f"The staged source {state.source} holds ESCO {state.old_number} again. Name its files in the "
        "configuration, and build."
    )


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _keep_former(place: Workspace, name: str) -> None:
    """Keep a copy of everything that the upgrade replaces."""
    for path in (
        place.staged / name,
        place.staged / FORMER_SOURCE,
        mapping_path(place),
        state_path(place),
    ):
        kept = kept_aside(path)
        _remove(kept)
        if path.is_dir():
            fresh = kept.with_name(f"{kept.name}-new")
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(path, fresh)
            fresh.rename(kept)
        elif path.exists():
            shutil.copy(path, kept)


def _moved_aside(place: Workspace, path: Path, name: str) -> Path:
    """Return where a staged file of the old version can be read while the new one takes its place."""
    for source in (name, FORMER_SOURCE):
        if path == place.staged / source / TRIPLES:
            return kept_aside(place.staged / source) / TRIPLES
    return path


def _former_mapping(place: Workspace, *, again: bool) -> EscoMapping:
    """Return the mapping of the upgrades before this one."""
    if not again:
        return load_mapping(place)
    path = kept_aside(mapping_path(place))
    return EscoMapping.load(path)


def _former_spec(place: Workspace, made: Plan, old_paths: tuple[Path, ...]) -> SourceSpec:
    doubtful = sorted(one.uri for one in made.report.comparison.renamed if one.doubtful)
    options = {"newer": str(place.staged / made.spec.name / TRIPLES), "doubtful": ",".join(doubtful)}
    return SourceSpec(
        name=FORMER_SOURCE,
        loader="esco-former",
        paths=(mapping_path(place), *(old_paths if made.complete else ())),
        title=f"Kept from ESCO {made.report.old.number}: retired concepts"
        + (f", and what {made.report.new.number} does not say" if made.complete else ""),
        licence=made.spec.licence,
        attribution=made.spec.attribution,
        options=options,
        accept_drop=True,
    )


def _former_files(place: Workspace, name: str) -> list[dict[str, str]]:
    report = json.loads((kept_aside(place.staged / name) / REPORT).read_text(encoding="utf-8"))
    return list(report["files"])


def _write_report(place: Workspace, report: UpgradeReport) -> None:
    base = place.path / "esco-upgrade-report"
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=2)
    base.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    base.with_suffix(".txt").write_text(report.to_text() + "\n", encoding="utf-8")
    base.with_suffix(".csv").write_text(report.to_csv(), encoding="utf-8")
