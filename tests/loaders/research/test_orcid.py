from __future__ import annotations

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

ID = "0000-0002-1825-0097"


def external(kind: str, value: str, relationship: str = "self") -> dict[str, Any]:
    return {
        "external-id-type": kind,
        "external-id-value": value,
        "external-id-normalized": {"value": value.lower(), "transient": True},
        "external-id-relationship": relationship,
    }


def summary(
    code: int, title: str | None = "A work", *identifiers: Any, **fields: Any
) -> dict[str, Any]:
    return {
        "put-code": code,
        "title": {"title": {"value": title}, "subtitle": None, "translated-title": None},
        "external-ids": {"external-id": list(identifiers)},
        "type": "journal-article",
        "publication-date": {
            "year": {"value": "2024"},
            "month": {"value": "03"},
            "day": {"value": "05"},
        },
        "journal-title": {"value": "Journal of Wind"},
        "url": None,
        "visibility": "public",
        "display-index": "1",
        **fields,
    }


def employment(
    name: str, known: Any = None, country: str = "SE", end: Any = None, **fields: Any
) -> dict[str, Any]:
    return {
        "summaries": [
            {
                "employment-summary": {
                    "organization": {
                        "name": name,
                        "address": {"city": "X", "country": country},
                        "disambiguated-organization": known
                        and {
                            "disambiguated-organization-identifier": known[1],
                            "disambiguation-source": known[0],
                        },
                    },
                    "end-date": end,
                    "visibility": "public",
                    **fields,
                }
            }
        ]
    }


def record(
    *groups: list[dict[str, Any]], employments: Any = (), identifier: str = ID, **fields: Any
) -> dict[str, Any]:
    return {
        "orcid-identifier": {"uri": f"https://orcid.org/{identifier}", "path": identifier, "host": "orcid.org"},
        "history": {"last-modified-date": {"value": 1735689600000}, "deactivation-date": None},  # 2025-01-01
        "person": {
            "name": {
                "given-names": {"value": "Maija"}, "family-name": {"value": "Metsä"}, "credit-name": None,
                "visibility": "public",
            },
            "other-names": {"other-name": [{"content": "M. Metsä", "visibility": "public"}]},
            "external-identifiers": {"external-identifier": [
                {"external-id-type": "Scopus Author ID", "external-id-value": "7004", "visibility": "public",
                 "external-id-relationship": "self"},
                {"external-id-type": "Loop profile", "external-id-value": "558", "visibility": "limited",
                 "external-id-relationship": "self"},
            ]},
        },
        "activities-summary": {
            "employments": {"affiliation-group": list(employments)},
            "works": {"group": [{"work-summary": group, "external-ids": {}} for group in groups]},
        },
        **fields,
    }  # fmt: skip


def load(read: Any, *records: Any) -> Any:
    return read("orcid", {"r.jsonl": "\n".join(json.dumps(one) for one in records)})


def test_a_record(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, record([summary(1, "On wind and heat", external("doi", "10.5555/A"))]))
    (person,) = outcomes.of(Person)
    assert (person.key, person.name) == (f"orcid-{ID}", "Maija Metsä")
    assert person.orcid == f"https://orcid.org/{ID}"
    assert person.identifiers == ("scopus:7004",)
    (output,) = outcomes.of(ResearchOutput)
    assert (output.key, output.doi) == ("doi-10.5555/a", "10.5555/a")
    assert output.title == {"en": "On wind and heat"}
    assert output.creators == (person.key,)
    assert (output.year, output.published, output.container) == (
        2024,
        date(2024, 3, 5),
        "Journal of Wind",
    )
    assert output.output_type == "journal article"
    assert not outcomes.warnings


def test_a_mark_of_byte_order_before_the_record(read) -> None:  # type: ignore[no-untyped-def]
    text = b"\xef\xbb\xbf" + json.dumps(record(), indent=2).encode()
    assert len(read("orcid", {"r.json": text}).of(Person)) == 1


def test_one_output_for_a_group_from_its_preferred_summary(read) -> None:  # type: ignore[no-untyped-def]
    group = [
        summary(9, "Second", external("doi", "10.5555/A"), **{"display-index": "1"}),
        summary(
            12,
            "Preferred",
            external("eid", "2-s2.0-77"),
            **{"display-index": "3", "publication-date": None},
        ),
        summary(
            7,
            "Hidden",
            external("doi", "10.5555/hidden"),
            **{"display-index": "9", "visibility": "limited"},
        ),
    ]
    (output,) = load(read, record(group)).of(ResearchOutput)
    assert list(output.title.values()) == ["Preferred"]
    assert (output.doi, output.identifiers) == ("10.5555/a", ("scopus:2-s2.0-77",))
    assert output.year == 2024  # from the next summary, since the preferred one has none


def test_keys_of_works_doi_else_handle_else_put_code(read) -> None:  # type: ignore[no-untyped-def]
    outputs = load(
        read,
        record(
            [
                summary(
                    1,
                    "One",
                    external("doi", "https://doi.org/10.5555/A"),
                    external("handle", "10138/1"),
                )
            ],
            [summary(2, "Two", external("handle", "http://hdl.handle.net/10138/12345"))],
            [summary(31, "Three"), summary(30, "Three again")],
        ),
    ).of(ResearchOutput)
    assert [one.key for one in outputs] == [
        "doi-10.5555/a", "handle-hdl.handle.net-10138-12345", f"orcid-{ID}-30",
    ]  # fmt: skip
    assert outputs[1].identifiers == ("handle:10138/12345",)


def test_identifiers_of_wholes_versions_and_grants_are_not_the_works(read) -> None:  # type: ignore[no-untyped-def]
    others = [
        external("issn", "0378-7788", "part-of"), external("doi", "10.5555/book", "part-of"),
        external("doi", "10.5555/v", "version-of"), external("grant_number", "1", "funded-by"),
        external("isbn", "9780306406157"), external("pmid", "24172140"), external("agr", "x"),
    ]  # fmt: skip
    chapter = summary(1, "A chapter", *others, type="book-chapter")
    book = summary(2, "A book", external("isbn", "0-306-40615-2"), type="book")
    outputs = load(read, record([chapter], [book])).of(ResearchOutput)
    assert [(one.doi, one.identifiers) for one in outputs] == [
        (None, ("pmid:24172140",)),
        (None, ("urn:isbn:9780306406157",)),
    ]


def test_a_second_doi_of_a_group_is_left_out(read) -> None:  # type: ignore[no-untyped-def]
    group = [summary(1, "Article", external("doi", "10.5555/a"), external("doi", "10.5555/preprint"))]
    (output,) = load(read, record(group)).of(ResearchOutput)
    assert (output.doi, output.identifiers) == ("10.5555/a", ())


def test_titles_with_subtitle_and_translation(read) -> None:  # type: ignore[no-untyped-def]
    title = {
        "title": {"value": "Tuuli ja <i>talo</i>"}, "subtitle": {"value": "mittauksia"},
        "translated-title": {"value": "Wind and house", "language-code": "en"},
    }  # fmt: skip
    (output,) = load(read, record([summary(1, title=None) | {"title": title}])).of(ResearchOutput)
    assert output.title == {"fi": "Tuuli ja talo: mittauksia", "en": "Wind and house"}


def test_a_work_without_a_title_is_told_and_the_others_stay(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(
        read, record([summary(1, None)], [summary(2, "Two")], [{"put-code": 3, "title": None}])
    )
    assert [list(one.title.values()) for one in outcomes.of(ResearchOutput)] == [["Two"]]
    assert [one.field for one in outcomes.warnings] == ["works.group", "works.group"]


@pytest.mark.parametrize(
    ("parts", "year", "day"),
    [
        (None, None, None),
        ({"year": {"value": "2024"}, "month": None, "day": None}, 2024, None),
        ({"year": {"value": "2024"}, "month": {"value": "00"}, "day": {"value": "00"}}, 2024, None),
        ({"year": None, "month": {"value": "3"}, "day": None}, None, None),
    ],
)
def test_dates_with_gaps(read, parts: Any, year: int | None, day: date | None) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, record([summary(1, "One", **{"publication-date": parts})]))
    (output,) = outcomes.of(ResearchOutput)
    assert (output.year, output.published, outcomes.warnings) == (year, day, [])


def test_the_supervisor_of_a_thesis_is_not_its_author(read) -> None:  # type: ignore[no-untyped-def]
    (output,) = load(read, record([summary(1, "Thesis", type="supervised-student-publication")])).of(
        ResearchOutput
    )
    assert (output.creators, output.output_type) == ((), "thesis")


def test_places_of_work_of_today(read) -> None:  # type: ignore[no-untyped-def]
    def day(*parts: str) -> dict[str, Any]:
        return {
            name: {"value": part} for name, part in zip(("year", "month", "day"), parts, strict=False)
        }

    outcomes = load(
        read,
        record(
            employments=[
                employment("Aalto University", ("ROR", "https://ror.org/020hwjq30"), "FI"),
                employment("Tampereen yliopisto", None, "FI"),
                employment("Example Institute", ("RINGGOLD", "385488")),
                employment("Example Centre", ("GRID", "grid.1234.5")),
                employment("Over", ("ROR", "https://ror.org/02nr0ka47"), end=day("2024", "12", "31")),
                employment("Still", ("ROR", "https://ror.org/04wxnsj81"), end=day("2027")),
                employment("Hidden", ("ROR", "https://ror.org/05ppvf150"), visibility="limited"),
                employment("Name only"),
            ]
        ),
    )
    keys = ("aalto", "tampere", "ringgold-385488", "grid-grid.1234.5", "ror-04wxnsj81")
    assert outcomes.of(Person)[0].affiliations == keys
    assert tuple(one.key for one in outcomes.of(Organisation)) == keys
    assert outcomes.of(Organisation)[3].identifiers == ("grid:grid.1234.5",)


@pytest.mark.parametrize(
    ("name", "others", "shown"),
    [
        (
            {
                "given-names": {"value": "A"},
                "family-name": {"value": "B"},
                "credit-name": {"value": "Dr. B"},
            },
            None,
            "Dr. B",
        ),
        ({"given-names": {"value": "Plato"}, "family-name": None}, None, "Plato"),
        (
            None,
            [
                {"content": "Hidden", "visibility": "limited"},
                {"content": "Shown", "visibility": "public"},
            ],
            "Shown",
        ),
        ({"given-names": {"value": "A"}, "visibility": "private"}, None, None),
        (None, None, None),
    ],
)
def test_the_name_that_everyone_may_see(read, name: Any, others: Any, shown: str | None) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, record(person={"name": name, "other-names": {"other-name": others}}))
    assert [one.name for one in outcomes.of(Person)] == ([shown] if shown else [])
    assert len(outcomes.skipped) == (0 if shown else 1)


@pytest.mark.parametrize(
    "raw",
    [
        record(history={"deactivation-date": {"value": 1}}),
        record(person={"name": {"given-names": {"value": "Given Names Deactivated"}, "family-name": {"value": "Family Name Deactivated"}}}),
        record(person={"name": {"credit-name": {"value": "Reserved For Claim"}}}),
        {"response-code": 409, "developer-message": "409 Conflict: The ORCID record is locked", "error-code": 9018},
        {"response-code": 301, "developer-message": "301 Moved: This account is deprecated.", "error-code": 9007},
        {"group": [], "path": f"/{ID}/works"},
        {"name": None, "path": f"/{ID}/personal-details"},
        {"orcid-id": ID, "given-names": "Maija"},
        {"orcid-identifier": {"path": ID}},
    ],
)  # fmt: skip
def test_what_is_passed_over_is_counted(read, raw: Any) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, raw)
    assert (len(outcomes.skipped), outcomes.records, outcomes.problems) == (1, [], [])


def test_results_of_a_search_are_counted_each(read) -> None:  # type: ignore[no-untyped-def]
    reply = {
        "num-found": 2,
        "result": [{"orcid-identifier": {"path": ID}}, {"orcid-identifier": {"path": ID}}],
    }
    assert len(read("orcid", {"s.json": json.dumps(reply)}).skipped) == 2


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"person": {}, "orcid-identifier": {"path": "1234"}}, "orcid-identifier.path"),
        ({"person": {}}, "orcid-identifier.path"),
        ({}, "orcid-identifier.path"),
        ("text", ""),
        (
            {"response-code": 404, "developer-message": "404 Not Found: no such resource"},
            "developer-message",
        ),
    ],
)
def test_a_bad_record_is_told(read, raw: Any, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, raw, record())
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(Person)) == 1


def test_an_id_that_names_nobody_is_doubtful(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, record(identifier="0000-0001-0001-0001", history=None) | {
        "orcid-identifier": {"path": "0000-0001-0001-0001", "host": "sandbox.orcid.org"}})  # fmt: skip
    assert outcomes.of(Person)[0].key == "orcid-0000-0001-0001-0001"
    assert [one.field for one in outcomes.warnings] == [
        "orcid-identifier.host",
        "orcid-identifier.path",
    ]


def test_repeated_records_count_once(read) -> None:  # type: ignore[no-untyped-def]
    assert load(read, record(), record()).skipped == ["a record that stood in the files before"]


XML = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<record:record path="/{ID}" xmlns:record="http://www.orcid.org/ns/record" xmlns:common="http://www.orcid.org/ns/common"
    xmlns:history="http://www.orcid.org/ns/history" xmlns:person="http://www.orcid.org/ns/person"
    xmlns:personal-details="http://www.orcid.org/ns/personal-details" xmlns:work="http://www.orcid.org/ns/work"
    xmlns:external-identifier="http://www.orcid.org/ns/external-identifier" xmlns:other-name="http://www.orcid.org/ns/other-name"
    xmlns:activities="http://www.orcid.org/ns/activities" xmlns:employment="http://www.orcid.org/ns/employment">
  <common:orcid-identifier><common:uri>https://orcid.org/{ID}</common:uri><common:path>{ID}</common:path>
    <common:host>orcid.org</common:host></common:orcid-identifier>
  <history:history><common:last-modified-date>2025-01-01T12:00:00.000Z</common:last-modified-date></history:history>
  <person:person path="/{ID}/person">
    <person:name visibility="public"><personal-details:given-names>Maija</personal-details:given-names>
      <personal-details:family-name>Metsä</personal-details:family-name></person:name>
    <other-name:other-names><other-name:other-name visibility="public"><other-name:content>M. Metsä</other-name:content>
    </other-name:other-name></other-name:other-names>
    <external-identifier:external-identifiers><external-identifier:external-identifier visibility="public">
      <common:external-id-type>Scopus Author ID</common:external-id-type><common:external-id-value>7004</common:external-id-value>
      <common:external-id-relationship>self</common:external-id-relationship>
    </external-identifier:external-identifier></external-identifier:external-identifiers>
  </person:person>
  <activities:activities-summary>
    <activities:employments><activities:affiliation-group>
      <employment:employment-summary put-code="1" visibility="public"><common:organization><common:name>Example</common:name>
        <common:address><common:city>X</common:city><common:country>SE</common:country></common:address>
        <common:disambiguated-organization>
          <common:disambiguated-organization-identifier>https://ror.org/02nr0ka47</common:disambiguated-organization-identifier>
          <common:disambiguation-source>ROR</common:disambiguation-source></common:disambiguated-organization>
      </common:organization></employment:employment-summary>
    </activities:affiliation-group></activities:employments>
    <activities:works><activities:group>
      <common:external-ids/>
      <work:work-summary put-code="12" visibility="public" display-index="1">
        <work:title><common:title>Tuuli ja talo</common:title>
          <common:translated-title language-code="en">Wind and house</common:translated-title></work:title>
        <common:external-ids>
          <common:external-id><common:external-id-type>doi</common:external-id-type>
            <common:external-id-value>10.5555/A</common:external-id-value>
            <common:external-id-relationship>self</common:external-id-relationship></common:external-id>
          <common:external-id><common:external-id-type>issn</common:external-id-type>
            <common:external-id-value>0378-7788</common:external-id-value>
            <common:external-id-relationship>part-of</common:external-id-relationship></common:external-id>
        </common:external-ids>
        <common:url>https://example.org/a</common:url>
        <work:type>journal-article</work:type>
        <common:publication-date><common:year>2024</common:year><common:month>03</common:month></common:publication-date>
        <work:journal-title>Journal of Wind</work:journal-title>
      </work:work-summary>
    </activities:group></activities:works>
  </activities:activities-summary>
</record:record>
"""
ERROR = """<error:error xmlns:error="http://www.orcid.org/ns/error"><error:response-code>409</error:response-code>
<error:developer-message>409 Conflict: The ORCID record is locked</error:developer-message></error:error>"""


def test_xml(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("orcid", {"r.xml": XML})
    (person,), (output,) = outcomes.of(Person), outcomes.of(ResearchOutput)
    assert (person.key, person.name, person.identifiers) == (
        f"orcid-{ID}",
        "Maija Metsä",
        ("scopus:7004",),
    )
    assert person.affiliations == ("ror-02nr0ka47",)
    assert output.title == {"fi": "Tuuli ja talo", "en": "Wind and house"}
    assert (output.key, output.identifiers) == ("doi-10.5555/a", ())
    assert (output.year, output.published, output.container) == (2024, None, "Journal of Wind")
    assert not outcomes.warnings


def test_xml_that_is_no_record(read) -> None:  # type: ignore[no-untyped-def]
    assert read("orcid", {"e.xml": ERROR}).skipped == ["a locked record"]
    assert len(read("orcid", {"s.xml": "<recordSummary><name>M</name></recordSummary>"}).skipped) == 1
    (problem,) = read("orcid", {"h.xml": "<html/>"}).problems
    assert problem.record == ""
    (problem,) = read("orcid", {"d.xml": XML.replace("</work:title>", "")}).problems
    assert problem.record


@pytest.mark.real_data
def test_a_real_record(read, shared_data: Path) -> None:  # type: ignore[no-untyped-def]
    (path,) = (shared_data / "research" / "orcid").glob("*.json")
    outcomes = read("orcid", {path.name: path.read_bytes()})
    assert len(outcomes.all) == 1
    outputs = outcomes.of(ResearchOutput)
    assert len(outputs) == 12
    assert [one.name for one in outcomes.of(Person)] == ["Susan Maria Hernandez Lopez"]
    assert {one.key for one in outputs if one.doi} == {
        "doi-10.1111/test.12241", "doi-10.1087/20120404", "doi-10.1233456/54545813f.28b75999",
    }  # fmt: skip
    assert next(one.year for one in outputs if one.doi == "10.1087/20120404") == 2012
    assert {one.field for one in outcomes.warnings} == {"orcid-identifier.host", "works.external-ids"}


def test_strange_values_cost_a_record_or_a_field(tmp_path: Path) -> None:
    dice = random.Random(20261127)
    original = record(
        [
            summary(1, "One", external("doi", "10.5555/a"), external("handle", "10138/1")),
            summary(2, "Two"),
        ],
        [summary(3, "Three", url={"value": "https://example.org/3"})],
        employments=[
            employment("X", ("ROR", "https://ror.org/02nr0ka47"), end={"year": {"value": "2020"}})
        ],
    )
    changed = []
    for number in range(700):
        original["orcid-identifier"]["path"] = f"0000-0002-{number:04d}-0097"
        changed.append(mutate(json.loads(json.dumps(original)), dice))
    mutants = [one for one in changed if not isinstance(one, list)]  # a list on a line is a page
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in mutants), encoding="utf-8")
    outcomes = list(get_loader("orcid").read([SourceFile(path)], {}))
    ours = [one for one in outcomes if isinstance(one, Problem) and "please report it" in one.remedy]
    assert not ours, [str(one) for one in ours[:3]]
    assert len(outcomes) == len(mutants)
