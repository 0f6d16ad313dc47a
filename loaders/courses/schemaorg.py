"""schema.org in web pages and files: `Course`, `EducationalOccupationalProgram`, `CourseInstance`.

A page holds blocks of JSON-LD, or tags with microdata or RDFa; a file is JSON-LD alone. What refers to
something by its identifier means a thing of the same page or file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import ijson

from graph.records import Course, Organisation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.courses.additions import Additions
from loaders.courses.schemaorg_course import course_of, offerings_of
from loaders.courses.schemaorg_index import Index, index_on_disk
from loaders.courses.schemaorg_json import COURSES, cleaned, listed, types_of
from loaders.courses.schemaorg_names import texts
from loaders.courses.schemaorg_pages import LISTS, read_page
from loaders.courses.schemaorg_providers import named, university_of
from loaders.courses.schemaorg_things import Document, Thing, courses_in, spoken
from loaders.readers.encodings import UTF8_MARK, wide_encoding
from loaders.readers.fields import Fields, guarded
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import Item, broken_file, read_items
from loaders.texts.languages import language_code
from loaders.universities import university

_REMEDY = "Correct it in the page."


class SchemaOrgLoader:
    """Reads web pages and JSON-LD files with data of schema.org."""

    info = LoaderInfo(
        name="schemaorg",
        title="schema.org courses",
        description="Courses and their instances in web pages (JSON-LD, microdata, RDFa) or JSON-LD.",
        version="1",
        file_patterns=("*.html", "*.htm", "*.jsonld", "*.json"),
        options={"university": "key of the university, instead of the one that the page names"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        with index_on_disk() as index:
            reader = _Reader(index, options.get("university"))
            for file in files:
                index.clear()
                try:
                    with file.open() as raw:
                        start = raw.read(4096)
                except BROKEN_FILE as error:
                    yield broken_file(file, error)
                    continue
                yield from reader.json(file) if _is_json(file, start) else reader.page(file)


def _is_json(file: SourceFile, start: bytes) -> bool:
    """Return whether a file is JSON by its first sign, or its name: a first record may be damaged."""
    name = file.plain_name.lower()
    if name.endswith((".jsonl", ".ndjson")):
        return True
    if wide := wide_encoding(start):
        start = start[: len(start) // 4 * 4].decode(wide, "replace").encode()
    start = start.removeprefix(UTF8_MARK).replace(b"\xef\xbb\xbf", b"").lstrip()
    named = name.endswith((".json", ".jsonld")) and start and not start.startswith(b"<")
    return bool(named) or start.startswith((b"{", b"["))


class _Reader:
    def __init__(self, index: Index, chosen: str | None) -> None:
        self._index = index
        self._chosen = chosen
        self._additions = Additions()
        self._offerings: set[tuple[str, str]] = set()
        self._organisations: set[str] = set()

    def json(self, file: SourceFile) -> Iterator[Outcome]:
        """Yield the outcomes of a file of JSON-LD."""
        language = _context_language(_context(file))
        document = Document(file, self._index)
        for item in read_items(file, LISTS, mixed=True):
            if isinstance(item, Item):
                self._remember(item, document)
        silent = True
        for item in read_items(file, LISTS, mixed=True):
            silent = False
            if isinstance(item, Problem):
                yield item
            else:
                yield from self._item(item, document, language)
        if silent:
            yield Loaded((), skipped="a file without data")

    def page(self, file: SourceFile) -> Iterator[Outcome]:
        """Yield the outcomes of a web page."""
        try:
            page = read_page(file)
        except BROKEN_FILE as error:
            yield broken_file(file, error)
            return
        if isinstance(page, Problem):
            yield page
            return
        items = page.items
        document = Document(file, self._index, page.address, page.language)
        if not _courses(items, document) and not any(isinstance(item, Problem) for item in items):
            markup = page.markup()
            if _courses(markup, document) or any(isinstance(item, Problem) for item in markup):
                items = [*items, *markup]
        document = replace(document, sole=_courses(items, document) == 1)
        for item in items:
            if isinstance(item, Item):
                self._remember(item, document)
        for item in items:
            if isinstance(item, Problem):
                yield item
            else:
                yield from self._item(item, document, None)
        if not items:
            yield Loaded((), skipped="a page without data of schema.org")

    def _remember(self, item: Item, document: Document) -> None:
        for top in _tops(item, document, None):
            self._index.add(top.node)

    def _item(self, item: Item, document: Document, language: str | None) -> Iterator[Outcome]:
        """Yield the outcomes of what stands at the top: of each course in it, or one."""
        tops = _tops(item, document, language)
        if not tops:
            yield item.problem("", "", "It is no thing of schema.org.", _REMEDY)
        for top in tops:
            silent = True
            for course in courses_in(top):
                silent = False
                yield guarded(course, self._course)
            if silent:
                yield Loaded((), skipped=f"{_kind(top)} (no course)")

    def _course(self, one: Thing) -> Outcome:
        if not one.is_a(*COURSES) and self._index.has_owner(str(one.node.get("@id"))):
            return Loaded((), skipped="an instance (told with its course)")
        one = replace(one, language=spoken(one))
        about = _course_of_instance(one)
        name = next(
            (value for value in about.values("courseCode", "@id", "url") if isinstance(value, str)), ""
        )
        fields = Fields(one, name)
        title = texts(about, fields, "name")
        if not title:
            return one.problem(name, "name", "The course has no name.", _REMEDY)
        key = self._chosen or university_of(about) or university_of(one)
        if key is None:
            called = named(about) or named(one)
            reason = (
                f"The provider {called!r} is no listed university."
                if called
                else "It names no provider."
            )
            remedy = "Name the university in the option `university`."
            return one.problem(name, "provider", reason, remedy)
        course = course_of(about, key, title, fields)
        records = [*self._organisation(key), *self._offered(one, course, fields)]
        if added := self._additions.new(course):
            records.insert(1 if records and isinstance(records[0], Organisation) else 0, added)
        if not records:
            return Loaded((), skipped="a course that stood before")
        return Loaded(tuple(records), tuple(fields.warnings))

    def _organisation(self, key: str) -> Iterator[Record]:
        if key not in self._organisations:
            self._organisations.add(key)
            yield university(key)

    def _offered(self, one: Thing, course: Course, fields: Fields) -> Iterator[Record]:
        """Yield the offerings that were not told yet."""
        for offering in offerings_of(one, course, fields):
            if (offering.university, offering.key) not in self._offerings:
                self._offerings.add((offering.university, offering.key))
                yield offering


def _tops(item: Item, document: Document, language: str | None) -> list[Thing]:
    """Return the things at the top of an item: itself, or those of a list or `@graph` within."""
    found: list[Thing] = []
    stack: list[tuple[object, str | None]] = [(item.value, language)]
    while stack:
        value, spoken_there = stack.pop()
        if isinstance(value, list):
            stack += [(one, spoken_there) for one in reversed(value)]
        elif isinstance(value, Mapping):
            spoken_there = _context_language(value.get("@context")) or spoken_there
            if value.keys() <= {"@context", "@graph", "@id"} and "@graph" in value:
                stack.append((value["@graph"], spoken_there))
            else:
                # Of a person only that there is one.
                nodes = listed(cleaned(value)) or [{"@type": "Person"}]
                kept = [node for node in nodes if isinstance(node, Mapping) and node]
                language = spoken_there or "und"
                found += [Thing(document, item.place, node, language=language) for node in kept]
    return found


def _courses(items: Sequence[Item | Problem], document: Document) -> int:
    """Return how many courses some items tell."""
    tops = (top for item in items if isinstance(item, Item) for top in _tops(item, document, None))
    return sum(1 for top in tops for _ in courses_in(top))


def _course_of_instance(one: Thing) -> Thing:
    """Return the course that a stand-alone instance says it is of; itself if it says none."""
    if one.is_a(*COURSES):
        return one
    above = one.things("isPartOf", "superEvent", "exampleOfWork", "about")
    return next((course for course in above if course.is_a(*COURSES) and course.values("name")), one)


def _context(file: SourceFile) -> object:
    try:
        with file.open() as raw:
            return next(iter(ijson.items(raw, "@context", use_float=True)), None)
    except (ijson.JSONError, ValueError, *BROKEN_FILE):
        return None  # what is broken is told when the file is read


def _context_language(context: object) -> str | None:
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, Mapping) and one.get("@language"):
            try:
                return language_code(one["@language"])
            except ValueError:
                return None
    return None


def _kind(top: Thing) -> str:
    name = next(iter(types_of(top.node)), "")
    article = "an" if name[:1] in "AEIO" else "a"
    return f"{article} {name}" if name.isascii() and name.isalpha() and len(name) < 40 else "a thing"
