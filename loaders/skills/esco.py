"""ESCO from its official CSV files, any version from 1.1, any languages, zipped or not.

Tables are recognised by name, lists of replacements by their columns. Every row is a record. Each
language's file gives the labels of its language; together they make one concept, because ESCO's URI is
the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from graph.records import Concept, ConceptRelation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import guarded
from loaders.readers.files import SourceFile
from loaders.readers.tables import TableRow, read_rows
from loaders.skills.esco_terms import RETIRED_STATUSES
from loaders.texts.text import plain_text

_ESCO = "http://data.europa.eu/esco/"
_OLD_COLUMNS = (
    "concepturi", "uri", "olduri", "oldconcepturi", "obsoleteuri", "obsoleteconcepturi",
    "deprecateduri", "retireduri",
)  # fmt: skip
_NEW_COLUMNS = (
    "replacedby", "isreplacedby", "replacedbyuri", "newuri", "newconcepturi", "replacementuri",
    "replacement", "successoruri",
)  # fmt: skip
_SCHEMES = f"{_ESCO}concept-scheme/"
_COLLECTIONS = {
    "digitalskillscollection": f"{_SCHEMES}6c930acd-c104-4ece-acf7-f44fd7333036",
    "greenskillscollection": f"{_SCHEMES}green",
    "digcompskillscollection": f"{_SCHEMES}digcomp",
    "transversalskillscollection": f"{_SCHEMES}skill-transversal-groups",
    "languageskillscollection": f"{_SCHEMES}skill-language-groups",
    "researchskillscollection": f"{_SCHEMES}research",
    "researchoccupationscollection": f"{_SCHEMES}8ae4b9f3-507e-4057-a145-2f96f0132613",
}
_KINDS = {
    "skills": "skill",
    "occupations": "occupation",
    "iscogroups": "isco-group",
    "skillgroups": "skill-group",
}
_PASSED_OVER = {
    "skillshierarchy": "a row of the hierarchy table (the broader relations say the same)",
    "dictionary": "a row of the dictionary of columns (no data)",
    "ictskillscollection": "a row of the ICT collection of v1.1.0 (it has no scheme that we know)",
}
_FILE_NAME = re.compile(r"^(?P<stem>[A-Za-z]+?)(?:_(?P<language>[a-z]{2}))?\.csv$")
_URI = re.compile(r"^http://data\.europa\.eu/[^\s<>\"{}|\\^`]+$")
_TWO_FILES = "a concept that an earlier file of the same table and language already gave"
_OLDER = "an older row of a concept that stands twice in the file"


class RowReader(Protocol):
    """Reads one row of a table in a language."""

    def __call__(self, row: TableRow, language: str) -> Outcome:
        """Return what the row comes to."""
        ...


@dataclass(frozen=True, slots=True)
class _Table:
    file: SourceFile
    stem: str
    language: str


class EscoLoader:
    """Reads skills, occupations, groups, schemes, collections and all relation files."""

    info = LoaderInfo(
        name="esco",
        title="ESCO classification (CSV)",
        description="The official ESCO CSV download: zips, folders or single files, all languages.",
        version="1",
        file_patterns=("ESCO dataset*.zip", "*.csv"),
        options={"language": "language of label files whose name does not tell (default en)"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per row of every table; see `Loader.read`."""
        tables: list[_Table] = []
        for file in files:
            match = _FILE_NAME.match(file.plain_name)
            if match is None or not _is_known(match["stem"].lower()):
                yield from _replacements(file)
                continue
            language = match["language"] or options.get("language", "en")
            tables.append(_Table(file, match["stem"].lower(), language))
        chosen = _choose_rows(tables)
        for number, table in enumerate(tables):
            yield from self._read_table(number, table, chosen)

    def _read_table(
        self, number: int, table: _Table, chosen: Mapping[tuple[str, str, str], tuple[int, str]]
    ) -> Iterator[Outcome]:
        reader = _reader(table.stem)
        for row in read_rows(table.file):
            if isinstance(row, Problem):
                yield row
            elif reader is None:
                yield Loaded((), skipped=_PASSED_OVER[table.stem])
            elif table.stem in _KINDS and (
                best := chosen.get((table.stem, table.language, row.get("conceptUri")))
            ) not in (None, (number, row.get("modifiedDate"))):
                yield Loaded((), skipped=_OLDER if best and best[0] == number else _TWO_FILES)
            else:
                yield guarded(row, partial(reader, language=table.language))


def _is_known(stem: str) -> bool:
    return _reader(stem) is not None or stem in _PASSED_OVER


def _replacements(file: SourceFile) -> Iterator[Outcome]:
    """Read a list of retired concepts and their successors, if the columns show that it is one."""
    columns: tuple[str, str] | None = None
    rows = read_rows(file, delimiters=",;\t") if file.plain_name.lower().endswith(".csv") else ()
    for row in rows:
        if isinstance(row, Problem):
            if columns:
                yield row
            continue
        columns = columns or _replacement_columns(row)
        if columns is None:
            break
        yield _replacement(row, *columns)
    if columns is None:
        yield Loaded((), skipped=f"a file that is no ESCO table ({file.name})")


def _replacement_columns(row: TableRow) -> tuple[str, str] | None:
    names = {re.sub(r"[^a-z]", "", name.casefold()): name for name in row.cells}
    old = next((names[key] for key in _OLD_COLUMNS if key in names), None)
    new = next((names[key] for key in _NEW_COLUMNS if key in names), None)
    return (old, new) if old and new else None


def _replacement(row: TableRow, old: str, new: str) -> Outcome:
    uri = row.get(old)
    if not _URI.match(uri):
        return _no_uri(row, old, uri)
    successors = _uris(row.get(new).replace(";", ","))
    wrong = next((one for one in successors if not _URI.match(one)), None)
    if wrong is not None:
        return _no_uri(row, new, wrong)
    if not successors:
        return Loaded((), skipped="a retired concept without a successor")
    return Loaded(tuple(ConceptRelation(uri, "replaced-by", one) for one in successors))


def _choose_rows(tables: Sequence[_Table]) -> dict[tuple[str, str, str], tuple[int, str]]:
    """Tell for each concept, table and language which file's row counts: the newest of the first.

    Holds one entry per concept and language: some tens of thousands, whatever else the files hold.
    """
    chosen: dict[tuple[str, str, str], tuple[int, str]] = {}
    for number, table in enumerate(tables):
        if table.stem not in _KINDS:
            continue
        for row in read_rows(table.file):
            if isinstance(row, Problem):
                continue
            key = (table.stem, table.language, row.get("conceptUri"))
            found = (number, row.get("modifiedDate"))
            known = chosen.setdefault(key, found)
            if known[0] == number and known[1] < found[1]:
                chosen[key] = found
    return chosen


def _reader(stem: str) -> RowReader | None:
    if stem in _KINDS:
        return lambda row, language: _concept(row, language, _KINDS[stem])
    if stem == "conceptschemes":
        return _scheme
    if stem in _COLLECTIONS:
        return lambda row, language: _member(row, _COLLECTIONS[stem])
    if stem in {"broaderrelationsskillpillar", "broaderrelationsoccpillar"}:
        return lambda row, language: _edge(row, "conceptUri", "broaderUri", "broader")
    if stem == "occupationskillrelations":
        return lambda row, language: _skill_edge(row, "occupationUri", "skillUri")
    if stem == "skillskillrelations":
        return lambda row, language: _skill_edge(row, "originalSkillUri", "relatedSkillUri")
    return None


def _concept(row: TableRow, language: str, kind: str) -> Outcome:
    uri, label = row.get("conceptUri"), _label(row.get("preferredLabel"))
    if not _URI.match(uri):
        return _no_uri(row, "conceptUri", uri)
    if not label:
        return row.problem(
            uri, "preferredLabel", "The concept has no label.", "Give it its preferred label."
        )
    alternatives = [alt for alt in _labels(row.get("altLabels")) if alt != label]
    hidden = _labels(row.get("hiddenLabels"))
    return Loaded(
        (
            Concept(
                uri=uri,
                kind=kind,
                pref_label={language: label},
                alt_labels={language: tuple(alternatives)} if alternatives else {},
                hidden_labels={language: tuple(hidden)} if hidden else {},
                description=_text(row.get("description"), language),
                definition=_text(row.get("definition"), language),
                scope_note=_text(row.get("scopeNote"), language),
                notation=row.get("code") or None,
                skill_type=row.get("skillType").partition("/")[0] or None,
                reuse_level=row.get("reuseLevel") or None,
                status=row.get("status") or None,
                deprecated=row.get("status").lower() in RETIRED_STATUSES,
                modified=row.get("modifiedDate") or None,
                in_schemes=tuple(_uris(row.get("inScheme"))),
                isco_group=f"{_ESCO}isco/C{code}" if (code := row.get("iscoGroup")) else None,
                nace_codes=tuple(_uris(row.get("naceCode"))),
            ),
        )
    )


def _scheme(row: TableRow, language: str) -> Outcome:
    uri = row.get("conceptSchemeUri")
    if not _URI.match(uri):
        return _no_uri(row, "conceptSchemeUri", uri)
    label = _label(row.get("preferredLabel") or row.get("title"))
    records: list[Record] = [
        Concept(
            uri=uri,
            kind="scheme",
            pref_label={language: label} if label else {},
            description=_text(row.get("description"), language),
        )
    ]
    tops = _uris(row.get("hasTopConcept"))
    records += [ConceptRelation(uri, "top-concept", top) for top in tops if _URI.match(top)]
    return Loaded(tuple(records))


def _member(row: TableRow, scheme: str) -> Outcome:
    uri = row.get("conceptUri")
    if not _URI.match(uri):
        return _no_uri(row, "conceptUri", uri)
    return Loaded((ConceptRelation(uri, "in-scheme", scheme),))


def _edge(row: TableRow, subject: str, target: str, relation: str) -> Outcome:
    for column in (subject, target):
        if not _URI.match(row.get(column)):
            return _no_uri(row, column, row.get(column))
    return Loaded((ConceptRelation(row.get(subject), relation, row.get(target)),))


def _skill_edge(row: TableRow, subject: str, target: str) -> Outcome:
    kind = row.get("relationType")
    if kind not in {"essential", "optional"}:
        return row.problem(
            row.get(subject),
            "relationType",
            f"{kind!r} is no relation of ESCO.",
            "Write essential or optional.",
        )
    return _edge(row, subject, target, f"{kind}-skill")


def _no_uri(row: TableRow, column: str, value: str) -> Problem:
    reason = f"{value[:100]!r} is no address of ESCO." if value else "The address is missing."
    return row.problem("", column, reason, f"Give the concept's own address, like {_ESCO}skill/….")


def _label(text: str) -> str:
    """Labels hold no-break and double blanks in the source: one plain blank each."""
    return " ".join(text.split())


def _labels(cell: str) -> list[str]:
    """Split alternative labels: by line in the concept files, by ` | ` in the collections."""
    parts = re.split(r"\n|\s\|\s", cell)
    return list(dict.fromkeys(label for part in parts if (label := _label(part))))


def _uris(cell: str) -> list[str]:
    """Split addresses: commas, line breaks or ` | ` stand between them."""
    return list(dict.fromkeys(uri for part in re.split(r"[,\n|]+", cell) if (uri := part.strip())))


def _text(cell: str, language: str) -> dict[str, str]:
    text = plain_text(cell)
    return {language: text} if text else {}
