"""Write the form that a coordinator without an interface fills in, as Excel or CSV."""

from __future__ import annotations

import csv
from pathlib import Path

from loaders.courses.template_form import (
    KINDS,
    Column,
    choices,
    columns,
    example_mark,
    instructions,
    sheet_name,
)
from loaders.universities import universities

ROWS = 2_000
"""Rows that have drop-down lists."""
FORMATS = ("xlsx", "csv")
_KEY_ROW, _HEADER_ROW, _EXAMPLE_ROW = 1, 2, 3
_LISTS = "Lists"
_BLUE, _GREY = "1F3864", "7F7F7F"


def write_template(kind: str, language: str, form: str, path: Path) -> None:
    """Write an empty form.

    Args:
        kind: one of `KINDS`.
        language: `en`, `fi` or `sv`.
        form: one of `FORMATS`.
        path: where to write it; an existing file is replaced.

    Raises:
        OSError: it cannot be written there.
    """
    assert kind in KINDS
    if form == "csv":
        _write_csv(kind, language, path)
    else:
        _write_workbook(kind, language, path)


def _example_row(kind: str, language: str) -> list[str]:
    row = [column.example.get(language, "") for column in columns(kind)]
    return [example_mark(language), *row[1:]]


def _write_csv(kind: str, language: str, path: Path) -> None:
    # Excel reads UTF-8 only behind its mark, and a Finnish or Swedish Excel separates with semicolons.
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow([column.header(language) for column in columns(kind)])
        writer.writerow(_example_row(kind, language))


def _names_of(column: Column, language: str) -> list[str]:
    """Return the choices of a column, as they are named in a language; empty if it has none."""
    if column.kind == "university":
        return sorted(item.name[language] for item in universities() if item.member)
    return [names[language] for names in choices(column.choices).values()] if column.choices else []


def _write_workbook(kind: str, language: str, path: Path) -> None:
    from openpyxl import Workbook  # imported when used: it takes long
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    help_sheet = book.active
    assert help_sheet is not None
    help_sheet.title = sheet_name("instructions", language)
    help_sheet.column_dimensions["A"].width = 110
    for number, line in enumerate(instructions(kind, language), start=1):
        cell = help_sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if number == 1:
            cell.font = Font(bold=True, size=14)
    help_sheet.protection.sheet = True

    sheet = book.create_sheet(sheet_name(kind, language))
    lists = book.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    book.active = 0
    for number, column in enumerate(columns(kind), start=1):
        letter = get_column_letter(number)
        sheet.cell(_KEY_ROW, number, column.key)
        header = sheet.cell(_HEADER_ROW, number, column.header(language))
        header.font = Font(bold=True, color="FFFFFF")
        header.fill = PatternFill("solid", fgColor=_BLUE)
        header.alignment = Alignment(wrap_text=True, vertical="top")
        if help_text := column.help.get(language):
            header.comment = Comment(help_text, "FITech Graph", width=260, height=90)
        below = sheet.column_dimensions[letter]
        below.width = column.width
        below.protection = Protection(locked=False)
        below.alignment = Alignment(wrap_text=True, vertical="top")
        # Text, so that Excel keeps the zero of 0613 and makes no day of 2026-03.
        below.number_format = "dd.mm.yyyy" if column.kind == "day" else "@"
        if column.kind == "number":
            below.number_format = "General"
        if names := _names_of(column, language):
            for place, name in enumerate(names, start=1):
                lists.cell(place, number, name)
            area = f"{_LISTS}!${letter}$1:${letter}${len(names)}"
            rule = DataValidation("list", formula1=f"={area}", allow_blank=True)
            # Several values in one cell are no choice of the list: they must not be refused.
            rule.showErrorMessage = column.kind != "choices"
            rule.add(f"{letter}{_EXAMPLE_ROW + 1}:{letter}{ROWS}")
            sheet.add_data_validation(rule)
    for number, text in enumerate(_example_row(kind, language), start=1):
        cell = sheet.cell(_EXAMPLE_ROW, number, text)
        cell.font = Font(italic=True, color=_GREY)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.protection = Protection(locked=False)
    sheet.row_dimensions[_KEY_ROW].hidden = True
    sheet.freeze_panes = f"B{_EXAMPLE_ROW}"
    guard = sheet.protection
    guard.sheet = True  # without a password: it protects from slips only
    guard.formatColumns = guard.formatRows = guard.formatCells = False
    guard.insertRows = guard.deleteRows = guard.sort = guard.autoFilter = False
    book.save(path)
