"""How long to wait: between requests, after a failure, and when a server names a time."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

FIRST_BACKOFF = 1.0
"""Seconds after the first failure; each further one doubles it."""
LONGEST_BACKOFF = 120.0


class Clock(Protocol):
    """Time, so that tests need not wait."""

    def now(self) -> datetime:
        """Return the time of day in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class RealClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the time of day in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(slots=True)
class Pace:
    """Keeps a distance between the starts of two requests.

    Requests of all sources to one server count together: `fitech sync` harvests several at a time.
    """

    clock: Clock
    interval: float
    """Seconds."""

    def wait(self, server: str) -> float:
        """Wait until the next request to a server may start; return the seconds waited."""
        with _GUARD:
            now = self.clock.monotonic()
            start = max(now, _LAST_START.get(server, float("-inf")) + self.interval)
            _LAST_START[server] = start
        if start > now:
            self.clock.sleep(start - now)
        return start - now


_LAST_START: dict[str, float] = {}
_GUARD = threading.Lock()


def backoff(failures: int, dice: random.Random) -> float:
    """Return the seconds to wait after so many failures, with jitter: half of it is chance.

    Jitter keeps many clients that failed together from coming back together.
    """
    full = min(FIRST_BACKOFF * 2.0 ** (failures - 1), LONGEST_BACKOFF)
    return full / 2 + dice.random() * full / 2


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, or None if it says nothing clear.

    Args:
        value: seconds, or an HTTP date (RFC 9110, section 10.2.3).
        now: the time of day, in UTC.
    """
    if value is None or not (text := value.strip()):
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max((when - now).total_seconds(), 0.0)
