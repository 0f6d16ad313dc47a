"""XML that would fill the memory or read other files: refused, and nothing of it is taken."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from tests.loaders.bad_input.conftest import Load, sums
from tests.loaders.bad_input.sources import COUNT, Source
from tests.loaders.bad_input.table import SOURCES

XML = {name: source for name, source in SOURCES.items() if source.family in ("xml", "rdf/xml")}
SECRET = "topsecretcontent"
LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(10)
)


def with_doctype(source: Source, doctype: str, entity: str) -> str:
    """Return the document with a DOCTYPE, and an entity in the text of its first record."""
    head = source.head if source.head.startswith("<?xml") else f'<?xml version="1.0"?>\n{source.head}'
    declaration, _, rest = head.partition("?>")
    parts = [
        re.sub(r">(zeppelin|Metsän zeppelin|On zeppelin)", rf">{entity}\1", source.parts[0], count=1)
    ]
    parts[0] = (
        parts[0].replace("zeppelin0", f"{entity}zeppelin0") if parts[0] == source.parts[0] else parts[0]
    )
    return (
        f"{declaration}?>{doctype}{rest}"
        + source.between.join((*parts, *source.parts[1:]))
        + source.tail
    )


@pytest.mark.parametrize("source", XML.values(), ids=XML)
@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE x [{LAUGHS}]>",
        '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file://{secret}">]>',
        '<!DOCTYPE x SYSTEM "file://{secret}">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "file://{secret}"> %p;]>',
        '<!DOCTYPE x PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd">',
        f'<!DOCTYPE x [<!ENTITY l9 "{"y" * 100_000}">]>',
    ],
)
def test_entities_are_refused(
    load: Load, staged: Path, tmp_path: Path, source: Source, doctype: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    assert not load(source).error
    before = sums(staged / "s")
    started = time.monotonic()
    loading = load(source, with_doctype(source, doctype.replace("{secret}", str(secret)), "&l9;"))
    assert time.monotonic() - started < 5
    assert loading.error
    assert sums(staged / "s") == before
    told = (staged / "s.failed" / "rejected.jsonl").read_text()
    assert "DOCTYPE" in told
    assert SECRET not in told
    assert len(told) < 50_000


@pytest.mark.parametrize("source", XML.values(), ids=XML)
@pytest.mark.parametrize(
    "load_of",
    [
        " ".join(f'a{n}="{n}"' for n in range(100_000)),
        "<x/>" * 300_000,
        "<x>" * 100_000 + "</x>" * 100_000,
        f"<x>{'y' * 5_000_000}</x>",
        "<!-- " + "x" * 1_000_000 + " -->",
    ],
    ids=["attributes", "elements", "depth", "text", "comment"],
)
def test_a_huge_record_costs_itself_at_most(load: Load, source: Source, load_of: str) -> None:
    inner = load_of if load_of.startswith("<") else f"<x {load_of}/>"
    first = re.sub(r"(?=</[^<>]*>\s*\Z)", lambda _: inner, source.parts[0], count=1)
    assert first != source.parts[0]
    before = sum(os.times()[:4])  # processor seconds, children's too: others may use the machine
    loading = load(source, source.text((first, *source.parts[1:])))
    assert sum(os.times()[:4]) - before < 15
    assert not loading.error
    assert loading.report["records_in"] == COUNT + source.other_records
    triples = loading.triples.decode()
    assert all(mark in triples for mark in source.marks[1:])


def test_entities_in_the_xml_of_a_dump_are_refused(load: Load, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    source = SOURCES["virta-sql"]
    doctype = f'<!DOCTYPE Julkaisu [<!ENTITY l9 SYSTEM "file://{secret}">]>'
    first = source.parts[0].replace("<Julkaisu>", f"{doctype}<Julkaisu>", 1).replace("Metsän", "&l9;")
    loading = load(source, source.text((first, *source.parts[1:])))
    assert loading.report["records_in"] == COUNT
    assert SECRET not in loading.triples.decode()
    assert SECRET not in repr(loading.problems)
