"""Dates as lists of references write them: by BibLaTeX, by BibTeX's `month`, by RIS and in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from loaders.readers.fields import Fields
from loaders.research.reference import Reference
from loaders.research.works import day_of_parts, year_of_parts

_DATE = re.compile(r"\D{0,3}(\d{4})(?:([-/])(\d{1,2})(?:\2(\d{1,2}))?)?(?!\d)")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SWEDISH = {"maj": 5, "okt": 10}


def read_dates(
    entry: Reference, inherited: Reference | None, fields: Fields
) -> tuple[int | None, date | None]:
    """Return the year of a work, and the day if the entry tells it.

    Args:
        entry: the entry.
        inherited: the entry of its volume, for what it does not say itself.
        fields: for warnings.
    """
    year: int | None = None
    # The date of RIS is of less weight: some programs put the day of the export there.
    for name in ("year", "date") if entry.form == "ris" else ("date", "year"):
        text = entry.text(name) or (inherited.text(name) if inherited else "")
        if not text:
            continue
        if year and not _YEAR.search(text):
            text = f"{text} {year}"
        parts = fields.read(name, text, _parts)
        if not parts:
            continue
        if name == "year" and len(parts) == 1:
            month, day = _month_and_day(entry.text("month"))
            parts = [*parts, month, entry.text("day") or day]
        found = fields.read(name, parts, year_of_parts)
        year = year or found
        if found and found == year and all(str(part or "").isdigit() for part in parts):
            known = fields.read(name, parts, day_of_parts)
            if known:
                return year, known
    return year, None


def _parts(text: str) -> Sequence[object]:
    """Return year, month and day of `2020`, `2020-03-01/2020-04-01`, `2020/03/01/` or `1 March 2020`.

    Raises:
        ValueError: it tells no year.
    """
    match = _DATE.match(text)
    if match is not None:
        return [part for part in match.group(1, 3, 4) if part]
    year = _YEAR.search(text)
    if year is None:
        raise ValueError(f"{text[:40]!r} is no year")
    month, day = _month_and_day(text.replace(year[1], " ", 1))
    return [year[1], month, day] if month else [year[1]]


def _month_and_day(text: str) -> tuple[int | None, int | None]:
    """Return month and day of `3`, `mar`, `March 3`, `3 mar`; of `10--12 March` only the month."""
    words = re.findall(r"[^\W\d_]{3,}", text.lower())
    numbers = [int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)]
    named = [month for word in words if (month := _month(word))]
    if not words and len(numbers) == 1:
        return numbers[0], None
    if len(named) != 1:
        return (named[0] if named else None), None
    return named[0], numbers[0] if len(numbers) == 1 else None


def _month(word: str) -> int | None:
    if word.endswith("kuu"):  # of the Finnish months, "marraskuu" is not March
        return None
    short = word[:3]
    return _MONTHS.index(short) + 1 if short in _MONTHS else _SWEDISH.get(short)
