"""The whole build, and its steps by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.config import BuildConfig
from app.pipeline.check import check
from app.pipeline.derive import derive
from app.pipeline.link import link
from app.pipeline.load import load_source
from app.pipeline.publish import publish
from app.pipeline.steps import StepResult, build_lock
from app.progress import Progress
from app.workspace import Workspace
from loaders.staging import LoadError

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
    """Sources that could not be loaded and stay as they were."""

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
        for spec in config.sources:
            try:
                result.lines.append(load_source(place, spec, config.ids, progress).summary())
            except LoadError as error:
                if not (place.staged / spec.name / "report.json").exists():
                    raise
                result.stale.append(spec.name)
                result.lines.append(f"NOT RENEWED, the former content is used: {error}")
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
    return result
