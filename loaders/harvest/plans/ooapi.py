"""Open Education API, versions 5 and 6: courses and their offerings, page by page."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Json, Reply, Request, State, Step, address
from loaders.harvest.plans.base import EXTRA, JsonPlan, rows, texts_at
from loaders.harvest.plans.paging import Ask, first_page, steps, turn_page
from loaders.harvest.spec import Setting

_SIZES = ("10", "20", "50", "100", "250")


class OoapiPlan(JsonPlan):
    """Lists have no sign of change, so every harvest reads them whole."""

    kind: ClassVar = "ooapi"
    title: ClassVar = "Open Education API"
    settings: ClassVar = {
        "version": Setting("text", "5 or 6", "6", ("5", "6")),
        "offerings": Setting("yes-no", "fetch the offerings too", True),
        "page_size": Setting("text", "rows of a page", "100", _SIZES),
        **EXTRA,
    }
    full_every_days: ClassVar = 1
    increments: ClassVar = False

    def first(self, state: State) -> Step:
        """Ask for the courses; in version 6 offerings are a list of their own."""
        paths = ["courses"]
        if self.text("version") == "6" and self.yes("offerings"):
            paths.append("course-offerings")
        return Step(next=[first_page(self._list(path)) for path in paths])

    def _list(self, path: str) -> Ask:
        def ask(at: int) -> Request:
            query = {**self.table(), "pageNumber": at + 1, "pageSize": self.text("page_size")}
            url = address(self.spec.url, path, query)
            return Request(url, step=path, headers=self.headers())

        return ask

    def check_value(self, request: Request, value: Json) -> None:
        """Expect a page of items that says whether there is a next one."""
        rows(value, "items")
        if not isinstance(value.get("hasNextPage"), bool):
            raise WrongReplyError("the page does not say whether there is a next one (hasNextPage)")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """Turn the page; in version 5 ask for the offerings of each course."""
        value = reply.json()
        items = rows(value, "items")
        ids = texts_at(items, "courseId", "offeringId", "courseOfferingId", "id")
        page = turn_page(
            request,
            ids,
            state,
            self._list(request.step),
            received=len(items),
            last=not value["hasNextPage"],
            by_page=True,
        )
        if request.step != "courses" or self.text("version") != "5" or not self.yes("offerings"):
            return steps(page, Step(empty=not items))
        new = [one for one in dict.fromkeys(ids) if one not in state.ids("courses")]
        below = [first_page(self._list(f"courses/{quote(one, safe='')}/offerings")) for one in new]
        return steps(page, Step(next=below, empty=not items))
