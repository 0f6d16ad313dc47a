"""ESCO's web service: all concepts of a scheme, in each language, for one version of ESCO.

A version does not change once it is out, so there are no increments. Whether `offset` counts rows or
pages differs between installations; the second request finds out: if it brings the second row of the
first page as its first, offsets count rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Json, Reply, Request, State, Step, address
from loaders.harvest.plans.base import JsonPlan, whole
from loaders.harvest.plans.paging import Ask, first_page, noted, steps, turn_page
from loaders.harvest.spec import Setting

_SCHEME = "http://data.europa.eu/esco/concept-scheme/"
_LISTS = ("skill member-skills", "occupation occupations", "concept isco", "concept skills-hierarchy")


class EscoApiPlan(JsonPlan):
    """Skills, occupations and groups."""

    kind: ClassVar = "esco-api"
    title: ClassVar = "ESCO web service"
    settings: ClassVar = {
        "version": Setting("text", "version of ESCO, such as v1.2.0"),
        "languages": Setting("texts", "languages", ("en", "fi", "sv")),
        "lists": Setting("texts", 'resource and concept scheme, such as "skill member-skills"', _LISTS),
        "page_size": Setting("number", "concepts of a page", 100),
        "offset": Setting("text", "what offset counts", "ask", ("ask", "rows", "pages")),
    }
    url: ClassVar = "https://ec.europa.eu/esco/api"
    full_every_days: ClassVar = 90
    increments: ClassVar = False

    def check_settings(self) -> None:
        """Each list names a resource and a scheme."""
        for name in self.texts("lists"):
            if len(name.split()) != 2:
                raise ValueError(
                    f"[source.harvest] lists: {name!r} must be a resource and a concept scheme, "
                    "such as "
                    '"skill member-skills".'
                )

    def first(self, state: State) -> Step:
        """Begin each list in each language."""
        lists = [
            (name, language) for name in self.texts("lists") for language in self.texts("languages")
        ]
        return Step(next=[first_page(self._list(*one)) for one in lists])

    def _list(self, name: str, language: str) -> Ask:
        resource, scheme = name.split()

        def ask(at: int) -> Request:
            query = {
                "isInScheme": scheme if ":" in scheme else _SCHEME + scheme,
                "language": language,
                "full": "true",
                "selectedVersion": self.text("version"),
                "limit": self.number("page_size"),
                "offset": str(at),
            }
            url = address(self.spec.url, f"resource/{resource}", query)
            note = {"list": name, "language": language}
            return Request(url, step=f"{name}:{language}", note=note, headers=self.headers())

        return ask

    def check_value(self, request: Request, value: Json) -> None:
        """Expect a page that says how many concepts there are."""
        if not isinstance(value, Mapping) or whole(value.get("total")) is None:
            raise WrongReplyError("the page does not tell how many concepts there are (total)")
        if value["total"] and not isinstance(value.get("_embedded"), Mapping):
            raise WrongReplyError("the page holds no concepts (_embedded)")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """Turn the page, by rows or by pages."""
        value = reply.json()
        uris = _uris(value.get("_embedded") or {})
        total = whole(value.get("total")) or 0
        ask = self._list(request.note["list"], request.note["language"])
        counts = request.note.get("counts") or self.text("offset")
        if counts == "ask" and not request.note.get("trial"):
            if 2 <= len(uris) < total:
                return Step(next=[noted(ask(1), trial=True, first=uris)], ids=uris)
            counts = "pages"  # the list ends here, either way
        elif counts == "ask":
            # Offset 1 brought the second row of the first page, or the second page.
            first = list(request.note["first"])
            rows = uris[:1] == first[1:2]
            counts = "rows" if rows else "pages"
            request = noted(ask(1), at=1, reading=1, rows=1 if rows else len(first))
            if rows:
                return self._after_trial(request, uris, total, ask)
        page = turn_page(
            noted(request, counts=counts),
            uris,
            state,
            ask,
            received=len(uris),
            total=total,
            by_page=counts == "pages",
        )
        return steps(page, Step(empty=not uris))

    def _after_trial(self, request: Request, uris: list[str], total: int, ask: Ask) -> Step:
        """Go on by rows after the trial, which read all but one row of the first page again."""
        done = 1 + len(uris)
        if done >= total:
            return Step(ids=uris)
        return Step(next=[noted(ask(done), counts="rows", at=done, rows=done, reading=1)], ids=uris)


def _uris(embedded: Mapping[str, Any]) -> list[str]:
    """Return the concepts of a page: under their addresses, or in a list `results`."""
    found = []
    for name, value in embedded.items():
        for one in value if isinstance(value, list) else [value]:
            uri = one.get("uri") if isinstance(one, Mapping) else None
            found.append(str(uri or name))
    return found
