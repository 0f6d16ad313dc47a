"""The table of small good files, one for each loader and each form in which it reads records.

Every test of this folder runs over all rows. A new loader needs a row (see `docs/how-to-add-a-loader.md`):
`test_table.py` fails until it has one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import indent
from typing import Any

COUNT = 5
"""Records of a file."""


def mark(number: int) -> str:
    """Return the word that stands in record `number`, and in what is staged of it."""
    return f"zeppelin{number}"


def to_bytes(text: str) -> bytes:
    """Return UTF-8, with the wrong bytes that a damage may have put in (lone surrogates)."""
    return text.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Source:
    """One good file in pieces, so that a single record of it can be damaged."""

    loader: str
    form: str
    """How records lie in the file: `json array`, `json lines`, `xml`, `csv`, …"""
    name: str
    """The file's name."""
    parts: tuple[str, ...]
    """The text of each record."""
    head: str = ""
    between: str = ""
    tail: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    """Other files that the load needs, by name."""
    other_records: int = 0
    """Records of the other files, and of the head."""
    marks: tuple[str, ...] = tuple(mark(number) for number in range(COUNT))
    """For each record a text that is staged if it was loaded."""
    values: tuple[Any, ...] = ()
    """The records as plain values, where they are JSON."""
    kind: str = ""
    """Tells two rows of one loader and form apart."""
    pack: Callable[[str], bytes] = to_bytes
    """Makes the file of its text."""
    may_lose: Mapping[str, str] = field(default_factory=dict)
    """Damage → why the format cannot tell where the damaged record ends."""

    @property
    def id(self) -> str:
        """A name for the test report."""
        return "-".join(filter(None, (self.loader, self.form.replace(" ", "_"), self.kind)))

    @property
    def family(self) -> str:
        """The syntax whose damages fit: `json`, `xml`, `csv`, …"""
        return self.form.partition(" ")[0]

    def text(self, parts: Sequence[str] | None = None) -> str:
        """Return the file, with other records if they are given."""
        return self.head + self.between.join(self.parts if parts is None else parts) + self.tail

    def write(
        self, folder: Path, content: str | bytes | None = None, name: str = ""
    ) -> tuple[Path, ...]:
        """Write the file, or other content, under its name or another; and those beside it."""
        main = self.data() if content is None else content
        main = self.pack(main) if isinstance(main, str) else main
        files = {name or self.name: main, **{key: text.encode() for key, text in self.beside.items()}}
        paths = tuple(folder / key for key in files)
        for path, data in zip(paths, files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return paths

    def data(self, parts: Sequence[str] | None = None) -> bytes:
        """Return the file as bytes, with other records if they are given."""
        return self.pack(self.text(parts))


def json_rows(
    loader: str,
    record: Callable[[int], Any],
    reply: str = "",
    name: str = "records",
    compact: bool = True,
    **more: Any,
) -> list[Source]:
    """Return rows for an array, an indented array, lines, and a reply with a list, of the same records.

    Args:
        loader: the loader's name.
        record: makes the record of a number.
        reply: the reply with `%` where the list stands; "" if the loader reads none.
        name: name of the files without ending.
        compact: whether the loader reads arrays (else lines only).
        **more: further fields of `Source`.
    """
    values = tuple(record(number) for number in range(COUNT))
    plain = tuple(json.dumps(value, ensure_ascii=False) for value in values)
    tight = tuple(json.dumps(value, separators=(",", ":")) for value in values)
    airy = tuple(indent(json.dumps(value, ensure_ascii=False, indent=2), "  ") for value in values)
    base = Source(loader, "json lines", f"{name}.jsonl", plain, between="\n", tail="\n", values=values)
    rows = [base]
    if compact:
        array = replace(base, form="json array", name=f"{name}.json", head="[", between=", ", tail="]")
        rows += [
            array,
            replace(array, form="json tight", parts=tight, between=","),
            replace(array, form="json pretty", parts=airy, head="[\n", between=",\n", tail="\n]\n"),
        ]
    if reply:
        before, _, after = reply.partition("%")
        spread = before.replace("{", "{\n  ").replace(", ", ",\n  ")
        in_reply = replace(base, name=f"{name}.json", head=f"{before}[", between=", ", tail=f"]{after}")
        rows += [
            replace(in_reply, form="json reply"),
            replace(
                in_reply,
                form="json reply_of_lines",
                head=f"{before}[\n",
                between=",\n",
                tail=f"\n]{after}\n",
            ),
            replace(
                in_reply,
                form="json pretty_reply",
                parts=airy,
                head=f"{spread}[\n",
                between=",\n",
                tail=f"\n]{after}\n",
            ),
        ]
    return [replace(row, **more) for row in rows]
