"""The first page and the search over skills, courses, people, occupations and organisations."""

from __future__ import annotations

from contextlib import closing

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app import languages
from app.view import current_graph, current_view
from queries.search import KINDS, TOPIC

blueprint = Blueprint("home", __name__)
MAX_QUERY = 200
SHOWN = ("skill", "occupation", "course", "person", "organisation", "output", "group")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show what the graph holds, the search box and the three ways in."""
    graph = current_graph()
    with closing(graph.search()) as search:
        counts = search.count()
    return render_template("home/index.html", counts=counts)


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Show what a search found, by kind."""
    view = current_view()
    query, kinds = _asked()
    with closing(view.graph.search()) as index:
        if kinds:
            groups = {kinds[0]: index.find(query, view.language, kinds=kinds, limit=100)}
        else:
            groups = {kind: index.find(query, view.language, kinds=(kind,), limit=10) for kind in SHOWN}
    groups = {kind: hits for kind, hits in groups.items() if hits}
    return render_template(
        "home/search.html", view=view, query=query, groups=groups, kind=kinds[0] if kinds else ""
    )


@blueprint.get("/api/search")
def suggest() -> ResponseReturnValue:
    """Answer a search as JSON, for the boxes that complete what is typed."""
    g.machine = True
    view = current_view()
    query, kinds = _asked()
    with closing(view.graph.search()) as index:
        hits = index.find(query, languages.current(), kinds=kinds, limit=12)
    answer = jsonify(
        {
            "query": query,
            "hits": [
                {
                    "iri": hit.thing,
                    "kind": hit.kind,
                    "label": hit.label,
                    "matched": hit.matched,
                    "url": view.url(hit.thing),
                }
                for hit in hits
            ],
        }
    )
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _asked() -> tuple[str, tuple[str, ...]]:
    wanted = request.args.get("kind", "")
    kinds = tuple(kind for kind in wanted.split(",") if kind in KINDS or kind == TOPIC)
    return request.args.get("q", "")[:MAX_QUERY], kinds
