"""Read one version of ESCO, in any form that a loader reads, as a light table of concepts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph.records import Concept, ConceptRelation
from loaders.base import Problem
from loaders.readers.files import SourceFile, find_files
from loaders.registry import get_loader

COMPARED = ("skill", "occupation", "isco-group", "skill-group")
_NUMBER = re.compile(r"v?(\d+\.\d+(?:\.\d+)?)")


@dataclass(slots=True)
class Entry:
    """What one version says about one concept. Texts are by language."""

    uri: str
    kind: str
    names: dict[str, str] = field(default_factory=dict)
    other_names: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    skill_type: str = ""
    deprecated: bool = False

    @property
    def name(self) -> str:
        """Its preferred label for people: English, if there is one."""
        return self.names.get("en") or next(iter(self.names.values()), "")

    def all_names(self) -> set[tuple[str, str]]:
        """All its names as language and plain form, the preferred ones among them."""
        found = {(language, plain(name)) for language, name in self.names.items()}
        for language, names in self.other_names.items():
            found |= {(language, plain(name)) for name in names}
        return found


@dataclass(slots=True)
class Version:
    """One version of ESCO."""

    number: str
    """As the file names tell it (`1.2.0`), else what the caller says."""
    entries: dict[str, Entry] = field(default_factory=dict)
    replaced: dict[str, list[str]] = field(default_factory=dict)
    """Retired address → successors, as ESCO itself says."""
    parents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    users: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Skill → occupations and skills that need it."""
    relations: Counter[str] = field(default_factory=Counter)
    """Relation → how many statements."""
    problems: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of concepts that it has at all."""
        return frozenset(entry.kind for entry in self.entries.values() if not entry.deprecated)

    @property
    def current(self) -> dict[str, Entry]:
        """The concepts that it has not retired."""
        return {uri: entry for uri, entry in self.entries.items() if not entry.deprecated}


class VersionError(Exception):
    """The files hold no version of ESCO, or cannot be read."""


def plain(text: str) -> str:
    """Return a label as it is compared: case and blanks do not count."""
    return " ".join(text.casefold().split())


def number_in(text: str) -> str:
    """Return the number of a version in a title or the name of a file, "" if there is none."""
    match = _NUMBER.search(text)
    return match[1] if match else ""


def read_version(paths: Sequence[Path], number: str = "") -> Version:
    """Read a version from CSV files, RDF files or saved replies of the service, mixed as they are.

    Raises:
        VersionError: there is no concept in them, or a file cannot be read to its end.
        FileError: a path names nothing.
    """
    files = find_files(paths)
    found = next((found for path in paths if (found := number_in(path.name))), "")
    version = Version(number or found or paths[0].name)
    for loader, some in by_loader(files):
        for outcome in get_loader(loader).read(some, {}):
            if isinstance(outcome, Problem):
                if not outcome.record:
                    raise VersionError(str(outcome))
                version.problems.append(str(outcome))
                continue
            for record in outcome.records:
                if isinstance(record, Concept):
                    _take(version, record)
                elif isinstance(record, ConceptRelation):
                    _relate(version, record)
    if not version.entries:
        names = ", ".join(str(path) for path in paths)
        raise VersionError(f"There is no concept of ESCO in {names}. Name its CSV or RDF files.")
    return version


def by_loader(files: Sequence[SourceFile]) -> Iterator[tuple[str, list[SourceFile]]]:
    """Yield the loaders that read some files, each with its files; texts for people are left out."""
    sorted_out: dict[str, list[SourceFile]] = {}
    for file in files:
        suffix = file.plain_name.lower().rpartition(".")[2]
        name = {"csv": "esco", "json": "esco-api", "jsonl": "esco-api"}.get(suffix, "esco-rdf")
        if suffix not in ("txt", "md", "pdf", "zip"):
            sorted_out.setdefault(name, []).append(file)
    yield from sorted_out.items()


def _take(version: Version, record: Concept) -> None:
    if record.kind not in COMPARED:
        return
    entry = version.entries.setdefault(record.uri, Entry(record.uri, record.kind))
    for language, name in record.pref_label.items():
        entry.names.setdefault(language, name)
    for labels in (record.alt_labels, record.hidden_labels):
        for language, names in labels.items():
            entry.other_names.setdefault(language, set()).update(names)
    for language, text in record.description.items():
        entry.texts.setdefault(language, text)
    entry.skill_type = entry.skill_type or record.skill_type or ""
    entry.deprecated = entry.deprecated or record.deprecated
    if record.isco_group:
        version.parents[record.uri].add(record.isco_group)
    for successor in record.replaced_by:
        _replace(version, record.uri, successor)


def _relate(version: Version, record: ConceptRelation) -> None:
    version.relations[record.relation] += 1
    if record.relation == "replaced-by":
        _replace(version, record.subject, record.target)
    elif record.relation == "broader":
        version.parents[record.subject].add(record.target)
    elif record.relation.endswith("-skill"):
        version.users[record.target].add(record.subject)


def _replace(version: Version, old: str, new: str) -> None:
    successors = version.replaced.setdefault(old, [])
    if new not in successors and new != old:
        successors.append(new)
