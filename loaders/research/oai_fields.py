"""Dublin Core of repositories, in whichever of their forms, as one list of fields.

`kk` and `dim` name element and qualifier in attributes; `oai_dc` has elements alone; `qdc` has terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from loaders.readers.xml_stream import Node, attribute, local_name
from loaders.texts.languages import language_code
from loaders.texts.text import plain_text

_IN_LANGUAGES = re.compile(r"(?:^|\|)\s*([a-z]{2})\s*=\s*([^|]*)")
_INDENTED = re.compile(r"[ \t]*\n[ \t]+(?=\S)")
_NOTHING = frozenset(("", "-", "–", "none", "null", "n/a"))
_SCHEMAS = frozenset(("dc", "dcterms"))
_TERMS = {
    "abstract": ("description", "abstract"),
    "accessrights": ("rights", "access"),
    "alternative": ("title", "alternative"),
    "available": ("date", "available"),
    "created": ("date", "created"),
    "dateaccepted": ("date", "accepted"),
    "dateaccessioned": ("date", "accessioned"),
    "datesubmitted": ("date", "submitted"),
    "extent": ("format", "extent"),
    "ispartof": ("relation", "ispartof"),
    "issued": ("date", "issued"),
    "modified": ("date", "modified"),
    "spatial": ("coverage", "spatial"),
    "tableofcontents": ("description", "tableofcontents"),
    "temporal": ("coverage", "temporal"),
}


@dataclass(frozen=True, slots=True)
class DcField:
    """One field: `contributor.author` with its value, and the language that it is said to be in."""

    element: str
    qualifier: str
    value: str
    """Plain text, not empty."""
    language: str | None = None


def dc_fields(node: Node) -> list[DcField] | None:
    """Return the fields of a metadata element (`kk:metadata`, `dim`, `oai_dc:dc`, `qualifieddc`).

    None if it is none of these.
    """
    name = local_name(node)
    if name in ("dc", "qualifieddc"):
        return [field for child in node for field in _term(child)]
    if name not in ("dim", "metadata"):
        return None
    found: list[DcField | None] = []
    known = name == "dim"
    for child in node:
        own = local_name(child)
        if own == "field":
            found.append(_named(child))
        elif own == "link":
            found.append(_field("identifier", "link", child.get("href")))
        elif own == "identifier" and child.get("type") == "handle":
            found.append(_field("identifier", "handle", child.get("value")))
        else:
            continue
        known = True
    return [field for field in found if field] if known else None


def _named(node: Node) -> DcField | None:
    if (node.get("schema") or node.get("mdschema") or "dc") not in _SCHEMAS:
        return None  # what the repository keeps for itself
    value = node.get("value") or "".join(map(str, node.itertext()))
    language = node.get("language") or node.get("lang")
    return _field(node.get("element") or "", node.get("qualifier") or "", value, language)


def _term(node: Node) -> Iterable[DcField]:
    name = local_name(node).lower()
    element, qualifier = _TERMS.get(name, (name, attribute(node, "qualifier") or ""))
    field = _field(element, qualifier, flowing_text(node), attribute(node, "lang"))
    return [field] if field else []


def flowing_text(node: Node) -> str:
    """Return the text of an element; a line that is indented is one only for the look of the XML."""
    return _INDENTED.sub(" ", "".join(map(str, node.itertext()))).strip()


def _field(
    element: str, qualifier: str, value: str | None, language: str | None = None
) -> DcField | None:
    text = plain_text(value or "")
    if text.lower() in _NOTHING:
        return None
    kind = "" if qualifier.lower() == "none" else qualifier.lower()
    return DcField(element.lower(), kind, text, tag(language))


@lru_cache(maxsize=1000)
def tag(language: str | None) -> str | None:
    """Return a language attribute as a code; None for `-`, `none`, `*`, `e`, and for `fi|en`."""
    codes = set()
    for part in re.split(r"[|,;/ ]+", language or ""):
        try:
            codes.add(language_code(part))
        except ValueError:
            continue
    return codes.pop() if len(codes) == 1 else None


def in_languages(value: str) -> Mapping[str, str]:
    """Return the texts of a value like `fi=Pro gradu -tutkielma|en=Master's thesis|`; {} for others."""
    if not _IN_LANGUAGES.match(value):
        return {}
    return {code: text.strip() for code, text in _IN_LANGUAGES.findall(value) if text.strip()}


def one_text(value: str, preferred: str | None = None) -> str:
    """Return a value; of one in several languages the preferred, English, Finnish or first."""
    texts = in_languages(value)
    order = (preferred or "", "en", "fi", *texts)
    return next((texts[code] for code in order if code in texts), value)
