"""How values and columns are shown: numbers, dates and headings in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask_babel import format_date, format_datetime, format_decimal
from flask_babel import lazy_gettext as _
from pyoxigraph import BlankNode, Literal, NamedNode

from ontology import terms as t

_TITLES = {
    "code": _("Code"),
    "concept": _("Concept"),
    "confidence": _("Confidence"),
    "course": _("Course"),
    "courses": _("Courses"),
    "coursesElsewhere": _("Courses elsewhere"),
    "credits": _("Credits (ECTS)"),
    "demand": _("Demand"),
    "direction": _("Direction"),
    "end": _("Ends"),
    "essentialSkills": _("Essential skills"),
    "evidence": _("Evidence"),
    "experts": _("Experts"),
    "field": _("Field"),
    "forExample": _("For example"),
    "importance": _("Importance"),
    "latest": _("Latest year"),
    "level": _("Level"),
    "limit": _("Rows at most"),
    "occupation": _("Occupation"),
    "occupations": _("Occupations"),
    "optionalSkills": _("Optional skills"),
    "organisation": _("Organisation"),
    "other": _("Name"),
    "output": _("Research output"),
    "outputs": _("Research outputs"),
    "ownOutputs": _("Own research outputs"),
    "period": _("Period"),
    "person": _("Person"),
    "prerequisite": _("Prerequisite"),
    "quote": _("Words in the text"),
    "region": _("Region"),
    "score": _("Score"),
    "sharedSkills": _("Shared skills"),
    "shown": _("Skill shown"),
    "since": _("Since"),
    "skill": _("Skill"),
    "source": _("Source"),
    "start": _("Starts"),
    "taught": _("Skill taught"),
    "type": _("Type"),
    "unit": _("Unit"),
    "university": _("University"),
    "year": _("Year"),
}
_WORDS = {
    "all": _("all"),
    "essential": _("essential"),
    "optional": _("optional"),
    "named": _("named"),
    "openings": _("openings"),
    "title": _("title"),
    "outcomes": _("learning outcomes"),
    "content": _("content"),
    "prerequisites": _("prerequisites"),
    "abstract": _("abstract"),
    "basic-studies": _("basic studies"),
    "intermediate-studies": _("intermediate studies"),
    "advanced-studies": _("advanced studies"),
    "postgraduate-studies": _("postgraduate studies"),
    "other-studies": _("other studies"),
}


def title(column: str) -> str:
    """Return the heading of a query's column."""
    return str(_TITLES.get(column, column))


def literal(term: Literal | NamedNode | BlankNode) -> str:
    """Return a value as people read it; years stay without separators."""
    if not isinstance(term, Literal):
        return term.value
    kind = term.datatype.value.removeprefix(t.XSD)
    if kind in {"integer", "int", "long"}:
        number_value = int(term.value)
        # Years and small numbers: no grouping of digits.
        return str(number_value) if abs(number_value) < 10_000 else number(number_value)
    if kind in {"decimal", "double", "float"}:
        return number(Decimal(term.value).quantize(Decimal("0.01")))
    if kind == "date":
        return str(format_date(date.fromisoformat(term.value[:10]), "medium"))
    return word(term.value)


def word(text: str) -> str:
    """Return a code word of the data in the reader's language, other words as they are."""
    return str(_WORDS.get(text, text))


def moment(text: str) -> str:
    """Return an ISO 8601 time as people read it."""
    return str(format_datetime(datetime.fromisoformat(text), "short")) if text else ""


def number(value: float | Decimal) -> str:
    """Return a number in the reader's way of writing."""
    return str(format_decimal(value))
