from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.workspace import Workspace
from graph.releases import Releases
from queries.search import SearchIndex


@pytest.fixture(scope="module")
def index(sample_place: Workspace) -> Iterator[SearchIndex]:
    release = Releases(sample_place.path).live()
    assert release is not None
    made = SearchIndex(release.search)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("query", "language", "kind", "label"),
    [
        ("machine learning", "en", "skill", "machine learning"),
        ("koneoppiminen", "fi", "skill", "koneoppiminen"),
        ("KONEOPPI", "fi", "skill", "koneoppiminen"),
        ("maskininlarning", "sv", "skill", "använda sig av maskininlärning"),  # without diacritics
        ("data scientist", "en", "occupation", "data scientist"),
        ("Aalto", "fi", "organisation", "Aalto-yliopisto"),
    ],
)
def test_things_are_found_in_every_language(
    index: SearchIndex, query: str, language: str, kind: str, label: str
) -> None:
    hits = index.find(query, language, kinds=(kind,))
    assert label in [hit.label for hit in hits[:3]]


def test_another_name_is_told(index: SearchIndex) -> None:
    (first, *_) = index.find("koneoppiminen", "en", kinds=("skill",))
    assert (first.label, first.matched) == ("machine learning", "koneoppiminen")


def test_whole_names_come_before_parts(index: SearchIndex) -> None:
    assert index.find("robotics", "en", kinds=("skill",))[0].label == "robotics"


def test_course_codes_and_people_are_found(index: SearchIndex) -> None:
    courses = index.find("CS-", "en", kinds=("course",))
    assert courses
    people = index.find("Rautalahti", "en", kinds=("person",))
    assert [hit.label for hit in people] == ["Aino Rautalahti"]


@pytest.mark.parametrize("query", ["", "  ", '"', "' OR 1=1 --", "a AND", "NEAR(", "%", "_", "ab", "*"])
def test_strange_queries_are_no_errors(index: SearchIndex, query: str) -> None:
    assert isinstance(index.find(query, "en"), list)


def test_two_letters_find_beginnings_of_names(index: SearchIndex) -> None:
    assert all(
        hit.matched.lower().startswith("ro") or hit.label.lower().startswith("ro")
        for hit in index.find("ro", "en")
    )


def test_limits_and_counts(index: SearchIndex) -> None:
    assert len(index.find("data", "en", limit=3)) == 3
    counts = index.count()
    assert counts["person"] == 26, "25 of OpenAlex and a namesake who is kept apart"
    assert counts["course"] == 49, "46 courses, two modules, a badge; those of two sources once"
