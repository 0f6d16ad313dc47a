"""Job adverts of Job Market Finland: three shapes, versions, and no data of contact persons."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.identifiers import Identifiers
from graph.records import JobAdvert
from loaders.staging.source import SourceSpec, stage
from loaders.texts.contact_data import without_contacts
from tests.loaders.conftest import Read
from tests.loaders.test_any_record import mutate

OCCUPATION = "http://data.europa.eu/esco/occupation/0b15375e-0000-4000-8000-000000000001"
SKILL = "http://data.europa.eu/esco/skill/8369c2d6-0000-4000-8000-000000000002"
ID = "2f1c5a5e-0000-4000-8000-000000000001"


def posting(
    identifier: str = ID, modified: str = "2026-09-02T08:00:00.000000", **more: Any
) -> dict[str, Any]:
    metadata = {
        "externalId": identifier,
        "created": "2026-08-30T08:00:00.000000",
        "lastModified": modified,
    }
    return {
        "metadata": {**metadata, "archived": more.pop("archived", None)},
        "languages": ["fi"],
        "position": {
            "title": {"fi": "Data-insinööri"},
            "jobDescription": {"fi": "<p>Rakennat <b>tietovarastoja</b>.</p>"},
            "mainOccupation": OCCUPATION,
            "occupations": [OCCUPATION, "http://data.europa.eu/esco/isco/C2512"],
            "skills": [SKILL],
            **more.pop("position", {}),
        },
        "owner": {"company": {"fi": "Esimerkki Oy"}},
        "location": {"countries": ["FI"], "regions": ["01"], "municipalities": ["049"]},
        "application": {
            "published": "2026-09-01T08:00:00.000000",
            "expires": "2026-09-30T23:59:59.000000",
            "openPositions": 2,
        },
        **more,
    }


def lines(*records: Any) -> str:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records)


def test_an_advert_of_the_retrieval_interface(read: Read) -> None:
    outcomes = read("adverts", {"a.ndjson": lines(posting())})
    assert not outcomes.warnings
    (advert,) = outcomes.of(JobAdvert)
    assert advert.key == f"tmt/{ID}"
    assert advert.title == {"fi": "Data-insinööri"}
    assert advert.description == {"fi": "Rakennat tietovarastoja."}
    assert advert.employer == {"fi": "Esimerkki Oy"}
    assert advert.regions == ("049", "FI1B1")
    assert (advert.published, advert.expires) == (date(2026, 9, 1), date(2026, 9, 30))
    assert advert.openings == 2
    assert advert.occupations == (OCCUPATION, "http://data.europa.eu/esco/isco/C2512")
    assert [(skill.uri, skill.relation) for skill in advert.stated_skills] == [(SKILL, "needs")]


def test_a_search_reply_and_a_single_advert(read: Read) -> None:
    entry = {
        "id": "7",
        "title": {"fi": "Koodari", "sv": None},
        "employer": {"ownerName": {"fi": "Esimerkki Oy"}},
        "location": {
            "municipalities": [{"value": "564", "label": {"en": "Oulu"}}, {"label": {"fi": "Ii"}}]
        },
        "publishDate": "2026-05-31T12:00:00Z",
        "applicationPeriodEndDate": "2026-06-12T20:59:00Z",
    }
    whole = {
        "position": {"title": {"fi": "Asentaja"}, "jobDescription": {"fi": "Asennat."}},
        "owner": {"company": {"fi": "Esimerkki Oy"}},
        "application": {"published": "2026-05-31T12:00:00Z"},
    }
    files = {
        "search.json": json.dumps({"totalElements": 1, "content": [entry], "lastPage": True}),
        f"{ID}.json": json.dumps(whole),
    }
    first, second = sorted(read("adverts", files).of(JobAdvert), key=lambda advert: advert.key)
    assert (first.key, first.title) == (f"tmt/{ID}", {"fi": "Asentaja"})
    assert (second.key, second.regions) == ("tmt/7", ("564", "Ii"))
    assert (second.published, second.expires) == (date(2026, 5, 31), date(2026, 6, 12))
    assert second.homepage is None


def test_the_fullest_of_equal_versions_counts(read: Read) -> None:
    entry = {"id": ID, "title": {"fi": "Lyhyt"}}
    whole = {"id": ID, "position": {"title": {"fi": "Pitkä"}}, "application": {}}
    outcomes = read(
        "adverts", {"a.json": json.dumps({"content": [entry]}), "b.json": json.dumps(whole)}
    )
    assert [advert.title for advert in outcomes.of(JobAdvert)] == [{"fi": "Pitkä"}]
    assert outcomes.skipped == ["an older or shorter version of a job advert"]


def test_the_newest_version_counts_and_an_archived_one_hides_the_others(read: Read) -> None:
    old = posting("a", "2026-09-01T00:00:00", position={"title": {"fi": "Vanha"}})
    new = posting("a", "2026-09-05T00:00:00", position={"title": {"fi": "Uusi"}})
    gone = posting("b", "2026-09-05T00:00:00", archived="2026-09-06T00:00:00")
    again = posting("c", "2026-09-08T00:00:00")
    outcomes = read(
        "adverts",
        {"1.ndjson": lines(new, posting("b", "2026-09-01T00:00:00"), again),
         "2.ndjson": lines(old, gone, posting("c", "2026-09-01T00:00:00", archived="2026-09-02T00:00:00"))},
    )  # fmt: skip
    assert sorted(advert.key for advert in outcomes.of(JobAdvert)) == ["tmt/a", "tmt/c"]
    assert outcomes.of(JobAdvert)[0].title == {"fi": "Uusi"}
    assert sorted(outcomes.skipped) == ["an archived job advert"] + 3 * [
        "an older or shorter version of a job advert"
    ]
    assert len(outcomes.all) == 6


def test_what_is_not_of_esco_is_told(read: Read) -> None:
    finnish = "http://data.tyomarkkinatori.fi/esco/occupation/x-1"
    field = "http://data.europa.eu/esco/isced-f/0611"
    position = {
        "occupations": [finnish, OCCUPATION.replace("http:", "https:")],
        "skills": [field, SKILL, 7],
    }
    outcomes = read("adverts", {"a.json": json.dumps(posting(position=position))})
    (advert,) = outcomes.of(JobAdvert)
    assert advert.occupations == (OCCUPATION,)
    assert [skill.uri for skill in advert.stated_skills] == [SKILL]
    words = " ".join(warning.reason for warning in outcomes.warnings)
    assert finnish in words
    assert "a field of education" in words
    assert len(outcomes.warnings) == 3


CONTACTS = [
    {"firstName": "Maija", "lastName": "Mehiläinen", "email": "m@example.org", "telephone": "040"}
]


def test_contact_data_does_not_enter_the_graph_nor_the_report(read: Read) -> None:
    text = "Kysy Mehiläinen Maijalta tai maija mehiläinen. Puh. 040 123 4567, maija@example.org. Osaat Javaa."
    good = posting(contacts=CONTACTS, position={"jobDescription": {"fi": text}})
    bad = posting("b", contacts=CONTACTS, position={"title": {}, "jobDescription": {"fi": text}})
    odd = posting("c", contacts=CONTACTS, position={"skills": ["x"], "jobDescription": {"fi": text}})
    broken = '{"metadata": {"externalId": "d"}, "contacts": [{"email": "maija@example.org"'
    outcomes = read(
        "adverts", {"a.ndjson": lines(good, bad, odd) + "\n" + broken + "\n" + lines(posting("e"))}
    )
    assert len(outcomes.all) == 5
    assert len(outcomes.problems) == 2
    told = repr(outcomes.all).casefold()
    assert "osaat javaa" in told
    for secret in ("example.org", "123 4567", "maija mehiläinen", "telephone"):
        assert secret not in told


def test_a_household_is_not_named(read: Read) -> None:
    owner = {"company": {"fi": "Maija Mehiläinen"}, "householdEmployer": True}
    (advert,) = read("adverts", {"a.json": json.dumps(posting(owner=owner))}).of(JobAdvert)
    assert advert.employer == {}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Lisätietoja tehtävästä antaa päällikkö Matti Meikäläinen, puh. 040 123 4567, m.m@example.org. Haemme.",
         "Lisätietoja tehtävästä antaa päällikkö. Haemme."),
        ("Yhteyshenkilö: Maija Virtanen-Korhonen +358 (0)50-123 4567\nKäytät Azurea.",
         "Yhteyshenkilö\nKäytät Azurea."),
        ("Kontaktperson: Anna Svensson (anna(at)example.org). Vi söker.", "Kontaktperson. Vi söker."),
        ("Please contact our CTO Jane Doe. We use Google Cloud.", "Please contact our CTO. We use Google Cloud."),
        ("HR-päällikkö Liisa Lahti, 09 123 4567", "HR-päällikkö"),
        ("Lisätietoja antaa dr. Jane Doe puh. 040 1234567. Google Cloud on etu.",
         "Lisätietoja antaa dr. Google Cloud on etu."),
        ("Kirjoita jane [at] example [dot] org tai wa.me/358401234567", "Kirjoita tai"),
    ],
)  # fmt: skip
def test_contact_data_are_taken_out(text: str, kept: str) -> None:
    assert without_contacts(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Palkka 3 500 – 4 200 €/kk. Hakuaika 01.02.2026 - 28.02.2026 klo 16.00. 00100 Helsinki. 24/7. ISO 27001.",
        "Y-tunnus 1234567-8, budjetti 1 000 000 euroa, versio 0.12.345678",
        "Matti Meikäläinen perusti Helsinki Design Factoryn 2010.",
        "You write SQL queries in Apache Spark and answer questions on Azure Synapse.",
        "Close contact with customers of Nokia Networks; more information security with Palo Alto Networks.",
        "Osaat: Project Management, Data Analysis. Lisätietoja: www.example.org/rekry",
        "Toimit esihenkilönä Aalto Design Factoryssa. C++, C#, @Component, Node.js",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert without_contacts(text) == text


def test_no_text_takes_long() -> None:
    for text in (
        "a",
        "Aa ",
        "0 1",
        "@",
        "a.b",
        "Lisätietoja Aa Bb\n",
        "Aaaa-Bbbb",
        "+358 ",
        "(at)",
        " ",
        "\n",
    ):
        without_contacts(text * (90_000 // len(text)))


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({**posting(), "metadata": {}}, "metadata.externalId"),
        (posting(position={"title": None}), "title"),
        (posting(position={"title": {"fi": 5}}), "title"),
        (posting(position={"title": {"fi": "maija@example.org"}}), "title"),
        ("x", ""),
        (5, ""),
    ],
)
def test_a_bad_advert_is_told(read: Read, record: Any, field: str) -> None:
    outcomes = read("adverts", {"a.ndjson": lines(record, posting("b"))})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert problem.record
    assert len(outcomes.of(JobAdvert)) == 1


def test_a_bad_field_is_left_out(read: Read) -> None:
    bad = posting(
        location=[], application={"published": "soon", "openPositions": -1, "expires": 5}, owner="x"
    )
    outcomes = read("adverts", {"a.ndjson": lines(bad)})
    (advert,) = outcomes.of(JobAdvert)
    assert (advert.published, advert.openings, advert.regions) == (None, None, ())
    assert {warning.field for warning in outcomes.warnings} == {
        "location", "published", "openPositions", "expires", "owner",
    }  # fmt: skip


def test_strange_values_cost_a_record_or_a_field(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    originals = [
        posting(contacts=CONTACTS),
        {"id": "7", "title": {"fi": "x"}, "location": {"municipalities": []}},
    ]
    changed = (mutate(dice.choice(originals), dice) for _ in range(450))
    mutants = [mutant for mutant in changed if not isinstance(mutant, list)]  # a list holds records
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(mutant) + "\n" for mutant in mutants), encoding="utf-8")
    report = stage(SourceSpec("s", "adverts", (path,)), tmp_path / "staged", Identifiers())
    assert report.records_in == len(mutants)
    assert report.records_in == report.loaded + sum(report.skipped.values()) + report.rejected
    rejected = (tmp_path / "staged" / "s" / "rejected.jsonl").read_text(encoding="utf-8")
    assert "please report it" not in rejected


@pytest.mark.real_data
def test_the_example_of_the_interface(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "standards" / "examples" / "tmt-jobposting.ndjson"
    report = stage(SourceSpec("s", "adverts", (path,)), tmp_path / "staged", Identifiers())
    assert (report.records_in, report.loaded, report.warnings) == (1, 1, 0)
