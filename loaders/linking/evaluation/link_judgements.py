"""Judged links of real courses: `gold/aalto-links.csv`, in which courses are named by their codes.

Columns: `course_code`; `texts` (`all`: the linker read the course as a build does; `fi`: its Finnish
texts alone); `relation` (`teaches`, `requires`); `esco_uri`; `judgement` (`correct`, `partly` or
`wrong`); `judge`; `date`. `gold/GUIDELINES.md` has the rules for judges.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.records import Course
from loaders.base import Loaded
from loaders.linking.base import Subject, Text
from loaders.linking.languages import language_of
from loaders.readers.files import find_files
from loaders.registry import get_loader

COLUMNS = ("course_code", "texts", "relation", "esco_uri", "judgement", "judge", "date")
_FIELDS = (
    ("title", "title"),
    ("outcomes", "outcomes"),
    ("content", "content"),
    ("prerequisites", "prerequisite_text"),
)
_BEGINNING = 600
"""Characters from which it is told whether a text is in the language that it should be in."""


@dataclass(frozen=True, slots=True)
class JudgedLink:
    """One link and a judge's word on it."""

    course: str
    texts: str
    relation: str
    skill: str
    judgement: str

    @property
    def right(self) -> bool:
        """Whether the link is right or partly right."""
        return self.judgement != "wrong"


def read_links(path: Path) -> list[JudgedLink]:
    """Read a file of judged links.

    Raises:
        ValueError: it lacks a column, or a row has another judgement than the three.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        table = csv.DictReader(stream)
        missing = [name for name in COLUMNS if name not in (table.fieldnames or ())]
        if missing:
            raise ValueError(
                f"{path} has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}."
            )
        found = []
        for number, row in enumerate(table, 2):
            if row["judgement"] not in ("correct", "partly", "wrong"):
                raise ValueError(
                    f"{path}, line {number}: the judgement {row['judgement']!r} is none of correct, "
                    "partly and wrong."
                )
            found.append(JudgedLink(*(row[name] for name in COLUMNS[:5])))
    return found


def courses_of(paths: Sequence[Path], loader: str = "aalto") -> Iterator[Course]:
    """Yield the courses of some files."""
    for outcome in get_loader(loader).read(find_files(paths), {}):
        if isinstance(outcome, Loaded):
            yield from (record for record in outcome.records if isinstance(record, Course))


def subjects_of(courses: Iterable[Course], texts: str) -> dict[str, Subject]:
    """Return course code → the course as a linker reads it.

    Args:
        courses: the courses; of several with one code the last counts.
        texts: `all`, or a language: then only texts that are in it, and only courses whose outcomes or
            contents are.
    """
    found = {}
    for course in courses:
        its = [
            Text(field, language, text)
            for field, name in _FIELDS
            for language, text in getattr(course, name).items()
        ]
        if texts != "all":
            its = [each for each in its if each.language == texts and _is_in(each, texts)]
            if not any(each.field in ("outcomes", "content") for each in its):
                continue
        found[course.code] = Subject(course.code, "course", its)
    return found


def _is_in(text: Text, language: str) -> bool:
    """Return whether a text is in its language: some pages have English under another one."""
    other = "en" if language != "en" else "fi"
    return text.field == "title" or language_of(text.text[:_BEGINNING], other) == language
