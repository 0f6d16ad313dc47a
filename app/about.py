"""What the graph is made of, how fresh it is, what the checks found, and help."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from app.status import read_status
from app.view import current_view

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def about() -> ResponseReturnValue:
    """Show the sources, the graphs, the build and the findings of the checks."""
    view = current_view()
    state = read_status(current_app.extensions["workspace"])
    return render_template(
        "about/about.html",
        view=view,
        state=state,
        graphs=view.ask("graphs"),
        checks=view.graph.release.checks(),
    )


@blueprint.get("/api/status")
def status() -> ResponseReturnValue:
    """Answer with the state of the live release as JSON, for monitors."""
    state = read_status(current_app.extensions["workspace"]).to_json()
    del state["data_dir"]
    return jsonify(state), 200 if state["live"] else 503


@blueprint.get("/help")
def help_page() -> ResponseReturnValue:
    """Show how to use the site and how to read its figures."""
    return render_template("about/help.html")
