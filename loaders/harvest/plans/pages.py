"""Web pages (with schema.org data): named ones and those of sitemaps, as robots.txt allows."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser

from lxml import etree

from loaders.harvest.credentials import origin_of
from loaders.harvest.errors import HarvestError, WrongReplyError
from loaders.harvest.exchange import Reply, Request, State, Step
from loaders.harvest.plans.base import Plan
from loaders.harvest.plans.files import check_address
from loaders.harvest.spec import Setting

AGENT = "fitech-graph"
"""The name under which robots.txt may speak to us."""
_MAX_UNPACKED = 100_000_000


class PagesPlan(Plan):
    """GET of each page; from the second time on only of those that changed."""

    kind: ClassVar = "pages"
    title: ClassVar = "web pages"
    settings: ClassVar = {
        "urls": Setting("texts", "addresses of pages", ()),
        "sitemaps": Setting("texts", "addresses of sitemaps or sitemap indexes", ()),
        "prefixes": Setting("texts", "take only addresses of sitemaps that begin so; none: all", ()),
    }
    url: ClassVar = ""
    suffix: ClassVar = ".html"

    def check_settings(self) -> None:
        """Check each address."""
        named = (*self.texts("urls"), *self.texts("sitemaps"))
        if not named:
            raise ValueError("[source.harvest] of kind pages needs urls or sitemaps.")
        for url in named:
            check_address(url)

    def first(self, state: State) -> Step:
        """Ask each site what robots may read."""
        named = (*self.texts("urls"), *self.texts("sitemaps"))
        return Step(next=[self._robots(origin) for origin in dict.fromkeys(map(origin_of, named))])

    def _robots(self, origin: str) -> Request:
        return Request(f"{origin}/robots.txt", step="robots", note={"origin": origin}, keep=False)

    def check(self, request: Request, reply: Reply) -> None:
        """Expect a sitemap, a page, or a robots.txt (many sites give a page instead: no rules)."""
        if request.step == "sitemap":
            _locations(reply)
        elif request.step == "page":
            with reply.open() as raw:
                start = raw.read(4096).lower()
            if b"<" not in start:
                raise WrongReplyError("the reply is no web page")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """From robots.txt to sitemaps and pages, from sitemaps to pages."""
        if request.step == "robots":
            content = reply.content()[:500_000]
            rules = "" if b"<html" in content.lower() else content.decode("utf-8", "replace")
            return self._begin(request.note["origin"], rules, state)
        if request.step == "sitemap":
            return self._after_sitemap(request, reply, state)
        return Step(ids=[request.key])

    def refused(self, request: Request, reply: Reply, state: State) -> Step | None:
        """No robots.txt, no rules (RFC 9309); a forbidden one counts as none, too."""
        if request.step == "robots" and 400 <= reply.status < 500:
            return self._begin(request.note["origin"], "", state)
        return None

    def _begin(self, origin: str, rules: str, state: State) -> Step:
        """Ask for what is named on one site."""
        parser = _parser(rules)
        memory = {f"robots {origin}": rules}
        delay = parser.crawl_delay(AGENT)
        notes = []
        if delay and float(delay) > 1 / self.spec.rate:
            raise HarvestError(
                f"{origin}/robots.txt asks for {delay} seconds between requests. Set rate = "
                f"{1 / float(delay):.3f} in [source.harvest]."
            )
        requests = []
        for url in self.texts("sitemaps"):
            if origin_of(url) == origin:
                requests.append(Request(url, step="sitemap", note={"depth": 0}, keep=False))
        for url in self.texts("urls"):
            if origin_of(url) != origin:
                continue
            if parser.can_fetch(AGENT, url):
                requests.append(_page(url, ""))
            else:
                notes.append(f"{url} was left out: robots.txt does not allow it.")
        return Step(next=requests, memory=memory, notes=notes)

    def _after_sitemap(self, request: Request, reply: Reply, state: State) -> Step:
        origin = origin_of(request.url)
        parser = _parser(str(state.memory.get(f"robots {origin}", "")))
        index, found = _locations(reply)
        here: list[tuple[str, str]] = []
        foreign = barred = 0
        for location, changed in found:
            url = urljoin(request.url, location)
            if origin_of(url) != origin:
                foreign += 1
            elif not parser.can_fetch(AGENT, url):
                barred += 1
            else:
                here.append((url, changed))
        notes = []
        if foreign:
            notes.append(f"{request.url}: {foreign:,} addresses of other sites were left out.")
        if barred:
            notes.append(
                f"{request.url}: {barred:,} addresses that robots.txt does not allow were left out."
            )
        if index:
            depth = int(request.note["depth"]) + 1
            if depth > 3:
                raise HarvestError(f"{request.url}: sitemaps lead to sitemaps more than three times.")
            below = [Request(url, step="sitemap", note={"depth": depth}, keep=False) for url, _ in here]
            return Step(next=below, notes=notes)
        prefixes = self.texts("prefixes")
        taken = [
            _page(url, changed) for url, changed in here if not prefixes or url.startswith(prefixes)
        ]
        return Step(next=taken, notes=notes)

    def lists_all(self, state: State) -> bool:
        """Return True: a page that is neither named nor in a sitemap any more is gone."""
        return True


def _page(url: str, changed: str) -> Request:
    accept = {"Accept": "text/html, application/xhtml+xml, application/ld+json;q=0.9"}
    return Request(url, step="page", key=url, mark=changed, headers=accept)


def _parser(rules: str) -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(rules.splitlines())
    return parser


def _locations(reply: Reply) -> tuple[bool, Sequence[tuple[str, str]]]:
    """Return whether a sitemap is an index, and its addresses with the time of their last change.

    Raises:
        WrongReplyError: it is no sitemap.
    """
    try:
        with reply.open() as raw:
            content = raw.read(_MAX_UNPACKED)
        if reply.packed:  # sitemap.xml.gz
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as unpacked:
                content = unpacked.read(_MAX_UNPACKED)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root: Any = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, OSError, EOFError, zlib.error, ValueError) as error:
        raise WrongReplyError(f"the sitemap is broken ({error})") from None
    kind = etree.QName(root).localname
    if kind not in ("urlset", "sitemapindex"):
        raise WrongReplyError(f"the reply is no sitemap but {kind}")
    found = []
    for entry in root.iterchildren("{*}url", "{*}sitemap"):
        location = (entry.findtext("{*}loc") or "").strip()
        if location:
            found.append((location, (entry.findtext("{*}lastmod") or "").strip()))
    return kind == "sitemapindex", found
