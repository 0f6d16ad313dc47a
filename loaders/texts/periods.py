"""Periods of counts: months, quarters, half-years, years and intervals, as ISO 8601."""

from __future__ import annotations

import re

_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_YEAR}",
        rf"{_YEAR}\s?[-/.Mm]\s?(?P<month>\d{{1,2}})(?:-\d{{2}}(?:[T ].*)?)?",
        rf"(?P<month>\d{{1,2}})\s?[-/.]\s?{_YEAR}",
        rf"\d{{1,2}}\.(?P<month>\d{{1,2}})\.{_YEAR}",
        rf"{_YEAR}\s?[-/]?\s?[QqKk](?P<quarter>[1-4])",
        rf"{_YEAR}\s?[-/]?\s?[Hh](?P<half>[12])",
    )
)
_SEPARATORS = (" - ", "–", "--", "/", "-")


def parse_period(value: object) -> str:
    """Return a year (`2026`), a month (`2026-03`) or an interval of months (`2026-01/2026-06`).

    Args:
        value: in ISO 8601, or as people and statistics write it: `6/2026`, `2026M06`, `2026Q2`,
            `2026H1`, `30.6.2026` (its month), `2026-01 – 2026-06`.

    Raises:
        ValueError: it is empty or something else.
    """
    text = str(value if value is not None else "").strip()
    if not text:
        raise ValueError("it is missing")
    single = _single(text)
    if single:
        return single
    for separator in _SEPARATORS:
        left, _, right = text.partition(separator)
        start, end = _single(left.strip()), _single(right.strip())
        if start and end:
            first, last = start.partition("/")[0], end.rpartition("/")[2]
            if first <= last:
                return f"{first}/{last}"
    raise ValueError(f"{text[:40]!r} is no year, month or interval")


def _single(text: str) -> str | None:
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
        year = parts["year"]
        if parts.get("month"):
            month = int(parts["month"])
            return f"{year}-{month:02d}" if 1 <= month <= 12 else None
        if parts.get("quarter"):
            last = 3 * int(parts["quarter"])
            return f"{year}-{last - 2:02d}/{year}-{last:02d}"
        if parts.get("half"):
            last = 6 * int(parts["half"])
            return f"{year}-{last - 5:02d}/{year}-{last:02d}"
        return str(year)
    return None
