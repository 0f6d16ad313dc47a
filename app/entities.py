"""Pages of single things: one template per kind, links to every neighbour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app import negotiation
from app.addresses import esco_iri, own_iri, page_of
from app.view import View, current_view
from graph.store import Row, Term
from ontology import terms as t

blueprint = Blueprint("entities", __name__)
Facts = dict[str, list[Term]]


@blueprint.get("/page/<path:path>")
def own_page(path: str) -> ResponseReturnValue:
    """Show the page of a thing of our own."""
    view = current_view()
    return show(view, own_iri(path, view.graph.ids))


@blueprint.get("/esco/<path:path>")
def esco_page(path: str) -> ResponseReturnValue:
    """Show the page of an ESCO concept, or its data for those who ask for data."""
    form = negotiation.wanted(request.accept_mimetypes)
    if form != "html":
        return redirect(f"/data/esco/{path}.{form}", 303)
    return show(current_view(), esco_iri(path))


def show(view: View, iri: str) -> ResponseReturnValue:
    """Answer with the page of a thing."""
    types = {row["type"].value for row in view.ask("types-of", thing=iri)}
    if not types:
        moved = view.ask("successor-of", thing=iri)
        if moved and (target := page_of(moved[0]["successor"].value, view.graph.ids)):
            return redirect(target, 301)
        raise NotFound
    kind = next((kind for kind, cls in _KINDS if cls in types), "thing")
    facts: Facts = {}
    for row in view.ask("values-of", thing=iri):
        facts.setdefault(row["property"].value, []).append(row["value"])
    context = _CONTEXTS[kind](view, iri) if kind in _CONTEXTS else {}
    return render_template(
        f"entities/{kind}.html", view=view, iri=iri, kind=kind, facts=facts, terms=t, **context
    )


def _skill(view: View, iri: str) -> dict[str, Any]:
    return {
        "narrower": view.ask("narrower-of", concept=iri),
        "occupations": view.ask("occupations-needing-skill", skill=iri, limit="200"),
        "courses": view.ask("courses-teaching-skill", skill=iri, limit="50"),
        "experts": view.ask("experts-on-skill", skill=iri, limit="25"),
        "outputs": view.ask("outputs-about-skill", skill=iri, limit="25"),
        "organisations": view.ask("partners-for-skill", skill=iri),
        "needs": view.ask("needs-for-concept", concept=iri),
    }


def _group(view: View, iri: str) -> dict[str, Any]:
    return {
        "narrower": view.ask("narrower-of", concept=iri),
        "courses": view.ask("courses-teaching-skill", skill=iri, limit="25"),
        "experts": view.ask("experts-on-skill", skill=iri, limit="25"),
    }


def _occupation(view: View, iri: str) -> dict[str, Any]:
    rows = view.ask("occupation-skills-and-courses", occupation=iri, limit="5000")
    return {
        "skills": group_rows(rows, "skill"),
        "narrower": view.ask("narrower-of", concept=iri),
        "courses": view.ask("courses-for-occupation", occupation=iri, limit="25"),
        "adverts": view.ask("adverts-for-occupation", occupation=iri, limit="25"),
        "needs": view.ask("needs-for-concept", concept=iri),
    }


def _course(view: View, iri: str) -> dict[str, Any]:
    around = view.ask("courses-around-course", course=iri)
    return {
        "links": group_rows(view.ask("links-of-subject", subject=iri), "relation", "skill"),
        "topics": _concept_links(view, iri),
        "offerings": view.ask("offerings-of-course", course=iri),
        "outcomes": group_rows(view.ask("outcomes-of-course", course=iri), "outcome"),
        "parts": view.ask("parts-of-course", course=iri),
        "before": [row for row in around if row["direction"].value == "before"],
        "after": [row for row in around if row["direction"].value == "after"],
        "research": view.ask("research-behind-course", course=iri, limit="15"),
        "occupations": view.ask("occupations-of-course", course=iri),
    }


def _person(view: View, iri: str) -> dict[str, Any]:
    return {
        "expertise": view.ask("expertise-of-person", person=iri),
        "outputs": view.ask("outputs-of-person", person=iri),
        "coauthors": view.ask("coauthors-of-person", person=iri),
    }


def _organisation(view: View, iri: str) -> dict[str, Any]:
    return {
        "units": view.ask("units-of-organisation", organisation=iri),
        "courses": view.ask("courses-of-organisation", organisation=iri, limit="200"),
        "people": view.ask("people-of-organisation", organisation=iri, limit="100"),
        "outputs": view.ask("outputs-of-organisation", organisation=iri, limit="50"),
        "skills": view.ask("skills-of-organisation", organisation=iri),
    }


def _output(view: View, iri: str) -> dict[str, Any]:
    return {
        "people": view.ask("creators-of-output", output=iri),
        "links": group_rows(view.ask("links-of-subject", subject=iri), "relation", "skill"),
        "topics": _concept_links(view, iri),
        "courses": view.ask("courses-near-output", output=iri),
    }


def _advert(view: View, iri: str) -> dict[str, Any]:
    return {
        "links": group_rows(view.ask("links-of-subject", subject=iri), "relation", "skill"),
        "occupations": _concept_links(view, iri),
    }


def _concept_links(view: View, iri: str) -> list[list[Row]]:
    """Return the links of a text to occupations and topics, each with its evidence."""
    return group_rows(view.ask("concept-links-of-subject", subject=iri), "relation", "skill")


def _thing(view: View, iri: str) -> dict[str, Any]:
    return {"statements": view.ask("statements-of", thing=iri)}


def group_rows(rows: list[Row], *columns: str) -> list[list[Row]]:
    """Put the rows that share the values of columns together, in the order of the first of each."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[column].value for column in columns), []).append(row)
    return list(groups.values())


_KINDS = (
    ("course", t.COURSE),
    ("person", t.PERSON),
    ("organisation", t.ORGANISATION),
    ("output", t.RESEARCH_OUTPUT),
    ("advert", t.JOB_ADVERT),
    ("skill", t.ESCO + "Skill"),
    ("occupation", t.ESCO + "Occupation"),
    ("group", t.ESCO + "GroupConcept"),
)
_CONTEXTS: dict[str, Callable[[View, str], dict[str, Any]]] = {
    "skill": _skill,
    "group": _group,
    "occupation": _occupation,
    "course": _course,
    "person": _person,
    "organisation": _organisation,
    "output": _output,
    "advert": _advert,
    "thing": _thing,
}
