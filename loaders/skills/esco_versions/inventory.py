"""What a version of ESCO says, so that what it does not say can be kept from the version before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.records import Concept, ConceptRelation
from loaders.base import Problem
from loaders.readers.files import find_files
from loaders.registry import get_loader

TEXTS = ("pref_label", "alt_labels", "hidden_labels", "description", "definition", "scope_note")
"""Kept in the languages in which the new version has none of them at all."""
VALUES = ("notation", "skill_type", "reuse_level", "isco_group", "modified", "status")
LISTS = ("in_schemes", "nace_codes")
"""Values and lists: kept where the new version says nothing about the concept."""


@dataclass(slots=True)
class Inventory:
    """What a version has: the concepts, what it says of each, and what kinds of statements at all."""

    concepts: dict[str, set[str]] = field(default_factory=dict)
    """Address → the values and lists that are filled."""
    kinds: set[str] = field(default_factory=set)
    languages: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Text field → languages that it has for any concept."""
    relations: set[str] = field(default_factory=set)

    def take(self, record: object) -> None:
        """Note what a record says."""
        if isinstance(record, ConceptRelation):
            self.relations.add(record.relation)
        elif isinstance(record, Concept) and not record.deprecated:
            filled = self.concepts.setdefault(record.uri, set())
            filled |= {name for name in (*VALUES, *LISTS) if getattr(record, name)}
            self.kinds.add(record.kind)
            for name in TEXTS:
                self.languages[name].update(getattr(record, name))

    def lacking(self, record: Concept) -> Concept | None:
        """Return what an older version says of a concept that this one has, beyond what it says itself.

        Returns:
            the concept with the kept fields only; None if nothing is to be kept.
        """
        filled = self.concepts[record.uri]
        changes: dict[str, object] = {
            name: {
                language: text
                for language, text in getattr(record, name).items()
                if language not in self.languages[name]
            }
            for name in TEXTS
        }
        for name in VALUES:
            changes[name] = None if name in filled else getattr(record, name)
        for name in LISTS:
            changes[name] = () if name in filled else getattr(record, name)
        # When it was changed and whether it is released is a matter of the newer version.
        changes |= {"modified": None, "status": None, "replaced_by": (), "deprecated": False}
        kept = replace(record, **changes)  # type: ignore[arg-type]
        return kept if any(changes.values()) else None


def take_inventory(paths: Sequence[Path], loader: str) -> Inventory:
    """Read what a version says.

    Args:
        paths: its files.
        loader: the loader that reads them.
    """
    inventory = Inventory()
    options = {} if loader == "esco" else {"languages": "all"}
    for outcome in get_loader(loader).read(find_files(paths), options):
        if not isinstance(outcome, Problem):
            for record in outcome.records:
                inventory.take(record)
    return inventory
