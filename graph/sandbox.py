"""Answer strangers' queries in processes that can be killed.

A query in pyoxigraph cannot be stopped, so each runs in a worker process of its own with a limit
on time, memory and rows. A worker that overruns is killed and replaced; the server lives on.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from graph.guard import guard
from graph.store import QueryRefusedError, QueryTimeoutError, RawResult, StoreError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use."""

    seconds: float = 10.0
    rows: int = 10_000
    megabytes: int = 2_000
    body_megabytes: int = 100
    """Largest answer that is passed on."""


class BusyError(StoreError):
    """All workers are busy and none became free in time."""


class Sandbox:
    """A few worker processes over one read-only store; safe to use from many threads.

    Workers start when they are first needed.
    """

    def __init__(self, store: Path, limits: Limits | None = None, *, workers: int = 2) -> None:
        self.limits = limits or Limits()
        self._store = store
        self._closed = False
        self._free: queue.Queue[subprocess.Popen[bytes] | None] = queue.Queue()
        for _ in range(workers):
            self._free.put(None)

    def query(self, query: str, accept: str) -> RawResult:
        """Run one query within the limits.

        Raises:
            QueryRefusedError: the query is malformed or not allowed.
            QueryTimeoutError: it took too long.
            BusyError: no worker became free within the time limit.
            StoreError: it needed too much memory, or the engine failed.
        """
        allowed = guard(query, self.limits.rows)
        try:
            worker = self._free.get(timeout=self.limits.seconds)
        except queue.Empty:
            raise BusyError("Too many queries are running. Try again in a few seconds.") from None
        try:
            if worker is None or worker.poll() is not None:
                worker = self._start()
            return self._run(worker, allowed, accept)
        finally:
            self._free.put(worker)
            if self._closed:
                self.close()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "graph.worker",
            str(self._store),
            str(self.limits.megabytes),
        ]
        home = str(Path(__file__).resolve().parent.parent)
        paths = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH", "")]))
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths},
        )

    def _run(self, worker: subprocess.Popen[bytes], query: str, accept: str) -> RawResult:
        assert worker.stdin is not None
        assert worker.stdout is not None
        overran = threading.Event()

        def stop() -> None:
            overran.set()
            worker.kill()

        timer = threading.Timer(self.limits.seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            request = json.dumps({"query": query, "accept": accept})
            worker.stdin.write(request.encode() + b"\n")
            worker.stdin.flush()
            line = worker.stdout.readline()
            head = json.loads(line) if line.endswith(b"\n") else None
            if head is not None and head["length"] > self.limits.body_megabytes * 1024 * 1024:
                worker.kill()
                raise StoreError(
                    f"The answer is larger than {self.limits.body_megabytes} MB. Ask for less."
                )
            body = worker.stdout.read(head["length"]) if head else b""
        except BrokenPipeError:
            head, body = None, b""
        finally:
            timer.cancel()
        if head is None or len(body) < head["length"]:
            worker.kill()
            worker.wait()
            if overran.is_set():
                raise QueryTimeoutError(
                    f"The query ran longer than {self.limits.seconds:g} seconds and was stopped. "
                    "Ask for less: name the skill, add a LIMIT, or avoid long property paths."
                )
            raise StoreError(
                f"The query needed more than {self.limits.megabytes} MB of memory and was stopped. "
                "Ask for less, for example without ORDER BY over everything."
            )
        if not head["ok"]:
            raise (QueryRefusedError if head["refused"] else StoreError)(head["message"])
        return RawResult(body, head["media_type"])

    def close(self) -> None:
        """Stop the workers that are idle; a busy one stops after its query."""
        self._closed = True
        while True:
            try:
                worker = self._free.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.kill()
                worker.wait()
                for pipe in (worker.stdin, worker.stdout):
                    if pipe:
                        pipe.close()
