"""All loaders in one place: name → where it lives. A loader's module is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from loaders.base import Loader

_LOADERS: Final = {
    "aalto": "loaders.courses.aalto:AaltoLoader",
    "adverts": "loaders.skills.adverts:AdvertsLoader",
    "barometer": "loaders.skills.barometer:BarometerLoader",
    "bibliography": "loaders.research.bibliography:BibliographyLoader",
    "crossref": "loaders.research.crossref:CrossrefLoader",
    "datacite": "loaders.research.datacite:DataCiteLoader",
    "elm": "loaders.courses.elm:ElmLoader",
    "esco": "loaders.skills.esco:EscoLoader",
    "esco-api": "loaders.skills.esco_api:EscoApiLoader",
    "esco-former": "loaders.skills.esco_versions.former:EscoFormerLoader",
    "esco-rdf": "loaders.skills.esco_rdf:EscoRdfLoader",
    "fingreylit": "loaders.research.fingreylit:FinGreyLitLoader",
    "jod": "loaders.skills.jod:JodLoader",
    "members": "loaders.members:MembersLoader",
    "needs": "loaders.skills.needs:NeedsLoader",
    "oai": "loaders.research.oai:OaiLoader",
    "ooapi": "loaders.courses.ooapi:OoapiLoader",
    "openalex": "loaders.research.openalex:OpenAlexLoader",
    "opintopolku": "loaders.courses.opintopolku:OpintopolkuLoader",
    "orcid": "loaders.research.orcid:OrcidLoader",
    "peppi": "loaders.courses.peppi:PeppiLoader",
    "pure": "loaders.research.pure:PureLoader",
    "researchfi": "loaders.research.researchfi:ResearchFiLoader",
    "ripa": "loaders.courses.ripa:RipaLoader",
    "schemaorg": "loaders.courses.schemaorg:SchemaOrgLoader",
    "sisu": "loaders.courses.sisu:SisuLoader",
    "skos": "loaders.skills.skos:SkosLoader",
    "template": "loaders.courses.template:TemplateLoader",
    "virta": "loaders.research.virta:VirtaLoader",
}


def loader_names() -> tuple[str, ...]:
    """Return the names of all loaders, sorted."""
    return tuple(sorted(_LOADERS))


def get_loader(name: str) -> Loader:
    """Return the loader of that name.

    Raises:
        KeyError: there is none.
    """
    module, _, attribute = _LOADERS[name].partition(":")
    loader: Loader = getattr(import_module(module), attribute)()
    return loader
