"""The form of a coordinator: made, filled in, loaded; every fault told in its language."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.template_file import write_template
from graph.identifiers import Identifiers
from graph.records import Course, CourseOffering, Organisation, SkillNeed
from loaders.courses.template_form import (
    KINDS,
    LANGUAGES,
    columns,
    instructions,
    read_header,
    sheet_name,
)
from loaders.staging.source import SourceSpec, stage
from tests.loaders.conftest import Outcomes, Read

SKILL = "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000001"
OTHER = "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000002"
FULL: dict[str, Any] = {
    "code": "521149S", "university": "Oulun yliopisto", "title_fi": "Tekoäly", "title_en": "Artificial intelligence",
    "outcomes_fi": "- Selittää tekoälyn\n- Rakentaa mallin", "outcomes_en": "1. Explains AI\n2. Builds a model",
    "content_en": "Search, learning.", "prerequisites_fi": "521150A tai vastaava", "credits_min": 5,
    "credits_max": "7,5", "level": "Syventävät opinnot", "eqf": "7", "isced_f": "0613", "mode": "Verkko-opetus, Lähiopetus",
    "language": "suomi, de", "start": datetime(2026, 9, 7), "end": "23.10.2026", "enrolment_start": "2026-08-01",
    "price": "maksuton", "open_to_all": "Kyllä", "homepage": "www.example.org/ai", "esco_skills": f"{SKILL}\n{OTHER}",
    "unit": "Tietotekniikan yksikkö",
}  # fmt: skip


@cache
def empty(kind: str, language: str, form: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"form.{form}"
        write_template(kind, language, form, path)
        return path.read_bytes()


def filled(folder: Path, kind: str, language: str, form: str, *rows: Mapping[str, Any]) -> bytes:
    """Make a form and fill rows in, as a coordinator would, below the example."""
    path = folder / f"form.{form}"
    path.write_bytes(empty(kind, language, form))
    keys = [column.key for column in columns(kind)]
    if form == "csv":
        text = path.read_text(encoding="utf-8-sig")
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=";")
        for row in rows:
            cells = (row.get(key, "") for key in keys)
            writer.writerow([f"{c:%d.%m.%Y}" if isinstance(c, date) else c for c in cells])
        return (text.rstrip("\r\n") + "\n" + out.getvalue()).encode()
    book = load_workbook(path)
    sheet = book[sheet_name(kind, language)]
    for row in rows:
        sheet.append([row.get(key) for key in keys])
    book.save(path)
    return path.read_bytes()


def load(
    read: Read, folder: Path, *rows: Mapping[str, Any], language: str = "fi", **options: str
) -> Outcomes:
    data = filled(folder, "courses", language, "xlsx", *rows)
    return read("template", {"back.xlsx": data}, options)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_made_filled_in_and_loaded(read: Read, tmp_path: Path, form: str, language: str) -> None:
    names = {c.key: c for c in columns("courses")}
    assert names["level"].choices == "level"
    data = filled(tmp_path, "courses", language, form, FULL)
    outcomes = read("template", {f"back.{form}": data})
    assert not outcomes.problems
    assert not outcomes.warnings
    assert outcomes.skipped == ["the example row of the template"]
    (course,) = outcomes.of(Course)
    assert (course.university, course.code) == ("oulu", "521149S")
    assert course.title == {"fi": "Tekoäly", "en": "Artificial intelligence"}
    assert course.outcomes == {
        "fi": "Selittää tekoälyn\nRakentaa mallin",
        "en": "Explains AI\nBuilds a model",
    }
    assert [one.text for one in course.learning_outcomes] == [
        {"en": "Explains AI", "fi": "Selittää tekoälyn"}, {"en": "Builds a model", "fi": "Rakentaa mallin"},
    ]  # fmt: skip
    assert course.content == {"en": "Search, learning."}
    assert course.prerequisite_codes == ("521150A",)
    assert (course.credits_min, course.credits_max) == (Decimal(5), Decimal("7.5"))
    assert (course.level, course.eqf_level, course.isced_f) == ("advanced-studies", 7, ("0613",))
    assert (course.modes, course.languages) == (("online", "presential"), ("fi", "de"))
    assert course.price is not None
    assert course.price.amount == 0
    assert course.open_to_all is True
    assert course.homepage == "https://www.example.org/ai"
    assert [skill.uri for skill in course.stated_skills] == [SKILL, OTHER]
    assert course.unit == "oulu/tietotekniikan-yksikko"
    assert {org.key for org in outcomes.of(Organisation)} == {"oulu", course.unit}
    (offering,) = outcomes.of(CourseOffering)
    assert (offering.start, offering.end) == (date(2026, 9, 7), date(2026, 10, 23))
    assert (offering.enrolment_start, offering.course_code) == (date(2026, 8, 1), "521149S")


def test_needs_come_back_too(read: Read, tmp_path: Path) -> None:
    row = {
        "concept_uri": SKILL,
        "region": "FI1B1",
        "period": "2026-01",
        "number": "12,5",
        "source": "Kysely",
    }
    for form in ("xlsx", "csv"):
        outcomes = read("template", {f"n.{form}": filled(tmp_path, "needs", "sv", form, row, row)})
        (need,) = outcomes.of(SkillNeed)
        assert (need.concept, need.number, need.unit, need.period) == (
            SKILL,
            Decimal("12.5"),
            "openings",
            "2026-01",
        )
        assert "på en annan rad" in outcomes.problems[0].reason


def test_further_realisations_have_only_code_and_dates(read: Read, tmp_path: Path) -> None:
    again = {"code": "521149S", "university": "oulu", "start": "11.1.2027", "language": "englanti"}
    outcomes = load(read, tmp_path, again, FULL, {**again, "start": date(2027, 9, 6)}, again)
    assert len(outcomes.of(Course)) == 1
    assert sorted(str(one.start) for one in outcomes.of(CourseOffering)) == [
        "2026-09-07", "2027-01-11", "2027-09-06",
    ]  # fmt: skip
    (problem,) = outcomes.problems
    assert "samana päivänä" in problem.reason


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"code": None}, "Opintojakson koodi", "solu on tyhjä"),
        ({"title_fi": None, "title_en": None}, "Nimi suomeksi", "ei ole nimeä"),
        ({"title_fi": "x" * 600, "title_en": None}, "Nimi suomeksi", "liian pitkä"),
        ({"university": None}, "Yliopisto", "yliopistoa ei tiedetä"),
        ({"university": "Hogwarts"}, "Yliopisto", "”Hogwarts” ei ole"),
        ({"code": "#REF!"}, "Opintojakson koodi", "kaavan virhe"),
    ],
)
def test_a_row_that_cannot_be_loaded(
    read: Read, tmp_path: Path, change: dict[str, Any], column: str, words: str
) -> None:
    outcomes = load(read, tmp_path, {**FULL, **change}, {**FULL, "code": "ok"})
    (problem,) = outcomes.problems
    assert problem.field == column
    assert problem.reason.startswith(f"Taulukko ”Opintojaksot”, rivi 4, sarake ”{column}”: ")
    assert words in problem.reason
    assert problem.remedy
    assert len(outcomes.of(Course)) == 1


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("credits_min", "viisi", "”viisi” ei ole luku"),
        ("credits_min", 9, "suurempi"),
        ("level", "Tohtori", "ei ole mikään vaihtoehdoista"),
        ("eqf", "9", "ei ole mikään vaihtoehdoista"),
        ("isced_f", "613", "koulutusala"),
        ("isced_f", "abc", "koulutusala"),
        ("mode", "Verkko-opetus, telepatia", "”telepatia” ei ole"),
        ("language", "klingon", "”klingon” ei ole"),
        ("start", "syksyllä", "ei ole päivä"),
        ("start", "31.2.2026", "ei ole päivä"),
        ("start", date(9999, 1, 1), "ei ole päivä"),
        ("end", "1.1.2026", "ennen alkua"),
        ("open_to_all", "ehkä", "ei ole mikään vaihtoehdoista"),
        ("homepage", "see our pages", "ei ole verkko-osoite"),
        ("esco_skills", "ohjelmointi", "ei ole ESCO-taidon osoite"),
        ("content_en", "x" * 200_000, "liian pitkä"),
        ("price", "#N/A", "kaavan virhe"),
    ],
)
def test_a_bad_cell_costs_that_cell(
    read: Read, tmp_path: Path, key: str, value: Any, words: str
) -> None:
    form = "csv" if isinstance(value, str) else "xlsx"
    data = filled(tmp_path, "courses", "fi", form, {**FULL, key: value})
    outcomes = read("template", {f"b.{form}": data})
    assert len(outcomes.of(Course)) == 1
    (warning,) = outcomes.warnings
    assert (
        warning.field == next(column for column in columns("courses") if column.key == key).names["fi"]
    )
    assert words in warning.reason
    assert warning.remedy


@pytest.mark.parametrize(
    ("language", "place"),
    [
        ("en", "Sheet “Courses”, row 5, "),
        ("fi", "Taulukko ”Opintojaksot”, rivi 5"),
        ("sv", "Blad ”Kurser”, rad 5"),
    ],
)
def test_faults_are_told_in_the_language_of_the_form(
    read: Read, tmp_path: Path, language: str, place: str
) -> None:
    outcomes = load(read, tmp_path, FULL, {**FULL, "code": None}, language=language)
    assert outcomes.problems[0].reason.startswith(place)


def test_rows_of_csv_are_numbered_as_a_spreadsheet_shows_them(read: Read, tmp_path: Path) -> None:
    data = filled(tmp_path, "courses", "en", "csv", FULL, {**FULL, "code": "B", "university": "x"})
    outcomes = read("template", {"b.csv": data})
    assert outcomes.problems[0].reason.startswith("Row 4, column “University”: ")


def test_the_same_code_twice(read: Read, tmp_path: Path) -> None:
    outcomes = load(read, tmp_path, FULL, FULL, {**FULL, "university": "turku"}, language="sv")
    (problem,) = outcomes.problems
    assert "Blad ”Kurser”, rad 4" in problem.reason
    assert len(outcomes.of(Course)) == 2


def test_the_university_may_be_an_option(read: Read, tmp_path: Path) -> None:
    (course,) = load(read, tmp_path, {**FULL, "university": None}, university="lut").of(Course)
    assert course.university == "lut"


def test_headers_in_another_order_language_and_a_column_of_their_own(read: Read) -> None:
    text = "Kommentti;Kurskod;Namn på svenska;Course code *;Universitet;Nivå\nx;A-1;Kurs;B-2;Åbo Akademi;ämnesstudier\n"
    outcomes = read("template", {"k.csv": text})
    (course,) = outcomes.of(Course)
    assert (course.code, course.title, course.level) == ("A-1", {"sv": "Kurs"}, "intermediate-studies")
    assert [warning.field for warning in outcomes.warnings] == ["Kommentti", "Course code *"]
    assert outcomes.warnings[0].reason.startswith("Rad 2, kolumn ”Kommentti”: ")


def test_a_price_in_words_is_kept_in_words(read: Read, tmp_path: Path) -> None:
    for value, amount, words in (
        ("60 €", 60, {}),
        ("1 200", 1200, {}),
        ("50–80 €", None, {"fi": "50–80 €"}),
    ):
        (course,) = load(read, tmp_path, {**FULL, "price": value}).of(Course)
        assert course.price is not None
        assert course.price.amount == amount
        assert course.price.text == words


def test_another_file_is_told(read: Read) -> None:
    (problem,) = read("template", {"a.csv": "a;b\n1;2\n"}).problems
    assert problem.record == ""
    assert "fitech template" in problem.remedy


def test_empty_rows_are_no_records(read: Read, tmp_path: Path) -> None:
    assert len(load(read, tmp_path, {}, {"unit": "  "}, FULL, {}).all) == 2


def test_the_form_is_whole_in_three_languages() -> None:
    for kind in KINDS:
        for language in LANGUAGES:
            headers = [column.header(language) for column in columns(kind)]
            assert len(set(headers)) == len(headers)
            header = read_header(headers)
            assert header is not None
            assert (header.kind, header.language) == (kind, language)
            assert list(header.keys.values()) == [column.key for column in columns(kind)]
            assert len(instructions(kind, language)) == len(instructions(kind, "en"))
        by_key = read_header([column.key for column in columns(kind)])
        assert by_key is not None
        assert by_key.kind == kind


def test_the_workbook_guides_the_hand(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    write_template("courses", "fi", "xlsx", path)
    book = load_workbook(path)
    assert book.sheetnames == ["Ohjeet", "Opintojaksot", "Lists"]
    assert book["Lists"].sheet_state == "hidden"
    sheet = book["Opintojaksot"]
    assert sheet.row_dimensions[1].hidden
    assert sheet.protection.sheet
    assert sheet.cell(2, 1).protection.locked
    assert sheet.cell(3, 1).value == "ESIMERKKI"
    assert not sheet.column_dimensions["C"].protection.locked
    lists = {rule.formula1: rule.showErrorMessage for rule in sheet.data_validations.dataValidation}
    assert len(lists) == 6
    assert lists["=Lists!$Q$1:$Q$5"] is True
    isced = next(n for n, column in enumerate(columns("courses")) if column.key == "isced_f")
    assert sheet.column_dimensions[chr(ord("A") + isced)].number_format == "@"


def test_whatever_stands_in_the_cells_each_row_gives_one_outcome(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    strange = [None, "", " ", 0, -1, 1.5, True, "x" * 600, "<script>x</script>", "=1+1", "#REF!", "9999-99-99",
               datetime(2026, 1, 1, 5), "\n\n", ";", "http://x/ y", 10**20, "–", "a\tb", "ESIMERKKI"]  # fmt: skip
    rows = []
    for number in range(200):
        row = {**FULL, "code": f"C-{number}"}
        for _ in range(dice.randrange(1, 4)):
            row[dice.choice(sorted(row))] = dice.choice(strange)
        rows.append(row)
    path = tmp_path / "back.xlsx"
    path.write_bytes(filled(tmp_path, "courses", "fi", "xlsx", *rows))
    report = stage(SourceSpec("s", "template", (path,)), tmp_path / "staged", Identifiers())
    assert report.records_in == 201
    assert report.records_in == report.loaded + sum(report.skipped.values()) + report.rejected
    rejected = (tmp_path / "staged" / "s" / "rejected.jsonl").read_text(encoding="utf-8")
    assert "please report it" not in rejected
