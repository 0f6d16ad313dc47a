"""Peppi study guides (Oulu, Vaasa, Turku, Åbo Akademi, Lapland …): replies of the guide's backend.

Courses (`/course/{id}`), plans (`/accomplishment-plan/{id}`), educations (`/education/…`), realizations
(`/realizations/course/{id}`), searches (`/lu/units/…`), organisations and the navigation, each reply
a file or many in one. No reply names the university: it comes by option.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.records import Course, CourseOffering, Organisation, Price, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.courses.peppi_survey import (
    NODES,
    UNIT,
    Survey,
    identifier_of,
    kind_of,
    named,
    survey,
    walk,
)
from loaders.courses.peppi_values import (
    helsinki_day,
    level_of,
    modes_of_text,
    parts_of,
    spoken_languages,
    texts,
)
from loaders.courses.sisu_values import says_open_university
from loaders.readers.fields import Fields, guarded, text_list
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.texts.course_codes import codes_in
from loaders.texts.text import honest_languages, optional_text, parse_number
from loaders.universities import university

_REMEDY = "Correct it in Peppi, or fetch it again."


class PeppiLoader:
    """Reads the replies of a Peppi study guide's backend."""

    info = LoaderInfo(
        name="peppi",
        title="Peppi study guides",
        description="Replies of a study guide's backend: courses, plans, realizations; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.json.gz", "*.jsonl.gz"),
        options={"university": "key of the university whose study guide it is (required)"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        provider = options.get("university", "").strip()
        reading = _Reading(provider, survey(_items(files)))
        told = False
        for place, item in enumerate(_items(files)):
            if isinstance(item, Problem):
                yield item
                continue
            outcome = guarded(item, lambda one, at=place: reading.read(one, at))  # type: ignore[misc]
            if isinstance(outcome, Loaded) and outcome.records and not told:
                told = True
                outcome = Loaded((university(provider), *outcome.records), outcome.warnings)
            yield outcome


def _items(files: Sequence[SourceFile]) -> Iterator[Item | Problem]:
    for file in files:
        yield from read_items(file, ("learningUnits",))


class _Reading:
    """One load: the survey, and what was told already."""

    def __init__(self, provider: str, found: Survey) -> None:
        self.provider = provider
        self.found = found
        self.told: set[str] = set()

    def read(self, item: Item, place: int) -> Outcome:
        kind = kind_of(item.value)
        if not kind:
            return item.problem(
                "", "", "The record is none of Peppi's that are known here.", "Load replies of Peppi."
            )
        if kind == "category":
            return Loaded((), skipped="a category of the study guide (not part of the graph)")
        if not self.provider:
            return item.problem(
                identifier_of(item.value, "code", "id"),
                "",
                "Nothing tells the university of the record.",
                "Name it with the option `university`.",
            )
        if kind == "course":
            return self._course(item, place)
        if kind == "node":
            return self._plan(item, place)
        if kind == "realization":
            return self._realization(item)
        if kind == "search row":
            return self._search_row(item)
        return self._organisation(item)

    def _course(self, item: Item, place: int) -> Outcome:
        raw = item.value
        code, identifier = identifier_of(raw, "code"), identifier_of(raw, "id")
        problem = _without_code_or_name(item, code, identifier)
        if problem:
            return problem
        if self.found.courses[code][1] != place:
            return Loaded((), skipped="an older version of a course")
        fields = Fields(item, code)
        parts = fields.read("contentList", raw.get("contentList"), parts_of) or {}
        prerequisites = parts.get("prerequisites", {})
        course = Course(
            university=self.provider,
            code=code,
            title=honest_languages(texts(raw["name"])),
            outcomes=parts.get("outcomes", {}),
            content=parts.get("content") or parts.get("description", {}),
            prerequisite_text=prerequisites,
            prerequisite_codes=codes_in(prerequisites.values(), self.found.known, code),
            level=level_of(parts.get("level", {})),
            languages=spoken_languages(parts.get("language", {})),
            identifiers=tuple(self.found.ids.get(code, ())),
            keywords=_keywords(raw, parts, fields),
            modes=modes_of_text(parts.get("mode", {})),
            open_to_all=True if {code, identifier} & self.found.open_to_all else None,
            assessment=parts.get("assessment", {}),
            **_credits(raw, fields),
        )
        return Loaded((course,), tuple(fields.warnings))

    def _plan(self, item: Item, place: int) -> Outcome:
        """Read a tree of programmes, modules and courses; what stood in another one is not repeated."""
        raw = item.value
        fields = Fields(item, identifier_of(raw, "code", "id"))
        records: list[Record] = []
        for node, below in walk(raw):
            if not identifier_of(node, "id", "code"):
                fields.warn("id", "A node of the plan was left out: it has no id.", _REMEDY)
            elif not named(node):
                fields.warn("name", "A node of the plan was left out: it has no name.", _REMEDY)
            elif node.get("type") == UNIT:
                records += self._thin_course(node, "id", fields)
            elif self._is_told_best_here(node, place):
                records.append(self._programme(node, below, fields))
        if not records and fields.warnings and not self._anything_known(raw):
            problem = fields.warnings[0]
            return item.problem(identifier_of(raw, "code"), problem.field, problem.reason, _REMEDY)
        if not records:
            return Loaded((), tuple(fields.warnings), "a plan that other records tell")
        return Loaded(tuple(records), tuple(fields.warnings))

    def _anything_known(self, root: Mapping[str, Any]) -> bool:
        return any(identifier_of(node, "id", "code") and named(node) for node, _ in walk(root))

    def _is_told_best_here(self, node: Mapping[str, Any], place: int) -> bool:
        identifier = identifier_of(node, "id", "code")
        key = f"node {identifier}"
        if self.found.nodes[identifier][1] != place or key in self.told:
            return False
        self.told.add(key)
        return True

    def _programme(
        self, node: Mapping[str, Any], below: Sequence[Mapping[str, Any]], fields: Fields
    ) -> Course:
        identifier = identifier_of(node, "id", "code")
        parts = fields.read("descriptions", node.get("descriptions"), parts_of) or {}
        members = (self._name_of(child) for child in below)
        fee = parts.get("fee", {})
        return Course(
            university=self.provider,
            code=identifier_of(node, "code") or identifier,
            title=honest_languages(named(node)),
            kind=NODES.get(str(node.get("type")), "module"),
            outcomes=parts.get("outcomes", {}),
            content=parts.get("content") or parts.get("description", {}),
            level=fields.read("educationLevel", node.get("educationLevel"), optional_text),
            languages=spoken_languages(parts.get("language", {})),
            identifiers=(identifier,),
            keywords=_keywords(node, parts, fields),
            modes=modes_of_text(parts.get("mode", {})),
            open_to_all=True if says_open_university(named(node).values()) else None,
            price=Price(text=fee) if fee else None,
            parts=tuple(dict.fromkeys(name for name in members if name)),
            **_credits(node, fields),
        )

    def _name_of(self, node: Mapping[str, Any]) -> str:
        """Return the code of a node, which its course has too; its id if no code is known."""
        identifier = identifier_of(node, "id")
        return identifier_of(node, "code") or self.found.codes.get(identifier, identifier)

    def _thin_course(self, raw: Mapping[str, Any], name: str, fields: Fields) -> list[Record]:
        """Return the course that a plan or a search names, unless its own record is in the files."""
        identifier = identifier_of(raw, name)
        code = identifier_of(raw, "code") or self.found.codes.get(identifier, "") or identifier
        if code in self.found.courses or f"course {code}" in self.told:
            return []
        self.told.add(f"course {code}")
        return [
            Course(
                university=self.provider,
                code=code,
                title=honest_languages(named(raw)),
                identifiers=tuple(self.found.ids.get(code, ())) or (identifier,),
                open_to_all=True if {code, identifier} & self.found.open_to_all else None,
                **_credits(raw, fields),
            )
        ]

    def _search_row(self, item: Item) -> Outcome:
        raw = item.value
        code, identifier = identifier_of(raw, "code"), identifier_of(raw, "learningUnitId")
        problem = _without_code_or_name(item, code, identifier)
        if problem:
            return problem
        fields = Fields(item, code)
        records = self._thin_course(raw, "learningUnitId", fields)
        if not records:
            return Loaded((), skipped="a search result whose course stands elsewhere in the files")
        return Loaded(tuple(records), tuple(fields.warnings))

    def _realization(self, item: Item) -> Outcome:
        raw = item.value
        code = identifier_of(raw, "code")
        identifier = identifier_of(raw, "realisationId", "realizationId", "id") or code
        if not identifier:
            return item.problem("", "realisationId", "The realization has no id.", _REMEDY)
        if f"realization {identifier}" in self.told:
            return Loaded((), skipped="a realization that stood in the files before")
        # `405040Y-3021` is the 21st realization of 405040Y.
        course = code if code in self.found.known else code.rpartition("-")[0]
        if course not in self.found.known:
            return item.problem(
                identifier,
                "code",
                f"The course of the realization {code!r} is not in the files.",
                "Load the courses together with their realizations.",
            )
        self.told.add(f"realization {identifier}")
        fields = Fields(item, identifier)
        title = fields.read("name", raw.get("name"), texts) or {}
        parts = fields.read("contentList", raw.get("contentList"), parts_of) or {}

        def day(name: str) -> Any:  # noqa: ANN401 (a day or None)
            return fields.read(name, raw.get(name), helsinki_day)

        offering = CourseOffering(
            key=identifier,
            university=self.provider,
            course_code=course,
            title=honest_languages(title),
            start=day("startDate"),
            end=day("endDate"),
            enrolment_start=day("enrollmentStartDateTime"),
            enrolment_end=day("enrollmentEndDateTime"),
            languages=spoken_languages(parts.get("language", {})),
            modes=modes_of_text(parts.get("mode", {})),
            open_to_all=True if says_open_university(title.values()) else None,
        )
        return Loaded((offering,), tuple(fields.warnings))

    def _organisation(self, item: Item) -> Outcome:
        identifier, name = identifier_of(item.value, "id"), named(item.value)
        if not identifier or not name:
            field = "name" if identifier else "id"
            return item.problem(identifier, field, f"The organisation has no {field}.", _REMEDY)
        key = f"{self.provider}/{identifier}"
        return Loaded((Organisation(key, name, (identifier,), self.provider, "FI"),))


def _without_code_or_name(item: Item, code: str, identifier: str) -> Problem | None:
    if not code:
        return item.problem(identifier, "code", "The course has no code.", _REMEDY)
    if not named(item.value):
        return item.problem(code, "name", "The course has no name that can be read.", _REMEDY)
    return None


def _credits(raw: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Return the credits, from and to; Peppi writes 0 where none are given."""
    low, high, one = (
        fields.read(name, raw.get(name), parse_number) or None
        for name in ("minCredits", "maxCredits", "credits")
    )
    if low is None and high is None:
        low = high = one
    return {"credits_min": low if low is not None else high, "credits_max": high}


def _keywords(
    raw: Mapping[str, Any], parts: Mapping[str, Mapping[str, str]], fields: Fields
) -> dict[str, tuple[str, ...]]:
    """Return the subject and the key words by language; tags tell no language."""
    found: dict[str, dict[str, None]] = {}
    for language, text in parts.get("subject", {}).items():
        found.setdefault(language, {}).setdefault(text)
    for language, text in parts.get("keywords", {}).items():
        words = (word.strip(" .") for line in text.split("\n") for word in line.split(","))
        found.setdefault(language, {}).update(dict.fromkeys(word for word in words if word))
    tags = fields.read("tags", raw.get("tags"), text_list)
    if tags:
        found["und"] = dict.fromkeys(tags)
    return {language: tuple(words) for language, words in found.items()}
