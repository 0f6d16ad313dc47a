"""Finds ESCO's own names word by word in texts: the longest first, from left to right."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from loaders.linking.base import SkillLabel
from loaders.linking.cache import arrays_of
from loaders.linking.calibration import Calibration
from loaders.linking.senses import Row, SenseTable
from loaders.linking.words import Word, words

LANGUAGES = ("en", "fi", "sv")
_QUALIFIER = re.compile(r"^(?P<name>.+?)\s*\((?P<qualifier>[^)]*)\)$")
_COMPOUND = 10
_PROGRAMMING = "computer programming"
_FORM = 2
"""Of the names on disk, and of the way they are made."""


@dataclass(slots=True)
class Sense:
    """What a sequence of words may mean: one skill, by one kind of label."""

    skill: str
    label: str
    preferred: bool
    transversal: bool
    as_written: str | None
    """If set, the text must be written just so (names of products)."""
    translated: bool
    """Whether one word stands for what takes several in English: often a broader word."""

    @property
    def compound(self) -> bool:
        """Whether it is one long word for several English ones (koneoppiminen): no broader word."""
        return self.translated and len(self.label) >= _COMPOUND


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text and the skills whose name stands there."""

    start: int
    end: int
    length: int
    """Words."""
    senses: Sequence[Sense]
    """Those by a preferred label if there are any, else those by an alternative one."""

    @property
    def shared(self) -> bool:
        """Whether the words name several skills."""
        return len({sense.skill for sense in self.senses}) > 1


class LabelMatcher:
    """An index of names; names of products must be written as such, in any language."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._names = SenseTable(SenseTable.arrays(()))

    def prepare(self, labels: Iterable[SkillLabel], folder: Path | None = None) -> None:
        """Index the labels by language; labels of other languages are passed over.

        Args:
            labels: every name of every skill.
            folder: where the words of the names are kept, so that the next start is fast.
        """
        listed = list(labels)
        digest = _digest(listed, self._calibration.stopped)
        path = folder / f"names-{digest}-{_FORM}.npy" if folder else None
        self._names = SenseTable(arrays_of(path, lambda: SenseTable.arrays(self._rows(listed))))

    def _rows(self, labels: Sequence[SkillLabel]) -> Iterator[Row]:
        """Yield language, normalised words and what they may mean (the fields of `Sense`)."""
        known = [label for label in labels if label.skill not in self._calibration.stopped]
        english = {x.skill: x.text for x in known if x.preferred and x.language == "en"}
        for label in known:
            original = english.get(label.skill, label.text)
            for language, text, as_written in self._forms(label, original):
                spoken = words(text, language)
                translated = language != "en" and len(spoken) == 1 and " " in original
                if spoken:
                    yield (
                        language,
                        " ".join(word.form for word in spoken),
                        label.skill,
                        label.text,
                        label.preferred,
                        label.transversal,
                        as_written,
                        translated and as_written is None,
                    )

    def _forms(self, label: SkillLabel, english: str) -> Iterator[tuple[str, str, str | None]]:
        """Yield language, text and, for names, the exact writing under which a label is found."""
        if label.language not in LANGUAGES:
            return
        match = _QUALIFIER.match(label.text)
        if label.preferred and match and match["qualifier"] == _PROGRAMMING:
            # `Python (computer programming)`: written as a name, and the same in every language.
            for language in LANGUAGES:
                yield language, match["name"], match["name"]
        elif self._calibration.is_name(label.text):
            # A name keeps its writing in every language; translations of it are no names.
            for language in LANGUAGES if label.preferred else (label.language,):
                yield language, label.text, label.text
        elif not (label.preferred and self._calibration.is_name(english)):
            yield label.language, label.text, None

    def find(self, text: str, language: str) -> Iterator[Found]:
        """Yield the names in a text of a language; found words are not used twice."""
        spoken = words(text, language)
        position = 0
        while position < len(spoken):
            most = self._names.longest(language, spoken[position].form)
            for length in range(min(most, len(spoken) - position), 0, -1):
                within = spoken[position : position + length]
                known = self._names.get(language, " ".join(word.form for word in within))
                if not known:
                    continue
                start, end = within[0].start, within[-1].end
                quote = text[start:end]
                senses = [Sense(*each) for each in known]
                meant = [x for x in senses if x.as_written is None or x.as_written == quote]
                if meant and not _is_torn(text, within) and not _is_part_of_a_sign(text, start, end):
                    preferred = [sense for sense in meant if sense.preferred]
                    yield Found(start, end, length, preferred or meant)
                    position += length
                    break
            else:
                position += 1


def _digest(labels: Iterable[SkillLabel], stopped: Iterable[str]) -> str:
    digest = hashlib.sha256("|".join([version("simplemma"), *sorted(stopped)]).encode())
    for label in labels:
        digest.update(
            f"{label.skill}|{label.text}|{label.language}|{label.preferred}|{label.transversal}\n".encode()
        )
    return digest.hexdigest()[:20]


def _is_torn(text: str, spoken: Sequence[Word]) -> bool:
    """Whether more than blanks and hyphens stands between the words: then they are two things."""
    return any(
        "\n" in (gap := text[left.end : right.start]) or gap.strip(" \u00a0-–'’")
        for left, right in pairwise(spoken)
    )


def _is_part_of_a_sign(text: str, start: int, end: int) -> bool:
    """Whether a single letter belongs to an abbreviation like R&D or to a formula."""
    if end - start > 1:
        return False
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return any(char in "&-–'’=^_*/+<>²" for char in around)
