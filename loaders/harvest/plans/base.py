"""What every plan is: it says which request comes first, and what follows from each reply.

A plan holds nothing but its settings. How far a run has come stands in the `State` and in the notes of
the requests, so that a run can be picked up from its journal at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from loaders.harvest.credentials import KeyPlace
from loaders.harvest.errors import WrongReplyError
from loaders.harvest.exchange import Json, Reply, Request, State, Step
from loaders.harvest.spec import HarvestSpec, Setting

EXTRA: Mapping[str, Setting] = {
    "query": Setting(
        "table", "further query parameters, as the interface's own documentation names them", {}
    )
}
"""A setting that most kinds share."""


class Plan:
    """The base of all plans."""

    kind: ClassVar[str]
    title: ClassVar[str]
    settings: ClassVar[Mapping[str, Setting]] = {}
    url: ClassVar[str | None] = None
    """The usual base address; None: it must be given; "": the kind has no base address."""
    key: ClassVar[KeyPlace] = KeyPlace(header="Authorization")
    """Where the key is sent, if there is one."""
    key_required: ClassVar[bool] = False
    suffix: ClassVar[str] = ".json"
    """Ending of the files kept."""
    full_every_days: ClassVar[int] = 30
    increments: ClassVar[bool] = True
    """Whether less than everything can be asked for; if not, only full runs are made, when due."""
    tells_gone: ClassVar[bool] = False
    """Whether the loader is given the list of what was withdrawn."""

    def __init__(self, spec: HarvestSpec) -> None:
        """Make the plan of a source."""
        self.spec = spec

    def check_settings(self) -> None:
        """Raise ValueError with a sentence if the settings do not go together."""

    def first(self, state: State) -> Step:
        """Return the first requests of a run."""
        raise NotImplementedError

    def after(self, request: Request, reply: Reply, state: State) -> Step:
        """Return what follows from a reply that was found right."""
        raise NotImplementedError

    def refused(self, request: Request, reply: Reply, state: State) -> Step | None:
        """Return what follows from a reply with another status than 2xx; None: it is an error.

        A 404 or 410 for a request with a key need not be handled: that thing is gone.
        """
        return None

    def expired(self, request: Request, state: State) -> Step | None:
        """Return how to begin again when a request may be too old to be answered; None: it is not."""
        return None

    def check(self, request: Request, reply: Reply) -> None:
        """Raise WrongReplyError if a reply is not what the interface gives."""

    def final(self, request: Request, reply: Reply) -> bool:
        """Tell whether a reply is an answer although its status (429, 503) says: try again."""
        return False

    def ending(self, request: Request) -> str:
        """Return the ending of the file in which a reply is kept."""
        return self.suffix

    def lists_all(self, state: State) -> bool:
        """Tell whether this run lists every thing that there is: what it does not list is gone."""
        return False

    def text(self, name: str) -> str:
        """Return a setting that is a text."""
        return str(self.spec.settings[name])

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a setting that is a list."""
        value = self.spec.settings[name]
        assert isinstance(value, tuple)  # checked by spec.py
        return value

    def number(self, name: str) -> int:
        """Return a setting that is a whole number."""
        value = self.spec.settings[name]
        assert isinstance(value, int)  # checked by spec.py
        return value

    def yes(self, name: str) -> bool:
        """Return a setting that is true or false."""
        return self.spec.settings[name] is True

    def table(self, name: str = "query") -> Mapping[str, str]:
        """Return a setting that is a table."""
        value = self.spec.settings[name]
        assert isinstance(value, Mapping)  # checked by spec.py
        return value


class JsonPlan(Plan):
    """A plan whose replies are small JSON documents."""

    def check(self, request: Request, reply: Reply) -> None:
        """Refuse what is no JSON, an error told with status 200, and documents of another build."""
        value = reply.json()
        if isinstance(value, dict) and (told := error_told(value)):
            raise WrongReplyError(f"the reply tells an error: {told}")
        self.check_value(request, value)

    def check_value(self, request: Request, value: Json) -> None:
        """Raise WrongReplyError if a JSON value is not built as the interface builds it."""

    def headers(self) -> dict[str, str]:
        """Return the headers of a request."""
        return {"Accept": "application/json"}


def error_told(value: Mapping[str, Any]) -> str:
    """Return what an error document says: `{"error": …}` or `{"status": 500, "message": …}`."""
    error, status = value.get("error"), value.get("status")
    told = isinstance(error, str | Mapping) and bool(error)
    told = told or (isinstance(status, int) and not isinstance(status, bool) and status >= 400)
    text = json.dumps(error or value.get("message") or value, ensure_ascii=False)
    return text[:200] if told else ""


def rows(value: Json, *path: str) -> list[Any]:
    """Return the list at a path of a JSON value.

    Raises:
        WrongReplyError: there is no list.
    """
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(value, list):
        raise WrongReplyError(f"the reply has no list {'.'.join(path) or 'at its top'}")
    return value


def whole(value: Json) -> int | None:
    """Return a count that a source tells, or None if it tells none."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def texts_at(items: Iterable[Any], *names: str) -> list[str]:
    """Return the first of the named fields that each item has, as text, if it has one."""
    found = []
    for item in items:
        if isinstance(item, Mapping):
            value = next((item[name] for name in names if item.get(name) not in (None, "")), None)
            if isinstance(value, str | int):
                found.append(str(value))
    return found


def shortfall(name: str, told: int | None, came: int) -> Sequence[str]:
    """Return a note if fewer records came than the source says there are."""
    if told is None or came >= told:
        return ()
    return (f"{name}: the source says that there are {told:,}, and {came:,} came.",)
