"""Pages on the quality of the data: all sources, one source, and what was joined."""

from __future__ import annotations

import csv
import io
from itertools import islice

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.pipeline.identity import COLUMNS, DECISIONS, read_written
from app.quality import SourceQuality, read_quality
from app.view import View, current_view
from graph.identity.clusters import Decision

blueprint = Blueprint("quality", __name__)
PAGE = 100
"""Decisions on one page."""


def _qualities(view: View) -> list[SourceQuality]:
    return read_quality(current_app.extensions["workspace"], view.graph.release)


@blueprint.get("/quality")
def overview() -> ResponseReturnValue:
    """Show all sources side by side."""
    view = current_view()
    return render_template("quality/overview.html", view=view, sources=_qualities(view))


@blueprint.get("/quality/<name>")
def source(name: str) -> ResponseReturnValue:
    """Show one source."""
    view = current_view()
    found = next((item for item in _qualities(view) if item.name == name), None)
    if found is None:
        raise NotFound
    return render_template("quality/source.html", view=view, source=found)


@blueprint.get("/quality/identity")
def identity() -> ResponseReturnValue:
    """Show what was taken for one thing and why, the least sure first."""
    view = current_view()
    kind, reason = request.args.get("kind", ""), request.args.get("reason", "")
    start = max(request.args.get("from", 0, type=int), 0)
    decisions = list(read_written(view.graph.release.path / DECISIONS))
    chosen = [
        item
        for item in decisions
        if (not kind or item.kind == kind) and (not reason or item.reason == reason)
    ]
    if request.args.get("format") == "csv":
        return _as_csv(chosen)
    return render_template(
        "quality/identity.html",
        view=view,
        rows=list(islice(chosen, start, start + PAGE)),
        total=len(chosen),
        start=start,
        page=PAGE,
        kind=kind,
        reason=reason,
        kinds=sorted({item.kind for item in decisions}),
        reasons=sorted({item.reason for item in decisions}),
    )


def _as_csv(decisions: list[Decision]) -> Response:
    """Answer with rows as they stand in a file of decisions, so that a person need only edit them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in decisions:
        names = " | ".join(filter(None, (item.left_label, item.right_label)))
        note = f"{item.reason}: {item.detail} ({item.confidence:g}); {names}".removesuffix("; ")
        writer.writerow(("same" if item.same else "different", item.left, item.right, note))
    answer = Response(out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=identity.csv"
    return answer


@blueprint.get("/api/quality")
def as_json() -> ResponseReturnValue:
    """Answer with the quality of all sources, for monitors."""
    return jsonify([item.to_json() for item in _qualities(current_view())])
