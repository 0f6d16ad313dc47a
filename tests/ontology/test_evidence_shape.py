"""The shape of evidence: good evidence passes, and each fault is found by its part."""

from __future__ import annotations

import pytest

from tests.ontology.test_shapes import findings

EVIDENCE = """e:lo a elm:LearningOutcome .
e:ev a f:Evidence ; f:evidenceField "outcomes" ; f:evidenceQuote "s"@en ; f:evidenceStart 0 ; f:evidenceEnd 9 ;
    f:matchedLabel "s"@en ; f:evidenceOutcome e:lo ; f:evidenceFeatures "near word_in"."""


def test_good_evidence_has_no_findings() -> None:
    assert findings(EVIDENCE) == {}
    assert findings(EVIDENCE.replace('"near word_in"', '"exact_words"')) == {}


@pytest.mark.parametrize(
    ("good", "bad", "shape"),
    [
        ("f:evidenceEnd 9", "f:evidenceEnd 'nine'", "evidence-end"),
        ("f:evidenceEnd 9", "f:evidenceEnd 9 , 10", "evidence-end"),
        ("f:evidenceEnd 9 ;", "", "evidence-end"),
        ('f:matchedLabel "s"@en', 'f:matchedLabel "s"@en , "t"@en', "evidence-label"),
        ('f:matchedLabel "s"@en', "f:matchedLabel e:skill", "evidence-label"),
        ("f:evidenceOutcome e:lo", "f:evidenceOutcome e:skill", "evidence-outcome"),
        ("f:evidenceOutcome e:lo", "f:evidenceOutcome e:lost", "evidence-outcome"),
        ('"near word_in"', '"near" , "word"', "evidence-features"),
        ('"near word_in"', '"near, word"', "evidence-features"),
        ('"near word_in"', '""', "evidence-features"),
    ],
)
def test_each_fault_is_found(good: str, bad: str, shape: str) -> None:
    assert good in EVIDENCE
    assert findings(EVIDENCE.replace(good, bad)).get(shape) == "Violation"
