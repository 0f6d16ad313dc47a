"""Harvest one source: choose the run, send its requests one by one, commit each reply, finish.

Whatever happens, what is committed stays, and the next call goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from loaders.harvest.archive import Archive, Known
from loaders.harvest.choosing import credentials_of, digest_of, plan_of, resumable, since_of
from loaders.harvest.client import Client
from loaders.harvest.ending import disbelief, gone_things, report_of
from loaders.harvest.errors import HarvestError, UnansweredError
from loaders.harvest.exchange import Reply, Request, State, Step
from loaders.harvest.report import HarvestReport
from loaders.harvest.run import Line, Run
from loaders.harvest.spec import HarvestSpec
from loaders.harvest.waiting import Clock, RealClock

Progress = Callable[[int, int], None]
"""Requests answered, requests known so far."""

FEW = 3
SHARE = 0.02
"""How many things may stay without an answer before the whole run stops: a few, or this share."""
MAX_MOVES = 20
"""Addresses that moved for good and are told one by one."""


def client_for(spec: HarvestSpec, clock: Clock | None = None) -> Client:
    """Return the client that a source's settings ask for."""
    return Client(
        contact=spec.contact,
        rate=spec.rate,
        max_bytes=spec.max_megabytes * 1_000_000,
        total_timeout=float(spec.timeout),
        read_timeout=min(60.0, float(spec.timeout)),
        clock=clock or RealClock(),
    )


def harvest(
    spec: HarvestSpec,
    archive: Archive,
    client: Client,
    progress: Progress = lambda done, known: None,
    *,
    full: bool = False,
) -> HarvestReport:
    """Fetch a source, or what changed of it, into its archive.

    Args:
        spec: what to fetch.
        archive: where to keep it.
        client: sends the requests.
        progress: told after each request.
        full: fetch everything anew; also says that a person accepts whatever comes.

    Raises:
        HarvestError: it could not be finished; run it again to go on.
    """
    work = _Harvest(spec, archive, client)
    try:
        with archive.lock():
            run = work.choose(full=full)
            if run is None:
                return HarvestReport(archive.source, spec.kind, due=False)
            while run.queue:
                work.next(run)
                progress(len(run.lines), len(run.lines) + len(run.queue))
            report = work.finish(run, believe=full)
            archive.prune(spec.keep)
            return report
    except OSError as error:
        raise HarvestError(
            f"{archive.source}: {archive.folder} cannot be written ({error.strerror or error}). "
            "Make room, "
            "or mend the rights of the folder, and run the harvest again: it goes on where it stopped."
        ) from None


class _Harvest:
    """The work of one call."""

    def __init__(self, spec: HarvestSpec, archive: Archive, client: Client) -> None:
        self.spec, self.archive, self.client = spec, archive, client
        self.plan = plan_of(spec)
        self.credentials = credentials_of(spec)
        self.began = client.clock.monotonic()
        self.known: dict[str, Known] = {}
        self.answered = 0

    def now(self) -> str:
        return self.client.clock.now().isoformat(timespec="seconds")

    def choose(self, *, full: bool) -> Run | None:
        """Return the run to work on; None: nothing is due."""
        now = self.client.clock.now()
        # Also in a full run: a thing that gives no answer keeps its former reply.
        self.known = self.archive.known()
        run = resumable(self.spec, self.archive, now, full=full)
        if run is not None:
            return run
        since = None if full else since_of(self.spec, self.archive.current(), now)
        if since is not None and not self.plan.increments:
            return None
        return self.archive.start(
            full=since is None,
            since=since,
            started=now,
            digest=digest_of(self.spec),
            first=self.plan.first(State(since is None, since, now)),
        )

    def next(self, run: Run) -> None:
        """Send the next request and commit what came."""
        request = run.queue[0]
        if len(run.lines) >= self.spec.max_pages:
            raise HarvestError(
                f"{self.archive.source}: {self.spec.max_pages:,} requests were sent and the source is "
                "not at its end. If that is right, raise max_pages in [source.harvest]."
            )
        known = self.known.get(request.key) if request.key and not run.full else None
        validators = known.validators() if known else {}
        try:
            reply = self.client.fetch(request, run.partial, self.plan, self.credentials, validators)
        except UnansweredError as error:
            stale = None
            if run.resumed and not self.answered:  # a cursor may have expired since, told with a 500
                stale = self.plan.expired(request, run.state)
            if stale is None:
                self._unanswered(run, request, str(error))
            else:
                told = Line(request, "refused", stale, time=self.now(), why=str(error))
                run.commit(told, None, "")
            return
        self.answered += 1
        line = self._line(run, request, reply)
        if line is not None:
            run.commit(line, reply, self.plan.ending(request))

    def _line(self, run: Run, request: Request, reply: Reply) -> Line | None:
        """Return the line for a reply; None: the request was put off or given up."""
        known = self.known.get(request.key) if request.key and not run.full else None
        if reply.status == 304 and known:
            reply = known.reply()
        if 200 <= reply.status < 300:
            step = self.plan.after(request, reply, run.state)
            result = "kept" if request.keep and not step.empty else "empty"
            if known and known.sha256 == reply.sha256:
                result = "unchanged"
        elif (told := self.plan.refused(request, reply, run.state)) is not None:
            step, result = told, "refused"
        elif reply.status in (404, 410) and request.key:
            step, result = Step(), "gone"
        else:
            why = self._refusal(request, reply)
            if reply.status in (401, 407) or (reply.status == 403 and self.credentials.value):
                raise HarvestError(why)  # not this thing, the key is refused
            self._unanswered(run, request, why)
            return None
        children = tuple(one.key for one in step.next if one.key) if request.key else ()
        step, same = self._new_only(run, step)
        step = self._with_move(run, request, reply, step)
        return Line(request, result, step, same, children, self.now())

    def _with_move(self, run: Run, request: Request, reply: Reply, step: Step) -> Step:
        """Tell once that an address has moved for good."""
        note = f"{request.url} has moved for good to {reply.url}: change the configuration."
        if not reply.moved or note in run.notes or len(run.notes) >= MAX_MOVES:
            return step
        return replace(step, notes=[*step.notes, note])

    def _new_only(self, run: Run, step: Step) -> tuple[Step, tuple[str, ...]]:
        """Leave out of a step what is asked for already, and what the list shows unchanged."""
        asked: set[str] = set()
        next_: list[Request] = []
        same: list[str] = []
        for request in step.next:
            if request.key:
                if request.key in run.keys or request.key in asked:
                    continue
                asked.add(request.key)
                known = self.known.get(request.key)
                if not run.full and known and request.mark and request.mark == known.mark:
                    same += self._with_children((request.key,))
                    continue
            next_.append(request)
        return replace(step, next=next_), tuple(dict.fromkeys(same))

    def _with_children(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Return things and what their last replies led to, however deep: all that is still there."""
        found: dict[str, None] = {}
        ahead = list(keys)
        while ahead:
            key = ahead.pop()
            if key not in found and key in self.known:
                found[key] = None
                ahead.extend(self.known[key].children)
        return tuple(found)

    def _unanswered(self, run: Run, request: Request, why: str) -> None:
        """Put a request off to the end, once; then keep the former reply, or go without."""
        if not request.key:
            raise HarvestError(
                f"{why} Run the harvest again later: it goes on where it stopped. If it always stops "
                "here, look at the address in a browser."
            )
        if request.url not in run.put_off:
            run.commit(Line(request, "later", time=self.now(), why=why), None, "")
            self._stop_if_many(run, why)
            return
        known = self.known.get(request.key)
        if run.full and known and known.file.is_file():
            below = [self.known[key].request for key in known.children if key in self.known]
            step, _ = self._new_only(run, Step(next=below))
            line = Line(
                request,
                "carried",
                step,
                children=known.children,
                time=self.now(),
                headers=known.headers,
                sha256=known.sha256,
                packed=known.packed,
                why=why,
            )
            run.carry(line, known.file)
        else:
            same = self._with_children((request.key,))
            run.commit(Line(request, "failed", same=same, time=self.now(), why=why), None, "")

    def _stop_if_many(self, run: Run, why: str) -> None:
        if len(run.put_off) > FEW + SHARE * len(run.lines):
            raise HarvestError(
                f"{self.archive.source}: {len(run.put_off):,} of {len(run.lines):,} requests got no "
                f"usable answer; the source seems to be ill. The last one: {why} Run the harvest again "
                "later: it goes on where it stopped."
            )

    def _refusal(self, request: Request, reply: Reply) -> str:
        what = f"{request.method} {self.credentials.shown(request.url)}"
        body = reply.content()[:300].decode("utf-8", "replace") if reply.path else ""
        told = f" It says: {' '.join(body.split())}" if body.strip() else ""
        if reply.status in (401, 403, 407):
            key = (
                f"Check the key in the environment variable {self.spec.key_env}"
                if self.spec.key_env
                else "If the interface wants a key, name its environment variable with key_env"
            )
            return f"{what}: the server refuses it (status {reply.status}). {key}.{told}"
        return f"{what}: the server answers with status {reply.status}. Check the settings.{told}"

    def finish(self, run: Run, *, believe: bool) -> HarvestReport:
        """Mark a run as finished, unless it cannot be believed."""
        gone = gone_things(run, self.plan, self.known, self.now())
        report = report_of(
            self.archive.source,
            self.spec,
            run,
            gone=len(gone),
            seconds=self.client.clock.monotonic() - self.began,
            waited=self.client.waited,
        )
        previous = next((one for one in self.archive.finished() if one.full), None)
        why = "" if believe else disbelief(self.spec, run, report, previous, self.known)
        if why:
            self.archive.discard(run)
            raise HarvestError(
                f"{self.archive.source}: {why}. The former content stays. If that is right, run the "
                "harvest with --full (or set min_share lower)."
            )
        keys = [one["gone"] for one in gone]
        summary = {**report.to_json(), "gone_keys": keys, "tells_gone": self.plan.tells_gone}
        run.finish(summary, gone)
        return report
