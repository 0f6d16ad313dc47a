"""Opintopolku's public interface (Konfo): search → programme (koulutus) → realisation (toteutus)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Json, Reply, Request, State, Step, address, digest
from loaders.harvest.plans.base import EXTRA, JsonPlan, rows, whole
from loaders.harvest.plans.paging import first_page, steps, turn_page
from loaders.harvest.spec import Setting


class KonfoPlan(JsonPlan):
    """Studies and realisations of the national portal; narrow it with `query`."""

    kind: ClassVar = "konfo"
    title: ClassVar = "Opintopolku (Konfo)"
    settings: ClassVar = {
        "realisations": Setting("yes-no", "fetch the realisations (toteutus) too", True),
        "page_size": Setting("number", "rows of a search page", 100),
        **EXTRA,
    }
    url: ClassVar = "https://opintopolku.fi/konfo-backend/external"
    full_every_days: ClassVar = 7

    def first(self, state: State) -> Step:
        """Search."""
        return Step(next=[first_page(self._search)])

    def _search(self, at: int) -> Request:
        query = {
            "lng": "fi",
            "sort": "name",
            "order": "asc",
            **self.table(),
            "page": at + 1,
            "size": self.number("page_size"),
        }
        url = address(self.spec.url, "search/koulutukset", query)
        return Request(url, step="search", headers=self.headers(), keep=False)

    def check_value(self, request: Request, value: Json) -> None:
        """Expect hits from a search, and an object with an oid from everything else."""
        if request.step == "search":
            rows(value, "hits")
        elif not isinstance(value, Mapping) or not isinstance(value.get("oid"), str):
            raise WrongReplyError(f"the reply is no {request.step} (it has no oid)")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """From hits to programmes, from a programme to its realisations."""
        value = reply.json()
        if request.step == "search":
            hits = rows(value, "hits")
            found = {
                str(hit["oid"]): hit for hit in hits if isinstance(hit, Mapping) and hit.get("oid")
            }
            page = turn_page(
                request,
                list(found),
                state,
                self._search,
                received=len(hits),
                total=whole(value.get("total")),
                by_page=True,
            )
            details = [
                self._detail("koulutus", oid, digest(hit), toteutukset="true")
                for oid, hit in found.items()
            ]
            return steps(Step(next=details), page)
        if request.step == "koulutus" and self.yes("realisations"):
            return Step(
                next=[
                    self._detail("toteutus", oid, digest(entry))
                    for oid, entry in _realisations(value).items()
                ]
            )
        return Step()

    def _detail(self, step: str, oid: str, mark: str, **query: str) -> Request:
        url = address(self.spec.url, f"{step}/{oid}", query)
        return Request(url, step=step, key=f"{step}:{oid}", mark=mark, headers=self.headers())

    def lists_all(self, state: State) -> bool:
        """Return True: the search lists every programme."""
        return True


def _realisations(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return oid → entry of the realisations that a programme names."""
    found = {}
    entries = value.get("toteutukset")
    for entry in entries if isinstance(entries, list) else []:
        oid = entry.get("oid") if isinstance(entry, Mapping) else entry
        if isinstance(oid, str) and oid:
            found[oid] = entry
    return found
