"""The public SPARQL endpoint (SPARQL 1.1 Protocol, reading only) and its page."""

from __future__ import annotations

import json

from flask import Blueprint, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from app.negotiation import RDF_FORMS, RESULT_FORMS
from app.view import View, current_view
from graph.guard import query_form
from graph.sandbox import BusyError
from graph.store import QueryRefusedError, QueryTimeoutError, StoreError
from queries.binding import bind_values
from queries.library import AUDIENCES, load_library

blueprint = Blueprint("sparql", __name__)
_JSON = RESULT_FORMS["json"]


@blueprint.route("/sparql", methods=["GET", "POST", "OPTIONS"])
def endpoint() -> ResponseReturnValue:
    """Answer a query in the form that the client asks for; browsers get the page."""
    if request.method == "OPTIONS":
        return _allow(Response(status=204))
    query = _query()
    page = request.accept_mimetypes.best_match([*_all_types(), "text/html"]) == "text/html"
    asked_form = request.values.get("format", "")
    if not query or (page and not asked_form):
        return _page(query)
    g.machine = True
    media_type = _media_type(query, asked_form)
    try:
        result = current_view().graph.sandbox.query(query, media_type)
    except StoreError as error:
        return _refuse(error)
    answer = Response(result.body, content_type=f"{result.media_type}; charset=utf-8")
    answer.headers["X-Row-Limit"] = str(current_view().graph.sandbox.limits.rows)
    return _allow(answer)


def _query() -> str:
    if request.method == "POST" and request.mimetype == "application/sparql-query":
        return request.get_data(as_text=True)
    return str(request.values.get("query", ""))


def _all_types() -> list[str]:
    return [*RESULT_FORMS.values(), *RDF_FORMS.values(), "application/json"]


def _media_type(query: str, form: str) -> str:
    """Return the media type that fits the query's kind and the client's wish."""
    try:
        forms = RDF_FORMS if query_form(query) in {"CONSTRUCT", "DESCRIBE"} else RESULT_FORMS
    except QueryRefusedError:
        forms = RESULT_FORMS  # the sandbox refuses it in its own words
    if form in forms:
        return forms[form]
    default = next(iter(forms.values()))
    return request.accept_mimetypes.best_match(list(forms.values()), default) or default


def _refuse(error: StoreError) -> Response:
    status = 400 if isinstance(error, QueryRefusedError) else 500
    if isinstance(error, QueryTimeoutError | BusyError):
        status = 503
    answer = jsonify({"error": {"status": status, "title": "Query", "message": str(error)}})
    answer.status_code = status
    return _allow(answer)


def _allow(answer: Response) -> Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    answer.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    return answer


def _page(query: str) -> ResponseReturnValue:
    view = current_view()
    table, text, problem = None, "", ""
    if query:
        try:
            media_type = _JSON
            if query_form(query) in {"CONSTRUCT", "DESCRIBE"}:
                media_type = RDF_FORMS["ttl"]
            result = view.graph.sandbox.query(query, media_type)
            if media_type == _JSON:
                table = _table(result.body)
            else:
                text = result.body.decode("utf-8", "replace")
        except StoreError as error:
            problem = str(error)
    page = render_template(
        "sparql/index.html",
        view=view,
        query=query,
        table=table,
        text=text,
        problem=problem,
        limits=view.graph.sandbox.limits,
        examples=_examples(view),
    )
    return Response(page, status=400 if problem else 200, mimetype="text/html")


def _table(body: bytes) -> dict[str, object]:
    parsed = parse_query_results(body, QueryResultsFormat.JSON)
    if not isinstance(parsed, QuerySolutions):
        return {"columns": ["?"], "rows": [], "answer": bool(json.loads(body)["boolean"])}
    names = [variable.value for variable in parsed.variables]
    rows = [{name: row[name] for name in names if row[name] is not None} for row in parsed]
    return {"columns": names, "rows": rows, "answer": None}


def _examples(view: View) -> list[dict[str, str]]:
    """Return the library's own queries with their example values, ready to run."""
    library = load_library()
    found = []
    for name in library.names(*AUDIENCES):
        query = library.get(name)
        if all(query.example.get(p.name) for p in query.parameters if p.required):
            text = bind_values(query, query.example).strip()
            title = query.title.get(view.language) or query.title["en"]
            found.append({"name": name, "title": title, "query": text})
    return found
