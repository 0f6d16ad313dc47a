"""Occupational barometers: how supply and demand meet in an occupation, by region and month.

Tables with columns in English, Finnish or Swedish (`loaders/data/barometer.toml`), and the JSON of the
public pages of Työvoimabarometri. A state is no number of openings: it becomes a rank with a unit of
its own, in which a higher number means that people are harder to find.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files as resources
from typing import Any

from graph.identifiers import digest
from graph.records import SkillNeed
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, SourceRecord, guarded
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.readers.spreadsheet import read_table
from loaders.readers.tables import TableRow
from loaders.skills.esco_terms import ESCO
from loaders.texts.periods import parse_period
from loaders.texts.text import parse_number, plain_text

RANKS = {"surplus": 0, "balanced": 1, "mismatch": 2, "shortage": 3}
RANK_UNIT = "labour shortage rank (0 surplus, 1 balanced, 2 mismatch, 3 shortage)"
VACANCY_UNIT = "open vacancies"
SOURCE = "Occupational barometer"
_CODES = {"0": "balanced", "1": "surplus", "2": "mismatch", "3": "shortage"}
"""The states as Työvoimabarometri numbers them; 99 says that it could not be computed."""
_CONCEPT = re.compile(rf"{ESCO}(?:skill|occupation|isco)/[^\s<>\"{{}}|\\^`]+")
_ISCO = re.compile(r"[cC]?(\d{1,4})(?:\.0+)?(?:\s.*)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_REMEDY = "Correct the row."


@dataclass(slots=True)
class _Lists:
    """The lists that come beside the JSON: id → code."""

    occupations: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)


class BarometerLoader:
    """Reads barometers from CSV, Excel and JSON."""

    info = LoaderInfo(
        name="barometer",
        title="Occupational barometer",
        description="State of supply and demand by occupation, region and month; CSV, Excel, JSON.",
        version="1",
        file_patterns=("*.csv", "*.xlsx", "*.json"),
        options={
            "source": f"who publishes the barometer, where the rows do not tell (default {SOURCE})",
            "period": "period of rows that have none",
            "region": "region of rows that have none (default FI)",
        },
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per row; see `Loader.read`."""
        seen: dict[str, str] = {}
        lists = _lists(files)
        for file in files:
            for row in _rows(file):
                if isinstance(row, Problem):
                    yield row
                elif isinstance(row, TableRow):
                    yield _once(row, guarded(row, lambda one: _table_row(one, options)), seen)
                else:
                    yield _once(row, guarded(row, lambda one: _json_row(one, lists, options)), seen)


def _rows(file: SourceFile) -> Iterator[TableRow | Item | Problem]:
    if not file.plain_name.lower().endswith((".json", ".jsonl", ".ndjson")):
        yield from _table(file)
        return
    yield from read_items(file, ("records", "rows"))


def _table(file: SourceFile) -> Iterator[TableRow | Problem]:
    for row in read_table(file):
        known = set(_columns(row.cells)) if isinstance(row, TableRow) else {"occupation", "state"}
        if isinstance(row, TableRow) and (
            "occupation" not in known or not known & {"state", "vacancies"}
        ):
            columns = ", ".join(row.cells)[:200]
            reason = f"The table has no occupation or no state among its columns ({columns})."
            remedy = (
                "Name its columns occupation, region, period and state, or as the documentation lists."
            )
            yield Problem(file.name, "", "", reason, remedy)
            return
        yield row


def _once(row: TableRow | Item, outcome: Outcome, seen: dict[str, str]) -> Outcome:
    """Refuse a row that says again what another said."""
    if not isinstance(outcome, Loaded):
        return outcome
    place = f"line {row.line}" if isinstance(row, TableRow) else row.place
    for need in outcome.records:
        assert isinstance(need, SkillNeed)
        if need.key in seen:
            reason = f"The same occupation, region and period stand in {seen[need.key]} already."
            return row.problem(need.concept, "", reason, "Keep one row of them.")
        seen[need.key] = f"{row.file.name}, {place}"
    return outcome


@cache
def _words() -> Mapping[str, Any]:
    text = (resources("loaders") / "data" / "barometer.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _plain(text: object) -> str:
    """Return a name without capitals, blanks, hyphens and underscores."""
    return re.sub(r"[\s_\-–/.()]+", "", str(text)).casefold()


@cache
def _column_names() -> Mapping[str, str]:
    columns: Mapping[str, Sequence[str]] = _words()["columns"]
    return {_plain(name): column for column, names in columns.items() for name in names}


def _columns(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the cells that we know, by our own names.

    Of several columns for one thing the first that is filled counts; of those for the occupation, the
    first that holds a code or an address (others hold its name).
    """
    found: dict[str, str] = {}
    for name, value in cells.items():
        column = _column_names().get(_plain(name))
        if not column:
            continue
        better = column == "occupation" and _concept(value) and not _concept(found.get(column, ""))
        if better or not found.get(column):
            found[column] = value
    return found


def _table_row(row: TableRow, options: Mapping[str, str]) -> Outcome:
    cells = _columns(row.cells)
    concept = _concept(cells["occupation"])
    if concept is None:
        reason = f"{cells['occupation'][:60]!r} is no occupation: neither an ISCO code nor of ESCO."
        remedy = "Give a code of one to four digits (2512), or the address of an occupation in ESCO."
        return row.problem("", "occupation", reason, remedy)
    region = plain_text(cells.get("region", "")) or options.get("region", "FI")
    whole = {_plain(name) for name in _words()["whole_country"]["names"]}
    return _needs(
        row,
        concept,
        "FI" if _plain(region) in whole else region,
        cells.get("period") or options.get("period", ""),
        cells.get("state", ""),
        cells.get("vacancies", ""),
        plain_text(cells.get("source", "")) or options.get("source", SOURCE),
        forecast=_plain(cells.get("forecast", "")) in _words()["yes"]["words"],
    )


def _concept(text: str) -> str | None:
    """Return the address of an occupation by its address or its ISCO code, with or without its name."""
    value = text.strip().replace("https://data.", "http://data.", 1)
    if _CONCEPT.fullmatch(value):
        return value
    code = _ISCO.fullmatch(value)
    return f"{ESCO}isco/C{code[1]}" if code else None


def _needs(
    row: SourceRecord,
    concept: str,
    region: str,
    period: object,
    state: object,
    vacancies: object,
    source: str,
    *,
    forecast: bool,
) -> Outcome:
    name = concept.rpartition("/")[2]
    try:
        when = parse_period(period)
    except ValueError as error:
        remedy = "Write a month or year, like 2026-06, or give the option period."
        return row.problem(name, "period", f"The period cannot be read: {error}.", remedy)
    fields = Fields(row, name)
    rank, computed = None, str(state).strip() not in ("", "None", "99")
    if computed:
        rank = fields.read("state", state, _rank)
    openings = fields.read("vacancies", vacancies, parse_number)
    source = f"{source} (forecast)" if forecast else source
    found = ((rank, RANK_UNIT), (openings, VACANCY_UNIT))
    needs = tuple(
        SkillNeed(
            key=f"barometer/{digest('|'.join((concept, region, when, unit, source)))}",
            concept=concept,
            region=region,
            period=when,
            number=number,
            unit=unit,
            source=source,
        )
        for number, unit in found
        if number is not None
    )
    if not needs:
        if fields.warnings:
            return row.problem(name, fields.warnings[0].field, fields.warnings[0].reason, _REMEDY)
        return Loaded((), skipped="a row without a state (it could not be computed, or is secret)")
    return Loaded(needs, tuple(fields.warnings))


def _rank(value: object) -> Decimal:
    """Return the rank of a state, given by number or in words.

    Raises:
        ValueError: it is none that we know.
    """
    text = str(value).strip().removesuffix(".0")
    state = _CODES.get(text)
    plain = _plain(text)
    for name, words in _words()["states"].items():
        if state is None and any(_plain(word) in plain for word in words):
            state = name
    if state is None:
        raise ValueError(f"{text[:40]!r} is no state: 0 balanced, 1 surplus, 2 mismatch, 3 shortage")
    return Decimal(RANKS[state])


def _lists(files: Sequence[SourceFile]) -> _Lists:
    """Read the lists of occupations and regions, which have some hundred entries."""
    lists = _Lists()
    for file in files:
        for row in _rows(file) if file.plain_name.lower().endswith((".json", ".jsonl")) else ():
            if isinstance(row, Item) and isinstance(row.value, Mapping):
                code, identifier = row.value.get("koodi"), row.value.get("id")
                if isinstance(code, str) and isinstance(identifier, str):
                    if _is_region(row.value):
                        lists.regions[identifier.lower()] = code.strip()
                    else:
                        lists.occupations[identifier.lower()] = code.strip()
    return lists


def _is_region(raw: Mapping[str, Any]) -> bool:
    return "voimassaAlkaen" in raw or "voimassaPaattyen" in raw


def _json_row(item: Item, lists: _Lists, options: Mapping[str, str]) -> Outcome:
    raw = item.value
    if not isinstance(raw, Mapping):
        return item.problem(
            "", "", "The record is no row of a barometer.", "Load replies of its pages."
        )
    if "kohtaantotila" not in raw:
        if "koodi" in raw and "nimi" in raw:
            what = "region" if _is_region(raw) else "occupation"
            return Loaded((), skipped=f"an entry of the list of {what}s")
        if "ennuste" in raw and "value" in raw:
            return Loaded((), skipped="a month of the list of months")
        return item.problem("", "kohtaantotila", "The row has no state.", "Load replies of its pages.")
    occupation = _occupation(item, lists)
    if occupation is None:
        reason = "The occupation of the row is not known: the reply does not name it."
        remedy = "Load the list of occupations too, and keep the occupation's id in the file's name."
        return item.problem("", "ammatti", reason, remedy)
    place = plain_text(str(raw.get("groupingId") or ""))[:100]
    region = lists.regions.get(place.lower(), "" if _UUID.fullmatch(place) else place)
    if not region:
        reason = f"The region {place[:40]!r} is not known."
        return item.problem(occupation, "groupingId", reason, "Load the list of regions too.")
    return _needs(
        item,
        occupation,
        region,
        raw.get("kohtaantoTime") or options.get("period", ""),
        raw.get("kohtaantotila"),
        raw.get("tyopaikat"),
        options.get("source", "Työvoimabarometri"),
        forecast=raw.get("ennuste") is True,
    )


def _occupation(item: Item, lists: _Lists) -> str | None:
    """Return the occupation of a row: from the row, or from the id in the file's path."""
    for name in ("koodi", "ammattikoodi", "occupationCode", "ammattiId", "ammatti"):
        value = str(item.value.get(name) or "").strip()
        if value and (found := _concept(lists.occupations.get(value.lower(), value))):
            return found
    path = "/".join((*item.file.path.parts[-4:], item.file.member or ""))
    for identifier in reversed(_UUID.findall(path)):
        code = lists.occupations.get(identifier.lower())
        if code and (found := _concept(code)):
            return found
    return None
