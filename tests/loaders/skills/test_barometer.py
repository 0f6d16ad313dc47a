"""Occupational barometers: tables in three languages and the JSON of Työvoimabarometri."""

from __future__ import annotations

import json
import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from graph.identifiers import Identifiers
from graph.records import SkillNeed
from loaders.skills.barometer import RANK_UNIT, VACANCY_UNIT
from loaders.staging.source import SourceSpec, stage
from loaders.texts.periods import parse_period
from tests.loaders.conftest import Outcomes, Read
from tests.loaders.test_any_record import mutate

C2512 = "http://data.europa.eu/esco/isco/C2512"
TABLE = "occupation;region;period;state;vacancies\n2512;01;2026-06;3;15\n2511;FI1B;2026-06;surplus;\n"


def ranks(outcomes: Outcomes) -> dict[str, int]:
    return {
        n.concept.rpartition("/")[2]: int(n.number)
        for n in outcomes.of(SkillNeed)
        if n.unit == RANK_UNIT
    }


def test_a_state_is_a_rank_and_vacancies_are_counts(read: Read) -> None:
    outcomes = read("barometer", {"b.csv": TABLE})
    assert not outcomes.problems
    assert len(outcomes.all) == 2
    shortage, vacancies, surplus = outcomes.of(SkillNeed)
    assert (shortage.concept, shortage.region, shortage.period) == (C2512, "01", "2026-06")
    assert (shortage.number, shortage.unit) == (Decimal(3), RANK_UNIT)
    assert (vacancies.number, vacancies.unit) == (Decimal(15), VACANCY_UNIT)
    assert (surplus.number, surplus.region) == (Decimal(0), "FI1B")
    assert shortage.source == "Occupational barometer"
    assert len({shortage.key, vacancies.key, surplus.key}) == 3


def test_the_numbers_of_the_source_become_ranks_of_shortage(read: Read) -> None:
    rows = "".join(f"{code};{state}\n" for code, state in zip("1234", "0123", strict=True))
    found = ranks(read("barometer", {"b.csv": "isco;kohtaantotila\n" + rows}, {"period": "2026"}))
    assert found == {"C1": 1, "C2": 0, "C3": 2, "C4": 3}


@pytest.mark.parametrize(
    ("word", "rank"),
    [
        ("Balanced", 1), ("Tasapaino", 1), ("Tasapainossa", 1), ("I balans", 1),
        ("surplus", 0), ("Paljon ylitarjontaa hakijoista", 0), ("Överskott", 0), ("överutbud", 0),
        ("mismatch", 2), ("Kohtaanto-ongelma", 2), ("kohtaantoOngelma", 2), ("Matchningsproblem", 2), ("obalans", 2),
        ("labour shortage", 3), ("Paljon pulaa hakijoista", 3), ("tyovoimaPula", 3), ("Stor brist", 3), ("3.0", 3),
    ],
)  # fmt: skip
def test_states_in_words(read: Read, word: str, rank: int) -> None:
    outcomes = read("barometer", {"b.csv": f"isco,state\n2512,{word}\n"}, {"period": "2026"})
    assert ranks(outcomes) == {"C2512": rank}


@pytest.mark.parametrize(
    "header",
    [
        "Ammattiryhmä;Ammattikoodi;Maakunta;Kuukausi;Tilanne;Avoimet työpaikat;Ennuste",
        "yrke,yrkeskod,landskap,månad,läge,lediga platser,prognos",
        "Occupation\tISCO-08\tRegion code\tMonth\tBalance state\tOpen vacancies\tForecast",
    ],
)
def test_columns_in_three_languages(read: Read, header: str) -> None:
    mark = max(";,\t", key=header.count)
    row = mark.join(("Software people", "2512 Software", "Koko maa", "6/2026", "pula", "7", "1"))
    outcomes = read("barometer", {"b.csv": f"{header}\n{row}\n"}, {"source": "KEHA"})
    first, second = outcomes.of(SkillNeed)
    assert (first.concept, first.region, first.period) == (C2512, "FI", "2026-06")
    assert first.source == "KEHA (forecast)"
    assert (first.number, second.number) == (Decimal(3), Decimal(7))


def test_occupations_of_esco_and_options_for_what_rows_lack(read: Read) -> None:
    uri = "https://data.europa.eu/esco/occupation/00000000-0000-4000-8000-000000000001"
    (need,) = read(
        "barometer", {"b.csv": f"esco,state\n{uri},3\n"}, {"period": "2026", "region": "FI19"}
    ).of(SkillNeed)
    assert need.concept == uri.replace("https", "http")
    assert (need.region, need.period) == ("FI19", "2026")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("koodari;01;2026;3;", "occupation"),
        ("25121;01;2026;3;", "occupation"),
        (";01;2026;3;", "occupation"),
        ("2512;01;soon;3;", "period"),
        ("2512;01;;3;", "period"),
        ("2512;01;2026;9;", "state"),
        ("2512;01;2026;perhaps;", "state"),
        ("2511;FI1B;2026-06;3;", ""),
        ("2512;01;2026;3;1;2;3", ""),
    ],
)
def test_a_bad_row_is_told(read: Read, row: str, field: str) -> None:
    outcomes = read("barometer", {"b.csv": f"{TABLE}{row}\n"})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert "line 4" in problem.record
    assert len(outcomes.all) == 3


def test_a_bad_number_beside_a_good_state_is_left_out(read: Read) -> None:
    outcomes = read(
        "barometer", {"b.csv": "isco;period;state;vacancies\n2512;2026;3;many\n2513;2026;x;5\n"}
    )
    assert [need.unit for need in outcomes.of(SkillNeed)] == [RANK_UNIT, VACANCY_UNIT]
    assert [warning.field for warning in outcomes.warnings] == ["vacancies", "state"]


def test_a_row_without_a_state_is_passed_over(read: Read) -> None:
    outcomes = read(
        "barometer", {"b.csv": "isco;period;state\n2512;2026;\n2513;2026;99\n2514;2026;3\n"}
    )
    assert len(outcomes.skipped) == 2
    assert len(outcomes.of(SkillNeed)) == 1


def test_another_table_is_told_once(read: Read) -> None:
    outcomes = read("barometer", {"b.csv": "a;b\n1;2\n3;4\n"})
    (problem,) = outcomes.problems
    assert problem.record == ""
    assert "occupation" in problem.remedy


AMMATTI = "dd1b7558-0000-4000-8000-000000000001"
REGION = "0ba006ef-0000-4000-8000-000000000002"


def observation(**more: Any) -> dict[str, Any]:
    return {
        "groupingId": REGION, "asteikko": 6.1, "tyottomyysaste": 0.086, "kohtaantotila": 3, "kohtaantoaste": 3,
        "tyottomat": 224, "tyottomatSensuroitu": False, "toissa": 2380, "tyopaikat": 15,
        "kohtaantoTime": "2026-06", **more,
    }  # fmt: skip


def replies(*rows: Any) -> dict[str, str]:
    return {
        "ammatit.json": json.dumps(
            [{"nimi": "Sovellussuunnittelijat", "id": AMMATTI, "koodi": "2512"}]
        ),
        "regions.json": json.dumps(
            [{"id": REGION, "koodi": "01", "nimi": "Uusimaa", "voimassaAlkaen": None}]
        ),
        f"Ammatti/{AMMATTI}/2026-06.json": json.dumps(list(rows)),
    }


def test_the_json_of_the_pages(read: Read) -> None:
    outcomes = read(
        "barometer", replies(observation(), observation(kohtaantotila=99, kohtaantoTime="2026-05"))
    )
    assert sorted(outcomes.skipped) == [
        "an entry of the list of occupations",
        "an entry of the list of regions",
    ]
    assert len(outcomes.all) == 4
    state, vacancies, earlier = outcomes.of(SkillNeed)
    assert (state.concept, state.region, state.period, state.number) == (
        C2512,
        "01",
        "2026-06",
        Decimal(3),
    )
    assert state.source == "Työvoimabarometri"
    assert vacancies.number == Decimal(15)
    assert (earlier.unit, earlier.period) == (VACANCY_UNIT, "2026-05")


def test_a_row_whose_lists_are_not_there_is_told(read: Read) -> None:
    rows = json.dumps(
        [observation(), observation(ammattikoodi="2512"), observation(koodi="2512", groupingId="01")]
    )
    outcomes = read("barometer", {"rows.json": rows})
    assert [problem.field for problem in outcomes.problems] == ["ammatti", "groupingId"]
    assert "list of occupations" in outcomes.problems[0].remedy
    assert len(outcomes.of(SkillNeed)) == 2


def test_strange_values_cost_a_row_or_a_field(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    changed = (mutate(observation(koodi="2512", groupingId=str(n)), dice) for n in range(450))
    mutants = [mutant for mutant in changed if not isinstance(mutant, list)]  # a list holds records
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(mutant) + "\n" for mutant in mutants), encoding="utf-8")
    report = stage(SourceSpec("s", "barometer", (path,)), tmp_path / "staged", Identifiers())
    assert report.records_in == len(mutants)
    assert report.records_in == report.loaded + sum(report.skipped.values()) + report.rejected
    rejected = (tmp_path / "staged" / "s" / "rejected.jsonl").read_text(encoding="utf-8")
    assert "please report it" not in rejected


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026", "2026"), ("2026-03", "2026-03"), ("2026M06", "2026-06"), ("6/2026", "2026-06"),
        ("30.6.2026", "2026-06"), ("2026-06-30T00:00:00", "2026-06"), ("2026Q2", "2026-04/2026-06"),
        ("2026H1", "2026-01/2026-06"), ("2026-01/2026-06", "2026-01/2026-06"),
        ("1/2026 - 6/2026", "2026-01/2026-06"), ("2025–2026", "2025/2026"),
    ],
)  # fmt: skip
def test_periods(text: str, period: str) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize("text", ["", None, "x", "13/2026", "9999", "6/2026 – 1/2026", "2026-6-1-1", 5])
def test_what_is_no_period(text: object) -> None:
    with pytest.raises(ValueError, match=r"missing|no year"):
        parse_period(text)


def test_a_workbook_does_as_well(read: Read, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (
        ["Ammattikoodi", "Kuukausi", "Tila"],
        [2512, date(2026, 6, 1), 3],
        ["0110", "2026M06", "pula"],
    ):
        book.active.append(row)
    book.save(tmp_path / "made.xlsx")
    outcomes = read("barometer", {"b.xlsx": (tmp_path / "made.xlsx").read_bytes()})
    assert ranks(outcomes) == {"C2512": 3, "C0110": 3}
    assert {need.period for need in outcomes.of(SkillNeed)} == {"2026-06"}
