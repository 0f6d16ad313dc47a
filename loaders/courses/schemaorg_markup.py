"""Find things of schema.org in the tags of a page: microdata, and RDFa as far as RDFa Lite goes."""

from __future__ import annotations

from typing import Any

from lxml import etree

_VALUES = {
    "a": "href", "area": "href", "link": "href", "img": "src", "time": "datetime", "data": "value",
}  # fmt: skip
_MOST = 20_000_000
"""Characters of values that are taken from one page: properties within properties repeat their text."""
_SCHEMA = ("schema:", "http://schema.org/", "https://schema.org/", "sdo:")


def things_in(page: etree._Element) -> list[dict[str, Any]]:
    """Return the things at the top, each as an object of JSON-LD, inner things within."""
    found: list[dict[str, Any]] = []
    taken = 0
    stack: list[tuple[etree._Element, dict[str, Any] | None]] = [(page, None)]
    while stack:
        tag, holder = stack.pop()
        names = _names(tag)
        types = _types(tag)
        if types is not None:
            thing: dict[str, Any] = {"@type": types}
            name = tag.get("itemid") or tag.get("resource") or tag.get("about")
            if name:
                thing["@id"] = name
            if holder is not None and names:
                _put(holder, names, thing)
            else:
                found.append(thing)
            holder = thing
        elif holder is not None and names and taken < _MOST:
            value = _value(tag)
            taken += len(value)
            _put(holder, names, value)
        stack += [(child, holder) for child in reversed(tag) if isinstance(child.tag, str)]
    return found


def _types(tag: etree._Element) -> list[str] | None:
    """Return the types that a tag gives to a new thing, None if it begins none."""
    if "itemscope" in tag.attrib:
        return tag.get("itemtype", "").split()
    return tag.get("typeof", "").split() or None


def _names(tag: etree._Element) -> list[str]:
    """Return the properties whose value a tag is; those of other vocabularies (`og:title`) are none."""
    names = tag.get("itemprop", "").split() + tag.get("property", "").split()
    if not {"typeof", "href", "resource"}.isdisjoint(tag.keys()):
        names += tag.get("rel", "").split()
    return [name for name in names if ":" not in name or name.startswith(_SCHEMA)]


def _put(holder: dict[str, Any], names: list[str], value: object) -> None:
    for name in names:
        if not name.startswith("@"):
            before = holder.setdefault(name, value)
            if isinstance(before, list):
                before.append(value)
            elif before is not value:
                holder[name] = [before, value]


def _value(tag: etree._Element) -> str:
    """Return what a tag says: an attribute made for it, or the HTML within."""
    for name in ("content", _VALUES.get(str(tag.tag), "content"), "resource"):
        if (value := tag.get(name)) is not None:
            return value
    within = (etree.tostring(child, encoding="unicode", method="html") for child in tag)
    return (tag.text or "") + "".join(within)
