from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph.records import Course, CourseOffering, LearningOutcome, Organisation, Price, StatedSkill
from loaders.base import Loaded
from loaders.readers.files import find_files
from loaders.registry import get_loader

SAMPLE = Path(__file__).parents[1] / "samples" / "opintopolku.json"
KOULUTUS, TOTEUTUS, LIGHT, BADGE = json.loads(SAMPLE.read_text(encoding="utf-8"))


def changed(record: dict[str, Any], *path: str, to: object) -> dict[str, Any]:
    result = copy.deepcopy(record)
    inner = result
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = to
    return result


def as_file(*records: object) -> dict[str, str]:
    return {"studies.json": json.dumps(records)}


def test_a_koulutus_is_a_course(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("opintopolku", as_file(KOULUTUS))
    assert not outcomes.problems
    assert not outcomes.warnings
    (course,) = outcomes.of(Course)
    assert (course.university, course.code, course.kind) == ("aalto", "AA-C2000", "course")
    assert course.identifiers == ("1.2.246.562.13.00000000000000000901",)
    assert course.title["en"] == "Basics of robotics"
    assert (course.credits_min, course.credits_max) == (3, 5)
    assert course.level == "basic-studies"
    assert course.eqf_level == 6
    assert course.isced_f == ("0714",)
    assert course.open_to_all is True
    assert course.unit == "aalto/1.2.246.562.10.90000000001"
    assert course.languages == ()  # kielivalinta tells the languages of the record, not of teaching
    assert {org.key for org in outcomes.of(Organisation)} == {"aalto", course.unit}


def test_texts_below_headings_find_their_field(read) -> None:  # type: ignore[no-untyped-def]
    (course,) = read("opintopolku", as_file(KOULUTUS)).of(Course)
    assert course.outcomes == {"fi": "osaa ohjata robottia"}
    assert course.content == {
        "fi": "Kurssi kaikille.", "en": "A course for everyone.\n\nSensors and arms",
    }  # fmt: skip
    assert course.prerequisite_text == {"fi": "Suositus: AA-B1234"}
    assert course.prerequisite_codes == ("AA-B1234",)


def test_a_toteutus_is_an_offering_and_tells_what_its_koulutus_does_not(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("opintopolku", as_file(TOTEUTUS, KOULUTUS))
    (offering,) = outcomes.of(CourseOffering)
    assert offering == CourseOffering(
        key="1.2.246.562.17.00000000000000000902",
        university="aalto",
        course_code="AA-C2000",
        title={"fi": "Robotiikan perusteet, kevät"},
        start=date(2026, 2, 10),
        end=date(2026, 4, 30),
        enrolment_start=date(2026, 1, 7),
        enrolment_end=date(2026, 1, 21),
        languages=("fi", "en"),
        modes=("online",),
        location="Espoo",
        price=Price(Decimal("75.5"), text={"fi": "15 € / op"}),
        homepage="https://opintopolku.fi/konfo/fi/toteutus/1.2.246.562.17.00000000000000000902",
    )
    extra, main = outcomes.of(Course)
    assert main.outcomes == {"fi": "osaa ohjata robottia"}  # the koulutus tells the outcomes
    assert (extra.university, extra.code, extra.outcomes) == ("aalto", "AA-C2000", {})
    assert extra.title == main.title
    assert extra.keywords == {"fi": ("robotiikka", "robotti-insinööri"), "en": ("robotics",)}
    assert extra.languages == ("fi", "en")
    assert extra.credits_min is None
    assert "example.org" not in repr(outcomes.records)  # no contact persons


@pytest.mark.parametrize(("said", "of_course"), [(True, True), (False, None), ("yes", None)])
def test_a_small_competence_module_is_marked(read, said: object, of_course: bool | None) -> None:  # type: ignore[no-untyped-def]
    own = changed(TOTEUTUS, "metadata", "isPieniOsaamiskokonaisuus", to=said)
    outcomes = read("opintopolku", as_file(own, KOULUTUS))
    assert outcomes.of(CourseOffering)[0].small_module is (said if said != "yes" else None)
    assert any(course.small_module for course in outcomes.of(Course)) is bool(of_course)
    assert not any(course.small_module is False for course in outcomes.of(Course))


@pytest.mark.real_data
def test_the_example_of_kouta_is_a_small_competence_module(shared_data: Path) -> None:
    files = find_files([shared_data / "standards" / "examples" / "kouta-toteutus.json"])
    (outcome,) = get_loader("opintopolku").read(files, {})
    assert isinstance(outcome, Loaded)
    records = [one for one in outcome.records if isinstance(one, Course | CourseOffering)]
    assert [one.small_module for one in records] == [True, True]


def test_a_toteutus_alone_tells_the_course(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("opintopolku", as_file(TOTEUTUS))
    (course,), (offering,) = outcomes.of(Course), outcomes.of(CourseOffering)
    assert course.code == offering.course_code == "1.2.246.562.13.00000000000000000901"
    assert course.outcomes == {"sv": "Kan styra en robot"}
    assert course.identifiers == ("1.2.246.562.17.00000000000000000902", "aa-cur-1")


def test_a_toteutus_with_a_code_of_its_own_is_of_that_course(read) -> None:  # type: ignore[no-untyped-def]
    own = changed(TOTEUTUS, "metadata", "tunniste", to="AA-C2001")
    outcomes = read("opintopolku", as_file(KOULUTUS, own))
    assert [course.code for course in outcomes.of(Course)] == ["AA-C2000", "AA-C2001"]
    assert outcomes.of(CourseOffering)[0].course_code == "AA-C2001"


def test_a_toteutus_of_another_school_is_of_the_course_there(read) -> None:  # type: ignore[no-untyped-def]
    other = {
        **TOTEUTUS, "oppilaitokset": ["1.2.246.562.10.39218317368"], "tarjoajat": [], "organisaatio": None,
    }  # fmt: skip
    outcomes = read("opintopolku", as_file(KOULUTUS, other))
    assert outcomes.of(CourseOffering)[0].university == "helsinki"
    assert {course.university for course in outcomes.of(Course)} == {"aalto", "helsinki"}


def test_the_newest_and_fullest_copy_counts(read) -> None:  # type: ignore[no-untyped-def]
    hit = {key: value for key, value in KOULUTUS.items() if key != "metadata"}
    old = {**KOULUTUS, "modified": "2025-01-01T00:00:00", "nimi": {"fi": "Vanha"}}
    outcomes = read("opintopolku", as_file(hit, KOULUTUS, old))
    assert outcomes.skipped == ["a koulutus that stands in the files once more"] * 2
    assert outcomes.of(Course)[0].title["fi"] == "Robotiikan perusteet"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ({"opintojenLaajuusNumero": 180120, "opintojenLaajuus": {"koodiUri": "opintojenlaajuus_180120#1", "nimi": {"fi": "180+120"}}}, 300),
        ({"opintojenLaajuusNumero": "100"}, 100),
        ({"opintojenLaajuusNumero": 180120}, None),
        ({"opintojenLaajuusNumero": 5, "opintojenLaajuusyksikko": {"koodiUri": "opintojenlaajuusyksikko_6"}}, None),
        ({"opintojenLaajuusNumero": 5, "opintojenLaajuusyksikko": None}, None),
    ],
)  # fmt: skip
def test_sizes(read, size: dict[str, Any], expected: int | None) -> None:  # type: ignore[no-untyped-def]
    hit = {
        "oid": "1.2.246.562.13.00000000000000000903",
        "koulutustyyppi": "yo",
        "nimi": {"fi": "Tekniikan kandidaatti ja diplomi-insinööri"},
        "toteutustenTarjoajat": {"count": 1, "nimi": {"fi": "Aalto-yliopisto"}},
        "opintojenLaajuusyksikko": {"koodiUri": "opintojenlaajuusyksikko_2#1"},
        **size,
    }
    outcomes = read("opintopolku", as_file(hit))
    (course,) = outcomes.of(Course)
    assert (course.university, course.kind) == ("aalto", "programme")
    assert course.credits_min == course.credits_max == expected
    assert len(outcomes.warnings) == (expected is None)


def test_credits_of_upper_secondary_education_are_no_ects_credits(read) -> None:  # type: ignore[no-untyped-def]
    school = {
        "oid": "1.2.246.562.13.00000000000000000904",
        "koulutustyyppi": "lk",
        "nimi": {"fi": "Lukio"},
        "organisaatio": {"oid": "1.2.246.562.10.90000000002", "nimi": {"fi": "Esimerkin lukio"}},
        "opintojenLaajuusNumero": 150,
        "opintojenLaajuusyksikko": {"koodiUri": "opintojenlaajuusyksikko_2#1"},
    }
    assert read("opintopolku", as_file(school)).skipped == ["of the type lk (see the option types)"]
    outcomes = read("opintopolku", as_file(school), {"types": "yo, lk"})
    (course,) = outcomes.of(Course)
    assert course.university == "oid-1.2.246.562.10.90000000002"
    assert outcomes.of(Organisation)[0].name == {"fi": "Esimerkin lukio"}
    assert course.credits_max is None
    assert [warning.field for warning in outcomes.warnings] == ["opintojenLaajuusyksikko"]


@pytest.mark.parametrize(
    ("opetus", "price"),
    [
        ({"maksut": [{"maksullisuustyyppi": "maksuton"}]}, Price(Decimal(0))),
        ({"maksullisuustyyppi": "maksullinen", "maksunMaara": 160}, Price(Decimal(160))),
        ({"maksut": [{"maksullisuustyyppi": "lukuvuosimaksu", "maksunMaara": 9000}]}, None),
        ({"maksullisuusKuvaus": {"fi": "Kysy"}}, Price(text={"fi": "Kysy"})),
    ],
)
def test_fees(read, opetus: dict[str, Any], price: Price | None) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("opintopolku", as_file(changed(TOTEUTUS, "metadata", "opetus", to=opetus)))
    assert outcomes.of(CourseOffering)[0].price == price


def test_parts_of_a_whole_are_courses(read) -> None:  # type: ignore[no-untyped-def]
    whole = {
        **TOTEUTUS,
        "oid": "1.2.246.562.17.00000000000000000905",
        "koulutusOid": "1.2.246.562.13.00000000000000000906",
        "koulutustyyppi": "kk-opintokokonaisuus",
        "liitetytOpintojaksot": [
            TOTEUTUS["oid"], {"oid": "1.2.246.562.17.7", "metadata": {"tunniste": "BB-1"}},
        ],
    }  # fmt: skip
    courses = read("opintopolku", as_file(KOULUTUS, TOTEUTUS, whole)).of(Course)
    (module,) = [course for course in courses if course.kind == "module"]
    assert module.parts == ("AA-C2000", "BB-1")


def test_codes_without_names_are_read_too(read) -> None:  # type: ignore[no-untyped-def]
    bare = {
        "oid": "1.2.246.562.17.00000000000000000907",
        "koulutusOid": "1.2.246.562.13.00000000000000000908",
        "tila": "julkaistu",
        "nimi": {"en": "Control"},
        "organisaatioOid": "1.2.246.562.10.56753942459",
        "tarjoajat": ["1.2.246.562.10.56753942459"],
        "metadata": {
            "tyyppi": "kk-opintojakso",
            "koulutusalaKoodiUrit": ["kansallinenkoulutusluokitus2016koulutusalataso2_071#1"],
            "opintojenLaajuusyksikkoKoodiUri": "opintojenlaajuusyksikko_2#1",
            "opintojenLaajuusNumero": 5.0,
            "lisatiedot": [
                {"otsikkoKoodiUri": "koulutuksenlisatiedot_13#1", "teksti": {"en": "Can tune a PID"}}
            ],
            "opetus": {
                "opetuskieliKoodiUrit": ["oppilaitoksenopetuskieli_3#2"],
                "opetustapaKoodiUrit": ["opetuspaikkakk_4#1"],
            },
        },
    }
    outcomes = read("opintopolku", as_file(bare))
    assert not outcomes.warnings
    (course,), (offering,) = outcomes.of(Course), outcomes.of(CourseOffering)
    assert course.isced_f == ("071",)
    assert course.credits_max == 5
    assert course.outcomes == {"en": "Can tune a PID"}
    assert offering.languages == ("fi", "sv")
    assert offering.modes == ("blended",)


def test_kouta_light_names_esco_skills(read) -> None:  # type: ignore[no-untyped-def]
    bad = changed(LIGHT, "osaaminenUrit", to=[*LIGHT["osaaminenUrit"], "http://example.org/skill/1"])
    outcomes = read("opintopolku", as_file(bad))
    (course,), (offering,) = outcomes.of(Course), outcomes.of(CourseOffering)
    assert (course.university, course.code) == ("oulu", "light-1")
    assert course.stated_skills == (StatedSkill(LIGHT["osaaminenUrit"][0]),)
    assert course.price == Price(Decimal(0))
    assert course.keywords == {"fi": ("tekoäly",)}
    assert course.languages == ("fi",)
    assert course.homepage == "https://example.org/haku"
    assert (offering.enrolment_start, offering.enrolment_end) == (date(2026, 5, 1), date(2026, 5, 30))
    assert [warning.field for warning in outcomes.warnings] == ["osaaminenUrit"]


def test_kouta_light_needs_a_provider(read) -> None:  # type: ignore[no-untyped-def]
    unknown = {**LIGHT, "tarjoajat": [{"fi": "Esimerkki Oy"}]}
    (problem,) = read("opintopolku", as_file(unknown)).problems
    assert problem.field == "tarjoajat"
    assert len(read("opintopolku", as_file(unknown), {"university": "aalto"}).of(Course)) == 1
    kept = {**unknown, "ownerOrg": "1.2.246.562.10.90000000003", "metadata": {"kuvaus": {"fi": "X"}}}
    (course,) = read("opintopolku", as_file(kept)).of(Course)
    assert course.university == "oid-1.2.246.562.10.90000000003"


def test_a_badge_has_outcomes_one_by_one(read) -> None:  # type: ignore[no-untyped-def]
    (badge,) = read("opintopolku", as_file(BADGE)).of(Course)
    assert (badge.kind, badge.code) == ("badge", "osaamismerkit_9001")
    assert badge.learning_outcomes == (
        LearningOutcome({"fi": "tunnistaa huijauksen", "sv": "känner igen bedrägeri"}),
        LearningOutcome({"fi": "osaa suojata laitteensa"}),
    )
    assert badge.assessment == {"fi": "näyttää esimerkin"}
    assert badge.valid_from == date(2023, 12, 31)
    koulutus = {
        **KOULUTUS,
        "koulutustyyppi": "vapaa-sivistystyo-osaamismerkki",
        "metadata": {"osaamismerkkiKoodiUri": "osaamismerkit_9001#2"},
        "tarjoajat": [],
        "organisaatio": {"oid": "1.2.246.562.10.00000000001", "nimi": {"fi": "Opetushallitus"}},
    }
    (course,) = read("opintopolku", as_file(koulutus)).of(Course)
    assert (course.university, course.code, course.kind) == (badge.university, badge.code, "badge")


def test_every_wrapper_gives_its_records(read) -> None:  # type: ignore[no-untyped-def]
    outer = {"total": 2, "hits": [KOULUTUS, TOTEUTUS]}
    full = {**KOULUTUS, "toteutukset": [{"oid": "1.2.246.562.17.1", "nimi": {}}, TOTEUTUS]}
    index = {"took": 2, "hits": {"total": {"value": 1}, "hits": [{"_id": "x", "_source": KOULUTUS}]}}
    mocks = [
        {"url": "u", "method": "GET", "response": {"body": outer}},
        {"url": "u", "method": "GET", "response": {"body": KOULUTUS}},
        {"url": "u", "method": "GET", "response": {"body": {"otsikko": "x"}}},
        {"url": "u", "method": "GET", "response": {"body": {"total": 0, "hits": []}}},
        {"url": "u", "method": "GET", "response": {}},
    ]
    counts = {
        name: len(read("opintopolku", {"f.json": json.dumps(value)}).all)
        for name, value in {
            "search": outer, "full": full, "index": index, "mocks": mocks, "one": KOULUTUS,
        }.items()
    }  # fmt: skip
    assert counts == {"search": 2, "full": 2, "index": 1, "mocks": 6, "one": 1}


def test_what_is_passed_over_is_counted(read) -> None:  # type: ignore[no-untyped-def]
    others = [
        {**KOULUTUS, "tila": "arkistoitu"},
        {**TOTEUTUS, "tila": "tallennettu"},
        {"oid": "1.2.246.562.29.1", "nimi": {"fi": "Yhteishaku"}},
        {"oid": "1.2.246.562.20.1", "nimi": {"fi": "Hakukohde"}},
        {"oid": "1.2.246.562.10.56753942459", "nimi": {"fi": "Aalto-yliopisto"}},
        {"oid": "1.2.246.562.10.90000000004", "nimi": {"fi": "Esimerkkikoulu"}},
        {**KOULUTUS, "tarjoajat": [], "organisaatio": None, "toteutustenTarjoajat": {"nimi": None, "count": 0}},
    ]  # fmt: skip
    outcomes = read("opintopolku", as_file(*others))
    assert len(outcomes.all) == len(others)
    assert len(outcomes.skipped) == 5
    assert {org.key for org in outcomes.of(Organisation)} == {"aalto", "oid-1.2.246.562.10.90000000004"}


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({**KOULUTUS, "oid": None}, "oid"),
        ({"something": "else"}, "oid"),
        ("text", "oid"),
        ({**KOULUTUS, "nimi": {}}, "nimi"),
        ({**KOULUTUS, "nimi": {"fi": 5}}, "nimi"),
        ({**TOTEUTUS, "koulutusOid": ""}, "koulutusOid"),
        ({**LIGHT, "externalId": 5}, "externalId"),
        ({**LIGHT, "nimi": "x" * 200_000}, "nimi"),
        ({**BADGE, "koodiUri": None}, "koodiUri"),
        ({**BADGE, "nimi": {"_id": "1"}}, "nimi"),
    ],
)
def test_a_bad_record_is_told(read, record: object, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("opintopolku", as_file(record, KOULUTUS))
    (problem,) = outcomes.problems
    assert problem.field == field
    assert "studies.json" in str(problem)
    assert len(outcomes.of(Course)) == 1


def test_a_bad_field_is_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    bad = changed(KOULUTUS, "metadata", "opinnonTyyppi", to={"koodiUri": "opinnontyyppi_99"})
    bad = changed(bad, "eqf", to=[{"koodiUri": "eqf_12"}])
    bad = changed(bad, "metadata", "opintojenLaajuusNumeroMin", to="many")
    bad = changed(bad, "koulutuskoodienAlatJaAsteet", to=5)
    outcomes = read("opintopolku", as_file(bad))
    assert len(outcomes.of(Course)) == 1
    assert {warning.field for warning in outcomes.warnings} == {
        "opinnonTyyppi", "eqf", "opintojenLaajuusNumeroMin", "koulutuskoodienAlatJaAsteet",
    }  # fmt: skip


def test_a_damaged_record_costs_itself(read) -> None:  # type: ignore[no-untyped-def]
    records = [{**KOULUTUS, "oid": f"1.2.246.562.13.{number}"} for number in range(5)]
    text = json.dumps(records, indent=1).replace('"1.2.246.562.13.2"', '"1.2.246.562.13.2')
    outcomes = read("opintopolku", {"f.json": text})
    assert len(outcomes.all) == 5
    assert len(outcomes.problems) == 1


@pytest.mark.real_data
def test_the_real_files(shared_data: Path) -> None:
    folder = shared_data / "courses" / "opintopolku"
    outcomes = list(get_loader("opintopolku").read(find_files([folder]), {}))
    loaded = [item for item in outcomes if isinstance(item, Loaded)]
    assert len(outcomes) == len(loaded) == 72 + 18
    records = [record for item in loaded for record in item.records]
    courses = [record for record in records if isinstance(record, Course)]
    assert len([record for record in records if isinstance(record, CourseOffering)]) == 5
    assert len([item for item in loaded if item.skipped]) == 57
    assert ("aalto", "LC-7280") in {(course.university, course.code) for course in courses}
    assert max(course.credits_max or 0 for course in courses) == 330
    everything = list(get_loader("opintopolku").read(find_files([folder]), {"types": "all"}))
    assert len(everything) == 90
    assert sum(isinstance(item, Loaded) and not item.skipped for item in everything) == 60
