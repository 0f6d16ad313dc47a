"""The form that a coordinator fills in: its columns, choices and sentences in three languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "fi", "sv")
KINDS = ("courses", "needs")
_NEEDED_HEADERS = 3
"""Known headers from which a row counts as the header of a form."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `names`, `help` and `example` are by language."""

    key: str
    kind: str
    names: Mapping[str, str]
    width: int
    required: bool = False
    choices: str = ""
    """Name of the list of choices."""
    help: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, str] = field(default_factory=dict)

    def header(self, language: str) -> str:
        """Return what stands at the head of the column."""
        return f"{self.names[language]} *" if self.required else self.names[language]


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a filled-in form says."""

    kind: str
    language: str
    keys: Mapping[int, str]
    """Position → column key."""
    unknown: Mapping[int, str]
    """Position → a name that is not of the form."""


@cache
def _data() -> Mapping[str, Any]:
    text = (files("loaders") / "data" / "template.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def columns(kind: str) -> tuple[Column, ...]:
    """Return the columns of a form in their order. `kind`: one of `KINDS`."""
    return tuple(
        Column(
            key=row["key"],
            kind=row["kind"],
            names={language: row[language] for language in LANGUAGES},
            width=row["width"],
            required=row.get("required", False),
            choices=row.get("list", ""),
            help=row.get("help", {}),
            example=_example(row),
        )
        for row in _data()[kind]
    )


def _example(row: Mapping[str, Any]) -> Mapping[str, str]:
    example = row.get("example", {})
    if isinstance(example, str):  # a choice, by its code
        return {
            language: str(_data()["lists"][row["list"]][example][language]) for language in LANGUAGES
        }
    found: Mapping[str, str] = example
    return found


def choices(name: str) -> Mapping[str, Mapping[str, str]]:
    """Return a list of choices: code → name by language."""
    found: Mapping[str, Mapping[str, str]] = _data()["lists"][name]
    return found


def sheet_name(kind: str, language: str) -> str:
    """Return the name of a sheet: that of a form, or `instructions`."""
    return str(_data()["sheets"][kind][language])


def instructions(kind: str, language: str) -> Sequence[str]:
    """Return the sentences of the sheet of instructions; the first is its title."""
    found: Sequence[str] = _data()["instructions"][kind][language]
    return found


def example_mark(language: str) -> str:
    """Return the word that marks the example row."""
    return str(_data()["sheets"]["example"][language])


def is_example(text: str) -> bool:
    """Whether a row's first value marks it as the example, in any language."""
    return any(plain(text).startswith(plain(example_mark(language))) for language in LANGUAGES)


def sentence(name: str, part: str, language: str, **values: object) -> str:
    """Return a sentence about a fault. `part`: `reason` or `remedy`; "" for the words of a place."""
    message = _data()["messages"][name]
    text: str = (message[part] if part else message)[language]
    return text.format_map({key: str(value) for key, value in values.items()})


def plain(text: str) -> str:
    """Return a name as it is compared: without capitals, marks and needless blanks."""
    return " ".join(text.replace("*", " ").casefold().split())


@cache
def _names() -> Mapping[str, Sequence[tuple[str, str, str]]]:
    """Return what a header may say: plain name → kinds, keys and languages; the key has no language."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for kind in KINDS:
        for column in columns(kind):
            found.setdefault(column.key, []).append((kind, column.key, ""))
            for language in LANGUAGES:
                found.setdefault(plain(column.names[language]), []).append((kind, column.key, language))
    return found


def read_header(texts: Sequence[str]) -> Header | None:
    """Return what a row of headers says, by names or keys; None if it is no header."""
    named = {place: _names().get(plain(text), ()) for place, text in enumerate(texts) if text.strip()}
    best: Header | None = None
    for kind in KINDS:
        keys: dict[int, str] = {}
        languages: list[str] = []
        for place, meanings in named.items():
            own = [(key, language) for of, key, language in meanings if of == kind]
            if own and own[0][0] not in keys.values():
                keys[place] = own[0][0]
                languages += [language for _, language in own if language]
        needed = {column.key for column in columns(kind) if column.required}
        if len(keys) >= _NEEDED_HEADERS and needed & set(keys.values()):
            unknown = {place: texts[place] for place in named if place not in keys}
            header = Header(kind, _most(languages), keys, unknown)
            if best is None or len(keys) > len(best.keys):
                best = header
    return best


def _most(languages: Iterable[str]) -> str:
    found = list(languages)
    return max(LANGUAGES, key=found.count) if found else "en"
