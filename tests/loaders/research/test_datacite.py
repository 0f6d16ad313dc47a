from __future__ import annotations

import gzip
import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.records import Organisation, Person, ResearchOutput
from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader
from tests.loaders.test_any_record import mutate


def attributes(doi: str | None = "10.5555/DATA.1", **fields: Any) -> dict[str, Any]:
    return {
        "doi": doi,
        "state": "findable",
        "titles": [{"title": "Wind data of 40 houses", "lang": "en"}],
        "creators": [
            {
                "name": "Metsä, Maija", "nameType": "Personal", "givenName": "Maija", "familyName": "Metsä",
                "nameIdentifiers": [
                    {"nameIdentifier": "https://orcid.org/0000-0002-1825-0097", "nameIdentifierScheme": "ORCID"},
                    {"nameIdentifier": "12345", "nameIdentifierScheme": "GND"},
                ],
                "affiliation": [
                    "Department of Energy, Aalto University",
                    {"name": "Example Institute", "affiliationIdentifier": "https://ror.org/02nr0ka47",
                     "affiliationIdentifierScheme": "ROR"},
                    {"name": "A place that nobody lists"},
                ],
            },
            {"name": "Virta, Ville"},
            {"name": "Wind Consortium", "nameType": "Organizational",
             "nameIdentifiers": [{"nameIdentifier": "https://ror.org/04wxnsj81", "nameIdentifierScheme": "ROR"}]},
        ],
        "publisher": "Example Repository",
        "publicationYear": 2025,
        "dates": [{"date": "2025-03-14", "dateType": "Issued"}, {"date": "2025", "dateType": "Available"}],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Measurements"},
        "subjects": [{"subject": "wind"}, {"subject": "FOS: Mechanical engineering", "subjectScheme": "FOS"}],
        "language": "eng",
        **fields,
    }  # fmt: skip


def record(doi: str = "10.5555/DATA.1", **fields: Any) -> dict[str, Any]:
    return {
        "id": doi.lower(),
        "type": "dois",
        "attributes": attributes(doi, **fields),
        "relationships": {},
    }


def load(read: Any, *records: Any) -> Any:
    return read(
        "datacite", {"d.json": json.dumps({"data": list(records), "meta": {"total": len(records)}})}
    )


def test_a_record(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, record())
    (output,) = outcomes.of(ResearchOutput)
    assert (output.key, output.doi) == ("doi-10.5555/data.1", "10.5555/data.1")
    assert output.title == {"en": "Wind data of 40 houses"}
    assert (output.year, output.published, output.language) == (2025, date(2025, 3, 14), "en")
    assert (output.output_type, output.publishers) == ("dataset", ("Example Repository",))
    assert output.topics == ("wind", "Mechanical engineering")
    assert [one.key for one in outcomes.of(Person)] == [
        "orcid-0000-0002-1825-0097",
        "doi-10.5555/data.1/ville-virta",
    ]
    assert [one.name for one in outcomes.of(Person)] == ["Maija Metsä", "Ville Virta"]
    assert outcomes.of(Person)[0].affiliations == ("aalto", "ror-02nr0ka47")
    assert output.organisations == ("aalto", "ror-02nr0ka47", "ror-04wxnsj81")
    assert outcomes.of(Organisation)[-1].name == {"und": "Wind Consortium"}
    assert not outcomes.warnings


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"data": [record(), record("10.5555/b")], "links": {}}),
        json.dumps({"data": [record(), record("10.5555/b")]}, indent=2),
        json.dumps(record()) + "\n" + json.dumps(record("10.5555/b")) + "\n",  # the data file
        json.dumps(attributes()) + "\n" + json.dumps(attributes("10.5555/b")) + "\n",  # the older one
        json.dumps({"data": record()}) + "\n" + json.dumps({"data": record("10.5555/b")}),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_form_of_json(read, text: str, packed: bool) -> None:  # type: ignore[no-untyped-def]
    name, content = (
        ("part_0000.jsonl.gz", gzip.compress(text.encode())) if packed else ("d.json", text.encode())
    )
    outcomes = read("datacite", {name: content})
    assert [one.key for one in outcomes.of(ResearchOutput)] == ["doi-10.5555/data.1", "doi-10.5555/b"]
    assert len(outcomes.all) == 2


def test_one_record_alone(read) -> None:  # type: ignore[no-untyped-def]
    for text in (
        json.dumps({"data": record()}, indent=2),
        json.dumps(attributes(id="https://doi.org/10.5555/data.1")),
    ):
        assert [one.doi for one in read("datacite", {"d.json": text}).of(ResearchOutput)] == [
            "10.5555/data.1"
        ]


XML = """<?xml version="1.0" encoding="UTF-8"?>
<resource xmlns="http://datacite.org/schema/kernel-4" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <identifier identifierType="DOI">10.5555/XML.1</identifier>
  <creators>
    <creator>
      <creatorName nameType="Personal">Metsä, Maija</creatorName>
      <givenName>Maija</givenName><familyName>Metsä</familyName>
      <nameIdentifier nameIdentifierScheme="ORCID" schemeURI="https://orcid.org">0000-0002-1825-0097</nameIdentifier>
      <affiliation affiliationIdentifier="https://ror.org/020hwjq30" affiliationIdentifierScheme="ROR">Aalto</affiliation>
    </creator>
    <creator><creatorName nameType="Organizational">Wind Team</creatorName></creator>
  </creators>
  <titles>
    <title xml:lang="fi">Tuuli talossa</title>
    <title xml:lang="fi" titleType="Subtitle">mittauksia</title>
    <title xml:lang="en" titleType="TranslatedTitle">Wind in a house</title>
    <title titleType="AlternativeTitle">TUULI-40</title>
  </titles>
  <publisher xml:lang="en">Example Repository</publisher>
  <publicationYear>2024</publicationYear>
  <resourceType resourceTypeGeneral="Dissertation">Doctoral thesis</resourceType>
  <subjects><subject valueURI="http://www.yso.fi/onto/yso/p2950" subjectScheme="YSO">tuuli</subject></subjects>
  <dates><date dateType="Issued">2024-05-06</date></dates>
  <language>fi</language>
  <alternateIdentifiers>
    <alternateIdentifier alternateIdentifierType="URN">URN:NBN:fi:example-2024</alternateIdentifier>
    <alternateIdentifier alternateIdentifierType="Local">77</alternateIdentifier>
  </alternateIdentifiers>
  <relatedIdentifiers>
    <relatedIdentifier relatedIdentifierType="ISSN" relationType="IsPartOf">0378-7788</relatedIdentifier>
    <relatedIdentifier relatedIdentifierType="DOI" relationType="IsVersionOf">10.5555/all</relatedIdentifier>
  </relatedIdentifiers>
  <descriptions>
    <description xml:lang="fi" descriptionType="Abstract">Tuuli ja talo.<br/>Mittauksia.</description>
    <description descriptionType="Methods">Anemometri</description>
  </descriptions>
  <fundingReferences><fundingReference><funderName>Research Council</funderName></fundingReference></fundingReferences>
  <relatedItems><relatedItem relatedItemType="Journal" relationType="IsPublishedIn">
    <titles><title>Wind Theses</title></titles></relatedItem></relatedItems>
</resource>
"""


def test_xml(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("datacite", {"d.xml": XML})
    (output,) = outcomes.of(ResearchOutput)
    assert output.title == {"fi": "Tuuli talossa: mittauksia", "en": "Wind in a house"}
    assert output.alt_titles == ("TUULI-40",)
    assert output.abstract == {"fi": "Tuuli ja talo.\nMittauksia."}
    assert output.subjects == ("http://www.yso.fi/onto/yso/p2950",)
    assert output.identifiers == ("urn:nbn:fi:example-2024",)
    assert (output.container, output.issns) == ("Wind Theses", ("0378-7788",))
    assert (output.output_type, output.funders) == ("doctoral thesis", ("Research Council",))
    assert (output.year, output.published) == (2024, date(2024, 5, 6))
    assert outcomes.of(Person)[0].affiliations == ("aalto",)
    assert output.organisations[-1] == "doi-10.5555/xml.1/team-wind"
    assert not outcomes.warnings


def test_xml_says_what_json_says(read) -> None:  # type: ignore[no-untyped-def]
    old = (
        XML.replace("kernel-4", "kernel-2.2")
        .replace("<resource ", "<d:resource ")
        .replace("</resource>", "</d:resource>")
    )
    old = old.replace('xmlns="', 'xmlns:d="').replace("Organizational", "")
    assert read("datacite", {"d.xml": old}).of(ResearchOutput)[0].title["en"] == "Wind in a house"


def test_several_resources_and_a_damaged_one(read) -> None:  # type: ignore[no-untyped-def]
    body = XML.split("?>", 1)[1]
    text = f"<r>{body}{body.replace('XML.1', 'XML.2').replace('</publisher>', '')}{body.replace('XML.1', 'XML.3')}</r>"
    outcomes = read("datacite", {"d.xml.gz": gzip.compress(text.encode())})
    assert [one.doi for one in outcomes.of(ResearchOutput)] == ["10.5555/xml.1", "10.5555/xml.3"]
    (problem,) = outcomes.problems
    assert problem.record


@pytest.mark.parametrize(
    ("text", "record"), [("<html><body>No</body></html>", ""), (XML.replace("10.5555/XML.1", "none"), "none (record 1)"),
                         (XML.replace('identifierType="DOI"', 'identifierType="URL"'), "record 1")]
)  # fmt: skip
def test_xml_without_a_record_or_a_doi(read, text: str, record: str) -> None:  # type: ignore[no-untyped-def]
    (problem,) = read("datacite", {"d.xml": text}).problems
    assert problem.record == record


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (record("none"), "doi"),
        ({"type": "dois", "attributes": attributes(None)}, "doi"),
        ({"type": "dois", "id": "x", "attributes": 5}, "attributes"),
        (record(titles=[]), "titles"),
        (record(titles=[{"title": ":unav"}]), "titles"),
        (["x"], ""),
        (
            {"errors": [{"status": "404", "title": "The resource you are looking for doesn't exist."}]},
            "errors",
        ),
    ],
)
def test_a_bad_record_is_told(read, raw: Any, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, raw, record("10.5555/b"))
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(ResearchOutput)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        record(state="registered"),
        record(state="draft"),
        record(types={"resourceTypeGeneral": "PhysicalObject"}),
        record(types={"resourceTypeGeneral": "Award"}),
        {"id": "x", "type": "clients", "attributes": {"name": "Repository"}},
    ],
)
def test_what_is_passed_over_is_counted(read, raw: Any) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, raw)
    assert (len(outcomes.skipped), outcomes.problems) == (1, [])


def test_repeated_records_count_once(read) -> None:  # type: ignore[no-untyped-def]
    assert load(read, record(), record("10.5555/data.1")).skipped == [
        "a record that stood in the files before"
    ]


def test_versions_are_works_of_their_own(read) -> None:  # type: ignore[no-untyped-def]
    related = [
        {
            "relationType": "IsVersionOf",
            "relatedIdentifier": "10.5555/all",
            "relatedIdentifierType": "DOI",
        },
        {
            "relationType": "IsPreviousVersionOf",
            "relatedIdentifier": "10.5555/2",
            "relatedIdentifierType": "DOI",
        },
        {
            "relationType": "IsIdenticalTo",
            "relatedIdentifier": "10.5555/SAME",
            "relatedIdentifierType": "DOI",
        },
        {"relationType": "IsPartOf", "relatedIdentifier": "0378-7788", "relatedIdentifierType": "ISSN"},
    ]
    (output,) = load(read, record(relatedIdentifiers=related)).of(ResearchOutput)
    assert output.identifiers == ("https://doi.org/10.5555/same",)
    assert output.issns == ("0378-7788",)


def test_other_identifiers_of_the_same_work(read) -> None:  # type: ignore[no-untyped-def]
    identifiers = [
        {"identifier": "https://doi.org/10.5555/data.1", "identifierType": "DOI"},
        {"identifier": "10138/12345", "identifierType": "Handle"},
        {"identifier": "9780306406157", "identifierType": "ISBN"},
        {"identifier": "https://example.org/x", "identifierType": "URL"},
    ]
    outputs = load(
        read,
        record("10.5555/1", identifiers=identifiers, types={"resourceTypeGeneral": "Book"}),
        record("10.5555/2", identifiers=identifiers, types={"resourceTypeGeneral": "BookChapter"}),
    ).of(ResearchOutput)
    assert [one.identifiers for one in outputs] == [
        ("handle:10138/12345", "urn:isbn:9780306406157"),
        ("handle:10138/12345",),
    ]


@pytest.mark.parametrize(
    ("creator", "person", "group"),
    [
        ({"name": "Metsä, Maija"}, "Maija Metsä", ""),
        ({"name": "Maija Metsä"}, "Maija Metsä", ""),
        ({"name": "Metadata Working Group"}, "", "Metadata Working Group"),
        ({"name": "Team, Aino", "nameType": "Personal"}, "Aino Team", ""),
        ({"name": "Aalto University", "nameType": "Organizational"}, "", ""),
        ({"givenName": "Maija", "familyName": "Metsä"}, "Maija Metsä", ""),
        ({"name": "Survey Team", "nameIdentifiers": [
            {"nameIdentifier": "0000-0002-1825-0097", "nameIdentifierScheme": "ORCID"}]}, "Survey Team", ""),
    ],
)  # fmt: skip
def test_people_and_organisations_among_creators(read, creator: Any, person: str, group: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, record(creators=[creator]))
    assert [one.name for one in outcomes.of(Person)] == ([person] if person else [])
    assert [one.name.get("und", "") for one in outcomes.of(Organisation)] == ([] if person else [group])


def test_words_for_missing_values_say_nothing(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(
        read,
        record(creators=[{"name": ":unav"}], publisher="(:unav)", publicationYear=":unkn", language=":unav",
               subjects=[{"subject": ":none"}], descriptions=[{"description": ":null", "descriptionType": "Abstract"}]),
    )  # fmt: skip
    (output,) = outcomes.of(ResearchOutput)
    assert (output.creators, output.publishers, output.year, output.topics, output.abstract) == (
        (),
        (),
        None,
        (),
        {},
    )
    assert [one.field for one in outcomes.warnings] == ["creators.name"]


def test_the_publisher_as_an_object_and_the_journal(read) -> None:  # type: ignore[no-untyped-def]
    (output,) = load(
        read,
        record(publisher={"name": "Example Press", "publisherIdentifier": "https://ror.org/04wxnsj81"},
               container={"type": "Journal", "title": "Data &amp; Wind", "identifier": "0378-7788"}),
    ).of(ResearchOutput)  # fmt: skip
    assert (output.publishers, output.container) == (("Example Press",), "Data & Wind")


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        (
            [
                {"date": "2025-03", "dateType": "Issued"},
                {"date": "2025-04-01", "dateType": "Available"},
            ],
            date(2025, 4, 1),
        ),
        ([{"date": "2031-04-01", "dateType": "Available"}], None),  # the end of an embargo
        ([{"date": "2025-03-14T10:00:00Z", "dateType": "Issued"}], date(2025, 3, 14)),
        ([{"date": "2025-03-14/2025-04-01", "dateType": "Issued"}], date(2025, 3, 14)),
        ([{"date": "2020/2025", "dateType": "Issued"}], None),
        ([{"date": "2025-01-01", "dateType": "Created"}], None),
    ],
)
def test_the_day_of_publication(read, dates: Any, day: date | None) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, record(dates=dates))
    assert outcomes.of(ResearchOutput)[0].published == day
    assert not outcomes.warnings


def test_texts_in_their_languages(read) -> None:  # type: ignore[no-untyped-def]
    abstract = "We study the wind and the cold of the night in the house."
    outcomes = load(
        read,
        record(
            language=None,
            titles=[
                {"title": "The wind and the house"},
                {"title": "Tuuli ja talo", "lang": "fi"},
                {"title": "Vind", "lang": "??"},
            ],
            descriptions=[
                {"description": f"<p>{abstract}</p>", "descriptionType": "Abstract"},
                {"description": "Tuuli.", "descriptionType": "Abstract", "lang": "fi"},
                {"description": "Columns", "descriptionType": "TechnicalInfo"},
            ],
        ),
    )
    (output,) = outcomes.of(ResearchOutput)
    assert output.title == {"en": "The wind and the house", "fi": "Tuuli ja talo"}
    assert output.alt_titles == ("Vind",)
    assert output.abstract == {"en": abstract, "fi": "Tuuli."}
    assert [one.field for one in outcomes.warnings] == ["titles.lang"]


def test_addresses_of_subjects_that_are_pages_are_no_concepts(read) -> None:  # type: ignore[no-untyped-def]
    subjects = [
        {"subject": "wind", "valueUri": "http://www.yso.fi/onto/yso/p2950"},
        {"subject": "Physics", "valueUri": "http://www.oecd.org/science/inno/38235147.pdf"},
        {"subject": "https://www.yso.fi/onto/yso/p1265"},
    ]
    (output,) = load(read, record(subjects=subjects)).of(ResearchOutput)
    assert output.subjects == ("http://www.yso.fi/onto/yso/p2950", "http://www.yso.fi/onto/yso/p1265")
    assert output.topics == ("wind", "Physics")


def test_a_withdrawn_work_is_marked(read) -> None:  # type: ignore[no-untyped-def]
    (output,) = load(read, record(dates=[{"date": "2025-05-01", "dateType": "Withdrawn"}])).of(
        ResearchOutput
    )
    assert output.retracted


def test_bad_fields_are_left_out_with_warnings(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(
        read,
        record(
            creators=["x", {"name": 5, "affiliation": [7]}], publisher=["x"], publicationYear="soon", dates=[{"date": "x", "dateType": "Issued"}],
            types=[], subjects="x", language=7, descriptions=[{"descriptionType": "Abstract", "description": {}}],
            fundingReferences=[{"funderName": []}], container="x",
        ),
    )  # fmt: skip
    assert len(outcomes.of(ResearchOutput)) == 1
    assert {one.field for one in outcomes.warnings} == {
        "creators", "creators.name", "creators.affiliation", "publisher", "publicationYear", "dates.Issued", "types",
        "subjects", "language", "descriptions", "fundingReferences.funderName", "container",
    }  # fmt: skip


def test_one_damaged_record_costs_one_record(read) -> None:  # type: ignore[no-untyped-def]
    text = json.dumps({"data": [record("10.5555/1"), "HERE", record("10.5555/3")]})
    outcomes = read(
        "datacite", {"d.json": text.replace('"HERE"', '{"id": "10.5555/2", "attributes": {]}')}
    )
    assert [one.doi for one in outcomes.of(ResearchOutput)] == ["10.5555/1", "10.5555/3"]
    (problem,) = outcomes.problems
    assert problem.record


def test_strange_values_cost_a_record_or_a_field(tmp_path: Path) -> None:
    dice = random.Random(20261126)
    more = {
        "descriptions": [{"description": "x", "descriptionType": "Abstract"}],
        "relatedIdentifiers": [
            {
                "relationType": "IsIdenticalTo",
                "relatedIdentifier": "10.5555/s",
                "relatedIdentifierType": "DOI",
            }
        ],
        "relatedItems": [{"relationType": "IsPartOf", "titles": [{"title": "x"}]}],
        "identifiers": [{"identifier": "10138/1", "identifierType": "Handle"}],
    }
    changed = (mutate(record(f"10.5555/{number}", **more), dice) for number in range(600))
    mutants = [one for one in changed if not isinstance(one, list)]  # a list on a line is a page
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in mutants), encoding="utf-8")
    outcomes = list(get_loader("datacite").read([SourceFile(path)], {}))
    ours = [one for one in outcomes if isinstance(one, Problem) and "please report it" in one.remedy]
    assert not ours, [str(one) for one in ours[:3]]
    assert len(outcomes) == len(mutants)
