from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from loaders.files import BROKEN_FILE, FileError, SourceFile, find_files, sha256


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
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
    files = find_files([tmp_path])
    assert [file.name for file in files] == ["a.txt", "b.txt.gz", "c.zip/d.txt", "c.zip/e.txt.gz"]
    assert [content(file) for file in files] == [b"one", b"two", b"three", b"four"]
    assert files[3].plain_name == "e.txt"


def test_globs_are_sorted_and_nothing_comes_twice(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.json"):
        (tmp_path / name).write_text("x")
    files = find_files([tmp_path / "*.csv", tmp_path / "a.csv"])
    assert [file.name for file in files] == ["a.csv", "b.csv"]


def test_a_path_that_names_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"There is no file .*nowhere"):
        find_files([tmp_path / "nowhere"])


def test_a_damaged_zip_stays_as_one_file_and_fails_when_read(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a.csv": b"x" * 5000})[:60])
    (file,) = find_files([tmp_path / "a.zip"])
    assert file.member is None


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
