"""Find the ESCO skill that a gold set names, by its IRI or by a label."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from loaders.linking.base import SkillLabel
from loaders.linking.evaluation.gold import GoldSet, GoldText, RawText

NO_SKILL = frozenset(("", "label not present", "underspecified", "unk", "none", "null", "nan", "-"))
"""What gold sets write where a text has no skill of ESCO (compared after `same_name`)."""
_SEPARATORS = re.compile(r"\s*[|;]\s*")


def same_name(text: str) -> str:
    """Return a label so that the same label is the same text: case, width and white space go."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


class SkillNames:
    """All skills of ESCO as loaded, by IRI and by label."""

    def __init__(self, labels: Iterable[SkillLabel]) -> None:
        self.skills: set[str] = set()
        self._names: dict[bool, dict[str, dict[str, set[str]]]] = {
            True: defaultdict(lambda: defaultdict(set)),
            False: defaultdict(lambda: defaultdict(set)),
        }
        for label in labels:
            self.skills.add(label.skill)
            self._names[label.preferred][label.language][same_name(label.text)].add(label.skill)

    def find(self, name: str, language: str, *, preferred: bool) -> set[str]:
        """Return the skills of that name: of the text's language, else English, else of any."""
        tables = self._names[preferred]
        for code in dict.fromkeys((language, "en", *sorted(tables))):
            found = tables[code].get(name) if code in tables else None
            if found:
                return found
        return set()

    def resolve(self, name: str, raws: Iterable[RawText], problems: list[str]) -> GoldSet:
        """Look up the skills of all texts; what ESCO does not have is counted, not guessed."""
        gold = GoldSet(name, [], problems)
        for raw in raws:
            main = self._all(raw.main, raw.language, gold)
            acceptable = self._all(raw.acceptable, raw.language, gold) - main
            gold.texts.append(
                GoldText(raw.text, raw.language, main, acceptable, None, raw.kind, raw.field, raw.topic)
            )
        return gold

    def _all(self, names: Iterable[str], language: str, gold: GoldSet) -> frozenset[str]:
        found: set[str] = set()
        for name in names:
            found |= self._one(name, language, gold.by_alternative, gold.unknown)
        return frozenset(found)

    def _one(
        self, name: str, language: str, by_alternative: Counter[str], unknown: Counter[str]
    ) -> set[str]:
        if name.startswith(("http://", "https://")):
            if name in self.skills:
                return {name}
            unknown[name] += 1
            return set()
        parts = [same_name(name)]
        if not self._known(parts[0], language):
            parts = [same_name(part) for part in _SEPARATORS.split(name)]
        found: set[str] = set()
        for part in parts:
            if part in NO_SKILL:
                continue
            if preferred := self.find(part, language, preferred=True):
                found |= preferred
            elif alternative := self.find(part, language, preferred=False):
                by_alternative[part] += 1
                found |= alternative
            else:
                unknown[part] += 1
        return found

    def _known(self, name: str, language: str) -> bool:
        return any(self.find(name, language, preferred=kind) for kind in (True, False))
