from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.records import Course, CourseOffering, Organisation
from loaders.courses.peppi_values import helsinki_day, modes_of_text
from tests.loaders.test_any_record import mutate

OULU = {"university": "oulu"}


def ml(fi: str = "", en: str = "", sv: str = "") -> dict[str, str]:
    return {"valueFi": fi, "valueEn": en, "valueSv": sv}


def section(title: dict[str, str], content: dict[str, str]) -> dict[str, Any]:
    return {"title": title, "content": content}


def course(code: str = "521149S", **fields: Any) -> dict[str, Any]:
    return {
        "id": "2628",
        "code": code,
        "name": ml("Antennit", "Antennas"),
        "credits": 5.0,
        "minCredits": 5,
        "maxCredits": 8,
        "tags": [],
        "createdAt": 1763543872059,
        "contentList": [
            section(ml("Sisältö", "Content"), ml("", "Fields and waves")),
            section(
                ml("Osaamistavoitteet", "Learning outcomes"),
                ml("<ul><li>Osaa A:n</li><li>tuntee B&ouml;n</li></ul>", ""),
            ),
            section(ml("Esitietovaatimukset", "Qualifications"), ml("521150A ja 031010P", "")),
            section(ml("Arviointikriteerit", "Assessment criteria"), ml("", "Exam")),
            section(ml("Arviointikriteerit 2", "Evaluation criteria 2"), ml("", "Essay")),
            section(ml("Pääasiallinen opetuskieli"), ml("suomi, englanti", "Finnish, English")),
            section(ml("Taso", "Level"), ml("Syventävät opinnot", "Advanced Studies")),
            section(ml("Oppiaine", "Subject"), ml("Sähkötekniikka", "Electrical Engineering")),
            section(ml("Toteutustavat", "Teaching Methods"), ml("Lähiopetus 30 h")),
            section(ml("Vastuuhenkilöt", "Person in charge"), ml("Maija Meikäläinen")),
        ],
        **fields,
    }


def test_a_course_is_told_by_the_titles_of_its_sections(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("peppi", {"c.json": json.dumps(course())}, OULU)
    (found,) = outcomes.of(Course)
    assert found.title == {"fi": "Antennit", "en": "Antennas"}
    assert found.outcomes == {"fi": "Osaa A:n\n\ntuntee Bön"}
    assert found.content == {"en": "Fields and waves"}
    assert found.prerequisite_codes == ("521150A", "031010P")
    assert found.assessment == {"en": "Exam\n\nEssay"}
    assert (found.credits_min, found.credits_max) == (5, 8)
    assert (found.level, found.languages) == ("advanced-studies", ("fi", "en"))
    assert found.keywords == {"fi": ("Sähkötekniikka",), "en": ("Electrical Engineering",)}
    assert (found.modes, found.open_to_all) == (("presential",), None)
    assert found.identifiers == ("2628",)
    assert "Maija" not in repr(outcomes.records)
    assert [record.key for record in outcomes.of(Organisation)] == ["oulu"]


def test_titles_may_be_in_any_language_and_order(read) -> None:  # type: ignore[no-untyped-def]
    swedish = course(
        "IT00CS22",
        id=None,
        contentList=[
            section(ml(sv="Innehåll"), ml(sv="Algoritmer")),
            section(ml(sv="Lärandemål:"), ml(sv="Kan sortera")),
            section(ml(sv="Undervisningsspråk"), ml(sv="svenska")),
            section(ml(sv="Nivå"), ml(sv="Ämnesstudier")),
            section(ml(sv="Något annat"), ml(sv="Bort")),
        ],
    )
    (found,) = read("peppi", {"c.json": json.dumps([swedish])}, {"university": "abo"}).of(Course)
    assert (found.outcomes, found.content) == ({"sv": "Kan sortera"}, {"sv": "Algoritmer"})
    assert (found.languages, found.level) == (("sv",), "intermediate-studies")
    assert found.identifiers == ()


def test_the_newest_of_several_versions_counts(read) -> None:  # type: ignore[no-untyped-def]
    old = course(id="1", createdAt=1, name=ml("Vanha"))
    outcomes = read("peppi", {"c.jsonl": f"{json.dumps(course())}\n{json.dumps(old)}"}, OULU)
    (found,) = outcomes.of(Course)
    assert found.title["fi"] == "Antennit"
    assert set(found.identifiers) == {"1", "2628"}
    assert outcomes.skipped == ["an older version of a course"]


def test_zero_credits_mean_that_none_are_given(read) -> None:  # type: ignore[no-untyped-def]
    (none,) = read(
        "peppi", {"c.json": json.dumps(course(credits=0, minCredits=0, maxCredits=0))}, OULU
    ).of(Course)
    assert (none.credits_min, none.credits_max) == (None, None)
    (one,) = read("peppi", {"d.json": json.dumps(course(minCredits=None, maxCredits=None))}, OULU).of(
        Course
    )
    assert (one.credits_min, one.credits_max) == (5, 5)


def plan(name: str = "Ohjelma") -> dict[str, Any]:
    unit = {"id": "2628", "type": "COURSE_UNIT", "name": ml("Antennit"), "children": []}
    other = {
        "id": "7",
        "type": "COURSE_UNIT",
        "code": "031010P",
        "name": ml("Laskenta"),
        "minCredits": 5,
        "maxCredits": 5,
    }
    heading = {"id": "5", "type": "CATEGORY", "name": ml("Pakolliset"), "children": [other]}
    module = {
        "id": "9",
        "type": "STUDY_MODULE",
        "name": ml("Perusopinnot"),
        "minCredits": 25,
        "maxCredits": 25,
        "children": [unit, heading, unit],
    }
    return {"id": "1", "code": "P1", "type": "PROGRAMME", "name": ml(name), "minCredits": 0, "maxCredits": 0, "educationLevel": "BA", "children": [module, None, "x"]}  # fmt: skip


def test_a_plan_is_programme_modules_and_their_parts(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read(
        "peppi", {"p.json": json.dumps([plan(), plan()]), "c.json": json.dumps(course())}, OULU
    )
    by_code = {one.code: one for one in outcomes.of(Course)}
    assert {code: one.kind for code, one in by_code.items()} == {
        "P1": "programme", "9": "module", "031010P": "course", "521149S": "course",
    }  # fmt: skip
    assert by_code["P1"].parts == ("9",)
    assert by_code["9"].parts == ("521149S", "031010P")
    assert (by_code["P1"].level, by_code["P1"].credits_min) == ("BA", None)
    assert by_code["9"].credits_max == 25
    assert by_code["031010P"].identifiers == ("7",)
    assert by_code["521149S"].prerequisite_codes == ("521150A", "031010P")
    assert outcomes.skipped == ["a plan that other records tell"]


def test_courses_in_plans_of_the_open_university_are_open_to_all(read) -> None:  # type: ignore[no-untyped-def]
    files = {"p.json": json.dumps([plan("Avoin yliopisto, tekniikka")]), "c.json": json.dumps(course())}
    by_code = {one.code: one for one in read("peppi", files, OULU).of(Course)}
    assert by_code["521149S"].open_to_all
    assert by_code["031010P"].open_to_all
    assert by_code["P1"].open_to_all


def test_an_education_tells_its_goals_and_its_programmes(read) -> None:  # type: ignore[no-untyped-def]
    def described(title: dict[str, str], text: dict[str, str]) -> dict[str, Any]:
        return {"descriptionField": {"title": title}, "text": text}

    education = {
        "id": "43205", "code": "P2025", "type": "EDUCATION", "name": ml("Tietotekniikka"),
        "descriptions": [
            described(ml("Osaamistavoitteet", "Competence objectives"), ml("", "<p>Knows <b>ICT</b></p>")),
            described(ml("", "Language of instruction"), ml("", "<p>English</p>")),
            described(ml("", "Tuition fee payment (in Euros)"), ml("", "<p>10 000 &euro; / year</p>")),
            described(ml("", "Keywords"), ml("", "<p>Computing, Oulu</p>")),
            described(ml("", "Form of teaching"), ml("", "<ul><li>Contact teaching</li><li>Online</li></ul>")),
            described(ml("", "Contact information"), ml("", "someone@example.org")),
        ],
        "children": [{"id": "1", "code": "P1", "type": "PROGRAMME", "name": ml("Ohjelma"), "children": []}],
    }  # fmt: skip
    outcomes = read("peppi", {"a.json": json.dumps([education]), "p.json": json.dumps([plan()])}, OULU)
    by_code = {one.code: one for one in outcomes.of(Course)}
    found = by_code["P2025"]
    assert (found.kind, found.outcomes, found.languages) == ("programme", {"en": "Knows ICT"}, ("en",))
    assert found.price is not None
    assert found.price.text == {"en": "10 000 € / year"}
    assert (found.keywords, found.modes) == ({"en": ("Computing", "Oulu")}, ("blended",))
    assert found.parts == ("P1",)
    assert by_code["P1"].parts == ("9",)  # told where most is told: in its plan
    assert "example.org" not in repr(outcomes.records)


def realization(**fields: Any) -> dict[str, Any]:
    return {
        "realisationId": "88001",
        "code": "521149S-3021",
        "name": ml("Antennit", "Antennas"),
        "startDate": 1767218400000,  # 2026-01-01 00:00 in Helsinki
        "endDate": 1780261200000,  # 2026-06-01 00:00
        "enrollmentStartDateTime": 1764540000000,
        "enrollmentEndDateTime": 1767218340000,  # 2025-12-31 23:59
        "seats": 30,
        "contentList": [section(ml("Opetuskieli"), ml("englanti"))],
        "reservations": [],
        **fields,
    }


def test_a_realization_is_held_for_the_course_that_its_code_begins_with(read) -> None:  # type: ignore[no-untyped-def]
    files = {"r.json": json.dumps([realization(), realization()]), "c.json": json.dumps(course())}
    outcomes = read("peppi", files, OULU)
    (found,) = outcomes.of(CourseOffering)
    assert (found.key, found.course_code) == ("88001", "521149S")
    assert (found.start, found.end) == (date(2026, 1, 1), date(2026, 6, 1))
    assert (found.enrolment_start, found.enrolment_end) == (date(2025, 12, 1), date(2025, 12, 31))
    assert found.languages == ("en",)
    assert outcomes.skipped == ["a realization that stood in the files before"]


def test_what_else_the_backend_answers(read) -> None:  # type: ignore[no-untyped-def]
    search = {"numberOfAllMatchedRows": 2, "learningUnits": [
        {"learningUnitId": "2628", "code": "521149S", "name": ml("Antennit"), "type": "COURSE_UNIT"},
        {"learningUnitId": "8", "code": "405040Y", "name": ml("Oppiminen"), "type": "COURSE_UNIT"},
    ]}  # fmt: skip
    category = {"id": "18717", "name": ml("Avoin yliopisto"), "organisationView": False, "type": "code"}
    faculty = {"id": "10965", "name": ml("Tieto- ja sähkötekniikan tiedekunta")}
    files = {
        "s.json": json.dumps(search),
        "n.json": json.dumps([category]),
        "o.json": json.dumps([faculty]),
        "c.json": json.dumps(course()),
        "r.json": json.dumps([realization(code="405040Y-3001", realisationId=5)]),
    }
    outcomes = read("peppi", files, OULU)
    assert {one.code for one in outcomes.of(Course)} == {"521149S", "405040Y"}
    assert {one.key for one in outcomes.of(Organisation)} == {"oulu", "oulu/10965"}
    assert [one.key for one in outcomes.of(CourseOffering)] == ["5"]
    assert len(outcomes.skipped) == 2
    assert not outcomes.problems


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (course(code=" "), "code"),
        (course(name=ml()), "name"),
        (course(name="x"), "name"),
        (realization(code="999999A-3001"), "code"),
        (realization(code="", realisationId=None), "realisationId"),
        ({"id": "1", "name": {}}, "name"),
        ({"type": "PROGRAMME", "children": []}, "id"),
        ({"a": 1}, ""),
        (None, ""),
    ],
)
def test_a_bad_record_is_told(read, record: Any, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("peppi", {"x.json": json.dumps([record, course()])}, OULU)
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(Course)) == 1


def test_a_bad_field_is_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    bad = course(contentList={"x": 1}, credits="many", tags="x")
    late = realization(startDate=10**20, enrollmentStartDateTime="soon")
    outcomes = read("peppi", {"x.json": json.dumps([bad, late])}, OULU)
    assert {warning.field for warning in outcomes.warnings} == {
        "contentList", "credits", "tags", "startDate", "enrollmentStartDateTime",
    }  # fmt: skip
    assert len(outcomes.records) == 3


def test_without_the_university_each_record_says_what_is_missing(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("peppi", {"c.json": json.dumps([course(), course("A")])})
    assert len(outcomes.problems) == 2
    assert "option `university`" in outcomes.problems[0].remedy


def test_days_are_those_of_finland() -> None:
    assert helsinki_day(1774738740000) == date(2026, 3, 29)  # 00:59 in Helsinki, winter time
    assert helsinki_day("1774735200000") == date(2026, 3, 29)
    assert helsinki_day("2026-03-29T10:00") == date(2026, 3, 29)
    assert helsinki_day(0) is None
    for wrong in (True, [], 10**30, "x"):
        with pytest.raises(ValueError, match="expected"):
            helsinki_day(wrong)


@pytest.mark.parametrize(
    ("text", "modes"),
    [
        ("Etäopetus ja luentotallenteet 40t", ("online",)),
        ("Face-to-face teaching", ("presential",)),
        ("Lähiopetus ja verkko-opetus", ("blended",)),
        ("Monimuoto-opetus", ("blended",)),
        ("Lectures 20 h", ()),
    ],
)
def test_modes_are_read_from_words(text: str, modes: tuple[str, ...]) -> None:
    assert modes_of_text({"und": text}) == modes


def test_strange_values_cost_a_record_or_a_field_only(read) -> None:  # type: ignore[no-untyped-def]
    dice = random.Random(7)
    originals = [course(), plan(), realization()]
    mutants = [mutate(dice.choice(originals), dice) for _ in range(600)]
    outcomes = read("peppi", {"m.json": json.dumps([*originals, *mutants])}, OULU)
    assert len(outcomes.all) == 603
    assert not [problem for problem in outcomes.problems if "please report it" in problem.remedy]


def test_counts_add_up_with_a_damaged_record(read) -> None:  # type: ignore[no-untyped-def]
    text = json.dumps([course("A1"), course("A2"), course("A3")])
    outcomes = read("peppi", {"m.json": text.replace('"A2"', "A2", 1)}, OULU)
    assert len(outcomes.all) == 3
    assert [one.code for one in outcomes.of(Course)] == ["A1", "A3"]


@pytest.mark.real_data
def test_the_real_replies_load_with_all_records_accounted_for(read, shared_data: Path) -> None:  # type: ignore[no-untyped-def]
    folder = shared_data / "courses" / "peppi-oulu"
    outcomes = read("peppi", {path.name: path.read_bytes() for path in folder.glob("*.json")}, OULU)
    assert len(outcomes.all) == 1 + 1 + 2 + 15
    assert len(outcomes.skipped) == 15
    assert not outcomes.problems
    assert not outcomes.warnings
    kinds = [one.kind for one in outcomes.of(Course)]
    assert {kind: kinds.count(kind) for kind in kinds} == {"programme": 7, "module": 1, "course": 1}
    assert "Teemu" not in repr(outcomes.records)
