from __future__ import annotations

import pytest

from loaders.research.people import (
    display_name,
    family_given,
    institution,
    orcid_of,
    parse_orcid,
    person,
    ror_of,
    university_in,
)

IDS = "0000-0002-1825-0097"


@pytest.mark.parametrize(
    "text",
    [
        IDS, f"https://orcid.org/{IDS}", f"http://orcid.org/{IDS}/", f"orcid.org/{IDS}", f"ORCID:{IDS}",
        "0000000218250097", f" {IDS} ", f"https://sandbox.orcid.org/{IDS}", f"http://www.orcid.org/{IDS}",
    ],
)  # fmt: skip
def test_an_orcid_in_every_written_form(text: str) -> None:
    assert orcid_of(text) == parse_orcid(text) == IDS


def test_a_check_digit_of_ten_is_an_x() -> None:
    assert orcid_of("https://orcid.org/0000-0002-1694-233x") == "0000-0002-1694-233X"


@pytest.mark.parametrize("text", ["0000-0002-1825-0098", "0000-0002-1825-009", "x", 5, ["x"], {}])
def test_what_is_no_orcid_is_told_or_none(text: object) -> None:
    assert orcid_of(text) is None
    with pytest.raises(ValueError, match="ORCID"):
        parse_orcid(text)


def test_an_absent_orcid_is_no_fault() -> None:
    assert parse_orcid(None) is parse_orcid("") is None


def test_a_ror_in_every_written_form() -> None:
    for text in (
        "https://ror.org/020hwjq30",
        "ror.org/020HWJQ30",
        "020hwjq30",
        "http://ror.org/020hwjq30/",
    ):
        assert ror_of(text) == "https://ror.org/020hwjq30"
    assert ror_of("https://www.grid.ac/institutes/grid.5373.2") is ror_of(None) is ror_of(7) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Metsä, Maija", ("Metsä", "Maija")),
        ("van der Laan, J. M.", ("van der Laan", "J. M.")),
        ("King, Martin, Jr.", ("King", "Martin Jr.")),
        ("Martin King, Jr.", ("", "Martin King Jr.")),
        ("Maija Metsä", ("", "Maija Metsä")),
        ("Plato,", ("", "Plato")),
        ("  Metsä ,  Maija ", ("Metsä", "Maija")),
        ("", ("", "")),
    ],
)
def test_names_with_the_family_first(text: str, names: tuple[str, str]) -> None:
    assert family_given(text) == names


def test_a_name_as_it_is_spoken() -> None:
    assert display_name("Metsä", " Maija ") == "Maija Metsä"
    assert display_name("", "Plato") == "Plato"
    assert display_name("Metsä,", "M. ;") == "M. Metsä"


def test_keys_of_persons() -> None:
    known = person(
        "doi-10.5555/a", "Maija Metsä", f"https://orcid.org/{IDS}", affiliations=("aalto", "aalto")
    )
    assert known.key == f"orcid-{IDS}"
    assert known.orcid == f"https://orcid.org/{IDS}"
    assert known.affiliations == ("aalto",)
    assert person("doi-10.5555/a", "Maija Metsä").key == "doi-10.5555/a/maija-metsa"
    assert person("doi-10.5555/a", "Maija Metsä", own_key="pure-x-1").key == "pure-x-1"
    wrong = person("doi-10.5555/a", "Maija Metsä", "0000-0002-1825-0098")
    assert (wrong.key, wrong.orcid) == ("doi-10.5555/a/maija-metsa", None)


def test_an_organisation_is_known_by_list_ror_or_the_sources_own_id() -> None:
    listed = institution("Aalto Univ", "https://ror.org/020hwjq30", "fi", "x-1", ("x:1",))
    assert listed is not None
    assert (listed.key, listed.name, listed.country) == ("aalto", {}, "FI")
    assert listed.identifiers == ("https://ror.org/020hwjq30", "x:1")
    other = institution("Example <b>Institute</b>", "02nr0ka47", "CA", "x-1", language="en")
    assert other is not None
    assert (other.key, other.name) == ("ror-02nr0ka47", {"en": "Example Institute"})
    own = institution({"fi": "Esimerkki", "en": "Example"}, None, "Finland", "x-1")
    assert own is not None
    assert (own.key, own.name, own.country) == ("x-1", {"fi": "Esimerkki", "en": "Example"}, None)
    assert institution("Nameless Works", country="FI") is None
    nameless = institution("", "02nr0ka47")
    assert nameless is not None
    assert (nameless.key, nameless.name) == ("ror-02nr0ka47", {})


def test_a_listed_university_is_known_by_name_in_any_language_at_home() -> None:
    for name in (
        "Aalto-yliopisto",
        "aalto university",
        "Department of Physics, Aalto University, Finland",
    ):
        found = institution(name)
        assert found is not None
        assert (found.key, found.name) == ("aalto", {})
    assert institution("University of Vaasa", country="SE", source_key="x-1").key == "x-1"  # type: ignore[union-attr]
    assert institution("University of Vaasa", "02nr0ka47").key == "ror-02nr0ka47"  # type: ignore[union-attr]


def test_a_unit_is_not_its_university() -> None:
    unit = institution("Aalto University", None, "FI", "aalto/T3", part_of="aalto")
    assert unit is not None
    assert (unit.key, unit.part_of) == ("aalto/T3", "aalto")


def test_a_university_in_a_printed_affiliation() -> None:
    assert university_in("School of Science, Aalto University, Espoo, Finland") == "aalto"
    assert university_in("Åbo Akademi; Turku") == "abo"
    assert university_in("University of Vaasa Press, Vaasa") is None
    assert university_in("") is None


def test_a_record_called_unknown_is_no_organisation() -> None:
    assert institution({"en": "Unknown", "fi": "tuntematon"}, source_key="pure-1") is None
    assert institution({"en": "Unknown Pleasures Institute"}, source_key="pure-2") is not None
    assert institution("unknown", ror="https://ror.org/020hwjq30") is not None
