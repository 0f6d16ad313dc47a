"""National skill demand: opportunities of Osaamispolku as SQL and as JSON."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph.identifiers import Identifiers
from graph.records import SkillNeed
from loaders.staging.source import SourceSpec, stage
from tests.loaders.conftest import Read
from tests.loaders.test_any_record import mutate

SKILL = "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000001"
OTHER = "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000002"
OCCUPATION = "http://data.europa.eu/esco/occupation/00000000-0000-4000-8000-000000000003"


def shares(*pairs: tuple[str, Any], total: Any = 24) -> dict[str, Any]:
    return {
        "kokonaismaara": total,
        "tyhjienMaara": 0,
        "arvot": [{"arvo": uri, "prosenttiosuus": share} for uri, share in pairs],
    }


def work(identifier: str = "w1", **more: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "luomisaika": "2026-08-20T00:00:00Z",
        "aineisto": "TMT",
        "tyopaikkailmoitukset": [
            {"ilmoituksenID": 1, "julkaisupvm": "2026-02-03T00:00:00Z"},
            {"ilmoituksenID": 2, "julkaisupvm": "2026-05-01T00:00:00Z"},
        ],
        "ammattiryhma": "",
        "osaamisvaatimukset": {
            "osaamiset": shares((SKILL, 79.16666666666666), (OTHER, 25)),
            "ammatit": shares((OCCUPATION, 12.5)),
        },
        "perustiedot": {"tyomahdollisuudenOtsikko": {"fi": "Kouluttaja", "en": "Trainer's job"}},
        "sijainti": {
            "kuntaJakauma": shares(("049", 50), ("091", 50)),
            "maakuntaJakauma": shares(("01", 100)),
        },
        **more,
    }


def education(identifier: str = "e1") -> dict[str, Any]:
    return {
        "id": identifier,
        "tyyppi": "TUTKINTO",
        "koulutukset": [{"oid": "1.2.246.562.13.00000000000000000001", "nimi": {"fi": "Koulutus"}}],
        "osaamiset": shares((SKILL, 50), total=100),
    }


def literal(record: Any) -> str:
    return "'" + json.dumps(record, indent=1).replace("'", "''") + "'::jsonb"


def test_shares_of_a_work_opportunity_are_needs(read: Read) -> None:
    outcomes = read("jod", {"w.json": json.dumps([work()])})
    assert not outcomes.warnings
    needs = {need.concept: need for need in outcomes.of(SkillNeed)}
    assert set(needs) == {SKILL, OTHER, OCCUPATION}
    first = needs[SKILL]
    assert first.number == Decimal("79.17")
    assert first.unit == "percent of job adverts"
    assert first.region == "FI1B1"  # 01: all of it lies in one region, not in one municipality
    assert first.period == "2026-02/2026-05"
    assert first.source == "Osaamispolku TMT: Trainer's job (24 job adverts)"
    assert len({need.key for need in needs.values()}) == 3
    assert all(need.key.startswith("jod/") for need in needs.values())


def test_sql_is_read_as_text(read: Read) -> None:
    dollar = "$$" + json.dumps(work("w2")) + "$$"
    escaped = "E'" + json.dumps(work("w3")).replace("\\", "\\\\").replace("'", "\\'") + "'"
    sql = (
        "-- a comment with a quote '\nBEGIN;\nINSERT INTO tyo_data.import\nVALUES ("
        + literal(work("w1")) + ")\n;;;\n"
        + "INSERT INTO tyo_data.import (data) VALUES (" + dollar + "),\n(" + escaped + ");\n"
        + "INSERT INTO x.tyomahdollisuus (id, aineisto)\nVALUES ('a'::uuid, 'TMT'),\n ('b(''', 'TMT');\nCOMMIT;\n"
    )  # fmt: skip
    outcomes = read("jod", {"w.sql": sql})
    assert not outcomes.problems
    assert len(outcomes.of(SkillNeed)) == 9
    assert len(outcomes.skipped) == 2
    assert "a row of the table tyomahdollisuus (no opportunity)" in outcomes.skipped
    assert "Trainer's job" in outcomes.of(SkillNeed)[0].source


def test_an_update_replaces_what_was_inserted(read: Read) -> None:
    changed = work(aineisto="AMMATTITIETO", perustiedot={})
    update = f"UPDATE tyo_data.import\nSET data = {literal(changed)}\nWHERE id = 'w1'::uuid;\n"
    files = {
        "a-update.sql": update,
        "b.sql": f"INSERT INTO tyo_data.import\nVALUES ({literal(work())})\n;;;\n",
    }
    outcomes = read("jod", files)
    assert outcomes.skipped == ["an older copy of an opportunity"]
    assert {need.unit for need in outcomes.of(SkillNeed)} == {"percent of records"}
    assert outcomes.of(SkillNeed)[0].source == "Osaamispolku AMMATTITIETO (24 records)"


def test_an_education_opportunity_is_counted_and_passed_over(read: Read) -> None:
    outcomes = read("jod", {"e.json": json.dumps([education(), work()])})
    assert len(outcomes.skipped) == 1
    assert outcomes.skipped[0].startswith("an education opportunity")
    assert len(outcomes.of(SkillNeed)) == 3


def test_the_shape_of_the_web_service(read: Read) -> None:
    served = {
        "id": "w9",
        "aineisto": "TMT",
        "luomisaika": "2026-01-05T00:00:00Z",
        "otsikko": {"fi": "Asentaja"},
        "jakaumat": {
            "osaaminen": {"maara": 10, "tyhjia": 2, "arvot": [{"arvo": SKILL, "osuus": 30.0}]}
        },
    }
    (need,) = read("jod", {"w.json": json.dumps({"maara": 1, "sisalto": [served]})}).of(SkillNeed)
    assert (need.number, need.region, need.period) == (Decimal(30), "FI", "2026-01")
    assert need.source == "Osaamispolku TMT: Asentaja (10 job adverts)"


def test_the_period_can_be_given(read: Read) -> None:
    bare = work(luomisaika=None, tyopaikkailmoitukset=[])
    (problem,) = read("jod", {"w.json": json.dumps([bare])}).problems
    assert problem.field == "luomisaika"
    needs = read("jod", {"w.json": json.dumps([bare])}, {"period": "2026"}).of(SkillNeed)
    assert {need.period for need in needs} == {"2026"}


def test_an_advert_of_the_year_3000_gives_no_period(read: Read) -> None:
    odd = work(tyopaikkailmoitukset=[{"julkaisupvm": "3000-01-01T00:00:00Z"}])
    outcomes = read("jod", {"w.json": json.dumps([odd])})
    assert {need.period for need in outcomes.of(SkillNeed)} == {"2026-08"}
    assert [warning.field for warning in outcomes.warnings] == ["tyopaikkailmoitukset"]


def test_bad_shares_are_left_out(read: Read) -> None:
    wanted = {
        "osaamiset": shares((SKILL, 5), (SKILL, 6), ("urn:osaaminen:1", 3), (OTHER, 120), (OTHER, "x"), (OTHER, None)),
        "ammatit": [],
    }  # fmt: skip
    outcomes = read("jod", {"w.json": json.dumps([work(osaamisvaatimukset=wanted)])})
    assert [(need.concept, need.number) for need in outcomes.of(SkillNeed)] == [(SKILL, Decimal(5))]
    assert len(outcomes.warnings) == 5


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (work(identifier=""), "id"),
        (work(osaamisvaatimukset={"osaamiset": shares(("x", 1))}), "osaamiset.arvot.arvo"),
        ({"id": "x", "name": "y"}, ""),
        ("text", ""),
    ],
)
def test_a_bad_opportunity_is_told(read: Read, record: Any, field: str) -> None:
    outcomes = read("jod", {"w.json": json.dumps([record, work("w2")])})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert problem.record
    assert len(outcomes.of(SkillNeed)) == 3


def test_an_opportunity_without_skills_is_passed_over(read: Read) -> None:
    outcomes = read("jod", {"w.json": json.dumps([work(osaamisvaatimukset={})])})
    assert outcomes.skipped == ["a work opportunity that names no skill and no occupation"]


@pytest.mark.parametrize("quote", ["", "'"])
@pytest.mark.parametrize("separator", ["\n;;;\nINSERT INTO t.import\nVALUES (", ",\n("])
def test_a_damaged_row_costs_itself(read: Read, quote: str, separator: str) -> None:
    rows = [literal(work(f"w{number}")) for number in range(5)]
    rows[2] = rows[2].replace('"aineisto"', f'"aineisto{quote}', 1)
    sql = "INSERT INTO t.import\nVALUES (" + (")" + separator).join(rows) + ")\n;;;\n"
    outcomes = read("jod", {"w.sql": sql})
    assert len(outcomes.all) == 5
    assert len(outcomes.problems) == 1
    assert len(outcomes.of(SkillNeed)) == 12


def test_strange_values_cost_a_record_or_a_field(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    changed = (mutate(dice.choice([work(), education()]), dice) for _ in range(450))
    mutants = [mutant for mutant in changed if not isinstance(mutant, list)]  # a list holds records
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(mutant) + "\n" for mutant in mutants), encoding="utf-8")
    report = stage(SourceSpec("s", "jod", (path,)), tmp_path / "staged", Identifiers())
    assert report.records_in == len(mutants)
    assert report.records_in == report.loaded + sum(report.skipped.values()) + report.rejected
    rejected = (tmp_path / "staged" / "s" / "rejected.jsonl").read_text(encoding="utf-8")
    assert "please report it" not in rejected


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "needs", "skipped"),
    [
        ("mahdollisuudet.sql", 56, 1),
        ("mahdollisuudet-tyo-update-import-data-extended.sql", 56, 0),
        ("mahdollisuudet-tyo-update-import-data-reduced.sql", 56, 0),
        ("mahdollisuudet-koulutus-update-import-data-extended.sql", 0, 1),
        ("mahdollisuudet-koulutus-update-import-data-reduced.sql", 0, 1),
        ("mahdollisuudet-test-data.sql", 0, 23),
    ],
)
def test_the_real_files(read: Read, shared_data: Path, name: str, needs: int, skipped: int) -> None:
    outcomes = read("jod", {name: (shared_data / "needs" / name).read_bytes()})
    assert not outcomes.problems
    assert len(outcomes.of(SkillNeed)) == needs
    assert len(outcomes.skipped) == skipped
    assert len(outcomes.all) == skipped + (1 if needs else 0)


@pytest.mark.parametrize("bad", ["INSE'RT", "IN\0SERT", "INSERT '"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_statement_whose_marks_do_not_match_is_told(read: Read, bad: str, place: int) -> None:
    statements = [
        f"INSERT INTO tyo_data.import\nVALUES ({literal(work(f'w{n}'))});\n" for n in range(3)
    ]
    statements[place] = statements[place].replace("INSERT", bad)
    outcomes = read("jod", {"w.sql": "".join(statements)})
    assert len(outcomes.all) == 3
    assert len({need.key for need in outcomes.of(SkillNeed)}) >= 6


def test_wrong_bytes_in_a_statement_cost_it(read: Read) -> None:
    statements = [
        f"INSERT INTO tyo_data.import\nVALUES ({literal(work(f'w{n}'))});\n" for n in range(2)
    ]
    text = "".join(statements).encode().replace(b"Trainer", b"Tr\xe4iner", 1)
    outcomes = read("jod", {"w.sql": text})
    assert len(outcomes.all) == 2
    assert "UTF-8" in outcomes.problems[0].reason
