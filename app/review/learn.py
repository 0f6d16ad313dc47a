"""The judgements of the review as examples for the re-ranker, and what of them it may learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from app.pipeline.text_fields import FIELDS
from app.review.judgements import Judgement, judgements
from app.review.queue import NAME, Queue
from app.review.store import review_store
from app.workspace import Workspace
from graph.releases import Releases
from loaders.linking.examples import Example

_KINDS = {"about": "output", "needs": "advert"}
_BANDS = 10
_MOST = 4.0
"""How much more, or less, than others a judgement may count."""


def examples(place: Workspace) -> list[Example]:
    """Return what people decided, with how many links each judgement stands for.

    The review shows the uncertain links first; as many judgements as there are would speak for the
    sure ones and the unlikely ones if they had come by lot. So each band of confidence counts as much
    as it has links in the live release.
    """
    found = [one for one in judgements(place) if one.field in FIELDS.values()]
    counts = importance(found, _links(place))
    return [
        Example(
            sentence=one.sentence,
            language=one.language,
            field=one.field,
            kind=_KINDS.get(one.relation, "course"),
            skill=one.skill,
            right=one.right,
            held_out=one.held_out,
            importance=count,
        )
        for one, count in zip(found, counts, strict=True)
    ]


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
