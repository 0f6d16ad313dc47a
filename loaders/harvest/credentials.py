"""The key of an interface: read from the environment, added when a request is sent, never kept."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, urlsplit

from loaders.harvest.errors import HarvestError

MASK = "***"
_SHORTEST = 8
"""A shorter key could stand by chance in any text, so that hiding it would spoil the data."""


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where an interface wants its key: a header or a query parameter."""

    header: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key with its place; without a key everything passes through unchanged."""

    value: str = ""
    place: KeyPlace = KeyPlace()
    origin: str = ""
    """Scheme, host and port that may see the key; nobody else does, not after a redirect either."""

    def __repr__(self) -> str:
        """Return a text that does not tell the key."""
        return f"Credentials({MASK if self.value else ''})"

    def apply(self, url: str, headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Return address and headers of a request with the key, if the address may see it."""
        sent = dict(headers)
        if not self.value or origin_of(url) != self.origin:
            return url, sent
        if self.place.query:
            sign = "&" if "?" in url else "?"
            return f"{url}{sign}{self.place.query}={quote(self.value, safe='')}", sent
        name = self.place.header or "Authorization"
        sent[name] = f"Bearer {self.value}" if name.lower() == "authorization" else self.value
        return url, sent

    def strip(self, url: str) -> str:
        """Return an address without the key in its query, where a server copied it into a redirect."""
        start, sign, query = url.partition("?")
        pairs = query.split("&")
        left = [pair for pair in pairs if not any(form in pair for form in self.forms())]
        return url if left == pairs else f"{start}{sign if left else ''}{'&'.join(left)}"

    def shown(self, url: str) -> str:
        """Return the address as it may be kept and shown: with a mask where the key would stand."""
        if self.value and self.place.query and origin_of(url) == self.origin:
            url = f"{url}{'&' if '?' in url else '?'}{self.place.query}={MASK}"
        return self.hide(url)

    def hide(self, text: str) -> str:
        """Return a text without the key, in whatever way it is written there."""
        for form in self.forms():
            text = text.replace(form, MASK)
        return text

    def forms(self) -> tuple[str, ...]:
        """Return the ways in which the key may be written in an address or a document."""
        if not self.value:
            return ()
        plain = self.value
        written = json.dumps(plain)[1:-1]
        forms = (quote(plain, safe=""), quote_plus(plain), written, written.replace("/", "\\/"), plain)
        return tuple(dict.fromkeys(forms))


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, lower case."""
    parts = urlsplit(url)
    port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    netloc = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{netloc.removesuffix(port) if port else netloc}"


def read_key(
    name: str, place: KeyPlace, url: str, environ: Mapping[str, str] = os.environ
) -> Credentials:
    """Return the key that the environment holds under a name.

    Args:
        name: the environment variable; "" if the interface wants no key.
        place: where the key is sent.
        url: an address of the interface; only its origin sees the key.
        environ: the environment.

    Raises:
        HarvestError: the variable is not set, or holds no key.
    """
    if not name:
        return Credentials()
    value = environ.get(name, "").strip()
    if not value:
        raise HarvestError(
            f"The environment variable {name} is not set; it must hold the key of {origin_of(url)}. "
            f"Set it (export {name}=…) where the harvest runs, not in the configuration."
        )
    if len(value) < _SHORTEST or not (value.isascii() and value.isprintable()) or " " in value:
        raise HarvestError(
            f"What the environment variable {name} holds is no key: a key has at least {_SHORTEST} "
            "characters of ASCII and no blanks. Set it again."
        )
    return Credentials(value, place, origin_of(url))
