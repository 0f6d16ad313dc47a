from __future__ import annotations

import pytest

from graph.identifiers import Identifiers, name_key
from graph.identity.claims import Claim, claims_of, family_key, initial_key
from graph.records import Course, Organisation, Person, ResearchOutput

IDS = Identifiers("https://example.org/id/")


def one(*records: object) -> Claim:
    return list(claims_of(records, IDS))[-1]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("identifier", "key"),
    [
        ("https://doi.org/10.5555/ABC", "doi:10.5555/abc"),
        ("http://dx.doi.org/10.5555/ABC", "doi:10.5555/abc"),
        ("http://hdl.handle.net/10024/1", "handle:10024/1"),
        ("http://urn.fi/URN:NBN:fi:tty-1", "urn:nbn:fi:tty-1"),
        ("URN:NBN:fi:tty-1", "urn:nbn:fi:tty-1"),
        ("urn:isbn:978-952-03-1234-5", "urn:isbn:9789520312345"),
        ("https://openalex.org/W12", "web:openalex.org/W12"),
        ("virta:31313:RE02:2014", "virta:31313:re02:2014"),
    ],
)
def test_an_identifier_has_one_form_whatever_the_source_writes(identifier: str, key: str) -> None:
    assert one(ResearchOutput("x", {"en": "T"}, identifiers=(identifier,))).keys == (key,)


def test_a_home_page_identifies_no_organisation_and_a_local_code_nothing_elsewhere() -> None:
    claim = one(
        Organisation(
            "a/T1", {"en": "Unit"}, ("T1", "https://example.org/", "https://ror.org/020hwjq30")
        )
    )
    assert claim.keys == ("web:ror.org/020hwjq30",)
    course = one(Course("aalto", "cs-c3240", {"en": "ML"}, identifiers=("g-1",)))
    assert course.keys == ("course:aalto|g-1", "course-code:aalto|CS-C3240")


def test_likeness_needs_a_telling_title_a_year_and_an_author() -> None:
    author = Person("w/1", "Metsä, Maija")
    title = {"en": "A study of learning in the forests"}
    full = ResearchOutput("w", title, ("w/1",), year=2024)
    assert one(author, full).likeness == "a study of learning in the forests|2024|metsa"
    assert one(full).likeness == "", "no author"
    assert one(author, ResearchOutput("w", title, ("w/1",))).likeness == "", "no year"
    vague = {"en": "Editorial: the state of the art today"}
    assert one(author, ResearchOutput("w", vague, ("w/1",), year=2024)).likeness == ""


def test_names_meet_in_any_order() -> None:
    assert name_key("Metsä, Maija Liisa") == name_key("Maija Liisa Metsä") == "liisa-maija-metsa"
    assert family_key("Metsä, M.") == family_key("Maija Metsä") == "metsa"
    assert initial_key("Metsä, M.") == initial_key("Maija Metsä") == "metsa|m"
    assert name_key("…") == name_key("…") != name_key("—")


def test_a_claim_survives_its_line() -> None:
    claim = Claim("https://x/1", "output", ("doi:10.1/a",), "l", "ä", (("https://x/p", "N"),))
    assert Claim.from_line(claim.to_line()) == claim
