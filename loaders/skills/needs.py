"""Skill needs from a table of our own, CSV or Excel.

Columns: `concept_uri, region, period, number, unit, source`. One row is one count: how much a
skill or occupation is needed, where, when, and who counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter

from graph.identifiers import digest
from graph.records import SkillNeed
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import guarded
from loaders.readers.files import SourceFile
from loaders.readers.spreadsheet import read_table_pieces
from loaders.readers.tables import RowBlock, TablePiece, TableRow
from loaders.regions import region_code
from loaders.texts.text import parse_number, plain_text

COLUMNS = ("concept_uri", "region", "period", "number", "source")
_CONCEPT = re.compile(r"^http://data\.europa\.eu/esco/(skill|occupation|isco)/[^\s<>\"{}|\\^`]+$")
_PERIOD = re.compile(r"^\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?(/\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?)?$")
_CELLS = ("concept_uri", "region", "period", "number", "unit", "source")
_SHORT, _MANY = 500, 20_000


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

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        """By the unit where the row does not tell."""

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

        if isinstance(piece, RowBlock):
            known = self._known.setdefault(unit, _Known())
            yield from _read_block(piece, read, known, seen)
            return
        for row in piece:
            yield row if isinstance(row, Problem) else guarded(row, read)


@dataclass(slots=True)
class _Known:
    """What cells of good rows became: cells of a table repeat, and each is judged by itself."""

    regions: dict[str, str] = field(default_factory=dict)
    periods: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def learn(self, cells: Sequence[str], need: SkillNeed) -> None:
        """Keep the cells of a good row, if they are short and not too many."""
        known = len(self.regions) + len(self.periods) + len(self.numbers) + len(self.units)
        if sum(map(len, cells)) > _SHORT or known + len(self.sources) > _MANY:
            return
        _, region, period, number, unit, source = cells
        self.regions[region], self.periods[period] = need.region, need.period
        self.numbers[number], self.units[unit] = need.number, need.unit
        self.sources[source] = need.source


def _read_block(
    block: RowBlock, read: Callable[[TableRow], Outcome], known: _Known, seen: dict[str, str]
) -> Iterator[Outcome]:
    """Yield what `read` makes of each row, without reading again cells that are known."""
    header = block.header
    if not block.is_sound() or any(header.count(name) != 1 for name in _CELLS):
        for row in block.rows():
            yield row if isinstance(row, Problem) else guarded(row, read)
        return
    width, pick, is_concept = len(header), itemgetter(*map(header.index, _CELLS)), _CONCEPT.match
    regions, periods, numbers = known.regions, known.periods, known.numbers
    units, sources = known.units, known.sources
    for line, values in block.values():
        cells = concept, region, period, count, unit, source = pick(values)
        try:
            where, when, number = regions[region], periods[period], numbers[count]
            what, whose = units[unit], sources[source]
            fits = len(values) == width and is_concept(concept)
        except KeyError:
            fits = None
        if fits:
            key = digest(f"{concept}|{where}|{when}|{what}|{whose}")
            if key not in seen:
                seen[key] = str(line)
                yield Loaded((SkillNeed(key, concept, where, when, number, what, whose),))
                continue
        for row in block.row(line, values):
            outcome = row if isinstance(row, Problem) else guarded(row, read)
            if isinstance(outcome, Loaded):
                (record,) = outcome.records
                assert isinstance(record, SkillNeed)
                known.learn(cells, record)
            yield outcome


def _read(row: TableRow, default_unit: str, seen: dict[str, str]) -> Outcome:
    concept = row.get("concept_uri")
    if not _CONCEPT.match(concept):
        return row.problem(
            concept,
            "concept_uri",
            f"{concept[:100]!r} is no ESCO skill or occupation.",
            "Give its address, like http://data.europa.eu/esco/skill/….",
        )
    region, source = region_code(plain_text(row.get("region"))), plain_text(row.get("source"))
    for column, text in (("region", region), ("source", source)):
        if not text:
            return row.problem(
                concept, column, f"The {column} is missing.", f"Fill in the column {column}."
            )
    period = row.get("period")
    if not _PERIOD.match(period):
        return row.problem(
            concept,
            "period",
            f"{period[:40]!r} is no period.",
            "Write a year, month or interval: 2026, 2026-03 or 2026-01/2026-06.",
        )
    try:
        number = parse_number(row.get("number"))
        if number is None:
            raise ValueError("the number is missing")
    except ValueError as error:
        return row.problem(
            concept, "number", f"The number cannot be read: {error}.", "Write it like 12 or 3.5."
        )
    unit = plain_text(row.get("unit")) or default_unit
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
