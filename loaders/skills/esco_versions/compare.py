"""Compare two versions of ESCO: which concepts came, went, were renamed or moved."""

from __future__ import annotations

from dataclasses import dataclass, field

from loaders.skills.esco_versions.versions import Entry, Version, plain
from loaders.skills.esco_versions.words import likeness


@dataclass(frozen=True, slots=True)
class Renamed:
    """A concept that kept its address and got another preferred label."""

    uri: str
    language: str
    old_name: str
    new_name: str
    likeness: float
    """How much the two names have in common, 0 to 1."""
    kept_names: float
    """Share of its former names, alternative ones among them, that it still has."""

    @property
    def doubtful(self) -> bool:
        """Whether it may mean something else now: the names have little in common."""
        return self.likeness < 0.5 or (self.likeness < 0.67 and self.kept_names == 0)


@dataclass(frozen=True, slots=True)
class Moved:
    """A concept that kept its address and stands elsewhere in the hierarchy, or is of another type."""

    uri: str
    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    what: str
    """`hierarchy` or `skill type`."""


@dataclass(slots=True)
class Comparison:
    """What changed between two versions."""

    new: list[Entry] = field(default_factory=list)
    gone: list[Entry] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    same: int = 0
    """Concepts that are in both versions, whatever changed about them."""
    uncovered: dict[str, int] = field(default_factory=dict)
    """Kind that the new version does not have at all → concepts of it in the old one."""
    remarks: list[str] = field(default_factory=list)
    """What could not be compared, and why."""


def compare(old: Version, new: Version) -> Comparison:
    """Compare two versions; a concept that the new one marks as retired counts as gone."""
    result = Comparison()
    after, kinds = new.current, new.kinds
    for uri, entry in old.current.items():
        now = after.get(uri)
        if now is not None:
            result.same += 1
            if renamed := _renamed(entry, now):
                result.renamed.append(renamed)
            if entry.skill_type and now.skill_type and entry.skill_type != now.skill_type:
                types = (entry.skill_type,), (now.skill_type,)
                result.moved.append(Moved(uri, now.name, *types, "skill type"))
        elif entry.kind in kinds or uri in new.entries or uri in new.replaced:
            result.gone.append(entry)
        else:
            result.uncovered[entry.kind] = result.uncovered.get(entry.kind, 0) + 1
    result.new = [entry for uri, entry in after.items() if uri not in old.entries]
    if _has_hierarchy(old) and _has_hierarchy(new):
        result.moved += _moved(old, new)
    result.remarks = _remarks(old, new, result)
    return result


def _renamed(entry: Entry, now: Entry) -> Renamed | None:
    """Return the first change of a preferred label in a language that both versions have."""
    for language in sorted(entry.names.keys() & now.names.keys()):
        before, after = entry.names[language], now.names[language]
        if plain(before) != plain(after):
            names = {
                key for key in entry.all_names() if key[0] in now.names or key[0] in now.other_names
            }
            kept = len(names & now.all_names()) / len(names) if names else 0.0
            return Renamed(entry.uri, language, before, after, likeness(before, after, language), kept)
    return None


def _moved(old: Version, new: Version) -> list[Moved]:
    moved = []
    for uri, entry in new.current.items():
        if uri not in old.current:
            continue
        before, after = old.parents.get(uri, set()), new.parents.get(uri, set())
        # A parent that itself is gone says nothing about the concept's place.
        before = {parent for parent in before if parent in new.current or parent not in old.entries}
        if before and after and not before & after:
            moved.append(
                Moved(uri, entry.name, tuple(sorted(before)), tuple(sorted(after)), "hierarchy")
            )
    return moved


def _has_hierarchy(version: Version) -> bool:
    return bool(version.relations["broader"])


def _has_texts(version: Version) -> bool:
    return any(entry.texts for entry in version.entries.values())


def _remarks(old: Version, new: Version, result: Comparison) -> list[str]:
    remarks = []
    for kind, count in result.uncovered.items():
        remarks.append(
            f"The new version has no {kind}s: the {count:,} of the old one were not compared."
        )
    if not _has_hierarchy(new):
        remarks.append(
            "The new version has no hierarchy (no broader relations): moves cannot be seen, and the "
            "place of a concept is known from the old version only."
        )
    if not any(name.endswith("-skill") for name in new.relations):
        remarks.append("The new version has no relations between skills and occupations.")
    if not _has_texts(new):
        remarks.append("The new version has no descriptions.")
    untyped = sum(1 for entry in result.new if entry.kind == "skill" and not entry.skill_type)
    if untyped:
        remarks.append(
            f"The new version says of {untyped:,} new skills neither that they are skills nor "
            "knowledge."
        )
    languages = sorted({code for entry in old.entries.values() for code in entry.names})
    lacking = sorted(set(languages) - {code for entry in new.entries.values() for code in entry.names})
    if lacking:
        remarks.append(f"The new version has no labels in {', '.join(lacking)}.")
    for version in (old, new):
        if version.problems:
            remarks.append(
                f"{len(version.problems):,} records of version {version.number} could not be read, "
                f"for example: {version.problems[0]}"
            )
    return remarks
