"""Tell the language of a title, which is too short for `guess_language`, by the small words in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from loaders.texts.text import guess_language

_SMALL = {
    "en": "of|the|and|for|with|from|by|using|between|towards?|its|through|based|study|analysis|how",
    "fi": "ja|sekä|tai|eri|osana|kautta|välillä|kohti|avulla|vaikutus|tutkimus",
    "sv": "och|för|med|av|på|hos|till|som|är|från|vid|ett|om|genom|mellan|inom|studie",
    "de": "und|der|die|das|von|zur?|für|mit|im|des|über|eine[rs]?|auf|bei",
    "fr": "les?|des?|du|et|une?|dans|pour|sur|aux?|par",
    "es": "el|los|las|del?|y|en|para|una?|con|sobre",
    "it": "il|gli|della?|dei|delle|di|nel(?:la)?|una?|per|con",
    "pt": "os?|das?|dos?|em|uma?|para|com|na",
    "nl": "het|een|van|voor|met|bij|naar|door",
    "et": "ning|eesti|kohta|mõju|uuring",
    "se": r"\w*[áčđŋšŧž]\w*",
}
_ENDINGS = {
    "fi": "ssa|ssä|sta|stä|lla|llä|ltä|lle|ksi|nnin|inen|isen|misen|uuden|yyden|jen|iden|aan|ään|oiden"
    "|eiden",
    "sv": "ningen|heten|arna",
}
_MARKS: Mapping[str, re.Pattern[str]] = {
    language: re.compile(
        rf"\b(?:{words}"
        + (rf"|\w{{4,}}(?:{_ENDINGS[language]})" if language in _ENDINGS else "")
        + r")\b"
    )
    for language, words in _SMALL.items()
}
_OURS = ("en", "fi", "sv")


def title_language(text: str) -> str | None:
    """Return `en`, `fi` or `sv` if the small words and endings of a title speak for it, else None.

    Args:
        text: one title, of about three words or more.
    """
    lower = text.lower()
    found = {language: len(pattern.findall(lower)) for language, pattern in _MARKS.items()}
    best = max(_OURS, key=lambda language: found[language])
    rest = max(count for language, count in found.items() if language != best)
    return best if found[best] > rest else guess_language(text)
