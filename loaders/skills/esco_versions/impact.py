"""Count what an upgrade touches: links, needs, outcomes, adverts and courses that name a concept."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ontology import terms as t

_STATEMENT = re.compile(rb"^<([^>]*)> <([^>]*)> <([^>]*)> \.")
_SUBJECT = t.LINK_SUBJECT.encode()
_COUNTED = {
    t.CONCERNS.encode(): "needs",
    t.LINK_SKILL.encode(): "links",
    f"{t.ELM}relatedESCOSkill".encode(): "outcomes",
    t.FOR_OCCUPATION.encode(): "adverts",
}


@dataclass(slots=True)
class Touched:
    """What names one concept."""

    links: int = 0
    """Skill links, stated by sources and proposed by linkers."""
    needs: int = 0
    outcomes: int = 0
    adverts: int = 0
    subjects: set[str] = field(default_factory=set)
    """Courses and works that a link connects with it."""

    @property
    def courses(self) -> int:
        """How many of the subjects are courses."""
        return sum("/course/" in subject for subject in self.subjects)

    def to_json(self) -> dict[str, int]:
        """Return the counts."""
        return {
            "links": self.links,
            "needs": self.needs,
            "outcomes": self.outcomes,
            "adverts": self.adverts,
            "courses": self.courses,
            "works": len(self.subjects) - self.courses,
        }


class Impact:
    """Counts for some concepts.

    Args:
        uris: the concepts.
    """

    def __init__(self, uris: Collection[str]) -> None:
        self.uris = tuple(uris)
        self._uris = {uri.encode() for uri in uris}
        self.touched: dict[str, Touched] = defaultdict(Touched)

    def scan(self, path: Path) -> None:
        """Count in the staged statements of one source."""
        with gzip.open(path, "rb") as lines:
            self.scan_lines(lines)

    def scan_lines(self, lines: Iterable[bytes]) -> None:
        """Count in N-Triples; the statements of one link follow each other."""
        link, subject = b"", ""
        for line in lines:
            match = _STATEMENT.match(line)
            if match is None:
                continue
            if match[2] == _SUBJECT:
                link, subject = match[1], match[3].decode()
            elif match[3] in self._uris and match[2] in _COUNTED:
                name = _COUNTED[match[2]]
                touched = self.touched[match[3].decode()]
                setattr(touched, name, getattr(touched, name) + 1)
                if name == "links" and link == match[1]:
                    touched.subjects.add(subject)

    def add_link(self, uri: str, subject: str) -> None:
        """Count a link that stands elsewhere, for example a linker's proposal in a store."""
        touched = self.touched[uri]
        touched.links += 1
        touched.subjects.add(subject)

    def of(self, uri: str) -> Touched:
        """Return the counts of one concept."""
        return self.touched.get(uri, Touched())

    def total(self) -> Touched:
        """Return the counts of all concepts together; a course counts once."""
        total = Touched()
        for touched in self.touched.values():
            total.links += touched.links
            total.needs += touched.needs
            total.outcomes += touched.outcomes
            total.adverts += touched.adverts
            total.subjects |= touched.subjects
        return total
