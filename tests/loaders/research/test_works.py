from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from graph.records import Concept, ConceptRelation, Organisation, Person
from loaders.readers.fields import Fields
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item
from loaders.research.works import (
    UNKNOWN,
    Told,
    day_of_parts,
    objects,
    texts,
    work_identifier,
    work_type,
    year_of_parts,
)
from loaders.texts.jats import jats_text


def test_faults_in_a_list_cost_themselves_only() -> None:
    fields = Fields(Item(SourceFile(Path("f.json")), "item 1", {}), "x")
    assert objects(fields, "a", [{"b": 1}, None, "x", 5, {}]) == [{"b": 1}, {}]
    assert objects(fields, "a", {"b": 1}) == [{"b": 1}]
    assert objects(fields, "a", None) == []
    assert [warning.reason for warning in fields.warnings] == [
        "2 of the entries were left out: objects were expected."
    ]
    assert objects(fields, "a", "x") == []
    assert len(fields.warnings) == 2


def test_texts_of_a_list_or_alone() -> None:
    assert texts(["a", None, " ", "b"]) == ("a", "b")
    assert texts("a") == ("a",)
    assert texts(None) == texts([]) == ()
    with pytest.raises(ValueError, match="text"):
        texts(["a", {}])


@pytest.mark.parametrize(
    ("scheme", "value", "identifier"),
    [
        ("DOI", "https://doi.org/10.5555/A", "https://doi.org/10.5555/a"),
        ("Handle", "http://hdl.handle.net/10138/1", "handle:10138/1"),
        ("URN", "URN:NBN:fi-fe20", "urn:nbn:fi-fe20"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/294", "pmid:294"),
        ("pmid", 294, "pmid:294"),
        ("pmcid", "https://www.ncbi.nlm.nih.gov/pmc/articles/581", "pmcid:PMC581"),
        ("pmc", "PMC581", "pmcid:PMC581"),
        ("arXiv", "arXiv:0706.0001v2", "arxiv:0706.0001"),
        ("eid", "2-s2.0-85012345678", "scopus:2-s2.0-85012345678"),
        ("wosuid", "wos:000400822700001", "wos:000400822700001"),
        ("mag", "274", "mag:274"),
        ("isbn", "0306406152", "urn:isbn:9780306406157"),
        ("Local accession number", "12", None),
        ("doi", None, None),
        (None, "x", None),
    ],
)  # fmt: skip
def test_identifiers_of_works_are_the_same_in_all_sources(
    scheme: object, value: object, identifier: object
) -> None:
    assert work_identifier(scheme, value) == identifier


@pytest.mark.parametrize(
    ("scheme", "value"), [("doi", "x"), ("handle", "12"), ("pmid", "x"), ("isbn", "1"), ("urn", "x")]
)
def test_identifiers_of_another_scheme_are_told(scheme: str, value: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        work_identifier(scheme, value)


def test_dates_in_parts() -> None:
    assert (year_of_parts([2025, 3, 1]), day_of_parts([2025, 3, 1])) == (2025, date(2025, 3, 1))
    assert (year_of_parts(["2025", "03"]), day_of_parts(["2025", "03"])) == (2025, None)
    assert (year_of_parts([None]), day_of_parts([None])) == (None, None)
    assert (year_of_parts([]), day_of_parts([2025, 0, 0])) == (None, None)
    assert year_of_parts([2025, 2, 30]) == 2025
    with pytest.raises(ValueError, match="2025-2-30"):
        day_of_parts([2025, 2, 30])
    with pytest.raises(ValueError, match="year"):
        year_of_parts(["x"])


def test_kinds_of_works_have_one_word() -> None:
    words = {
        "openalex": "article",
        "crossref": "journal-article",
        "datacite": "JournalArticle",
        "orcid": "journal-article",
    }
    assert {work_type(source, word) for source, word in words.items()} == {"journal article"}
    assert work_type("orcid", "new-kind") == "new kind"
    assert work_type("crossref", None) is None


def test_places_and_topics_are_told_once_and_again_when_they_say_more() -> None:
    told = Told()
    person, place = Person("orcid-1", "A"), Organisation("ror-1", {"en": "B"})
    concept = Concept("https://example.org/c", "concept", {"en": "D"})
    broader = ConceptRelation("https://example.org/c", "broader", "https://example.org/b")
    assert told.new([place, person, concept, broader]) == (place, person, concept, broader)
    more = Organisation("ror-1", {"en": "B"}, country="FI")
    assert told.new([place, person, concept, broader, more]) == (person, more)


@pytest.mark.parametrize("text", [":unav", "(:unav)", ":TBA", ":null"])
def test_words_for_missing_values(text: str) -> None:
    lower = UNKNOWN.fullmatch(text.lower())
    assert lower
    assert not UNKNOWN.fullmatch("unavailable")


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        (None, ""),
        ("Plain", "Plain"),
        ("On CO<sub>2</sub> &amp; <scp>LIN</scp>28", "On CO2 & LIN28"),
        ("Of &lt;i&gt;Salmonella&lt;/i&gt;", "Of Salmonella"),
        ("p &lt; 0.05", "p < 0.05"),
        ("<jats:title>Abstract</jats:title><jats:p>One.</jats:p><jats:p>Two.</jats:p>", "One.\n\nTwo."),
        ("<p>Abstract art today</p>", "Abstract art today"),
        (
            "<jats:sec><jats:title>Aims</jats:title><jats:p>To <jats:italic>see</jats:italic>.</jats:p></jats:sec>",
            "Aims\n\nTo see.",
        ),
        (
            "Of <inline-formula><alternatives><tex-math>$a$</tex-math><mml:math><mml:mi>a</mml:mi></mml:math>"
            "</alternatives></inline-formula>s",
            "Of as",
        ),
        ("<jats:p>A <script>alert(1)</script>text</jats:p>", "A text"),
    ],
)
def test_texts_of_publishers(source: object, plain: str) -> None:
    assert jats_text(source) == plain


@pytest.mark.parametrize("wrong", [5, ["x"], "x" * 200_000])
def test_what_is_no_text_is_told(wrong: object) -> None:
    with pytest.raises(ValueError, match="text"):
        jats_text(wrong)
