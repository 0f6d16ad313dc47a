"""Sisu's kori interface: course units, modules, realisations, organisations and search replies.

Versions of a unit or module share a `groupId`; the one that is valid longest and changed last is
taken, the others are passed over and counted. Prerequisites and the parts of modules name groups,
which courses have among their identifiers. A first pass over the files finds the versions that
count and what realisations belong to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graph.records import Organisation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.courses.sisu_realisations import read_realisation
from loaders.courses.sisu_survey import Survey, kind_of, survey
from loaders.courses.sisu_units import read_search_result, read_unit
from loaders.readers.fields import guarded
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.texts.text import lang_text
from loaders.universities import key_of_sisu_root, university

_PASSED_OVER = {
    "period": "a curriculum period (not part of the graph)",
    "assessment item": "an assessment item (it links realisations to courses)",
    "education": "an education (its programmes and modules are read)",
    "person": "a person (persons of Sisu are not loaded)",
}


class SisuLoader:
    """Reads course units, modules, realisations and organisations of Sisu's kori interface."""

    info = LoaderInfo(
        name="sisu",
        title="Sisu course units, modules and realisations",
        description="Replies of the kori interface, one or many to a file; .gz as well.",
        version="2",
        file_patterns=("*.json", "*.jsonl", "*.json.gz", "*.jsonl.gz"),
        options={"university": "key of the university, instead of the one that the unit names"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        found = survey(_items(files), options.get("university"))
        told: set[str] = set()
        realisations: set[str] = set()
        for place, item in enumerate(_items(files)):
            if isinstance(item, Problem):
                yield item
                continue
            kind = kind_of(item.value)
            if kind == "realisation":
                identifier = str(item.value.get("id") or "").strip()
                if identifier and identifier in realisations:
                    yield Loaded((), skipped="a realisation that stood in the files before")
                    continue
                realisations.add(identifier)
            outcome = guarded(item, lambda one, p=place, k=kind: _read(one, p, k, found))  # type: ignore[misc]
            yield _without_repetition(outcome, found, told) if isinstance(outcome, Loaded) else outcome


def _items(files: Sequence[SourceFile]) -> Iterator[Item | Problem]:
    for file in files:
        yield from read_items(file, ("searchResults", "results", "data"))


def _read(item: Item, place: int, kind: str, found: Survey) -> Outcome:
    if kind in ("unit", "module"):
        return read_unit(item, place, kind, found)
    if kind == "realisation":
        return read_realisation(item, found)
    if kind == "search result":
        return read_search_result(item, place, found)
    if kind == "organisation":
        return _organisation(item)
    if kind in _PASSED_OVER:
        return Loaded((), skipped=_PASSED_OVER[kind])
    return item.problem(
        "",
        "",
        "The record is none of Sisu's that are known here.",
        "Load course units, modules, realisations or organisations of the kori interface.",
    )


def _without_repetition(outcome: Loaded, found: Survey, told: set[str]) -> Loaded:
    """Tell each university and unit once; a unit whose own record is in the files not at all."""
    records: list[Record] = []
    for record in outcome.records:
        if isinstance(record, Organisation) and "und" in record.name and record.part_of:
            if record.key in told or record.identifiers[0] in found.roots:
                continue
            told.add(record.key)
        provider = getattr(record, "university", None) or getattr(record, "part_of", None)
        if provider and "/" not in provider and provider not in told:
            told.add(provider)
            records.append(university(provider))
        records.append(record)
    return Loaded(tuple(records), outcome.warnings, outcome.skipped)


def _organisation(item: Item) -> Outcome:
    raw = item.value
    identifier, root = raw.get("id"), raw.get("universityOrgId")
    if not isinstance(identifier, str) or not identifier.strip() or not isinstance(root, str):
        return item.problem("", "id", "The organisation has no id.", "Fetch it again from Sisu.")
    if raw.get("documentState") == "DELETED":
        return Loaded((), skipped="a deleted organisation")
    provider = key_of_sisu_root(root)
    if identifier == root:
        return Loaded((university(provider),))
    try:
        name = lang_text(raw.get("name"))
    except ValueError as error:
        remedy = "Correct the organisation in Sisu."
        return item.problem(identifier, "name", f"The name cannot be read: {error}.", remedy)
    parent = raw.get("parentId")
    above = f"{provider}/{parent}" if isinstance(parent, str) and parent != root else provider
    return Loaded((Organisation(f"{provider}/{identifier}", name, (identifier,), above, "FI"),))
