"""Where a thing of the graph has its page on this site, and which thing a page shows."""

from __future__ import annotations

from urllib.parse import quote

from graph.identifiers import Identifiers
from ontology import terms as t

ESCO = "http://data.europa.eu/esco/"
_MODEL = t.FITECH.rstrip("#")
_SAFE = "/-._~:@!$&'()*+,;="


def page_of(iri: str, ids: Identifiers) -> str | None:
    """Return the path of a thing's page, or None for a thing of another site."""
    if iri.startswith(ids.base):
        return f"/page/{iri.removeprefix(ids.base)}"
    if iri.startswith(ESCO) and not iri.startswith(t.ESCO):
        return f"/esco/{iri.removeprefix(ESCO)}"
    if iri.startswith(_MODEL):
        return f"/ontology#{iri.rsplit('#', 1)[-1]}"
    return None


def own_iri(path: str, ids: Identifiers) -> str:
    """Return the IRI of a thing of ours from the path after `/id/`, `/page/` or `/data/`."""
    return f"{ids.base}{quote(path, safe=_SAFE)}"


def esco_iri(path: str) -> str:
    """Return the IRI of a concept of ESCO from the path after `/esco/`."""
    return f"{ESCO}{quote(path, safe=_SAFE)}"
