"""The pathway page: from what one knows to the skills or occupation that one wants."""

from __future__ import annotations

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.view import View, current_view
from queries.library import QueryError
from queries.pathway import Pathway, Wish, plan

blueprint = Blueprint("learning", __name__)


@blueprint.get("/learning/pathway")
def pathway() -> ResponseReturnValue:
    """Show the form of a pathway and, when a goal is given, the plan; `format=json` for programs."""
    g.machine = request.args.get("format") == "json"
    view = current_view()
    wish = Wish(
        occupation=request.args.get("occupation") or None,
        skills=_list("skill"),
        known=_list("known"),
        passed=_list("passed"),
        university=request.args.get("university") or None,
        language=request.args.get("language") or None,
        importance=request.args.get("importance") or "essential",
    )
    asked = bool(wish.occupation or wish.skills)
    problem, found = "", None
    if asked:
        try:
            found = plan(view.graph.store, wish)
        except QueryError as error:
            if g.machine:
                raise
            problem = str(error)
    elif g.machine:
        raise QueryError("Name an occupation or at least one skill to reach.")
    if found is not None and g.machine:
        return jsonify(_as_json(view, found))
    universities = sorted(
        (view.label(row["university"].value), row["university"].value)
        for row in view.ask("universities")
    )
    return render_template(
        "learning/pathway.html",
        view=view,
        wish=wish,
        found=found,
        problem=problem,
        universities=universities,
    )


def _list(name: str) -> tuple[str, ...]:
    return tuple(text for text in request.args.getlist(name) if text.strip())


def _as_json(view: View, found: Pathway) -> dict[str, object]:
    def thing(iri: str) -> dict[str, str]:
        return {"iri": iri, "label": view.label(iri)}

    return {
        "steps": [
            {
                "course": thing(step.course),
                "credits": step.credits,
                "skills": [thing(skill) for skill in step.skills],
                "prerequisites": [thing(course) for course in step.prerequisites],
            }
            for step in found.steps
        ],
        "credits": found.credits,
        "coursesWithoutCredits": found.without_credits,
        "targets": [thing(skill) for skill in found.targets],
        "notTaught": [thing(skill) for skill in found.missing],
        "rings": [[thing(course) for course in ring] for ring in found.rings],
        "note": "Chosen greedily; not proved to be the smallest pathway.",
    }
