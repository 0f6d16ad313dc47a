"""Values of the Open Education API: texts in languages, study loads, modes, prices, periods.

Version 5 and 6 differ in names and in what is a list; both are read alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from graph.records import LearningOutcome, Price, StatedSkill
from loaders.courses.course_values import eqf_level, esco_skill, isced_field
from loaders.readers.fields import Fields, mapping
from loaders.texts.languages import language_code
from loaders.texts.text import honest_languages, optional_text, parse_day, parse_number, plain_text

Part = Mapping[str, Any]
_MODES = {
    "blended": "blended",
    "hybrid": "blended",
    "coil": "online",
    "online": "online",
    "distancelearning": "online",
    "presential": "presential",
    "oncampus": "presential",
    "situated": "presential",
    "projectbased": "project-based",
    "workbased": "work-based",
    "researchlabbased": "research-lab",
    "jointdelivery": None,  # says who teaches together, not how
}
_OURS = {"en", "fi", "sv"}


def first(part: Part, *names: str) -> Any:  # noqa: ANN401 (JSON)
    """Return the first field of those names that holds something, else None."""
    return next((part[name] for name in names if part.get(name) not in (None, "", [], {})), None)


def listed(value: object) -> list[Any]:
    """Return a list as it is, one thing as a list of one, nothing as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def texts(value: object) -> dict[str, str]:
    """Return the plain texts of `[{"language": "en-GB", "value": "…"}]` by ISO 639-1 language.

    Of two texts in one language (`en-GB`, `en-US`) the first counts.

    Raises:
        ValueError: it is no such list, or a language is none.
    """
    found: dict[str, str] = {}
    if isinstance(value, str):
        value = [{"value": value}]
    for one in listed(value):
        entry = mapping(one)
        language = language_code(entry.get("language")) or "und"
        text = optional_text(entry.get("value"))
        if text:
            found.setdefault(language, text)
    return honest_languages(found) if found.keys() <= _OURS else found


def code_of(value: object) -> str | None:
    """Return the code of `{"codeType": …, "code": …}`, or a bare code.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, Mapping):
        value = value.get("code")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return optional_text(value)


def identifiers(raw: Part, own: str, fields: Fields) -> tuple[tuple[str, ...], tuple[StatedSkill, ...]]:
    """Return the codes of a thing (with their kind, if it says more) and the ESCO skills in them."""
    found, skills = {own: None}, {}
    for one in listed(raw.get("otherCodes")):
        entry = fields.read("otherCodes", one, mapping) or {}
        code = fields.read("otherCodes.code", entry.get("code"), code_of)
        if not code:
            continue
        kind = str(entry.get("codeType") or "identifier")
        if "data.europa.eu/esco/" in code:
            if uri := fields.read("otherCodes.code", code, esco_skill):
                skills[uri] = StatedSkill(uri)
        else:
            found[code if kind in ("identifier", "uuid") else f"{plain_text(kind)}:{code}"] = None
    return tuple(found), tuple(skills.values())


def ects(raw: Part, fields: Fields) -> Decimal | None:
    """Return the study load in ECTS credits; hours and national credits are no such credits."""
    loads = [fields.read("studyLoad", one, mapping) or {} for one in listed(raw.get("studyLoad"))]
    for load in loads:
        if str(load.get("studyLoadUnit") or "").lower() == "ects":
            return fields.read("studyLoad.value", load.get("value"), parse_number)
    units = [str(load["studyLoadUnit"])[:20] for load in loads if load.get("studyLoadUnit")]
    if units:
        what = ", ".join(units)
        fields.warn(
            "studyLoad", f"The study load is given in {what}: it is not taken for ECTS credits."
        )
    return fields.read("ects", raw.get("ects"), parse_number)


def modes(raw: Part, fields: Fields) -> tuple[str, ...]:
    """Return the forms of participation."""
    found: dict[str, None] = {}
    for one in listed(first(raw, "modesOfDelivery", "modeOfDelivery")):
        word = "".join(char for char in str(one).lower() if char.isalpha())
        if word not in _MODES:
            fields.warn("modesOfDelivery", f"{str(one)[:60]!r} is no mode of delivery that is known.")
        elif mode := _MODES[word]:
            found[mode] = None
    return tuple(found)


def languages(raw: Part, fields: Fields) -> tuple[str, ...]:
    """Return the languages of teaching (ISO 639-1)."""
    codes = listed(first(raw, "teachingLanguages", "teachingLanguage"))
    read = (fields.read("teachingLanguages", code, language_code) for code in codes)
    return tuple(dict.fromkeys(code for code in read if code))


def study_fields(raw: Part, fields: Fields) -> tuple[str, ...]:
    """Return the fields of study as codes of ISCED-F."""
    codes = listed(raw.get("fieldsOfStudy"))
    read = (fields.read("fieldsOfStudy", code, isced_field) for code in codes)
    return tuple(dict.fromkeys(code for code in read if code))


def qualification_level(raw: Part, fields: Fields) -> int | None:
    """Return the EQF level; Dutch "4+" lies between two levels and is none."""
    value = raw.get("levelOfQualification")
    return (
        None if value in ("4+", "nlqf_4plus") else fields.read("levelOfQualification", value, eqf_level)
    )


def price(raw: Part, fields: Fields) -> Price | None:
    """Return the total costs; of several prices the first, leaving out what a subsidy may pay."""
    for one in listed(raw.get("priceInformation")):
        cost = fields.read("priceInformation", one, mapping) or {}
        if "stap" in str(cost.get("costType") or "").lower():
            continue
        amount = fields.read("priceInformation.amount", cost.get("amount"), parse_number)
        words = fields.read("priceInformation.displayAmount", cost.get("displayAmount"), texts) or {}
        currency = str(cost.get("currency") or "EUR").strip().upper()
        if amount is None and not words:
            continue
        if len(currency) == 3 and currency.isascii() and currency.isalpha():
            return Price(amount, currency, words)
        fields.warn("priceInformation.currency", f"{currency[:20]!r} is no currency.")
    return None


def town(raw: Part, fields: Fields) -> str | None:
    """Return the towns of the addresses where it is taught, else of all addresses."""
    found: dict[str, bool] = {}
    for one in listed(raw.get("addresses")):
        address = fields.read("addresses", one, mapping) or {}
        name = fields.read("addresses.city", address.get("city"), optional_text)
        if name:
            found[name] = found.get(name, False) or address.get("addressType") == "teaching"
    taught = [name for name, teaching in found.items() if teaching]
    return ", ".join(taught or found) or None


def enrolment(raw: Part, fields: Fields) -> tuple[date | None, date | None]:
    """Return the first and last day of enrolment, over all periods."""
    pairs = [(raw.get("enrollStartDate"), raw.get("enrollEndDate"))]
    for one in listed(first(raw, "enrolmentPeriods", "enrollmentPeriods")):
        period = fields.read("enrolmentPeriods", one, mapping) or {}
        pairs.append((period.get("startDateTime"), period.get("endDateTime")))
    starts = [fields.read("enrolment start", begin, parse_day) for begin, _ in pairs]
    ends = [fields.read("enrolment end", end, parse_day) for _, end in pairs]
    return min((d for d in starts if d), default=None), max((d for d in ends if d), default=None)


def outcome(raw: Part, fields: Fields) -> LearningOutcome | None:
    """Return a learning outcome of version 6, with the ESCO skills among its codes."""
    words = fields.read("learningOutcomes.name", raw.get("name"), texts)
    _, skills = identifiers(raw, "", fields)
    return LearningOutcome(words, skills) if words else None


def own_outcomes(raw: Part, fields: Fields) -> Iterator[LearningOutcome]:
    """Yield the outcomes that a course holds itself: texts (version 5), or objects (6, expanded)."""
    value = raw.get("learningOutcomes")
    if isinstance(value, list) and value and all(_is_text(one) for one in value):
        value = [value]  # one text in several languages, not a list of texts
    for one in listed(value):
        if isinstance(one, Mapping) and not _is_text(one):
            found = outcome(one, fields)
        else:
            words = fields.read("learningOutcomes", one, texts)
            found = LearningOutcome(words) if words else None
        if found is not None:
            yield found


def _is_text(value: object) -> bool:
    return isinstance(value, Mapping) and "value" in value and "name" not in value
