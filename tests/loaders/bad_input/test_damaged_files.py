"""Files that are damaged as a whole: told in a sentence, and what was staged before stays as it was."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from loaders.readers import packed
from tests.loaders.bad_input.conftest import Load, sums
from tests.loaders.bad_input.sources import Source
from tests.loaders.bad_input.table import SOURCES

ROWS = {
    name: source
    for name, source in SOURCES.items()
    if source.family != "json" or source.form in ("json array", "json lines")
}
ALIKE = (
    {"esco", "esco-former", "esco-rdf", "skos"},
    {"aalto", "sisu"},  # both have id, code and name
    {"template", "needs"},  # the form of needs has the same columns
)
"""Loaders whose files look alike, so that one reads some of another's."""
ERROR_PAGE = (
    "<!DOCTYPE html><html><head><title>503</title></head><body><p>Service unavailable</p></body></html>"
)


def zipped(data: bytes, name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def encrypted(data: bytes) -> bytes:
    """Return an archive with the mark of encryption in both of its headers."""
    changed = bytearray(data)
    changed[6] |= 1
    changed[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def changed_at(data: bytes, place: int) -> bytes:
    place %= len(data)
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def noise(data: bytes) -> bytes:
    return random.Random(1).randbytes(5000)


ARCHIVES: Mapping[str, tuple[str, Callable[[bytes, str], bytes]]] = {
    "truncated gz": (
        ".gz",
        lambda data, name: gzip.compress(data)[: len(gzip.compress(data)) * 2 // 3],
    ),
    "gz without its sum": (".gz", lambda data, name: gzip.compress(data)[:-8]),
    "gz with a wrong sum": (".gz", lambda data, name: changed_at(gzip.compress(data), -8)),
    "gz with a wrong byte": (
        ".gz",
        lambda data, name: changed_at(gzip.compress(data), len(gzip.compress(data)) // 2),
    ),
    "truncated zip": (".zip", lambda data, name: zipped(data, name)[:-40]),
    "zip with a wrong byte": (
        ".zip",
        lambda data, name: changed_at(zipped(data, name), 60 + len(name)),
    ),
    "encrypted zip": (".zip", lambda data, name: encrypted(zipped(data, name))),
    "gzip bomb": (".gz", lambda data, name: gzip.compress(data + b" " * 3_000_000)),
    "zip bomb": (".zip", lambda data, name: zipped(data + b" " * 3_000_000, name)),
}
CONTENTS: Mapping[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "white space": lambda data: b" \n\t \r\n" * 100,
    "a page with an error": lambda data: ERROR_PAGE.encode(),
    "noise": noise,
    "NUL bytes": lambda data: b"\0" * 3000,
    "a picture": lambda data: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + noise(data),
    "another format": lambda data: b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj",
    "a JSON text": lambda data: b'{"something": "else"}',
    "an XML document": lambda data: b"<?xml version='1.0'?><something><else/></something>",
    "a table": lambda data: b"a,b\n1,2\n3,4\n",
}


@pytest.mark.parametrize("source", ROWS.values(), ids=ROWS)
def test_a_damaged_archive_is_refused_and_what_was_staged_stays(
    load: Load, staged: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not load(source).error
    before = sums(staged / "s")
    monkeypatch.setattr(packed, "FREE_BYTES", 200_000)
    monkeypatch.setattr(packed, "MAX_RATIO", 50)
    for what, (ending, make) in ARCHIVES.items():
        if source.name.endswith(".xlsx") and ending == ".zip":
            continue  # a workbook is a zip itself; within another one it is a file as any other
        loading = load(source, make(source.data(), source.name), name=source.name + ending)
        assert loading.error, what
        assert "The former content stays" in loading.error, what
        assert loading.report["broken_files"] >= 1, what
        assert sums(staged / "s") == before, what


@pytest.mark.parametrize("source", ROWS.values(), ids=ROWS)
def test_a_file_of_another_kind_is_told_and_what_was_staged_stays(
    load: Load, staged: Path, source: Source
) -> None:
    assert not load(source).error
    before = sums(staged / "s")
    for what, make in CONTENTS.items():
        loading = load(source, make(source.data()))
        if loading.error:
            assert "The former content stays" in loading.error, what
            assert sums(staged / "s") == before, what
            continue
        # What lies beside it was loaded, or it is one of the shapes that are rightly passed over.
        report = loading.report
        assert loading.problems or report["skipped"] or report["records_in"] == source.other_records, (
            what
        )
        assert load(source).error == ""
        before = sums(staged / "s")


@pytest.mark.parametrize("source", ROWS.values(), ids=ROWS)
def test_the_file_of_another_loader_is_told(load: Load, staged: Path, source: Source) -> None:
    assert not load(source).error
    others = [one for one in ROWS.values() if one.loader != source.loader]
    for other in random.Random(source.id).sample(others, 6):
        loading = load(source, other.data())
        told = loading.error or loading.problems or loading.report["skipped"]
        related = any({source.loader, other.loader} <= group for group in ALIKE)
        assert told or related or loading.report["loaded"] <= source.other_records, other.id


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("source", ROWS.values(), ids=ROWS)
def test_another_encoding_is_read_or_told_and_never_guessed(
    load: Load, source: Source, encoding: str
) -> None:
    if source.family == "xlsx":
        pytest.skip("a workbook has no encoding of its own")
    marked = source.text([part.replace("zeppelin", "zeppelinä") for part in source.parts])
    if source.marks[0] != "zeppelin0":  # the mark is no text
        marked = source.text()
    loading = load(source, marked.encode(encoding, "replace"))
    told = bool(loading.error or loading.problems or loading.report["skipped"])
    if loading.error:
        return
    text = loading.triples.decode()
    assert "�" not in text
    assert "Ã" not in text
    good = [mark for mark in source.marks if mark.replace("zeppelin", "zeppelinä") in text]
    assert told or len(good) == len(source.marks)
