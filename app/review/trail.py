"""The audit trail for admins, and taking back what somebody decided."""

from __future__ import annotations

from flask import (
    Blueprint,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, NotFound

from app.review.pages import current_store
from app.review.sign_in import check_csrf, csrf_token, never_kept, required
from app.review.store import UNDO, Entry, ReviewError
from app.review.words import decision_words, relation_words
from app.view import current_view

blueprint = Blueprint("review_trail", __name__)
blueprint.before_request(check_csrf)
blueprint.after_request(never_kept)
_PAGE = 100
"""Rows of the audit trail on one page."""


@blueprint.get("/review/log")
def log() -> ResponseReturnValue:
    """Show the audit trail to admins."""
    required("admin")
    start = max(request.args.get("from", 0, type=int), 0)
    store = current_store()
    return render_template(
        "review/log.html",
        view=current_view(),
        rows=store.log(start, _PAGE),
        total=store.counts()["all"],
        start=start,
        page=_PAGE,
        words=relation_words(),
        decisions=decision_words(),
        taken_back=store.taken_back(),
        messages=get_flashed_messages(),
    )


@blueprint.get("/review/take-back")
def ask_take_back() -> ResponseReturnValue:
    """Ask an admin whether a judgement is to be taken back."""
    required("admin")
    entry = _still_there(request.args.get("number", 0, type=int))
    return render_template(
        "review/take_back.html",
        view=current_view(),
        csrf=csrf_token(),
        entry=entry,
        words=relation_words(),
        decisions=decision_words(),
    )


@blueprint.post("/review/take-back")
def take_back() -> ResponseReturnValue:
    """Take anybody's judgement back; the audit trail keeps both rows."""
    person = required("admin")
    entry = _still_there(request.form.get("number", 0, type=int))
    try:
        current_store().undo(entry.id, person)
    except ReviewError as error:
        raise BadRequest(str(error)) from None
    view = current_view()
    skill, title = view.label(entry.judged.skill), view.label(entry.judged.subject)
    flash(_("Taken back: %(skill)s for %(title)s.", skill=skill, title=title))
    return redirect("/review/log", 303)


def _still_there(number: int) -> Entry:
    entry = current_store().entry(number)
    if entry is None or entry.decision == UNDO or number in current_store().taken_back():
        raise NotFound(_("There is no such judgement, or it was taken back already."))
    return entry
