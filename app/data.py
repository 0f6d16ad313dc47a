"""Linked data: every address of ours leads to a page or to RDF, as the client asks."""

from __future__ import annotations

import io
from collections.abc import Iterator

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from werkzeug.exceptions import NotFound

from app import languages, negotiation
from app.addresses import esco_iri, own_iri
from app.view import current_graph, current_view
from ontology import terms as t
from ontology.files import model_files
from queries.library import construct, load_library

blueprint = Blueprint("data", __name__)
_FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
}


@blueprint.get("/id/<path:path>")
def thing(path: str) -> ResponseReturnValue:
    """Send the client on, to the page or to the data: a thing itself has no bytes (303)."""
    form = negotiation.wanted(request.accept_mimetypes)
    # Quoted again as the IRI is; Flask has decoded the path.
    rest = own_iri(path, current_graph().ids).removeprefix(current_graph().ids.base)
    target = f"/page/{rest}" if form == "html" else f"/data/{rest}.{form}"
    answer = redirect(target, 303)
    answer.headers["Vary"] = "Accept"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.get("/data/esco/<path:path>.<any(ttl, jsonld, nt, rdf):form>")
def esco_data(path: str, form: str) -> ResponseReturnValue:
    """Answer with what the graph says of an ESCO concept."""
    return _describe(esco_iri(path), form)


@blueprint.get("/data/<path:path>.<any(ttl, jsonld, nt, rdf):form>")
def own_data(path: str, form: str) -> ResponseReturnValue:
    """Answer with what the graph says of a thing of ours."""
    return _describe(own_iri(path, current_graph().ids), form)


def _describe(iri: str, form: str) -> Response:
    found = list(construct(current_view().graph.store, load_library().get("describe"), {"thing": iri}))
    if not found:
        raise NotFound
    return _answer([*found, *_author_lists(found)], form)


def _author_lists(triples: list[Triple]) -> Iterator[Triple]:
    """Yield the by-line of a work as a list of RDF, as BIBO has it; the graph has it in one literal."""
    for triple in triples:
        if triple.predicate.value == t.CREATOR_ORDER and isinstance(triple.object, Literal):
            rest: NamedNode | BlankNode = NamedNode(t.RDF + "nil")
            for address in reversed(triple.object.value.split()):
                place = BlankNode()
                yield Triple(place, NamedNode(t.RDF + "first"), NamedNode(address))
                yield Triple(place, NamedNode(t.RDF + "rest"), rest)
                rest = place
            yield Triple(triple.subject, NamedNode(t.BIBO + "authorList"), rest)


def _answer(triples: list[Triple], form: str) -> Response:
    body = serialize(triples, format=_FORMATS[form], prefixes=t.PREFIXES)
    answer = Response(body, mimetype=negotiation.RDF_FORMS[form])
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.get("/ontology")
@blueprint.get("/ontology/link-status")
def ontology() -> ResponseReturnValue:
    """Show the model as a page, or as RDF."""
    form = negotiation.wanted(request.accept_mimetypes)
    if form != "html":
        return redirect(f"/ontology.{form}", 303)
    return render_template("about/ontology.html", parts=_model_parts(languages.current()))


@blueprint.get("/ontology.<any(ttl, jsonld, nt, rdf):form>")
def ontology_data(form: str) -> ResponseReturnValue:
    """Answer with the model and its small vocabularies."""
    triples = [
        Triple(quad.subject, quad.predicate, quad.object)
        for path in model_files()
        for quad in parse(io.BytesIO(path.read_bytes()), RdfFormat.TURTLE)
    ]
    return _answer(triples, form)


def _model_parts(language: str) -> list[tuple[str, list[dict[str, str]]]]:
    """Return the terms of the model by kind, with labels and definitions in a language."""
    graph = Graph()
    for path in model_files():
        graph.parse(path, format="turtle")
    kinds = (
        ("class", OWL.Class),
        ("object property", OWL.ObjectProperty),
        ("data property", OWL.DatatypeProperty),
        ("concept", SKOS.Concept),
    )
    parts = []
    for kind, cls in kinds:
        subjects = [node for node in graph.subjects(RDF.type, cls) if isinstance(node, URIRef)]
        own = sorted({node for node in subjects if str(node).startswith((t.FITECH, t.STATUS))})
        parts.append((kind, [_term(graph, node, language) for node in own]))
    return parts


def _term(graph: Graph, node: URIRef, language: str) -> dict[str, str]:
    def text(*properties: URIRef) -> str:
        for prop in properties:
            for value in graph.objects(node, prop):
                if getattr(value, "language", None) == language:
                    return str(value)
        return ""

    return {
        "name": node.rsplit("#", 1)[-1],
        "iri": str(node),
        "label": text(RDFS.label, SKOS.prefLabel),
        "definition": text(SKOS.definition),
    }
