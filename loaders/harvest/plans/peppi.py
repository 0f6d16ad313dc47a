"""Peppi's study guide: categories → programmes → curriculum trees → courses, for a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Json, Reply, Request, State, Step, address, digest
from loaders.harvest.plans.base import JsonPlan, texts_at
from loaders.harvest.plans.paging import steps
from loaders.harvest.spec import Setting


class PeppiPlan(JsonPlan):
    """Courses of the study guide of one university, for one or more periods."""

    kind: ClassVar = "peppi"
    title: ClassVar = "Peppi study guide"
    settings: ClassVar = {
        "periods": Setting("texts", "academic years, such as 2025-2026"),
        "categories": Setting("texts", "ids of the categories to read; none: all", ()),
        "realizations": Setting("yes-no", "fetch the realisations of every course", True),
        "programmes": Setting("yes-no", "give programmes and curriculum trees to the loader too", True),
    }
    full_every_days: ClassVar = 7

    def first(self, state: State) -> Step:
        """Ask for the categories of each period."""
        return Step(next=[self._ask("navigation", period, "navigation") for period in self._periods()])

    def _periods(self) -> tuple[str, ...]:
        return self.texts("periods")

    def _ask(
        self, path: str, period: str, step: str, keep: bool = False, key: str = "", mark: str = ""
    ) -> Request:
        url = address(self.spec.url, path, {"period": period})
        note = {"period": period}
        return Request(url, step, key, mark, note, headers=self.headers(), keep=keep)

    def check_value(self, request: Request, value: Json) -> None:
        """Expect an object for a course and a list for everything else."""
        wanted = dict if request.step == "course" else list
        if request.step == "plan" and isinstance(value, dict):
            return  # the tree of one programme, not put into a list
        if not isinstance(value, wanted):
            raise WrongReplyError(f"the reply is no {'course' if wanted is dict else 'list'}")

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """Go one step down."""
        value, period = reply.json(), request.note["period"]
        if request.step == "navigation":
            chosen = self.texts("categories")
            ids = [one for one in texts_at(value, "id") if not chosen or one in chosen]
            notes = (
                [] if ids else [f"Peppi shows no categories for the period {period}: check `periods`."]
            )
            down = [
                self._tree("education", one, f"education/{one}/education-type", period) for one in ids
            ]
            return Step(next=down, ids=ids, notes=notes)
        if request.step == "education":
            programmes = [
                node
                for node in _nodes(value)
                if node.get("type") == "PROGRAMME" and node.get("id") not in (None, "")
            ]
            numbers = [str(node["id"]) for node in programmes]
            return Step(
                next=[self._tree("plan", one, f"accomplishment-plan/{one}", period) for one in numbers]
            )
        if request.step == "plan":
            found = [
                self._course(node, period)
                for node in _nodes(value)
                if node.get("type") == "COURSE_UNIT" and node.get("id") not in (None, "")
            ]
            return steps(*found)
        return Step()

    def _tree(self, step: str, number: str, path: str, period: str) -> Request:
        """Ask for a reply that leads to courses; it has no mark, so every run reads it."""
        keep = self.yes("programmes")
        return self._ask(path, period, step, keep, f"{step}:{period}:{number}" if keep else "")

    def _course(self, node: Mapping[str, Any], period: str) -> Step:
        number = str(node["id"])
        mark = digest({name: value for name, value in node.items() if name != "children"})
        key = f"{period}:{number}"
        requests = [
            self._ask(f"course/{number}", period, "course", keep=True, key=f"course:{key}", mark=mark)
        ]
        if self.yes("realizations"):
            requests.append(
                self._ask(
                    f"realizations/course/{number}",
                    period,
                    "realizations",
                    keep=True,
                    key=f"realizations:{key}",
                )
            )
        return Step(next=requests, ids=[number])

    def refused(self, request: Request, reply: Reply, state: State) -> Step | None:
        """Go on without a category or a programme that is not there in this period."""
        if request.step in ("education", "plan") and not request.key and reply.status in (404, 410):
            return Step(notes=[f"{request.url} is not there (status {reply.status})."])
        return None

    def lists_all(self, state: State) -> bool:
        """Return True: the trees name every course."""
        return True


def _nodes(value: Json) -> Iterator[Mapping[str, Any]]:
    """Yield all nodes of a tree, however deep, without recursion."""
    ahead = [value]
    while ahead:
        one = ahead.pop()
        if isinstance(one, list):
            ahead.extend(reversed(one))
        elif isinstance(one, Mapping):
            yield one
            ahead.append(one.get("children"))
