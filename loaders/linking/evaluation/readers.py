"""Read gold sets: tables and JSON, by the names of their columns; see docs/evaluation.md.

Rows of one text are put together: the Decorte form has one row for each span of a sentence, the
SkillSkape form one row for each sentence with a list in Python's notation.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from loaders.base import Problem
from loaders.linking.evaluation.gold import GoldError, RawText
from loaders.readers.files import BROKEN_FILE, FileError, SourceFile, find_files
from loaders.readers.json_stream import read_items
from loaders.readers.tables import read_rows
from loaders.texts.text import guess_language

TEXT_COLUMNS = ("sentence", "text", "query", "document")
LANGUAGE_COLUMNS = ("language", "lang")
IRI_COLUMNS = ("uri", "uris", "esco_uri", "esco_uris", "skill_uri", "concepturi", "gold")
LABEL_COLUMNS = ("label", "labels", "skills", "skill", "esco_label")
_IRI = re.compile(r"https?://[^\s|;,\"'<>\[\]]+")

Cells = Mapping[str, Any]


def read_gold(path: Path, language: str | None = None) -> tuple[list[RawText], list[str]]:
    """Return the texts of a gold set, and a sentence for each row that cannot be used.

    Args:
        path: CSV (comma, semicolon or tab), JSON Lines or a JSON array; may be packed.
        language: of the texts whose row does not say it. None: guessed, English where nothing speaks.

    Raises:
        GoldError: the file is missing or holds no texts.
    """
    try:
        file = find_files([path])[0]
    except FileError as error:
        raise GoldError(str(error)) from None
    problems: list[str] = []
    texts = _grouped(_rows(file, language, problems))
    if not texts:
        raise GoldError(
            f"{path.name} holds no texts. A gold set has a column "
            f"{' or '.join(TEXT_COLUMNS[:2])} and one of {', '.join(IRI_COLUMNS + LABEL_COLUMNS)}; "
            f"docs/evaluation.md shows the forms. {' '.join(problems[:3])}".rstrip()
        )
    return list(texts), problems


def is_json(file: SourceFile) -> bool:
    """Tell whether a file begins like JSON."""
    try:
        with file.open_text() as text:
            return text.read(200).lstrip()[:1] in ("{", "[")
    except BROKEN_FILE:
        return False


def _rows(file: SourceFile, language: str | None, problems: list[str]) -> Iterator[RawText]:
    items: Iterable[Any] = read_items(file) if is_json(file) else read_rows(file, delimiters=",;\t")
    for item in items:
        if isinstance(item, Problem):
            problems.append(str(item))
            continue
        cells = item.value if hasattr(item, "value") else item.cells
        if not isinstance(cells, Mapping):
            problems.append(f"{file.name}, {item.place}: it is no JSON object with text and gold.")
            continue
        lower = {str(key).strip().casefold(): value for key, value in cells.items()}
        text = _first(lower, TEXT_COLUMNS)
        gold = [name for name in (*IRI_COLUMNS, *LABEL_COLUMNS, "main") if name in lower]
        if not isinstance(text, str) or not text.strip() or not gold:
            what = "no gold" if isinstance(text, str) and text.strip() else "no text"
            where = getattr(item, "place", "") or f"line {getattr(item, 'line', '?')}"
            problems.append(f"{file.name}, {where}: the row has {what}.")
            continue
        yield _raw(text, lower, gold, language)


def _raw(text: str, cells: Cells, gold: Sequence[str], language: str | None) -> RawText:
    given = _first(cells, LANGUAGE_COLUMNS)
    code = str(given).strip().lower()[:2] if given else language or guess_language(text) or "en"
    kind = str(cells.get("kind") or "course")
    return RawText(
        text=" ".join(text.split()) if "\n" not in text else text.strip(),
        language=code,
        main=tuple(name for column in gold for name in _names(cells[column])),
        acceptable=tuple(_names(cells.get("acceptable"))),
        kind=kind,
        field=str(cells.get("field") or ("abstract" if kind == "output" else "outcomes")),
        topic=str(cells.get("topic") or ""),
    )


def _first(cells: Cells, columns: Sequence[str]) -> object:
    return next((cells[column] for column in columns if cells.get(column)), None)


def _names(value: object) -> list[str]:
    """Return the IRIs or names in a cell: a list, its notation in Python or JSON, or a text."""
    if isinstance(value, str):
        if found := _IRI.findall(value):
            return found
        return _list_in(value.strip()) if value.strip() else []
    if isinstance(value, Mapping):
        return _names(value.get("uri") or value.get("label"))
    if isinstance(value, (list, tuple)):
        return [name for each in value for name in _names(each)]
    return []


def _list_in(cell: str) -> list[str]:
    if not cell.startswith("["):
        return [cell]
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        return [str(each).strip() for each in value] if isinstance(value, list) else [cell]
    return [cell]


def _grouped(rows: Iterable[RawText]) -> list[RawText]:
    """Put the rows of one text together, in the order of their first ones."""
    found: dict[tuple[str, str, str, str], RawText] = {}
    for row in rows:
        key = (row.text, row.language, row.kind, row.field)
        former = found.get(key)
        if former is None:
            found[key] = row
            continue
        found[key] = replace(
            former,
            main=tuple(dict.fromkeys((*former.main, *row.main))),
            acceptable=tuple(dict.fromkeys((*former.acceptable, *row.acceptable))),
        )
    return list(found.values())
