"""Sisu's public kori interface: search, then every course unit by its group, then its realisations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Json, Reply, Request, State, Step, address, digest
from loaders.harvest.plans.base import EXTRA, JsonPlan, rows, texts_at, whole
from loaders.harvest.plans.paging import Ask, first_page, steps, turn_page
from loaders.harvest.spec import Setting

_API = "kori/api"


class SisuPlan(JsonPlan):
    """Course units of one or more universities; all hosts answer from one federated index."""

    kind: ClassVar = "sisu"
    title: ClassVar = "Sisu (kori)"
    settings: ClassVar = {
        "universities": Setting("texts", "university root ids, such as tuni-university-root-id"),
        "searches": Setting(
            "texts", "texts to search for, where the interface gives no list without one", ()
        ),
        "organisation_ids": Setting("texts", "search in these organisations, one after another", ()),
        "organisations": Setting("yes-no", "fetch the organisations too", True),
        "realisations": Setting("yes-no", "fetch the realisations of every unit", False),
        "page_size": Setting("number", "rows of a search page", 100),
        **EXTRA,
    }
    full_every_days: ClassVar = 7

    def first(self, state: State) -> Step:
        """Search each university, with each text or organisation; fetch the organisations."""
        requests = [first_page(self._search(*one)) for one in self._searches()]
        if self.yes("organisations"):
            url = address(self.spec.url, f"{_API}/organisations")
            requests.append(
                Request(url, step="organisations", key="organisations", headers=self.headers())
            )
        return Step(next=requests)

    def _searches(self) -> list[tuple[str, str, str]]:
        return [
            (university, text, organisation)
            for university in self.texts("universities")
            for text in self.texts("searches") or ("",)
            for organisation in self.texts("organisation_ids") or ("",)
        ]

    def _search(self, university: str, text: str, organisation: str) -> Ask:
        def ask(at: int) -> Request:
            query: Mapping[str, object] = {
                "universityOrgId": university,
                "fullTextQuery": text,
                "orgId": organisation,
                "validity": "ONGOING_AND_FUTURE",
                "showMaxResults": "false",
                "uiLang": "en",
                **self.table(),
                "limit": self.number("page_size"),
                "start": str(at),
            }
            step = ":".join(part for part in ("search", university, text, organisation) if part)
            url = address(self.spec.url, f"{_API}/course-unit-search", query)
            note = {"search": [university, text, organisation]}
            return Request(url, step=step, note=note, headers=self.headers(), keep=False)

        return ask

    def check_value(self, request: Request, value: Json) -> None:
        """Expect a list of hits from a search, and a list of things from everything else."""
        if "search" in request.note:
            rows(value, "searchResults")
        elif not isinstance(value, list):
            raise WrongReplyError("the reply is no list")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """From a search to the units, from a unit to its realisations."""
        value = reply.json()
        if "search" in request.note:
            return self._after_search(request, value, state)
        if request.step == "unit" and self.yes("realisations"):
            return Step(next=[self._realisations(item) for item in _assessment_items(value)])
        return Step()

    def _after_search(self, request: Request, value: Json, state: State) -> Step:
        university = request.note["search"][0]
        hits = rows(value, "searchResults")
        ids = texts_at(hits, "id", "groupId")
        page = turn_page(
            request,
            ids,
            state,
            self._search(*request.note["search"]),
            received=len(hits),
            total=whole(value.get("total")),
        )
        units = [
            self._unit(str(hit["groupId"]), university, digest(hit))
            for hit in hits
            if isinstance(hit, Mapping) and hit.get("groupId") and _is_of(hit, university)
        ]
        notes = []
        if value.get("truncated") is True:
            notes.append(
                f"{request.step}: Sisu cuts this list short. Split it with `searches` or "
                "`organisation_ids`."
            )
        return steps(Step(next=units, notes=notes), page)

    def _unit(self, group: str, university: str, mark: str) -> Request:
        query = {"groupId": group, "universityId": university}
        url = address(self.spec.url, f"{_API}/course-units/by-group-id", query)
        return Request(url, step="unit", key=f"unit:{group}", mark=mark, headers=self.headers())

    def _realisations(self, item: str) -> Request:
        url = address(
            self.spec.url, f"{_API}/course-unit-realisations/published", {"assessmentItemId": item}
        )
        return Request(url, step="realisations", key=f"realisations:{item}", headers=self.headers())

    def lists_all(self, state: State) -> bool:
        """Return True: the search lists every unit."""
        return True


def _is_of(hit: Mapping[str, Any], university: str) -> bool:
    """Tell whether a hit is of a university; the federated index also gives those of partners."""
    owners = hit.get("universityOrgIds")
    return university in owners if isinstance(owners, list) and owners else True


def _assessment_items(units: Json) -> list[str]:
    """Return the assessment items of the versions of a unit, through which realisations are found."""
    found: dict[str, None] = {}
    for unit in units if isinstance(units, list) else []:
        methods = unit.get("completionMethods") if isinstance(unit, Mapping) else None
        for method in methods if isinstance(methods, list) else []:
            items = method.get("assessmentItemIds") if isinstance(method, Mapping) else None
            for item in items if isinstance(items, list) else []:
                if isinstance(item, str):
                    found[item] = None
    return list(found)
