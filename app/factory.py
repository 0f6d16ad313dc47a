"""Make the web application."""

from __future__ import annotations

import os

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask_babel import gettext as _
from pyoxigraph import NamedNode
from werkzeug.exceptions import HTTPException

from app import addresses, columns, languages
from app.live import LiveGraphs
from app.review.settings import SignIn
from app.view import NoReleaseError
from app.workspace import Workspace
from graph.sandbox import BusyError, Limits
from graph.store import QueryTimeoutError, StoreError
from ontology import terms as t
from queries.library import QueryError

_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'; img-src 'self' data:"
)


def create_app(
    place: Workspace,
    limits: Limits | None = None,
    workers: int = 2,
    sign_in: SignIn | None = None,
) -> Flask:
    """Return the application for one data directory.

    Args:
        place: the data directory; it may be empty, then pages say how to fill it.
        limits: what one public SPARQL query may use.
        workers: processes for public SPARQL queries.
        sign_in: how people sign in; default: as the environment says.
    """
    app = Flask("app")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["fitech"] = LiveGraphs(place, limits or Limits(), workers)
    app.extensions["workspace"] = place
    languages.init_app(app)
    _register(app, sign_in if sign_in is not None else SignIn.from_environment(os.environ))
    app.jinja_env.tests["iri"] = lambda term: isinstance(term, NamedNode)
    app.jinja_env.filters["literal"] = columns.literal
    app.jinja_env.filters["number"] = columns.number
    app.jinja_env.filters["word"] = columns.word
    app.jinja_env.filters["moment"] = columns.moment
    app.jinja_env.globals.update(
        column_title=columns.title,
        kind_words=columns.kind_words,
        field_name=columns.field_name,
        prefixes=t.PREFIXES,
        page_of=addresses.page_of,
    )
    app.context_processor(_everywhere)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(NoReleaseError, _no_release)
    app.register_error_handler(QueryError, lambda e: _error(400, _("That cannot be asked"), str(e)))
    app.register_error_handler(
        QueryTimeoutError, lambda e: _error(504, _("That took too long"), str(e))
    )
    app.register_error_handler(BusyError, lambda e: _error(503, _("Too busy"), str(e)))
    app.register_error_handler(StoreError, lambda e: _error(400, _("That did not work"), str(e)))
    return app


def _register(app: Flask, sign_in: SignIn) -> None:
    from app import about, data, entities, home, learning, quality_pages, questions, sparql
    from app.review import pages, trail
    from app.review import sign_in as doors

    for module in (
        home,
        questions,
        learning,
        entities,
        data,
        sparql,
        about,
        quality_pages,
        pages,
        trail,
    ):
        app.register_blueprint(module.blueprint)
    doors.init_app(app, sign_in)


def _everywhere() -> dict[str, object]:
    """What every template may use."""
    graphs: LiveGraphs = current_app.extensions["fitech"]
    return {
        "graph": graphs.current(),
        "language": languages.current(),
        "languages": languages.NAMES,
        "development": current_app.extensions["sign_in"].development,
    }


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.add("Vary", "Accept-Language")
    response.headers.add("Vary", "Cookie")
    return response


def _http_error(error: HTTPException) -> Response | tuple[Response, int]:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    titles = {
        400: _("That did not work"),
        401: _("Not signed in"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not allowed"),
        406: _("Not available in that form"),
    }
    title = titles.get(error.code, error.name)
    text = _("There is nothing at this address.") if error.code == 404 else ""
    own = error.description if error.description != type(error).description else ""
    return _error(error.code, title, own or text or (error.description or ""))


def _no_release(error: NoReleaseError) -> Response | tuple[Response, int]:
    return _error(503, _("There is no graph yet"), str(error))


def _error(code: int, title: str, text: str) -> Response | tuple[Response, int]:
    """Answer with an error in the form that was asked for: a page, or JSON of one shape."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    if best == "application/json" or request.path.startswith("/api/") or g.get("machine"):
        body = {"error": {"status": code, "title": title, "message": text}}
        return jsonify(body), code
    page = render_template("error.html", title=title, text=text, code=code)
    return Response(page, status=code, mimetype="text/html")
