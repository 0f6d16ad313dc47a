"""The spreadsheet that `fitech template` makes, filled in by a coordinator without an interface.

Excel or CSV, in Finnish, Swedish or English; what is wrong is told in the language of the form, with
sheet, row, column and remedy. One record is one row. The example row is passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from graph.identifiers import digest
from graph.records import (
    Course,
    CourseOffering,
    LangText,
    LearningOutcome,
    Organisation,
    Price,
    SkillNeed,
)
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.courses.template_cells import Fault, parse_cell
from loaders.courses.template_form import (
    LANGUAGES,
    Column,
    Header,
    columns,
    is_example,
    read_header,
    sentence,
)
from loaders.readers.fields import guarded
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import raw_of
from loaders.readers.spreadsheet import SheetRow, cell_text, is_workbook, read_sheets
from loaders.readers.tables import TableRow, read_rows
from loaders.regions import region_code
from loaders.repeats import tell_once
from loaders.texts.course_codes import codes_in
from loaders.texts.text import honest_languages
from loaders.universities import university

_TITLES = tuple(f"title_{language}" for language in LANGUAGES)
_HEADER_WITHIN = 20
"""Rows from the top of a sheet among which its header must be."""
_DAYS = ("start", "end", "enrolment_start", "enrolment_end")
_REALISATION = {"code", "university", "mode", "language", "price", "open_to_all", "homepage", *_DAYS}


@dataclass(slots=True)
class _Row:
    """One filled-in row, and what is wrong with it so far."""

    file: SourceFile
    sheet: str
    number: int
    header: Header
    cells: Mapping[str, Any]
    warnings: list[Problem] = field(default_factory=list)
    _parsed: dict[str, Any] = field(default_factory=dict)
    _faults: dict[str, Problem] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where it stands, in the language of the form."""
        name = "sheet_place" if self.sheet else "place"
        return sentence(name, "", self.header.language, sheet=self.sheet, row=self.number)

    def fault(self, name: str, key: str = "", **values: object) -> Problem:
        """Return a fault of a cell, or of the row where no column is named."""
        language = self.header.language
        names = {column.key: column.names[language] for column in columns(self.header.kind)}
        column = names.get(key, key)
        reason = sentence(name, "reason", language, **values)
        if column:
            reason = sentence("column", "", language, place=self.place, column=column, fault=reason)
        else:
            reason = f"{self.place}: {reason}"
        remedy = sentence(name, "remedy", language, **values)
        return self.problem("", column, reason, remedy)

    def problem(self, record: str, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this row."""
        code = cell_text(self.cells.get("code") or self.cells.get("concept_uri"))[:100]
        name = " ".join(part for part in (record or code, f"({self.place})") if part)
        texts = {key: cell_text(value) for key, value in self.cells.items()}
        return Problem(self.file.name, name, field, reason, remedy, raw_of(texts))

    def read(self, key: str) -> Any:  # noqa: ANN401 (what the column holds)
        """Return what a cell says; None and a warning if it cannot be understood."""
        if key not in self._parsed:
            column = _column(self.header.kind, key)
            try:
                self._parsed[key] = parse_cell(column, self.cells.get(key), self.header.language)
            except Fault as fault:
                self._parsed[key] = None
                self._faults[key] = self.fault(fault.name, key, **fault.values)
                self.warnings.append(self._faults[key])
        return self._parsed[key]

    def why(self, key: str, otherwise: str = "missing") -> Problem:
        """Return the fault of a cell that could not be read, or that it is empty."""
        return self._faults.get(key) or self.fault(otherwise, key)


def _column(kind: str, key: str) -> Column:
    return next(column for column in columns(kind) if column.key == key)


class TemplateLoader:
    """Reads filled-in forms of courses and of skill needs."""

    info = LoaderInfo(
        name="template",
        title="Filled-in template",
        description="The form of `fitech template`, Excel or CSV, in Finnish, Swedish or English.",
        version="1",
        file_patterns=("*.xlsx", "*.csv"),
        options={"university": "key of the university of rows that name none"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per row; see `Loader.read`."""
        titled = {
            cell_text(row.cells.get("code"))
            for file in files
            for row in _rows(file)
            if isinstance(row, _Row) and any(row.cells.get(key) for key in _TITLES)
        }
        reader = _Reader(titled, options.get("university"))
        told: set[str] = set()
        for file in files:
            for row in _rows(file):
                if isinstance(row, Problem):
                    yield row
                    continue
                outcome = guarded(row, reader.read)
                yield tell_once(outcome, told) if isinstance(outcome, Loaded) else outcome


def _rows(file: SourceFile) -> Iterator[_Row | Problem]:
    """Yield the rows below the headers of a file; a problem of the file if it is no form."""
    headers: dict[str, Header] = {}
    looked: dict[str, int] = {}
    told: set[tuple[str, int]] = set()
    for row in _grid(file):
        if isinstance(row, Problem):
            yield row
            continue
        texts = row.texts()
        if not any(texts):
            continue
        looked[row.sheet] = looked.get(row.sheet, 0) + 1
        header = headers.get(row.sheet)
        found = read_header(texts) if looked[row.sheet] <= _HEADER_WITHIN else None
        if found is not None:  # the technical names come first, hidden; then those for people
            headers[row.sheet] = found
        elif header is not None:
            cells = {
                key: row.values[place] for place, key in header.keys.items() if place < len(row.values)
            }
            one = _Row(file, row.sheet, row.number, header, cells)
            for place, text in enumerate(texts):
                if text and place not in header.keys and (row.sheet, place) not in told:
                    told.add((row.sheet, place))
                    name = header.unknown.get(place) or f"{place + 1}"
                    one.warnings.append(one.fault("unknown_column", name[:60]))
            yield one
    if looked and not headers:
        reason = "The file is no form of `fitech template`: no row names its columns."
        remedy = "Copy the content into a form that `fitech template courses` makes."
        yield Problem(file.name, "", "", reason, remedy)


def _grid(file: SourceFile) -> Iterator[SheetRow | Problem]:
    if is_workbook(file):
        yield from read_sheets(file)
        return
    first, breaks = True, 0
    for row in read_rows(file, (), ";,\t"):
        if isinstance(row, TableRow):
            if first:
                yield SheetRow(file, "", 1, tuple(row.cells))
                first = False
            # A cell may have several lines: the row's number is that which a spreadsheet shows.
            breaks += sum(cell.count("\n") for cell in row.cells.values())
            yield SheetRow(file, "", row.line - breaks, tuple(row.cells.values()))
        else:
            yield row


class _Reader:
    def __init__(self, titled: set[str], provider: str | None) -> None:
        self._titled = titled
        self._provider = provider
        self._seen: dict[str, str] = {}

    def read(self, row: _Row) -> Outcome:
        first = next((cell_text(value) for value in row.cells.values() if cell_text(value)), "")
        if is_example(first) or is_example(cell_text(row.cells.get("code"))):
            return Loaded((), skipped="the example row of the template")
        for column in columns(row.header.kind):
            if column.required and not cell_text(row.cells.get(column.key)):
                return row.fault("missing", column.key)
        return self._need(row) if row.header.kind == "needs" else self._course(row)

    def _again(self, name: str, key: str, row: _Row, value: str) -> Problem | None:
        """Return the fault of a row that says again what another said."""
        if key in self._seen:
            return row.fault(name, value=value, other=self._seen[key])
        self._seen[key] = row.place if row.sheet else f"{row.file.name}, {row.place}"
        return None

    def _need(self, row: _Row) -> Outcome:
        for key in ("concept_uri", "region", "period", "number", "source"):
            if row.read(key) is None:
                return row.why(key)
        concept, period = row.read("concept_uri"), row.read("period")
        region = region_code(row.read("region"))
        unit, source = row.read("unit") or "openings", row.read("source")
        key = digest("|".join((concept, region, period, unit, source)))
        if again := self._again("duplicate_need", f"need/{key}", row, concept):
            return again
        need = SkillNeed(key, concept, region, period, row.read("number"), unit, source)
        return Loaded((need,), tuple(row.warnings))

    def _course(self, row: _Row) -> Outcome:
        code = row.read("code")
        if code is None:
            return row.why("code")
        provider = row.read("university") or self._provider
        if provider is None:
            return row.why("university", "no_university")
        filled = {key for key, value in row.cells.items() if cell_text(value)}
        if filled <= _REALISATION and filled & set(_DAYS) and code in self._titled:
            offering = self._offering(row, provider, code)
            if not isinstance(offering, CourseOffering):
                return offering or next(row.why(key) for key in _DAYS if key in filled)
            return Loaded((university(provider), offering), tuple(row.warnings))
        title = _texts(row, "title")
        if not title:
            named = next((key for key in _TITLES if key in filled), f"title_{row.header.language}")
            return row.why(named, "no_title")
        if again := self._again("duplicate", f"course/{provider}/{code}", row, code):
            return again
        course, unit = self._described(row, provider, code, title)
        offering = self._offering(row, provider, code)
        if isinstance(offering, Problem):
            row.warnings.append(offering)
        found = (university(provider), unit, course, offering)
        records = tuple(one for one in found if one is not None and not isinstance(one, Problem))
        return Loaded(records, tuple(row.warnings))

    def _described(
        self, row: _Row, provider: str, code: str, title: LangText
    ) -> tuple[Course, Organisation | None]:
        prerequisites = _texts(row, "prerequisites")
        lines = {language: row.read(f"outcomes_{language}") or () for language in LANGUAGES}
        low, high = row.read("credits_min"), row.read("credits_max")
        if low is not None and high is not None and low > high:
            row.warnings.append(row.fault("order", "credits_min", value=low))
            low = high = None
        name = row.read("unit")
        unit = (
            Organisation(f"{provider}/{_slug(name)}", {row.header.language: name}, (), provider, "FI")
            if name
            else None
        )
        course = Course(
            university=provider,
            code=code,
            title=title,
            outcomes=honest_languages(
                {language: "\n".join(texts) for language, texts in lines.items() if texts}
            ),
            learning_outcomes=_outcomes(lines),
            content=_texts(row, "content"),
            prerequisite_text=prerequisites,
            prerequisite_codes=codes_in(prerequisites.values(), self._titled, code),
            credits_min=low if low is not None else high,
            credits_max=high if high is not None else low,
            level=row.read("level"),
            languages=row.read("language") or (),
            unit=unit.key if unit else None,
            homepage=row.read("homepage"),
            eqf_level=row.read("eqf"),
            isced_f=row.read("isced_f") or (),
            modes=row.read("mode") or (),
            open_to_all=row.read("open_to_all"),
            price=_price(row),
            stated_skills=row.read("esco_skills") or (),
        )
        return course, unit

    def _offering(self, row: _Row, provider: str, code: str) -> CourseOffering | Problem | None:
        """Return the realisation that the row tells of, the fault of one told twice, or None."""
        days = {key: row.read(key) for key in _DAYS}
        for first, last in (("start", "end"), ("enrolment_start", "enrolment_end")):
            begins, ends = days[first], days[last]
            if begins and ends and ends < begins:
                row.warnings.append(row.fault("day_order", last, value=ends))
                days[last] = None
        moment = next((day for day in days.values() if day), None)
        if moment is None:
            return None
        key = f"{code}-{moment.isoformat()}"
        if again := self._again("duplicate_realisation", f"offering/{provider}/{key}", row, code):
            return again
        return CourseOffering(
            key=key,
            university=provider,
            course_code=code,
            start=days["start"],
            end=days["end"],
            enrolment_start=days["enrolment_start"],
            enrolment_end=days["enrolment_end"],
            languages=row.read("language") or (),
            modes=row.read("mode") or (),
            price=_price(row),
            open_to_all=row.read("open_to_all"),
            homepage=row.read("homepage"),
        )


def _texts(row: _Row, name: str) -> dict[str, str]:
    found = {language: row.read(f"{name}_{language}") for language in LANGUAGES}
    return honest_languages({language: text for language, text in found.items() if text})


def _price(row: _Row) -> Price | None:
    price: Price | None = row.read("price")
    if price is not None and price.text:
        return Price(text=dict.fromkeys((row.header.language,), next(iter(price.text.values()))))
    return price


def _outcomes(lines: Mapping[str, Sequence[str]]) -> tuple[LearningOutcome, ...]:
    """Return the outcomes one by one; those of several languages together if they are as many."""
    filled = {language: texts for language, texts in lines.items() if texts}
    if len({len(texts) for texts in filled.values()}) == 1:
        together = zip_longest(*filled.values())
        return tuple(
            LearningOutcome(honest_languages(dict(zip(filled, texts, strict=True))))
            for texts in together
        )
    return tuple(
        LearningOutcome({language: text}) for language, texts in filled.items() for text in texts
    )


def _slug(name: str) -> str:
    """Return a key of a unit that has no code: its name in small letters, without accents."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-") or digest(name)
