"""Pure: the versioned web service (5.x) and the newer CRUD interface.

Increments: the web service lists what was modified after a day; the CRUD interface names what changed
in its stream of changes, and each is fetched. Both tell deletions in the stream of changes only; the
loader gets them as a list of what is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote

from loaders.harvest.credentials import KeyPlace
from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Json, Reply, Request, State, Step, address
from loaders.harvest.plans.base import EXTRA, JsonPlan, rows, texts_at, whole
from loaders.harvest.plans.paging import Ask, first_page, steps, turn_page
from loaders.harvest.spec import Setting

_FAMILIES = {
    "research-outputs": "ResearchOutput",
    "persons": "Person",
    "organisational-units": "Organisation",
    "organizations": "Organization",
    "projects": "Project",
}


class PurePlan(JsonPlan):
    """Research outputs (and other lists) of one Pure."""

    kind: ClassVar = "pure"
    title: ClassVar = "Pure"
    settings: ClassVar = {
        "interface": Setting(
            "text", "web-service (5.x) or crud", "web-service", ("web-service", "crud")
        ),
        "lists": Setting("texts", "which lists", ("research-outputs",)),
        "changes": Setting("yes-no", "ask the stream of changes for deletions (needs the right)", True),
        "page_size": Setting("number", "records of a page", 100),
        **EXTRA,
    }
    key: ClassVar = KeyPlace(header="api-key")
    key_required: ClassVar = True
    tells_gone: ClassVar = True

    def first(self, state: State) -> Step:
        """Full: the lists. Incremental: what was modified, and the stream of changes."""
        requests = []
        by_changes = (
            state.since is not None and self.text("interface") == "crud" and self.yes("changes")
        )
        if not by_changes:
            requests += [first_page(self._list(name, state)) for name in self.texts("lists")]
        if state.since is not None and self.yes("changes"):
            requests.append(self._changes(f"{state.since:%Y-%m-%d}", 0))
        return Step(next=requests)

    def _list(self, name: str, state: State) -> Ask:
        def ask(at: int) -> Request:
            modified = state.since and self.text("interface") == "web-service"
            query = {
                "modifiedAfter": f"{state.since:%Y-%m-%d}" if modified else None,
                **self.table(),
                "size": self.number("page_size"),
                "offset": str(at),
            }
            return Request(address(self.spec.url, name, query), step=name, headers=self.headers())

        return ask

    def _changes(self, token: str, page: int) -> Request:
        url = address(self.spec.url, f"changes/{quote(token, safe='')}")
        note = {"token": token, "page": page}
        return Request(url, step="changes", note=note, headers=self.headers(), keep=False)

    def check_value(self, request: Request, value: Json) -> None:
        """Expect a page with a count, a page of changes, or a record with its uuid."""
        if request.step == "changes":
            if not isinstance(value, Mapping) or not isinstance(value.get("moreChanges"), bool):
                raise WrongReplyError("the reply is no page of changes")
        elif request.key:
            if not isinstance(value, Mapping) or not value.get("uuid"):
                raise WrongReplyError("the reply is no record (it has no uuid)")
        elif not isinstance(value, Mapping) or whole(value.get("count")) is None:
            raise WrongReplyError("the page does not tell how many records there are (count)")
        elif value["count"]:
            rows(value, "items")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """Turn the page; from changes to the records that changed."""
        if request.key:
            return Step()
        value = reply.json()
        if request.step == "changes":
            return self._after_changes(request, value, state)
        items = value.get("items") or []
        page = turn_page(
            request,
            texts_at(items, "uuid"),
            state,
            self._list(request.step, state),
            received=len(items),
            total=whole(value.get("count")),
        )
        return steps(page, Step(empty=not items))

    def _after_changes(self, request: Request, value: Json, state: State) -> Step:
        families = {_FAMILIES.get(name, name): name for name in self.texts("lists")}
        last: dict[tuple[str, str], str] = {}
        for change in value.get("items") or []:
            family = change.get("familySystemName") if isinstance(change, Mapping) else None
            uuid = change.get("uuid") if isinstance(change, Mapping) else None
            if family in families and isinstance(uuid, str) and uuid:
                last[(family, uuid)] = str(change.get("changeType") or "")
        gone = [uuid for (_, uuid), kind in last.items() if kind == "DELETE"]
        next_: list[Request] = []
        token = value.get("resumptionToken")
        if (
            value["moreChanges"]
            and isinstance(token, str | int)
            and str(token) != request.note["token"]
        ):
            next_.append(self._changes(str(token), int(request.note["page"]) + 1))
        if self.text("interface") == "crud":
            for (family, uuid), kind in last.items():
                if kind != "DELETE":
                    url = address(self.spec.url, f"{families[family]}/{quote(uuid, safe='')}")
                    next_.append(Request(url, step=families[family], key=uuid, headers=self.headers()))
        return Step(next=next_, gone=gone)

    def refused(self, request: Request, reply: Reply, state: State) -> Step | None:
        """Go on without the stream of changes where the key does not open it."""
        if request.step != "changes" or reply.status not in (403, 404):
            return None
        note = (
            f"The stream of changes is closed to this key (status {reply.status}): deletions come "
            "with the "
            "next full run. Ask for the right to `changes`, or set changes = false."
        )
        lists: list[Request] = []
        if self.text("interface") == "crud":  # then nothing else tells what changed
            lists = [first_page(self._list(name, state)) for name in self.texts("lists")]
        return Step(next=lists, notes=[note])
