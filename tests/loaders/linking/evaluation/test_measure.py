"""From a linker to its figures: runs, groups, judgements, the report and the drawing."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from graph.records import SkillLink
from loaders.linking.base import Scored, SkillInfo, SkillLabel, Subject
from loaders.linking.evaluation.esco_files import EscoSkills, read_esco
from loaders.linking.evaluation.gold import GoldSet, GoldText
from loaders.linking.evaluation.judgements import (
    Sentence,
    cut,
    digest,
    is_judgements,
    read_judgements,
    sentences_of,
)
from loaders.linking.evaluation.measure import Wish, figures
from loaders.linking.evaluation.names import SkillNames
from loaders.linking.evaluation.plot import draw
from loaders.linking.evaluation.report import to_text
from loaders.linking.evaluation.run import PreparedLinker

LABELS = [SkillLabel(name, name, "en", True) for name in ("a", "b", "c", "d")]


class Fixed:
    """Proposes what the text says: `a=0.9 b=0.4`; links those from 0.5 on."""

    name, version, languages = "fixed", "1", ("en", "fi")

    def prepare(self, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo] = ()) -> None:
        self.known = {label.skill for label in labels}

    def suggest(self, text: str, language: str = "", limit: int = 10) -> list[Scored]:
        pairs = [part.split("=") for part in text.split() if "=" in part]
        rows = [Scored(skill, skill, float(value)) for skill, value in pairs]
        return sorted(rows, key=lambda row: -row.confidence)[:limit]

    def link(self, subjects: Iterable[Subject]) -> Iterator[SkillLink]:
        for subject in subjects:
            for row in self.suggest(subject.texts[0].text):
                if row.confidence >= 0.5:
                    yield SkillLink(subject.iri, row.skill, "teaches", row.confidence, "fixed/1")

    def status(self) -> str:
        return "It is for tests."


def text(content: str, gold: str = "", language: str = "en", **more: object) -> GoldText:
    return GoldText(content, language, frozenset(gold.split()), **more)  # type: ignore[arg-type]


def measured(texts: list[GoldText], **wish: object) -> dict[str, object]:
    run = PreparedLinker.of(Fixed(), LABELS, ()).run(texts)
    return figures(GoldSet("g", texts), run, Wish(**wish))  # type: ignore[arg-type]


TEXTS = [
    text("a=0.9 b=0.6 c=0.3", "a c"),
    text("d=0.8", "a", "fi"),
    text("b=0.75"),
]


def test_rankings_leave_out_texts_without_gold() -> None:
    found = measured(TEXTS)
    assert (found["texts"], found["texts_with_gold"], found["gold_skills"]) == (3, 2, 3)
    assert found["r_precision@5"] == pytest.approx(0.5)
    assert found["mrr"] == pytest.approx(0.5)
    assert found["recall@10"] == pytest.approx(0.5)


def test_decisions_count_all_texts() -> None:
    found = measured(TEXTS)
    assert found["proposed@accept"] == 3
    assert found["proposed_without_gold@accept"] == 1
    assert found["precision@accept"] == pytest.approx(1 / 3)
    assert found["recall@accept"] == pytest.approx(1 / 3)
    assert found["precision@review"] == pytest.approx(2 / 5)
    links = found["links"]
    assert isinstance(links, dict)
    assert links["proposed@review"] == 4  # what the linker does not link is no decision
    assert links["precision@review"] == pytest.approx(1 / 4)


def test_figures_by_language() -> None:
    parts = measured(TEXTS)["by_language"]
    assert isinstance(parts, dict)
    assert parts["en"]["r_precision@5"] == 1.0
    assert parts["fi"]["r_precision@5"] == 0.0


def test_the_same_texts_give_the_same_intervals() -> None:
    first, second = measured(TEXTS), measured(TEXTS)
    assert first["intervals"] == second["intervals"]


def test_strict_counts_acceptable_ones_neither_way() -> None:
    texts = [text("b=0.9 a=0.8", "a", acceptable=frozenset("b"))]
    assert measured(texts)["mrr"] == 1.0
    assert measured(texts)["precision@accept"] == 1.0
    strict = measured(texts, strict=True)
    assert (strict["mrr"], strict["gold_skills"], strict["proposed@accept"]) == (1.0, 1, 1)


def test_what_nobody_judged_is_told_and_counts_neither_way() -> None:
    found = measured([text("a=0.9 b=0.8 c=0.3", "a", wrong=frozenset("c"))])
    assert (found["proposed@accept"], found["precision@accept"]) == (1, 1.0)
    assert (found["unjudged@accept"], found["unjudged@review"]) == (1, 1)


def test_figures_are_json_and_between_0_and_1() -> None:
    found = json.loads(json.dumps(measured(TEXTS)))
    for key in ("r_precision@5", "r_precision@10", "mrr", "recall@100", "best_f1", "ece"):
        assert 0 <= found[key] <= 1


def test_the_report_is_a_table_of_per_cents() -> None:
    said = to_text([measured(TEXTS)])  # type: ignore[list-item]
    assert "3 texts, 2 with 3 skills, 1 without any" in said
    assert "50.0" in said
    assert "It is for tests." in said
    assert max(map(len, said.splitlines())) < 140


def test_the_drawing_is_svg_that_says_in_words_what_it_shows() -> None:
    drawing = draw([measured(TEXTS), measured(TEXTS[:1])])  # type: ignore[list-item]
    root = ElementTree.fromstring(drawing)
    desc = root.find("{http://www.w3.org/2000/svg}desc")
    assert desc is not None
    assert desc.text is not None
    assert "0.90 promised, 1.00 right of 1" in desc.text
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 4


def test_a_linker_that_finds_nothing_has_figures_and_a_drawing() -> None:
    found = measured([text("nothing here", "a")])
    assert found["r_precision@5"] == 0.0
    assert found["best_f1"] == 0.0
    ElementTree.fromstring(draw([found]))  # type: ignore[list-item]
    assert to_text([found])  # type: ignore[list-item]


def test_judgements_are_joined_with_their_sentences(tmp_path: Path) -> None:
    path = tmp_path / "j.csv"
    head = "course_code,field,sentence_sha256,language,esco_uri,judgement,judge,date\n"
    one, gone = digest("Knows  statistics."), digest("Something else.")
    path.write_text(
        head
        + f"X1,outcomes,{one},en,a,correct,me,2026-01-01\n"
        + f"X1,outcomes,{one},en,b,partly,me,2026-01-01\n"
        + f"X1,outcomes,{one},en,c,wrong,me,2026-01-01\n"
        + f"X1,outcomes,{one},en,zz,wrong,me,2026-01-01\n"
        + f"X1,outcomes,{one},en,d,perhaps,me,2026-01-01\n"
        + f"X2,content,{gone},en,a,correct,me,2026-01-01\n"
    )
    assert is_judgements(path)
    sentences = [Sentence("X1", "outcomes", "en", "Knows statistics.")]
    found = read_judgements(path, SkillNames(LABELS), sentences)
    assert found.texts == [
        GoldText(
            "Knows statistics.",
            "en",
            frozenset("a"),
            frozenset("b"),
            frozenset("c"),
            "course",
            "outcomes",
        )
    ]
    assert found.unknown == {"zz": 1}
    assert len(found.problems) == 2


def test_a_sentence_without_any_skill_has_a_row_too(tmp_path: Path) -> None:
    path = tmp_path / "j.csv"
    key = digest("The exam is oral.")
    path.write_text(
        f"course_code,field,sentence_sha256,language,esco_uri,judgement\nX,content,{key},en,,none\n"
    )
    sentences = [Sentence("X", "content", "en", "The exam is oral.")]
    (found,) = read_judgements(path, SkillNames(LABELS), sentences).texts
    assert (found.main, found.wrong) == (frozenset(), frozenset())


def test_the_form_of_sentences_is_fixed() -> None:
    """A change here would lose judgements."""
    said = "Knows:\n- first things; Second ones.\n2. apply (e.g. in R) to data. Then stop"
    assert list(cut(said)) == [
        "first things",
        "Second ones.",
        "apply (e.g. in R) to data.",
        "Then stop",
    ]
    assert digest(" a  b\n") == hashlib.sha256(b"a b").hexdigest()
    assert digest("a\u0308 b") == digest("ä b")


def test_esco_from_files_takes_the_first_of_two_versions(tmp_path: Path) -> None:
    head = "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,description\n"
    row = "KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/{},knowledge,transversal,{},{},It is.\n"
    for folder, name in (("a", "old"), ("b", "new")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "skills_en.csv").write_text(head + row.format("1", name, name))
    found = read_esco([tmp_path])
    assert [(label.text, label.preferred, label.transversal) for label in found.labels] == [
        ("old", True, True)
    ]
    (concept,) = found.concepts
    assert (concept.skill_type, concept.reuse_level) == ("knowledge", "transversal")
    assert concept.descriptions == {"en": "It is."}
    assert "left out" in found.notes[0]


# The sets that the project ships


def rows_of(root: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (root / "gold" / name).read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("course-outcomes.jsonl", {"en": 90, "fi": 45, "sv": 25}),
        ("research.jsonl", {"en": 35, "fi": 18, "sv": 10}),
    ],
)
def test_our_own_gold_sets_are_as_large_as_promised(
    root: Path, name: str, least: dict[str, int]
) -> None:
    rows = rows_of(root, name)
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)
    for language, number in least.items():
        assert sum(row["language"] == language for row in rows) >= number
    without = sum(not row["main"] and not row["acceptable"] for row in rows)
    assert 0.12 <= without / len(rows) <= 0.3
    for row in rows:
        assert not set(row["main"]) & set(row["acceptable"])  # type: ignore[call-overload]


@pytest.mark.real_data
def test_every_skill_of_our_gold_sets_is_in_esco(root: Path, esco: EscoSkills) -> None:
    known = {concept.skill for concept in esco.concepts}
    for name in ("course-outcomes.jsonl", "research.jsonl"):
        for row in rows_of(root, name):
            assert {*row["main"], *row["acceptable"]} <= known, row["id"]  # type: ignore[misc]


@pytest.mark.real_data
def test_our_judgements_meet_their_sentences(
    root: Path, shared_data: Path, esco_names: SkillNames
) -> None:
    path = root / "gold" / "aalto-judgements.csv"
    courses = shared_data / "courses" / "aalto-courseunitrealisations.json.gz"
    found = read_judgements(path, esco_names, sentences_of([courses]))
    assert not found.problems
    assert not found.unknown
    assert len(found.texts) >= 150
    with path.open(encoding="utf-8") as rows:
        assert set(next(csv.reader(rows))) == {
            "course_code", "field", "sentence_sha256", "language", "esco_uri", "judgement", "judge", "date",
        }  # fmt: skip
