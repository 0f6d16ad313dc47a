"""From things of the European Learning Model to courses and offerings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, KeysView, Mapping
from decimal import Decimal
from typing import TypeVar

from graph.records import Course, CourseOffering, LearningOutcome, Price, StatedSkill
from loaders.courses.course_values import eqf_level, esco_skill, isced_field, narrowest, web_address
from loaders.courses.elm_files import table
from loaders.courses.elm_graph import Node
from loaders.courses.elm_providers import code_of, identifiers_of
from loaders.readers.fields import Fields
from loaders.texts.course_codes import codes_in
from loaders.texts.languages import language_code
from loaders.texts.text import honest_languages, parse_day, parse_number

_ECTS = "http://data.europa.eu/snb/education-credit/6fcec5c5af"
_DEGREE = 60
"""ECTS credits from which on a qualification is no micro-credential (those have 1 to 59)."""
_OURS = {"en", "fi", "sv"}
T = TypeVar("T")


def texts(fields: Fields, node: Node, *names: str) -> dict[str, str]:
    """Return the texts of a thing; a wrong one is warned of."""
    found = fields.read(names[0], names, lambda these: node.texts(*these)) or {}
    return honest_languages(found) if found.keys() <= _OURS else found


def course_of(node: Node, university: str, title: Mapping[str, str], fields: Fields) -> Course:
    """Return a specification, qualification or stand-alone opportunity as a course.

    What a specification does not say (what it is about, its page, its kind) its opportunities may.
    """
    outcomes = tuple(_outcomes(node, fields))
    summary = fields.read("learningOutcomeSummary", node, lambda n: n.notes("learningOutcomeSummary"))
    before = fields.read("entryRequirement", node, lambda n: n.notes("entryRequirement")) or {}
    offerings = [node, *node.graph.pointing_to(node.id, "learningAchievementSpecification")]
    credit = _ects(node, fields)
    code = code_of(node)
    parts = node.nodes("hasPart")
    return Course(
        university=university,
        code=code,
        title=title,
        outcomes=_joined(outcomes, summary or {}),
        content=next((words for one in offerings if (words := texts(fields, one, "description"))), {}),
        prerequisite_text=before,
        prerequisite_codes=codes_in(before.values(), (), code),
        credits_min=credit,
        credits_max=credit,
        languages=_languages(node, fields),
        identifiers=tuple(one for one in identifiers_of(node) if one != code),
        homepage=next((page for one in offerings if (page := _homepage(one, fields))), None),
        kind=_kind(node, offerings, credit, bool(parts)),
        learning_outcomes=outcomes,
        subjects=tuple(_addresses(node, "educationSubject", fields)),
        eqf_level=next(_coded(node, "EQFLevel", eqf_level, fields), None),
        isced_f=narrowest(_coded(node, "ISCEDFCode", isced_field, fields)),
        modes=_modes(node, fields),
        assessment=_assessment(node, fields),
        parts=tuple(code_of(part) for part in parts),
        small_module=any(_types(one) & set(table("small_modules")) for one in offerings) or None,
    )


def offering_of(node: Node, university: str, course_code: str, fields: Fields) -> CourseOffering:
    """Return a learning opportunity as an offering of a course."""
    period = next(iter(node.nodes("temporal")), None)
    start = period.values("startDate") if period else []
    end = period.values("endDate") if period else []
    deadline = node.values("applicationDeadline")
    return CourseOffering(
        key=code_of(node),
        university=university,
        course_code=course_code,
        title=texts(fields, node, "title"),
        start=fields.read("temporal.startDate", next(iter(start), None), parse_day),
        end=fields.read("temporal.endDate", next(iter(end), None), parse_day),
        enrolment_end=fields.read("applicationDeadline", next(iter(deadline), None), parse_day),
        languages=_languages(node, fields),
        modes=_modes(node, fields),
        location=_place(node, fields),
        price=_price(node, fields),
        homepage=_homepage(node, fields),
        cancelled=any("cancel" in word.lower() for word in node.values("status")),
    )


def _coded(node: Node, name: str, read: Callable[[str], T | None], fields: Fields) -> Iterator[T]:
    """Yield what the codes to which a property points mean."""
    for one in node.nodes(name):
        value = fields.read(name, one.id, read)
        if value is not None:
            yield value


def _listed_code(name: str, address: str) -> str | None:
    """Return the meaning of a code of `data/elm.toml`, None for one of another list.

    Raises:
        ValueError: the list has no such code.
    """
    known = table(name)
    code = address.rstrip("/").rpartition("/")[2]
    if code not in known:
        raise ValueError(f"the code {address[:100]!r} is not known")
    return str(known[code])


def _modes(node: Node, fields: Fields) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_coded(node, "mode", lambda one: _listed_code("modes", one), fields)))


def _languages(node: Node, fields: Fields) -> tuple[str, ...]:
    """Return the languages of teaching; of an opportunity the default language, if it has no other."""
    name = "language" if node.nodes("language") else "defaultLanguage"
    return tuple(dict.fromkeys(_coded(node, name, language_code, fields)))


def _outcomes(node: Node, fields: Fields) -> Iterator[LearningOutcome]:
    """Yield the learning outcomes, each text once, with the ESCO skills related to them."""
    seen: set[frozenset[tuple[str, str]]] = set()
    for one in node.nodes("learningOutcome"):
        words = texts(fields, one, "title") or texts(fields, one, "prefLabel")
        skills: dict[str, StatedSkill] = {}
        for skill in one.nodes("relatedESCOSkill", "relatedSkill"):
            if "data.europa.eu/esco/" not in skill.id:
                continue  # a skill of another framework
            uri = fields.read("relatedESCOSkill", skill.id, esco_skill)
            labels = texts(fields, skill, "prefLabel")
            language = "en" if "en" in labels else next(iter(labels), "und")
            if uri:
                skills[uri] = StatedSkill(uri, labels.get(language, ""), language)
        if not words and skills:
            words = {skill.language: skill.label for skill in skills.values() if skill.label}
        if words and frozenset(words.items()) not in seen:
            seen.add(frozenset(words.items()))
            yield LearningOutcome(words, tuple(skills.values()))


def _joined(outcomes: tuple[LearningOutcome, ...], summary: Mapping[str, str]) -> dict[str, str]:
    """Return a summary and outcomes as one text per language."""
    found = {language: [text] for language, text in summary.items()}
    for outcome in outcomes:
        for language, text in outcome.text.items():
            found.setdefault(language, []).append(text)
    return {language: "\n".join(lines) for language, lines in found.items()}


def _ects(node: Node, fields: Fields) -> Decimal | None:
    for credit in node.nodes("creditPoint"):
        points = credit.values("point")
        frameworks = [one.id for one in credit.nodes("framework")]
        if _ECTS in frameworks:
            return fields.read("creditPoint", next(iter(points), None), parse_number)
        what = frameworks[0][:100] if frameworks else "no framework"
        fields.warn("creditPoint", f"The credits are of {what}: they are not taken for ECTS credits.")
    return None


def _kind(node: Node, offerings: list[Node], credit: Decimal | None, has_parts: bool) -> str:
    """Return the kind of a course: by its type or that of its offerings, else by its size."""
    for one in offerings:
        for code in _types(one):
            if code in table("kinds"):
                return str(table("kinds")[code])
    if node.is_a("Qualification"):
        return "programme" if credit is None or credit >= _DEGREE else "course"
    return "module" if has_parts else "course"


def _types(node: Node) -> KeysView[str]:
    """Return the codes of what a specification or opportunity is, in their order."""
    return dict.fromkeys(kind.id.rpartition("/")[2] for kind in node.nodes("type")).keys()


def _assessment(node: Node, fields: Fields) -> dict[str, str]:
    """Return how outcomes are assessed: names, kinds and descriptions of the assessments."""
    found: dict[str, list[str]] = {}
    for one in node.nodes("provenBy"):
        kinds = (texts(fields, kind, "prefLabel") for kind in one.nodes("type"))
        for words in (texts(fields, one, "title"), *kinds, texts(fields, one, "description")):
            for language, text in words.items():
                found.setdefault(language, []).append(text)
    return {language: "\n".join(dict.fromkeys(lines)) for language, lines in found.items()}


def _addresses(node: Node, name: str, fields: Fields) -> Iterator[str]:
    for one in node.nodes(name):
        if not one.is_local and (address := fields.read(name, one.id, web_address)):
            yield address


def _homepage(node: Node, fields: Fields) -> str | None:
    for page in node.nodes("homepage"):
        for address in page.values("contentUrl") or ([] if page.is_local else [page.id]):
            if found := fields.read("homepage", address, web_address):
                return found
    return None


def _place(node: Node, fields: Fields) -> str | None:
    """Return where it is held: the name of the place, else its address, else the area."""
    found: dict[str, None] = {}
    for place in node.nodes("location"):
        names = texts(fields, place, "geographicName")
        for address in place.nodes("address"):
            full = fields.read("location.address", address, lambda one: one.notes("fullAddress"))
            names = names or full or {}
        for area in place.nodes("spatialCode"):
            names = names or texts(fields, area, "prefLabel")
        if name := names.get("en") or next(iter(names.values()), None):
            found[name] = None
    return ", ".join(found) or None


def _price(node: Node, fields: Fields) -> Price | None:
    for detail in node.nodes("priceDetail"):
        words = texts(fields, detail, "description", "prefLabel")
        for amount in detail.nodes("amount"):
            value = fields.read("priceDetail", next(iter(amount.values("value")), None), parse_number)
            unit = next((one.id.rpartition("/")[2].upper() for one in amount.nodes("unit")), "EUR")
            if value is not None and len(unit) == 3 and unit.isascii() and unit.isalpha():
                return Price(value, unit, words)
        if words:
            return Price(text=words)
    return None
