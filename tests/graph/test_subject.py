from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from graph.subject import DATE, DECIMAL, Subject, shared_link, shared_literal

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1)


@given(TEXT, st.sampled_from(["en", "fi", "sv", "und", "EN-gb"]))
def test_whatever_a_text_holds_the_engine_reads_it_back(text: str, language: str) -> None:
    subject = Subject("https://x/1").text("https://x/p", {language: text}).plain("https://x/q", text)
    node, tagged, plain = NamedNode("https://x/1"), Literal(text, language=language), Literal(text)
    assert subject.triples() == [
        Triple(node, NamedNode("https://x/p"), tagged), Triple(node, NamedNode("https://x/q"), plain),
    ]  # fmt: skip
    assert all(line.count("\n") == 1 for line in subject.lines)


@given(TEXT, st.sampled_from([None, DECIMAL]))
def test_shared_statements_are_written_like_any_other(text: str, datatype: str | None) -> None:
    prop, iri = "https://x/p", "https://x/2"
    one = Subject("https://x/1").iri(prop, iri).plain(prop, text, datatype)
    literal, link = shared_literal(prop, datatype), shared_link(prop)
    for _ in range(2):
        assert Subject("https://x/1").often(link(iri), literal(text)).lines == one.lines
    with pytest.raises(ValueError):
        link("no address")


@pytest.mark.parametrize("iri", ["", "no scheme", "https://x/a b", "https://x/<a>", 'https://x/"'])
def test_what_is_no_address_is_refused(iri: str) -> None:
    with pytest.raises(ValueError):
        Subject(iri)
    if iri:
        with pytest.raises(ValueError):
            Subject("https://x/1").iri("https://x/p", iri)


def test_half_characters_and_false_languages_are_refused() -> None:
    with pytest.raises(ValueError):
        Subject("https://x/1").text("https://x/p", {"no language": "x"})
    with pytest.raises(ValueError):
        "".join(Subject("https://x/1").plain("https://x/p", "\ud800").lines).encode()


def test_absent_values_say_nothing_and_types_are_kept() -> None:
    subject = Subject("https://x/1", "https://x/T").plain("https://x/p", None).plain("https://x/p", "")
    subject.iri("https://x/p", None).flag("https://x/f", None).day("https://x/d", None)
    assert len(subject.lines) == 1
    subject.day("https://x/d", date(2026, 1, 2)).plain("https://x/n", 5, DECIMAL).flag(
        "https://x/f", False
    )
    typed = [triple.object for triple in subject.triples()[1:]]
    assert typed[0] == Literal("2026-01-02", datatype=NamedNode(DATE))
    assert typed[2] == Literal("false", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))
