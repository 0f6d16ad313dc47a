"""What a linker is: it reads texts and proposes ESCO skills, each with evidence and a confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from graph.records import SkillLink


@dataclass(frozen=True, slots=True)
class SkillLabel:
    """One name of an ESCO skill."""

    skill: str
    text: str
    language: str
    preferred: bool
    transversal: bool = False
    """Whether ESCO says that the skill is useful everywhere (reuse level `transversal`)."""


@dataclass(frozen=True, slots=True)
class Text:
    """One field of a course or output in one language."""

    field: str
    """`title`, `outcomes`, `content`, `prerequisites`, `abstract` or `description`."""
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A course or output with all its texts."""

    iri: str
    kind: str
    """`course`, `output` or `advert`."""
    texts: Sequence[Text]


class Linker(Protocol):
    """Finds the skills of texts."""

    name: str
    version: str
    languages: tuple[str, ...]

    def prepare(self, labels: Iterable[SkillLabel]) -> None:
        """Learn the skills; called once before `link`."""
        ...

    def link(self, subjects: Iterable[Subject]) -> Iterator[SkillLink]:
        """Yield the links of each subject, all of one subject together."""
        ...
