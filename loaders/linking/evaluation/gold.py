"""What a gold set is: texts with the skills that a careful judge gave them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


class GoldError(Exception):
    """A gold set cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class RawText:
    """A text as its file tells it: skills by IRI or by name, not yet looked up."""

    text: str
    language: str
    main: tuple[str, ...] = ()
    """IRIs of ESCO skills, or names of them."""
    acceptable: tuple[str, ...] = ()
    """IRIs or names that a judge would let pass beside the main ones."""
    kind: str = "course"
    field: str = "outcomes"
    topic: str = ""


@dataclass(frozen=True, slots=True)
class GoldText:
    """A text with the IRIs of its skills.

    `wrong` is None where the judgement is complete: everything else is wrong. Where only some
    proposals were judged it names the wrong ones, and what nobody judged counts neither way.
    """

    text: str
    language: str
    main: frozenset[str]
    acceptable: frozenset[str] = frozenset()
    wrong: frozenset[str] | None = None
    kind: str = "course"
    """What the text belongs to: `course`, `output` or `advert`."""
    field: str = "outcomes"
    """Which text of it: see `loaders.linking.base.Text`."""
    topic: str = ""

    def gold(self, *, strict: bool) -> frozenset[str]:
        """Return the skills that count as right; the acceptable ones too unless `strict`."""
        return self.main if strict else self.main | self.acceptable

    def judge(self, skill: str, *, strict: bool) -> bool | None:
        """Tell whether a skill is right; None: it counts neither way."""
        if skill in self.main:
            return True
        if skill in self.acceptable:
            return None if strict else True
        if self.wrong is not None and skill not in self.wrong:
            return None
        return False


@dataclass(slots=True)
class GoldSet:
    """All texts of one file, and what of the file could not be used."""

    name: str
    texts: list[GoldText]
    problems: list[str] = field(default_factory=list)
    """Rows that could not be read, a sentence each."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Names and IRIs that ESCO as loaded does not have → how often; they are no gold."""
    by_alternative: Counter[str] = field(default_factory=Counter)
    """Names that only match an alternative label → how often."""

    def of_language(self, language: str | None) -> GoldSet:
        """Return the texts of one language; None: all."""
        texts = [text for text in self.texts if language in (None, text.language)]
        return GoldSet(self.name, texts, self.problems, self.unknown, self.by_alternative)
