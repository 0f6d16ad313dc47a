"""One entry of a list of references: field names of BibTeX, values as plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loaders.base import Problem
from loaders.readers.files import SourceFile

MAX_ENTRY = 5_000_000
"""Characters of one entry; a longer one is an error of the source."""
MAX_RAW = 10_000
COMMENTED_OUT = "commented out"
"""The kind of an entry that stands in a `@comment`."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry and where it begins: `line 7`."""

    file: SourceFile
    place: str
    kind: str
    """The type in the words of its format, in lower case: `article`, `jour`."""
    key: str
    """The citation key, "" if it has none."""
    values: Mapping[str, tuple[str, ...]]
    """Field name in lower case → texts; authors and keywords of BibTeX one by one."""
    groups: frozenset[str] = frozenset()
    """Authors that the entry marks as names that are not to be parted: mostly organisations."""
    raw: str = ""
    form: str = "bibtex"
    """`bibtex` or `ris`."""
    faults: tuple[tuple[str, str], ...] = ()
    """Field name and what is doubtful about it, a sentence."""

    def text(self, *names: str) -> str:
        """Return the first text of the first of these fields that has one, else ""."""
        return next((value for name in names for value in self.values.get(name, ()) if value), "")

    def all(self, *names: str) -> list[str]:
        """Return all texts of these fields."""
        return [value for name in names for value in self.values.get(name, ()) if value]

    def problem(self, record: str, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this entry; `record` is its citation key, if it has one."""
        name = f"{record} ({self.place})" if record else self.place
        return Problem(self.file.name, name, field, reason, remedy, self.raw[:MAX_RAW])


def damaged(file: SourceFile, line: int, key: str, text: str, reason: str) -> Problem:
    """Return the problem of an entry that cannot be read."""
    place = f"{key} (line {line})" if key else f"line {line}"
    remedy = "Correct the entry; all others were read."
    if "not in UTF-8" in reason:
        remedy = "Save the list as UTF-8 and load it again; all other entries were read."
    return Problem(file.name, place, "", reason, remedy, text[:MAX_RAW])
