"""What the cells of the form hold, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from graph.records import Price, StatedSkill
from loaders.courses.course_values import esco_skill, isced_field, narrowest, web_address
from loaders.courses.template_form import LANGUAGES, Column, choices, plain
from loaders.readers.spreadsheet import cell_text
from loaders.skills.esco_terms import ESCO
from loaders.texts.languages import language_code
from loaders.texts.periods import parse_period
from loaders.texts.text import MAX_TEXT, parse_number, plain_text
from loaders.universities import key_of_name, universities

_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})|(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_FORMULA = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
_FREE = (
    "free",
    "free of charge",
    "maksuton",
    "ilmainen",
    "gratis",
    "avgiftsfri",
    "kostnadsfri",
    "kostnadsfritt",
)
_BULLET = re.compile(r"^\s*(?:[-–—•*·▪◦]|\d{1,2}[.)])\s+")
_CONCEPT = re.compile(rf"{ESCO}(?:skill|occupation|isco)/[^\s<>\"{{}}|\\^`]+")
_SHORT = 500


class Fault(ValueError):  # noqa: N818 (it is what the form calls it)
    """Something wrong with a cell: the name of its sentence, and what it says."""

    def __init__(self, name: str, **values: object) -> None:
        """Args: name: of a message of the form; values: what its sentence names."""
        super().__init__(name)
        self.name = name
        self.values = values


def parse_cell(column: Column, value: object, language: str) -> Any:  # noqa: ANN401 (by kind)
    """Return what a cell says, None if it is empty.

    Args:
        column: the cell's column.
        value: as the table gives it: a text, a number, a day.
        language: that of the form, for the choices.

    Raises:
        Fault: it cannot be understood.
    """
    text = cell_text(value)
    if not text:
        return None
    if _FORMULA.fullmatch(text):
        raise Fault("formula", value=text)
    if len(text) > MAX_TEXT:
        raise Fault("too_long", value=len(text))
    if column.choices:
        parse = (
            partial(_choices, column, language)
            if column.kind == "choices"
            else partial(_choice, column, language)
        )
        return parse(text)
    if column.kind == "day" and isinstance(value, date):
        return _plausible(value.date() if isinstance(value, datetime) else value, text)
    return _PARSERS[column.kind](text)


def _short(text: str) -> str | None:
    if len(text) > _SHORT:
        raise Fault("too_long", value=len(text))
    return " ".join(plain_text(text).split()) or None


def _long(text: str) -> str | None:
    return plain_text(text) or None


def _lines(text: str) -> tuple[str, ...] | None:
    """Return the lines of a cell without bullets and numbers."""
    lines = (_BULLET.sub("", line).strip() for line in plain_text(text).split("\n"))
    return tuple(line for line in lines if line) or None


def _number(text: str) -> Decimal | None:
    try:
        return parse_number(re.sub(r"[\s ](?=\d{3}\b)", "", text))
    except ValueError:
        raise Fault("number", value=text[:60]) from None


def _day(text: str) -> date:
    match = _DAY.fullmatch(text)
    if match is None:
        raise Fault("day", value=text[:60])
    parts = match.groups()
    day, month, year = parts[:3] if parts[0] else (parts[5], parts[4], parts[3])
    try:
        return _plausible(date(int(year), int(month), int(day)), text)
    except Fault:
        raise
    except ValueError:
        raise Fault("day", value=text[:60]) from None


def _plausible(day: date, text: str) -> date:
    if not 1990 <= day.year <= 2100:
        raise Fault("day", value=text[:60])
    return day


def _price(text: str) -> Price:
    """Return a price: a number of euros, a word for free, or whatever it says."""
    if plain(text) in _FREE:
        return Price(Decimal(0))
    bare = re.sub(r"(?:€|eur|euroa?|euro)\s*$|^\s*€", "", text, flags=re.IGNORECASE)
    try:
        return Price(parse_number(re.sub(r"[\s ](?=\d{3}\b)", "", bare.strip())))
    except ValueError:
        return Price(text={"und": " ".join(plain_text(text).split())[:_SHORT]})


def _several(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]


def _isced(text: str) -> tuple[str, ...]:
    codes = []
    for part in re.split(r"[,;\s]+", text):
        try:
            if part and (code := isced_field(part)):
                codes.append(code)
        except ValueError:
            raise Fault("isced", value=part[:60]) from None
    return narrowest(codes)


def _address(text: str) -> str | None:
    try:
        return web_address(
            text if "://" in text else f"https://{text}" if text.startswith("www.") else text
        )
    except ValueError:
        raise Fault("address", value=text[:100]) from None


def _skills(text: str) -> tuple[StatedSkill, ...]:
    found: dict[str, None] = {}
    for part in re.split(r"[,;\s]+", text):
        try:
            if part and (uri := esco_skill(part)):
                found[uri] = None
        except ValueError:
            raise Fault("skills", value=part[:100]) from None
    return tuple(StatedSkill(uri) for uri in found)


def _concept(text: str) -> str:
    uri = text.replace("https://data.", "http://data.", 1)
    if not _CONCEPT.fullmatch(uri):
        raise Fault("concept", value=text[:100])
    return uri


def _period(text: str) -> str:
    try:
        return parse_period(text)
    except ValueError:
        raise Fault("period", value=text[:60]) from None


def _university(text: str) -> str:
    key = key_of_name(text)
    known = {item.key: item for item in universities()}
    if key is None and text.casefold() in known:
        key = text.casefold()
    if key is None:
        names = ", ".join(item.name["en"] for item in known.values() if item.member)
        raise Fault("university", value=text[:100], options=names)
    return key


def _choice(column: Column, language: str, text: str) -> Any:  # noqa: ANN401 (a code, a number, a truth)
    code = _code_of(column.choices, text)
    if code is None:
        raise _no_choice(column, language, text)
    if column.choices == "yesno":
        return code == "yes"
    return int(code) if column.choices == "eqf" else code


def _choices(column: Column, language: str, text: str) -> tuple[str, ...]:
    codes: dict[str, None] = {}
    for part in _several(text):
        code = _code_of(column.choices, part)
        if code is None and column.choices == "language" and re.fullmatch(r"[a-zA-Z]{2,3}", part):
            code = language_code(part)
        if code is None:
            raise _no_choice(column, language, part)
        codes[code] = None
    return tuple(codes)


def _no_choice(column: Column, language: str, text: str) -> Fault:
    options = ", ".join(names[language] for names in choices(column.choices).values())
    return Fault("choice", value=text[:60], options=options)


def _code_of(name: str, text: str) -> str | None:
    """Return the code of a choice by its name in any of the languages, or by the code itself."""
    wanted = plain(text)
    if name == "eqf":
        wanted = re.sub(r"^(?:eqf|level|taso|nivå|eqf-taso|eqf-nivå|eqf level)\s*", "", wanted)
    for code, names in choices(name).items():
        if wanted in (code, *(plain(names[language]) for language in LANGUAGES)):
            return code
    # Excel makes a truth value of a translated yes or no.
    return {"true": "yes", "false": "no"}.get(wanted) if name == "yesno" else None


_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "short": _short,
    "long": _long,
    "lines": _lines,
    "number": _number,
    "day": _day,
    "price": _price,
    "isced": _isced,
    "address": _address,
    "skills": _skills,
    "concept": _concept,
    "period": _period,
    "university": _university,
}
