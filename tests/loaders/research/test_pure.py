from __future__ import annotations

import copy
import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.identifiers import Identifiers
from graph.mapping import to_triples
from graph.records import Organisation, Person, ResearchOutput
from loaders.base import Loaded, Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader

U = "00000000-0000-4000-8000-0000000000{:02x}"
TYPES = "/dk/atira/pure/researchoutput/researchoutputtypes/"
ROLES = "/dk/atira/pure/researchoutput/roles/contributiontojournal/"

OLD: dict[str, Any] = {
    "pureId": 1,
    "uuid": U.format(1),
    "title": {"formatted": True, "value": "Heat in <sup>3</sup>He &amp; wind"},
    "subTitle": {"formatted": True, "value": "A study"},
    "translatedTitle": {"text": [{"locale": "fi_FI", "value": "Lämpö ja tuuli"}]},
    "type": {"uri": TYPES + "contributiontojournal/article", "term": {"text": [{"locale": "en_GB", "value": "Article"}]}},
    "peerReview": True,
    "publicationStatuses": [
        {"current": False, "publicationStatus": {"uri": "/dk/atira/pure/researchoutput/status/epub"}, "publicationDate": {"year": 2020, "month": 12, "day": 30}},
        {"current": True, "publicationStatus": {"uri": "/dk/atira/pure/researchoutput/status/published"}, "publicationDate": {"year": 2021, "month": 3, "day": 1}},
    ],
    "language": {"uri": "/dk/atira/pure/core/languages/en_GB"},
    "abstract": {"formatted": True, "text": [
        {"locale": "en_GB", "value": "<p>We study the heat of the wind and of the sea.</p><p>It is warm.</p>"},
        {"locale": "fi_FI", "value": "Tutkimme lämpöä."},
    ]},
    "personAssociations": [
        {"pureId": 2, "name": {"firstName": "Maija", "lastName": "Metsä"}, "personRole": {"uri": ROLES + "author"},
         "person": {"uuid": U.format(2), "link": {"ref": "content", "href": "https://research.aalto.fi/ws/api/524/persons/x"}},
         "organisationalUnits": [{"uuid": U.format(3), "name": {"text": [{"locale": "en_GB", "value": "Department of Winds"}, {"locale": "fi_FI", "value": "Tuulten laitos"}]}}]},
        {"name": {"firstName": "John", "lastName": "Doe"}, "personRole": {"uri": ROLES + "author"},
         "externalPerson": {"uuid": U.format(4)}, "externalOrganisations": [{"uuid": U.format(5), "name": {"text": [{"value": "Example Institute"}]}}]},
        {"name": {"firstName": "Eva", "lastName": "Editor"}, "personRole": {"uri": ROLES + "editor"}, "person": {"uuid": U.format(6)}},
        {"authorCollaboration": {"uuid": U.format(7), "name": {"text": [{"locale": "en_GB", "value": "The Wind Collaboration"}]}}},
        {"hidden": True, "name": {"firstName": "Hidden", "lastName": "Person"}, "personRole": {"uri": ROLES + "author"}},
    ],
    "organisationalUnits": [{"uuid": U.format(3), "name": {"text": [{"locale": "en_GB", "value": "Department of Winds"}]}}],
    "managingOrganisationalUnit": {"uuid": U.format(8), "name": {"text": [{"locale": "en_GB", "value": "Aalto University"}]}},
    "keywordGroups": [
        {"logicalName": "keywordContainers", "keywordContainers": [
            {"freeKeywords": [{"locale": "en_GB", "freeKeywords": ["heat", "wind"]}]},
            {"structuredKeyword": {"uri": "/dk/atira/pure/subjectarea/asjc/2100", "term": {"text": [{"locale": "en_GB", "value": "Energy"}]}}},
        ]},
    ],
    "journalAssociation": {"title": {"value": "Journal of Winds"}, "issn": {"value": "0378-7788"}, "journal": {"uuid": U.format(9)}},
    "electronicVersions": [
        {"doi": "https://doi.org/10.5555/Wind.1", "accessType": {"uri": "/dk/atira/pure/core/openaccesspermission/open"}},
        {"link": "http://urn.fi/URN:NBN:fi:aalto-202101011234"},
    ],
    "isbns": ["978-92-95055-02-5"],
    "info": {"portalUrl": "https://research.aalto.fi/en/publications/heat", "modifiedDate": "2021-04-01T00:00:00Z", "createdBy": "secret1",
             "additionalExternalIds": [{"idSource": "Scopus", "value": "85012345678"}], "previousUuids": [U.format(10)]},
    "visibility": {"key": "FREE"},
    "workflow": {"step": "approved"},
}  # fmt: skip
NEW: dict[str, Any] = {
    "uuid": U.format(1),
    "systemName": "ResearchOutput",
    "version": "abc",
    "modifiedDate": "2024-04-01T00:00:00Z",
    "createdBy": "secret1",
    "portalUrl": "https://research.aalto.fi/en/publications/heat",
    "title": {"value": "Heat in <sup>3</sup>He &amp; wind"},
    "subTitle": {"value": "A study"},
    "translatedTitle": {"fi_FI": "Lämpö ja tuuli"},
    "type": {"uri": TYPES + "contributiontojournal/article", "term": {"en_GB": "Article", "fi_FI": "Artikkeli"}},
    "publicationStatuses": OLD["publicationStatuses"],
    "language": {"uri": "/dk/atira/pure/core/languages/en_GB", "term": {"en_GB": "English"}},
    "abstract": {"en_GB": "<p>We study the heat of the wind and of the sea.</p><p>It is warm.</p>", "fi_FI": "Tutkimme lämpöä."},
    "contributors": [
        {"typeDiscriminator": "InternalContributorAssociation", "name": {"firstName": "Maija", "lastName": "Metsä"}, "role": {"uri": ROLES + "author", "term": {"en_GB": "Author"}},
         "person": {"systemName": "Person", "uuid": U.format(2)}, "organizations": [{"systemName": "Organization", "uuid": U.format(3)}]},
        {"typeDiscriminator": "ExternalContributorAssociation", "name": {"firstName": "John", "lastName": "Doe"}, "role": {"uri": ROLES + "author"},
         "externalPerson": {"systemName": "ExternalPerson", "uuid": U.format(4)}, "externalOrganizations": [{"systemName": "ExternalOrganization", "uuid": U.format(5)}]},
    ],
    "organizations": [{"systemName": "Organization", "uuid": U.format(3)}],
    "managingOrganization": {"systemName": "Organization", "uuid": U.format(8)},
    "keywordGroups": [
        {"typeDiscriminator": "FreeKeywordsKeywordGroup", "logicalName": "keywordContainers", "name": {"en_GB": "Keywords"}, "keywords": [{"locale": "en_GB", "freeKeywords": ["heat", "wind"]}]},
        {"typeDiscriminator": "ClassificationsKeywordGroup", "logicalName": "ASJC", "classifications": [{"uri": "/dk/atira/pure/subjectarea/asjc/2100", "term": {"en_GB": "Energy"}}]},
    ],
    "journalAssociation": {"title": {"pureId": 3, "title": "Journal of Winds"}, "issn": {"pureId": 4, "issn": "0378-7788"}, "journal": {"systemName": "Journal", "uuid": U.format(9)}},
    "electronicVersions": [
        {"typeDiscriminator": "DoiElectronicVersion", "doi": "10.5555/Wind.1", "accessType": {"uri": "/x/open"}},
        {"typeDiscriminator": "LinkElectronicVersion", "link": "http://urn.fi/URN:NBN:fi:aalto-202101011234"},
    ],
    "isbns": ["978-92-95055-02-5"],
    "identifiers": [{"typeDiscriminator": "Id", "idSource": "Scopus", "value": "85012345678"},
                    {"typeDiscriminator": "ClassifiedId", "id": "x", "type": {"uri": "/dk/atira/pure/x"}}],
    "previousUuids": [U.format(10)],
    "visibility": {"key": "FREE"},
    "workflow": {"step": "approved"},
}  # fmt: skip
LENDERS: list[dict[str, Any]] = [
    {"uuid": U.format(2), "name": {"firstName": "Maija", "lastName": "Metsä"}, "orcid": "0000-0002-1825-0097", "staffOrganizationAssociations": []},
    {"uuid": U.format(3), "systemName": "Organization", "name": {"en_GB": "Department of Winds", "fi_FI": "Tuulten laitos"}, "type": {"uri": "/dk/atira/pure/organisation/organisationtypes/organisation/department"}, "parents": [{"uuid": U.format(11)}]},
    {"uuid": U.format(5), "name": {"en_GB": "Example Institute"}, "type": {"uri": "/dk/atira/pure/ueoexternalorganisation/ueoexternalorganisationtypes/ueoexternalorganisation/unknown"}},
    {"uuid": U.format(8), "systemName": "Organization", "name": {"en_GB": "Aalto University"}, "type": {"uri": "/dk/atira/pure/organisation/organisationtypes/organisation/university"}},
    {"uuid": U.format(11), "systemName": "Organization", "name": {"en_GB": "School of Air"}, "type": {"uri": "/dk/atira/pure/organisation/organisationtypes/organisation/school"}},
]  # fmt: skip


def reply(*items: Any) -> str:
    return json.dumps(
        {"count": len(items), "pageInformation": {"offset": 0, "size": 10}, "items": items}
    )


def changed(base: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(base), **fields}


@pytest.mark.parametrize("form", [OLD, NEW])
def test_both_interfaces_give_the_same_work(read, form) -> None:
    found = read("pure", {"a.json": reply(form, *LENDERS)})
    (work,) = found.of(ResearchOutput)
    assert work == ResearchOutput(
        key="doi-10.5555/wind.1",
        title={"en": "Heat in 3He & wind: A study", "fi": "Lämpö ja tuuli"},
        creators=("orcid-0000-0002-1825-0097", f"pure-aalto-{U.format(4)}"),
        organisations=work.organisations,
        abstract={
            "en": "We study the heat of the wind and of the sea.\n\nIt is warm.",
            "fi": "Tutkimme lämpöä.",
        },
        topics=("heat", "wind", "Energy"),
        year=2021,
        published=date(2021, 3, 1),
        output_type="journal article",
        language="en",
        doi="10.5555/wind.1",
        identifiers=(
            f"pure:{U.format(1)}",
            f"pure:{U.format(10)}",
            "urn:nbn:fi:aalto-202101011234",
            "scopus:2-s2.0-85012345678",
        ),
        homepage="https://doi.org/10.5555/wind.1",
        container="Journal of Winds",
        issns=("0378-7788",),
    )
    assert not found.warnings
    places = {place.key: place for place in found.of(Organisation)}
    unit = places[f"aalto/{U.format(3)}"]
    assert unit.name == {"en": "Department of Winds", "fi": "Tuulten laitos"}
    assert unit.part_of == f"aalto/{U.format(11)}"
    assert places["aalto"].name["en"] == "Aalto University"
    assert places[f"pure-aalto-{U.format(5)}"].name == {
        "en" if form is NEW else "und": "Example Institute"
    }
    assert set(work.organisations) == set(places)
    maija, john = found.of(Person)
    assert (maija.name, maija.orcid) == ("Maija Metsä", "https://orcid.org/0000-0002-1825-0097")
    assert maija.affiliations == (f"aalto/{U.format(3)}",)
    assert john.affiliations == (f"pure-aalto-{U.format(5)}",)
    assert (
        sorted(found.skipped)
        == ["a person (read for the ORCID)"] + ["an organisation (read for its name)"] * 4
    )


def test_without_the_persons_the_uuid_is_the_key(read) -> None:
    found = read("pure", {"a.json": reply(OLD)})
    assert [one.key for one in found.of(Person)] == [
        f"pure-aalto-{U.format(2)}",
        f"pure-aalto-{U.format(4)}",
    ]
    assert "The Wind Collaboration" in [
        name for one in found.of(Organisation) for name in one.name.values()
    ]
    names = {one.name for one in found.of(Person)}
    assert not names & {"Eva Editor", "Hidden Person"}


def test_units_of_the_new_interface_without_their_names_are_left_out(read) -> None:
    found = read("pure", {"a.json": reply(NEW)})
    assert [place.key for place in found.of(Organisation)] == ["aalto"]


def test_the_older_forms_of_the_web_service(read) -> None:
    form = changed(
        OLD,
        title="Plain title",
        subTitle=None,
        translatedTitle=None,
        type=[{"uri": TYPES + "thesis/doc", "locale": "en_GB", "value": "Doctoral thesis"}],
        abstract=[{"locale": "fi_FI", "value": "Tutkimus"}],
        language=[{"uri": "/dk/atira/pure/core/languages/fi_FI", "value": "Finnish"}],
        publicationStatuses=[{"publicationDate": {"year": 2019}}],
    )
    (work,) = read("pure", {"a.json": reply(form)}).of(ResearchOutput)
    assert (work.title, work.output_type, work.year, work.published) == (
        {"fi": "Plain title"},
        "doctoral thesis",
        2019,
        None,
    )
    assert work.abstract == {"fi": "Tutkimus"}
    assert "urn:isbn:9789295055025" in work.identifiers


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"confidential": True}, "an output that is not public"),
        ({"visibility": {"key": "BACKEND"}}, "an output that is not public"),
        ({"workflow": {"step": "entryInProgress"}}, "a draft of an output"),
        ({"publicationStatuses": [{"current": True, "publicationStatus": {"uri": "/x/status/inprep"}}]}, "an output that is not published"),
        ({"type": {"uri": "/dk/atira/pure/project/projecttypes/x"}}, "a project"),
        ({"type": {"uri": "/dk/atira/pure/journal/journaltypes/journal/journal"}}, "a journal"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", [OLD, NEW])
def test_what_is_passed_over_is_counted(read, form, fields, reason) -> None:
    found = read("pure", {"a.json": reply(changed(form, **fields))})
    assert found.skipped == [reason]
    assert not found.records


def test_of_several_versions_the_newest_counts(read) -> None:
    later = changed(NEW, modifiedDate="2025-01-01T00:00:00Z", title={"value": "Later"})
    found = read("pure", {"a.json": reply(NEW, later), "b.json": reply(NEW)})
    assert found.skipped == ["an older version of a work"] * 2
    assert [work.title["en"] for work in found.of(ResearchOutput)] == ["Later: A study"]


def test_what_the_portal_withdrew_is_passed_over(read) -> None:
    note = json.dumps(
        {"gone": U.format(1), "url": "https://example.org", "time": "2026-01-01T00:00:00Z"}
    )
    other = changed(OLD, uuid=U.format(40))
    found = read("pure", {"1.json": reply(), "gone-2.jsonl": note + "\n", "3.json": reply(OLD, other)})
    assert found.skipped == ["a note that something was withdrawn", "an output that was withdrawn"]
    assert len(found.of(ResearchOutput)) == 1
    again = read("pure", {"1.json": reply(OLD), "gone-2.jsonl": note + "\n", "3.json": reply(OLD)})
    assert len(again.of(ResearchOutput)) == 1  # it came back


def test_the_portal_tells_the_source_unless_an_option_does(read) -> None:
    form = changed(OLD, electronicVersions=[], info={"portalUrl": "https://portal.example.org/x"})
    (work,) = read("pure", {"a.json": reply(form)}).of(ResearchOutput)
    assert work.key == f"pure-portal.example.org-{U.format(1)}"
    assert work.homepage == "https://portal.example.org/x"
    (work,) = read("pure", {"a.json": reply(form)}, {"source": "tampere"}).of(ResearchOutput)
    assert work.key == f"pure-tampere-{U.format(1)}"
    assert "tampere" in work.organisations
    (work,) = read("pure", {"a.json": reply(changed(form, info={}))}).of(ResearchOutput)
    assert work.key == f"pure-{U.format(1)}"


def test_a_data_set_is_a_work(read) -> None:
    form = {
        "uuid": U.format(20),
        "title": {"en_GB": "Wind data"},
        "descriptions": [{"value": {"en_GB": "Measured in the wind"}, "type": {"uri": "/x"}}],
        "type": {"uri": "/dk/atira/pure/dataset/datasettypes/dataset/dataset"},
        "doi": {"doi": "10.5555/data"},
        "publicationAvailableDate": {"year": 2022, "month": 2},
        "contributors": [{"name": {"firstName": "A", "lastName": "B"}, "role": {"uri": "/x/creator"}}],
    }
    (work,) = read("pure", {"a.json": json.dumps(form)}).of(ResearchOutput)
    assert (work.key, work.output_type, work.year) == ("doi-10.5555/data", "dataset", 2022)
    assert work.abstract == {"en": "Measured in the wind"}
    assert work.creators == ("doi-10.5555/data/a-b",)


def test_a_retracted_work_is_marked(read) -> None:
    states = [
        {
            "current": True,
            "publicationStatus": {"uri": "/x/status/retracted"},
            "publicationDate": {"year": 2020},
        }
    ]
    (work,) = read("pure", {"a.json": reply(changed(OLD, publicationStatuses=states))}).of(
        ResearchOutput
    )
    assert work.retracted


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"title": None}, "title"),
        ({"title": {"value": 5}}, "title"),
        ({"uuid": None}, "uuid"),
        ({"uuid": "a b"}, "uuid"),
    ],
)
def test_what_cannot_be_loaded_is_told(read, fields, where) -> None:
    found = read("pure", {"a.json": reply(changed(OLD, **fields), changed(OLD, uuid=U.format(99)))})
    (problem,) = found.problems
    assert problem.field == where
    assert problem.record
    assert len(found.of(ResearchOutput)) == 1


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"abstract": 5}, "abstract"),
        ({"language": {"uri": "/x/languages/xxxxx"}}, "language"),
        ({"isbns": ["123"], "type": {"uri": TYPES + "bookanthology/book"}}, "isbns"),
        ({"electronicVersions": [{"doi": "no"}]}, "electronicVersions.doi"),
        ({"keywordGroups": "x"}, "keywordGroups"),
        ({"publicationStatuses": [{"publicationDate": {"year": "soon"}}]}, "publicationDate"),
        ({"journalAssociation": {"issn": {"value": "1"}}}, "journalAssociation.issn"),
        ({"info": {"additionalExternalIds": [{"idSource": "Scopus", "value": "x"}]}}, "info.additionalExternalIds"),
    ],
)  # fmt: skip
def test_a_fault_in_a_field_is_a_warning(read, fields, where) -> None:
    found = read("pure", {"a.json": reply(changed(OLD, **fields))})
    assert [warning.field for warning in found.warnings] == [where]
    assert len(found.of(ResearchOutput)) == 1


def test_xml_is_told_with_what_to_do(read) -> None:
    found = read("pure", {"a.xml": "<result><count>1</count></result>"})
    (problem,) = found.problems
    assert problem.record == ""
    assert "application/json" in problem.remedy


def test_no_name_of_a_user_of_pure_is_taken(read) -> None:
    for form in (OLD, NEW):
        found = read("pure", {"a.json": reply(form, *LENDERS)})
        assert "secret1" not in repr(found.records)


@pytest.mark.parametrize("form", [OLD, NEW])
def test_counts_hold_with_a_damaged_record(read, form) -> None:
    records = [changed(form, uuid=U.format(n), electronicVersions=[]) for n in range(30, 36)]
    texts = [json.dumps(one) for one in records]
    texts[2] = texts[2].replace('"title"', "title")
    found = read("pure", {"a.json": '{"count": 6, "items": [' + ", ".join(texts) + "]}"})
    assert len(found.all) == 6
    assert [problem.record for problem in found.problems] == ["item 3"]


STRANGE: list[Any] = [None, 0, -1, 1.5, True, "", "x" * 200_000, "\ud800", "<script>", [], [None], [[]], {}, {"en": 5}, {"x": {"y": []}}, "9999-99-99"]  # fmt: skip


def mutate(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(sorted(value))
        return {**value, key: mutate(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.8:
        place = dice.randrange(len(value))
        return [*value[:place], mutate(value[place], dice), *value[place + 1 :]]
    return dice.choice(STRANGE)


def test_strange_values_cost_a_record_or_a_field_never_the_load(tmp_path: Path) -> None:
    dice = random.Random(5)
    mutants = [mutate(dice.choice([OLD, NEW, *LENDERS]), dice) for _ in range(600)]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in mutants))
    outcomes = list(get_loader("pure").read([SourceFile(path)], {}))
    assert len(outcomes) == len(mutants)
    for outcome in outcomes:
        if isinstance(outcome, Problem):
            assert "please report it" not in outcome.remedy, outcome
        elif isinstance(outcome, Loaded):
            for record in outcome.records:
                list(to_triples(record, Identifiers()))
