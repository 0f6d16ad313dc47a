from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.base import Problem
from loaders.readers import xml_split
from loaders.readers.files import SourceFile
from loaders.readers.xml_stream import (
    Element,
    attribute,
    children,
    descend,
    local_name,
    read_elements,
    text_of,
    texts_of,
)

RECORD = (
    "<record><header><identifier>oai:example.org:{n}</identifier></header>"
    '<metadata><dc:dc xmlns:dc="http://example.org/dc"><dc:title xml:lang="fi">Työ {n}</dc:title>'
    "<dc:subject>a &amp; b</dc:subject></dc:dc></metadata></record>"
)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet href="s.xsl"?><!-- <record> in a comment -->\n'
    '<OAI-PMH xmlns="http://example.org/oai" xmlns:x="http://example.org/x"><ListRecords>\n'
)
TAIL = "<resumptionToken>t</resumptionToken></ListRecords></OAI-PMH>\n"


def document(records: list[str]) -> str:
    return HEAD + "\n".join(records) + TAIL


def many(count: int) -> list[str]:
    return [RECORD.format(n=n) for n in range(1, count + 1)]


def outcomes(
    path: Path, text: str | bytes, names: Collection[str] = ("record",)
) -> list[Element | Problem]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_elements(SourceFile(path), names))


def titles(found: list[Element | Problem]) -> list[str | None]:
    return [
        text_of(item.node, "metadata", "dc", "title") for item in found if isinstance(item, Element)
    ]


def told(found: list[Element | Problem]) -> list[Problem]:
    return [item for item in found if isinstance(item, Problem)]


def test_records_come_in_order_with_their_place(tmp_path: Path) -> None:
    found = outcomes(tmp_path / "a.xml", document(many(3)))
    assert titles(found) == ["Työ 1", "Työ 2", "Työ 3"]
    assert [item.place for item in found if isinstance(item, Element)] == [
        "record 1",
        "record 2",
        "record 3",
    ]


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("text", ["Service unavailable", "503 <b>gone</b>", "a < b & c", "x" * 100_000])
def test_a_record_replaced_by_plain_text_is_told(tmp_path: Path, place: int, text: str) -> None:
    records = many(3)
    records[place] = text
    found = outcomes(tmp_path / "a.xml", document(records))
    (problem,) = told(found)
    assert problem.record == f"record {place + 1}"
    assert "plain text stands in its place" in problem.reason
    assert text.startswith(problem.raw.strip())
    assert len(titles(found)) == 2


def test_signs_between_records_and_texts_elsewhere_are_no_records(tmp_path: Path) -> None:
    one, two = many(2)
    text = f"<feed>all<date>2026</date><note>by hand</note><list>{one}>\n,{two}</list>more</feed>"
    assert not told(outcomes(tmp_path / "a.xml", text))


def test_helpers_know_local_names_only(tmp_path: Path) -> None:
    (item,) = outcomes(tmp_path / "a.xml", document(many(1)))
    assert isinstance(item, Element)
    assert local_name(item.node) == "record"
    assert [local_name(child) for child in item.node] == ["header", "metadata"]
    assert len(children(item.node, "header")) == 1
    (title,) = descend(item.node, "metadata", "dc", "title")
    assert attribute(title, "lang") == "fi"
    assert attribute(title, "nothing") is None
    assert texts_of(item.node, "metadata", "dc", "subject") == ["a & b"]
    assert text_of(item.node, "metadata", "nothing") is None
    problem = item.problem("oai:1", "title", "It is bad.", "Mend it.")
    assert problem.record == "oai:1 (record 1)"
    assert "Työ 1" in problem.raw


def test_named_characters_of_html_are_read(tmp_path: Path) -> None:
    text = '<r><record t="I &hearts; &auml;"><![CDATA[&hearts; &amp;]]></record><record>&nope;</record></r>'
    item, problem = outcomes(tmp_path / "a.xml", text)
    assert isinstance(item, Element)
    assert attribute(item.node, "t") == "I ♥ ä"
    assert isinstance(problem, Problem)
    assert "nope" in problem.reason
    (whole,) = outcomes(tmp_path / "b.xml", "<r><record><![CDATA[&hearts;]]></record></r>")
    assert isinstance(whole, Element)
    assert text_of(whole.node) == "&hearts;"


def test_the_root_may_be_the_record(tmp_path: Path) -> None:
    (item,) = outcomes(tmp_path / "a.xml", "<Julkaisu><Nimi>x</Nimi></Julkaisu>", {"Julkaisu"})
    assert isinstance(item, Element)
    assert text_of(item.node, "Nimi") == "x"


def test_an_element_with_endless_attributes_costs_its_record(tmp_path: Path) -> None:
    endless = " ".join(f'a{n}="{n}"' for n in range(50_000))
    records = many(3)
    records[1] = records[1].replace("<header>", f"<header {endless}>")
    found = outcomes(tmp_path / "a.xml", document(records))
    (problem,) = told(found)
    assert "attributes" in problem.reason
    assert titles(found) == ["Työ 1", "Työ 3"]


def test_an_empty_element_is_a_record(tmp_path: Path) -> None:
    found = outcomes(tmp_path / "a.xml", "<r><record/><record /><record></record></r>")
    assert len(found) == 3
    assert not told(found)


def test_names_between_brackets_and_within_values_do_not_confuse(tmp_path: Path) -> None:
    text = (
        '<r a=">"><record b="/>">1<!-- </record> --><![CDATA[</record><record>]]></record>'
        "<records><record>2<?pi </record>?></record></records><recordless>x</recordless></r>"
    )
    found = outcomes(tmp_path / "a.xml", text)
    assert [text_of(item.node) for item in found if isinstance(item, Element)] == [
        "1</record><record>",
        "2",
    ]


def test_a_record_within_a_record_belongs_to_it(tmp_path: Path) -> None:
    inner = '<record><metadata><record xmlns="http://example.org/marc"><leader>{n}</leader></record></metadata></record>'
    whole = [inner.format(n=n) for n in range(4)]
    found = outcomes(tmp_path / "a.xml", document(whole))
    assert [
        text_of(i.node, "metadata", "record", "leader") for i in found if isinstance(i, Element)
    ] == list("0123")
    # Whichever of its end tags is lost, one record is lost.
    for damaged in (
        whole[1][: -len("</record>")],
        whole[1].replace("</record></metadata>", "</metadata>"),
    ):
        found = outcomes(tmp_path / "b.xml", document([whole[0], damaged, *whole[2:]]))
        assert [isinstance(item, Element) for item in found] == [True, False, True, True]
    plain = "<r><record>1<record>2</record></record><record>3</record></r>"
    assert len(outcomes(tmp_path / "c.xml", plain)) == 2


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16", "UTF-16LE", "UTF-8"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = document(many(3)).replace("UTF-8", encoding)
    assert titles(outcomes(tmp_path / "a.xml", text.encode(encoding))) == ["Työ 1", "Työ 2", "Työ 3"]


def test_marks_and_declarations_that_contradict_the_bytes(tmp_path: Path) -> None:
    assert len(titles(outcomes(tmp_path / "a.xml", b"\xef\xbb\xbf" + document(many(3)).encode()))) == 3
    text = document(many(3)).replace("UTF-8", "UTF-16").encode()
    assert titles(outcomes(tmp_path / "b.xml", text))[0] == "Työ 1"
    (problem,) = told(outcomes(tmp_path / "c.xml", document(many(3)).replace("UTF-8", "base64")))
    assert problem.record == ""
    assert "base64" in problem.reason


def test_namespaces_and_language_of_the_ancestors_hold_in_each_record(tmp_path: Path) -> None:
    text = (
        '<a:r xmlns:a="http://example.org/a" xml:lang="sv"><b xmlns:c="http://example.org/c">'
        '<record c:k="v"><c:t/></record></b><record><c:t/></record></a:r>'
    )
    found = outcomes(tmp_path / "a.xml", text)
    assert isinstance(found[0], Element)
    assert found[0].node[0].tag == "{http://example.org/c}t"
    assert found[0].node.xpath("ancestor-or-self::*/@xml:lang") == ["sv"]
    assert isinstance(found[1], Problem)  # c is not declared there


BILLION = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><r><record>&j;</record></r>"
)
FOREIGN = '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><r><record>&e;</record></r>'


@pytest.mark.parametrize(
    "text",
    [BILLION, FOREIGN, FOREIGN.replace("DOCTYPE", "doctype"), "<!DOCTYPE html><html><br></html>"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(tmp_path: Path, text: str, encoding: str) -> None:
    (problem,) = outcomes(tmp_path / "a.xml", text.replace('1.0"?', '1.0" ?').encode(encoding))
    assert isinstance(problem, Problem)
    assert problem.record == ""
    assert "DOCTYPE" in problem.reason


def test_an_entity_that_is_not_of_xml_costs_its_record(tmp_path: Path) -> None:
    records = many(3)
    records[1] = records[1].replace("Työ", "&e;&nbsp;")
    found = outcomes(tmp_path / "a.xml", document(records))
    assert titles(found) == ["Työ 1", "Työ 3"]


DAMAGES = {
    "an unclosed tag": lambda r: r.replace("</dc:title>", ""),
    "a stray &": lambda r: r.replace("Työ", "a & b"),
    "a stray <": lambda r: r.replace("Työ", "a < b"),
    "a bad byte": lambda r: r.replace("Työ", "\udcff"),
    "a NUL": lambda r: r.replace("Työ", "\x00"),
    "no end tag": lambda r: r.removesuffix("</record>"),
    "an end tag without /": lambda r: r.removesuffix("</record>") + "<record>",
    "half an end tag": lambda r: r.removesuffix("cord>"),
    "an end tag without >": lambda r: r.removesuffix(">"),
    "an end tag without <": lambda r: r.removesuffix("</record>") + "/record>",
    "no start tag": lambda r: r.removeprefix("<record>"),
    "half a start tag": lambda r: "<re" + r.removeprefix("<record>"),
    "a start tag without >": lambda r: "<record" + r.removeprefix("<record>"),
    "a start tag with an open quote": lambda r: '<record a="' + r.removeprefix("<record>"),
    "an open quote": lambda r: r.replace('"fi"', '"fi'),
    "cut in the middle": lambda r: r[:100] + "</record>",
    "cut off": lambda r: r[:100],
    "an open comment": lambda r: r.replace("Työ", "<!--"),
    "an open CDATA": lambda r: r.replace("Työ", "<![CDATA["),
    "an end tag inside": lambda r: r.replace("</metadata>", "</ListRecords>"),
    "a control character": lambda r: r.replace("Työ", "\x01"),
    "text of nothing": lambda r: "<record>\ufffe</record>",
    "deep": lambda r: r.replace("Työ", "<a>" * 5000 + "</a>" * 5000),
    "a document type": lambda r: r.replace("Työ", "<!DOCTYPE x>"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_damaged_record_costs_itself_only(tmp_path: Path, damage: str, place: int) -> None:
    records = many(5)
    records[place] = DAMAGES[damage](records[place])
    found = outcomes(tmp_path / "a.xml", document(records).encode("utf-8", "surrogateescape"))
    assert len(found) == 5, [str(item)[:200] for item in found]
    assert [n for n, item in enumerate(found) if isinstance(item, Problem)] == [place]
    (problem,) = told(found)
    assert problem.record == f"record {place + 1}"
    assert problem.raw


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("<!-- ", " a comment -->"), ("<![CDATA[", " a text ]]>"), ("<?x ", " y ?>")],
)
def test_what_is_not_closed_does_not_take_the_next_record(
    tmp_path: Path, opening: str, closing: str
) -> None:
    records = [one.replace("<header>", f"<header>{opening}{closing}") for one in many(5)]
    records[1] = records[1].replace(closing, "")
    found = outcomes(tmp_path / "a.xml", document(records))
    assert len(found) == 5
    assert titles(found) == ["Työ 1", "Työ 3", "Työ 4", "Työ 5"]


@pytest.mark.parametrize("place", [0, 2, 4])
def test_an_end_tag_that_lost_its_slash_costs_its_record(tmp_path: Path, place: int) -> None:
    records = many(5)
    records[place] = records[place].replace("</record>", "<record>")
    found = outcomes(tmp_path / "a.xml", document(records))
    assert len(found) == 5
    assert [n for n, one in enumerate(found) if isinstance(one, Problem)] == [place]


def test_neighbours_may_be_damaged_too(tmp_path: Path) -> None:
    records = many(12)
    for place in (2, 3, 4, 5, 6, 7, 9):
        records[place] = records[place].removesuffix("</record>")
    found = outcomes(tmp_path / "a.xml", document(records))
    assert len(found) == 12
    assert len(told(found)) == 7


@pytest.mark.parametrize("cut", [30, 100, 240, 700])
def test_a_document_that_breaks_off(tmp_path: Path, cut: int) -> None:
    whole = document(many(5)).encode()
    found = outcomes(tmp_path / "a.xml", whole[:-cut])
    assert isinstance(found[-1], Problem)
    assert found[-1].record == ""
    assert "breaks off" in found[-1].reason
    assert len(titles(found)) == whole[:-cut].count(b"</record>")
    assert len(told(found)) == 1
    packed = outcomes(tmp_path / "b.xml.gz", gzip.compress(whole * 50)[:-cut])
    assert [item.record for item in told(packed)] == [""]


def test_what_is_no_xml_is_told_and_nothing_is_nothing(tmp_path: Path) -> None:
    for text in ('{"error": "no"}', "Service unavailable", "a < b", "<?xml version='1.0'?>"):
        (problem,) = outcomes(tmp_path / "a.xml", text)
        assert isinstance(problem, Problem)
        assert "no XML" in problem.reason
    assert outcomes(tmp_path / "b.xml", " \n") == []
    assert outcomes(tmp_path / "c.xml", "<OAI-PMH><error>noRecordsMatch</error></OAI-PMH>") == []


def test_whole_replies_one_after_another(tmp_path: Path) -> None:
    assert len(titles(outcomes(tmp_path / "a.xml", document(many(2)) * 3))) == 6


def test_records_across_the_ends_of_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = document(many(3))
    for size in (1, 2, 3, 7, 50, 399, 1000):
        monkeypatch.setattr("loaders.readers.encodings.CHUNK", size)
        assert titles(outcomes(tmp_path / "a.xml", text)) == ["Työ 1", "Työ 2", "Työ 3"]


def test_a_record_that_is_too_long_is_told_and_memory_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml_split, "MAX_RECORD", 3_000_000)
    records = many(3)
    records[1] = records[1].replace("Työ", "x" * 40_000_000)
    path = tmp_path / "a.xml"
    path.write_text(document(records))
    tracemalloc.start()
    found = list(read_elements(SourceFile(path), {"record"}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert titles(found) == ["Työ 1", "Työ 3"]
    (problem,) = told(found)
    assert "3,000,000 bytes" in problem.reason
    assert peak < 30_000_000
    endless = outcomes(tmp_path / "b.xml", document(["<record>" + "x" * 9_000_000]).removesuffix(TAIL))
    assert [item.record for item in told(endless)] == [""]


def test_memory_does_not_grow_with_the_document(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(document(many(40_000)))
    tracemalloc.start()
    count = sum(1 for item in read_elements(SourceFile(path), {"record"}) if isinstance(item, Element))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 12_000_000


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_give_outcomes(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, inside: bool
) -> None:
    text = b"<r><record>" + data + b"</record></r>" if inside else data
    for item in outcomes(tmp_path_factory.mktemp("any") / "a.xml", text):
        assert isinstance(item, Element | Problem)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 6),
    st.integers(8, len(RECORD.encode()) - 10),
    st.binary(max_size=6).filter(lambda b: not set(b"<>!") & set(b)),
)
def test_counts_hold_under_one_damage_within_a_record(
    tmp_path_factory: pytest.TempPathFactory, record: int, at: int, junk: bytes
) -> None:
    records = [text.encode() for text in many(7)]
    records[record] = records[record][:at] + junk + records[record][at + 1 :]
    text = HEAD.encode() + b"\n".join(records) + TAIL.encode()
    found = outcomes(tmp_path_factory.mktemp("one") / "a.xml", text)
    assert len(found) == 7
    assert {n for n, item in enumerate(found) if isinstance(item, Problem)} <= {record}


@pytest.mark.real_data
def test_real_replies(shared_data: Path) -> None:
    files = sorted((shared_data / "research/oai-pmh-kk").glob("*.xml"))
    found = [item for path in files for item in read_elements(SourceFile(path), {"record"})]
    assert len(found) == sum(path.read_bytes().count(b"<record>") for path in files)
    assert not told(found)
