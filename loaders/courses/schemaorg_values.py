"""Values of schema.org: modes, languages, credits, prices, places, levels, ESCO skills."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from graph.records import Price, StatedSkill
from loaders.courses.course_values import eqf_level, esco_skill, isced_field
from loaders.courses.schemaorg_json import listed, single
from loaders.courses.schemaorg_things import Thing
from loaders.readers.fields import Fields
from loaders.texts.languages import language_code
from loaders.texts.text import parse_number, plain_text

_ADDRESSES = ("@id", "url", "sameAs", "targetUrl", "termCode", "identifier", "inDefinedTermSet")
_CREDITS = re.compile(
    r"^(\d{1,3}(?:[.,]\d{1,2})?)(?:\s*[-–—]\s*(\d{1,3}(?:[.,]\d{1,2})?))?\s*([^\d]*)$"
)
_AMOUNT = re.compile(r"^\D{0,5}?\s*(\d[\d\s\u00a0\u202f]*(?:[.,]\d+)*)\s*(?:,-|:-)?\s*\D{0,10}$")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_SYMBOLS = {"€": "EUR", "£": "GBP", "$": "USD"}
_FREE = frozenset(
    ("free", "free of charge", "ilmainen", "maksuton", "gratis", "avgiftsfri", "kostnadsfri")
)
_BETWEEN = re.compile(r"\s*(?:[,;/]|\band\b|\bja\b|\boch\b)\s*")
_ISCED = re.compile(r"isced[-_ ]?f", re.IGNORECASE)
_EQF = re.compile(r"\bEQF\b|/eqf\b", re.IGNORECASE)
_LEVEL = re.compile(r"(?<!\d)([1-8])(?!\d)")


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one table of `data/schemaorg.toml`."""
    text = (files("loaders") / "data" / "schemaorg.toml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = tomllib.loads(text)[name]
    return found


def _word(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def labels(thing: Thing, name: str, fields: Fields) -> list[tuple[str, str]]:
    """Return what the values of a property are called, with the language of each."""
    found: list[tuple[str, str]] = []
    for value in thing.values(name):
        found += fields.read(name, value, lambda one: list(thing.said(one))) or []
    return found


def modes_of(thing: Thing, fields: Fields) -> tuple[str, ...]:
    """Return the forms of participation; a place on the web makes it online."""
    found: dict[str, None] = {}
    for name in ("courseMode", "educationalProgramMode", "eventAttendanceMode"):
        for _, text in labels(thing, name, fields) or _ids(thing, name):
            for one in text.split(","):
                word = _word(re.split(r"[#/](?=[^#/]*$)", one.strip().rstrip("/"))[-1])
                if word not in table("modes"):
                    fields.warn(
                        name, f"{one.strip()[:60]!r} is no form of participation that is known."
                    )
                elif mode := table("modes")[word]:
                    found[mode] = None
    if not found and any(place.is_a("VirtualLocation") for place in thing.things("location")):
        found["online"] = None
    return tuple(found)


def _ids(thing: Thing, name: str) -> list[tuple[str, str]]:
    """Return the addresses of a property's values, where they have no names."""
    nodes = (value for value in thing.values(name) if isinstance(value, Mapping))
    return [("und", str(node["@id"])) for node in nodes if node.get("@id")]


def languages_of(thing: Thing, fields: Fields) -> tuple[str, ...]:
    """Return the languages of teaching (ISO 639-1), stated as codes or by their names."""
    found: dict[str, None] = {}
    for value in thing.values("inLanguage", "availableLanguage"):
        for code in fields.read("inLanguage", value, lambda one: list(_language(thing, one))) or []:
            found[code] = None
    return tuple(found)


def _language(thing: Thing, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = single(value, "alternateName", "identifier", "name", "@value", "@id")
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:60]!r} is no language")
    for part in filter(None, _BETWEEN.split(value.strip())):
        code = table("languages").get(part.lower()) or language_code(part)
        if code:
            yield code


def credits_of(thing: Thing, fields: Fields) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and most ECTS credits; credits of another kind give a warning."""
    for value in thing.values("numberOfCredits"):
        unit = ""
        if isinstance(value, Mapping):
            unit = str(single(value, "unitText", "unitCode") or "")
            ends = [single(value, "minValue"), single(value, "maxValue")]
            stated = single(value, "value", "@value")
        else:
            ends, stated = [None, None], value
        match = _CREDITS.match(plain_text(str(stated))) if stated is not None else None
        if match:
            ends = [match[1], match[2] or match[1]]
            unit = unit or match[3]
        elif stated is not None or ends == [None, None]:
            fields.warn("numberOfCredits", f"{str(stated)[:60]!r} is no number of credits.")
            continue
        if "ects" not in _word(unit) and _word(unit) not in table("credits")["units"]:
            fields.warn("numberOfCredits", f"{unit.strip()[:60]!r} are not taken for ECTS credits.")
            continue
        least, most = (fields.read("numberOfCredits", end, parse_number) for end in ends)
        return least if least is not None else most, most if most is not None else least
    return None, None


def price_of(thing: Thing, fields: Fields) -> Price | None:
    """Return the price of the first offer that says one; free of charge is a price of 0."""
    words: dict[str, str] = {}
    for offer in thing.things("offers"):
        for part in (offer, *offer.things("priceSpecification")):
            stated = single(part.node, "price", "lowPrice", "minPrice")
            if stated is None:
                continue
            amount, currency = _amount(stated)
            named = single(part.node, "priceCurrency") or single(offer.node, "priceCurrency")
            currency = str(named or currency).strip().upper()
            if amount is None:
                said = fields.read("offers.price", stated, lambda one: list(thing.said(one)))
                words = dict(said or []) | words
            elif len(currency) == 3 and currency.isascii() and currency.isalpha():
                return Price(amount, currency)
            else:
                fields.warn("offers.priceCurrency", f"{currency[:20]!r} is no currency.")
        categories = (text for _, text in labels(offer, "category", fields))
        if any(category.strip().lower() in _FREE for category in categories):
            return Price(Decimal(0))
    stated = [str(value).rpartition("/")[2].lower() for value in thing.values("isAccessibleForFree")]
    if "true" in stated:
        return Price(Decimal(0), text=words)
    return Price(text=words) if words else None


def _amount(value: object) -> tuple[Decimal | None, str]:
    """Return amount and currency of `0`, `"1 250,50"`, `"€75"` or `"Free"`; None for other words."""
    text = plain_text(str(value)) if isinstance(value, str | int | Decimal | float) else ""
    if text.lower() in _FREE:
        return Decimal(0), "EUR"
    currency = next((code for symbol, code in _SYMBOLS.items() if symbol in text), "EUR")
    match = _AMOUNT.match(text) if text.count("-") < 2 and not text.startswith("-") else None
    if match is None:
        return None, currency
    try:
        return parse_number(_THOUSANDS.sub("", "".join(match[1].split()))), currency
    except ValueError:
        return None, currency


def place_of(thing: Thing, fields: Fields) -> str | None:
    """Return where it is held: the town of each place, else its address or its name."""
    found: dict[str, None] = {}
    for value in thing.values("location"):
        named: list[Any] = [value]
        if isinstance(value, Mapping) and "@value" not in value:
            place = thing.inner(value)
            if place.is_a("VirtualLocation"):
                continue
            towns = [town for one in place.things("address") for town in one.values("addressLocality")]
            plain = [one for one in place.values("address") if isinstance(one, str)]
            named = towns or plain or place.values("name")
        for one in named:
            said = fields.read("location", one, lambda it: list(thing.said(it))) or []
            found |= dict.fromkeys(text for _, text in said)
    return ", ".join(found) or None


def skill_of(thing: Thing, value: object) -> StatedSkill | None:
    """Return the ESCO skill that a value is: its address, or a term that has it as one of its own.

    Raises:
        ValueError: it is an address of a skill of ESCO, but of none that can be.
    """
    candidates = [value] if isinstance(value, str) else []
    label, language = "", "und"
    if isinstance(value, Mapping):
        candidates = [text for name in _ADDRESSES[:-1] for text in _strings(value.get(name))]
        names = thing.inner(value).texts("name", "targetName")
        language = "en" if "en" in names else next(iter(names), "und")
        label = names.get(language, "")
    for one in candidates:
        if "data.europa.eu/esco/skill" in one and (uri := esco_skill(one)):
            return StatedSkill(uri, label, language)
    return None


def isced_of(value: object) -> str | None:
    """Return the field of ISCED-F that a term is; None for another term.

    Raises:
        ValueError: it is of ISCED-F, but no field of it.
    """
    if isinstance(value, Mapping):
        texts = [text for name in _ADDRESSES for text in _strings(value.get(name))]
        texts += _strings(value.get("educationalFramework"))
        if not any(_ISCED.search(text) for text in texts):
            return None
        code = next(iter(_strings(value.get("termCode"))), None)
        return isced_field(code or next((text for text in texts if re.search(r"\d{2,4}$", text)), None))
    return isced_field(value) if isinstance(value, str) and re.search(r"/isced-?f/\d", value) else None


def level_of(value: object) -> int | None:
    """Return the EQF level that a level is; None where it is not of the EQF.

    Raises:
        ValueError: it is of the EQF, but no level of it.
    """
    texts = [value] if isinstance(value, str) else []
    if isinstance(value, Mapping):
        names = ("termCode", "name", "targetName", "@id", "url", "targetUrl", "inDefinedTermSet")
        texts = [
            text for name in (*names, "educationalFramework") for text in _strings(value.get(name))
        ]
    if not any(_EQF.search(text) for text in texts):
        return None
    numbers = (match[1] for text in texts if (match := _LEVEL.search(_EQF.split(text)[-1])))
    return eqf_level(next(numbers, texts[0]))


def _strings(value: object) -> Iterator[str]:
    """Yield the texts of a value, of a term or property in it its value or address."""
    for one in listed(value):
        if isinstance(one, Mapping):
            one = (
                one.get("@id")
                or one.get("@value")
                or one.get("value")
                or one.get("url")
                or one.get("name")
            )
        if isinstance(one, str):
            yield one
