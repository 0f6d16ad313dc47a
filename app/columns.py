"""How values and columns are shown: numbers, dates and headings in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask_babel import format_date, format_datetime, format_decimal
from flask_babel import lazy_gettext as _
from pyoxigraph import BlankNode, Literal, NamedNode

from ontology import terms as t

_TITLES = {
    "advert": _("Job advert"),
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
    "issued": _("Published"),
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
    "topic": _("Topic"),
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
    "description": _("description"),
    "stated": _("stated by the source"),
    "course": _("course"),
    "module": _("module"),
    "programme": _("programme"),
    "badge": _("badge"),
    "job adverts": _("job adverts"),
    "person decided": _("a person decided"),
    "identifier": _("the same identifier"),
    "by-line of one work": _("same name among the authors of one work"),
    "title, year and first author": _("same title, year and first author"),
    "different identifiers": _("different identifiers"),
    "different titles": _("the same identifier, but different titles"),
    "too common": _("an identifier that too many share"),
}
_KINDS = {
    "Course": _("courses"),
    "CourseOffering": _("course offerings"),
    "ResearchOutput": _("research outputs"),
    "Person": _("people"),
    "Organisation": _("organisations"),
    "Concept": _("concepts"),
    "SkillNeed": _("skill needs"),
    "SkillLink": _("skill links"),
    "JobAdvert": _("job adverts"),
    "ConceptLink": _("links to occupations and topics"),
    "course": _("courses"),
    "output": _("research outputs"),
    "person": _("people"),
    "organisation": _("organisations"),
}
_FIELDS = {
    "abstract": _("Abstract"),
    "affiliations": _("Affiliation"),
    "alt_labels": _("Alternative labels"),
    "assessment": _("Assessment"),
    "concept": _("Concept"),
    "container": _("Published in"),
    "content": _("Content"),
    "country": _("Country"),
    "creators": _("Authors"),
    "credits_min": _("Credits (ECTS)"),
    "definition": _("Definition"),
    "description": _("Description"),
    "doi": _("DOI"),
    "end": _("Ends"),
    "enrolment_end": _("Enrolment closes"),
    "enrolment_start": _("Enrolment opens"),
    "eqf_level": _("EQF level"),
    "homepage": _("Home page"),
    "identifiers": _("Identifiers"),
    "in_schemes": _("Schemes"),
    "isced_f": _("Field of education (ISCED-F)"),
    "keywords": _("Keywords"),
    "language": _("Language"),
    "languages": _("Languages of instruction"),
    "level": _("Level"),
    "location": _("Place"),
    "modes": _("Form of participation"),
    "name": _("Name"),
    "number": _("Number"),
    "occupations": _("Occupations"),
    "open_to_all": _("Open to continuous learners"),
    "orcid": _("ORCID"),
    "organisations": _("Organisations"),
    "outcomes": _("Learning outcomes"),
    "output_type": _("Type"),
    "part_of": _("Part of"),
    "period": _("Period"),
    "pref_label": _("Preferred label"),
    "prerequisite_text": _("Prerequisites"),
    "price": _("Price"),
    "published": _("Published"),
    "region": _("Region"),
    "regions": _("Region"),
    "source": _("Source"),
    "start": _("Starts"),
    "stated_skills": _("ESCO skills that the source names"),
    "subjects": _("Subjects"),
    "title": _("Title"),
    "topics": _("Topics"),
    "unit": _("Responsible unit"),
    "year": _("Year"),
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


def kind_words(kind: str) -> str:
    """Return what things of a kind of record are called, in the plural."""
    return str(_KINDS.get(kind, kind))


def field_name(name: str) -> str:
    """Return what a field of a record is called."""
    return str(_FIELDS.get(name, name))


def moment(text: str) -> str:
    """Return an ISO 8601 time as people read it."""
    return str(format_datetime(datetime.fromisoformat(text), "short")) if text else ""


def number(value: float | Decimal) -> str:
    """Return a number in the reader's way of writing."""
    return str(format_decimal(value))
