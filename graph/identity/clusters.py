"""Join addresses to clusters, step by step, never against a rule that holds two of them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision that two addresses name one thing, or do not, and why."""

    kind: str
    """`person`, `organisation`, `course` or `output`."""
    same: bool
    left: str
    right: str
    reason: str
    """`person decided`, `identifier`, `by-line of one work`, `title, year and first author`,
    `different identifiers`, `different titles` or `too common`."""
    detail: str
    """The identifier, the names or the note that decided."""
    confidence: float
    left_label: str = ""
    """What the sources call the one; after joining the graph knows the name in use only."""
    right_label: str = ""


class Clusters:
    """Addresses that were joined.

    Args:
        exclusive: tells the identifiers of an address of which a thing has only one (ORCID, DOI);
            clusters whose sets of them are both filled and have nothing in common stay apart.
        apart: pairs that a person told apart.
    """

    def __init__(
        self,
        exclusive: Callable[[str], frozenset[str]],
        apart: Iterable[tuple[str, str]] = (),
    ) -> None:
        self._parent: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._exclusive = exclusive
        self._numbers: dict[str, frozenset[str]] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for left, right in apart:
            self._apart[left].add(right)
            self._apart[right].add(left)

    def find(self, iri: str) -> str:
        """Return the address that stands for the cluster of an address; itself if it is alone."""
        root = iri
        while (up := self._parent.get(root, root)) != root:
            root = up
        while iri != root:
            self._parent[iri], iri = root, self._parent.get(iri, iri)
        return root

    def members(self, root: str) -> list[str]:
        """Return the addresses of a cluster."""
        return self._members.get(root, [root])

    def join(self, left: str, right: str) -> str | None:
        """Join two clusters.

        Returns:
            None if they are one cluster now, else what holds them apart.
        """
        a, b = self.find(left), self.find(right)
        if a == b:
            return None
        if self._told_apart(a, b):
            return "a person told them apart"
        mine, theirs = self._held(a), self._held(b)
        if mine and theirs and not mine & theirs:
            return f"{', '.join(sorted(mine))} is not {', '.join(sorted(theirs))}"
        self._parent[b] = a
        self._members[a] = [*self.members(a), *self.members(b)]
        self._numbers[a] = mine | theirs
        self._members.pop(b, None)
        return None

    def _held(self, root: str) -> frozenset[str]:
        if root not in self._numbers:
            self._numbers[root] = self._exclusive(root)
        return self._numbers[root]

    def _told_apart(self, a: str, b: str) -> bool:
        if not self._apart:
            return False
        others = set(self.members(b))
        return any(self._apart[member] & others for member in self.members(a) if member in self._apart)

    def joined(self) -> Iterator[list[str]]:
        """Yield the clusters of two addresses and more."""
        return (members for members in self._members.values() if len(members) > 1)

    def canonical(self, rank: Callable[[str], tuple[object, ...]]) -> Mapping[str, str]:
        """Return address → best address of its cluster, for those that are not the best."""
        renamed: dict[str, str] = {}
        for members in self.joined():
            best = min(members, key=rank)
            renamed.update((member, best) for member in members if member != best)
        return renamed
