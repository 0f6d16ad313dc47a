"""The baseline linker: ESCO's own labels, found word by word in texts of their language.

Confidence is the precision that was measured for the kind of match (`docs/linking.md`), not a
similarity. One-word alternative labels never decide alone; names that are also common words must
be written as names; skills that only page boilerplate names are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from graph.records import Evidence, SkillLink
from loaders.linking.base import Scored, SkillInfo, SkillLabel, Subject, Text
from loaders.linking.calibration import Calibration, MatchKind
from loaders.linking.matcher import Found, LabelMatcher

MAX_EVIDENCE = 3
"""Places in the texts that are kept for each link."""


@dataclass(slots=True)
class _Entry:
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
        self._matcher = LabelMatcher(self._calibration)

    def prepare(self, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo] = ()) -> None:
        """Index the labels by language; labels of other languages are passed over.

        Args:
            labels: every name of every skill.
            concepts: not needed here.
        """
        self._matcher.prepare(labels)

    def link(self, subjects: Iterable[Subject]) -> Iterator[SkillLink]:
        """Yield the links of each subject, the surest first."""
        for subject in subjects:
            found: dict[tuple[str, str], _Entry] = defaultdict(_Entry)
            for text in subject.texts:
                if text.language in self.languages:
                    self._scan(subject.kind, text, found)
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
        found: dict[tuple[str, str], _Entry] = defaultdict(_Entry)
        for each in (language,) if language else self.languages:
            self._scan("course", Text("outcomes", each, text), found)
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

    def _scan(self, kind: str, text: Text, found: Mapping[tuple[str, str], _Entry]) -> None:
        relation = relation_of(kind, text.field)
        for place in self._matcher.find(text.text, text.language):
            _note(place, text, relation, found)


def _note(place: Found, text: Text, relation: str, found: Mapping[tuple[str, str], _Entry]) -> None:
    field_name = text.field
    if field_name == "title" and relation in ("about", "needs"):
        field_name = "output_title"
    for sense in place.senses:
        entry = found[relation, sense.skill]
        entry.transversal = sense.transversal
        entry.kinds.add(
            MatchKind(
                preferred=sense.preferred,
                one_word=place.length == 1,
                shared=place.shared,
                name=sense.as_written is not None,
                translated=sense.translated,
                field=field_name,
            )
        )
        entry.evidence.append(
            Evidence(
                text_field=text.field,
                language=text.language,
                start=place.start,
                end=place.end,
                quote=text.text[place.start : place.end],
                matched_label=sense.label,
            )
        )


def relation_of(kind: str, field_name: str) -> str:
    """Return what a skill in a field says: prerequisites are required, not taught."""
    if kind == "output":
        return "about"
    if kind == "advert":
        return "needs"
    return "requires" if field_name == "prerequisites" else "teaches"
