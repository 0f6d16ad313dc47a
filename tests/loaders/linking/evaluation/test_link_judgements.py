"""Judged links: read from a table, and the courses as linkers read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.records import Course
from loaders.linking.evaluation.link_judgements import COLUMNS, read_links, subjects_of

ROOT = Path(__file__).parents[4]
SKILL = "http://data.europa.eu/esco/skill/1"


def table(tmp_path: Path, *rows: str, head: str = ",".join(COLUMNS)) -> Path:
    path = tmp_path / "links.csv"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return path


def test_rows_are_links(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        f"A-1,all,teaches,{SKILL},correct,me,2026-11-25",
        f"A-1,all,requires,{SKILL},partly,me,2026-11-25",
        f"A-2,fi,teaches,{SKILL},wrong,me,2026-11-25",
    )
    first, second, third = read_links(path)
    assert (first.course, first.relation, first.right) == ("A-1", "teaches", True)
    assert second.right
    assert (third.texts, third.right) == ("fi", False)


def test_what_is_wrong_with_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line 2: the judgement 'maybe'"):
        read_links(table(tmp_path, f"A-1,all,teaches,{SKILL},maybe,me,2026-11-25"))
    with pytest.raises(ValueError, match="no column judge, date"):
        read_links(table(tmp_path, head="course_code,texts,relation,esco_uri,judgement"))


def test_the_shipped_judgements_are_many_and_of_both_kinds() -> None:
    links = read_links(ROOT / "gold" / "aalto-links.csv")
    assert len({link.course for link in links}) >= 300
    assert len({(x.course, x.texts, x.relation, x.skill) for x in links}) == len(links)
    for texts in ("all", "fi"):
        mine = [link for link in links if link.texts == texts]
        assert len(mine) >= 1000
        assert 0.15 < sum(link.right for link in mine) / len(mine) < 0.75


def test_finnish_texts_alone() -> None:
    both = Course(
        university="aalto",
        code="A-1",
        title={"fi": "Koneoppiminen", "en": "Machine learning"},
        outcomes={
            "fi": "Opiskelija osaa soveltaa koneoppimisen menetelmiä aineistoihin.",
            "en": "The student can apply methods of machine learning to data.",
        },
        content={"fi": "The content is told in English only, under another language."},
    )
    english = Course(university="aalto", code="A-2", title={"fi": "Kurssi"})
    assert [text.language for text in subjects_of([both], "all")["A-1"].texts].count("en") == 2
    finnish = subjects_of([both, english], "fi")
    assert list(finnish) == ["A-1"]
    assert [(text.field, text.language) for text in finnish["A-1"].texts] == [
        ("title", "fi"), ("outcomes", "fi"),
    ]  # fmt: skip
