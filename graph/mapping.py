"""How a record becomes triples: the only place that knows.

One function per record type, chosen by type. The terms are those of `ontology/fitech.ttl`;
the reasons for the model stand in `docs/data-model.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, singledispatch

from pyoxigraph import Triple

from graph.identifiers import Identifiers, digest
from graph.records import (
    Concept,
    ConceptLink,
    ConceptRelation,
    Course,
    CourseOffering,
    Evidence,
    JobAdvert,
    LangText,
    LearningOutcome,
    Organisation,
    Person,
    Price,
    Record,
    ResearchOutput,
    SkillLink,
    SkillNeed,
    StatedSkill,
)
from graph.subject import DECIMAL, INTEGER, Subject, shared_link, shared_literal, to_objects
from ontology import terms as t

_MODES = {
    # ELM's code list `learning-assessment`, see docs/data-model.md.
    "online": "920fbb3cbe",
    "blended": "e92d221e4d",
    "presential": "9191af2ed9",
    "project-based": "7813801c77",
    "work-based": "729f3bed4b",
    "research-lab": "ed4c557045",
}
_DEMAND_UNIT, _SOURCE = t.FITECH + "demandUnit", t.DCT + "source"
_LONG = 1_000
"""Characters from which values are not kept for the next record."""
_SNB = "http://data.europa.eu/snb/"
STATED = "stated/1"
"""The method of a skill link that the source itself states."""

_ESCO_TYPES = {
    "skill": ("Skill", "MemberConcept"),
    "occupation": ("Occupation", "MemberConcept"),
    "isco-group": ("GroupConcept",),
    "skill-group": ("GroupConcept",),
    "concept": (),
}
_RELATIONS = {
    "broader": t.SKOS + "broader",
    "essential-skill": t.ESCO + "relatedEssentialSkill",
    "optional-skill": t.ESCO + "relatedOptionalSkill",
    "in-scheme": t.SKOS + "inScheme",
    "top-concept": t.SKOS + "hasTopConcept",
    "related": t.SKOS + "related",
    "exact-match": t.SKOS + "exactMatch",
    "close-match": t.SKOS + "closeMatch",
    "broad-match": t.SKOS + "broadMatch",
    "narrow-match": t.SKOS + "narrowMatch",
    "replaced-by": t.DCT + "isReplacedBy",
}
LINK_RELATIONS = {
    "teaches": t.TEACHES,
    "requires": t.REQUIRES,
    "about": t.ABOUT_SKILL,
    "needs": t.NEEDS_SKILL,
}
_CONCEPT_LINKS = {
    "occupation": (t.OCCUPATION_LINK, t.FOR_OCCUPATION),
    "topic": (t.TOPIC_LINK, t.ABOUT_TOPIC),
}
LINK_STATUSES = {
    "proposed": t.STATUS_PROPOSED,
    "accepted": t.STATUS_ACCEPTED,
    "rejected": t.STATUS_REJECTED,
}


def to_lines(record: Record, ids: Identifiers) -> list[str]:
    """Return the statements of one record as lines of N-Triples.

    Raises:
        ValueError: an identifier in the record makes no valid IRI; the message names it.
    """
    return _mapper(type(record))(record, ids)


def to_triples(record: Record, ids: Identifiers) -> list[Triple]:
    """Return the statements of one record as objects of the engine; see `to_lines`."""
    return to_objects(to_lines(record, ids))


@singledispatch
def _map(record: object, ids: Identifiers) -> list[str]:
    raise TypeError(f"No mapping to RDF is known for {type(record).__name__}.")


_mapper: Callable[[type], Callable[[Record, Identifiers], list[str]]] = cache(_map.dispatch)
"""Kind of record → its function."""


@_map.register
def _concept(record: Concept, ids: Identifiers) -> list[str]:
    if record.kind == "scheme":
        return (
            Subject(record.uri, t.SKOS + "ConceptScheme")
            .text(t.SKOS + "prefLabel", record.pref_label)
            .text(t.DCT + "description", record.description)
            .lines
        )
    types = (t.SKOS + "Concept", *(t.ESCO + name for name in _ESCO_TYPES[record.kind]))
    subject = Subject(record.uri, *types)
    subject.text(t.SKOS + "prefLabel", record.pref_label)
    subject.words(t.SKOS + "altLabel", record.alt_labels)
    subject.words(t.SKOS + "hiddenLabel", record.hidden_labels)
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
    subject.flag(t.OWL + "deprecated", record.deprecated or None)
    subject.each(t.ESCO + "naceCode", record.nace_codes)
    return subject.lines


@_map.register
def _relation(record: ConceptRelation, ids: Identifiers) -> list[str]:
    return Subject(record.subject).iri(_RELATIONS[record.relation], record.target).lines


@_map.register
def _organisation(record: Organisation, ids: Identifiers) -> list[str]:
    subject = Subject(ids.organisation(record.key), t.ORGANISATION)
    subject.text(t.SKOS + "prefLabel", record.name)
    subject.each(t.DCT + "identifier", record.identifiers)
    if record.part_of:
        subject.iri(t.ORG + "subOrganizationOf", ids.organisation(record.part_of))
    return subject.plain(t.FITECH + "countryCode", record.country).lines


@_map.register
def _person(record: Person, ids: Identifiers) -> list[str]:
    subject = Subject(ids.person(record.key), t.PERSON).plain(t.FOAF + "name", record.name)
    subject.plain(t.DCT + "identifier", record.orcid).each(t.DCT + "identifier", record.identifiers)
    return subject.iris(
        t.ORG + "memberOf", (ids.organisation(key) for key in record.affiliations)
    ).lines


@_map.register
def _course(record: Course, ids: Identifiers) -> list[str]:
    types = (t.COURSE, t.BADGE) if record.kind == "badge" else (t.COURSE,)
    subject = Subject(ids.course(record.university, record.code), *types)
    subject.text(t.DCT + "title", record.title).plain(t.SKOS + "notation", record.code)
    subject.text(t.LEARNING_OUTCOME_TEXT, record.outcomes)
    subject.text(t.CONTENT_TEXT, record.content)
    subject.text(t.PREREQUISITE_TEXT, record.prerequisite_text)
    subject.each(t.PREREQUISITE_CODE, record.prerequisite_codes)
    subject.plain(t.CREDITS_MIN, record.credits_min, DECIMAL)
    subject.plain(t.CREDITS_MAX, record.credits_max, DECIMAL)
    subject.plain(t.STUDY_LEVEL, record.level).each(t.DCT + "language", record.languages)
    subject.iri(t.PROVIDED_BY, ids.organisation(record.university))
    if record.unit:
        subject.iri(t.RESPONSIBLE_UNIT, ids.organisation(record.unit))
    subject.each(t.DCT + "identifier", record.identifiers)
    subject.iri(t.FOAF + "homepage", record.homepage)
    _describe_course(subject, record)
    for outcome in record.learning_outcomes:
        _outcome(subject, record, outcome, ids)
    _stated(subject, subject.iri_text, record.stated_skills, {}, ids)
    return subject.lines


def _describe_course(subject: Subject, record: Course) -> None:
    """Add what is beside texts, code and credits."""
    subject.plain(t.OB + "achievementType", "Badge" if record.kind == "badge" else None)
    subject.plain(t.COURSE_KIND, record.kind).words(t.DCAT + "keyword", record.keywords)
    subject.iris(t.DCT + "subject", record.subjects)
    if record.eqf_level:
        subject.iri(t.EQF_LEVEL, f"{_SNB}eqf/{record.eqf_level}")
    subject.iris(t.ELM + "ISCEDFCode", (f"{_SNB}isced-f/{code}" for code in record.isced_f))
    _mode(subject, record.modes)
    subject.flag(t.OPEN_TO_ALL, record.open_to_all)
    _price(subject, record.price)
    subject.text(t.ASSESSMENT_TEXT, record.assessment)
    subject.each(t.PART_CODE, record.parts)
    if len(record.parts) > 1:
        subject.plain(t.PART_ORDER, "\n".join(record.parts))
    subject.day(t.VALID_FROM, record.valid_from).day(t.VALID_UNTIL, record.valid_until)
    subject.flag(t.SMALL_MODULE, record.small_module)


def _mode(subject: Subject, modes: Iterable[str]) -> None:
    subject.iris(t.ELM + "mode", (f"{_SNB}learning-assessment/{_MODES[mode]}" for mode in modes))


def _price(subject: Subject, price: Price | None) -> None:
    if price is None:
        return
    if price.amount is not None:
        subject.plain(t.PRICE, price.amount, DECIMAL).plain(t.CURRENCY, price.currency)
    subject.text(t.PRICE_TEXT, price.text)


def _outcome(course: Subject, record: Course, outcome: LearningOutcome, ids: Identifiers) -> None:
    """Add one outcome; its address depends on its text only, so that it stays in a reload."""
    first = min(outcome.text.items())
    iri = ids.outcome(record.university, record.code, digest("|".join(first))[:12])
    node = Subject(iri, t.ELM + "LearningOutcome").text(t.DCT + "title", outcome.text)
    node.iris(t.ELM + "relatedESCOSkill", (skill.uri for skill in outcome.skills))
    _stated(node, course.iri_text, outcome.skills, outcome.text, ids)
    course.iri(t.ELM + "learningOutcome", iri)
    course.lines += node.lines


def _stated(
    holder: Subject, about: str, skills: Iterable[StatedSkill], text: LangText, ids: Identifiers
) -> None:
    """Add the links that the source itself states; the words that it gives are the evidence."""
    for skill in skills:
        quote = skill.label or next(iter(text.values()), skill.uri)
        evidence = Evidence("stated", skill.language, 0, len(quote), quote, quote)
        link = SkillLink(about, skill.uri, skill.relation, 1.0, STATED, evidence=(evidence,))
        holder.lines += _link(link, ids)


@_map.register
def _offering(record: CourseOffering, ids: Identifiers) -> list[str]:
    subject = Subject(ids.offering(record.university, record.key), t.COURSE_OFFERING)
    subject.iri(t.OFFERING_OF, ids.course(record.university, record.course_code))
    subject.text(t.DCT + "title", record.title).plain(t.DCT + "identifier", record.key)
    subject.day(t.START_DATE, record.start).day(t.END_DATE, record.end)
    subject.day(t.ENROLMENT_START, record.enrolment_start)
    subject.day(t.ENROLMENT_END, record.enrolment_end)
    subject.plain(t.OFFERING_TYPE, record.offering_type)
    _mode(subject, record.modes)
    _price(subject, record.price)
    subject.plain(t.LOCATION, record.location).flag(t.OPEN_TO_ALL, record.open_to_all)
    subject.flag(t.SMALL_MODULE, record.small_module)
    subject.iri(t.FOAF + "homepage", record.homepage).flag(t.CANCELLED, record.cancelled or None)
    return subject.each(t.DCT + "language", record.languages).lines


@_map.register
def _output(record: ResearchOutput, ids: Identifiers) -> list[str]:
    subject = Subject(ids.output(record.key), t.RESEARCH_OUTPUT)
    subject.text(t.DCT + "title", record.title).text(t.DCT + "abstract", record.abstract)
    subject.each(t.DCT + "alternative", record.alt_titles)
    people = dict.fromkeys(ids.person(key) for key in record.creators)
    subject.iris(t.DCT + "creator", people)
    if len(people) > 1:  # one literal: a node for each author would double a graph of publications
        subject.plain(t.CREATOR_ORDER, " ".join(people))
    subject.iris(t.DCT + "contributor", (ids.organisation(key) for key in record.organisations))
    subject.each(t.DCT + "publisher", record.publishers)
    subject.each(t.TOPIC_LABEL, record.topics)
    subject.plain(t.PUBLICATION_YEAR, record.year, INTEGER)
    subject.day(t.DCT + "issued", record.published)
    subject.plain(t.OUTPUT_TYPE, record.output_type).plain(t.DCT + "language", record.language)
    subject.plain(t.BIBO + "doi", record.doi).each(t.DCT + "identifier", record.identifiers)
    subject.iris(t.DCT + "subject", record.subjects).plain(t.CONTAINER, record.container)
    subject.each(t.BIBO + "issn", record.issns).each(t.FUNDER, record.funders)
    subject.flag(t.RETRACTED, record.retracted or None)
    return subject.iri(t.FOAF + "homepage", record.homepage).lines


@_map.register
def _advert(record: JobAdvert, ids: Identifiers) -> list[str]:
    subject = Subject(ids.advert(record.key), t.JOB_ADVERT)
    subject.text(t.DCT + "title", record.title).text(t.DCT + "description", record.description)
    subject.text(t.EMPLOYER, record.employer).each(t.REGION, record.regions)
    subject.day(t.DCT + "issued", record.published).day(t.VALID_UNTIL, record.expires)
    subject.plain(t.OPENINGS, record.openings, INTEGER)
    subject.iris(t.FOR_OCCUPATION, record.occupations).plain(t.DCT + "identifier", record.key)
    subject.iri(t.FOAF + "homepage", record.homepage)
    _stated(subject, subject.iri_text, record.stated_skills, {}, ids)
    return subject.lines


_concerns = shared_link(t.CONCERNS)
_in_region, _in_period = shared_literal(t.REGION), shared_literal(t.PERIOD)
_demand, _demand_unit = shared_literal(t.DEMAND, DECIMAL), shared_literal(_DEMAND_UNIT)
_source = shared_literal(_SOURCE)


@_map.register
def _need(record: SkillNeed, ids: Identifiers) -> list[str]:
    # There may be millions of them, made of few regions, periods, numbers and units.
    concept, region, unit, source = record.concept, record.region, record.unit, record.source
    subject = Subject(ids.need(record.key), t.SKILL_NEED)
    long = len(concept) + len(region) + len(unit) + len(source) > _LONG
    if long or not (concept and region and record.period and unit and source):
        subject.iri(t.CONCERNS, concept).plain(t.REGION, region).plain(t.PERIOD, record.period)
        subject.plain(t.DEMAND, record.number, DECIMAL).plain(_DEMAND_UNIT, unit)
        return subject.plain(_SOURCE, source).lines
    return subject.often(
        _concerns(concept),
        _in_region(region),
        _in_period(record.period),
        _demand(str(record.number)),
        _demand_unit(unit),
        _source(source),
    ).lines


@_map.register
def _link(record: SkillLink, ids: Identifiers) -> list[str]:
    relation = LINK_RELATIONS[record.relation]
    stated = record.method == STATED
    iri = ids.link(record.subject, record.relation, record.skill, stated=stated)
    subject = Subject(iri, t.SKILL_LINK)
    subject.iri(t.LINK_SUBJECT, record.subject).iri(t.LINK_SKILL, record.skill)
    subject.iri(t.LINK_RELATION, relation)
    subject.plain(t.CONFIDENCE, f"{record.confidence:.4f}", DECIMAL)
    subject.plain(t.METHOD, record.method).plain(t.EMPHASIS, record.emphasis)
    subject.iri(t.LINK_STATUS, LINK_STATUSES[record.status])
    _evidence(subject, record.evidence, named=stated)
    return subject.lines


@_map.register
def _concept_link(record: ConceptLink, ids: Identifiers) -> list[str]:
    kind, relation = _CONCEPT_LINKS[record.relation]
    subject = Subject(ids.link(record.subject, record.relation, record.concept), kind)
    subject.iri(t.LINK_SUBJECT, record.subject).iri(t.LINK_CONCEPT, record.concept)
    subject.iri(t.LINK_RELATION, relation)
    subject.plain(t.CONFIDENCE, f"{record.confidence:.4f}", DECIMAL).plain(t.METHOD, record.method)
    subject.iri(t.LINK_STATUS, LINK_STATUSES[record.status])
    _evidence(subject, record.evidence)
    return subject.lines


def _evidence(link: Subject, places: Iterable[Evidence], *, named: bool = False) -> None:
    """Add the places in texts; `named`: several sources may state one link, each in its own words."""
    for number, found in enumerate(places, start=1):
        name = digest(found.quote)[:8] if named else number
        evidence = Subject(f"{link.iri_text}/evidence-{name}", t.EVIDENCE_CLASS)
        evidence.plain(t.EVIDENCE_FIELD, found.text_field)
        evidence.text(t.EVIDENCE_QUOTE, {found.language: found.quote})
        evidence.plain(t.EVIDENCE_START, found.start, INTEGER)
        evidence.plain(t.EVIDENCE_END, found.end, INTEGER)
        evidence.text(t.MATCHED_LABEL, {found.language: found.matched_label})
        evidence.iri(t.EVIDENCE_OUTCOME, found.outcome)
        evidence.plain(t.EVIDENCE_FEATURES, " ".join(found.features) or None)
        link.iri(t.EVIDENCE, evidence.iri_text)
        link.lines += evidence.lines
