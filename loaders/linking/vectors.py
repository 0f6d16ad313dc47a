"""Vectors of sentences that were computed before, on disk: a second run pays only for new texts.

One SQLite file for each model, shared by all processes of a machine. A row is the vector in half
precision under a 64-bit digest of the text (two of ten million texts share one with a chance of about
3 in a million). The file is bounded: beyond it the vectors that were not used for the longest time go.
It is a cache: if it cannot be read or written, vectors are computed.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MOST = int(os.environ.get("FITECH_CACHE_SENTENCES", "1000000"))
"""Vectors that are kept: a million take about 0.9 GB. 0 keeps none."""
_KEPT = 0.8
"""Which share stays when there are too many."""
_LOOK = 20_000
"""After how many new vectors it is looked whether there are too many."""
_AT_ONCE = 500
_DAY = 86_400
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS vector (id INTEGER PRIMARY KEY, used INTEGER, vector BLOB);
"""

Halves = NDArray[np.float16]


class VectorStore:
    """The vectors of one model.

    Args:
        folder: where the file is.
        model: name and version of the model.
        dimension: length of a vector.
        most: how many are kept.
    """

    def __init__(self, folder: Path, model: str, dimension: int, most: int = MOST) -> None:
        self._path = folder / f"sentences-{blake2b(model.encode(), digest_size=8).hexdigest()}.sqlite"
        self._size = 2 * dimension
        self._most = most
        self._connection: sqlite3.Connection | None = None
        self._pid = 0
        self._new = _LOOK  # look once at the beginning
        self._today = int(time.time()) // _DAY

    def get(self, texts: Sequence[str]) -> dict[str, Halves]:
        """Return the vectors of those texts that are known."""
        connection = self._open()
        if connection is None:
            return {}
        by_id = {_digest(text): text for text in texts}
        found: dict[str, Halves] = {}
        old: list[tuple[int, int]] = []
        ids = list(by_id)
        try:
            for begin in range(0, len(ids), _AT_ONCE):
                chosen = ids[begin : begin + _AT_ONCE]
                marks = ", ".join("?" * len(chosen))
                sql = f"SELECT id, used, vector FROM vector WHERE id IN ({marks})"  # noqa: S608
                for number, used, vector in connection.execute(sql, chosen):
                    if len(vector) == self._size:
                        found[by_id[number]] = np.frombuffer(vector, np.float16)
                        if used != self._today:
                            old.append((self._today, number))
            if old:
                with connection:
                    connection.executemany("UPDATE vector SET used = ? WHERE id = ?", old)
        except sqlite3.Error:
            self._connection = None
        return found

    def put(self, texts: Sequence[str], vectors: Halves) -> None:
        """Keep the vectors of texts."""
        connection = self._open()
        if connection is None:
            return
        rows = [
            (_digest(text), self._today, vector.tobytes())
            for text, vector in zip(texts, vectors, strict=True)
        ]
        try:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)
            self._new += len(rows)
            if self._new >= _LOOK:
                self._new = 0
                self._prune(connection)
        except sqlite3.Error:
            self._connection = None

    def _prune(self, connection: sqlite3.Connection) -> None:
        count = connection.execute("SELECT count(*) FROM vector").fetchone()[0]
        if count > self._most:
            with connection:
                connection.execute(
                    "DELETE FROM vector WHERE id IN (SELECT id FROM vector ORDER BY used LIMIT ?)",
                    (count - int(self._most * _KEPT),),
                )

    def _open(self) -> sqlite3.Connection | None:
        if self._most <= 0:
            return None
        if self._connection is None or self._pid != os.getpid():
            self._pid = os.getpid()
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._connection = self._connect()
            except (OSError, sqlite3.Error):
                self._connection, self._most = None, 0
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        for _ in range(2):
            found = sqlite3.connect(self._path, timeout=30, check_same_thread=False)
            try:
                found.executescript(_SCHEMA)
            except sqlite3.DatabaseError as error:
                if "not a database" not in str(error) and "malformed" not in str(error):
                    raise
                self._path.unlink(missing_ok=True)  # damaged: a new one is made
            else:
                break
        return found


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
