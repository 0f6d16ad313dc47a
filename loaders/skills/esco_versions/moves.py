"""Move what sources say about retired ESCO concepts to their successors, in the N-Triples of a source.

One successor: its address takes the place of the retired one, and the confidence of a link is
multiplied by that of the mapping. Several (a split): a link is copied to each part with its share of
the confidence, and a learning outcome relates to each part. What cannot be divided without inventing (a
number of openings) stays with the retired concept. See docs/decisions/0016-esco-splits.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from loaders.skills.esco_versions.mapping import EscoMapping
from ontology import terms as t

_MARK = b"/esco/"
_TYPE = f"<{t.RDF}type> <{t.SKILL_LINK}> .".encode()
_SKILL = t.LINK_SKILL.encode()
_CONFIDENCE = re.compile(rb"<" + re.escape(t.CONFIDENCE.encode()) + rb'> "([0-9.]+)"')
_ACCEPTED, _PROPOSED = t.STATUS_ACCEPTED.encode(), t.STATUS_PROPOSED.encode()
_COPIED = f"<{t.ELM}relatedESCOSkill>".encode()
_OBJECT = re.compile(rb"^(<[^>]*> |_:\S+ )<([^>]*)> <([^>]*)> \.\n?$")


class Moves:
    """Rewrites the statements of sources and counts what it did.

    Args:
        mapping: what became of the retired concepts.
    """

    def __init__(self, mapping: EscoMapping) -> None:
        self._one = {old.encode(): new.encode() for old, new in mapping.rewrites().items()}
        self._parts = {
            old.encode(): tuple(part.encode() for part in parts)
            for old, parts in mapping.splits().items()
        }
        self._lost = {uri.encode() for uri in mapping.fates if not mapping.successors(uri)}
        self._sure = {uri.encode(): fate.confidence for uri, fate in mapping.fates.items()}
        self.moved: Counter[str] = Counter()
        """Property → statements that now name the successor."""
        self.copied: Counter[str] = Counter()
        """Property → statements about a split concept that were copied to its parts."""
        self.left: Counter[str] = Counter()
        """Property → statements that stay with a concept that is split or lost."""

    @property
    def idle(self) -> bool:
        """Whether there is nothing to move."""
        return not (self._one or self._parts or self._lost)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return what was done so far: `moved`, `copied` and `left`, by property."""
        told = {"moved": self.moved, "copied": self.copied, "left": self.left}
        return {name: dict(sorted(counts.items())) for name, counts in told.items() if counts}

    def told(self) -> list[str]:
        """Return what was done so far as a sentence, none if it was nothing."""
        if not (self.moved or self.copied or self.left):
            return []
        return [
            f"Retired ESCO concepts: {self.moved.total():,} statements now name the successor, "
            f"{self.copied.total():,} each part of a split, {self.left.total():,} still a concept that "
            "is split or lost."
        ]

    def lines(self, source: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the lines of a source as the graph shall have them."""
        group: list[bytes] = []
        link = b""
        for line in source:
            if link and line.startswith(link):
                group.append(line)
                continue
            if link:
                yield from self._link(link, group)
                link, group = b"", []
            if line.endswith((_TYPE, _TYPE + b"\n")):
                # The lines of a link and of its evidence follow each other, with one beginning.
                link, group = line[: line.index(b">")], [line]
            elif _MARK in line:
                yield from self._line(line)
            else:
                yield line
        if link:
            yield from self._link(link, group)

    def _line(self, line: bytes) -> Iterator[bytes]:
        match = _OBJECT.match(line)
        if match is None:
            yield line
            return
        subject, prop, value = match.groups()
        name = _short(prop)
        if value in self._one:
            self.moved[name] += 1
            yield b"%b<%b> <%b> .\n" % (subject, prop, self._one[value])
        elif value in self._parts and b"<%b>" % prop == _COPIED:
            self.copied[name] += 1
            for part in self._parts[value]:
                yield b"%b<%b> <%b> .\n" % (subject, prop, part)
        else:
            if value in self._parts or value in self._lost:
                self.left[name] += 1
            yield line

    def _link(self, link: bytes, group: list[bytes]) -> Iterator[bytes]:
        """Yield a link as it is, with its new skill, or once for each part of the former one."""
        skills = [match[3] for line in group if (match := _OBJECT.match(line)) and match[2] == _SKILL]
        skill = skills[0] if skills else b""
        if skill in self._one:
            self.moved["linkSkill"] += 1
            yield from self._aimed(link, group, skill, {link: self._one[skill]})
        elif skill in self._parts:
            self.copied["linkSkill"] += 1
            copies = {
                link if number == 0 else b"%b-part-%d" % (link, number + 1): part
                for number, part in enumerate(self._parts[skill])
            }
            yield from self._aimed(link, group, skill, copies)
        else:
            if skill in self._lost:
                self.left["linkSkill"] += 1
            yield from group

    def _aimed(
        self, link: bytes, group: list[bytes], skill: bytes, copies: Mapping[bytes, bytes]
    ) -> Iterator[bytes]:
        share = self._sure.get(skill, 1.0) / len(copies)
        for address, target in copies.items():
            for line in group:
                new = line.replace(b"<%b> <%b>" % (_SKILL, skill), b"<%b> <%b>" % (_SKILL, target))
                new = new.replace(b"<" + link.removeprefix(b"<"), b"<" + address.removeprefix(b"<"))
                if match := _CONFIDENCE.search(new):
                    less = b"%.4f" % (float(match[1]) * share)
                    new = new[: match.start(1)] + less + new[match.end(1) :]
                if len(copies) > 1:  # nobody accepted a part
                    new = new.replace(_ACCEPTED, _PROPOSED)
                yield new


def _short(prop: bytes) -> str:
    return re.split(r"[#/]", prop.decode("utf-8", "replace"))[-1]
