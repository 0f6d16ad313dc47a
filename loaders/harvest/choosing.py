"""What the next harvest of a source is: going on with a run, everything, or what changed since when."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from loaders.harvest.archive import Archive, Finished
from loaders.harvest.credentials import Credentials, KeyPlace, read_key
from loaders.harvest.exchange import Request, State, digest
from loaders.harvest.plans import plan_class
from loaders.harvest.plans.base import Plan
from loaders.harvest.run import Run
from loaders.harvest.spec import HarvestSpec

MAX_AGE = timedelta(days=3)
"""A run that was broken off longer ago is begun anew: its lists are stale."""
_EARLY = timedelta(hours=1)
"""How much too early a nightly harvest may start and still make the full run that is due."""


def plan_of(spec: HarvestSpec) -> Plan:
    """Return the plan of a source."""
    return plan_class(spec.kind)(spec)


def digest_of(spec: HarvestSpec) -> str:
    """Return a mark of what is asked for: increments only follow runs that asked for the same."""
    return digest({"kind": spec.kind, "url": spec.url, "settings": dict(spec.settings)})


def credentials_of(spec: HarvestSpec) -> Credentials:
    """Return the key that the environment holds for a source.

    Raises:
        HarvestError: it is not there.
    """
    plan = plan_of(spec)
    place = plan.key
    if spec.key_header:
        place = KeyPlace(header=spec.key_header)
    elif spec.key_query:
        place = KeyPlace(query=spec.key_query)
    first = plan.first(State(True, None, datetime.now(UTC))).next
    return read_key(spec.key_env, place, spec.url or (first[0].url if first else ""), os.environ)


def resumable(spec: HarvestSpec, archive: Archive, now: datetime, *, full: bool) -> Run | None:
    """Return the run that was broken off, if it may go on; one that may not is removed."""
    run = archive.unfinished()
    if run is not None and not _may_go_on(spec, run, now, full=full):
        archive.discard(run)
        return None
    return run


def _may_go_on(spec: HarvestSpec, run: Run, now: datetime, *, full: bool) -> bool:
    last = datetime.fromisoformat(run.lines[-1].time) if run.lines else run.started
    return now - last <= MAX_AGE and run.digest == digest_of(spec) and (run.full or not full)


def since_of(spec: HarvestSpec, current: Sequence[Finished], now: datetime) -> datetime | None:
    """Return from when changes are asked for; None: everything is fetched.

    Args:
        spec: the source.
        current: its runs that count, newest first.
        now: the time of day.
    """
    if not current or any(run.digest != digest_of(spec) for run in current):
        return None
    if now - current[-1].started >= timedelta(days=spec.full_every_days) - _EARLY:
        return None
    since = current[0].started - timedelta(hours=spec.overlap_hours)
    return since.astimezone(UTC).replace(microsecond=0)


def ahead(
    spec: HarvestSpec, archive: Archive, now: datetime, *, full: bool
) -> tuple[str, Sequence[Request]]:
    """Return what the next harvest would do, in words, and the requests that it would begin with."""
    run = archive.unfinished()
    if run is not None and _may_go_on(spec, run, now, full=full):
        return f"a run of {run.started:%Y-%m-%d %H:%M} UTC goes on", list(run.queue)
    since = None if full else since_of(spec, archive.current(), now)
    plan = plan_of(spec)
    if since is not None and not plan.increments:
        return "no full run is due", []
    first = plan.first(State(since is None, since, now)).next
    return (f"changes since {since:%Y-%m-%d %H:%M} UTC" if since else "everything"), first
