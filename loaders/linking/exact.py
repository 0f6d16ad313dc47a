"""The baseline linker: ESCO's own labels, found word by word in texts of their language.

Confidence is the precision that was measured for the kind of match (`docs/linking.md`), not a
similarity. One-word alternative labels never decide alone; names that are also common words must
be written as names; skills that only page boilerplate names are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from graph.records import Evidence, SkillLink
from loaders.linking.base import Scored, SkillInfo, SkillLabel, Subject, Text
from loaders.linking.calibration import Calibration, MatchKind
from loaders.linking.words import Word, words

_QUALIFIER = re.compile(r"^(?P<name>.+?)\s*\((?P<qualifier>[^)]*)\)$")
_PROGRAMMING = "computer programming"
MAX_EVIDENCE = 3
"""Places in the texts that are kept for each link."""


@dataclass(slots=True)
class _Sense:
    """What a sequence of words may mean: one skill, by one kind of label."""

    skill: str
    label: str
    preferred: bool
    transversal: bool
    as_written: str | None
    """If set, the text must be written just so (names of products)."""
    translated: bool
    """Whether one word stands for what takes several in English: often a broader word."""


@dataclass(slots=True)
class _Found:
    """Everything that speaks for one skill in one subject."""

    kinds: set[MatchKind] = field(default_factory=set)
    evidence: list[Evidence] = field(default_factory=list)
    transversal: bool = False


class ExactLinker:
    """Finds preferred and alternative labels literally, after lemmatisation."""

    name = "exact"
    version = "1"
    languages = ("en", "fi", "sv")

    def __init__(self, calibration: Calibration | None = None) -> None:
        self._calibration = calibration or Calibration.load()
        self._senses: dict[str, dict[tuple[str, ...], list[_Sense]]] = {}
        self._longest: dict[str, int] = {}

    def prepare(self, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo] = ()) -> None:
        """Index the labels by language; labels of other languages are passed over.

        Args:
            labels: every name of every skill.
            concepts: not needed here.
        """
        senses: dict[str, dict[tuple[str, ...], list[_Sense]]] = {
            language: defaultdict(list) for language in self.languages
        }
        known = [label for label in labels if label.skill not in self._calibration.stopped]
        english = {x.skill: x.text for x in known if x.preferred and x.language == "en"}
        for label in known:
            original = english.get(label.skill, label.text)
            for language, text, as_written in self._forms(label, original):
                key = tuple(word.form for word in words(text, language))
                translated = language != "en" and len(key) == 1 and " " in original
                if key:
                    senses[language][key].append(
                        _Sense(
                            label.skill,
                            label.text,
                            label.preferred,
                            label.transversal,
                            as_written,
                            translated and as_written is None,
                        )
                    )
        self._senses = {language: dict(found) for language, found in senses.items()}
        self._longest = {
            language: max(map(len, found), default=0) for language, found in senses.items()
        }

    def _forms(self, label: SkillLabel, english: str) -> Iterator[tuple[str, str, str | None]]:
        """Yield language, text and, for names, the exact writing under which a label is found."""
        if label.language not in self.languages:
            return
        match = _QUALIFIER.match(label.text)
        if label.preferred and match and match["qualifier"] == _PROGRAMMING:
            # `Python (computer programming)`: written as a name, and the same in every language.
            for language in self.languages:
                yield language, match["name"], match["name"]
        elif self._calibration.is_name(label.text):
            # A name keeps its writing in every language; translations of it are no names.
            for language in self.languages if label.preferred else (label.language,):
                yield language, label.text, label.text
        elif not (label.preferred and self._calibration.is_name(english)):
            yield label.language, label.text, None

    def link(self, subjects: Iterable[Subject]) -> Iterator[SkillLink]:
        """Yield the links of each subject, the surest first."""
        for subject in subjects:
            found: dict[tuple[str, str], _Found] = defaultdict(_Found)
            for text in subject.texts:
                if text.language in self.languages:
                    self._scan(subject, text, found)
            links = [
                SkillLink(
                    subject=subject.iri,
                    skill=skill,
                    relation=relation,
                    confidence=self._calibration.confidence(skill, item.kinds, item.transversal),
                    method=f"{self.name}/{self.version}",
                    evidence=tuple(item.evidence[:MAX_EVIDENCE]),
                )
                for (relation, skill), item in found.items()
            ]
            yield from sorted(links, key=lambda link: (-link.confidence, link.skill))

    def suggest(self, text: str, language: str = "", limit: int = 10) -> list[Scored]:
        """Rank the skills that the text names; empty language: every language is tried."""
        found: dict[tuple[str, str], _Found] = defaultdict(_Found)
        for each in (language,) if language else self.languages:
            if each in self._senses:
                self._scan(Subject("", "course", ()), Text("outcomes", each, text), found)
        rows = [
            Scored(
                skill=skill,
                label=item.evidence[0].matched_label,
                confidence=self._calibration.confidence(skill, item.kinds, item.transversal),
                start=item.evidence[0].start,
                end=item.evidence[0].end,
                features=("exact",),
            )
            for (_, skill), item in found.items()
        ]
        return sorted(rows, key=lambda row: (-row.confidence, row.skill))[:limit]

    def status(self) -> str:
        """Say how the linker works here."""
        return "The linker exact finds ESCO's labels literally; it needs no model."

    def _scan(self, subject: Subject, text: Text, found: Mapping[tuple[str, str], _Found]) -> None:
        """Find the longest labels from left to right; found words are not used twice."""
        senses, longest = self._senses[text.language], self._longest[text.language]
        spoken = words(text.text, text.language)
        relation = relation_of(subject.kind, text.field)
        position = 0
        while position < len(spoken):
            for length in range(min(longest, len(spoken) - position), 0, -1):
                key = tuple(word.form for word in spoken[position : position + length])
                start, end = spoken[position].start, spoken[position + length - 1].end
                quote = text.text[start:end]
                meant = [
                    sense
                    for sense in senses.get(key, ())
                    if sense.as_written is None or sense.as_written == quote
                ]
                if (
                    meant
                    and not _is_torn(text.text, spoken[position : position + length])
                    and not _is_part_of_a_sign(text.text, start, end)
                ):
                    self._note(meant, text, (start, end), length, relation, found)
                    position += length
                    break
            else:
                position += 1

    def _note(
        self,
        meant: list[_Sense],
        text: Text,
        place: tuple[int, int],
        length: int,
        relation: str,
        found: Mapping[tuple[str, str], _Found],
    ) -> None:
        field_name = text.field
        if field_name == "title" and relation in ("about", "needs"):
            field_name = "output_title"
        preferred = [sense for sense in meant if sense.preferred]
        chosen = preferred or meant
        skills = {sense.skill for sense in chosen}
        for sense in chosen:
            entry = found[relation, sense.skill]
            entry.transversal = sense.transversal
            entry.kinds.add(
                MatchKind(
                    preferred=sense.preferred,
                    one_word=length == 1,
                    shared=len(skills) > 1,
                    name=sense.as_written is not None,
                    translated=sense.translated,
                    field=field_name,
                )
            )
            entry.evidence.append(
                Evidence(
                    text_field=text.field,
                    language=text.language,
                    start=place[0],
                    end=place[1],
                    quote=text.text[place[0] : place[1]],
                    matched_label=sense.label,
                )
            )


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


def relation_of(kind: str, field_name: str) -> str:
    """Return what a skill in a field says: prerequisites are required, not taught."""
    if kind == "output":
        return "about"
    if kind == "advert":
        return "needs"
    return "requires" if field_name == "prerequisites" else "teaches"
