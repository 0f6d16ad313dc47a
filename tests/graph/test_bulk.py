from __future__ import annotations

import io
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat

from graph import bulk
from graph.bulk import load_in_parts
from graph.embedded import EmbeddedStore
from graph.store import StoreError

LINES = st.lists(
    st.sampled_from(
        [b"<a> <b> <c> .\n", b"<a> <b> _:x .\n", b"_:x <b> <c> .\n", b"x" * 40 + b"\n", b"\n"]
    ),
    max_size=30,
)


class Slow(io.BytesIO):
    """A file that gives little at a time."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 7) if size and size > 0 else size)


@settings(max_examples=200, deadline=None)
@given(LINES, st.sampled_from([1, 20, 33, 100]), st.sampled_from([b"", b"<a> <b> <last> ."]))
def test_parts_are_whole_lines_and_blank_nodes_stay_together(
    lines: list[bytes], size: int, last: bytes
) -> None:
    loaded: list[bytes] = []

    def load(data: bytes | IO[bytes]) -> None:
        loaded.append(data if isinstance(data, bytes) else data.read())

    text = b"".join(lines) + last
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "PART", size)
        load_in_parts(load, Slow(text), 1)
    found = [line for part in loaded for line in part.splitlines()]
    assert sorted(found) == sorted(text.splitlines())
    assert sum(b"_:" in part for part in loaded) <= 1


def test_a_store_on_disk_gets_every_triple_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PART", 2_000)
    lines = [f'<http://x/{n % 900}> <http://x/p> "{n % 700}" .\n' for n in range(2_000)]
    store = EmbeddedStore(tmp_path / "store")
    store.load_graph("http://x/g", io.BytesIO("".join(lines).encode()), RdfFormat.N_TRIPLES)
    assert store.count("http://x/g") == len(set(lines))
    with pytest.raises(StoreError, match="not valid RDF"):
        store.load_graph("http://x/g", io.BytesIO(b"<a> <b\n" * 5_000), RdfFormat.N_TRIPLES)
    store.close()
