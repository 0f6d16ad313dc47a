"""Keep the graph current: harvest what can be harvested, load what changed, publish if anything did.

Made for cron: it can be stopped at any moment and run again; two at a time do no harm (the second
leaves at once); and when nothing changed nothing is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from app.config import BuildConfig
from app.pipeline.assemble import signature, staged_reports
from app.pipeline.build import BuildResult, finish, take, with_accepted
from app.pipeline.load import load_sources
from app.pipeline.steps import build_lock
from app.progress import Progress
from app.workspace import Workspace
from graph.releases import Releases
from loaders.harvest.archive import Archive
from loaders.harvest.errors import HarvestError
from loaders.harvest.report import HarvestReport
from loaders.harvest.runner import client_for, harvest
from loaders.staging.source import SourceSpec

AT_ONCE = 8
"""Sources that are harvested at the same time: each is slow by politeness, not by work."""


def sync(
    place: Workspace,
    config: BuildConfig,
    progress: Progress,
    *,
    full: bool = False,
    force: bool = False,
    accept_drop: Sequence[str] = (),
) -> BuildResult:
    """Harvest, load, link, derive, check and publish, each as far as there is something to do.

    Args:
        place: the data directory.
        config: the sources.
        progress: told how far each step is.
        full: harvest everything anew, not only what changed.
        force: publish although the checks found violations.
        accept_drop: sources of which a person has said that they may bring less than before.

    Raises:
        LoadError: a source cannot be loaded and has no former content.
        WorkspaceError: another build is at work.
        StoreError: a query or the store failed; the live release is untouched.
    """
    result = BuildResult()
    with build_lock(place):
        place.remember(config)
        _harvest_all(place, config.sources, progress, result, full=full)
        specs = with_accepted(config.sources, accept_drop)
        loaded = load_sources(place, specs, config.ids, progress, only_changed=True)
        take(place, loaded, result)
        unchanged = sum(item.unchanged for item in loaded)
        if unchanged:
            result.lines.append(f"{unchanged} of {len(loaded)} sources are as they were.")
        live = Releases(place.path).live()
        wanted = signature(place, staged_reports(place, config), config)
        if live is not None and live.manifest().get("signature") == wanted:
            result.published = False
            result.lines.append(f"Nothing changed; release {live.id} stays live.")
        else:
            finish(place, config, progress, result, force=force)
    return result


def _harvest_all(
    place: Workspace,
    specs: Sequence[SourceSpec],
    progress: Progress,
    result: BuildResult,
    *,
    full: bool,
) -> None:
    """Harvest the sources that can be; one that fails keeps what its last harvest brought."""
    due = [spec for spec in specs if spec.harvest is not None]
    if not due:
        return
    with ThreadPoolExecutor(min(AT_ONCE, len(due))) as threads:
        jobs = [threads.submit(_harvest, place, spec, progress, full=full) for spec in due]
        for spec, job in zip(due, jobs, strict=True):
            try:
                report = job.result()
                result.lines.append(report.summary())
                if report.failed:  # what gave no answer is as it was
                    result.stale.append(spec.name)
            except HarvestError as error:
                result.stale.append(spec.name)
                result.lines.append(f"NOT HARVESTED, the former content is used: {spec.name}: {error}")


def _harvest(place: Workspace, spec: SourceSpec, progress: Progress, *, full: bool) -> HarvestReport:
    assert spec.harvest is not None  # _harvest_all looked
    with client_for(spec.harvest) as client:
        return harvest(
            spec.harvest,
            Archive(place.harvest, spec.name),
            client,
            lambda done, known: progress(f"harvest {spec.name}", done, known),
            full=full,
        )
