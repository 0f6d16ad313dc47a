"""Gold sets in every form that is read, and the names in them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from loaders.linking.base import SkillLabel
from loaders.linking.evaluation.gold import GoldError, GoldSet, GoldText
from loaders.linking.evaluation.names import SkillNames
from loaders.linking.evaluation.readers import read_gold

A, B, C = (f"http://data.europa.eu/esco/skill/{letter}" for letter in "abc")
NAMES = SkillNames(
    [
        SkillLabel(A, "Python (computer\u00a0programming)", "en", True),
        SkillLabel(A, "Python", "en", False),
        SkillLabel(B, "solve  problems", "en", True),
        SkillLabel(B, "ratkaista ongelmia", "fi", True),
        SkillLabel(C, "statistics", "en", True),
    ]
)


def gold(place: Path, name: str, text: str, language: str | None = None) -> GoldSet:
    path = place / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return NAMES.resolve(name, *read_gold(path, language))


def test_rows_of_one_sentence_are_one_text(tmp_path: Path) -> None:
    found = gold(
        tmp_path,
        "decorte.csv",
        "sentence,span,sub_span,label\n"
        '"Python, and numbers",Python,,Python (computer programming)\n'
        '"Python, and numbers",numbers,,STATISTICS\n'
        '"Python, and numbers",Python,,Python (computer programming)\n'
        '"Python, and numbers",and,,LABEL NOT PRESENT\n'
        "We are nice,nice,,UNDERSPECIFIED\n",
    )
    assert [text.main for text in found.texts] == [{A, C}, frozenset()]
    assert {text.language for text in found.texts} == {"en"}
    assert not found.unknown
    assert not found.problems


def test_a_table_of_sentence_and_label_is_enough(tmp_path: Path) -> None:
    found = gold(tmp_path, "two.csv", "sentence;label\nCrunch numbers;statistics\n")
    assert found.texts[0].main == {C}


def test_lists_of_labels_in_pythons_notation(tmp_path: Path) -> None:
    found = gold(
        tmp_path,
        "skape.csv.gz",
        ',sentence,skills\n0,One,"[\'statistics\', ""solve problems""]"\n1,Two,[\'UNK\']\n',
    )
    assert [text.main for text in found.texts] == [{B, C}, frozenset()]
    assert not found.unknown


@pytest.mark.parametrize("separator", ["|", ";", " | ", "; "])
def test_iris_in_one_cell(tmp_path: Path, separator: str) -> None:
    found = gold(tmp_path, "uris.csv", f"text,lang,uris\nA text,fi,{A}{separator}{B}\n")
    assert found.texts[0].main == {A, B}
    assert found.texts[0].language == "fi"


def test_json_lines_with_grades(tmp_path: Path) -> None:
    rows = [
        {"text": "One", "language": "sv", "gold": [A]},
        {"text": "Two", "language": "en", "main": [B], "acceptable": [C, B], "kind": "output"},
        {"text": "Three", "language": "en", "gold": []},
    ]
    found = gold(tmp_path, "g.jsonl", "\n".join(map(json.dumps, rows)))
    one, two, three = found.texts
    assert one.main == {A}
    assert (two.main, two.acceptable) == ({B}, {C})
    assert (two.kind, two.field) == ("output", "abstract")
    assert three.main == frozenset()


def test_what_esco_does_not_have_is_counted(tmp_path: Path) -> None:
    found = gold(
        tmp_path,
        "g.csv",
        f"sentence,label,uri\nOne,python,\nTwo,juggling,\nThree,,{A}x\nThree,,{A}x\n",
    )
    assert found.by_alternative == {"python": 1}
    assert found.unknown == {"juggling": 1, f"{A}x": 1}
    assert [text.main for text in found.texts] == [{A}, frozenset(), frozenset()]


def test_labels_of_the_texts_own_language(tmp_path: Path) -> None:
    found = gold(tmp_path, "g.csv", "text,language,label\nOsaa,fi,Ratkaista  ongelmia\n")
    assert found.texts[0].main == {B}


def test_a_language_that_is_given_holds_for_rows_without_one(tmp_path: Path) -> None:
    found = gold(tmp_path, "g.csv", "text,label\nX,statistics\n", "sv")
    assert found.texts[0].language == "sv"
    assert not found.of_language("fi").texts


def test_rows_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    found = gold(tmp_path, "g.csv", "text,label\n,statistics\nOne,statistics\n")
    assert len(found.texts) == 1
    assert found.problems == ["g.csv, line 2: the row has no text."]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", '{"x": 1}\n'])
def test_a_file_that_is_no_gold_set(tmp_path: Path, text: str) -> None:
    with pytest.raises(GoldError, match="holds no texts"):
        gold(tmp_path, "g.csv", text)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="There is no file"):
        read_gold(tmp_path / "nothing.csv")


def test_acceptable_skills_count_neither_way_when_only_the_main_ones_do() -> None:
    text = GoldText("x", "en", frozenset((A,)), frozenset((B,)))
    assert [text.judge(each, strict=False) for each in (A, B, C)] == [True, True, False]
    assert [text.judge(each, strict=True) for each in (A, B, C)] == [True, None, False]


def test_what_nobody_judged_counts_neither_way() -> None:
    text = GoldText("x", "en", frozenset((A,)), wrong=frozenset((B,)))
    assert [text.judge(each, strict=False) for each in (A, B, C)] == [True, False, None]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "texts", "with_gold"),
    [
        ("tech_validation_annotations.csv", 101, 75),
        ("house_validation_annotations.csv", 77, 61),
        ("skillskape-dev.csv.gz", 1316, 1230),
    ],
)
def test_the_public_sets(
    shared_data: Path, esco_names: SkillNames, name: str, texts: int, with_gold: int
) -> None:
    found = esco_names.resolve(name, *read_gold(shared_data / "linking" / name))
    assert len(found.texts) == texts
    assert sum(bool(text.main) for text in found.texts) == with_gold
    assert not found.unknown
    assert not found.problems
