from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.records import Organisation, SkillNeed
from loaders.readers.files import SourceFile
from loaders.skills.needs import NeedsLoader

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


COLUMNS = st.sampled_from(
    [
        "concept_uri,region,period,number,unit,source",
        "source,number,more,unit,period,region,concept_uri",
        "concept_uri,region,period,number,source",
        "concept_uri,region,period,number,unit,source,unit",
        "concept_uri,region,period,number,unit,source,,",
    ]
)
CELLS = {
    "concept_uri": [f"http://data.europa.eu/esco/skill/{n}" for n in range(4)] + [" x", "", "x" * 600],
    "region": ["FI1B1", " FI1B1", "01", "a&amp;b", "", "Åbo"],
    "period": ["2026", "2026-03 ", "2026-13", ""],
    "number": ["1", "2,5", " 2", "many", "-1", "", "007"],
    "unit": ["", "openings", "persons "],
    "source": ["Survey", "Työ \x00", "\udce4", "y" * 600, ""],
    "more": ["", "a", "\x00"],
    "": ["", " "],
}
GOOD = {
    "concept_uri": 4,
    "region": 4,
    "period": 2,
    "number": 3,
    "unit": 3,
    "source": 1,
    "more": 2,
    "": 2,
}


@settings(max_examples=150, deadline=None)
@given(st.data(), COLUMNS)
def test_cells_that_are_known_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, header: str
) -> None:
    columns = header.split(",")
    good = st.tuples(*(st.sampled_from(CELLS[name][: GOOD[name]]) for name in columns))
    any_cells = st.tuples(*(st.sampled_from(CELLS[name]) for name in columns))
    rows = data.draw(st.lists(st.one_of(good, good, good, any_cells), min_size=1, max_size=40))
    path = tmp_path_factory.mktemp("t") / "n.csv"
    text = "\n".join([header, *(",".join(cells) for cells in rows)])
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.MonkeyPatch.context() as patch:
        found = list(NeedsLoader().read([SourceFile(path)], {"unit": "vacancies"}))
        patch.setattr("loaders.readers.tables._BLOCK", 0)
        one_by_one = list(NeedsLoader().read([SourceFile(path)], {"unit": "vacancies"}))
    assert found == one_by_one
