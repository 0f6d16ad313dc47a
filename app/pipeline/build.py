"""The whole build, and its steps by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.config import BuildConfig
from app.pipeline.check import check
from app.pipeline.derive import derive
from app.pipeline.link import link
from app.pipeline.load import LoadResult, load_sources
from app.pipeline.publish import publish
from app.pipeline.steps import StepResult, build_lock
from app.progress import Progress
from app.workspace import Workspace
from loaders.staging.source import SourceSpec
from loaders.staging.staged_files import REPORT

__all__ = ["STEPS", "BuildResult", "build", "publish"]

STEPS: Mapping[str, Callable[[Workspace, BuildConfig, Progress], StepResult]] = {
    "link": link,
    "derive": derive,
    "check": check,
}


@dataclass(slots=True)
class BuildResult:
    """What a build did."""

    lines: list[str] = field(default_factory=list)
    conforms: bool = True
    stale: list[str] = field(default_factory=list)
    """Sources that could not be harvested or loaded and stay as they were."""
    published: bool = True
    """False when nothing had changed, so that no release was built."""

    def summary(self) -> str:
        """Return the build in lines for people."""
        return "\n".join(self.lines)


def build(
    place: Workspace,
    config: BuildConfig,
    progress: Progress,
    *,
    publish_it: bool = True,
    force: bool = False,
    accept_drop: Sequence[str] = (),
) -> BuildResult:
    """Load every source, link, derive, check and publish.

    A source that cannot be loaded keeps its former content, if it has one, and is told.

    Raises:
        LoadError: a source cannot be loaded and has no former content.
        WorkspaceError: another build is at work.
        StoreError: a query or the store failed; the live release is untouched.
    """
    result = BuildResult()
    with build_lock(place):
        place.remember(config)
        specs = with_accepted(config.sources, accept_drop)
        take(place, load_sources(place, specs, config.ids, progress), result)
        finish(place, config, progress, result, publish_it=publish_it, force=force)
    return result


def with_accepted(specs: Sequence[SourceSpec], accepted: Sequence[str]) -> list[SourceSpec]:
    """Return the sources with a person's word that some may bring less than before."""
    return [replace(spec, accept_drop=spec.accept_drop or spec.name in accepted) for spec in specs]


def take(place: Workspace, loaded: Sequence[LoadResult], result: BuildResult) -> None:
    """Note what became of the sources.

    Raises:
        LoadError: a source cannot be loaded and has no former content.
    """
    for item in loaded:
        if item.report is not None:
            result.lines.append(item.report.summary())
        elif item.error is not None:
            if not (place.staged / item.spec.name / REPORT).exists():
                raise item.error
            result.stale.append(item.spec.name)
            result.lines.append(f"NOT RENEWED, the former content is used: {item.error}")


def finish(
    place: Workspace,
    config: BuildConfig,
    progress: Progress,
    result: BuildResult,
    *,
    publish_it: bool = True,
    force: bool = False,
) -> None:
    """Link, derive, check and publish what is staged, and note what was done."""
    for step in STEPS.values():
        done = step(place, config, progress)
        result.lines += done.lines
        result.conforms = result.conforms and done.ok
    if publish_it and (result.conforms or force):
        result.lines += publish(place, config, progress, force=force).lines
    elif not result.conforms:
        result.lines.append(
            "NOT PUBLISHED: the checks found violations; the former release stays live."
        )
