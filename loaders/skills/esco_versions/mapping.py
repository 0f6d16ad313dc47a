"""What became of each retired concept of ESCO, kept in a file: the mapping.

The file holds one JSON object per line, one for each retired address. Several upgrades one after the
other make one mapping: a successor that is retired later leads on to its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from graph.records import Concept

KINDS = ("replaced", "same", "renamed", "moved", "merged", "split", "lost")
"""What may become of a retired concept, see docs/esco-upgrade.md."""
FROM_ESCO, FROM_PERSON, FROM_EVIDENCE = "ESCO", "person", "evidence"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A possible successor that was not sure enough, for a person to look at."""

    uri: str
    name: str
    confidence: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one retired concept."""

    old_uri: str
    kind: str
    """One of `KINDS`."""
    new_uris: tuple[str, ...]
    confidence: float
    """0 to 1; 1 where ESCO or a person says so, 0 for what is lost."""
    decided_by: str
    """`ESCO`, `person` or `evidence`."""
    reasons: tuple[str, ...] = ()
    new_names: tuple[str, ...] = ()
    concept_kind: str = "skill"
    names: Mapping[str, str] = field(default_factory=dict)
    """The retired concept's preferred labels, by language."""
    other_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    suggestions: tuple[Suggestion, ...] = ()
    upgrade: str = ""
    """The versions between which it was retired: `1.1.1 → 1.2.0`."""

    @property
    def name(self) -> str:
        """Its preferred label for people."""
        return self.names.get("en") or next(iter(self.names.values()), self.old_uri)

    def to_line(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Fate:
        """Read what `to_line` wrote."""
        data = json.loads(line)
        data["suggestions"] = tuple(
            Suggestion(**{**one, "reasons": tuple(one["reasons"])}) for one in data["suggestions"]
        )
        for name in ("new_uris", "reasons", "new_names"):
            data[name] = tuple(data[name])
        data["other_names"] = {code: tuple(names) for code, names in data["other_names"].items()}
        return cls(**data)


class MappingError(Exception):
    """A mapping or a file of decisions cannot be used; the message is a sentence."""


class EscoMapping:
    """The successors of retired concepts."""

    def __init__(self, fates: Iterable[Fate] = ()) -> None:
        self.fates: dict[str, Fate] = {fate.old_uri: fate for fate in fates}

    @classmethod
    def load(cls, path: Path) -> EscoMapping:
        """Read a mapping file; one that does not exist is empty.

        Raises:
            MappingError: the file is damaged.
        """
        if not path.exists():
            return cls()
        try:
            text = path.read_text(encoding="utf-8")
            return cls(Fate.from_line(line) for line in text.splitlines() if line.strip())
        except (ValueError, KeyError, TypeError) as error:
            raise MappingError(
                f"{path} is damaged ({error}). Restore it, or undo the upgrade with "
                "`fitech esco-upgrade --undo`."
            ) from None

    def save(self, path: Path) -> None:
        """Write the mapping in the order of addresses, all or nothing."""
        aside = path.with_name(f".{path.name}.new")
        lines = (self.fates[uri].to_line() for uri in sorted(self.fates))
        aside.write_text("".join(lines), encoding="utf-8")
        aside.replace(path)

    def successors(self, uri: str) -> tuple[str, ...]:
        """Return what an address stands for now.

        Returns:
            the address itself if it is not retired; one address, or several after a split; nothing
            if the concept is lost.
        """
        return self._follow(uri, frozenset())

    def _follow(self, uri: str, seen: frozenset[str]) -> tuple[str, ...]:
        fate = self.fates.get(uri)
        if fate is None:
            return (uri,)
        if uri in seen:
            return ()
        found = (end for one in fate.new_uris for end in self._follow(one, seen | {uri}))
        return tuple(dict.fromkeys(found))

    def rewrites(self) -> dict[str, str]:
        """Return retired address → its one successor; split and lost concepts are not in it."""
        found = {uri: self.successors(uri) for uri in self.fates}
        return {uri: ends[0] for uri, ends in found.items() if len(ends) == 1}

    def splits(self) -> dict[str, tuple[str, ...]]:
        """Return retired address → its parts, where it was split."""
        found = {uri: self.successors(uri) for uri in self.fates}
        return {uri: ends for uri, ends in found.items() if len(ends) > 1}

    def after(self, later: EscoMapping, current: Iterable[str]) -> EscoMapping:
        """Return this mapping together with that of the next upgrade.

        Args:
            later: the mapping of the next upgrade; it wins.
            current: the addresses that the newest version has. A concept that came back is not
                retired any more.
        """
        back = set(current)
        fates = {uri: fate for uri, fate in self.fates.items() if uri not in back}
        return EscoMapping((fates | later.fates).values())

    def stubs(self) -> Iterator[Concept]:
        """Yield the retired concepts as the graph keeps them: names, successors, the mark `retired`."""
        for uri in sorted(self.fates):
            fate = self.fates[uri]
            yield Concept(
                uri=uri,
                kind="concept",
                pref_label=fate.names,
                alt_labels=fate.other_names,
                description=fate.texts,
                status="retired",
                replaced_by=self.successors(uri),
                deprecated=True,
            )

    def named(self, upgrade: str) -> EscoMapping:
        """Return the mapping with the name of the upgrade in each line."""
        return EscoMapping(replace(fate, upgrade=upgrade) for fate in self.fates.values())
