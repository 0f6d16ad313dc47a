from __future__ import annotations

import pytest

from loaders.readers.loose_json import (
    code_of,
    code_text,
    codes_at,
    first_of,
    listed,
    lower_keys,
    texts_at,
)
from loaders.research.handles import find_handle
from loaders.research.publication_ids import doi_in, nbn_in, parse_isbn, parse_issn
from loaders.research.publication_types import coar_type, is_part, okm_type, type_label
from loaders.universities import key_of_host, key_of_organisation_code


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("https://doi.org/10.1000/abc", "10.1000/abc"),
        ("DOI: 10.1000/abc.", "10.1000/abc"),
        ('http://dx."DOI".org/10.1000/abc', "10.1000/abc"),
        ("https://publisher.example.org/doi/10.1000/abc", "10.1000/abc"),
        ("10.1016/S0140-6736(05)67728-8", "10.1016/s0140-6736(05)67728-8"),
        ("(see 10.1000/abc)", "10.1000/abc"),
        # Cut at "<" it would be the DOI of every article of that issue.
        (
            "10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2",
            "10.1175/1520-0469(1963)020<0130:dnf>2.0.co;2",
        ),
        ("10.1175/1520(1963)020&lt;0130:DNF&gt;2.0.CO;2", "10.1175/1520(1963)020<0130:dnf>2.0.co;2"),
        ("<a>10.1000/abc</a>", "10.1000/abc"),
        (None, None),
        ("", None),
    ],
)
def test_a_doi_is_found_in_what_stands_around_it(written: object, doi: str | None) -> None:
    assert doi_in(written) == doi


@pytest.mark.parametrize("written", ["12.1000/abc", "none", 10.1, ["10.1000/abc"]])
def test_what_is_no_doi_is_told(written: object) -> None:
    with pytest.raises(ValueError, match="no DOI"):
        doi_in(written)


@pytest.mark.parametrize(
    ("written", "isbn"),
    [
        ("978-952-222-356-2", "9789522223562"),
        ("URN:ISBN:978-952-222-356-2", "9789522223562"),
        ("ISBN 978 952 222 356 2 (PDF)", "9789522223562"),
        ("952-222-356-5", "9789522223562"),
        ("0-8044-2957-X", "9780804429573"),
        (None, None),
    ],
)
def test_an_isbn_has_thirteen_digits(written: object, isbn: str | None) -> None:
    assert parse_isbn(written) == isbn


@pytest.mark.parametrize(
    "written", ["978-952-222-356-3", "123-45-6789", "isbn1", 9789522223562, "X" * 13]
)
def test_what_is_no_isbn_is_told(written: object) -> None:
    with pytest.raises(ValueError, match="no ISBN"):
        parse_isbn(written)


def test_issn() -> None:
    assert parse_issn("ISSN 1459-3467") == "1459-3467"
    assert parse_issn("urn:issn:14593467") == "1459-3467"
    assert parse_issn("2434-561x") == "2434-561X"
    assert parse_issn(None) is None
    for wrong in ("1459-3468", "issn1", 14593467):
        with pytest.raises(ValueError, match="no ISSN"):
            parse_issn(wrong)


def test_national_bibliography_numbers() -> None:
    assert nbn_in("http://urn.fi/URN:NBN:fi:tty-201912345678") == "urn:nbn:fi:tty-201912345678"
    assert nbn_in("urn:nbn:fi-fe2019") == "urn:nbn:fi-fe2019"
    assert nbn_in("URN:ISBN:978-952-222-356-2") is None
    assert nbn_in(None) is None


@pytest.mark.parametrize(
    ("written", "host", "key", "identifier"),
    [
        (
            "https://www.doria.fi/handle/10024/7", "",
            "handle-doria.fi-10024-7", "handle:doria.fi/10024/7",
        ),
        (
            "http://helda.helsinki.fi/xmlui/handle/10138/7/", "",
            "handle-helda.helsinki.fi-10138-7", "handle:10138/7",
        ),
        (
            "https://hdl.handle.net/10138/7", "helda.helsinki.fi",
            "handle-helda.helsinki.fi-10138-7", "handle:10138/7",
        ),
        ("hdl:10024/7", "", "handle-hdl.handle.net-10024-7", "handle:10024/7"),
        ("10024/7", "Trepo.tuni.fi:443", "handle-trepo.tuni.fi-10024-7", "handle:trepo.tuni.fi/10024/7"),
    ],
)  # fmt: skip
def test_handles(written: str, host: str, key: str, identifier: str) -> None:
    handle = find_handle(written, host)
    assert handle is not None
    assert handle.key == key
    assert handle.identifier == identifier


@pytest.mark.parametrize(
    "written", [None, "", "10024/7", "https://example.org/x", "https://example.org/handle/10024", 7]
)
def test_what_is_no_handle(written: object) -> None:
    assert find_handle(written) is None


def test_types() -> None:
    assert okm_type("A1") == "journal article"
    assert okm_type(" G2 Pro gradu, diplomityö") == "master thesis"
    assert okm_type(None) is None
    for wrong in ("A9", "Z1", "article", 5):
        with pytest.raises(ValueError, match="publication type"):
            okm_type(wrong)
    assert coar_type("http://purl.org/coar/resource_type/c_6501") == "journal article"
    assert coar_type("https://purl.org/coar/resource_type/R60J-J5BD/") == "conference presentation"
    assert coar_type("c_6501") is None
    assert type_label("info:eu-repo/semantics/masterThesis") == "master thesis"
    assert type_label("info:eu-repo/semantics/publishedVersion") is None
    assert type_label("D4 Julkaistu tutkimusraportti") == "research report"
    assert type_label("Diplomityö") == "master thesis"
    assert type_label("sarjajulkaisu") == "sarjajulkaisu"
    assert type_label("https://example.org/type") is None
    assert is_part("book part")
    assert is_part("journal article")
    assert not is_part("working paper")
    assert not is_part(None)


def test_loose_json() -> None:
    value = lower_keys(
        {"DOI": 1, "doi": 2, "Tekijat": {"Tekija": {"Yksikot": [{"YksikkoKoodi": "T1"}]}}}
    )
    assert value["doi"] == 1
    assert [*codes_at(value, "tekijat.tekija.yksikot.yksikkokoodi", "doi", "nothing.here")] == [
        "T1",
        "1",
    ]
    assert listed(None) == []
    assert listed({"a": 1}) == [{"a": 1}]
    assert listed([1, None, 2]) == [1, 2]
    assert code_text(7) == "7"
    assert code_text(" ") is None
    wrongs: list[object] = [True, ["x"], {"x": 1}]
    for wrong in wrongs:
        with pytest.raises(ValueError, match="a text or a number"):
            code_text(wrong)
    assert code_of({"content": 3111, "jnro": 1}) == "3111"
    assert code_of(["x"]) is None
    assert first_of({"a": "", "b": 0}, "a", "b") == 0
    assert texts_at({"a": ["x", " x ", "<b>y</b>"]}, "a") == ("x", "y")


def test_universities_by_code_and_host() -> None:
    assert key_of_organisation_code("10076") == "aalto"
    assert key_of_organisation_code("1904") == "oulu"
    assert key_of_organisation_code("99999") is None
    assert key_of_host("trepo.tuni.fi") == "tampere"
    assert key_of_host("www.utupub.fi") == "turku"
    assert key_of_host("example.org") is None
