from __future__ import annotations

from decimal import Decimal

import pytest

from graph.records import Organisation, SkillNeed

HEAD = "concept_uri,region,period,number,unit,source\n"
URI = "http://data.europa.eu/esco/skill/0005c151"


def test_a_need(read) -> None:  # type: ignore[no-untyped-def]
    (need,) = read("needs", {"n.csv": HEAD + f"{URI},FI1B1,2026-01/2026-06,12.5,openings,Me\n"}).of(
        SkillNeed
    )
    assert (need.concept, need.number, need.unit) == (URI, Decimal("12.5"), "openings")


def test_semicolons_and_a_default_unit(read) -> None:  # type: ignore[no-untyped-def]
    text = f"concept_uri;region;period;number;source\n{URI};FI;2026;12,5;Me\n"
    (need,) = read("needs", {"n.csv": text}, {"unit": "mentions"}).of(SkillNeed)
    assert (need.number, need.unit) == (Decimal("12.5"), "mentions")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("http://example.org/x,FI,2026,1,o,Me", "concept_uri"),
        (f"{URI},,2026,1,o,Me", "region"),
        (f"{URI},FI,soon,1,o,Me", "period"),
        (f"{URI},FI,2026-13,1,o,Me", "period"),
        (f"{URI},FI,2026,many,o,Me", "number"),
        (f"{URI},FI,2026,-1,o,Me", "number"),
        (f"{URI},FI,2026,,o,Me", "number"),
        (f"{URI},FI,2026,1,o,", "source"),
    ],
)
def test_a_bad_row_is_told(read, row: str, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("needs", {"n.csv": f"{HEAD}{row}\n{URI},FI,2026,1,o,Me\n"})
    (problem,) = outcomes.problems
    assert (problem.field, problem.file) == (field, "n.csv")
    assert "line 2" in problem.record
    assert len(outcomes.of(SkillNeed)) == 1


def test_the_same_need_twice_is_told(read) -> None:  # type: ignore[no-untyped-def]
    (problem,) = read("needs", {"n.csv": HEAD + f"{URI},FI,2026,1,o,Me\n" * 2}).problems
    assert "line 2" in problem.reason
    assert "line 3" in problem.record


def test_a_file_without_the_columns_is_told(read) -> None:  # type: ignore[no-untyped-def]
    (problem,) = read("needs", {"n.csv": "skill,count\na,1\n"}).problems
    assert "no column concept_uri" in problem.reason


def test_the_nine_members_come_without_files(read) -> None:  # type: ignore[no-untyped-def]
    members = read("members", {}).of(Organisation)
    assert {m.key for m in members} == {
        "aalto", "tampere", "oulu", "vaasa", "lut", "turku", "abo", "jyu", "uef",
    }  # fmt: skip
    assert all(set(m.name) == {"en", "fi", "sv"} for m in members)


def test_an_excel_workbook_does_as_well(read, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Read this first"])  # type: ignore[union-attr]
    sheet = book.create_sheet("Needs")
    sheet.append(HEAD.strip().split(","))
    sheet.append([URI, "FI", 2026, 12.5, None, "Me"])
    sheet.append([URI, "FI", 2026, "many", None, "Me"])
    book.save(tmp_path / "made.xlsx")
    outcomes = read("needs", {"n.xlsx": (tmp_path / "made.xlsx").read_bytes()})
    (need,) = outcomes.of(SkillNeed)
    assert (need.period, need.number, need.unit) == ("2026", Decimal("12.5"), "openings")
    assert "line 3" in outcomes.problems[0].record
