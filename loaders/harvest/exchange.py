"""What passes between a plan and the runner: requests, replies, and what to do next.

Requests and steps are plain values that survive a round trip through JSON, because the journal of a
run is made of them. No secret ever stands in them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode

from loaders.harvest.errors import WrongReplyError

Json = Any
"""A value that JSON can hold."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, without the key of the interface."""

    url: str
    step: str = ""
    """The plan's own name for this kind of request: `search`, `unit`."""
    key: str = ""
    """The one thing that the reply is about: the newest reply for a key replaces the older ones."""
    mark: str = ""
    """Changes when the thing changes, as far as the list tells; equal marks are not asked again."""
    note: Mapping[str, Json] = field(default_factory=dict)
    """What the plan wants to know again when the reply comes."""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    keep: bool = True
    """Whether the reply holds records for the loader; lists of addresses do not."""
    name: str = ""
    """Name of the file to keep, where a loader knows files by their names."""

    def to_json(self) -> dict[str, Json]:
        """Return the request without its defaults."""
        full: dict[str, Json] = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in full.items() if value != _DEFAULTS[name]}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Request:
        """Return the request that `to_json` wrote."""
        return cls(**data)


_DEFAULTS: Mapping[str, Json] = {
    name: getattr(Request("-"), name) for name in Request.__slots__ if name != "url"
} | {"url": None}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. The body lies in a file, packed; `headers` have lower-case names."""

    status: int
    url: str
    """Where the answer came from in the end, without the key."""
    headers: Mapping[str, str]
    path: Path | None = None
    sha256: str = ""
    """Of the body as it came, decoded."""
    size: int = 0
    """Bytes of the body, decoded."""
    packed: bool = False
    """Whether the body is itself an archive (.zip, .gz) and was kept as it came."""
    retries: int = 0
    moved: bool = False
    """Whether the address has moved for good."""

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the body for reading, decoded."""
        if self.path is None:
            raise WrongReplyError("the reply has no body")
        with self.path.open("rb") as raw:
            if self.packed:
                yield raw
            else:
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield unpacked  # type: ignore[misc]

    def content(self) -> bytes:
        """Return the whole body."""
        with self.open() as raw:
            return raw.read()

    def json(self) -> Json:
        """Return the body read as JSON.

        Raises:
            WrongReplyError: it is no JSON.
        """
        content = self.content()
        if content.lstrip()[:1] == b"<":
            raise WrongReplyError("a web page or an XML document came instead of JSON")
        try:
            return json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise WrongReplyError(f"the reply is no JSON ({error})") from None


@dataclass(frozen=True, slots=True)
class Step:
    """What a plan makes of a reply."""

    next: Sequence[Request] = ()
    ids: Sequence[str] = ()
    """Identifiers of the records that the reply holds or lists."""
    gone: Sequence[str] = ()
    """Identifiers of things that the source says it withdrew."""
    memory: Mapping[str, Json] = field(default_factory=dict)
    """What the plan wants to remember for the rest of the run."""
    notes: Sequence[str] = ()
    """Sentences for the report."""
    empty: bool = False
    """The reply holds nothing for the loader."""

    def to_json(self) -> dict[str, Json]:
        """Return what is not empty."""
        data = {
            "next": [request.to_json() for request in self.next],
            "ids": list(self.ids),
            "gone": list(self.gone),
            "memory": dict(self.memory),
            "notes": list(self.notes),
            "empty": self.empty,
        }
        return {name: value for name, value in data.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Step:
        """Return the step that `to_json` wrote."""
        rest = {name: value for name, value in data.items() if name != "next"}
        return cls(next=[Request.from_json(one) for one in data.get("next", ())], **rest)


@dataclass(slots=True)
class State:
    """How far a run has come, as a plan sees it. Only the runner changes it."""

    full: bool
    since: datetime | None
    """Incremental: what changed since then is asked for. Full: None."""
    started: datetime
    memory: dict[str, Json] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    """Step of the requests → identifiers that their replies held."""

    def ids(self, step: str) -> set[str]:
        """Return the identifiers seen so far in replies of one kind."""
        return self.seen.get(step, set())


def address(base: str, path: str = "", query: Mapping[str, object] | None = None) -> str:
    """Return base + path + query; absent values are left out, lists are repeated.

    A query that the base itself carries is kept.
    """
    start, _, own = base.partition("?")
    url = f"{start.rstrip('/')}/{path.lstrip('/')}" if path else start
    pairs = [
        (name, one)
        for name, value in (query or {}).items()
        for one in (value if isinstance(value, list | tuple) else [value])
        if one is not None and one != ""
    ]
    added = urlencode(pairs, quote_via=quote, safe=":,*")
    joined = "&".join(part for part in (own, added) if part)
    return f"{url}?{joined}" if joined else url


def digest(value: Json) -> str:
    """Return a short mark of a JSON value: equal values, equal marks."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
