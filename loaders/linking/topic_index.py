"""Names of a subject vocabulary (YSO), found word by word in texts, fast enough for millions.

Precision comes first. A name that needs a qualifier in its vocabulary (`scattering (physics)`),
that names several concepts, or that is short, is not looked for: the words alone would not say
which thing is meant.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from loaders.linking.base import SkillLabel
from loaders.linking.index import LANGUAGES
from loaders.linking.words import normal_form

_WORD = re.compile(r"[^\W_]+[+#]{0,2}")
_QUALIFIER = re.compile(r"^(?P<name>.+?)\s*\([^()]*\)$")
_TEARS = re.compile(r"[^\s\u00a0\-–'’]|\n")
_SHORTEST = {"en": 5, "fi": 6, "sv": 5}
"""Letters of the shortest single word that is looked for: shorter ones are homonyms too often."""


@dataclass(frozen=True, slots=True)
class TopicHit:
    """A name of a concept in a text. Places count code points, end exclusive."""

    concept: int
    label: int
    words: int
    start: int
    end: int


class TopicIndex:
    """The concepts and the names under which they are found."""

    def __init__(self, labels: Iterable[SkillLabel]) -> None:
        self.concepts: list[str] = []
        self.labels: list[str] = []
        self.specific: list[bool] = []
        """Of each concept, whether its English name (else the one found) has several words."""
        self._found: dict[str, dict[str, tuple[int, int]]] = {code: {} for code in LANGUAGES}
        self._begins: dict[str, dict[str, int]] = {code: {} for code in LANGUAGES}
        self._build(labels)

    def _build(self, labels: Iterable[SkillLabel]) -> None:
        stopped = _stopped()
        owners: dict[tuple[str, str], set[str]] = defaultdict(set)
        chosen: dict[tuple[str, str], SkillLabel] = {}
        taken: set[str] = set()
        for label in sorted(labels, key=lambda each: (not each.preferred, each.skill, each.text)):
            if label.language not in self._found:
                continue
            match = _QUALIFIER.match(label.text)
            key = label.language, form_of(match["name"] if match else label.text, label.language)
            owners[key].add(label.skill)
            if label.text.casefold() in stopped:
                taken.add(label.skill)
            if not match and _is_telling(*key):
                chosen.setdefault(key, label)
        several = {
            label.skill: " " in form
            for (language, form), label in chosen.items()
            if language == "en" and label.preferred
        }
        numbers: dict[str, int] = {}
        for (language, form), label in chosen.items():
            if len(owners[language, form]) > 1 or label.skill in taken:
                continue
            number = numbers.setdefault(label.skill, len(numbers))
            if number == len(self.concepts):
                self.concepts.append(label.skill)
                self.specific.append(several.get(label.skill, " " in form))
            self._found[language][form] = number, len(self.labels)
            self.labels.append(label.text)
            begin, length = form.split(" ", 1)[0], form.count(" ") + 1
            longest = self._begins[language]
            longest[begin] = max(longest.get(begin, 0), length)

    def find(self, text: str, language: str) -> Iterator[TopicHit]:
        """Yield the names in a text of a language, the longest at each place; none within another."""
        found, begins = self._found.get(language), self._begins.get(language)
        if not found or not begins:
            return
        spoken = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
        forms = [normal_form(word, language) for word, _, _ in spoken]
        position, size = 0, len(forms)
        while position < size:
            longest = begins.get(forms[position], 0)
            for length in range(min(longest, size - position), 0, -1):
                named = found.get(" ".join(forms[position : position + length]))
                start, end = spoken[position][1], spoken[position + length - 1][2]
                if (
                    named
                    and not (length > 1 and _is_torn(text, spoken, position, length))
                    and is_written_as(self.labels[named[1]], text, start)
                ):
                    yield TopicHit(*named, length, start, end)
                    position += length
                    break
            else:
                position += 1


def form_of(text: str, language: str) -> str:
    """Return the words of a name in their normal forms, with single blanks."""
    return " ".join(normal_form(word, language) for word in _WORD.findall(text))


def is_written_as(label: str, text: str, start: int) -> bool:
    """Whether the words at a place have the capitals of a name (`Python`, `MATLAB`, `Maxwell`)."""
    if label.islower():
        return True
    size = len(label.split(" ", 1)[0])
    if size > 2 and label[:size].isupper():
        return text.startswith(label[:size], start)
    return text[start].isupper() or not label[0].isupper()


def _is_torn(text: str, spoken: list[tuple[str, int, int]], position: int, length: int) -> bool:
    return any(
        _TEARS.search(text, spoken[place][2], spoken[place + 1][1])
        for place in range(position, position + length - 1)
    )


def _is_telling(language: str, form: str) -> bool:
    """Whether a name is long enough to mean one thing."""
    return " " in form or (len(form) >= _SHORTEST[language] and not any(map(str.isdigit, form)))


@lru_cache(maxsize=1)
def _stopped() -> frozenset[str]:
    """Return the names of the concepts that are never found; the file has the reasons."""
    groups: Mapping[str, Mapping[str, list[str]]] = topic_settings()["stop"]
    return frozenset(name.casefold() for group in groups.values() for name in group["names"])


@lru_cache(maxsize=1)
def topic_settings() -> Mapping[str, Any]:
    """Return the content of `topics.toml`."""
    return tomllib.loads((files("loaders.linking") / "topics.toml").read_text(encoding="utf-8"))
