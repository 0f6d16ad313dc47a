"""Let a linker read a gold set: what it ranks and links, and what time and memory that takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from loaders.linking.base import Linker, SkillInfo, SkillLabel, Subject, Text
from loaders.linking.evaluation.gold import GoldText
from loaders.measure import forget_peak, peak

DEPTH = 100
"""Rows of each ranking."""
_SUBJECT = "urn:fitech:gold:"

Ranking = list[tuple[str, float]]
"""IRIs with their confidence, the best first."""


@dataclass(slots=True)
class Run:
    """What one linker made of the texts, in their order."""

    method: str
    version: str
    status: str
    rankings: list[Ranking]
    """From `suggest`: everything it would propose, to the depth asked for."""
    links: list[Ranking]
    """From `link`: what it would write into the graph."""
    prepare_seconds: float
    seconds: float
    """For all rankings."""
    link_seconds: float
    peak_megabytes: int


@dataclass(slots=True)
class PreparedLinker:
    """A linker that has learnt the skills, and what that took."""

    linker: Linker
    seconds: float = field(default=0.0)

    @classmethod
    def of(
        cls, linker: Linker, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo]
    ) -> PreparedLinker:
        """Prepare a linker; the peak of memory counts from here."""
        forget_peak()
        started = time.perf_counter()
        linker.prepare(labels, concepts)
        return cls(linker, time.perf_counter() - started)

    def run(
        self,
        texts: list[GoldText],
        depth: int = DEPTH,
        tell: Callable[[int, int], None] = lambda done, total: None,
    ) -> Run:
        """Rank and link all texts."""
        linker = self.linker
        started = time.perf_counter()
        rankings: list[Ranking] = []
        for number, text in enumerate(texts):
            tell(number, len(texts))
            rows = linker.suggest(text.text, text.language, depth)
            rankings.append([(row.skill, float(row.confidence)) for row in rows])
        ranked = time.perf_counter()
        links = _links(linker, texts)
        tell(len(texts), len(texts))
        return Run(
            method=linker.name,
            version=linker.version,
            status=linker.status(),
            rankings=rankings,
            links=links,
            prepare_seconds=self.seconds,
            seconds=ranked - started,
            link_seconds=time.perf_counter() - ranked,
            peak_megabytes=peak(),
        )


def _links(linker: Linker, texts: list[GoldText]) -> list[Ranking]:
    found: list[dict[str, float]] = [{} for _ in texts]
    for link in linker.link(_subjects(texts)):
        place = int(link.subject.removeprefix(_SUBJECT))
        best = found[place].get(link.skill, 0.0)
        found[place][link.skill] = max(best, float(link.confidence))
    return [sorted(each.items(), key=lambda pair: (-pair[1], pair[0])) for each in found]


def _subjects(texts: list[GoldText]) -> Iterator[Subject]:
    for place, text in enumerate(texts):
        yield Subject(f"{_SUBJECT}{place}", text.kind, [Text(text.field, text.language, text.text)])
