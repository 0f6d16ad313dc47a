from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from graph.records import Organisation, Person, ResearchOutput
from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader
from tests.loaders.test_any_record import mutate


def code(value: str) -> dict[str, Any]:
    return {"code": value, "nameFi": "nimi", "nameSv": None, "nameEn": "name"}


def publication(**fields: Any) -> dict[str, Any]:
    return {
        "id": "0512345", "originalPublicationId": "u-1", "name": "Machines in the forest",
        "publicationYear": "2024", "reportingYear": "2024", "authorsText": "Metsä, Maija; Puu, Pekka",
        "organizations": [
            {
                "id": "10076", "nameFi": "Aalto-yliopisto", "nameSv": None, "nameEn": "Aalto University",
                "units": [{"id": "T310", "nameFi": "Metsälaitos", "nameSv": None, "nameEn": "Forests"}],
            },
            {"id": "02535", "nameFi": "Metsäamk", "nameSv": None, "nameEn": "Forest UAS", "units": None},
        ],
        "authors": [
            {
                "firstNames": "Maija", "lastName": "Metsä", "orcid": "0000-0002-1825-0097",
                "artPublicationRole": None, "organizations": [{"id": "10076", "unitIds": ["T310"]}],
            },
        ],
        "type": code("A3"), "journalName": None, "issn": ["1459-3467"], "isbn": ["978-952-222-356-2"],
        "parentPublication": {"name": "Forest book", "type": None, "publisher": "Puukustannus"},
        "publisherName": None, "doi": None, "doiHandle": "http://urn.fi/URN:NBN:fi:example-1",
        "selfArchived": [{"url": "https://trepo.tuni.fi/handle/10024/1", "version": None}],
        "fieldsOfScience": [code("113"), code("4112")],
        "keywords": [
            {"value": "forestry", "language": "en", "scheme": "Avainsana"},
            {"value": "http://www.yso.fi/onto/yso/p1265", "language": None, "scheme": "YSO"},
        ],
        "language": code("en"), "abstract": "This is the abstract of the work and it is about forests.",
        "status": code("2"), "created": "2024-03-02T00:00:00", "coPublicationID": None,
        "orgPublicationIDs": ["0599999"],
        "researchfiUrl": {"fi": "https://research.fi/fi/1", "sv": None, "en": "https://research.fi/en/1"},
        **fields,
    }  # fmt: skip


def dataset(**fields: Any) -> dict[str, Any]:
    return {
        "id": "d-1", "nameFi": "Puiden data", "nameSv": None, "nameEn": "Data of trees",
        "descriptionFi": None, "descriptionSv": None, "descriptionEn": "All the trees of the forest.",
        "created": "2023-05-06T00:00:00",
        "contributors": [
            {"organization": {"id": "10076", "nameEn": "Aalto University"}, "person": {"name": "Metsä, Maija"},
             "role": code("creator")},
            {"organization": {"id": None, "nameEn": "Tree Archive"}, "person": None, "role": code("publisher")},
            {"organization": None, "person": {"name": "Kuraattori, K"}, "role": code("curator")},
        ],
        "fieldsOfScience": [code("4112")], "languages": [code("fin")],
        "keywords": [{"value": "trees", "language": "en"}],
        "subjectHeadings": [{"value": "puut", "language": "fi"}],
        "versionSet": [{"identifier": "d-1", "versionNumber": "1"}],
        "persistentIdentifiers": [{"content": "https://doi.org/10.1000/DATA", "type": "doi"}],
        "fairDataUrl": "https://etsin.example.org/dataset/d-1", "isLatestVersion": True,
        **fields,
    }  # fmt: skip


def test_a_publication(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("researchfi", {"p.json": json.dumps([publication()])})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "virta-0512345"
    assert output.title == {"en": "Machines in the forest"}
    assert output.creators == ("orcid-0000-0002-1825-0097", "virta-0512345/pekka-puu")
    assert output.organisations == ("aalto", "organisation-code-02535")
    assert output.publishers == ("Puukustannus",)
    assert output.container == "Forest book"
    assert output.abstract == {"en": "This is the abstract of the work and it is about forests."}
    assert output.topics == ("forestry",)
    assert [address.rsplit("/", 1)[-1] for address in output.subjects] == ["113", "4112", "p1265"]
    assert output.output_type == "book part"
    assert output.year == 2024
    assert output.issns == ("1459-3467",)
    assert output.homepage == "https://research.fi/en/1"
    assert output.identifiers == (
        "virta:0512345", "virta:0599999", "urn:nbn:fi:example-1", "handle:trepo.tuni.fi/10024/1",
    )  # fmt: skip
    assert outcomes.of(Person)[0].affiliations == ("aalto/T310",)
    names = {org.key: org.name for org in outcomes.of(Organisation)}
    assert names["aalto/T310"] == {"fi": "Metsälaitos", "en": "Forests"}
    assert names["organisation-code-02535"] == {"fi": "Metsäamk", "en": "Forest UAS"}
    assert not outcomes.warnings


def test_virta_and_research_fi_give_one_key(read) -> None:  # type: ignore[no-untyped-def]
    theirs = {"JulkaisunTunnus": "0512345", "JulkaisunNimi": "x", "OrganisaatioTunnus": "10076",
              "TekijatiedotTeksti": "Metsä, Maija; Puu, Pekka"}  # fmt: skip
    (one,) = read("virta", {"v.json": json.dumps([theirs])}).of(ResearchOutput)
    (two,) = read("researchfi", {"r.json": json.dumps([publication()])}).of(ResearchOutput)
    assert one.key == two.key
    assert one.creators[1] == two.creators[1]


def test_parts_of_a_joint_publication_are_one(read) -> None:  # type: ignore[no-untyped-def]
    parts = [publication(id=f"{n}", coPublicationID="0599999") for n in (1, 2)]
    whole = publication(id="0599999", orgPublicationIDs=["1", "2"])
    outcomes = read("researchfi", {"p.jsonl": "\n".join(map(json.dumps, [*parts, whole]))})
    assert {output.key for output in outcomes.of(ResearchOutput)} == {"virta-0599999"}


def test_lists_lines_and_replies(read) -> None:  # type: ignore[no-untyped-def]
    one = publication(doi="10.1000/abc")
    for name, text in {
        "a.json": json.dumps([one]),
        "b.jsonl": json.dumps(one) + "\n" + json.dumps(publication(id="2")) + "\n",
        "c.json": json.dumps(one),
        "d.json": json.dumps({"results": [one]}),
        "e.json": json.dumps([{key.capitalize(): value for key, value in one.items()}]),
    }.items():
        outcomes = read("researchfi", {name: text})
        assert outcomes.of(ResearchOutput)[0].key == "doi-10.1000/abc", name


def test_one_thing_where_a_list_is_meant_and_nulls(read) -> None:  # type: ignore[no-untyped-def]
    single = publication(
        organizations={"id": 10076, "name": {"fi": "Aalto-yliopisto"}, "units": None},
        authors={"name": "Metsä, Maija", "orcid": None, "organizations": {"id": "10076", "unitIds": None}},
        fieldsOfScience=code("113"), keywords={"value": "one"}, issn="1459-3467", isbn=None,
        selfArchived=None, type=None, language=None, status=None, abstract=None, orgPublicationIDs=None,
        parentPublication=None, authorsText=None, researchfiUrl=None,
    )  # fmt: skip
    outcomes = read("researchfi", {"p.json": json.dumps([single, None])})
    (output,) = outcomes.of(ResearchOutput)
    assert output.topics == ("one",)
    assert len(output.subjects) == 1
    assert outcomes.of(Person)[0].affiliations == ("aalto",)
    assert not outcomes.warnings
    assert len(outcomes.all) == 2


def test_a_repeated_publication_is_passed_over(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("researchfi", {"p.json": json.dumps([publication(), publication()])})
    assert outcomes.skipped == ["a publication that stood in the files before"]


def test_hidden_states(read) -> None:  # type: ignore[no-untyped-def]
    rows = [publication(id=str(n), status=code(str(n))) for n in (-1, 0, 1, 2, 3, 9)]
    outcomes = read("researchfi", {"p.json": json.dumps(rows)})
    assert len(outcomes.of(ResearchOutput)) == 4
    assert len(outcomes.skipped) == 2


def test_a_data_set(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("researchfi", {"d.json": json.dumps([dataset()])})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "doi-10.1000/data"
    assert output.title == {"fi": "Puiden data", "en": "Data of trees"}
    assert output.output_type == "dataset"
    assert output.creators == ("doi-10.1000/data/maija-metsa",)
    assert output.organisations == ("aalto",)
    assert output.publishers == ("Tree Archive",)
    assert output.abstract == {"en": "All the trees of the forest."}
    assert output.topics == ("trees", "puut")
    assert output.language == "fi"
    assert (output.year, output.published.isoformat()) == (2023, "2023-05-06")
    assert output.identifiers == ("researchfi:d-1",)
    assert not outcomes.warnings


def test_a_data_set_without_a_doi(read) -> None:  # type: ignore[no-untyped-def]
    urn = dataset(persistentIdentifiers=[{"content": "urn:nbn:fi:att:1", "type": "urn"}])
    bare = dataset(id="d-2", persistentIdentifiers=None)
    old = dataset(id="d-3", isLatestVersion=False, versionSet=[{"identifier": 1}, {"identifier": 2}])
    only = dataset(id="d-4", isLatestVersion=False)
    outcomes = read("researchfi", {"d.json": json.dumps([urn, bare, old, only])})
    keys = [output.key for output in outcomes.of(ResearchOutput)]
    assert keys == ["urn:nbn:fi:att:1", "researchfi-d-2", "doi-10.1000/data"]
    assert outcomes.skipped == ["an older version of a data set"]


def test_the_short_form_of_a_data_set(read) -> None:  # type: ignore[no-untyped-def]
    short = {"id": "d-9", "nameFi": None, "nameSv": None, "nameEn": "Data", "isLatestVersion": True}
    assert read("researchfi", {"d.json": json.dumps([short])}).of(ResearchOutput)[0].title == {
        "en": "Data"
    }


def test_other_replies_are_recognised_and_counted(read) -> None:  # type: ignore[no-untyped-def]
    rows = [
        {"nameFi": "x", "fundingStartDate": None, "fundingReceivers": [], "amountInEur": 5},
        {"nameFi": "x", "callProgrammeOpenDate": None, "foundations": []},
        {"infraIdentifier": {}, "infraName": []},
        {"serviceIdentifier": {}, "serviceName": []},
        {"nameFi": "Metsäyliopisto", "nameSv": None, "nameEn": None, "researchfiUrl": {}},
        {"something": "else"},
        5,
    ]
    outcomes = read("researchfi", {"o.json": json.dumps(rows)})
    assert len(outcomes.all) == 7
    assert len(set(outcomes.skipped)) == 5
    assert len(outcomes.problems) == 2


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (publication(name=None), "name"),
        (publication(name=" "), "name"),
        (publication(id=None), "id"),
        (dataset(nameFi=None, nameEn=None), "nameEn"),
        (dataset(id=None, persistentIdentifiers=None), "id"),
    ],
)
def test_a_bad_record_is_told(read, record: dict[str, Any], field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("researchfi", {"p.json": json.dumps([record, publication(id="good")])})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(ResearchOutput)) == 1


def test_a_bad_field_is_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    bad = publication(
        doi="none", issn=["x"], isbn=["y"], publicationYear="soon", type=code("X9"), language=code("???"),
        fieldsOfScience=[code("abc")], organizations=[{"nameFi": "?"}],
        authors=[{"lastName": "Metsä", "orcid": "1"}, {"orcid": None}],
    )  # fmt: skip
    outcomes = read("researchfi", {"p.json": json.dumps([bad])})
    assert len(outcomes.of(ResearchOutput)) == 1
    assert {warning.field for warning in outcomes.warnings} == {
        "doi", "issn", "isbn", "publicationYear", "type", "language", "fieldsOfScience.code",
        "organizations.id", "authors.orcid", "authors.lastName",
    }  # fmt: skip


def test_a_damaged_record_costs_itself(read) -> None:  # type: ignore[no-untyped-def]
    rows = [json.dumps(publication(id=str(n)), indent=1) for n in range(7)]
    for damaged in (rows[3].replace('"name":', '"name"'), rows[3][:-1], rows[3].replace("{", "", 1)):
        text = "[" + ",\n".join([*rows[:3], damaged, *rows[4:]]) + "]"
        outcomes = read("researchfi", {"p.json": text})
        assert len(outcomes.all) == 7
        assert len(outcomes.problems) == 1
    lines = [json.dumps(publication(id=str(n))) for n in range(7)]
    lines[3] = lines[3][:-40]
    outcomes = read("researchfi", {"p.jsonl": "\n".join(lines)})
    assert (len(outcomes.all), len(outcomes.problems)) == (7, 1)


def test_strange_values_cost_a_record_or_a_field(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    found = (mutate(dice.choice([publication(), dataset()]), dice) for _ in range(400))
    mutants = [mutant for mutant in found if not isinstance(mutant, list)]
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(mutant) + "\n" for mutant in mutants), encoding="utf-8")
    outcomes = list(get_loader("researchfi").read([SourceFile(path)], {}))
    assert len(outcomes) == len(mutants)
    problems = [item for item in outcomes if isinstance(item, Problem)]
    assert not [str(one) for one in problems if "please report it" in one.remedy]


@pytest.mark.real_data
def test_the_example_of_the_interface(shared_data: Path) -> None:
    path = shared_data / "standards/examples/researchfi-publication.json"
    (outcome,) = get_loader("researchfi").read([SourceFile(path)], {})
    assert not isinstance(outcome, Problem)
    assert not outcome.warnings
    assert [one.key for one in outcome.records if isinstance(one, ResearchOutput)] == [
        "doi-10.1000/example.1"
    ]
