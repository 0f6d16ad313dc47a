"""What a linker is: it reads texts and proposes ESCO skills, each with evidence and a confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from graph.records import SkillLink

TRANSVERSAL = "http://data.europa.eu/esco/skill-reuse-level/transversal"


@dataclass(frozen=True, slots=True)
class SkillLabel:
    """One name of an ESCO skill (or occupation)."""

    skill: str
    text: str
    language: str
    preferred: bool
    transversal: bool = False
    """Whether ESCO says that the skill is useful everywhere (reuse level `transversal`)."""


@dataclass(frozen=True, slots=True)
class SkillInfo:
    """What else ESCO knows of a concept. Linkers that need only names do without."""

    skill: str
    kind: str = "skill"
    """`skill` or `occupation`."""
    skill_type: str | None = None
    """`skill` or `knowledge`."""
    reuse_level: str | None = None
    """The last part of ESCO's IRI: `transversal`, `cross-sector`, `sector-specific`,
    `occupation-specific`."""
    broader: tuple[str, ...] = ()
    occupations: int = 0
    """Of how many occupations ESCO says that they need the skill (essential or optional)."""
    descriptions: Mapping[str, str] = field(default_factory=dict)


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
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """The text of each learning outcome, in each of its languages → its IRI."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A skill that a text may speak of: one row of a ranking."""

    skill: str
    label: str
    """The name that fits best, in the text's language where there is one."""
    confidence: float
    """0 to 1: the estimated probability that it is right."""
    start: int = 0
    """Where the sentence stands in the text (code points)."""
    end: int = 0
    features: tuple[str, ...] = ()
    """What spoke for it, the strongest first."""


class Linker(Protocol):
    """Finds the skills of texts."""

    name: str
    version: str
    languages: tuple[str, ...]

    def prepare(self, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo] = ()) -> None:
        """Learn the skills; called once before `link` and `suggest`."""
        ...

    def link(self, subjects: Iterable[Subject]) -> Iterator[SkillLink]:
        """Yield the links of each subject, all of one subject together, the surest first."""
        ...

    def suggest(self, text: str, language: str = "", limit: int = 10) -> list[Scored]:
        """Rank skills for one text, the best first, without any threshold.

        Args:
            text: a sentence, a document or the beginning of a label.
            language: `en`, `fi` or `sv`; empty: guess.
            limit: most rows to return.
        """
        ...

    def status(self) -> str:
        """Say in one sentence how the linker works here, above all what it must do without."""
        ...
