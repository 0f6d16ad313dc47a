"""The judgements as examples to learn from, with a fifth held out.

`judgements(place)` yields one `Judgement` for each pair of sentence and skill that a person's word in
force decides: `accept` one right pair, `reject` one wrong pair, `better` a wrong and a right one. What
is held out depends on the course or output alone, so that none ever stands on both sides, and the same
ones are held out for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from app.pipeline.esco import load_mapping
from app.review.store import Entry, review_store
from app.workspace import Workspace

HELD_OUT = 5
"""Every which course or output is held out."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One pair of sentence and skill, and whether a person says that they belong together."""

    sentence: str
    language: str
    skill: str
    """ESCO URI; of a retired skill, its one successor."""
    right: bool
    held_out: bool
    """Whether it is kept for measuring, never for learning."""
    relation: str
    field: str
    subject: str
    linker: str
    confidence: float
    """What the linker had said; 0 for the better skill, which it had not proposed there."""
    sample: str
    """How the link came before the person; `random` ones tell how good all links are."""
    time: str
    features: Mapping[str, Any]


def judgements(place: Workspace) -> Iterator[Judgement]:
    """Yield what people decided, the oldest first; links without a sentence are passed over."""
    mapping = load_mapping(place)
    for entry in review_store(place.path).current():
        if not entry.judged.sentence:
            continue
        pairs = [(entry.judged.skill, entry.decision == "accept")]
        if entry.better:
            pairs.append((entry.better, True))
        for skill, right in pairs:
            successors = mapping.successors(skill)
            if len(successors) == 1:
                yield _judgement(entry, successors[0], right=right, better=skill == entry.better)


def is_held_out(name: str) -> bool:
    """Whether the judgements on what is called so are for measuring, never for learning.

    Args:
        name: IRI of a course or output, or a sentence of which no more is known; blanks and case do
            not matter.
    """
    key = " ".join(name.casefold().split())
    return int.from_bytes(sha256(key.encode()).digest()[:4], "big") % HELD_OUT == 0


def _judgement(entry: Entry, skill: str, *, right: bool, better: bool) -> Judgement:
    judged = entry.judged
    return Judgement(
        sentence=judged.sentence,
        language=judged.language,
        skill=skill,
        right=right,
        held_out=is_held_out(judged.subject),
        relation=judged.relation,
        field=judged.field,
        subject=judged.subject,
        linker=judged.linker,
        confidence=0.0 if better else judged.confidence,
        sample=judged.sample,
        time=entry.time,
        features=judged.features,
    )
