"""What a loader yields: plain, frozen records, free of RDF and of any source's format.

Texts that exist in several languages are `LangText`: a mapping from a BCP 47 language tag
to plain text (no HTML). An absent value is `None` or an empty tuple or mapping, never "".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

LangText = Mapping[str, str]
"""Language tag → text. Every text is stripped and non-empty."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of ESCO or of another SKOS vocabulary, or a scheme.

    `kind` is one of `skill`, `occupation`, `isco-group`, `skill-group` (ESCO's), `concept` (any
    other vocabulary: YSO, ISCED-F, fields of science) and `scheme`. `uri` is the vocabulary's own.
    """

    uri: str
    kind: str
    pref_label: LangText = field(default_factory=dict)
    alt_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    description: LangText = field(default_factory=dict)
    definition: LangText = field(default_factory=dict)
    scope_note: LangText = field(default_factory=dict)
    notation: str | None = None
    skill_type: str | None = None
    """`skill` or `knowledge` (the CSV's `skill/competence` is `skill` in ESCO's RDF)."""
    reuse_level: str | None = None
    status: str | None = None
    modified: str | None = None
    in_schemes: tuple[str, ...] = ()
    isco_group: str | None = None
    nace_codes: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    deprecated: bool = False
    """Whether the vocabulary has retired the concept; its successors stand in `replaced_by`."""


@dataclass(frozen=True, slots=True)
class ConceptRelation:
    """One edge between two concepts.

    `relation` is one of `broader`, `related`, `essential-skill`, `optional-skill`, `in-scheme`,
    `top-concept` (then the subject is the scheme), `exact-match`, `close-match`, `broad-match`,
    `narrow-match`, `replaced-by`.
    """

    subject: str
    relation: str
    target: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A university, department, publisher or other organisation.

    `key` is the path of its URI below `organisation/`: a listed university's short key (`aalto`, from
    `loaders/universities.toml`), `ror-<id>`, `<university>/<local id>` for a unit, else
    `<source>-<the source's own id>` (`oid-1.2.246.…`, `openalex-I123`, `crossref-funder-…`).
    """

    key: str
    name: LangText
    identifiers: tuple[str, ...] = ()
    """Identifiers as IRIs or `scheme:value` strings: ROR, organisation code, OID."""
    part_of: str | None = None
    """Key of the organisation this is a unit of."""
    country: str | None = None
    """ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a public bibliographic fact: name, identifiers, affiliation.

    `key` is the path below `person/`: `orcid-0000-…` whenever there is an ORCID; else the source's
    own person identifier (`openalex-A…`, `pure-<source>-<uuid>`); else `<output key>/<name key>`
    (`graph.identifiers.name_key`) where a source gives nothing but a name: one person of this one
    work (equal names in two works are never taken for one person here; joining them is a matter of
    identity resolution).
    """

    key: str
    name: str
    orcid: str | None = None
    """The full `https://orcid.org/…` IRI."""
    identifiers: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    """Keys of organisations."""


@dataclass(frozen=True, slots=True)
class StatedSkill:
    """An ESCO skill that the source itself names for a course, an outcome or an advert."""

    uri: str
    """ESCO URI."""
    label: str = ""
    """The skill's name as the source gives it, if it does."""
    language: str = "und"
    relation: str = "teaches"
    """`teaches` or `requires`; `needs` for an advert."""


@dataclass(frozen=True, slots=True)
class LearningOutcome:
    """One thing that a learner knows or can do afterwards, in one or several languages."""

    text: LangText
    skills: tuple[StatedSkill, ...] = ()


DELIVERY_MODES = ("online", "blended", "presential", "project-based", "work-based", "research-lab")
"""Forms of participation, the names of ELM's code list `learning-assessment` (see mapping)."""
COURSE_KINDS = ("course", "module", "programme", "badge")


@dataclass(frozen=True, slots=True)
class Price:
    """What taking part costs. An `amount` of 0 means that the source says that it is free."""

    amount: Decimal | None = None
    currency: str = "EUR"
    """ISO 4217."""
    text: LangText = field(default_factory=dict)
    """What the source says in words, if it says it so."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is taught: a course unit, module, programme or badge, independent of when it is held.

    Identity is `university` + `code` (see docs/decisions); both together mint the URI. What has no
    code has its source's own stable identifier (OID, group id) for a code.
    """

    university: str
    """Key of the providing organisation, for example `aalto`."""
    code: str
    title: LangText
    outcomes: LangText = field(default_factory=dict)
    content: LangText = field(default_factory=dict)
    prerequisite_text: LangText = field(default_factory=dict)
    prerequisite_codes: tuple[str, ...] = ()
    """Course codes or source identifiers (group ids) of courses to have passed first."""
    credits_min: Decimal | None = None
    """ECTS credits."""
    credits_max: Decimal | None = None
    level: str | None = None
    """The source's own level word, for example `basic-studies`."""
    languages: tuple[str, ...] = ()
    """Languages of instruction, ISO 639-1."""
    unit: str | None = None
    """Key of the responsible unit (organisation), if known."""
    identifiers: tuple[str, ...] = ()
    """Other identifiers of the course in its source (unit id, group id)."""
    homepage: str | None = None
    kind: str = "course"
    """One of `COURSE_KINDS`."""
    learning_outcomes: tuple[LearningOutcome, ...] = ()
    """The outcomes one by one. A loader fills it only where the source has them apart; else they
    are split from `outcomes` while staging (`loaders/texts/outcomes.py`)."""
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Language → keywords."""
    subjects: tuple[str, ...] = ()
    """IRIs of concepts of other vocabularies (YSO, fields of science)."""
    eqf_level: int | None = None
    """Level of the European Qualifications Framework, 1 to 8, only where the source says it."""
    isced_f: tuple[str, ...] = ()
    """ISCED-F 2013 codes of two to four digits (`06`, `061`, `0613`)."""
    modes: tuple[str, ...] = ()
    """Values of `DELIVERY_MODES`."""
    open_to_all: bool | None = None
    """Whether continuous learners without a study right may take part; None: not said."""
    price: Price | None = None
    assessment: LangText = field(default_factory=dict)
    """How the outcomes are assessed."""
    parts: tuple[str, ...] = ()
    """Codes or source identifiers of the courses of which a module or programme consists."""
    stated_skills: tuple[StatedSkill, ...] = ()
    """ESCO skills that the source itself names."""
    valid_from: date | None = None
    valid_until: date | None = None
    small_module: bool | None = None
    """Whether the source calls it a small competence module (micro-credential); None: not said."""


@dataclass(frozen=True, slots=True)
class CourseOffering:
    """One time that a course is held. `key` is the source's own identifier of the realisation."""

    key: str
    university: str
    course_code: str
    title: LangText = field(default_factory=dict)
    start: date | None = None
    end: date | None = None
    enrolment_start: date | None = None
    enrolment_end: date | None = None
    offering_type: str | None = None
    """The source's own word, for example `teaching-participation-lectures`."""
    languages: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    """Values of `DELIVERY_MODES`."""
    location: str | None = None
    """Where it is held, as the source says it (a town, a campus)."""
    price: Price | None = None
    open_to_all: bool | None = None
    homepage: str | None = None
    cancelled: bool = False
    small_module: bool | None = None
    """As of a course."""


@dataclass(frozen=True, slots=True)
class ResearchOutput:
    """A publication, thesis, data set or report.

    `key` is the path below `output/`: `doi-…`, `openalex-…`, `handle-…`.
    """

    key: str
    title: LangText
    creators: tuple[str, ...] = ()
    """Keys of persons, in the order of the by-line."""
    organisations: tuple[str, ...] = ()
    """Keys of the organisations the work is affiliated with."""
    publishers: tuple[str, ...] = ()
    """Names of publishers, as printed."""
    abstract: LangText = field(default_factory=dict)
    alt_titles: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    """Topic or keyword labels that the source itself gives (not ESCO)."""
    year: int | None = None
    published: date | None = None
    output_type: str | None = None
    language: str | None = None
    doi: str | None = None
    """Lower-case, without resolver."""
    identifiers: tuple[str, ...] = ()
    """Other identifiers, as IRIs or `scheme:value`: `https://openalex.org/W…`, `virta:…`,
    `urn:isbn:…`, `handle:…`, `urn:nbn:fi:…`. Identity resolution joins works that share one, so
    the identifier of a whole (a journal's ISSN, a book's ISBN for one chapter) does not belong here."""
    homepage: str | None = None
    subjects: tuple[str, ...] = ()
    """IRIs of concepts: YSO, OpenAlex topics, fields of science (`loaders/vocabularies.py`)."""
    container: str | None = None
    """Title of the journal, book or proceedings in which it appeared."""
    issns: tuple[str, ...] = ()
    funders: tuple[str, ...] = ()
    """Names of funders, as printed."""
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class JobAdvert:
    """An open position. Texts hold no contact data: the loader takes addresses and numbers out."""

    key: str
    """Path below `advert/`: `<source name>/<the source's own id>`."""
    title: LangText
    description: LangText = field(default_factory=dict)
    employer: LangText = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    """Codes or names as the source gives them."""
    published: date | None = None
    expires: date | None = None
    openings: int | None = None
    occupations: tuple[str, ...] = ()
    """ESCO occupation or ISCO group URIs."""
    stated_skills: tuple[StatedSkill, ...] = ()
    homepage: str | None = None


@dataclass(frozen=True, slots=True)
class SkillNeed:
    """How much a skill or an occupation is needed, where and when, by whose count."""

    key: str
    """Path below `need/`: `<source name>/<stable digest of concept, region and period>`."""
    concept: str
    """ESCO URI of a skill or occupation."""
    region: str
    """A region code or name, for example a NUTS code."""
    period: str
    """ISO 8601 year, month (`2026-03`) or interval (`2026-01/2026-06`)."""
    number: Decimal
    """Openings, mentions or persons: what `unit` says."""
    unit: str
    source: str
    """Who counted: a name or an IRI."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in a text a skill was found. Offsets count Unicode code points, end exclusive."""

    text_field: str
    """`title`, `outcomes`, `content`, `prerequisites`, `abstract`, `description`, or `stated` for what
    the source itself says."""
    language: str
    start: int
    end: int
    quote: str
    """The words themselves."""
    matched_label: str
    outcome: str | None = None
    """IRI of the learning outcome in which the words stand, if it is known."""
    features: tuple[str, ...] = ()
    """What spoke for the skill here, the strongest first (names of the linker's features)."""


@dataclass(frozen=True, slots=True)
class SkillLink:
    """A claim that a course or an output concerns an ESCO skill, and why."""

    subject: str
    """IRI of the course, learning outcome, output or advert."""
    skill: str
    """ESCO URI."""
    relation: str
    """`teaches`, `requires` (courses), `about` (outputs) or `needs` (adverts)."""
    confidence: float
    """0 to 1: the estimated probability that the link is right."""
    method: str
    """Linker name and version, for example `exact/1`."""
    status: str = "proposed"
    """`proposed`, `accepted` or `rejected`."""
    evidence: tuple[Evidence, ...] = ()
    emphasis: str | None = None
    """How much of the text is about the skill: one of `EMPHASES`; None: the method does not say."""


@dataclass(frozen=True, slots=True)
class ConceptLink:
    """A claim that a text concerns a concept that is no ESCO skill, and why."""

    subject: str
    """IRI of the advert, output or course."""
    concept: str
    """Address of an ESCO occupation, or of a concept of a subject vocabulary (YSO)."""
    relation: str
    """`occupation` (adverts) or `topic` (outputs, courses)."""
    confidence: float
    """0 to 1: the share of links of this kind that were right where it was measured."""
    method: str
    status: str = "proposed"
    evidence: tuple[Evidence, ...] = ()


EMPHASES = ("main", "partial", "mentioned")

Record = (
    Concept
    | ConceptRelation
    | Organisation
    | Person
    | Course
    | CourseOffering
    | ResearchOutput
    | JobAdvert
    | SkillNeed
    | SkillLink
    | ConceptLink
)
