from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.readers import files, packed
from loaders.readers.files import BROKEN_FILE, FileError, SourceFile, archive_fault, find_files, sha256


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def content(file: SourceFile) -> bytes:
    with file.open() as raw:
        return raw.read()


def test_plain_gz_and_zip_read_alike(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one")
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"two"))
    (tmp_path / "c.zip").write_bytes(
        zipped({"d.txt": b"three", "e.txt.gz": gzip.compress(b"four"), "__MACOSX/x": b"no"})
    )
    found = find_files([tmp_path])
    assert [file.name for file in found] == ["a.txt", "b.txt.gz", "c.zip/d.txt", "c.zip/e.txt.gz"]
    assert [content(file) for file in found] == [b"one", b"two", b"three", b"four"]
    assert found[3].plain_name == "e.txt"


def test_globs_are_sorted_and_nothing_comes_twice(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.json"):
        (tmp_path / name).write_text("x")
    found = find_files([tmp_path / "*.csv", tmp_path / "a.csv"])
    assert [file.name for file in found] == ["a.csv", "b.csv"]


def test_a_path_that_names_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"There is no file .*nowhere"):
        find_files([tmp_path / "nowhere"])


def test_a_damaged_zip_stays_as_one_file_and_fails_when_read(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a.csv": b"x" * 5000})[:60])
    (file,) = find_files([tmp_path / "a.zip"])
    assert file.member is None
    assert archive_fault(file)
    (tmp_path / "b.zip").write_bytes(zipped({}))
    assert archive_fault(SourceFile(tmp_path / "b.zip")) == "it holds no file"


def test_a_truncated_gz_fails_while_reading(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"hello" * 5000)[:-12])
    (file,) = find_files([tmp_path / "a.gz"])
    with pytest.raises(BROKEN_FILE):
        content(file)


def test_text_drops_the_mark_and_keeps_wrong_bytes_visible(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfa,b\n\xe4,1\n")
    with SourceFile(tmp_path / "a.csv").open_text() as text:
        assert text.read() == "a,b\n\udce4,1\n"


def test_checksum(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_packed_shows_in_its_bytes_not_in_its_name(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    text = b"hello" * 500_000
    (tmp_path / "packed.csv").write_bytes(pack(text) + pack(b"!"))
    (tmp_path / "plain.csv.gz").write_bytes(text)
    (tmp_path / "twice.gz").write_bytes(gzip.compress(pack(text)))
    (tmp_path / "padded.gz").write_bytes(gzip.compress(text) + bytes(512))
    (tmp_path / "z.zip").write_bytes(zipped({"a.csv": pack(text)}))
    assert {file.name: len(content(file)) for file in find_files([tmp_path])} == {
        "packed.csv": len(text) + 1,
        "padded.gz": len(text),
        "plain.csv.gz": len(text),
        "twice.gz": len(text),
        "z.zip/a.csv": len(text),
    }


def test_a_kind_that_we_cannot_unpack_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.zst").write_bytes(b"\x28\xb5\x2f\xfd" + bytes(20))
    with pytest.raises(BROKEN_FILE, match="zstd; unpack it first"):
        content(SourceFile(tmp_path / "a.zst"))


@pytest.mark.parametrize("damage", ["cut", "flipped", "rubbish after it"])
def test_what_comes_before_a_damage_is_read(tmp_path: Path, damage: str) -> None:
    text = b"".join(b"line %d\n" % (n * 7919) for n in range(30_000))
    data = bytearray(gzip.compress(text))
    if damage == "cut":
        del data[-2000:]
    elif damage == "flipped":
        data[-2000] ^= 0xFF
    else:
        data += b"rubbish"
    (tmp_path / "a.gz").write_bytes(data)
    pieces: list[bytes] = []
    with SourceFile(tmp_path / "a.gz").open() as raw, pytest.raises(BROKEN_FILE):
        pieces.extend(iter(lambda: raw.read1(1 << 20), b""))  # type: ignore[attr-defined]
    found = b"".join(pieces)
    assert len(found) > 0.9 * len(text)
    # A flipped bit may show some bytes later, at the next code that does not exist.
    assert text.startswith(found[: int(0.9 * len(text))])


def test_a_bomb_is_an_error_not_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "FREE_BYTES", 1_000_000)
    bomb = bytes(30_000_000)
    (tmp_path / "a.gz").write_bytes(gzip.compress(bomb))
    (tmp_path / "b.zip").write_bytes(zipped({"a.gz": gzip.compress(bomb)}))
    for file in find_files([tmp_path]):
        with pytest.raises(BROKEN_FILE, match="as a zip bomb does"):
            content(file)
    (tmp_path / "c.zip").write_bytes(zipped({"a.csv": bomb}, zipfile.ZIP_DEFLATED))
    (file,) = find_files([tmp_path / "c.zip"])
    assert file.member is None  # its list of members gives it away
    assert "zip bomb" in archive_fault(file)
    monkeypatch.setattr(packed, "MAX_RATIO", 10**9)
    monkeypatch.setattr(packed, "MAX_BYTES", 2_000_000)
    with pytest.raises(BROKEN_FILE, match="2,000,000 bytes"):
        content(SourceFile(tmp_path / "a.gz"))


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "FREE_BYTES", 1_000_000)
    data = zipped({"a.csv": bytes(30_000_000)}, zipfile.ZIP_DEFLATED)
    lie = data.replace((30_000_000).to_bytes(4, "little"), (30_000).to_bytes(4, "little"))
    (tmp_path / "a.zip").write_bytes(lie)
    (file,) = find_files([tmp_path / "a.zip"])
    assert file.member == "a.csv"
    with pytest.raises(BROKEN_FILE):
        assert len(content(file)) > 30_000


def test_a_zip_of_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_MEMBERS", 3)
    (tmp_path / "a.zip").write_bytes(zipped({f"{n}.csv": b"x" for n in range(4)}))
    (file,) = find_files([tmp_path / "a.zip"])
    assert file.member is None
    assert "more than 3 members" in archive_fault(file)


def test_zips_within_zips(tmp_path: Path) -> None:
    inner = zipped({"x.csv": b"inner", "y.csv.gz": gzip.compress(b"packed")})
    (tmp_path / "a.zip").write_bytes(
        zipped({"deep.zip": inner, "more/bad.zip": b"PK no", "z.csv": b"z"})
    )
    found = find_files([tmp_path / "a.zip"])
    assert [file.name for file in found] == [
        "a.zip/deep.zip/x.csv",
        "a.zip/deep.zip/y.csv.gz",
        "a.zip/more/bad.zip",
        "a.zip/z.csv",
    ]
    assert [content(file) for file in found] == [b"inner", b"packed", b"PK no", b"z"]
    quine = b"x"
    for _ in range(6):
        quine = zipped({"q.zip": quine})
    (tmp_path / "q.zip").write_bytes(quine)
    assert [file.name for file in find_files([tmp_path / "q.zip"])] == ["q.zip/q.zip/q.zip/q.zip"]


def test_names_in_a_zip_are_harmless_and_those_of_windows_are_understood(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(
        zipped({"../../etc/x.csv": b"1", "C\\data\\y.csv": b"2", "dir\\": b"", "a\x1b[31m.csv": b"3"})
    )
    found = find_files([tmp_path / "a.zip"])
    assert {file.name: content(file) for file in found} == {
        "a.zip/etc/x.csv": b"1",
        "a.zip/C/data/y.csv": b"2",
        "a.zip/a?[31m.csv": b"3",
    }
    assert sorted(file.plain_name for file in found) == ["a?[31m.csv", "x.csv", "y.csv"]
    assert content(SourceFile(tmp_path / "a.zip", "../../etc/x.csv")) == b"1"
    with pytest.raises(BROKEN_FILE, match="no member"):
        content(SourceFile(tmp_path / "a.zip", "nothing.csv"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_two_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", b"first")
        archive.writestr("a.csv", b"second")
    assert [content(file) for file in find_files([tmp_path / "a.zip"])] == [b"first", b"second"]


def test_encrypted_members_are_told(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": b"secret"}))
    data[6] |= 1  # the flag in the local header …
    data[data.index(b"PK\x01\x02") + 8] |= 1  # … and in the directory
    (tmp_path / "a.zip").write_bytes(data)
    (file,) = find_files([tmp_path / "a.zip"])
    with pytest.raises(BROKEN_FILE, match="encrypted"):
        content(file)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4), st.sampled_from(["a.zip", "a.gz"]))
def test_any_damage_of_an_archive_is_one_of_the_known_errors(
    tmp_path_factory: pytest.TempPathFactory, place: int, junk: bytes, name: str
) -> None:
    text = b"".join(b"line %d\n" % n for n in range(200))
    data = bytearray(
        gzip.compress(text)
        if name == "a.gz"
        else zipped({"b.csv": text, "c.zip": zipped({"d.csv": text})}, zipfile.ZIP_DEFLATED)
    )
    at = place % len(data)
    data[at : at + len(junk)] = junk
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(data)
    for file in find_files([path]):
        try:
            content(file)
        except BROKEN_FILE:
            continue
