"""How far the review is: counts for `fitech status`."""

from __future__ import annotations

from typing import Any

from app.review.judgements import judgements
from app.review.queue import NAME, Filter, Queue
from app.review.store import review_store
from app.workspace import Workspace, WorkspaceError
from graph.releases import Releases

LEARNED = "linking/rerank.json"
"""Where `loaders/linking/learned.py` keeps what was learned."""


def review_tally(place: Workspace) -> dict[str, Any]:
    """Return counts of links and judgements, and what was learned from them.

    `open` links nobody decided, `decided` ones somebody did; `waiting` decisions are about something
    that the live release does not have; `held_out` judgements are kept for measuring.
    """
    store, live = review_store(place.path), Releases(place.path).live()
    still_open, waiting = None, 0
    if live is not None:
        queue = Queue(live.path / NAME, store.path)
        if queue.exists():
            _, still_open = queue.count(Filter())
        waiting = live.manifest().get("steps", {}).get("link", {}).get("decisions_waiting", 0)
    pairs = list(judgements(place))
    return {
        "open": still_open,
        "decided": sum(n for decision, n in store.counts().items() if decision != "all"),
        "waiting": waiting,
        "judgements": len(pairs),
        "held_out": sum(one.held_out for one in pairs),
        "retrained": _retrained(place),
    }


def _retrained(place: Workspace) -> list[dict[str, Any]]:
    if not (place.path / LEARNED).exists():
        return []
    from app.learned import learned_status  # it needs numpy: the command line must start fast

    try:
        return learned_status(place)
    except WorkspaceError as error:
        return [{"weights": "", "problem": str(error)}]


def tally_lines(tally: dict[str, Any]) -> list[str]:
    """Return the counts in sentences for people."""
    if tally["open"] is None and not tally["decided"] and not tally["retrained"]:
        return []
    still_open = "?" if tally["open"] is None else f"{tally['open']:,}"
    lines = [
        f"Review: {still_open} links open, {tally['decided']:,} decided, {tally['waiting']:,} "
        f"decisions wait; {tally['judgements']:,} judgements to learn from, {tally['held_out']:,} of "
        "them held out"
    ]
    for each in tally["retrained"]:
        if "problem" in each:
            lines.append(f"  {each['problem']}")
            continue
        state = (
            "in use"
            if each["in_use"]
            else ("not in use, because the program has other weights now: run fitech link retrain")
        )
        lines.append(
            f"  weights {each['weights']}: retrained {each['date']} from {each['judgements']:,} "
            f"judgements, {state}"
        )
    return lines
