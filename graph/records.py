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
    """A concept of ESCO: a skill, an occupation, a group or a scheme.

    `kind` is one of `skill`, `occupation`, `isco-group`, `skill-group`, `scheme`.
    `uri` is ESCO's own. Relations hold ESCO URIs.
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


@dataclass(frozen=True, slots=True)
class ConceptRelation:
    """One edge between two concepts.

    `relation` is one of `broader`, `essential-skill`, `optional-skill`, `in-scheme`, `top-concept`
    (then the subject is the scheme).
    """

    subject: str
    relation: str
    target: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A university, department, publisher or other organisation.

    `key` is the path of its URI below `organisation/`: a member's short key (`aalto`), `ror-…`,
    or `<university>/<local id>` for a unit.
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

    `key` is the path below `person/`: `orcid-…`, `openalex-…`, or `<repository record>/<position>`
    where a source gives nothing but a name (two equal names are never taken for one person).
    """

    key: str
    name: str
    orcid: str | None = None
    """The full `https://orcid.org/…` IRI."""
    identifiers: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    """Keys of organisations."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is taught: a course unit, independent of when it is held.

    Identity is `university` + `code` (see docs/decisions); both together mint the URI.
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
    """`title`, `outcomes`, `content`, `prerequisites` or `abstract`."""
    language: str
    start: int
    end: int
    quote: str
    """The words themselves."""
    matched_label: str


@dataclass(frozen=True, slots=True)
class SkillLink:
    """A claim that a course or an output concerns an ESCO skill, and why."""

    subject: str
    """IRI of the course or output."""
    skill: str
    """ESCO URI."""
    relation: str
    """`teaches`, `requires` or `about`."""
    confidence: float
    """0 to 1: the estimated probability that the link is right."""
    method: str
    """Linker name and version, for example `exact/1`."""
    status: str = "proposed"
    """`proposed`, `accepted` or `rejected`."""
    evidence: tuple[Evidence, ...] = ()


Record = (
    Concept
    | ConceptRelation
    | Organisation
    | Person
    | Course
    | CourseOffering
    | ResearchOutput
    | SkillNeed
    | SkillLink
)
