from __future__ import annotations

import time

import pytest

from loaders.research.bylines import Author, is_group, join_byline, split_byline


@pytest.mark.parametrize(
    ("text", "count", "names"),
    [
        ("Metsä, Maija; Virta, Veli", None, ["Metsä, Maija", "Virta, Veli"]),
        ("Metsä, M ;Virta, V; et al", None, ["Metsä, M", "Virta, V"]),
        ('"Metsä, Maija; Virta, Veli"', None, ["Metsä, Maija", "Virta, Veli"]),
        ("Metsä, Maija (toim.); Virta, Veli (ed.)", None, ["Metsä, Maija", "Virta, Veli"]),
        ("Metsä, Maija", None, ["Metsä, Maija"]),
        ("Metsä, Maija", 2, ["Metsä", "Maija"]),
        ("Metsä, Maija", 1, ["Metsä, Maija"]),
        ("Metsä M, Virta VA, Puu P-K", None, ["Metsä M", "Virta VA", "Puu P-K"]),
        ("Metsä, M., Virta, V.", None, ["Metsä, M.", "Virta, V."]),
        ("Metsä, Maija, Virta, Veli", 2, ["Metsä, Maija", "Virta, Veli"]),
        ("Metsä, Maija, Virta", None, ["Metsä, Maija, Virta"]),
        ("", None, []),
        ("; ;", None, []),
    ],
)
def test_a_byline_is_split_into_names(text: str, count: int | None, names: list[str]) -> None:
    assert split_byline(text, count) == names


def test_groups_are_no_people() -> None:
    assert is_group("Collaboration TCDF")
    assert is_group("Tampereen yliopisto")
    assert is_group("Luonnonvarakeskus")
    assert is_group("Puu Oy")
    assert not is_group("Metsä, Maija")
    assert not is_group("Group")
    people = join_byline("k", ["Metsä, Maija", "The ATLAS Collaboration"], [])
    assert [person.name for person in people] == ["Maija Metsä"]


def test_own_authors_are_found_in_the_byline() -> None:
    maija = Author("Metsä", "Maija Anneli", "0000-0002-1825-0097", ("aalto/T1",))
    veli = Author("Virta", "Veli", affiliations=("aalto",))
    people = join_byline("k", ["Puu, P", "Virta, V.", "Metsa, MA"], [maija, veli])
    assert [person.name for person in people] == ["P Puu", "Veli Virta", "Maija Anneli Metsä"]
    assert [person.key for person in people] == ["k/p-puu", "k/v-virta", "orcid-0000-0002-1825-0097"]
    assert [person.affiliations for person in people] == [(), ("aalto",), ("aalto/T1",)]


def test_an_author_who_does_not_stand_in_the_byline_comes_after_it() -> None:
    people = join_byline("k", ["Puu, Pekka"], [Author("Metsä", "Maija")])
    assert [person.name for person in people] == ["Pekka Puu", "Maija Metsä"]
    assert [person.name for person in join_byline("k", [], [Author("", "Maija")])] == ["Maija"]


def test_the_surest_match_is_taken_first() -> None:
    people = join_byline(
        "k", ["Virta, V.", "Virta, Ville"], [Author("Virta", "Ville", affiliations=("a",))]
    )
    assert [person.affiliations for person in people] == [(), ("a",)]
    # Another given name is another person.
    people = join_byline("k", ["Virta, Anna"], [Author("Virta", "Ville")])
    assert [person.name for person in people] == ["Anna Virta", "Ville Virta"]


def test_names_without_a_comma_are_matched_too() -> None:
    (person,) = join_byline("k", ["Maija Metsä"], [Author("Metsä", "Maija", "0000-0002-1825-0097")])
    assert person.key == "orcid-0000-0002-1825-0097"
    (person,) = join_byline("k", ["Maija Metsä"], [Author("", "Maija Metsä", "0000-0002-1825-0097")])
    assert person.orcid == "https://orcid.org/0000-0002-1825-0097"


def test_reports_of_two_universities_mean_the_same_people() -> None:
    names = ["Metsä, M", "Virta, V"]
    here = join_byline("k", names, [Author("Metsä", "Maija", affiliations=("aalto",))])
    there = join_byline("k", names, [Author("Virta", "Veli", affiliations=("oulu",))])
    assert [person.key for person in here] == [person.key for person in there]


def test_three_thousand_authors_take_no_time() -> None:
    names = [f"Name{number}, A" for number in range(3000)]
    authors = [Author(f"Name{number}", "Anna") for number in range(3000)]
    begun = time.perf_counter()
    assert len(join_byline("k", names, authors)) == 3000
    assert time.perf_counter() - begun < 3
