"""The review pages: one link after the other, precision, the audit trail, the spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    session,
    stream_with_context,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, NotFound

from app.review.decisions import METHOD
from app.review.item import ReviewItem
from app.review.precision import bands
from app.review.queue import EVERY, Filter, Item, Queue
from app.review.queue import NAME as QUEUE
from app.review.settings import ROLES_FILE
from app.review.sign_in import (
    account,
    check_csrf,
    csrf_token,
    never_kept,
    required,
    reviewer,
    sign_in_settings,
)
from app.review.store import Entry, Reviewer, ReviewError, ReviewStore, review_store
from app.review.table import MOST, Place, TableError, import_table, told, write_table
from app.review.words import emphasis_words, relation_words, sample_words, spoke_words
from app.view import View, current_view
from app.workspace import Workspace
from ontology import terms as t

blueprint = Blueprint("review", __name__)
blueprint.before_request(check_csrf)
blueprint.after_request(never_kept)
_MOST_PASSED = 60
"""Links passed over that a session remembers; a cookie has little room."""
_NEIGHBOURS = 12
_MAX_UPLOAD = 20_000_000


def current_store() -> ReviewStore:
    """Return the judgements of the data directory that the site shows."""
    place: Workspace = current_app.extensions["workspace"]
    return review_store(place.path)


def _queue(view: View) -> Queue:
    return Queue(view.graph.release.path / QUEUE, current_store().path)


def _wanted() -> Filter:
    given = request.form if request.method == "POST" else request.args
    return Filter(**{f.name: given.get(f.name, "").strip() for f in fields(Filter)})


def _address(wanted: Filter, **more: str) -> str:
    query = urlencode(wanted.given() | more)
    return f"/review?{query}" if query else "/review"


@blueprint.get("/review")
def index() -> ResponseReturnValue:
    """Show the next link to judge, or how to come so far."""
    view = current_view()
    queue = _queue(view)
    context: dict[str, Any] = {
        "view": view,
        "settings": sign_in_settings(),
        "account": account(),
        "counts": current_store().counts(),
        "queue": queue.exists(),
        "every": EVERY,
        "roles_file": ROLES_FILE,
        "here": _address(_wanted()),
    }
    person = reviewer()
    if person is None or not queue.exists():
        return render_template("review/closed.html", **context)
    wanted = _wanted()
    store = current_store()
    key = request.args.get("link", "")
    if key:
        item = queue.get(key)
        if item is None:
            raise NotFound(_("This link is not in the release that is live now."))
        found: tuple[Item, str] | None = (item, "chosen")
    else:
        passed: list[str] = session.get("passed", [])
        if wanted.decided:
            found = _decided(queue, wanted, passed)
        else:
            turn = store.judged_by(person.subject) + len(passed)
            found = queue.next(wanted, turn, passed, person.subject) or queue.next(wanted, turn)
    total, left = queue.count(wanted)
    shown = ReviewItem(view.graph.store, view.graph.ids, found[0]) if found else None
    return render_template(
        "review/index.html",
        **context,
        person=person,
        csrf=csrf_token(),
        wanted=wanted,
        filters=_filters(view, queue),
        total=total,
        left=left,
        sample=found[1] if found else "",
        review=shown,
        decision=store.decision_on(found[0].link) if found else None,
        undo=store.last_of(person.subject),
        messages=get_flashed_messages(),
        hits=_hits(view, request.args.get("find", "")),
        neighbours=_NEIGHBOURS,
        terms=t,
        words=relation_words(),
        emphasis=emphasis_words(),
        spoke=spoke_words(shown.features) if shown else [],
    )


def _decided(queue: Queue, wanted: Filter, passed: list[str]) -> tuple[Item, str] | None:
    """Return the next decided link; after the last one the others come again."""
    item = queue.next_decided(wanted, passed)
    if item is None and passed:
        session["passed"] = passed[-1:]
        item = queue.next_decided(wanted, passed[-1:]) or queue.next_decided(wanted)
    return (item, "chosen") if item else None


def _hits(view: View, text: str) -> list[tuple[str, str]]:
    """Find skills by name for those who have no JavaScript."""
    if not text.strip():
        return []
    with closing(view.graph.search()) as search:
        hits = search.find(text[:200], view.language, kinds=("skill",), limit=12)
    return [(hit.thing, hit.label) for hit in hits]


def _filters(view: View, queue: Queue) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return name, label and choices of each filter that has something to choose."""
    choices = queue.choices()
    titles = {
        "university": _("University"),
        "kind": _("Kind"),
        "language": _("Language"),
        "relation": _("Relation"),
        "linker": _("Linker"),
    }
    words = relation_words() | {
        "course": _("courses"),
        "output": _("research outputs"),
        "advert": _("job adverts"),
    }
    return [
        (
            name,
            title,
            [
                (value, view.label(value) if name == "university" else words.get(value, value))
                for value in choices[name]
            ],
        )
        for name, title in titles.items()
        if len(choices[name]) > 1
    ]


@blueprint.post("/review/judge")
def judge() -> ResponseReturnValue:
    """Take a decision and go on."""
    person = required()
    view = current_view()
    item = _queue(view).get(request.form.get("link", ""))
    if item is None:
        raise NotFound(_("This link is not in the release that is live now."))
    decision = request.form.get("decision", "")
    given = (text.strip() for text in request.form.getlist("better"))
    better = next(filter(None, given), None)  # without JavaScript there are two boxes
    if decision == "better" and better and not _is_skill(view, better):
        raise BadRequest(_("The better skill must be a skill of the graph."))
    sample = request.form.get("sample", "")
    sample = sample if sample in ("uncertain", "random") else "chosen"
    judged = ReviewItem(view.graph.store, view.graph.ids, item).judged(sample)
    former = current_store().decision_on(item.link)
    if item.linker == METHOD:  # no linker proposes it: its confidence is not a linker's
        judged = former.judged if former else replace(judged, linker="", confidence=0.0)
    try:
        current_store().judge(judged, decision, person, better)
    except ReviewError as error:
        raise BadRequest(str(error)) from None
    skill, title = view.label(item.skill), view.label(item.subject)
    other = view.label(better) if better else ""
    done = {
        "accept": _("Accepted: %(skill)s for %(title)s.", skill=skill, title=title),
        "reject": _("Rejected: %(skill)s for %(title)s.", skill=skill, title=title),
        "better": _(
            "%(better)s instead of %(skill)s for %(title)s.", better=other, skill=skill, title=title
        ),
    }
    flash(done[decision])
    if former is not None and str(former.id) != request.form.get("former", ""):
        flash(_("Meanwhile somebody had decided about it; your decision counts now."))
    wanted = _wanted()
    if wanted.decided:  # it stays decided: go on to the next
        _remember(item.link)
    return redirect(_address(wanted), 303)


def _remember(link: str) -> None:
    passed = [*session.get("passed", []), link]
    session["passed"] = list(dict.fromkeys(passed))[-_MOST_PASSED:]


def _is_skill(view: View, iri: str) -> bool:
    from queries.library import QueryError

    try:
        return any(row["type"].value == t.ESCO + "Skill" for row in view.ask("types-of", thing=iri))
    except QueryError:
        return False


@blueprint.post("/review/pass")
def pass_over() -> ResponseReturnValue:
    """Go on without a decision; the link comes back when the others are done."""
    required()
    _remember(request.form.get("link", "")[:24])
    flash(_("Passed over."))
    return redirect(_address(_wanted()), 303)


@blueprint.post("/review/undo")
def undo() -> ResponseReturnValue:
    """Take the person's last decision back and show its link again."""
    person = required()
    store = current_store()
    last = store.last_of(person.subject)
    if last is None:
        flash(_("There is nothing to take back."))
        return redirect(_address(_wanted()), 303)
    try:
        store.undo(last.id, person)
    except ReviewError as error:
        raise BadRequest(str(error)) from None
    view = current_view()
    skill, title = view.label(last.judged.skill), view.label(last.judged.subject)
    flash(_("Taken back: %(skill)s for %(title)s.", skill=skill, title=title))
    link = last.judged.link
    more = {"link": link} if _queue(view).get(link) else {}
    return redirect(_address(_wanted(), **more), 303)


@blueprint.get("/review/precision")
def precision() -> ResponseReturnValue:
    """Show how often links are right, by confidence: open to everybody, it names nobody."""
    entries = [one for one in current_store().current() if one.judged.linker]
    chosen = {name: request.args.get(name, "") for name in ("linker", "language", "sample")}
    groups = [
        (linker, language, bands(rows))
        for (linker, language), rows in sorted(_grouped(entries, chosen).items())
    ]
    return render_template(
        "review/precision.html",
        view=current_view(),
        chosen=chosen,
        groups=groups,
        all=bands(_fitting(entries, chosen)),
        choices={
            "linker": sorted({one.judged.linker for one in entries}),
            "language": sorted({one.judged.language for one in entries}),
            "sample": sorted({one.judged.sample for one in entries}),
        },
        sample_words=sample_words(),
    )


def _fitting(entries: list[Entry], chosen: dict[str, str]) -> list[Entry]:
    return [
        one
        for one in entries
        if all(not value or getattr(one.judged, name) == value for name, value in chosen.items())
    ]


def _grouped(entries: list[Entry], chosen: dict[str, str]) -> dict[tuple[str, str], list[Entry]]:
    groups: dict[tuple[str, str], list[Entry]] = {}
    for one in _fitting(entries, chosen):
        groups.setdefault((one.judged.linker, one.judged.language), []).append(one)
    return groups


@blueprint.get("/review/export.csv")
def export() -> ResponseReturnValue:
    """Answer with links as a spreadsheet; `state` is open, decided or all."""
    required()
    state = request.args.get("state", "open")
    if state not in ("open", "decided", "all"):
        raise BadRequest(_("The state must be open, decided or all."))
    view = current_view()
    limit = request.args.get("limit", 500, type=int)
    rows = write_table(_place(view), _wanted(), state, max(1, min(limit, MOST)), view.language)

    def encoded() -> Iterator[bytes]:
        for line in rows:
            yield line.encode()

    answer = Response(stream_with_context(encoded()), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=review.csv"
    return answer


@blueprint.post("/review/import")
def take_table() -> ResponseReturnValue:
    """Take the decisions of a spreadsheet."""
    person: Reviewer = required()
    view = current_view()
    file = request.files.get("file")
    data = file.read(_MAX_UPLOAD + 1) if file else b""
    if not data or len(data) > _MAX_UPLOAD:
        raise BadRequest(_("Choose a CSV file of at most 20 MB."))
    try:
        with closing(view.graph.search()) as search:
            result = import_table(data, _place(view), search, person)
    except TableError as error:
        raise BadRequest(str(error)) from None
    return render_template("review/imported.html", view=view, lines=list(told(result)))


def _place(view: View) -> Place:
    return Place(view.graph.store, view.graph.ids, _queue(view), current_store())
