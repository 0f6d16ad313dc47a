from __future__ import annotations

from dataclasses import replace

import pytest

from loaders.linking.annif import AnnifLinker
from loaders.linking.base import SkillInfo, SkillLabel, Subject, Text
from loaders.linking.exact import ExactLinker
from loaders.linking.fingerprint import linker_digest, subject_digest
from loaders.linking.hybrid import LexicalLinker

SUBJECT = Subject("http://example.org/1", "course", [Text("title", "en", "Robotics")], {"a": "o1"})
LABELS = [SkillLabel("s1", "robotics", "en", True)]
INFOS = [SkillInfo("s1", skill_type="knowledge")]


@pytest.mark.parametrize(
    "other",
    [
        replace(SUBJECT, kind="output"),
        replace(SUBJECT, texts=[Text("title", "en", "Robotics.")]),
        replace(SUBJECT, texts=[Text("title", "fi", "Robotics")]),
        replace(SUBJECT, texts=[Text("content", "en", "Robotics")]),
        replace(SUBJECT, texts=[]),
        replace(SUBJECT, texts=[*SUBJECT.texts, Text("content", "en", "x")]),
        replace(SUBJECT, outcomes={"a": "o2"}),
        replace(SUBJECT, outcomes={}),
    ],
)
def test_whatever_a_linker_reads_changes_the_digest(other: Subject) -> None:
    assert subject_digest(other) != subject_digest(SUBJECT)


def test_the_address_alone_does_not() -> None:
    assert subject_digest(replace(SUBJECT, iri="x")) == subject_digest(SUBJECT)


def test_skills_and_linkers_change_the_digest_of_a_linker() -> None:
    lexical = LexicalLinker(cache=False)
    found = {
        linker_digest(lexical, LABELS, INFOS),
        linker_digest(lexical, [replace(LABELS[0], text="robotics engineering")], INFOS),
        linker_digest(lexical, LABELS, [replace(INFOS[0], skill_type="skill")]),
        linker_digest(ExactLinker(), LABELS, INFOS),
    }
    assert len(found) == 4
    assert linker_digest(LexicalLinker(cache=False), LABELS, INFOS) in found


def test_learned_weights_change_it() -> None:
    lexical = LexicalLinker(cache=False)
    before = linker_digest(lexical, LABELS, INFOS)
    lexical.weights = replace(lexical.weights, constant=lexical.weights.constant + 0.1)
    assert linker_digest(lexical, LABELS, INFOS) != before


def test_of_a_server_nothing_is_known() -> None:
    assert linker_digest(AnnifLinker("http://localhost:1"), LABELS, INFOS) is None
