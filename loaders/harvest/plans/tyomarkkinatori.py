"""Job Market Finland: the retrieval interface P67 (one NDJSON stream), or the public search.

The terms of use want removed adverts to be gone everywhere: adverts that were archived come in the
increments of P67, and a full run every day (the default) leaves no older replies behind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from loaders.harvest.credentials import KeyPlace
from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Json, Reply, Request, State, Step, address, digest
from loaders.harvest.plans.base import JsonPlan, rows, texts_at, whole
from loaders.harvest.plans.paging import first_page, steps, turn_page
from loaders.harvest.spec import Setting

_SEARCH = "api/jobpostingfulltext/search/v2/search"
_DETAIL = "api/jobposting-new/v1/public/jobpostings"


class TyomarkkinatoriPlan(JsonPlan):
    """Adverts, narrowed by filters."""

    kind: ClassVar = "tyomarkkinatori"
    title: ClassVar = "Job Market Finland"
    settings: ClassVar = {
        "interface": Setting("text", "p67 (with a key) or search", "p67", ("p67", "search")),
        "regions": Setting("texts", "codes of regions", ()),
        "text": Setting("text", "search: words to look for", ""),
        "page_size": Setting("number", "search: adverts of a page, 90 at most", 90),
    }
    key: ClassVar = KeyPlace(header="KIPA-Subscription-Key")
    full_every_days: ClassVar = 1

    def check_settings(self) -> None:
        """P67 needs a key."""
        if self.text("interface") == "p67" and not self.spec.key_env:
            raise ValueError(
                "[source.harvest] of kind tyomarkkinatori with interface p67 needs key_env, the "
                "name of the "
                "environment variable that holds the key."
            )

    def first(self, state: State) -> Step:
        """Ask for everything that is published, or for what changed (archived adverts too)."""
        if self.text("interface") == "search":
            return Step(next=[first_page(self._search)])
        wanted: dict[str, Any] = {}
        if state.since:
            wanted["modified"] = {"from": state.since.strftime("%Y-%m-%dT%H:%M:%S")}
        else:
            wanted["onlyStatus"] = "PUBLISHED"
        if self.texts("regions"):
            wanted["regionIn"] = list(self.texts("regions"))
        headers = {"Accept": "application/x-ndjson", "Content-Type": "application/json"}
        body = json.dumps(wanted, ensure_ascii=False)
        return Step(
            next=[Request(self.spec.url, step="adverts", method="POST", headers=headers, body=body)]
        )

    def _search(self, at: int) -> Request:
        wanted = {
            "query": self.text("text"),
            "filters": {"regions": list(self.texts("regions"))},
            "paging": {"pageNumber": at, "pageSize": self.number("page_size")},
            "sorting": "LATEST",
        }
        headers = {**self.headers(), "Content-Type": "application/json"}
        url = address(self.spec.url, _SEARCH)
        body = json.dumps(wanted, ensure_ascii=False)
        return Request(url, step="search", method="POST", headers=headers, body=body, keep=False)

    def check(self, request: Request, reply: Reply) -> None:
        """Expect whole lines of JSON from P67."""
        if request.step != "adverts":
            super().check(request, reply)
            return
        with reply.open() as raw:
            for number, line in enumerate(raw, start=1):
                try:
                    good = not line.strip() or isinstance(json.loads(line), dict)
                except ValueError:
                    good = False
                # A damaged line in the middle is one advert; a damaged last one is a stream cut off.
                if not good and (number == 1 or not line.endswith(b"\n")):
                    raise WrongReplyError(
                        "the stream of adverts does not begin or end with a whole line"
                    )

    def check_value(self, request: Request, value: Json) -> None:
        """Expect hits from a search and an advert from everything else."""
        if request.step == "search":
            rows(value, "content")
        elif not isinstance(value, Mapping) or not isinstance(value.get("position"), Mapping):
            raise WrongReplyError("the reply is no advert (it has no position)")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """From hits to adverts."""
        if request.step == "adverts":
            return self._after_stream(reply)
        if request.step != "search":
            return Step()
        value = reply.json()
        hits = rows(value, "content")
        ids = texts_at(hits, "id")
        last = value.get("lastPage")
        page = turn_page(
            request,
            ids,
            state,
            self._search,
            received=len(hits),
            total=whole(value.get("totalElements")),
            last=last if isinstance(last, bool) else None,
            by_page=True,
        )
        return steps(Step(next=[self._advert(hit) for hit in hits if texts_at([hit], "id")]), page)

    def _after_stream(self, reply: Reply) -> Step:
        ids, gone = [], []
        with reply.open() as raw:
            for line in raw:
                try:
                    metadata = json.loads(line)["metadata"]
                    ids.append(str(metadata["externalId"]))
                    if metadata.get("archived"):
                        gone.append(ids[-1])
                except (ValueError, KeyError, TypeError, AttributeError):
                    continue  # the loader tells what is wrong with the advert
        return Step(ids=ids, gone=gone, empty=reply.size == 0)

    def _advert(self, hit: Mapping[str, Any]) -> Request:
        identifier = str(hit["id"])
        url = address(self.spec.url, f"{_DETAIL}/{quote(identifier, safe='')}")
        return Request(url, step="advert", key=identifier, mark=digest(hit), headers=self.headers())

    def ending(self, request: Request) -> str:
        """Return the ending of the files kept."""
        return ".jsonl" if request.step == "adverts" else ".json"

    def lists_all(self, state: State) -> bool:
        """Tell whether every advert is listed: the search does, an increment of P67 does not."""
        return self.text("interface") == "search"
