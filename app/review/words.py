"""What the review calls things, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _


def spoke_words(features: Iterable[str]) -> list[str]:
    """Return what spoke for a link in words, each once; names that nobody translated as they are."""
    words = _feature_words()
    found = []
    for name in features:
        parts = name.removeprefix("other_").split("_")  # other_: for languages of long words (hybrid/2)
        begins = ("_".join(parts[:length]) for length in range(len(parts), 0, -1))
        known = (words[begin] for begin in begins if begin in words)
        found.append(next(known, name))
    return list(dict.fromkeys(found))


def _feature_words() -> dict[str, str]:
    """Return a feature, or how the names of several begin, and what it is in words."""
    meaning, length = _("the meaning"), _("the length of its name")
    spread = _("how widely ESCO says that it is used")
    return {
        "exact": _("a name of the skill, word for word"),
        "word": _("the same words"),
        "lexical": _("the same words"),
        "alt": _("words of another name"),
        "alt_near": meaning,
        "alt_tuned": meaning,
        "foreign": _("its English name"),
        "char": _("like parts of words"),
        "near": meaning,
        "cross": meaning,
        "tuned": meaning,
        "family": _("related skills in the same text"),
        "occupations": _("occupations that need it"),
        "one": length,
        "name": length,
        "sentence": _("the length of the sentence"),
        "transversal": spread,
        "cross_sector": spread,
        "occupation_specific": spread,
        "knowledge": _("whether it is knowledge or a skill"),
    }


def emphasis_words() -> dict[str, str]:
    """Return how much of a text is about a skill, in words."""
    return {
        "main": _("the main thing"),
        "partial": _("a part of it"),
        "mentioned": _("only mentioned"),
    }


def relation_words() -> dict[str, str]:
    """Return what each relation says between a text and a skill."""
    return {
        "teaches": _("teaches"),
        "requires": _("requires"),
        "about": _("is about"),
        "needs": _("needs"),
    }


def sample_words() -> dict[str, str]:
    """Return how a link came before the reviewer, in words."""
    return {
        "uncertain": _("as uncertain"),
        "random": _("drawn by lot"),
        "chosen": _("looked up"),
        "table": _("in a spreadsheet"),
    }


def decision_words() -> dict[str, str]:
    """Return what each decision is called."""
    return {
        "accept": _("accepted"),
        "reject": _("rejected"),
        "better": _("another skill is better"),
        "undo": _("taken back"),
    }
