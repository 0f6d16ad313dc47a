from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.texts import text
from loaders.texts.text import (
    guess_language,
    honest_languages,
    lang_text,
    parse_day,
    parse_doi,
    parse_number,
    parse_year,
    plain_text,
)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("<ol><li>First</li><li>Second &amp; third</li></ol>", "First\n\nSecond & third"),
        ("It&#39;s &#61; fine\r\nnow", "It's = fine\nnow"),
        ("a < b and c > d", "a < b and c > d"),
        ("  \u00a0 x \u00a0\u00a0 y ", "x y"),
        ("<script>alert(1)</script><p>safe</p>", "safe"),
        ("soft\u00adhyphen\x00", "softhyphen"),
        (" ", ""),
    ],
)
def test_plain_text(raw: str, plain: str) -> None:
    assert plain_text(raw) == plain


@given(st.text(max_size=300))
def test_plain_text_is_stable(text: str) -> None:
    once = plain_text(text)
    assert once == once.strip()
    assert "\x00" not in once
    assert "\r" not in once


def test_empty_languages_are_left_out() -> None:
    assert lang_text({"fi": "Nimi", "sv": " ", "en": None, "EN-gb": "Name"}) == {
        "fi": "Nimi",
        "en-gb": "Name",
    }
    assert lang_text(None) == {}
    assert lang_text("Nimi", "fi") == {"fi": "Nimi"}


@pytest.mark.parametrize("value", [5, ["x"], {"fi": 5}, {"not a tag!": "x"}, {"fi": "x" * 100_001}])
def test_what_is_no_text_is_told(value: object) -> None:
    with pytest.raises(ValueError):
        lang_text(value)


def test_the_same_english_text_in_three_fields_is_one_english_text() -> None:
    text = "The student knows the basics of the field and is able to use them in practice."
    assert honest_languages({"fi": text, "sv": text, "en": text}) == {"en": text}


def test_a_finnish_text_repeated_under_swedish_is_finnish() -> None:
    text = (
        "Opiskelija osaa soveltaa menetelmiä ja tuntee kurssin keskeiset käsitteet sekä mallit, että ne"
    )
    other = "The student is able to apply the methods and knows the terms of the course"
    assert honest_languages({"fi": text, "sv": text, "en": other}) == {"fi": text, "en": other}


def test_different_texts_stay_apart() -> None:
    texts = {"fi": "Tekoäly", "en": "Artificial intelligence"}
    assert honest_languages(texts) == texts


def test_languages_are_only_guessed_when_clear() -> None:
    assert guess_language("Machine learning") is None
    assert (
        guess_language("Kursen ger en bild av det som är viktigt för studenten och av teorin") == "sv"
    )


def test_days() -> None:
    assert parse_day("2026-01-31T10:00:00") == date(2026, 1, 31)
    assert parse_day(None) is None
    for wrong in ("31.1.2026", "2026-02-30", 20260131, "soon"):
        with pytest.raises(ValueError, match="a date like"):
            parse_day(wrong)


def test_numbers() -> None:
    assert parse_number("2,5") == Decimal("2.5")
    assert parse_number(5) == Decimal(5)
    assert str(parse_number("10")) == "10"
    assert parse_number("") is None
    for wrong in ("-1", "NaN", "many", True, [5], "1e30"):
        with pytest.raises(ValueError, match="a number"):
            parse_number(wrong)


def test_doi_and_year() -> None:
    assert parse_doi("https://doi.org/10.5555/ABC") == "10.5555/abc"
    assert parse_year("2022") == 2022
    with pytest.raises(ValueError):
        parse_doi("abc")
    for wrong in ("22", 9999, "2022?", True):
        with pytest.raises(ValueError):
            parse_year(wrong)


@pytest.mark.parametrize("depth", [10, 2_000, 20_000])
def test_no_text_is_lost_however_deep_the_tags_nest(depth: int) -> None:
    assert plain_text("start" + "<div>" * depth + "end").split() == ["start", "end"]


def test_scripts_comments_and_styles_are_no_text() -> None:
    assert plain_text("a<script>alert('<p>x</p>')</script><style>b{}</style><!-- c --> d") == "a d"


def test_two_states_of_one_english_text_are_one() -> None:
    words = "After the course the student can design and test programs in teams and explain the choices of the team"
    assert honest_languages({"fi": words.replace(" ", "\n", 1), "en": words}) == {"en": words}
    assert honest_languages({"fi": words + " well", "sv": words, "en": words}) == {"en": words}
    finnish = "Opintojakson jälkeen opiskelija osaa suunnitella ja testata ohjelmia ja perustella valinnat sekä kurssin"
    assert honest_languages({"fi": finnish, "en": words}) == {"fi": finnish, "en": words}


ODD = st.text(
    st.sampled_from("ab.,\n \t\r\x0b\x85\xa0\u2028\u3000\xad\u200b\ufeff\0\ud800"), max_size=30
)


@given(ODD)
def test_the_short_ways_give_what_the_long_one_gives(value: str) -> None:
    clean = text._CONTROL.sub(" ", value).replace("\r\n", "\n").replace("\r", "\n").replace("\xad", "")
    lines = re.sub(r"\s*\n\s*(?:\n\s*)+", "\n\n", re.sub(r"[^\S\n]+", " ", clean))
    assert plain_text(value) == "\n".join(line.strip() for line in lines.split("\n")).strip()
