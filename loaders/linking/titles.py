"""From the title of a job advert to the words that may name an occupation.

Titles carry more than a name: seniority, place, employer, term of the contract, `(m/f/d)`. What is
no part of a name is listed in `titles.toml`. Nothing is guessed: what stays is looked up whole, and
in the parts between signs.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_LONGEST = 200
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SIGNS = re.compile(r"\s[-–—]\s|[|/;:!?•·*\n,]+|\.\s|\s&\s")
_COMMA = re.compile(r"\s[-–—]\s|[|/;:!?•·*\n]+|\.\s|\s&\s")
_GAPS = re.compile(r"\s*,(?:\s*,)*")
_EDGE = " \t\u00a0-–—,.:;&+'’\"”“"


@dataclass(frozen=True, slots=True)
class _Rules:
    nothing: re.Pattern[str]
    drop: re.Pattern[str]
    cut: re.Pattern[str]
    lead: re.Pattern[str]


def title_parts(title: str, language: str) -> tuple[str, ...]:
    """Return what may name an occupation in a title: the whole, then its parts, without noise.

    Args:
        title: as the advert gives it.
        language: `en`, `fi` or `sv`; others are read with the rules that hold everywhere.
    """
    rules = _rules(language)
    if rules.nothing.search(title[:_LONGEST]):
        return ()
    bare = _BRACKETS.sub(" ", title[:_LONGEST])
    # With commas first: ESCO's own Finnish and Swedish names have them (`tekniker, textil`).
    pieces = [*_COMMA.split(bare), *_SIGNS.split(bare)]
    found: dict[str, None] = {}
    for piece in pieces:
        plain = _cleaned(piece, rules)
        for text in (plain, _cleaned(rules.cut.split(f" {plain} ", maxsplit=1)[0], rules)):
            if len(text) > 1 and any(map(str.isalpha, text)):
                found[text] = None
    return tuple(found)


def _cleaned(text: str, rules: _Rules) -> str:
    text = rules.lead.sub("", text.strip(_EDGE))
    text = rules.drop.sub(" ", text)
    return _GAPS.sub(",", " ".join(text.split())).strip(_EDGE)


@lru_cache(maxsize=8)
def _rules(language: str) -> _Rules:
    data = tomllib.loads((files("loaders.linking") / "titles.toml").read_text(encoding="utf-8"))
    own = data.get(language if language != "any" else "", {})
    drop = "|".join((*data["any"]["drop"], *own.get("drop", ())))
    cut = "|".join(own.get("cut", ())) or r"(?!)"
    lead = "|".join(own.get("lead", ())) or r"(?!)"
    nothing = "|".join(data["any"]["nothing"])
    return _Rules(
        re.compile(rf"(?<!\w)(?:{nothing})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{drop})(?!\w)", re.IGNORECASE),
        re.compile(cut, re.IGNORECASE),
        re.compile(rf"^(?:(?:{lead})\s+)+", re.IGNORECASE),
    )
