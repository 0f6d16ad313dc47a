"""What speaks for one concept of the new version being the successor of a retired one.

ESCO moves the names of a retired concept to its successor: there they are alternative labels that the
successor did not have before. That is the strongest evidence; descriptions are the weakest, since
those of neighbours are built alike ("The system software X consists of …").
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.skills.esco_versions.versions import Entry, Version
from loaders.skills.esco_versions.words import Weights, words_of

MOST_LIKELY = 0.98
"""No evidence of ours makes us surer than that."""
# Logarithms of odds; the start is that a concept which shares a label is the successor once in twenty.
_START = -3.0
_SAME_NAME, _NAME_TAKEN, _NAME_KNOWN = 5.0, 5.0, 2.5
_NAMES_TAKEN, _NAMES_KNOWN = 4.0, 1.0
_TEXT_TAKEN = 4.0
_SAME_PLACE, _OTHER_PLACE = 1.0, -0.5
_SAME_TYPE, _OTHER_TYPE = 0.3, -1.0
_SAME_USERS = 1.0
_MIN_TEXT_TAKEN = 0.5
_MIN_WORDS = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible successor, with what speaks for it."""

    entry: Entry
    confidence: float
    """0 to 1: an ordering of evidence, calibrated by hand-judged mappings (see docs)."""
    reasons: tuple[str, ...]
    same_name: bool
    carries_name: bool
    """Whether the retired concept's preferred label is one of its names."""
    names: frozenset[tuple[str, str]]
    """Names of the retired concept that it has."""
    known: bool
    """Whether it was in the old version, too."""


class Evidence:
    """Weighs candidates between two versions."""

    def __init__(self, old: Version, new: Version) -> None:
        self._old, self._new = old, new
        self._after = new.current
        self._by_name: dict[tuple[str, str], set[str]] = defaultdict(set)
        for uri, entry in self._after.items():
            for key in entry.all_names():
                self._by_name[key].add(uri)
        self._old_names: dict[str, set[tuple[str, str]]] = {}
        self._fresh = dict(self._fresh_texts())
        self._by_word: dict[tuple[str, str], set[str]] = defaultdict(set)
        for uri, (language, words) in self._fresh.items():
            for word in words:
                self._by_word[language, word].add(uri)
        self._weights = {
            language: Weights(
                set(words_of(entry.texts[language], language))
                for entry in old.entries.values()
                if language in entry.texts
            )
            for language in {code for entry in old.entries.values() for code in entry.texts}
        }

    def _fresh_texts(self) -> Iterator[tuple[str, tuple[str, set[str]]]]:
        """Yield the words that were added to the description of a concept that both versions have."""
        for uri, entry in self._after.items():
            before = self._old.entries.get(uri)
            for language, text in entry.texts.items():
                former = before.texts.get(language) if before else None
                if former is not None and former != text:
                    added = set(words_of(text, language)) - set(words_of(former, language))
                    if added:
                        yield uri, (language, added)
                    break

    def candidates(self, retired: Entry) -> list[Candidate]:
        """Return the possible successors of a concept, the likeliest first."""
        names = retired.all_names()
        found = {uri for key in names for uri in self._by_name.get(key, ())}
        found |= self._by_text(retired)
        weighed = [
            self._weigh(retired, self._after[uri])
            for uri in found
            if self._after[uri].kind == retired.kind
        ]
        return sorted(weighed, key=lambda one: (-one.confidence, one.entry.uri))

    def _by_text(self, retired: Entry) -> set[str]:
        """Return the concepts to whose descriptions much of this one's was added."""
        found: set[str] = set()
        for language, text in retired.texts.items():
            words = set(words_of(text, language))
            if len(words) < _MIN_WORDS:
                continue
            near = {uri for word in words for uri in self._by_word.get((language, word), ())}
            found |= {uri for uri in near if self._taken(words, language, uri) >= _MIN_TEXT_TAKEN}
        return found

    def _taken(self, words: set[str], language: str, uri: str) -> float:
        fresh = self._fresh.get(uri)
        if fresh is None or fresh[0] != language or language not in self._weights:
            return 0.0
        return self._weights[language].covered(words, fresh[1])

    def _names_before(self, uri: str) -> set[tuple[str, str]]:
        if uri not in self._old_names:
            before = self._old.entries.get(uri)
            self._old_names[uri] = before.all_names() if before else set()
        return self._old_names[uri]

    def _weigh(self, retired: Entry, entry: Entry) -> Candidate:
        names, score, reasons = retired.all_names(), _START, list[str]()
        own = {(language, " ".join(n.casefold().split())) for language, n in retired.names.items()}
        preferred = {(language, " ".join(n.casefold().split())) for language, n in entry.names.items()}
        carried = names & entry.all_names()
        taken = carried - self._names_before(entry.uri)
        comparable = {key for key in names if key[0] in entry.names or key[0] in entry.other_names}
        same_name = bool(own & preferred)
        if same_name:
            score += _SAME_NAME
            reasons.append(f"it has the same preferred label {_shown(own & preferred)}")
        elif own & taken:
            score += _NAME_TAKEN
            reasons.append(
                f"it took over the preferred label {_shown(own & taken)} as an alternative one"
            )
        elif own & carried:
            score += _NAME_KNOWN
            reasons.append(
                f"it has had the preferred label {_shown(own & carried)} as an alternative one"
            )
        others = comparable - own
        if others:
            share, share_known = (
                len(taken - own) / len(others),
                len(carried - taken - own) / len(others),
            )
            score += _NAMES_TAKEN * share + _NAMES_KNOWN * share_known
            if taken - own:
                reasons.append(
                    f"it took over {len(taken - own)} of {len(others)} other names, "
                    f"for example {_shown(taken - own)}"
                )
            if carried - taken - own:
                reasons.append(f"it has had {len(carried - taken - own)} of {len(others)} other names")
        score += self._by_description(retired, entry, reasons)
        score += self._by_place(retired, entry, reasons)
        score += self._by_type(retired, entry, reasons)
        confidence = min(MOST_LIKELY, 1 / (1 + math.exp(-score)))
        return Candidate(
            entry,
            round(confidence, 2),
            tuple(reasons),
            same_name,
            bool(own & carried),
            frozenset(carried),
            entry.uri in self._old.entries,
        )

    def _by_description(self, retired: Entry, entry: Entry, reasons: list[str]) -> float:
        best = 0.0
        for language, text in retired.texts.items():
            words = set(words_of(text, language))
            if len(words) >= _MIN_WORDS:
                best = max(best, self._taken(words, language, entry.uri))
        if best < _MIN_TEXT_TAKEN:
            return 0.0
        reasons.append(f"{best:.0%} of the description was added to its own")
        return _TEXT_TAKEN * best

    def _by_place(self, retired: Entry, entry: Entry, reasons: list[str]) -> float:
        """Compare places: in the new version if it tells the candidate's, else in the old one."""
        before = self._old.parents.get(retired.uri, set())
        sided = self._new.parents.get(entry.uri)
        after = sided or self._old.parents.get(entry.uri, set())
        score = 0.0
        if before and after:
            where = "" if sided else " (both in the old version: the new one has no hierarchy)"
            common = before & after or ({entry.uri} & before) or ({retired.uri} & after)
            if common:
                score += _SAME_PLACE
                reasons.append(f"it stands under the same concept{where}")
            else:
                score += _OTHER_PLACE
                reasons.append(f"it stands elsewhere in the hierarchy{where}")
        users = self._old.users.get(retired.uri, set())
        now = self._new.users.get(entry.uri) or self._old.users.get(entry.uri, set())
        if users and now and len(users & now) / len(users) >= 0.5:
            score += _SAME_USERS
            reasons.append(f"{len(users & now)} of {len(users)} that need the one need the other")
        return score

    def _by_type(self, retired: Entry, entry: Entry, reasons: list[str]) -> float:
        if not retired.skill_type or not entry.skill_type:
            return 0.0
        if retired.skill_type == entry.skill_type:
            return _SAME_TYPE
        reasons.append(f"it is of another type ({entry.skill_type}, not {retired.skill_type})")
        return _OTHER_TYPE


def _shown(keys: set[tuple[str, str]]) -> str:
    return f"{min(keys, key=lambda key: (key[0] != 'en', key))[1]!r}"
