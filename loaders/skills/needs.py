"""Skill needs from a table of our own, CSV or Excel.

Columns: `concept_uri, region, period, number, unit, source`. One row is one count: how much a
skill or occupation is needed, where, when, and who counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from graph.identifiers import digest
from graph.records import SkillNeed
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import guarded
from loaders.readers.files import SourceFile
from loaders.readers.spreadsheet import read_table
from loaders.readers.tables import TableRow
from loaders.regions import region_code
from loaders.texts.text import parse_number, plain_text

COLUMNS = ("concept_uri", "region", "period", "number", "source")
_CONCEPT = re.compile(r"^http://data\.europa\.eu/esco/(skill|occupation|isco)/[^\s<>\"{}|\\^`]+$")
_PERIOD = re.compile(r"^\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?(/\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?)?$")


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
        seen: dict[str, int] = {}
        for file in files:
            for row in read_table(file, COLUMNS):
                if isinstance(row, Problem):
                    yield row
                    continue
                outcome = guarded(row, lambda one: _read(one, options.get("unit", "openings")))
                if isinstance(outcome, Loaded):
                    (need,) = outcome.records
                    assert isinstance(need, SkillNeed)
                    if need.key in seen:
                        yield row.problem(
                            need.concept,
                            "",
                            f"The same need stands on line {seen[need.key]} already.",
                            "Keep one row per concept, region, period, unit and source.",
                        )
                        continue
                    seen[need.key] = row.line
                yield outcome


def _read(row: TableRow, default_unit: str) -> Outcome:
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
    key = "|".join((concept, region, period, unit, source))
    return Loaded(
        (
            SkillNeed(
                key=digest(key),
                concept=concept,
                region=region,
                period=period,
                number=number,
                unit=unit,
                source=source,
            ),
        )
    )
