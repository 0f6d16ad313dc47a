"""How a record becomes triples: the only place that knows.

One function per record type, chosen by type. The terms are those of `ontology/fitech.ttl`;
the reasons for the model stand in `docs/data-model.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import singledispatch

from pyoxigraph import Literal, NamedNode, Triple

from graph.identifiers import Identifiers
from graph.records import (
    Concept,
    ConceptRelation,
    Course,
    CourseOffering,
    LangText,
    Organisation,
    Person,
    Record,
    ResearchOutput,
    SkillLink,
    SkillNeed,
)
from ontology import terms as t

_TYPE = NamedNode(t.RDF + "type")
_DATE = NamedNode(t.XSD + "date")
_DECIMAL = NamedNode(t.XSD + "decimal")
_INTEGER = NamedNode(t.XSD + "integer")

_ESCO_TYPES = {
    "skill": ("Skill", "MemberConcept"),
    "occupation": ("Occupation", "MemberConcept"),
    "isco-group": ("GroupConcept",),
    "skill-group": ("GroupConcept",),
}
_RELATIONS = {
    "broader": t.SKOS + "broader",
    "essential-skill": t.ESCO + "relatedEssentialSkill",
    "optional-skill": t.ESCO + "relatedOptionalSkill",
    "in-scheme": t.SKOS + "inScheme",
    "top-concept": t.SKOS + "hasTopConcept",
}
LINK_RELATIONS = {"teaches": t.TEACHES, "requires": t.REQUIRES, "about": t.ABOUT_SKILL}
LINK_STATUSES = {
    "proposed": t.STATUS_PROPOSED,
    "accepted": t.STATUS_ACCEPTED,
    "rejected": t.STATUS_REJECTED,
}


class Subject:
    """Collects the triples of one thing; absent values leave no triple."""

    def __init__(self, iri: str, *types: str) -> None:
        self.node = NamedNode(iri)
        self.triples = [Triple(self.node, _TYPE, NamedNode(kind)) for kind in types]

    def iri(self, prop: str, value: str | None) -> Subject:
        """Add a link to another thing."""
        if value:
            self.triples.append(Triple(self.node, NamedNode(prop), NamedNode(value)))
        return self

    def iris(self, prop: str, values: Iterable[str]) -> Subject:
        """Add a link to each of several things."""
        for value in values:
            self.iri(prop, value)
        return self

    def plain(self, prop: str, value: object | None, datatype: NamedNode | None = None) -> Subject:
        """Add a literal, of a datatype if one is given."""
        if value is not None and value != "":
            literal = Literal(str(value), datatype=datatype) if datatype else Literal(str(value))
            self.triples.append(Triple(self.node, NamedNode(prop), literal))
        return self

    def each(self, prop: str, values: Iterable[str]) -> Subject:
        """Add a plain literal for each value."""
        for value in values:
            self.plain(prop, value)
        return self

    def text(self, prop: str, values: LangText) -> Subject:
        """Add one language-tagged literal per language."""
        predicate = NamedNode(prop)
        for language, value in values.items():
            self.triples.append(Triple(self.node, predicate, Literal(value, language=language)))
        return self

    def day(self, prop: str, value: date | None) -> Subject:
        """Add a date."""
        return self.plain(prop, value.isoformat() if value else None, _DATE)


def to_triples(record: Record, ids: Identifiers) -> Iterator[Triple]:
    """Yield the triples of one record.

    Raises:
        ValueError: an identifier in the record makes no valid IRI; the message names it.
    """
    yield from _map(record, ids)


@singledispatch
def _map(record: object, ids: Identifiers) -> Iterable[Triple]:
    raise TypeError(f"No mapping to RDF is known for {type(record).__name__}.")


@_map.register
def _concept(record: Concept, ids: Identifiers) -> Iterable[Triple]:
    if record.kind == "scheme":
        return (
            Subject(record.uri, t.SKOS + "ConceptScheme")
            .text(t.SKOS + "prefLabel", record.pref_label)
            .text(t.DCT + "description", record.description)
            .triples
        )
    types = (t.SKOS + "Concept", *(t.ESCO + name for name in _ESCO_TYPES[record.kind]))
    subject = Subject(record.uri, *types)
    subject.text(t.SKOS + "prefLabel", record.pref_label)
    for prop, labels in (("altLabel", record.alt_labels), ("hiddenLabel", record.hidden_labels)):
        for language, values in labels.items():
            for value in values:
                subject.text(t.SKOS + prop, {language: value})
    subject.text(t.DCT + "description", record.description)
    subject.text(t.SKOS + "definition", record.definition)
    subject.text(t.SKOS + "scopeNote", record.scope_note)
    subject.plain(t.SKOS + "notation", record.notation)
    if record.skill_type:
        subject.iri(t.ESCO + "skillType", f"http://data.europa.eu/esco/skill-type/{record.skill_type}")
    if record.reuse_level:
        subject.iri(
            t.ESCO + "skillReuseLevel",
            f"http://data.europa.eu/esco/skill-reuse-level/{record.reuse_level}",
        )
    subject.plain(t.ADMS + "status", record.status)
    subject.plain(t.DCT + "modified", record.modified)
    subject.iris(t.SKOS + "inScheme", record.in_schemes)
    subject.iri(t.ESCO + "memberOfISCOGroup", record.isco_group)
    subject.iris(t.DCT + "isReplacedBy", record.replaced_by)
    subject.each(t.ESCO + "naceCode", record.nace_codes)
    return subject.triples


@_map.register
def _relation(record: ConceptRelation, ids: Identifiers) -> Iterable[Triple]:
    return Subject(record.subject).iri(_RELATIONS[record.relation], record.target).triples


@_map.register
def _organisation(record: Organisation, ids: Identifiers) -> Iterable[Triple]:
    subject = Subject(ids.organisation(record.key), t.ORGANISATION)
    subject.text(t.SKOS + "prefLabel", record.name)
    subject.each(t.DCT + "identifier", record.identifiers)
    if record.part_of:
        subject.iri(t.ORG + "subOrganizationOf", ids.organisation(record.part_of))
    return subject.plain(t.FITECH + "countryCode", record.country).triples


@_map.register
def _person(record: Person, ids: Identifiers) -> Iterable[Triple]:
    subject = Subject(ids.person(record.key), t.PERSON).plain(t.FOAF + "name", record.name)
    subject.plain(t.DCT + "identifier", record.orcid).each(t.DCT + "identifier", record.identifiers)
    return subject.iris(
        t.ORG + "memberOf", (ids.organisation(key) for key in record.affiliations)
    ).triples


@_map.register
def _course(record: Course, ids: Identifiers) -> Iterable[Triple]:
    subject = Subject(ids.course(record.university, record.code), t.COURSE)
    subject.text(t.DCT + "title", record.title).plain(t.SKOS + "notation", record.code)
    subject.text(t.LEARNING_OUTCOME_TEXT, record.outcomes)
    subject.text(t.CONTENT_TEXT, record.content)
    subject.text(t.PREREQUISITE_TEXT, record.prerequisite_text)
    subject.each(t.PREREQUISITE_CODE, record.prerequisite_codes)
    subject.plain(t.CREDITS_MIN, record.credits_min, _DECIMAL)
    subject.plain(t.CREDITS_MAX, record.credits_max, _DECIMAL)
    subject.plain(t.STUDY_LEVEL, record.level).each(t.DCT + "language", record.languages)
    subject.iri(t.PROVIDED_BY, ids.organisation(record.university))
    if record.unit:
        subject.iri(t.RESPONSIBLE_UNIT, ids.organisation(record.unit))
    subject.each(t.DCT + "identifier", record.identifiers)
    return subject.iri(t.FOAF + "homepage", record.homepage).triples


@_map.register
def _offering(record: CourseOffering, ids: Identifiers) -> Iterable[Triple]:
    subject = Subject(ids.offering(record.university, record.key), t.COURSE_OFFERING)
    subject.iri(t.OFFERING_OF, ids.course(record.university, record.course_code))
    subject.text(t.DCT + "title", record.title).plain(t.DCT + "identifier", record.key)
    subject.day(t.START_DATE, record.start).day(t.END_DATE, record.end)
    subject.day(t.ENROLMENT_START, record.enrolment_start)
    subject.day(t.ENROLMENT_END, record.enrolment_end)
    subject.plain(t.OFFERING_TYPE, record.offering_type)
    return subject.each(t.DCT + "language", record.languages).triples


@_map.register
def _output(record: ResearchOutput, ids: Identifiers) -> Iterable[Triple]:
    subject = Subject(ids.output(record.key), t.RESEARCH_OUTPUT)
    subject.text(t.DCT + "title", record.title).text(t.DCT + "abstract", record.abstract)
    subject.each(t.DCT + "alternative", record.alt_titles)
    subject.iris(t.DCT + "creator", (ids.person(key) for key in record.creators))
    subject.iris(t.DCT + "contributor", (ids.organisation(key) for key in record.organisations))
    subject.each(t.DCT + "publisher", record.publishers)
    subject.each(t.TOPIC_LABEL, record.topics)
    subject.plain(t.PUBLICATION_YEAR, record.year, _INTEGER)
    subject.day(t.DCT + "issued", record.published)
    subject.plain(t.OUTPUT_TYPE, record.output_type).plain(t.DCT + "language", record.language)
    subject.plain(t.BIBO + "doi", record.doi).each(t.DCT + "identifier", record.identifiers)
    return subject.iri(t.FOAF + "homepage", record.homepage).triples


@_map.register
def _need(record: SkillNeed, ids: Identifiers) -> Iterable[Triple]:
    subject = Subject(ids.need(record.key), t.SKILL_NEED).iri(t.CONCERNS, record.concept)
    subject.plain(t.REGION, record.region).plain(t.PERIOD, record.period)
    subject.plain(t.DEMAND, record.number, _DECIMAL).plain(t.FITECH + "demandUnit", record.unit)
    return subject.plain(t.DCT + "source", record.source).triples


@_map.register
def _link(record: SkillLink, ids: Identifiers) -> Iterable[Triple]:
    relation = LINK_RELATIONS[record.relation]
    iri = ids.link(record.subject, record.relation, record.skill)
    subject = Subject(iri, t.SKILL_LINK)
    subject.iri(t.LINK_SUBJECT, record.subject).iri(t.LINK_SKILL, record.skill)
    subject.iri(t.LINK_RELATION, relation)
    subject.plain(t.CONFIDENCE, f"{record.confidence:.4f}", _DECIMAL)
    subject.plain(t.METHOD, record.method)
    subject.iri(t.LINK_STATUS, LINK_STATUSES[record.status])
    for number, found in enumerate(record.evidence, start=1):
        evidence = Subject(f"{iri}/evidence-{number}", t.EVIDENCE_CLASS)
        evidence.plain(t.EVIDENCE_FIELD, found.text_field)
        evidence.text(t.EVIDENCE_QUOTE, {found.language: found.quote})
        evidence.plain(t.EVIDENCE_START, found.start, _INTEGER)
        evidence.plain(t.EVIDENCE_END, found.end, _INTEGER)
        evidence.text(t.MATCHED_LABEL, {found.language: found.matched_label})
        subject.iri(t.EVIDENCE, evidence.node.value)
        subject.triples += evidence.triples
    return subject.triples
