"""What the sample shows of many sources: one thing told twice, wholes and parts, adverts, decisions."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET

import pytest

from app.pipeline.identity import DECISIONS, read_written
from graph.releases import Releases
from tests.sample.conftest import lines

PREFIXES = """
BASE <https://data.fitech.example/id/>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX elm: <http://data.europa.eu/snb/model/elm/>
PREFIX fitech: <https://data.fitech.example/ontology#>
"""
BASE = "https://data.fitech.example/id/"


@pytest.fixture(scope="module")
def ask(sample_store):
    def rows(query):
        found = sample_store.select(PREFIXES + query)
        return {tuple(term.value.removeprefix(BASE) for term in row.values()) for row in found}

    return rows


@pytest.fixture(scope="module")
def manifest(sample_place):
    return Releases(sample_place.path).live().manifest()


@pytest.fixture(scope="module")
def decisions(sample_place):
    return list(read_written(Releases(sample_place.path).live().path / DECISIONS))


# Courses that two sources tell.


def test_of_two_numbers_of_credits_the_first_is_heard(ask, sample):
    units = {unit["code"]: unit for unit in lines(sample / "courses/aalto-units.jsonl")}
    assert units["CS-A9901"]["credits"] == {"min": 6, "max": 6}
    query = "SELECT ?c { <course/aalto/CS-A9901> fitech:creditsMin|fitech:creditsMax ?c }"
    assert ask(query) == {("5",)}


def test_the_second_source_adds_what_the_first_does_not_say(ask):
    titles = (
        "SELECT ?t ?g { GRAPH ?g { <course/aalto/CS-E9920> dct:title ?t FILTER(LANG(?t) != 'en') } }"
    )
    second = "graph/source/aalto-sisu"
    assert ask(titles) == {("Syväoppiminen", second), ("Djupinlärning", second)}
    said = """SELECT ?level ?field ?open ?g { GRAPH ?g { <course/aalto/CS-C9950> fitech:eqfLevel ?level ;
        elm:ISCEDFCode ?field ; fitech:openToAll ?open } }"""
    assert ask(said) == {
        ("http://data.europa.eu/snb/eqf/6", "http://data.europa.eu/snb/isced-f/0612", "true",
         "graph/source/opintopolku"),
    }  # fmt: skip


def test_what_was_left_out_is_counted(manifest):
    left_out = manifest["steps"]["assemble"]["left_out"]
    assert set(left_out) == {"aalto-sisu", "opintopolku", "virta", "crossref"}
    assert left_out["aalto-sisu"] >= 2


def test_an_open_course_is_free_and_online(ask):
    query = """SELECT ?price ?mode { ?o fitech:offeringOf <course/aalto/CS-C9950> ; fitech:price ?price ;
        fitech:openToAll true ; elm:mode/<http://www.w3.org/2004/02/skos/core#prefLabel> ?mode
        FILTER(LANG(?mode) = 'en') }"""
    assert ask(query) == {("0", "Online")}


def test_a_filled_in_form_gives_courses_and_when_they_are_held(ask, manifest):
    (report,) = (one for one in manifest["sources"] if one["source"] == "lut")
    assert (report["records_in"], report["loaded"], report["rejected"]) == (5, 4, 0)
    assert list(report["skipped"]) == ["the example row of the template"]
    query = """SELECT ?c ?o { ?c fitech:providedBy <organisation/lut> ; a fitech:Course .
        OPTIONAL { ?o fitech:offeringOf ?c } }"""
    found = ask(query)
    assert len({course for course, *_ in found}) == 3
    assert len([row for row in found if len(row) == 2]) == 3


# Wholes and their parts.


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("aalto/CS-SAMPLE-15", ("aalto/CS-A9901", "aalto/MS-A9902", "aalto/CS-C9910")),
        (
            "tampere/DATA.STUD.915",
            ("tampere/DATA.STAT.901", "tampere/DATA.ML.910", "tampere/DATA.ML.930"),
        ),
    ],
)
def test_a_module_has_its_courses_and_their_credits(ask, whole, parts):
    assert ask(f"SELECT ?part {{ <course/{whole}> elm:hasPart ?part }}") == {
        (f"course/{part}",) for part in parts
    }
    credit = "SELECT (SUM(?n) AS ?all) { { SELECT DISTINCT ?part ?n { <%s> elm:hasPart ?part . ?part fitech:creditsMin ?n } } }"  # fmt: skip
    own = f"SELECT ?n {{ <course/{whole}> fitech:creditsMin ?n ; fitech:courseKind 'module' }}"
    assert ask(credit % f"course/{whole}") == ask(own) == {("15",)}


def test_a_badge_has_outcomes_one_by_one(ask):
    query = "SELECT ?text { ?badge fitech:courseKind 'badge' ; elm:learningOutcome/dct:title ?text }"
    assert len(ask(query)) == 4, "two outcomes in two languages"


# Works and people that two sources tell.


def test_each_rule_of_identity_shows(decisions):
    found = {(one.reason, one.same) for one in decisions}
    assert found == {
        ("person decided", True),
        ("by-line of one work", True),
        ("title, year and first author", True),
        ("different identifiers", False),
    }


def test_a_work_without_a_common_identifier_is_one_work(ask):
    query = "SELECT ?new { <output/virta-9900131> dct:isReplacedBy ?new }"
    assert ask(query) == {("output/openalex-W9900000031",)}


def test_a_preprint_and_its_article_stay_apart(ask, sample):
    crossref = json.loads((sample / "research/crossref.json").read_text(encoding="utf-8"))
    article, preprint, _ = crossref["message"]["items"]
    assert article["title"] == preprint["title"]
    query = f"SELECT ?work {{ ?work a fitech:ResearchOutput ; dct:title '{article['title'][0]}'@en }}"
    assert ask(query) == {(f"output/doi-{article['DOI']}",), (f"output/doi-{preprint['DOI']}",)}


def test_people_keep_their_best_address(ask):
    query = "SELECT ?old { ?old dct:isReplacedBy <person/orcid-0000-0009-9900-0014> }"
    assert ask(query) == {("person/openalex-A9900000014",), ("person/virta-9900131/a-nygardas",)}
    same_name = (
        "SELECT ?p { ?p a fitech:Person ; <http://xmlns.com/foaf/0.1/name> 'Pirjo Lehtovuori-Laine' }"
    )
    assert len(ask(same_name)) == 2, "a name alone joins nobody"


def test_a_persons_decision_is_heard(ask, sample):
    with (sample / "identity.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["decision"] == "same"
    assert ask(f"SELECT ?new {{ <{row['left']}> dct:isReplacedBy ?new }}") == {(row["right"],)}


def test_no_identifier_of_the_second_sources_could_be_real(sample):
    text = (sample / "research/crossref.json").read_text(encoding="utf-8")
    xml = (sample / "research/virta.xml").read_text(encoding="utf-8")
    dois = re.findall(r'"(?:DOI|id)": "(.*?)"', text) + re.findall(r"<DOI>(.*?)</DOI>", xml)
    assert dois
    assert all(doi.startswith("10.5555/sample.") for doi in dois)
    numbers = set(re.findall(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", text + xml))
    # ORCID gives numbers from 0000-0001-5000-0007 to 0000-0003-5000-0001 and from 0009-0000-… on.
    assert len(numbers) == 2
    assert all(number.startswith("0000-0009-99") for number in numbers)
    assert set(re.findall(r"\d{4}-\d{3}[\dX](?!-)", re.sub(r"(\d{4}-){3}\w{4}", "", text + xml))) == {
        "9999-9994"
    }


def test_a_by_line_of_virta_and_crossref_has_known_names(sample, works):
    known = {entry["author"]["display_name"] for work in works for entry in work["authorships"]}
    authors = ET.parse(sample / "research/virta.xml").iter("Tekija")
    names = {f"{one.findtext('Etunimet')} {one.findtext('Sukunimi')}" for one in authors}
    items = json.loads((sample / "research/crossref.json").read_text(encoding="utf-8"))["message"][
        "items"
    ]
    names |= {f"{one['given']} {one['family']}" for item in items for one in item["author"]}
    spelt = {name for name in names if "." not in name}
    assert spelt <= known
    assert {name.split()[-1] for name in names} <= {name.split()[-1] for name in known}


def test_the_readme_leads_to_things_that_are_there(ask, sample):
    text = (sample / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:course|output|person|advert)/[^`,]+)`", text))
    assert len(named) >= 9
    for path in named:
        assert ask(f"SELECT ?p {{ <{path}> ?p ?o }}"), path
    (row,) = re.findall(r"^ +same,(person/\S+?),(person/\S+?),$", text, re.MULTILINE)
    for path in row:
        name = f"SELECT ?n {{ <{path}> <http://xmlns.com/foaf/0.1/name> ?n }}"
        assert ask(name) == {("Pirjo Lehtovuori-Laine",)}


# Job adverts.


def test_adverts_are_of_two_months_and_two_regions_and_say_they_are_invented(sample):
    adverts = lines(sample / "needs/adverts.ndjson")
    live = [advert for advert in adverts if not advert["metadata"]["archived"]]
    assert {advert["application"]["published"][:7] for advert in live} == {"2026-09", "2026-10"}
    assert len({region for advert in live for region in advert["location"]["regions"]}) == 2
    said = ("invented", "keksitty", "påhittad")
    for advert in adverts:
        for text in advert["position"]["jobDescription"].values():
            assert any(word in text for word in said)


def test_adverts_name_concepts_of_the_sample(sample, table):
    skills = {row["conceptUri"] for row in table("esco/classification/skills_en.csv")}
    jobs = {row["conceptUri"] for row in table("esco/classification/occupations_en.csv")}
    for advert in lines(sample / "needs/adverts.ndjson"):
        position = advert["position"]
        assert set(position["skills"]) <= skills
        assert position["mainOccupation"] in {*jobs, None}


def test_an_advert_that_was_archived_or_changed_is_not_there(ask, manifest):
    (report,) = (one for one in manifest["sources"] if one["source"] == "adverts")
    assert (report["records_in"], report["loaded"], sum(report["skipped"].values())) == (7, 5, 2)
    assert len(ask("SELECT ?a { ?a a fitech:JobAdvert }")) == 5
    assert ask("SELECT ?t { <advert/sample/advert-1> dct:title ?t }") == {("Data-asiantuntija",)}


def test_an_advert_that_states_no_occupation_gets_that_of_its_title(ask):
    energy_engineer = "http://data.europa.eu/esco/occupation/b2cede50-82bb-4684-9f11-1930e12ad672"
    assert ask("SELECT ?o { <advert/sample/advert-5> fitech:forOccupation ?o }") == {(energy_engineer,)}


def test_works_and_courses_have_topics(ask):
    district_heating = "http://www.yso.fi/onto/yso/p12802"
    assert ask(f"SELECT ?w {{ ?w a fitech:ResearchOutput ; fitech:aboutTopic <{district_heating}> }}")


def test_no_contact_data_of_an_advert_is_in_the_graph(ask, sample):
    assert "keksi.esimerkkinen@example.org" in (sample / "needs/adverts.ndjson").read_text(
        encoding="utf-8"
    )
    assert not ask(
        "SELECT ?t { ?s ?p ?t FILTER(isLiteral(?t) && REGEX(STR(?t), 'esimerkkinen|@', 'i')) }"
    )


def test_needs_are_counted_from_adverts_by_month_and_region(ask):
    skill = (
        "http://data.europa.eu/esco/skill/530cb489-d900-46ab-9350-4d50ccd49eea"  # welding techniques
    )
    query = """SELECT ?month ?region ?n { ?need fitech:concerns <%s> ; fitech:demandUnit 'job adverts' ;
        fitech:period ?month ; fitech:region ?region ; fitech:demand ?n }"""
    assert ask(query % skill) == {("2026-10", "FI197", "1")}  # 06


def test_a_stated_skill_stands_beside_what_the_text_shows(ask):
    skill = "http://data.europa.eu/esco/skill/3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"  # machine learning
    query = """SELECT ?method ?quote { ?link fitech:linkSubject <advert/sample/advert-1> ;
        fitech:linkSkill <%s> ; fitech:method ?method ; fitech:evidence/fitech:evidenceQuote ?quote }"""
    assert ask(query % skill) == {("stated/1", skill), ("exact/1", "koneoppimista")}
