"""What the codes in Opintopolku's records mean: types, languages, modes, sizes, fees, fields.

Replies of the public interface carry a code with its names (`{"koodiUri": "eqf_6", "nimi": …}`), those
of the interface for schools the bare code under a name that ends with `KoodiUri(t)`. Both are read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from typing import Any, TypeVar

from graph.records import Price
from loaders.courses.course_values import eqf_level, isced_field, narrowest
from loaders.readers.fields import Fields, mapping
from loaders.texts.text import lang_text, parse_number, plain_text

ECTS = "opintojenlaajuusyksikko_2"
_FIELD_OF_EDUCATION = "kansallinenkoulutusluokitus2016koulutusalataso"
_SUM = re.compile(r"\d{1,3}(?:\s*\+\s*\d{1,3})*")
T = TypeVar("T")
Part = Mapping[str, Any]


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one table of `data/opintopolku.toml`."""
    text = (files("loaders") / "data" / "opintopolku.toml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = tomllib.loads(text)[name]
    return found


def code_of(value: object) -> str | None:
    """Return a code without its version, from the bare code or from an object with `koodiUri`.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, Mapping):
        value = value.get("koodiUri")
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise ValueError(f"a code was expected, not {str(value)[:60]!r}")
    return plain_text(value.partition("#")[0])


def codes_of(value: object) -> tuple[str, ...]:
    """Return the codes of a list (or of one value), without their versions.

    Raises:
        ValueError: something in it is no code.
    """
    values = value if isinstance(value, list) else [value]
    return tuple(code for one in values if (code := code_of(one)))


def either(part: Part, name: str, bare: str) -> object:
    """Return what stands under `name`, else under the name for bare codes."""
    value = part.get(name)
    return part.get(bare) if value in (None, [], {}) else value


def each(fields: Fields, name: str, value: object, read: Callable[[str], T | None]) -> Iterator[T]:
    """Yield what each code of a list means; one that cannot be read is warned of."""
    for code in fields.read(name, value, codes_of) or ():
        meaning = fields.read(name, code, read)
        if meaning is not None:
            yield meaning


def parts(fields: Fields, name: str, value: object) -> Iterator[Part]:
    """Yield the objects of a list; what is no object is warned of."""
    if value is not None and not isinstance(value, list):
        fields.warn(name, "The field was left out: it is no list.")
        return
    for one in value or ():
        part = fields.read(name, one, mapping)
        if part:
            yield part


def _looked_up(name: str, code: str) -> Any:  # noqa: ANN401 (each table has its own kind of meaning)
    if code not in table(name):
        raise ValueError(f"the code {code[:60]!r} is not known")
    return table(name)[code]


def teaching_languages(fields: Fields, opetus: Part) -> tuple[str, ...]:
    """Return the languages of instruction (ISO 639-1)."""
    value = either(opetus, "opetuskieli", "opetuskieliKoodiUrit")
    found = each(fields, "opetus.opetuskieli", value, partial(_looked_up, "teaching_languages"))
    return tuple(dict.fromkeys(language for languages in found for language in languages))


def modes(fields: Fields, opetus: Part) -> tuple[str, ...]:
    """Return the forms of participation."""
    value = either(opetus, "opetustapa", "opetustapaKoodiUrit")
    found = each(fields, "opetus.opetustapa", value, partial(_looked_up, "modes"))
    return tuple(dict.fromkeys(mode for mode in found if mode))


def study_level(fields: Fields, metadata: Part) -> str | None:
    """Return `basic-studies`, `intermediate-studies` or `advanced-studies`."""
    value = either(metadata, "opinnonTyyppi", "opinnonTyyppiKoodiUri")
    return next(each(fields, "opinnonTyyppi", value, partial(_looked_up, "study_levels")), None)


def fields_of_education(fields: Fields, raw: Part, metadata: Part) -> tuple[str, ...]:
    """Return ISCED-F codes: the national fields of education have the same numbers."""
    value = either(metadata, "koulutusala", "koulutusalaKoodiUrit")
    found = list(each(fields, "koulutusala", value, _field))
    name = "koulutuskoodienAlatJaAsteet"
    for part in parts(fields, name, raw.get(name)):
        found += each(fields, "koulutusalaKoodiUrit", part.get("koulutusalaKoodiUrit"), _field)
    return narrowest(found)


def _field(code: str) -> str | None:
    return isced_field(code) if code.startswith(_FIELD_OF_EDUCATION) else None


def highest_eqf_level(fields: Fields, raw: Part) -> int | None:
    """Return the level of the degree; of a bachelor's and master's programme, the master's."""
    return max(each(fields, "eqf", raw.get("eqf"), eqf_level), default=None)


def credits(
    fields: Fields, raw: Part, metadata: Part, *, higher_education: bool
) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the greatest number of ECTS credits.

    Weeks, hours, courses and competence points are no ECTS credits, nor are the credits of general
    upper secondary education, which have the same code. A warning tells what was not taken.
    """
    size = fields.read("opintojenLaajuus", raw.get("opintojenLaajuus") or None, _size)
    if size is None:
        size = fields.read("opintojenLaajuus", metadata.get("opintojenLaajuus") or None, _size)
    numbers: dict[str, Decimal | None] = {}
    for name in ("Min", "Max", ""):
        full = f"opintojenLaajuusNumero{name}"
        value = raw.get(full) if metadata.get(full) is None else metadata.get(full)
        numbers[name] = fields.read(full, value, parse_number)
    one = size if size is not None else numbers[""]
    least = one if numbers["Min"] is None else numbers["Min"]
    greatest = one if numbers["Max"] is None else numbers["Max"]
    if least is None and greatest is None:
        return None, None
    yksikko = "opintojenLaajuusyksikko"
    unit = None
    for part in (metadata, raw):
        unit = unit or fields.read(yksikko, either(part, yksikko, f"{yksikko}KoodiUri"), code_of)
    if unit != ECTS or not higher_education:
        what = f"in the unit {unit}" if unit else "without a unit"
        fields.warn(yksikko, f"The size is given {what}: it is not taken for ECTS credits.")
        return None, None
    for number in (least, greatest):
        if number is not None and number > 600:
            fields.warn("opintojenLaajuusNumero", f"{number} credits are too many for any study.")
            return None, None
    return least, greatest


def _size(value: object) -> Decimal | None:
    """Return the number in the name of a size: `120`, `180+120` (whose code ends with `180120`)."""
    names = mapping(mapping(value).get("nimi"))
    for name in names.values():
        if isinstance(name, str) and _SUM.fullmatch(name.strip()):
            return sum((Decimal(part) for part in name.split("+")), Decimal(0))
    return None


def price(fields: Fields, opetus: Part) -> Price | None:
    """Return the fee. A fee per year (`lukuvuosimaksu`) is for some students only: no price here."""
    text = fields.read("opetus.maksullisuusKuvaus", opetus.get("maksullisuusKuvaus"), lang_text) or {}
    fees = opetus.get("maksut") or [opetus]  # the older form has one fee among the other fields
    for part in parts(fields, "opetus.maksut", fees):
        kind = part.get("maksullisuustyyppi")
        if kind == "maksuton":
            return Price(Decimal(0), text=text)
        if kind == "maksullinen":
            amount = fields.read("opetus.maksunMaara", part.get("maksunMaara"), parse_number)
            return Price(amount, text=text) if amount is not None or text else None
    return Price(text=text) if text else None
