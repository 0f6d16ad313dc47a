"""The things of one document by identifier, in a table on disk: documents may be large."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from loaders.courses.schemaorg_json import COURSES, ORGANISATIONS, REFERENCE, Node, listed, types_of


class Index:
    """A table of things; made with `index_on_disk`."""

    def __init__(self, path: Path) -> None:
        self._table = sqlite3.connect(path)
        self._table.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE thing (id TEXT PRIMARY KEY, node TEXT);"
            "CREATE TABLE owner (instance TEXT PRIMARY KEY, course TEXT);"
        )
        self.organisations: list[Node] = []
        """The first organisations at the top of the document, two at most."""

    def clear(self) -> None:
        """Forget the document."""
        self._table.executescript("DELETE FROM thing; DELETE FROM owner;")
        self.organisations.clear()

    def add(self, top: Node) -> None:
        """Take in all things within one at the top; of those with one identifier the first counts."""
        if set(types_of(top)) & set(ORGANISATIONS):
            self.organisations = [*self.organisations, top][:2]
        stack: list[object] = [top]
        while stack:
            node = stack.pop()
            if isinstance(node, list):
                stack += reversed(node)
            if not isinstance(node, Mapping):
                continue
            stack += reversed(list(node.values()))
            name = node.get("@id")
            if isinstance(name, str) and not node.keys() <= REFERENCE:
                slim = node
                if set(types_of(node)) & set(COURSES):  # they are records: only what others say of them
                    keys = ("@id", "@type", "name", "courseCode", "identifier", "url", "inLanguage")
                    slim = {key: node[key] for key in keys if key in node}
                self._put("INSERT OR IGNORE INTO thing VALUES (?, ?)", name, slim)
            for instance in listed(node.get("hasCourseInstance")):
                target = instance.get("@id") if isinstance(instance, Mapping) else instance
                if isinstance(target, str):
                    self._put("INSERT OR IGNORE INTO owner VALUES (?, ?)", target, name)

    def _put(self, sql: str, name: str, value: object) -> None:
        text = json.dumps(value, default=str)
        self._table.execute(sql, (name.encode("utf-8", "replace").decode(), text))

    def get(self, name: str) -> Node | None:
        """Return the thing of an identifier, None if the document does not describe it."""
        return self._get("SELECT node FROM thing WHERE id = ?", name)

    def has_owner(self, instance: str) -> bool:
        """Return whether a course of the document has this instance."""
        sql = "SELECT 1 FROM owner WHERE instance = ?"
        return self._table.execute(sql, (instance,)).fetchone() is not None

    def _get(self, sql: str, name: str) -> Node | None:
        row = self._table.execute(sql, (name.encode("utf-8", "replace").decode(),)).fetchone()
        found: Node | None = json.loads(row[0]) if row else None
        return found

    def close(self) -> None:
        """Leave the table."""
        self._table.close()


@contextmanager
def index_on_disk() -> Iterator[Index]:
    """Give an empty index in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="fitech-schemaorg-") as folder:
        index = Index(Path(folder) / "things.sqlite")
        try:
            yield index
        finally:
            index.close()
