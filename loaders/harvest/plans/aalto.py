"""Aalto's course interface: one request gives all realisations."""

from __future__ import annotations

from typing import ClassVar

import ijson

from loaders.harvest.credentials import KeyPlace
from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Reply, Request, State, Step, address
from loaders.harvest.plans.base import EXTRA, Plan


class AaltoPlan(Plan):
    """GET of the whole list, conditional from the second time on."""

    kind: ClassVar = "aalto"
    title: ClassVar = "Aalto's course interface"
    settings: ClassVar = EXTRA
    url: ClassVar = "https://course.api.aalto.fi/api/sisu/v1/courseunitrealisations"
    key: ClassVar = KeyPlace(query="USER_KEY")
    key_required: ClassVar = True

    def first(self, state: State) -> Step:
        """Ask for all."""
        url = address(self.spec.url, query=self.table())
        headers = {"Accept": "application/json"}
        return Step(next=[Request(url, step="realisations", key="realisations", headers=headers)])

    def check(self, request: Request, reply: Reply) -> None:
        """See that the list begins and ends; it is too large to be read at once."""
        try:
            with reply.open() as raw:
                events = ijson.parse(raw)
                if next(events)[1] != "start_array":
                    raise WrongReplyError("the reply is no list of realisations")
                if (second := next(events))[1] not in ("start_map", "end_array"):
                    raise WrongReplyError(f"the list holds no realisations but {second[1]}")
                for _ in events:
                    pass
        except (ijson.JSONError, StopIteration, UnicodeDecodeError) as error:
            raise WrongReplyError(f"the list of realisations is broken ({error})") from None

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """Count the realisations; there is nothing more to ask."""
        with reply.open() as raw:
            ids = [str(one) for one in ijson.items(raw, "item.id")]
        return Step(ids=ids)

    def lists_all(self, state: State) -> bool:
        """Return True."""
        return True
