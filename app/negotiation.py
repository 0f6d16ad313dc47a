"""Which form of an answer a client wants, from its Accept header."""

from __future__ import annotations

from werkzeug.datastructures import MIMEAccept

RDF_FORMS = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
"""Ending of a data address → media type."""
RESULT_FORMS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
_ALSO = {"application/json": "jsonld", "application/xhtml+xml": "html", "text/plain": "nt"}


def wanted(accept: MIMEAccept) -> str:
    """Return `html` or a key of `RDF_FORMS`; HTML where the client does not care."""
    forms = {"text/html": "html", **{media: form for form, media in RDF_FORMS.items()}, **_ALSO}
    best = accept.best_match(list(forms), "text/html")
    return forms[best] if best else "html"
