"""Interfaces that page with a cursor: OpenAlex, Crossref, DataCite.

A cursor holds its place while the list changes. It may expire, though; then the list is begun again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from loaders.harvest.credentials import KeyPlace
from loaders.harvest.errors import HarvestError
from loaders.harvest.exchange import Json, Reply, Request, State, Step, address
from loaders.harvest.plans.base import EXTRA, JsonPlan, rows, shortfall, texts_at, whole
from loaders.harvest.spec import Setting

MAX_RESTARTS = 3
MAX_EQUAL_PAGES = 3
_LATE = timedelta(days=180)
"""How long after its publication a work may enter an index."""


class CursorPlan(JsonPlan):
    """The base: a subclass says how to ask, where the records stand and where the next cursor is."""

    start: ClassVar[str] = "*"
    items: ClassVar[tuple[str, ...]]
    """Where the list of records stands in a reply."""
    identifier: ClassVar[str]
    """The field that identifies a record."""

    def page(self, cursor: str, state: State) -> Request:
        """Return the request for the page that a cursor names."""
        raise NotImplementedError

    def next_cursor(self, value: Json, reply: Reply) -> str:
        """Return the cursor of the next page, or "" after the last."""
        raise NotImplementedError

    def total(self, value: Json) -> int | None:
        """Return how many records the source says there are."""
        return None

    def first(self, state: State) -> Step:
        """Begin the list."""
        return Step(next=[self._ask(self.start, state, {})])

    def _ask(self, cursor: str, state: State, note: Mapping[str, Any]) -> Request:
        request = self.page(cursor, state)
        return Request(
            request.url,
            step=request.step or "list",
            note={**note, "cursor": cursor},
            headers=self.headers(),
        )

    def check_value(self, request: Request, value: Json) -> None:
        """Expect a list of records."""
        rows(value, *self.items)

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """Follow the cursor to the end."""
        value = reply.json()
        found = rows(value, *self.items)
        ids = texts_at(found, self.identifier)
        note = dict(request.note)
        equal = int(note.get("equal", 0)) + 1 if note.get("sha256") == reply.sha256 else 0
        if equal >= MAX_EQUAL_PAGES:
            raise HarvestError(
                f"{request.url}: the server gives the same page again and again. Tell its "
                "maintainers, and "
                "run the harvest again later."
            )
        note |= {"sha256": reply.sha256, "equal": equal}
        cursor = self.next_cursor(value, reply)
        if cursor and found:
            return Step(next=[self._ask(cursor, state, note)], ids=ids)
        came = len(state.ids(request.step) | set(ids))
        notes = shortfall(request.step, self.total(value), came)
        return Step(ids=ids, notes=notes, empty=not found)

    def refused(self, request: Request, reply: Reply, state: State) -> Step | None:
        """Begin again when a cursor has expired."""
        return self.expired(request, state) if reply.status in (400, 404, 410, 422) else None

    def expired(self, request: Request, state: State) -> Step | None:
        """Begin the list again, a few times at most."""
        restarts = int(request.note.get("restarts", 0))
        if request.note["cursor"] == self.start or restarts >= MAX_RESTARTS:
            return None
        kept = {k: v for k, v in request.note.items() if k not in ("cursor", "sha256", "equal")}
        note = {**kept, "restarts": restarts + 1}
        told = "A cursor had expired; the list was begun again."
        return Step(next=[self._ask(self.start, state, note)], notes=[told])


class OpenAlexPlan(CursorPlan):
    """Works of OpenAlex (or another of its lists) that match a filter."""

    kind: ClassVar = "openalex"
    title: ClassVar = "OpenAlex"
    settings: ClassVar = {
        "filter": Setting("text", "filter, such as authorships.institutions.ror:https://ror.org/…"),
        "list": Setting("text", "which list", "works"),
        "since_filter": Setting(
            "text",
            "filter of increments; from_updated_date needs a paid plan",
            "from_updated_date",
            ("from_updated_date", "from_created_date", "from_publication_date", "none"),
        ),
        "page_size": Setting("number", "records of a page, 100 at most", 100),
        **EXTRA,
    }
    url: ClassVar = "https://api.openalex.org"
    key: ClassVar = KeyPlace(query="api_key")
    items: ClassVar = ("results",)
    identifier: ClassVar = "id"

    def page(self, cursor: str, state: State) -> Request:
        """Ask for a page."""
        chosen = [self.text("filter")]
        since = self.text("since_filter")
        if state.since and since != "none":
            late = _LATE if since == "from_publication_date" else timedelta()
            chosen.append(f"{since}:{(state.since - late).date()}")
        query = {
            "filter": ",".join(chosen),
            "per-page": self.number("page_size"),
            "mailto": mail_of(self.spec.contact),
            **self.table(),
            "cursor": cursor,
        }
        return Request(address(self.spec.url, self.text("list"), query))

    def next_cursor(self, value: Json, reply: Reply) -> str:
        """Return `meta.next_cursor`."""
        return _text(value, "meta", "next_cursor")

    def total(self, value: Json) -> int | None:
        """Return `meta.count`."""
        return whole((value.get("meta") or {}).get("count"))

    def final(self, request: Request, reply: Reply) -> bool:
        """A filter outside the plan is told with status 429: no waiting helps."""
        return b"upgrade" in reply.content()[:2000].lower() if reply.path else False

    def refused(self, request: Request, reply: Reply, state: State) -> Step | None:
        """Tell how to do without a paid plan."""
        if state.since and reply.status in (402, 403, 429) and self.final(request, reply):
            raise HarvestError(
                f"OpenAlex gives the filter {self.text('since_filter')} to paying users only. Set "
                'since_filter = "from_publication_date" (finds new works; changes to old ones '
                "come with "
                "the next full run)."
            )
        return super().refused(request, reply, state)


class CrossrefPlan(CursorPlan):
    """Works of Crossref that match a filter. Its cursors expire after five minutes."""

    kind: ClassVar = "crossref"
    title: ClassVar = "Crossref"
    settings: ClassVar = {
        "filter": Setting("text", "filter, such as ror-id:https://ror.org/… or prefix:10.…"),
        "since_filter": Setting(
            "text",
            "filter of increments",
            "from-update-date",
            ("from-update-date", "from-index-date", "from-deposit-date"),
        ),
        "page_size": Setting("number", "records of a page, 1000 at most", 500),
        **EXTRA,
    }
    url: ClassVar = "https://api.crossref.org"
    key: ClassVar = KeyPlace(header="Crossref-Plus-API-Token")
    items: ClassVar = ("message", "items")
    identifier: ClassVar = "DOI"

    def page(self, cursor: str, state: State) -> Request:
        """Ask for a page."""
        chosen = [self.text("filter")]
        if state.since:
            chosen.append(f"{self.text('since_filter')}:{state.since.date()}")
        query = {
            "filter": ",".join(chosen),
            "rows": self.number("page_size"),
            "mailto": mail_of(self.spec.contact),
            **self.table(),
            "cursor": cursor,
        }
        return Request(address(self.spec.url, "works", query))

    def next_cursor(self, value: Json, reply: Reply) -> str:
        """Return `message.next-cursor`, which is given even after the last record."""
        return _text(value, "message", "next-cursor")

    def total(self, value: Json) -> int | None:
        """Return `message.total-results`."""
        return whole(value["message"].get("total-results"))


class DataCitePlan(CursorPlan):
    """DOIs of DataCite that match a search."""

    kind: ClassVar = "datacite"
    title: ClassVar = "DataCite"
    settings: ClassVar = {
        "search": Setting(
            "text", "search text in the syntax of the interface; together with `query`", ""
        ),
        "page_size": Setting("number", "records of a page, 1000 at most", 500),
        **EXTRA,
    }
    url: ClassVar = "https://api.datacite.org"
    start: ClassVar = "1"
    items: ClassVar = ("data",)
    identifier: ClassVar = "id"

    def check_settings(self) -> None:
        """All of DataCite is not what anybody wants."""
        if not self.text("search") and not self.table():
            raise ValueError(
                "[source.harvest] of kind datacite needs search or query, for example "
                'query = { "client-id" = "…" }.'
            )

    def page(self, cursor: str, state: State) -> Request:
        """Ask for a page."""
        parts = [f"({self.text('search')})"] if self.text("search") else []
        if state.since:
            parts.append(f"updated:[{_utc(state.since)} TO *]")
        query = {
            "query": " AND ".join(parts),
            **self.table(),
            "page[size]": self.number("page_size"),
            "page[cursor]": cursor,
        }
        return Request(address(self.spec.url, "dois", query))

    def headers(self) -> dict[str, str]:
        """Return the headers of a request."""
        return {"Accept": "application/vnd.api+json, application/json"}

    def next_cursor(self, value: Json, reply: Reply) -> str:
        """Return the cursor in `links.next`; the address itself is ours to build."""
        query = parse_qs(urlsplit(_text(value, "links", "next")).query)
        return next(iter(query.get("page[cursor]", ())), "")

    def total(self, value: Json) -> int | None:
        """Return `meta.total`."""
        return whole((value.get("meta") or {}).get("total"))


def mail_of(contact: str) -> str:
    """Return the mail address in a contact, or ""."""
    return contact if "@" in contact and "/" not in contact else ""


def _text(value: Json, *path: str) -> str:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
