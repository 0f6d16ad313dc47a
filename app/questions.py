"""The questions of the three audiences: one page each, made from the header of its query file."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.answers import WRITERS
from app.view import View, current_view
from queries.header import Query
from queries.library import QueryError, load_library

blueprint = Blueprint("questions", __name__)
KINDS_OF_PARAMETERS = {
    "skill": "skill,group",
    "known": "skill",
    "occupation": "occupation",
    "course": "course",
    "person": "person",
    "university": "organisation",
    "organisation": "organisation",
    "topic": "topic",
}
"""Name of a parameter that takes a thing → the kinds that its search box offers."""
_MEDIA_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


@blueprint.get("/<any(expertise, planning, learning):audience>/")
def audience(audience: str) -> ResponseReturnValue:
    """Show the questions of one audience."""
    view = current_view()
    library = load_library()
    shown = [library.get(name) for name in library.names(audience)]
    return render_template("questions/audience.html", view=view, audience=audience, queries=shown)


@blueprint.get("/<any(expertise, planning, learning):audience>/<name>")
def question(audience: str, name: str) -> ResponseReturnValue:
    """Show the form of a question and, when it is filled in, the answer; also as CSV and JSON."""
    output = request.args.get("format", "")
    g.machine = output in _MEDIA_TYPES
    if name not in load_library().names(audience):
        raise NotFound
    query = load_library().get(name)
    view = current_view()
    given = _given(query)
    complete = all(given.get(p.name) for p in query.parameters if p.required)
    problem, result = "", None
    if complete:
        try:
            result = view.result(name, given)
        except QueryError as error:
            if g.machine:
                raise
            problem = str(error)
    elif g.machine:
        view.result(name, given)  # tells which parameter is missing
    if result is not None and output in _MEDIA_TYPES:
        things = {term.value for row in result.rows for term in row.values()}
        names = {iri: view.label(iri) for iri in things if view.url(iri) != iri}
        return Response(WRITERS[output](result, names), content_type=_MEDIA_TYPES[output])
    return render_template(
        "questions/question.html",
        view=view,
        audience=audience,
        query=query,
        given=given,
        result=result,
        problem=problem,
        kinds=KINDS_OF_PARAMETERS,
        universities=_universities(view, query),
    )


def _given(query: Query) -> dict[str, str | Sequence[str]]:
    """Return the filled-in parameters of the request."""
    given: dict[str, str | Sequence[str]] = {}
    for parameter in query.parameters:
        texts = [text for text in request.args.getlist(parameter.name) if text.strip()]
        if texts:
            given[parameter.name] = texts if parameter.type == "iris" else texts[0]
    return given


def _universities(view: View, query: Query) -> list[tuple[str, str]]:
    if query.parameter("university") is None:
        return []
    rows = view.ask("universities")
    found = [(row["university"].value, view.label(row["university"].value)) for row in rows]
    return sorted(found, key=lambda item: item[1])
