"""How much of a text is about a skill: the main thing, a part of it, or a mention."""

from __future__ import annotations

from collections.abc import Sequence

_SPEAKS = 0.3
_SURE = 0.5
_MANY = 3
_LARGE = 0.3


def emphasis(hits: Sequence[tuple[float, str]], sentences: int) -> str:
    """Return `main`, `partial` or `mentioned`.

    Args:
        hits: confidence and field of each sentence that speaks of the skill, the surest first.
        sentences: how many sentences the subject has in all.

    The title, or several sentences that are a good part of the text, make a skill the main thing; an
    outcome, or a second sentence, a part; one sentence of the content is a mention.
    """
    speaking = [(sure, field) for sure, field in hits if sure >= _SPEAKS]
    if any(field == "title" and sure >= _SURE for sure, field in speaking):
        return "main"
    if len(speaking) >= _MANY and len(speaking) >= _LARGE * sentences:
        return "main"
    if len(speaking) > 1 or any(field == "outcomes" and sure >= _SURE for sure, field in speaking):
        return "partial"
    return "mentioned"
