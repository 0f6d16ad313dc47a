from __future__ import annotations

import json
from typing import Any

import pytest

from graph.records import Organisation, Person, ResearchOutput


def line(identifier: str = "https://trepo.tuni.fi/handle/10024/1", **truth: Any) -> str:
    record = {
        "doctype": "docthes", "repository": "Trepo", "id": identifier, "rowid": "r1",
        "ground_truth": {
            "language": "fi", "title": "Koneoppiminen metsässä", "creator": ["Metsä, Maija", "Puu, Pekka"],
            "alt_title": ["Machine learning in the forest {en}", "Alaotsikko"],
            "year": "2022", "publisher": ["Tampereen yliopisto"], "e-isbn": ["9789523890374"],
            "type_coar": "doctoral thesis", **truth,
        },
    }  # fmt: skip
    return json.dumps(record) + "\n"


def test_an_output_with_its_own_people(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("fingreylit", {"f.jsonl": line()})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "handle-trepo.tuni.fi-10024-1"
    assert output.title == {"fi": "Koneoppiminen metsässä", "en": "Machine learning in the forest"}
    assert output.alt_titles == ("Alaotsikko",)
    assert output.organisations == ("tampere",)
    assert output.identifiers[1] == "urn:isbn:9789523890374"
    assert [person.key for person in outcomes.of(Person)] == list(output.creators)
    assert [org.key for org in outcomes.of(Organisation)] == ["tampere"]


def test_equal_names_in_two_outputs_are_two_people(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("fingreylit", {"f.jsonl": line() + line("https://trepo.tuni.fi/handle/10024/2")})
    assert len({person.key for person in outcomes.of(Person)}) == 4


def test_the_same_handle_of_two_repositories_is_two_outputs(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read(
        "fingreylit", {"f.jsonl": line() + line("https://www.doria.fi/handle/10024/1") + line()}
    )
    assert len({output.key for output in outcomes.of(ResearchOutput)}) == 2
    assert len(outcomes.skipped) == 1


def test_what_the_record_does_not_say_is_absent(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read(
        "fingreylit", {"f.jsonl": line(year=None, creator=None, type_coar=None, publisher=None)}
    )
    (output,) = outcomes.of(ResearchOutput)
    assert (output.year, output.creators, output.output_type) == (None, (), None)
    assert not outcomes.warnings


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (line(""), "id"),
        (line(title=None), "title"),
        ('{"id": "https://x/1", "rowid": "a"}\n', "ground_truth"),
        ('{"id": \n', ""),
    ],
)
def test_a_bad_line_is_told(read, text: str, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("fingreylit", {"f.jsonl": text + line()})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(ResearchOutput)) == 1


def test_bad_fields_are_warnings(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("fingreylit", {"f.jsonl": line(year="MMXXII", creator="Metsä", language="suomi!")})
    assert {w.field for w in outcomes.warnings} == {"year", "creator", "language"}
    assert outcomes.of(ResearchOutput)[0].title["und"] == "Koneoppiminen metsässä"
