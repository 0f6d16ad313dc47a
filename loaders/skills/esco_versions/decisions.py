"""The file in which a person decides what becomes of retired concepts: `esco-decisions.csv`.

Columns: `old_uri`, `new_uri`, `note`. Several rows with one `old_uri` make a split; an empty `new_uri`
says that the concept is lost for good. A decision wins over ESCO's own data and over all evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.readers.tables import read_rows
from loaders.skills.esco_terms import is_address
from loaders.skills.esco_versions.mapping import MappingError

COLUMNS = ("old_uri", "new_uri", "note")


@dataclass(slots=True)
class Decided:
    """What a person decided about one retired concept."""

    new_uris: list[str]
    notes: list[str]


def read_decisions(path: Path) -> dict[str, Decided]:
    """Read a file of decisions.

    Raises:
        MappingError: it is missing, or a row cannot be meant; all faults are told at once.
    """
    if not path.exists():
        raise MappingError(f"There is no file of decisions {path}.")
    decided: dict[str, Decided] = {}
    faults: list[str] = []
    for row in read_rows(SourceFile(path), COLUMNS[:2], delimiters=",;\t"):
        if isinstance(row, Problem):
            faults.append(str(row))
            continue
        old, new, note = (row.get(column) for column in COLUMNS)
        wrong = next((uri for uri in (old, new or old) if not is_address(uri)), None)
        if wrong is not None:
            faults.append(f"{path.name}, line {row.line}: {wrong[:100]!r} is no address of ESCO.")
            continue
        if old == new:
            faults.append(f"{path.name}, line {row.line}: {old} cannot be its own successor.")
            continue
        found = decided.setdefault(old, Decided([], []))
        if new and new not in found.new_uris:
            found.new_uris.append(new)
        if note:
            found.notes.append(note)
    if faults:
        raise MappingError("\n".join(faults[:20]))
    return decided
