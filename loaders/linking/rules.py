"""What a score alone must not decide: each rule keeps a link below the threshold, for a reason.

The re-ranker learned from adverts. Course pages and abstracts have traps of their own (homonyms, words
with the same stem, names of products that are common words), and there a link waits for a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

UNSURE = 0.45
"""Most that a link reaches that a rule holds back: below every sensible threshold."""
_COVERED = 0.55
_COVERED_CHARS = 0.72

_CONTEXT = re.compile(
    r",?\s*\b(?:"
    r"against the backgrounds? of"
    r"|in (?:the )?contexts? (?:of|such as|like)|from the perspectives? of"
    r"|with (?:an )?applications? (?:in|to)|(?:has|have) applications? in"
    r"|(?:are|is|be) (?:widely |often |commonly |also )?(?:used|applied|needed) (?:in|by)"
    r"|(?:for|to) students (?:of|in|from|majoring)"
    r"|in (?:fields|areas|industries|disciplines|sectors) (?:such as|like)"
    r"|(?:käytetään|sovelletaan|tarvitaan) (?:muun muassa|esimerkiksi|mm\.)"
    r"|esimerkkeinä|sovelluskohteina"
    r"|(?:används|tillämpas) (?:inom|i|till exempel|bland annat)"
    r"|i samband med|med tillämpningar (?:inom|i|på)"
    r")\b.*$",
    re.IGNORECASE | re.DOTALL,
)
"""A clause to the sentence's end that only says where its subject occurs or is used."""
_NOTHING_TAUGHT = re.compile(
    r"^\W*(?:in|within) (?:the )?contexts? of [^,]+,"
    r"|^\W*(?:no|not)\b.{0,40}\b(?:required|needed|covered)",
    re.IGNORECASE,
)
_OF_TEACHERS = re.compile(
    r"^(?:teach|tutor)\b|\b(?:students?|pupils?|learners?|teachers?|lessons?|curricul\w+|teaching)\b"
    r"|\bcourse (?:outline|material)",
    re.IGNORECASE,
)
"""Skills of those who teach: a course page speaks of students and of teaching without teaching it."""
_QUALIFIER = re.compile(r"\s*\([^)]*\)$")


def taught_part(sentence: str) -> str:
    """Return a sentence without the clause that only says where its subject occurs or is used."""
    opening = _NOTHING_TAUGHT.match(sentence)
    if opening:
        sentence = " " * opening.end() + sentence[opening.end() :]
    return _CONTEXT.sub("", sentence)


def speaks_of_teaching(label: str) -> bool:
    """Return whether a name is of what those do who teach: a course page speaks of it in passing."""
    return bool(_OF_TEACHERS.search(label))


def is_product_name(label: str) -> bool:
    """Return whether a name has words with capitals or is very short: Microsoft Access, SQL, C#."""
    bare = _QUALIFIER.sub("", label)
    return len(bare) <= 2 or any(
        any(map(str.isupper, word)) and not word.startswith(("(", "“")) for word in bare.split()
    )


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at."""

    label: str
    """The preferred English name."""
    features: Mapping[str, float]
    transversal: bool
    generic: bool
    """Whether the name is a word of many pages (`calibration.toml`)."""
    named_in_title: bool
    """Whether the words stand in the title."""


def held_back(case: Case) -> str | None:
    """Return why a link must not count by itself, or None."""
    seen = case.features
    named = seen["exact_words"] or seen["exact_one"] or seen["exact_name"]
    if (case.transversal or case.generic) and not (case.named_in_title and named):
        return "transversal"
    if speaks_of_teaching(case.label) and not named:
        return "work of teachers"
    if seen["exact_shared"] and not named:
        return "shared name"
    if (
        is_product_name(case.label)
        and not seen["exact_name"]
        and not (seen["exact_words"] or seen["word_all"])
    ):
        return "name of a product"
    if seen["exact_alt_one"] and not named and not seen["exact_alt_words"] and not seen["word_all"]:
        return "one-word alternative name"
    if seen["one_word"] and not named:
        return "one word, not named"
    covered = max(seen["word_in"], seen["alt_in"]) >= _COVERED or seen["char_in"] >= _COVERED_CHARS
    if not named and not covered:
        return "other words"
    return None
