"""What stays of a former version of ESCO: retired concepts, and what the newer one does not say.

`fitech esco-upgrade --apply` stages it as the source `esco-former`, so that every statement that comes
from an older version stands in a graph of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from graph.records import Concept, ConceptRelation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader
from loaders.skills.esco_versions.inventory import Inventory, take_inventory
from loaders.skills.esco_versions.mapping import EscoMapping, MappingError
from loaders.skills.esco_versions.versions import by_loader

MAPPING_NAME = "esco-mapping.jsonl"
_SAID = "the newer version says it, or says that it is not so"
_RETIRED = "a retired concept (the mapping tells what became of it)"
_LOST = "a relation to a concept that is lost, or has been split"


class EscoFormerLoader:
    """Reads a mapping and the files of an older version against those of the newer one."""

    info = LoaderInfo(
        name="esco-former",
        title="What stays of a former version of ESCO",
        description="Retired concepts with their successors, and what only the older version says.",
        version="1",
        file_patterns=(MAPPING_NAME, "*.csv", "*.zip", "*.ttl", "*.nt.gz"),
        options={
            "newer": "staged statements (triples.nt.gz) of the newer version",
            "doubtful": "addresses, with commas, of concepts whose older names are not to be kept",
        },
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per retired concept and per record of the older version."""
        mapping = EscoMapping()
        for file in files:
            if file.plain_name == MAPPING_NAME:
                try:
                    mapping = EscoMapping.load(file.path)
                except MappingError as error:
                    yield Problem(file.name, "", "", str(error), "Apply the upgrade again.")
                    return
        yield from _stubs(mapping)
        older = [file for file in files if file.plain_name != MAPPING_NAME]
        if not older:
            return
        newer = options.get("newer")
        inventory = take_inventory([Path(newer)], "esco-rdf") if newer else Inventory()
        doubtful = frozenset(options.get("doubtful", "").split(","))
        keep = _Keeper(mapping, inventory, doubtful)
        for name, some in by_loader(older):
            for outcome in get_loader(name).read(some, {}):
                yield keep.outcome(outcome)


def _stubs(mapping: EscoMapping) -> Iterator[Outcome]:
    for stub in mapping.stubs():
        yield Loaded((stub,))


class _Keeper:
    """Decides what of the older version is kept."""

    def __init__(self, mapping: EscoMapping, newer: Inventory, doubtful: frozenset[str]) -> None:
        self._mapping, self._newer, self._doubtful = mapping, newer, doubtful

    def outcome(self, outcome: Outcome) -> Outcome:
        """Return what an outcome of the older version comes to."""
        if isinstance(outcome, Problem) or outcome.skipped:
            return outcome
        why = _SAID
        kept: list[Record] = []
        for record in outcome.records:
            if isinstance(record, Concept):
                found, reason = self._concept(record)
            elif isinstance(record, ConceptRelation):
                found, reason = self._relation(record)
            else:
                continue
            why = reason or why
            kept += [found] if found else []
        if kept:
            return Loaded(tuple(kept), outcome.warnings)
        return Loaded((), outcome.warnings, why)

    def _concept(self, record: Concept) -> tuple[Record | None, str]:
        if record.deprecated or record.uri in self._mapping.fates:
            return None, _RETIRED
        if record.uri in self._newer.concepts:
            if record.uri in self._doubtful:
                return None, "a concept that has been renamed to something with little in common"
            return self._newer.lacking(record), ""
        return (None, _RETIRED) if record.kind in self._newer.kinds else (record, "")

    def _relation(self, record: ConceptRelation) -> tuple[Record | None, str]:
        if record.relation in self._newer.relations or record.relation == "replaced-by":
            return None, ""
        subjects = self._mapping.successors(record.subject)
        targets = self._mapping.successors(record.target)
        if len(subjects) != 1 or len(targets) != 1:
            return None, _LOST
        if subjects == targets:
            return None, "a relation between two concepts that are one now"
        return ConceptRelation(subjects[0], record.relation, targets[0]), ""


def counts_of_kept(kinds: Mapping[str, int], stubs: int) -> dict[str, int]:
    """Return in words how many records were kept.

    Args:
        kinds: kind of record → number staged.
        stubs: how many of the concepts are stubs of retired ones.
    """
    words = {"ConceptRelation": "relations between concepts"}
    found = {words.get(kind, kind): count for kind, count in kinds.items() if kind != "Concept"}
    concepts = kinds.get("Concept", 0) - stubs
    return {"concepts, or parts of what is said of one": concepts, **found}
