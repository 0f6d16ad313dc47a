from __future__ import annotations

from dataclasses import replace

import pytest

from graph.records import ConceptLink
from loaders.linking.base import SkillLabel, Subject, Text
from loaders.linking.topic_index import TopicIndex
from loaders.linking.topics import Settings, TopicLinker

NAMES = {
    "sink": ("carbon sinks", "hiilinielut", "kolsänkor"),
    "risk": ("risk assessment", "riskinarviointi", "riskbedömning"),
    "resist": ("resistance (physical properties)", "kestävyys", "resistens"),
    "method": ("methods", "menetelmät", "metoder"),
    "nurses": ("nurses", "sairaanhoitajat", "sjukskötare"),
    "matlab": ("MATLAB", "MATLAB", "MATLAB"),
    "one": ("spring structures", "jouset", "fjädrar"),
    "two": ("springs in music", "jouset", "stråkar"),
    "ice": ("ice cream", "jäätelö", "glass"),
    "sea": ("seas", "meret", "hav"),
}
LABELS = [
    SkillLabel(concept, name, language, True)
    for concept, names in NAMES.items()
    for language, name in zip(("en", "fi", "sv"), names, strict=True)
]


@pytest.fixture(scope="module")
def linker() -> TopicLinker:
    made = TopicLinker()
    made.prepare(LABELS)
    return made


def links(linker: TopicLinker, *texts: Text) -> dict[str, ConceptLink]:
    found = linker.link([Subject("http://example.org/1", "output", texts)])
    return {link.concept: link for link in found}


@pytest.mark.parametrize(
    ("text", "language", "concept"),
    [
        ("The carbon sink of a forest", "en", "sink"),
        ("Metsien hiilinielujen vaikutukset", "fi", "sink"),
        ("Skogarnas kolsänkor", "sv", "sink"),
        ("Models in MATLAB", "en", "matlab"),
    ],
)
def test_topics_of_titles_in_three_languages(
    linker: TopicLinker, text: str, language: str, concept: str
) -> None:
    (link,) = links(linker, Text("title", language, text)).values()
    assert link.concept == concept
    assert link.relation == "topic"
    assert link.status == "proposed"
    assert link.method == "topics/1"
    (place,) = link.evidence
    assert text[place.start : place.end] == place.quote
    assert place.text_field == "title"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A method for everything", "en"),  # every text has one
        ("Ilmastonmuutokseen sopeutumisen menetelmät", "fi"),
        ("The resistance of a wall", "en"),  # the name needs its qualifier
        ("Jouset ja muut", "fi"),  # names two concepts
        ("The sea and the land", "en"),  # too short to mean one thing
        ("Carbon. Sinks of kitchens", "en"),  # the words belong to two sentences
        ("a matlab of nothing", "en"),  # not written as the name is
    ],
)
def test_what_is_no_topic(linker: TopicLinker, text: str, language: str) -> None:
    assert links(linker, Text("title", language, text)) == {}


def test_one_word_that_a_text_names_once_is_none(linker: TopicLinker) -> None:
    once = Text("abstract", "en", "The ward was visited by nurses of the town.")
    twice = Text("abstract", "en", "Nurses were asked. The answers of the nurses are told.")
    assert links(linker, once) == {}
    assert "nurses" in links(linker, twice)


def test_two_languages_make_a_topic_surer(linker: TopicLinker) -> None:
    one = Text("title", "fi", "Hiilinielujen laskenta")
    other = Text("title", "en", "Computing carbon sinks")
    alone, both = links(linker, one)["sink"], links(linker, one, other)["sink"]
    assert both.confidence > alone.confidence


def test_a_text_given_under_two_languages_is_read_once(linker: TopicLinker) -> None:
    # `glass` is ice cream in Swedish; the English title stands under both tags.
    assert links(linker, Text("title", "sv", "Glass Studio"), Text("title", "en", "Glass Studio")) == {}


def test_what_stands_in_every_text_is_left_out() -> None:
    linker = TopicLinker(replace(Settings.load(), enough_texts=10))
    linker.prepare(LABELS)
    subjects = [
        Subject(f"http://example.org/{number}", "output", [Text("title", "en", "Risk assessment")])
        for number in range(20)
    ]
    subjects[0] = Subject("http://example.org/0", "output", [Text("title", "en", "Carbon sinks")])
    assert {link.concept for link in linker.link(subjects)} == {"sink"}


def test_the_best_are_kept_and_the_order_is_that_of_the_subjects() -> None:
    linker = TopicLinker(replace(Settings.load(), most=1))
    linker.prepare(LABELS)
    found = list(
        linker.link(
            [
                Subject("http://x/2", "output", [Text("title", "en", "Carbon sinks, nurses")]),
                Subject("http://x/1", "course", [Text("title", "en", "Nurses")]),
            ]
        )
    )
    assert [(link.subject, link.concept) for link in found] == [
        ("http://x/2", "sink"), ("http://x/1", "nurses"),
    ]  # fmt: skip


def test_the_longest_name_wins() -> None:
    index = TopicIndex(
        [SkillLabel("a", "climate", "en", True), SkillLabel("b", "climate change", "en", True)]
    )
    assert [index.concepts[hit.concept] for hit in index.find("On climate change", "en")] == ["b"]


def test_no_concepts_no_topics() -> None:
    empty = TopicLinker()
    empty.prepare([])
    assert empty.size == 0
    assert links(empty, Text("title", "en", "Carbon sinks")) == {}
