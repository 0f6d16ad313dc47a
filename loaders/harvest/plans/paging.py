"""Read a list page by page although it may change meanwhile.

A list that is read by position loses records when something before the position goes away: what moves
up is never seen. So the list is read again, until a whole reading finds nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from loaders.harvest.exchange import Request, State, Step
from loaders.harvest.plans.base import shortfall

MAX_READINGS = 4

Ask = Callable[[int], Request]
"""Position (a row or a page, from 0) → request for that page."""


def first_page(ask: Ask, reading: int = 1) -> Request:
    """Return the request for the first page of a list."""
    return replace(ask(0), note={**ask(0).note, "at": 0, "reading": reading})


def turn_page(
    request: Request,
    ids: Sequence[str],
    state: State,
    ask: Ask,
    *,
    received: int,
    total: int | None = None,
    last: bool | None = None,
    by_page: bool = False,
) -> Step:
    """Return the step after one page of a list: the next page, a new reading, or nothing.

    Args:
        request: the request of the page, made by `first_page` or here.
        ids: identifiers of what stands on the page.
        state: the run, which knows the identifiers seen in this list (`request.step`).
        ask: makes the request for a position.
        received: rows on the page.
        total: how many rows the list has, if it says so.
        last: whether the page says that it is the last one.
        by_page: positions count pages, not rows.
    """
    note = dict(request.note)
    seen = state.ids(request.step)
    fresh = set(ids) - seen
    if note["reading"] == 1 and (len(fresh) < len(set(ids)) or note.get("total", total) != total):
        note["moved"] = True
    note["new"] = int(note.get("new", 0)) + len(fresh)
    note["total"] = total
    at = int(note["at"])
    rows_done = int(note.get("rows", 0)) + received
    note["rows"] = rows_done
    ended = received == 0 or last is True or (last is None and total is not None and rows_done >= total)
    if not ended:
        ahead = ask(at + (1 if by_page else received))
        note["at"] = at + (1 if by_page else received)
        return Step(next=[replace(ahead, note={**ahead.note, **note})], ids=ids)
    came = len(seen) + len(fresh)
    short = total is not None and came < total
    unsettled = (note.get("moved") or short) if note["reading"] == 1 else note["new"] > 0
    if unsettled and note["reading"] < MAX_READINGS:
        return Step(next=[first_page(ask, int(note["reading"]) + 1)], ids=ids)
    return Step(ids=ids, notes=shortfall(request.step, total, came))


def steps(*parts: Step) -> Step:
    """Return several steps as one."""
    memory: dict[str, object] = {}
    for part in parts:
        memory |= part.memory
    return Step(
        next=[request for part in parts for request in part.next],
        ids=[one for part in parts for one in part.ids],
        gone=[one for part in parts for one in part.gone],
        memory=memory,
        notes=[note for part in parts for note in part.notes],
        empty=any(part.empty for part in parts),
    )


def noted(request: Request, **more: object) -> Request:
    """Return a request with more notes."""
    note: Mapping[str, object] = {**request.note, **more}
    return replace(request, note=note)
