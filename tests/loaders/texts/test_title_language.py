from __future__ import annotations

import json
from pathlib import Path

import pytest

from loaders.texts.title_language import title_language


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Machine learning for the load of a district heating network", "en"),
        ("Koneoppiminen teollisuudessa", "fi"),
        ("Energiatehokkuus ja rakennusten lämmitys", "fi"),
        ("Maskininlärning och energieffektivitet i byggnader", "sv"),
        ("Die Geschichte der Technik und das Handwerk", None),
        ("L'analyse des données dans les réseaux", None),
        ("Bubble sort", None),
        ("", None),
    ],
)
def test_small_words_tell_the_language_of_a_title(title: str, language: str | None) -> None:
    assert title_language(title) == language


@pytest.mark.real_data
def test_it_is_right_on_finnish_repositories_or_says_nothing(shared_data: Path) -> None:
    pairs = []
    for line in (shared_data / "research" / "fingreylit.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)["ground_truth"]
        if truth.get("title") and truth.get("language"):
            pairs.append((truth["language"], title_language(truth["title"])))
    told = [pair for pair in pairs if pair[1]]
    right = sum(language == guess for language, guess in told)
    assert right / len(told) > 0.99
    assert len(told) / len(pairs) > 0.7
