"""Namespaces and terms that the code uses, as plain IRI strings.

A term stands here only when Python needs it; queries and shapes name terms themselves.
`tests/ontology/test_terms.py` holds every `FITECH` term against `fitech.ttl`.
"""

from __future__ import annotations

from typing import Final

FITECH: Final = "https://data.fitech.example/ontology#"
STATUS: Final = "https://data.fitech.example/ontology/link-status#"
ESCO: Final = "http://data.europa.eu/esco/model#"
ELM: Final = "http://data.europa.eu/snb/model/elm/"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
DCT: Final = "http://purl.org/dc/terms/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
PROV: Final = "http://www.w3.org/ns/prov#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
ORG: Final = "http://www.w3.org/ns/org#"
BIBO: Final = "http://purl.org/ontology/bibo/"
FABIO: Final = "http://purl.org/spar/fabio/"
ADMS: Final = "http://www.w3.org/ns/adms#"
SPDX: Final = "http://spdx.org/rdf/terms#"
OB: Final = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
SH: Final = "http://www.w3.org/ns/shacl#"

PREFIXES: Final[dict[str, str]] = {
    "fitech": FITECH,
    "status": STATUS,
    "esco": ESCO,
    "elm": ELM,
    "skos": SKOS,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "dct": DCT,
    "dcat": DCAT,
    "prov": PROV,
    "foaf": FOAF,
    "org": ORG,
    "bibo": BIBO,
    "fabio": FABIO,
    "adms": ADMS,
    "spdx": SPDX,
    "ob": OB,
}
"""Prefixes for every serialisation that the software writes and for the SPARQL page."""

# Classes
PERSON: Final = FITECH + "Person"
ORGANISATION: Final = FITECH + "Organisation"
RESEARCH_OUTPUT: Final = FITECH + "ResearchOutput"
COURSE: Final = FITECH + "Course"
BADGE: Final = FITECH + "Badge"
COURSE_OFFERING: Final = FITECH + "CourseOffering"
SKILL_NEED: Final = FITECH + "SkillNeed"
JOB_ADVERT: Final = FITECH + "JobAdvert"
SKILL_LINK: Final = FITECH + "SkillLink"
OCCUPATION_LINK: Final = FITECH + "OccupationLink"
TOPIC_LINK: Final = FITECH + "TopicLink"

# Properties of courses and offerings
CREDITS_MIN: Final = FITECH + "creditsMin"
CREDITS_MAX: Final = FITECH + "creditsMax"
LEARNING_OUTCOME_TEXT: Final = FITECH + "learningOutcomeText"
CONTENT_TEXT: Final = FITECH + "contentText"
PREREQUISITE_TEXT: Final = FITECH + "prerequisiteText"
PREREQUISITE_CODE: Final = FITECH + "prerequisiteCode"
STUDY_LEVEL: Final = FITECH + "studyLevel"
PROVIDED_BY: Final = FITECH + "providedBy"
OFFERING_OF: Final = FITECH + "offeringOf"
START_DATE: Final = FITECH + "startDate"
END_DATE: Final = FITECH + "endDate"
ENROLMENT_START: Final = FITECH + "enrolmentStart"
ENROLMENT_END: Final = FITECH + "enrolmentEnd"
OFFERING_TYPE: Final = FITECH + "offeringType"
RESPONSIBLE_UNIT: Final = FITECH + "responsibleUnit"
COURSE_KIND: Final = FITECH + "courseKind"
EQF_LEVEL: Final = FITECH + "eqfLevel"
OPEN_TO_ALL: Final = FITECH + "openToAll"
SMALL_MODULE: Final = FITECH + "smallCompetenceModule"
PRICE: Final = FITECH + "price"
CURRENCY: Final = FITECH + "currency"
PRICE_TEXT: Final = FITECH + "priceText"
ASSESSMENT_TEXT: Final = FITECH + "assessmentText"
PART_CODE: Final = FITECH + "partCode"
PART_ORDER: Final = FITECH + "partOrder"
VALID_FROM: Final = FITECH + "validFrom"
VALID_UNTIL: Final = FITECH + "validUntil"
LOCATION: Final = FITECH + "location"
CANCELLED: Final = FITECH + "cancelled"

# Properties of research outputs
CREATOR_ORDER: Final = FITECH + "creatorOrder"
OUTPUT_TYPE: Final = FITECH + "outputType"
PUBLICATION_YEAR: Final = FITECH + "publicationYear"
TOPIC_LABEL: Final = FITECH + "topicLabel"
CONTAINER: Final = FITECH + "publishedIn"
FUNDER: Final = FITECH + "funder"
RETRACTED: Final = FITECH + "retracted"

# Properties of job adverts
EMPLOYER: Final = FITECH + "employer"
OPENINGS: Final = FITECH + "openings"
FOR_OCCUPATION: Final = FITECH + "forOccupation"

# Properties of skill needs
CONCERNS: Final = FITECH + "concerns"
REGION: Final = FITECH + "region"
PERIOD: Final = FITECH + "period"
DEMAND: Final = FITECH + "demand"

# Properties of links
LINK_CONCEPT: Final = FITECH + "linkConcept"
LINK_SUBJECT: Final = FITECH + "linkSubject"
LINK_SKILL: Final = FITECH + "linkSkill"
LINK_RELATION: Final = FITECH + "linkRelation"
CONFIDENCE: Final = FITECH + "confidence"
METHOD: Final = FITECH + "method"
EMPHASIS: Final = FITECH + "emphasis"
LINK_STATUS: Final = FITECH + "linkStatus"
DECIDED_AT: Final = FITECH + "decidedAt"
DECIDED_BY_ROLE: Final = FITECH + "decidedByRole"
EVIDENCE: Final = FITECH + "evidence"
EVIDENCE_CLASS: Final = FITECH + "Evidence"
EVIDENCE_FIELD: Final = FITECH + "evidenceField"
EVIDENCE_QUOTE: Final = FITECH + "evidenceQuote"
EVIDENCE_START: Final = FITECH + "evidenceStart"
EVIDENCE_END: Final = FITECH + "evidenceEnd"
MATCHED_LABEL: Final = FITECH + "matchedLabel"
EVIDENCE_OUTCOME: Final = FITECH + "evidenceOutcome"
EVIDENCE_FEATURES: Final = FITECH + "evidenceFeatures"

# Relations that skill links stand for
TEACHES: Final = FITECH + "teaches"
REQUIRES: Final = FITECH + "requires"
ABOUT_SKILL: Final = FITECH + "aboutSkill"
NEEDS_SKILL: Final = FITECH + "needsSkill"
ABOUT_TOPIC: Final = FITECH + "aboutTopic"

# States of a skill link (SKOS concepts of ontology/vocab/link-status.ttl)
STATUS_PROPOSED: Final = STATUS + "proposed"
STATUS_ACCEPTED: Final = STATUS + "accepted"
STATUS_REJECTED: Final = STATUS + "rejected"
