"""The concepts that a linker may find, with their names by language, as arrays that are fast to search.

Concepts are numbered in the order of their IRIs. `ConceptIndex.digest` tells one set of names from
another: what is computed from an index is kept on disk under it and found again (`cache.py`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loaders.linking.base import SkillInfo, SkillLabel

LANGUAGES = ("en", "fi", "sv")
Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Names:
    """All names of all concepts in one language, grouped by concept, the preferred one first."""

    texts: tuple[str, ...]
    concepts: Ints
    """Number of the concept of each name, rising."""
    preferred: Bools

    @property
    def first(self) -> Ints:
        """Place of the first name of each concept that has any."""
        return np.flatnonzero(np.diff(self.concepts, prepend=-1)).astype(np.int32)


@dataclass(slots=True)
class ConceptIndex:
    """The concepts and what ESCO knows of them; see `build`."""

    skills: tuple[str, ...]
    names: dict[str, Names]
    transversal: Bools
    knowledge: Bools
    reuse: Ints
    """0 unknown, 1 transversal, 2 cross-sector, 3 sector-specific, 4 occupation-specific."""
    parents: tuple[tuple[str, ...], ...]
    occupations: Floats
    """How many occupations need the skill."""
    digest: str
    place: Mapping[str, int] = field(default_factory=dict)

    def label(self, concept: int, language: str) -> str:
        """Return the preferred name of a concept in a language, or else in any."""
        for each in (language, *self.names):
            table = self.names.get(each)
            if table is not None and len(table.concepts):
                row = int(np.searchsorted(table.concepts, concept))
                if row < len(table.concepts) and table.concepts[row] == concept:
                    return table.texts[row]
        return ""

    @classmethod
    def build(cls, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo] = ()) -> ConceptIndex:
        """Number the concepts and sort their names; names of other languages are passed over."""
        known = {info.skill: info for info in concepts}
        found: dict[str, dict[str, dict[str, bool]]] = {each: defaultdict(dict) for each in LANGUAGES}
        transversal: set[str] = {
            uri for uri, info in known.items() if info.reuse_level == "transversal"
        }
        for label in labels:
            text = " ".join(label.text.split())
            if label.language in found and text:
                names = found[label.language][label.skill]
                names[text] = names.get(text, False) or label.preferred
                if label.transversal:
                    transversal.add(label.skill)
        skills = tuple(sorted({uri for names in found.values() for uri in names}))
        digest = hashlib.sha256()
        tables = {}
        for language, by_skill in found.items():
            if by_skill:
                tables[language] = _table(skills, by_skill)
                digest.update(language.encode())
                digest.update("\n".join(tables[language].texts).encode())
                digest.update(tables[language].concepts.tobytes())
        infos = [known.get(uri) for uri in skills]
        reuse = [_REUSE.get(info.reuse_level or "", 0) if info else 0 for info in infos]
        return cls(
            skills=skills,
            names=tables,
            transversal=np.array([uri in transversal for uri in skills], dtype=np.bool_),
            knowledge=np.array(
                [info is not None and info.skill_type == "knowledge" for info in infos], dtype=np.bool_
            ),
            reuse=np.array(reuse, dtype=np.int32),
            parents=tuple(info.broader if info else () for info in infos),
            occupations=np.array([info.occupations if info else 0 for info in infos], np.float32),
            digest=digest.hexdigest()[:16],
            place={uri: number for number, uri in enumerate(skills)},
        )


_REUSE = {"transversal": 1, "cross-sector": 2, "sector-specific": 3, "occupation-specific": 4}


def _table(skills: tuple[str, ...], by_skill: Mapping[str, Mapping[str, bool]]) -> Names:
    texts: list[str] = []
    numbers: list[int] = []
    preferred: list[bool] = []
    for number, uri in enumerate(skills):
        names = by_skill.get(uri, {})
        for text in sorted(names, key=lambda name: (not names[name], name)):
            texts.append(text)
            numbers.append(number)
            preferred.append(names[text])
    return Names(tuple(texts), np.array(numbers, dtype=np.int32), np.array(preferred, dtype=np.bool_))
