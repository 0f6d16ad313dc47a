"""research.fi's public interface: the export lists, whose next page is named by a token in a header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loaders.harvest.exchange import Json, Reply, Request, State, Step, address
from loaders.harvest.plans.base import EXTRA
from loaders.harvest.plans.cursors import CursorPlan
from loaders.harvest.spec import Setting


class ResearchFiPlan(CursorPlan):
    """Publications (or another export list) of one or more organisations."""

    kind: ClassVar = "research-fi"
    title: ClassVar = "research.fi"
    settings: ClassVar = {
        "organisations": Setting("texts", "organisation codes, such as 10076; none: all", ()),
        "list": Setting("text", "which export list", "publications-export"),
        "page_size": Setting("number", "records of a page, 1000 at most", 1000),
        **EXTRA,
    }
    key_required: ClassVar = True
    start: ClassVar = ""
    items: ClassVar = ()
    identifier: ClassVar = "id"

    def first(self, state: State) -> Step:
        """Begin the list of each organisation."""
        codes = self.texts("organisations") or ("",)
        return Step(next=[self._ask("", state, {"organisation": code}) for code in codes])

    def _ask(self, cursor: str, state: State, note: Mapping[str, Json]) -> Request:
        query = {
            "OrganizationId": note["organisation"],
            "ModifiedFrom": state.since.date() if state.since else None,
            **self.table(),
            "PageSize": self.number("page_size"),
            "NextPageToken": cursor,
        }
        step = f"list:{note['organisation']}" if note["organisation"] else "list"
        return Request(
            address(self.spec.url, self.text("list"), query),
            step=step,
            note={**note, "cursor": cursor},
            headers=self.headers(),
        )

    def next_cursor(self, value: Json, reply: Reply) -> str:
        """Return the header x-next-page-token."""
        return reply.headers.get("x-next-page-token", "").strip()
