"""Kouta-light: the list of courses that a school outside the national service sends to it (OPH).

It is the one national interface in which a course names the ESCO skills that it gives
(`osaaminenUrit`). The receiver does not check these addresses; here a wrong one is warned of.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from graph.records import Course, CourseOffering, Organisation, Price, Record, StatedSkill
from loaders.base import Loaded, Outcome
from loaders.courses.course_values import esco_skill, web_address
from loaders.courses.opintopolku_codes import parts, table
from loaders.courses.opintopolku_providers import owner
from loaders.courses.opintopolku_study import keywords
from loaders.readers.fields import Fields, mapping, text_list
from loaders.readers.json_stream import Item
from loaders.texts.languages import language_code
from loaders.texts.text import honest_languages, lang_text, optional_text, parse_day, plain_text
from loaders.universities import key_of_name

_REMEDY = "Correct it in the list of courses."


def is_light(value: object) -> bool:
    """Return whether a record is a course of such a list: known by `externalId`, without an OID."""
    return isinstance(value, Mapping) and "externalId" in value and "oid" not in value


def read_light(item: Item, chosen: str | None) -> Outcome:
    """Return the outcome of one course.

    Args:
        item: the course, as it is sent or (with `metadata` and `ownerOrg`) as it is kept.
        chosen: key of the university that an option names for all.
    """
    raw = item.value
    identifier = raw["externalId"]
    code = plain_text(identifier) if isinstance(identifier, str) else ""
    if not code:
        return item.problem("", "externalId", "The course has no externalId.", _REMEDY)
    fields = Fields(item, code)
    try:
        title = honest_languages(lang_text(raw.get("nimi")))
    except ValueError as error:
        return item.problem(code, "nimi", f"The name cannot be read: {error}.", _REMEDY)
    if not title:
        return item.problem(code, "nimi", "The course has no name.", _REMEDY)
    if raw.get("tila") not in (None, "julkaistu"):
        return Loaded((), skipped=f"a course that is not published ({str(raw['tila'])[:20]})")
    key, organisations = _provider(raw, chosen, fields)
    if key is None:
        reason = "The course names no provider that the graph knows."
        return item.problem(
            code, "tarjoajat", reason, "Name the university in the option `university`."
        )
    facts = {**raw, **(fields.read("metadata", raw.get("metadata"), mapping) or {})}
    records: list[Record] = [*organisations, _course(facts, key, code, title, fields)]
    opens, closes = facts.get("hakuaikaAlkaa"), facts.get("hakuaikaPaattyy")
    if opens or closes:
        offering = CourseOffering(
            key=code,
            university=key,
            course_code=code,
            title=title,
            enrolment_start=fields.read("hakuaikaAlkaa", opens, parse_day),
            enrolment_end=fields.read("hakuaikaPaattyy", closes, parse_day),
        )
        records.append(offering)
    return Loaded(tuple(records), tuple(fields.warnings))


def _provider(
    raw: Mapping[str, Any], chosen: str | None, fields: Fields
) -> tuple[str | None, tuple[Organisation, ...]]:
    names: list[dict[str, str]] = []
    for name in parts(fields, "tarjoajat", raw.get("tarjoajat")):
        names.append(fields.read("tarjoajat", name, lang_text) or {})
    listed = (key_of_name(text) for texts in names for text in texts.values())
    key = chosen or next((one for one in listed if one), None)
    if key is not None:
        return key, ()
    oid = fields.read("ownerOrg", raw.get("ownerOrg"), optional_text)
    if not oid:
        return None, ()
    organisation = owner(oid, names[0] if names else {})
    return organisation.key, (organisation,)


def _course(
    facts: Mapping[str, Any], key: str, code: str, title: Mapping[str, str], fields: Fields
) -> Course:
    words = fields.read("kuvaus", facts.get("kuvaus"), lang_text) or {}
    links = fields.read("hakulomakeLinkki", facts.get("hakulomakeLinkki"), lang_text) or {}
    link = next((links[one] for one in ("en", "fi", "sv") if one in links), None)
    return Course(
        university=key,
        code=code,
        title=title,
        content=honest_languages(words),
        languages=_languages(facts, fields),
        identifiers=(code,),
        homepage=fields.read("hakulomakeLinkki", link, web_address),
        kind="programme" if facts.get("johtaaTutkintoon") is True else "course",
        keywords=keywords(facts, fields),
        price=_price(facts, fields),
        stated_skills=_skills(facts, fields),
    )


def _languages(facts: Mapping[str, Any], fields: Fields) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in fields.read("opetuskielet", facts.get("opetuskielet"), text_list) or ():
        bare = word.partition("#")[0]
        if bare in table("teaching_languages"):
            found.update(dict.fromkeys(table("teaching_languages")[bare]))
        elif language := fields.read("opetuskielet", word, language_code):
            found[language] = None
    return tuple(found)


def _price(facts: Mapping[str, Any], fields: Fields) -> Price | None:
    """Return that it is free, or in words what it costs: the list has no field for the amount."""
    name = "maksullisuuskuvaus"
    text = fields.read(name, facts.get(name), lang_text) or {}
    if facts.get("isMaksullinen") is False:
        return Price(Decimal(0), text=text)
    return Price(text=text) if text else None


def _skills(facts: Mapping[str, Any], fields: Fields) -> tuple[StatedSkill, ...]:
    found: dict[str, StatedSkill] = {}
    for address in fields.read("osaaminenUrit", facts.get("osaaminenUrit"), text_list) or ():
        if uri := fields.read("osaaminenUrit", address, esco_skill):
            found[uri] = StatedSkill(uri)
    return tuple(found.values())
