from __future__ import annotations

import pytest

from loaders.linking.titles import title_parts


@pytest.mark.parametrize(
    ("title", "language", "first", "others"),
    [
        ("Senior Software Developer (m/f/d), Helsinki", "en", "Software Developer, Helsinki", {"Software Developer"}),
        ("We are looking for a Data Engineer at Acme Oy", "en", "Data Engineer at Acme", {"Data Engineer"}),
        ("C++ developer, full-time", "en", "C++ developer", set()),
        ("Sairaanhoitaja, kesätyö 2026, Oulu", "fi", "Sairaanhoitaja, Oulu", {"Sairaanhoitaja"}),
        ("Haemme kokenutta ohjelmistokehittäjää - Esimerkki Oyj", "fi", "ohjelmistokehittäjää", set()),
        ("Lähihoitaja / sairaanhoitaja (2 paikkaa)", "fi", "Lähihoitaja", {"sairaanhoitaja"}),
        ("Kokki Lappiin kaudelle", "fi", "Kokki Lappiin kaudelle", {"Kokki"}),
        ("Laadunvalvoja, tekstiilit, määräaikainen", "fi", "Laadunvalvoja, tekstiilit", {"Laadunvalvoja"}),
        ("Sjuksköterska till avdelning 5, vikariat 100 %", "sv", "Sjuksköterska till avdelning", {"Sjuksköterska"}),
        ("Vi söker en erfaren lärare i matematik", "sv", "lärare i matematik", {"lärare"}),
    ],
)  # fmt: skip
def test_what_names_no_occupation_is_taken_away(
    title: str, language: str, first: str, others: set[str]
) -> None:
    parts = title_parts(title, language)
    assert parts[0] == first
    assert others <= set(parts)


@pytest.mark.parametrize(
    "title",
    ["", "!!!", "2026", "(m/f/d)", "100 %", "- – ,", "Open application", "Join our talent community",
     "Avoin hakemus", "Kesätyöt 2026", "Sommarjobb på Åland"],
)  # fmt: skip
def test_nothing_may_be_left(title: str) -> None:
    assert title_parts(title, "en") == ()


def test_a_long_title_takes_no_long_time() -> None:
    assert len(title_parts("Engineer, " * 10_000, "en")) <= 4


def test_other_languages_are_read_by_the_rules_for_all() -> None:
    assert title_parts("Ingenieur (m/w/d) - Beispiel GmbH", "de") == ("Ingenieur", "Beispiel")
