"""All loaders in one place: name → where it lives. A loader's module is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from loaders.base import Loader

_LOADERS: Final = {
    "aalto": "loaders.aalto:AaltoLoader",
    "adverts": "loaders.adverts:AdvertsLoader",
    "barometer": "loaders.barometer:BarometerLoader",
    "bibliography": "loaders.bibliography:BibliographyLoader",
    "crossref": "loaders.crossref:CrossrefLoader",
    "datacite": "loaders.datacite:DataCiteLoader",
    "elm": "loaders.elm:ElmLoader",
    "esco": "loaders.esco:EscoLoader",
    "esco-api": "loaders.esco_api:EscoApiLoader",
    "esco-former": "loaders.esco_versions.former:EscoFormerLoader",
    "esco-rdf": "loaders.esco_rdf:EscoRdfLoader",
    "fingreylit": "loaders.fingreylit:FinGreyLitLoader",
    "jod": "loaders.jod:JodLoader",
    "members": "loaders.members:MembersLoader",
    "needs": "loaders.needs:NeedsLoader",
    "oai": "loaders.oai:OaiLoader",
    "ooapi": "loaders.ooapi:OoapiLoader",
    "openalex": "loaders.openalex:OpenAlexLoader",
    "opintopolku": "loaders.opintopolku:OpintopolkuLoader",
    "orcid": "loaders.orcid:OrcidLoader",
    "peppi": "loaders.peppi:PeppiLoader",
    "pure": "loaders.pure:PureLoader",
    "researchfi": "loaders.researchfi:ResearchFiLoader",
    "ripa": "loaders.ripa:RipaLoader",
    "schemaorg": "loaders.schemaorg:SchemaOrgLoader",
    "sisu": "loaders.sisu:SisuLoader",
    "skos": "loaders.skos:SkosLoader",
    "template": "loaders.template:TemplateLoader",
    "virta": "loaders.virta:VirtaLoader",
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
