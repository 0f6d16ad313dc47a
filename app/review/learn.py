"""The judgements of the review as examples to learn from, and how much each counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from app.pipeline.subjects import read_subjects
from app.pipeline.text_fields import FIELDS
from app.review.judgements import Judgement, judgements
from app.review.queue import NAME, Queue
from app.review.store import review_store
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.releases import Releases
from loaders.linking.base import Subject, Text
from loaders.linking.examples import Example

_BANDS = 10
_MOST = 4.0
"""How much more, or less, than others a judgement may count."""


def examples(place: Workspace, store: EmbeddedStore) -> list[Example]:
    """Return what people decided on courses and outputs, with how many links each judgement stands for.

    The review shows the uncertain links first; as many judgements as there are would speak for the
    sure ones and the unlikely ones if they had come by lot. So each band of confidence counts as much
    as it has links in the live release. Links of adverts are passed over: the weights are not for them.

    Args:
        place: the data directory.
        store: the live release, which has the texts; of what is no more there, the sentence counts.
    """
    found = [
        one for one in judgements(place) if one.field in FIELDS.values() and one.relation != _OF_ADVERTS
    ]
    subjects = _subjects(store, found)
    counts = importance(found, _links(place))
    return [
        Example(
            subject=subjects.get(one.subject) or _sentence(one),
            relation=one.relation,
            skill=one.skill,
            right=one.right,
            held_out=one.held_out,
            importance=count,
        )
        for one, count in zip(found, counts, strict=True)
    ]


_OF_ADVERTS = "needs"
_OF_OUTPUTS = "about"


def _kind(one: Judgement) -> str:
    return "output" if one.relation == _OF_OUTPUTS else "course"


def _subjects(store: EmbeddedStore, found: Sequence[Judgement]) -> dict[str, Subject]:
    wanted = sorted({(one.subject, _kind(one)) for one in found})
    every: Iterator[Subject] = (each for part in read_subjects(store, wanted) for each in part)
    return {each.iri: each for each in every if each.texts}


def _sentence(one: Judgement) -> Subject:
    text = Text(one.field, one.language, one.sentence)
    return Subject(f"{one.subject}#{one.sentence}", _kind(one), [text])


def importance(found: Iterable[Judgement], links: Counter[int]) -> list[float]:
    """Return how much each judgement counts: the mean is 1.

    Args:
        found: the judgements; better skills, which no linker proposed, count 1.
        links: tenth of confidence → number of links.
    """
    bands = [_band(one.confidence) if one.confidence else -1 for one in found]
    judged = Counter(band for band in bands if band >= 0)
    total, all_links = sum(judged.values()), sum(links[band] for band in judged)
    counts = [
        min(max((links[band] / all_links) / (judged[band] / total), 1 / _MOST), _MOST)
        if band >= 0 and all_links
        else 1.0
        for band in bands
    ]
    mean = sum(counts) / len(counts) if counts else 1.0
    return [count / mean for count in counts]


def _band(confidence: float) -> int:
    return min(int(confidence * _BANDS), _BANDS - 1)


def _links(place: Workspace) -> Counter[int]:
    live = Releases(place.path).live()
    if live is None:
        return Counter()
    queue = Queue(live.path / NAME, review_store(place.path).path)
    return Counter(queue.bands(_BANDS)) if queue.exists() else Counter()
