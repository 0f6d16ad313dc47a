from __future__ import annotations

import json
from typing import Any

import pytest

from graph.records import Organisation, Person, ResearchOutput
from loaders.openalex import abstract_text


def work(identifier: str = "https://openalex.org/W1", **fields: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "doi": "https://doi.org/10.5555/ABC",
        "title": "Machine <i>learning</i> in forests",
        "publication_year": 2025,
        "publication_date": "2025-03-01",
        "language": "en",
        "type": "article",
        "abstract_inverted_index": {"We": [0], "study": [1], "forests": [2, 4], "and": [3]},
        "topics": [{"display_name": "Forestry"}],
        "keywords": [{"keyword": "old shape"}, {"display_name": "Forestry"}],
        "authorships": [
            {
                "author": {
                    "id": "https://openalex.org/A1",
                    "display_name": "Maija Metsä",
                    "orcid": "https://orcid.org/0000-0002-1825-0097",
                },
                "institutions": [
                    {"id": "https://openalex.org/I1", "display_name": "Aalto University",
                     "ror": "https://ror.org/020hwjq30", "country_code": "FI"},
                    {"id": "https://openalex.org/I2", "display_name": "University of Vaasa",
                     "ror": None, "country_code": "FI"},
                    {"id": "https://openalex.org/I3", "display_name": "University of Vaasa",
                     "ror": "https://ror.org/000000000", "country_code": "SE"},
                ],
            },
            {"author": {"id": "https://openalex.org/A2", "display_name": "Maija Metsä", "orcid": None}},
        ],
        **fields,
    }  # fmt: skip


def test_a_work_with_people_and_places(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("openalex", {"w.jsonl": json.dumps(work())})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "doi-10.5555/abc"
    assert output.title == {"en": "Machine learning in forests"}
    assert output.abstract == {"en": "We study forests and forests"}
    assert output.topics == ("Forestry", "old shape")
    assert output.organisations == ("aalto", "vaasa", "ror-000000000")
    people = outcomes.of(Person)
    assert [p.key for p in people] == ["orcid-0000-0002-1825-0097", "openalex-A2"]
    assert output.creators == ("orcid-0000-0002-1825-0097", "openalex-A2")  # one name, two people


def test_listed_universities_keep_their_own_names(read) -> None:  # type: ignore[no-untyped-def]
    names = {o.key: o.name for o in read("openalex", {"w.json": json.dumps(work())}).of(Organisation)}
    assert names == {"aalto": {}, "vaasa": {}, "ror-000000000": {"en": "University of Vaasa"}}


def test_replies_and_repeated_works(read) -> None:  # type: ignore[no-untyped-def]
    reply = {
        "meta": {"count": 2},
        "results": [work(), work(), work("https://openalex.org/W2", doi=None)],
    }
    outcomes = read("openalex", {"w.json": json.dumps(reply)})
    assert [o.key for o in outcomes.of(ResearchOutput)] == ["doi-10.5555/abc", "openalex-W2"]
    assert outcomes.skipped == ["a work that stood in the files before"]


@pytest.mark.parametrize("letter", ["A", "I", "V", "S", "C", "T", "P", "F"])
def test_records_of_other_kinds_are_counted(read, letter: str) -> None:  # type: ignore[no-untyped-def]
    record = {"id": f"https://openalex.org/{letter}5", "display_name": "x"}
    assert len(read("openalex", {"x.json": json.dumps(record)}).skipped) == 1


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (work(""), "id"),
        (work("https://example.org/W1"), "id"),
        (work(title=None, display_name=None), "title"),
        (work(title=" "), "title"),
        ([1], ""),
    ],
)
def test_a_bad_work_is_told(read, record: Any, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("openalex", {"w.jsonl": json.dumps(record) + "\n" + json.dumps(work())})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(ResearchOutput)) == 1


def test_bad_fields_are_left_out_with_warnings(read) -> None:  # type: ignore[no-untyped-def]
    record = work(
        doi="none", publication_year=20250, publication_date="x", abstract_inverted_index=["a"],
        topics="x", language="!", authorships=[{"author": {"display_name": ""}}],
    )  # fmt: skip
    outcomes = read("openalex", {"w.jsonl": json.dumps(record)})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "openalex-W1"
    assert {w.field for w in outcomes.warnings} == {
        "doi", "publication_year", "publication_date", "abstract_inverted_index", "topics", "language",
        "authorships.author.display_name",
    }  # fmt: skip


def test_an_abstract_in_order_and_with_limits() -> None:
    assert abstract_text({"b": [1], "a": [0, 2]}) == "a b a"
    assert abstract_text(None) == ""
    for wrong in ({"a": 1}, {"a": ["x"]}, {"a": [-1]}, {"a": list(range(30_000))}, "text"):
        with pytest.raises(ValueError):
            abstract_text(wrong)
