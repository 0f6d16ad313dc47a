"""The end of a run: what is gone, whether it can be believed, and the figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from loaders.harvest.archive import Finished, Known
from loaders.harvest.plans.base import Plan
from loaders.harvest.report import HarvestReport
from loaders.harvest.run import Run
from loaders.harvest.spec import HarvestSpec

FEW = 3
"""So many things may go at once without a question, whatever share they are."""


def gone_things(run: Run, plan: Plan, known: Mapping[str, Known], now: str) -> list[dict[str, str]]:
    """Return what was withdrawn, with where and when that was learnt.

    Args:
        run: all its requests are answered.
        plan: tells whether what is not listed is gone.
        known: the things of earlier runs.
        now: the time, ISO 8601.
    """
    found: dict[str, dict[str, str]] = {}
    for line in run.lines:
        told = [line.request.key] if line.result == "gone" else []
        for identifier in (*told, *line.step.gone):
            found[identifier] = {"gone": identifier, "url": line.request.url, "time": line.time}
    if not run.full and plan.lists_all(run.state):
        for key in known:
            if key not in run.listed and key not in found:
                found[key] = {"gone": key, "url": plan.spec.url, "time": now}
    return list(found.values())


def disbelief(
    spec: HarvestSpec,
    run: Run,
    report: HarvestReport,
    previous: Finished | None,
    known: Mapping[str, Known],
) -> str:
    """Return why a run cannot be believed, or "".

    A run that brings next to nothing more likely comes from a source that is ill than from one whose
    content is gone.
    """
    there = _size(report.to_json())
    if run.full:
        if not there:
            return "the source lists nothing; check the settings"
        before = _size(previous.summary) if previous else 0
        if there < spec.min_share * before:
            return f"the source lists {there:,} things, and listed {before:,} before"
    elif known and report.gone > (1 - spec.min_share) * len(known) + FEW:
        return f"{report.gone:,} of {len(known):,} things are no longer listed"
    return ""


def _size(figures: Mapping[str, Any]) -> int:
    """Return how much a run brought: its records, or its replies where it counts no records."""
    return int(figures["records"] or figures["replies"] + figures["duplicates"] + figures["carried"])


def report_of(
    source: str, spec: HarvestSpec, run: Run, *, gone: int, seconds: float, waited: float
) -> HarvestReport:
    """Return the figures of a run."""
    results = [line.result for line in run.lines]
    kept = [line for line in run.lines if line.result == "kept" and line.request.keep]
    replies = sum(not line.duplicate for line in kept)
    next_since = run.started - timedelta(hours=spec.overlap_hours)
    return HarvestReport(
        source=source,
        kind=spec.kind,
        full=run.full,
        resumed=run.resumed,
        since=run.since.isoformat() if run.since else None,
        started=run.started.isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        requests=len(run.lines),
        replies=replies,
        records=sum(len(ids) for ids in run.state.seen.values()),
        bytes=sum(line.bytes for line in run.lines),
        unchanged=not replies and not gone,
        not_modified=results.count("unchanged"),
        same=len(run.same),
        duplicates=sum(line.duplicate for line in kept),
        gone=gone,
        carried=results.count("carried"),
        failed=[line.why for line in run.lines if line.result in ("failed", "carried")],
        retries=sum(line.retries for line in run.lines),
        waited=round(waited, 1),
        notes=list(dict.fromkeys(run.notes)),
        next_since=next_since.isoformat(timespec="seconds"),
    )
