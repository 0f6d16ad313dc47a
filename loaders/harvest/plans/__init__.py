"""Which requests each kind of source needs; all kinds in one place, imported when used."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from loaders.harvest.plans.base import Plan

_PLANS: Final = {
    "aalto": "aalto:AaltoPlan",
    "crossref": "cursors:CrossrefPlan",
    "datacite": "cursors:DataCitePlan",
    "esco-api": "esco_api:EscoApiPlan",
    "files": "files:FilesPlan",
    "konfo": "konfo:KonfoPlan",
    "oai-pmh": "oai_pmh:OaiPmhPlan",
    "ooapi": "ooapi:OoapiPlan",
    "openalex": "cursors:OpenAlexPlan",
    "orcid": "orcid:OrcidPlan",
    "pages": "pages:PagesPlan",
    "peppi": "peppi:PeppiPlan",
    "pure": "pure:PurePlan",
    "research-fi": "research_fi:ResearchFiPlan",
    "sisu": "sisu:SisuPlan",
    "tyomarkkinatori": "tyomarkkinatori:TyomarkkinatoriPlan",
    "virta": "virta:VirtaPlan",
}


def kinds() -> tuple[str, ...]:
    """Return the names of all kinds, sorted."""
    return tuple(sorted(_PLANS))


def plan_class(kind: str) -> type[Plan]:
    """Return the plan of a kind.

    Raises:
        KeyError: there is none.
    """
    module, _, name = _PLANS[kind].partition(":")
    found: type[Plan] = getattr(import_module(f"loaders.harvest.plans.{module}"), name)
    return found
