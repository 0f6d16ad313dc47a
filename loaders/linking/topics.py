"""Topics of texts: concepts of a subject vocabulary (YSO), found by their names, beside ESCO's skills.

ESCO has no concept for most of what research is about, and a neighbour must not stand for it.
Topics are found literally, at a few thousand texts a second, in two passes: the first finds names
and counts in how many texts each concept stands, the second leaves out what stands everywhere and
keeps the best of each text. Between the passes the findings lie in a temporary file, so memory does
not grow with the texts.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from graph.records import ConceptLink, Evidence
from loaders.linking.base import SkillLabel, Subject, Text
from loaders.linking.index import LANGUAGES
from loaders.linking.languages import language_of
from loaders.linking.topic_index import TopicIndex, topic_settings

_FIRST = {"en": 0, "fi": 1, "sv": 2}
_FIELDS = frozenset({"title", "abstract", "outcomes", "content"})
_HEAD = 400
"""Characters by which the language of a text is told."""
_Place = tuple[int, int, str, str, int, int, str]
"""Concept, label, field, language, start, end and the words: what the temporary file holds."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a finding is worth and how much is kept: the figures of `topics.toml`."""

    most: int
    least: float
    too_common: float
    enough_texts: int
    precision: Mapping[str, float]

    @classmethod
    def load(cls) -> Settings:
        """Read the settings that come with the program."""
        data: Mapping[str, Any] = topic_settings()
        return cls(**{name: data[name] for name in cls.__slots__})


class TopicLinker:
    """Finds the topics of outputs and courses."""

    name = "topics"
    version = "1"
    languages = LANGUAGES

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings.load()
        self._index = TopicIndex(())

    def prepare(self, labels: Iterable[SkillLabel]) -> None:
        """Index the names of the vocabulary."""
        self._index = TopicIndex(labels)

    @property
    def size(self) -> int:
        """How many concepts can be found."""
        return len(self._index.concepts)

    def link(self, subjects: Iterable[Subject]) -> Iterator[ConceptLink]:
        """Yield the topics of each subject, the surest first, when all subjects have been read."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
            texts, common = self._read(subjects, spool)
            spool.seek(0)
            for line in spool:
                iri, places = json.loads(line)
                yield from self._links(iri, places, texts, common)

    def _read(self, subjects: Iterable[Subject], spool: IO[str]) -> tuple[int, Counter[int]]:
        """Write what is found to the file; return the number of texts, in all and by concept."""
        texts, common = 0, Counter[int]()
        for subject in subjects:
            places = [place for text in _distinct(subject.texts) for place in self._places(text)]
            spool.write(json.dumps((subject.iri, places)) + "\n")
            common.update({place[0] for place in places})
            texts += 1
        return texts, common

    def _places(self, text: Text) -> Iterator[_Place]:
        if text.field not in _FIELDS:
            return
        language = language_of(text.text[:_HEAD], text.language)
        for hit in self._index.find(text.text, language):
            quote = text.text[hit.start : hit.end]
            yield hit.concept, hit.label, text.field, text.language, hit.start, hit.end, quote

    def _links(
        self, iri: str, places: Sequence[_Place], texts: int, common: Mapping[int, int]
    ) -> Iterator[ConceptLink]:
        by_concept: dict[int, list[_Place]] = defaultdict(list)
        for place in places:
            by_concept[place[0]].append(place)
        found = []
        for concept, its in by_concept.items():
            share = common[concept] / texts
            if texts >= self._settings.enough_texts and share > self._settings.too_common:
                continue
            sure = self._settings.precision[self.kind(its)]
            if sure >= self._settings.least:
                rare = math.log((1 + texts) / common[concept])
                found.append((-sure, -rare * (1 + math.log(len(its))), concept, its))
        for sure, _, concept, its in sorted(found)[: self._settings.most]:
            yield ConceptLink(
                subject=iri,
                concept=self._index.concepts[concept],
                relation="topic",
                confidence=-sure,
                method=f"{self.name}/{self.version}",
                evidence=(self._evidence(its),),
            )

    def kind(self, places: Sequence[_Place]) -> str:
        """Return the kind of finding, as `topics.toml` names it.

        `title` or `text`: where the name stands; `words` or `word`: whether it has several; `again`:
        whether it stands there more than once, or in two languages.
        """
        where = "title" if any(place[2] == "title" for place in places) else "text"
        size = "words" if self._index.specific[places[0][0]] else "word"
        by_language = Counter(place[3] for place in places)
        again = "_again" if len(by_language) > 1 or by_language.most_common(1)[0][1] > 1 else ""
        return f"{where}_{size}{again}"

    def _evidence(self, places: Sequence[_Place]) -> Evidence:
        """Return the first place, in the title if it stands there."""
        _, label, field, language, start, end, quote = min(
            places, key=lambda place: place[2] != "title"
        )
        return Evidence(field, language, start, end, quote, self._index.labels[label])


def _distinct(texts: Sequence[Text]) -> list[Text]:
    """Return each text once; one that is given under several languages is English most often."""
    found: dict[tuple[str, str], Text] = {}
    for text in sorted(texts, key=lambda each: _FIRST.get(each.language, 3)):
        found.setdefault((text.field, text.text), text)
    return list(found.values())
