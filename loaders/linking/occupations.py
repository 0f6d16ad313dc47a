"""Occupations of job adverts, from their titles: ESCO's own names first, else a ranking.

A title gives at most two occupations (`practical nurse / nurse`), and none where no name fits well
enough: nothing is said below `least`. Confidence is the share of like links that were right where
it was measured (`occupations.json`, made by `scripts/train_occupations.py`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from graph.records import ConceptLink, Evidence
from loaders.linking.base import SkillLabel, Subject, Text
from loaders.linking.cache import cache_folder
from loaders.linking.dense import Encoder, default_encoder
from loaders.linking.features import strongest
from loaders.linking.index import LANGUAGES, ConceptIndex
from loaders.linking.languages import language_of
from loaders.linking.occupation_ranker import OccupationRanker
from loaders.linking.rerank import Weights
from loaders.linking.titles import title_parts
from loaders.linking.topic_index import form_of

_SUBJECTS = 256
_RANKED_PARTS = 2
"""Parts of a title that are ranked: the whole, and what stands before `in`, `at`, `till` …"""


@dataclass(frozen=True, slots=True)
class _Hit:
    """One occupation for one title."""

    confidence: float
    concept: int
    part: str
    label: str
    text: Text
    features: tuple[str, ...]


class OccupationLinker:
    """Finds the occupations that titles name.

    Args:
        folder: where vectors are kept; the user's cache if it is not given.
        cache: whether they are kept at all.
        words_only: do without the language model.
    """

    name = "occupations"
    version = "1"
    languages = LANGUAGES

    def __init__(
        self, folder: Path | None = None, *, cache: bool = True, words_only: bool = False
    ) -> None:
        self._folder = (folder or cache_folder()) if cache else None
        self._encoder: Encoder | None = None if words_only else default_encoder()
        data = _shipped()
        self._weights = Weights.from_json(data["lexical" if self._encoder is None else "hybrid"])
        self._precision: dict[str, float] = data["precision"]
        self._least: float = data["least"]
        self._most_ranked: float = data["most_ranked"]
        self._exact: dict[str, dict[str, dict[int, bool]]] = {}
        self._index = ConceptIndex.build(())
        self._ranker: OccupationRanker | None = None

    @property
    def method(self) -> str:
        """Name and version, as links carry it; `occupations-lexical` without the model."""
        return f"{self.name}{'' if self._encoder else '-lexical'}/{self.version}"

    def prepare(self, labels: Iterable[SkillLabel]) -> None:
        """Index the names of the occupations."""
        self._index = ConceptIndex.build(labels)
        self._exact = {code: defaultdict(dict) for code in LANGUAGES}
        for code, names in self._index.names.items():
            for text, concept, preferred in zip(
                names.texts, names.concepts.tolist(), names.preferred.tolist(), strict=True
            ):
                its = self._exact[code][form_of(text, code)]
                its[concept] = its.get(concept, False) or preferred
        self._ranker = (
            OccupationRanker(self._index, self._encoder, self._folder) if self._index.skills else None
        )

    def link(self, subjects: Iterable[Subject]) -> Iterator[ConceptLink]:
        """Yield the occupations of each advert, the surest first."""
        waiting = iter(subjects)
        while batch := list(islice(waiting, _SUBJECTS)):
            titles = [
                (number, text, _language(text))
                for number, subject in enumerate(batch)
                for text in subject.texts
                if text.field == "title"
            ]
            found: dict[int, list[_Hit]] = defaultdict(list)
            open_titles: dict[str, list[tuple[int, Text, str]]] = defaultdict(list)
            for number, text, language in titles:
                parts = title_parts(text.text, language)
                looked_up = {part: self._meant(part, text, language) for part in parts}
                named = [
                    self._named(part, text, *meant[0])
                    for part, meant in looked_up.items()
                    if len(meant) == 1 and _decides(part, *meant[0])
                ]
                found[number] += named
                if not named:
                    # Words that name several occupations do not tell which, and no measure can.
                    open_titles[language] += [
                        (number, text, part) for part in parts[:_RANKED_PARTS] if not looked_up[part]
                    ]
            for language, rows in open_titles.items():
                for number, hit in self._ranked(rows, language):
                    found[number].append(hit)
            for number, subject in enumerate(batch):
                yield from self._links(subject, found[number])

    def _meant(self, part: str, text: Text, language: str) -> list[tuple[int, bool, str]]:
        """Return the occupations that the words name, whether by a preferred name, and its language.

        English is looked up too, because titles in other languages' fields are English often; every
        language, where the source does not tell it.
        """
        known = text.language in LANGUAGES
        for code in dict.fromkeys((language, "en") if known else (language, *LANGUAGES)):
            owners = self._exact.get(code, {}).get(form_of(part, code), {})
            preferred = [concept for concept, is_preferred in owners.items() if is_preferred]
            if owners:
                return [(concept, bool(preferred), code) for concept in preferred or owners]
        return []

    def _named(self, part: str, text: Text, concept: int, preferred: bool, code: str) -> _Hit:
        sure = self._precision["preferred" if preferred else "alternative"]
        return _Hit(sure, concept, part, self._index.label(concept, code), text, ("exact",))

    def _ranked(
        self, rows: Sequence[tuple[int, Text, str]], language: str
    ) -> Iterator[tuple[int, _Hit]]:
        """Yield for each part of a title the occupation that fits best."""
        if self._ranker is None:
            return
        names = self._ranker.names
        columns = [names.index(name) for name in self._weights.features]
        candidates = self._ranker.candidates([part for _, _, part in rows], language)
        for (number, text, part), found in zip(rows, candidates, strict=True):
            values = found.rows[:, columns]
            scores = self._weights.score(values)
            best = int(np.argmax(scores))
            concept = int(found.concepts[best])
            sure = float(self._weights.confidence(scores[best : best + 1])[0])
            sure = min(sure, self._most_ranked)
            spoken = self._weights.spoken(values[best], values.mean(axis=0))
            features = strongest(self._weights.features, spoken)
            yield (
                number,
                _Hit(sure, concept, part, self._index.label(concept, language), text, features),
            )

    def _links(self, subject: Subject, hits: Sequence[_Hit]) -> Iterator[ConceptLink]:
        """Yield the occupations of one advert: all that are named, else the best that fits."""
        best: dict[int, _Hit] = {}
        for hit in hits:
            if hit.confidence >= self._least and (
                hit.concept not in best or hit.confidence > best[hit.concept].confidence
            ):
                best[hit.concept] = hit
        chosen = sorted(best.values(), key=lambda hit: (-hit.confidence, hit.concept))
        named = [hit for hit in chosen if hit.features == ("exact",)]
        for hit in named[:2] or chosen[:1]:
            yield ConceptLink(
                subject=subject.iri,
                concept=self._index.skills[hit.concept],
                relation="occupation",
                confidence=round(hit.confidence, 4),
                method=self.method,
                evidence=(_evidence(hit),),
            )


def _decides(part: str, concept: int, preferred: bool, code: str) -> bool:
    """Whether a name decides: one English word that is an alternative name does not.

    `Cleaner` is one of the amusement park cleaner. In Finnish and Swedish one word is a compound.
    """
    return preferred or code != "en" or " " in part


def _language(text: Text) -> str:
    return text.language if text.language in LANGUAGES else language_of(text.text, "en")


def _evidence(hit: _Hit) -> Evidence:
    """Return the words of the title, or the whole title where they do not stand together in it."""
    title = hit.text.text
    start = title.find(hit.part)
    start, end = (start, start + len(hit.part)) if start >= 0 else (0, len(title))
    return Evidence(
        text_field="title",
        language=hit.text.language,
        start=start,
        end=end,
        quote=title[start:end],
        matched_label=hit.label,
        features=hit.features,
    )


def _shipped() -> dict[str, Any]:
    """Return the weights and figures that come with the program."""
    text = (files("loaders.linking") / "occupations.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
