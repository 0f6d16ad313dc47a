"""Handles: the addresses `https://…/handle/10024/123` of repositories, and the keys made of them.

Many repositories share a prefix and count from 1 each: there only the host tells two works apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOCAL = re.compile(
    r"https?://(?P<host>[^/\s]+)/(?:[^\s?#]*/)?handle/(?P<prefix>[\w.]+)/(?P<local>[\w.-]+)/?",
    re.IGNORECASE,
)
_GLOBAL = re.compile(
    r"(?:https?://(?:hdl|www)\.handle\.net/|(?:hdl|handle|info:hdl)[:/]|urn:hdl:)"
    r"(?P<prefix>[\w.]+)/(?P<local>[\w.-]+)/?",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?P<prefix>\d[\w.]*)/(?P<local>[\w.-]+)")
RESOLVER = "hdl.handle.net"
SHARED_PREFIXES = frozenset({"10024", "11111", "123456789"})
"""The National Library's for many repositories, and those of an unconfigured DSpace."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A handle and the repository that gave it."""

    host: str
    """Without `www.`, in lower case."""
    prefix: str
    local: str

    @property
    def key(self) -> str:
        """The key of the work: `handle-trepo.tuni.fi-10024-123`."""
        return f"handle-{self.host}-{self.prefix}-{self.local}"

    @property
    def identifier(self) -> str:
        """`handle:10138/1`; with the host (`handle:doria.fi/10024/1`) where the prefix is shared."""
        alone = self.prefix not in SHARED_PREFIXES or self.host == RESOLVER
        return f"handle:{'' if alone else self.host + '/'}{self.prefix}/{self.local}"


def find_handle(value: object, host: str = "") -> Handle | None:
    """Return the handle that an address or identifier is, None if it is none.

    Args:
        value: `https://…/handle/10024/1`, `https://hdl.handle.net/10024/1`, `hdl:10024/1`; with a host
            also the bare `10024/1`.
        host: the repository, where the value itself does not say which it is.
    """
    text = value.strip() if isinstance(value, str) else ""
    if match := _LOCAL.fullmatch(text):
        return Handle(repository_host(match["host"]), match["prefix"], match["local"])
    match = _GLOBAL.fullmatch(text) or (_BARE.fullmatch(text) if host else None)
    if match is None:
        return None
    return Handle(repository_host(host) or RESOLVER, match["prefix"], match["local"])


def repository_host(host: str) -> str:
    """Return a host's name as it stands in keys: lower case, without `www.` and port."""
    return host.lower().partition(":")[0].removeprefix("www.")
