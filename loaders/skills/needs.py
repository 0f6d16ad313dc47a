"""Skill needs from a table of our own, CSV or Excel.

Columns: `concept_uri, region, period, number, unit, source`. One row is one count: how much a
skill or occupation is needed, where, when, and who counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from graph.identifiers import digest
from graph.records import SkillNeed
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import guarded
from loaders.readers.files import SourceFile
from loaders.readers.spreadsheet import read_table_pieces
from loaders.readers.tables import TablePiece, TableRow, rows_of
from loaders.regions import region_code
from loaders.texts.text import parse_number, plain_text

COLUMNS = ("concept_uri", "region", "period", "number", "source")
_CONCEPT = re.compile(r"^http://data\.europa\.eu/esco/(skill|occupation|isco)/[^\s<>\"{}|\\^`]+$")
_PERIOD = re.compile(r"^\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?(/\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?)?$")
_SHORT = 200
T = TypeVar("T")


class NeedsLoader:
    """Reads skill needs from CSV and Excel."""

    info = LoaderInfo(
        name="needs",
        title="Skill needs (CSV, Excel)",
        description=f"Columns {', '.join(COLUMNS)} and optionally unit; CSV or Excel.",
        version="1",
        file_patterns=("*.csv", "*.xlsx"),
        options={"unit": "what the numbers count where the row does not tell (default openings)"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per row; see `Loader.read`."""
        seen: dict[str, str] = {}
        for piece in self.pieces(files, options):
            yield from self.read_piece(piece, options, seen)

    def pieces(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[TablePiece]:
        """Yield rows in pieces; see `PieceLoader.pieces`."""
        for file in files:
            yield from read_table_pieces(file, COLUMNS)

    def read_piece(
        self, piece: TablePiece, options: Mapping[str, str], seen: dict[str, str]
    ) -> Iterator[Outcome]:
        """Yield one outcome per row; see `PieceLoader.read_piece`."""
        unit = options.get("unit", "openings")

        def read(row: TableRow) -> Outcome:
            return _read(row, unit, seen)

        for row in rows_of(piece):
            yield row if isinstance(row, Problem) else guarded(row, read)


def _read(row: TableRow, default_unit: str, seen: dict[str, str]) -> Outcome:
    get = row.cells.get
    concept = get("concept_uri", "")
    if not _is_concept(concept):
        return row.problem(
            concept,
            "concept_uri",
            f"{concept[:100]!r} is no ESCO skill or occupation.",
            "Give its address, like http://data.europa.eu/esco/skill/….",
        )
    region, source = _region(get("region", "")), _words(get("source", ""))
    for column, text in (("region", region), ("source", source)):
        if not text:
            return row.problem(
                concept, column, f"The {column} is missing.", f"Fill in the column {column}."
            )
    period = get("period", "")
    if not _is_period(period):
        return row.problem(
            concept,
            "period",
            f"{period[:40]!r} is no period.",
            "Write a year, month or interval: 2026, 2026-03 or 2026-01/2026-06.",
        )
    try:
        number = _number(get("number", ""))
    except ValueError as error:
        return row.problem(
            concept, "number", f"The number cannot be read: {error}.", "Write it like 12 or 3.5."
        )
    unit = _words(get("unit", "")) or default_unit
    key = digest("|".join((concept, region, period, unit, source)))
    if key in seen:
        return row.problem(
            concept,
            "",
            f"The same need stands on line {seen[key]} already.",
            "Keep one row per concept, region, period, unit and source.",
        )
    seen[key] = str(row.line)
    return Loaded((SkillNeed(key, concept, region, period, number, unit, source),))


def _remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """Keep what was found out of a cell for the next: cells of a table repeat. Long ones do not."""
    known = lru_cache(maxsize=20_000)(read)
    return lambda cell: known(cell) if len(cell) < _SHORT else read(cell)


_is_concept = _remembered(lambda cell: _CONCEPT.match(cell) is not None)
_is_period = _remembered(lambda cell: _PERIOD.match(cell) is not None)
_words = _remembered(plain_text)
_region = _remembered(lambda cell: region_code(plain_text(cell)))


@_remembered
def _number(cell: str) -> Decimal:
    number = parse_number(cell)
    if number is None:
        raise ValueError("the number is missing")
    return number
