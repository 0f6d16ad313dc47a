"""Plan a pathway: courses from what one knows to the skills one wants, in an order that works.

SPARQL gives the target skills, the courses that teach them and their prerequisites; this module
chooses. The choice is greedy: again and again the course that adds most missing skills per
credit, its missing prerequisites counted in. That is good, but not proved to be the smallest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from graph.store import GraphStore
from queries.library import load_library, run

DEFAULT_CREDITS = 5.0
"""ECTS credits of a course that does not tell them; counted for the choice, not in the sum."""
MAX_TARGETS = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What a learner asks for. All are IRIs."""

    occupation: str | None = None
    skills: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    """Skills that one has."""
    passed: tuple[str, ...] = ()
    """Courses that one has passed."""
    university: str | None = None
    language: str | None = None
    importance: str = "essential"


@dataclass(frozen=True, slots=True)
class Step:
    """One course of a pathway."""

    course: str
    skills: tuple[str, ...]
    """Target skills for which it was chosen; empty for a mere prerequisite."""
    prerequisites: tuple[str, ...]
    """Courses of this pathway that come before it."""
    credits: float | None


@dataclass(slots=True)
class Pathway:
    """A plan, with everything that it does not reach."""

    targets: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    """Target skills that no course teaches."""
    rings: tuple[tuple[str, ...], ...] = ()
    """Courses that require each other in a ring; one requirement of each ring was left out."""

    @property
    def credits(self) -> float:
        """Sum of the credits that are known."""
        return sum(step.credits or 0.0 for step in self.steps)

    @property
    def without_credits(self) -> int:
        """Courses that do not tell their credits."""
        return sum(1 for step in self.steps if step.credits is None)


def plan(store: GraphStore, wish: Wish) -> Pathway:
    """Plan a pathway.

    Raises:
        QueryError: an IRI of the wish is malformed.
        StoreError: the store failed.
    """
    targets = _targets(store, wish)
    if not targets:
        return Pathway()
    teaches, credits = _courses(store, wish, targets)
    requires = _prerequisites(store, teaches, credits)
    chosen = choose(targets, teaches, requires, credits, set(wish.passed))
    order, rings = sort_courses(chosen, requires)
    taught = {skill for course in chosen for skill in chosen[course]}
    return Pathway(
        targets=tuple(targets),
        steps=[
            Step(
                course,
                tuple(sorted(chosen[course])),
                tuple(before for before in requires.get(course, ()) if before in chosen),
                credits.get(course),
            )
            for course in order
        ],
        missing=tuple(skill for skill in targets if skill not in taught),
        rings=rings,
    )


def choose(
    targets: Sequence[str],
    teaches: Mapping[str, set[str]],
    requires: Mapping[str, Sequence[str]],
    credits: Mapping[str, float | None],
    passed: set[str],
) -> dict[str, set[str]]:
    """Choose courses for the targets, greedily; return each with the targets it is chosen for.

    Skills of courses that one has passed count as known.
    """
    open_targets = set(targets)
    for course in passed:
        open_targets -= teaches.get(course, set())
    chosen: dict[str, set[str]] = {}
    candidates = {course for course in teaches if course not in passed}
    while open_targets:
        best: tuple[float, float, str] | None = None
        for course in candidates:
            gain = len(teaches[course] & open_targets)
            if not gain:
                continue
            cost = sum(
                credits.get(item) or DEFAULT_CREDITS
                for item in _with_prerequisites(course, requires, passed)
                if item not in chosen
            )
            # Most skills per credit, then fewest credits; the IRI makes the choice repeatable.
            score = (-gain / max(cost, 0.1), cost, course)
            best = min(best, score) if best else score
        if best is None:
            break
        for item in _with_prerequisites(best[2], requires, passed):
            new = teaches.get(item, set()) & open_targets
            chosen.setdefault(item, set()).update(new)
            open_targets -= new
        candidates.discard(best[2])
    return chosen


def sort_courses(
    chosen: Mapping[str, object], requires: Mapping[str, Sequence[str]]
) -> tuple[list[str], tuple[tuple[str, ...], ...]]:
    """Order courses so that prerequisites come first; rings are broken at one place and told."""
    edges = {
        course: {before for before in requires.get(course, ()) if before in chosen}
        for course in sorted(chosen)
    }
    rings: list[tuple[str, ...]] = []
    while True:
        try:
            return list(TopologicalSorter(edges).static_order()), tuple(rings)
        except CycleError as error:
            # graphlib gives the ring with its first node again at the end: b needs a, in order.
            ring = tuple(error.args[1])
            rings.append(ring[:-1])
            edges[ring[1]].discard(ring[0])


def _with_prerequisites(
    course: str, requires: Mapping[str, Sequence[str]], passed: set[str]
) -> list[str]:
    found: dict[str, None] = {}
    todo = [course]
    while todo:
        item = todo.pop()
        if item not in found and item not in passed:
            found[item] = None
            todo += requires.get(item, ())
    return list(found)


def _targets(store: GraphStore, wish: Wish) -> list[str]:
    values = {
        "occupation": wish.occupation or "",
        "skill": wish.skills,
        "known": wish.known,
        "importance": wish.importance,
    }
    rows = run(store, load_library().get("pathway-targets"), values).rows
    return list(dict.fromkeys(row["skill"].value for row in rows))[:MAX_TARGETS]


def _courses(
    store: GraphStore, wish: Wish, targets: Iterable[str]
) -> tuple[dict[str, set[str]], dict[str, float | None]]:
    values = {
        "skill": list(targets),
        "university": wish.university or "",
        "language": wish.language or "",
    }
    teaches: dict[str, set[str]] = {}
    credits: dict[str, float | None] = {}
    for row in run(store, load_library().get("pathway-courses"), values).rows:
        course = row["course"].value
        teaches.setdefault(course, set()).add(row["skill"].value)
        credits[course] = float(row["credits"].value) if "credits" in row else None
    return teaches, credits


def _prerequisites(
    store: GraphStore, courses: Iterable[str], credits: dict[str, float | None]
) -> dict[str, list[str]]:
    """Return each course's direct prerequisites, and add the credits of those that are new."""
    requires: dict[str, list[str]] = {}
    ordered = sorted(courses)
    query = load_library().get("pathway-prerequisites")
    for start in range(0, len(ordered), 500):
        for row in run(store, query, {"course": ordered[start : start + 500]}).rows:
            before = row["prerequisite"].value
            known = requires.setdefault(row["course"].value, [])
            if before not in known:
                known.append(before)
            credits.setdefault(before, float(row["credits"].value) if "credits" in row else None)
    return requires
