"""One polite HTTP client: keeps a distance, waits when told to, tries again, gives up in a sentence.

A reply is good when it came whole and the plan finds in it what the interface gives. Everything else
is either worth another try (429, 5xx, time-outs, broken connections, half a body, an error page with
status 200) or left to the plan (other 4xx).
"""

from __future__ import annotations

import logging
import random
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import httpx2

from loaders.harvest.bodies import write_body
from loaders.harvest.credentials import Credentials, origin_of
from loaders.harvest.errors import HarvestError, UnansweredError, WrongReplyError
from loaders.harvest.exchange import Reply, Request
from loaders.harvest.waiting import Clock, Pace, RealClock, backoff, retry_after

TRIES = 6
LONGEST_WAIT = 3600.0
"""Seconds that a harvest waits at a server's word; for more it stops and is run again later."""
MAX_REDIRECTS = 5
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_HEADERS = ("etag", "last-modified", "content-type", "date", "link")


class Judge(Protocol):
    """Who knows what the interface gives: a plan."""

    def check(self, request: Request, reply: Reply) -> None:
        """Raise `WrongReplyError` if a reply with status 2xx is not what the interface gives."""
        ...

    def final(self, request: Request, reply: Reply) -> bool:
        """Tell whether a reply is an answer although its status says: try again."""
        ...


class _Broken(Exception):  # noqa: N818 (not an error of ours: a try that failed)
    """One try failed; the message says how."""


@dataclass(slots=True)
class Client:
    """Sends requests, one at a time."""

    contact: str = ""
    rate: float = 1.0
    """Requests per second, at most."""
    max_bytes: int = 500_000_000
    total_timeout: float = 600.0
    """Seconds for one reply from the first byte sent to the last received."""
    read_timeout: float = 60.0
    clock: Clock = field(default_factory=RealClock)
    dice: random.Random = field(default_factory=random.Random)
    tries: int = TRIES
    retries: int = 0
    """How often a request was sent again."""
    waited: float = 0.0
    """Seconds spent waiting for servers, beside the distance between requests."""
    pace: Pace = field(init=False)
    _http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        """Open the connections."""
        self.pace = Pace(self.clock, 1.0 / self.rate)
        timeout = httpx2.Timeout(self.read_timeout, connect=min(10.0, self.read_timeout))
        self._http = httpx2.Client(timeout=timeout, follow_redirects=False, verify=_trust())
        # They log addresses and headers, and keys may stand in these.
        for name in ("httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def __enter__(self) -> Client:
        """Return the client."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._http.close()

    def fetch(
        self,
        request: Request,
        path: Path,
        judge: Judge,
        credentials: Credentials,
        validators: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request until it has an answer, and write the body of the answer to a file.

        Args:
            request: what to ask.
            path: where the body goes.
            judge: tells right replies from wrong ones.
            credentials: the key of the interface.
            validators: `If-None-Match` and `If-Modified-Since`, for a conditional request.

        Raises:
            UnansweredError: no try had a usable answer.
            HarvestError: the server cannot be reached, or asks to come again much later.
        """
        what = f"{request.method} {credentials.shown(request.url)}"
        for failures in range(1, self.tries + 1):
            asked: float | None = None
            busy = reached = False
            try:
                reply = self._once(request, path, credentials, validators or {})
                reached = True
                if reply.status in _AGAIN and not judge.final(request, reply):
                    asked = retry_after(reply.headers.get("retry-after"), self.clock.now())
                    busy = reply.status == 429
                    raise _Broken(f"the server answered with status {reply.status}")
                if 200 <= reply.status < 300:
                    judge.check(request, reply)
                return replace(reply, retries=failures - 1)
            except httpx2.ConnectError as error:
                why = f"it cannot be reached ({credentials.hide(str(error))[:200]})"
            except (httpx2.ConnectTimeout, httpx2.PoolTimeout):
                why = "it cannot be reached in time"
            except (_Broken, WrongReplyError) as error:
                reached = True
                why = credentials.hide(str(error))
            if failures == self.tries:
                break
            self._wait(what, asked, failures)
        if not reached or busy:
            raise HarvestError(
                f"{what}: {why}, {self.tries} times. Run the harvest again later: it goes on where it "
                "stopped."
            )
        raise UnansweredError(f"{what}: {why}, {self.tries} times.")

    def _wait(self, what: str, asked: float | None, failures: int) -> None:
        if asked is not None and asked > LONGEST_WAIT:
            raise HarvestError(
                f"{what}: the server asks to come again in {asked / 3600:.1f} hours. Run the harvest "
                "again then: it goes on where it stopped."
            )
        pause = max(asked or 0.0, backoff(failures, self.dice))
        self.retries += 1
        self.waited += pause
        self.clock.sleep(pause)

    def _once(
        self, request: Request, path: Path, credentials: Credentials, validators: Mapping[str, str]
    ) -> Reply:
        """Send a request once, following redirects."""
        here, moved = request.url, False
        for _ in range(MAX_REDIRECTS + 1):
            self.pace.wait(origin_of(here))
            url, headers = credentials.apply(here, {**request.headers, **validators})
            headers = {"User-Agent": self.user_agent(), "Accept-Encoding": "gzip", **headers}
            self._http.cookies.clear()
            deadline = self.clock.monotonic() + self.total_timeout
            try:
                with self._http.stream(
                    request.method, url, headers=headers, content=request.body.encode() or None
                ) as response:
                    if response.status_code in _REDIRECTS:
                        here, moved = _redirect(request, here, response, credentials)
                        continue
                    return self._reply(response, here, moved, path, credentials, deadline)
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
                raise
            except httpx2.TimeoutException:
                raise _Broken(f"no answer came within {self.read_timeout:g} seconds") from None
            except httpx2.TransportError as error:
                raise _Broken(f"the connection broke ({str(error)[:200]})") from None
            except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
                raise UnansweredError(
                    f"{credentials.shown(here)} is no address that can be fetched ({error})."
                ) from None
        raise UnansweredError(
            f"{credentials.shown(request.url)}: more than {MAX_REDIRECTS} redirects, one after "
            "another. "
            "Write the address where they end into the configuration."
        )

    def _reply(
        self,
        response: httpx2.Response,
        url: str,
        moved: bool,
        path: Path,
        credentials: Credentials,
        deadline: float,
    ) -> Reply:
        headers = {name.lower(): credentials.hide(value) for name, value in response.headers.items()}
        encoding = headers.pop("content-encoding", "")
        if response.status_code in (204, 304):
            return Reply(response.status_code, credentials.hide(url), headers, moved=moved)
        if response.status_code == 206:
            raise _Broken("the server sent a part of the reply that was not asked for (status 206)")
        body = write_body(self._chunks(response, deadline), encoding, path, self.max_bytes, credentials)
        return Reply(
            response.status_code,
            credentials.hide(url),
            headers,
            body.path,
            body.sha256,
            body.size,
            body.packed,
            moved=moved,
        )

    def _chunks(self, response: httpx2.Response, deadline: float) -> Iterator[bytes]:
        for chunk in response.iter_raw():
            if self.clock.monotonic() > deadline:
                raise _Broken(f"the reply did not end within {self.total_timeout:g} seconds")
            yield chunk

    def user_agent(self) -> str:
        """Return who asks: the project, and how to reach those who run it."""
        try:
            number = version("fitech-graph")
        except PackageNotFoundError:
            number = "0"
        return f"fitech-graph/{number}" + (f" ({self.contact})" if self.contact else "")


@cache
def _trust() -> ssl.SSLContext:
    """Return the authorities that we trust; reading them takes longer than a request."""
    return httpx2.create_ssl_context()


def _redirect(
    request: Request, here: str, response: httpx2.Response, credentials: Credentials
) -> tuple[str, bool]:
    """Return where a redirect leads and whether for good.

    Raises:
        UnansweredError: it leads nowhere, off the web, to an unsafe address, or would lose the body.
    """
    target = credentials.strip(urljoin(here, response.headers.get("location", "")))
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        reason = "it leads to no address of the web"
    elif urlsplit(here).scheme == "https" and parts.scheme == "http":
        reason = "it leads from https to http, where everybody can read along"
    elif request.method != "GET" and response.status_code not in (307, 308):
        reason = "what was sent would be lost on the way"
    else:
        return target, response.status_code in (301, 308)
    raise UnansweredError(
        f"{here}: the redirect (status {response.status_code}) was not followed: {reason}. Write the "
        "right address into the configuration."
    )


def kept_headers(reply: Reply) -> dict[str, str]:
    """Return the headers that are worth keeping with a reply."""
    return {name: reply.headers[name] for name in _KEPT_HEADERS if name in reply.headers}
