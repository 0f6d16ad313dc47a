"""ORCID's public interface: records of a list of iDs, or of those whom a search finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Json, Reply, Request, State, Step, address
from loaders.harvest.plans.base import JsonPlan, rows, whole
from loaders.harvest.plans.paging import Ask, first_page, steps, turn_page
from loaders.harvest.spec import Setting

_ID = re.compile(r"\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b")


class OrcidPlan(JsonPlan):
    """Whole records. With a search, an increment fetches those that changed."""

    kind: ClassVar = "orcid"
    title: ClassVar = "ORCID"
    settings: ClassVar = {
        "ids": Setting("texts", "ORCID iDs", ()),
        "ids_file": Setting("file", "a file with ORCID iDs, in whatever text", ""),
        "search": Setting("text", 'search, such as ror-org-id:"https://ror.org/…"', ""),
        "page_size": Setting("number", "rows of a search page, 1000 at most", 500),
    }
    url: ClassVar = "https://pub.orcid.org/v3.0"
    full_every_days: ClassVar = 30

    def check_settings(self) -> None:
        """There must be somebody to fetch."""
        if not (self.texts("ids") or self.text("ids_file") or self.text("search")):
            raise ValueError("[source.harvest] of kind orcid needs ids, ids_file or search.")
        wrong = [one for one in self.texts("ids") if not _ID.search(one)]
        if wrong:
            raise ValueError(
                f"[source.harvest] ids: {wrong[0]!r} is no ORCID iD (0000-0002-1825-0097)."
            )

    def first(self, state: State) -> Step:
        """Ask for the records named, and search."""
        text = " ".join(self.texts("ids"))
        if self.text("ids_file"):
            text += " " + Path(self.text("ids_file")).read_text(encoding="utf-8-sig", errors="replace")
        requests = [self._record(one) for one in dict.fromkeys(_ID.findall(text))]
        if self.text("search"):
            requests.append(first_page(self._search(state)))
        return Step(next=requests)

    def _record(self, identifier: str) -> Request:
        url = address(self.spec.url, f"{identifier}/record")
        return Request(url, step="record", key=identifier, headers=self.headers())

    def _search(self, state: State) -> Ask:
        def ask(at: int) -> Request:
            search = self.text("search")
            if state.since:
                day = state.since.strftime("%Y-%m-%dT%H:%M:%SZ")
                search = f"({search}) AND profile-last-modified-date:[{day} TO NOW]"
            query = {"q": search, "rows": self.number("page_size"), "start": str(at)}
            url = address(self.spec.url, "search/", query)
            return Request(url, step="search", headers=self.headers(), keep=False)

        return ask

    def check_value(self, request: Request, value: Json) -> None:
        """Expect a count from a search, and a record with its iD."""
        if not isinstance(value, Mapping):
            raise WrongReplyError("the reply is no object")
        if request.step == "search":
            if whole(value.get("num-found")) is None:
                raise WrongReplyError("the reply does not tell how many were found (num-found)")
            if value.get("result") is not None:
                rows(value, "result")
        elif not isinstance(value.get("orcid-identifier"), Mapping):
            raise WrongReplyError("the reply is no ORCID record")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """From hits to records."""
        if request.step != "search":
            return Step()
        value = reply.json()
        hits = value.get("result") or []
        found = [
            str(hit["orcid-identifier"]["path"])
            for hit in hits
            if isinstance(hit, Mapping)
            and isinstance(hit.get("orcid-identifier"), Mapping)
            and hit["orcid-identifier"].get("path")
        ]
        page = turn_page(
            request,
            found,
            state,
            self._search(state),
            received=len(hits),
            total=whole(value.get("num-found")),
        )
        return steps(Step(next=[self._record(one) for one in found]), page)

    def refused(self, request: Request, reply: Reply, state: State) -> Step | None:
        """A record that is locked or deactivated (409) is withdrawn."""
        if request.step == "record" and reply.status == 409:
            return Step(gone=[request.key])
        return None

    def lists_all(self, state: State) -> bool:
        """Tell whether everybody is named: an incremental search names only those who changed."""
        return not (self.text("search") and state.since)
