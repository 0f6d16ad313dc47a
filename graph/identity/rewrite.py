"""Write the statements of a source anew: with the addresses that the graph uses, one value of a kind.

Where several sources describe one thing, the first source that says something says it alone: a
course has one title in a language, not one of every system. What is left out is counted.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from ontology import terms as t

_SINGLE = (
    t.DCT + "title", t.DCT + "abstract", t.DCT + "issued", t.FOAF + "name", t.FOAF + "homepage",
    t.BIBO + "doi", t.LEARNING_OUTCOME_TEXT, t.CONTENT_TEXT, t.PREREQUISITE_TEXT, t.ASSESSMENT_TEXT,
    t.CREDITS_MIN, t.CREDITS_MAX, t.STUDY_LEVEL, t.COURSE_KIND, t.EQF_LEVEL, t.OPEN_TO_ALL, t.PRICE,
    t.CURRENCY, t.PRICE_TEXT, t.VALID_FROM, t.VALID_UNTIL, t.PUBLICATION_YEAR, t.OUTPUT_TYPE,
    t.CONTAINER, t.SKOS + "prefLabel", t.FITECH + "countryCode", t.CREATOR_ORDER, t.PART_ORDER,
    t.SMALL_MODULE,
)  # fmt: skip
"""One value in each language: of the first source that has one."""
_WHOLE = (t.ELM + "learningOutcome", t.RESPONSIBLE_UNIT)
"""All values of the first source that has any."""


class Rewriter:
    """Rewrites the N-Triples of one source after the other, the most trusted source first.

    Args:
        rewrites: address → address that the graph uses instead.
        shared: addresses (as the graph uses them) that several records describe.
    """

    def __init__(self, rewrites: Mapping[str, str], shared: Collection[str]) -> None:
        self._rewrites = {_node(old): _node(new) for old, new in rewrites.items()}
        self._shared = {_node(iri) for iri in shared}
        self._single = {_node(prop) for prop in _SINGLE}
        self._whole = {_node(prop) for prop in _WHOLE}
        self._by_line = _node(t.CREATOR_ORDER)
        self._first: dict[int, tuple[int, int]] = {}
        """Hash of thing, property and language → the source and the value that came first."""
        self._source = 0
        self.left_out: Counter[str] = Counter()
        """Property → statements of the present source that a more trusted one said otherwise."""

    @property
    def idle(self) -> bool:
        """Whether nothing would be changed, so that files can be loaded as they are."""
        return not self._rewrites and not self._shared

    def source(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the lines of one source as the graph shall have them."""
        self._source += 1
        self.left_out = Counter()
        rewrites, shared = self._rewrites, self._shared
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            value = rest[:-3] if rest.endswith(b" .\n") else rest
            new_subject = rewrites.get(subject, subject)
            new_value = rewrites.get(value, value) if value.startswith(b"<") else value
            if predicate == self._by_line:
                new_value = self._in_order(value)
            if new_subject in shared and not self._keeps(new_subject, predicate, new_value):
                self.left_out[predicate[1:-1].decode()] += 1
                continue
            if new_subject is subject and new_value == value:
                yield line
            elif new_subject != new_value:  # what was part of itself under two names is no statement
                yield b"%b %b %b .\n" % (new_subject, predicate, new_value)

    def _in_order(self, value: bytes) -> bytes:
        """Return addresses in one literal, each replaced, none of them twice."""
        nodes = (b"<%b>" % one for one in value[1:-1].split(b" "))
        new = dict.fromkeys(self._rewrites.get(node, node)[1:-1] for node in nodes)
        return b'"%b"' % b" ".join(new)

    def _keeps(self, subject: bytes, predicate: bytes, value: bytes) -> bool:
        if predicate in self._single:
            language = value[value.rfind(b'"') :] if value.startswith(b'"') else b""
            tag = language if language.startswith(b'"@') else b""
            key, mark = hash((subject, predicate, tag)), hash(value)
            return self._first.setdefault(key, (self._source, mark))[1] == mark
        if predicate in self._whole:
            key = hash((subject, predicate))
            return self._first.setdefault(key, (self._source, 0))[0] == self._source
        return True


class LineStream(io.RawIOBase):
    """Lines as a binary file, for readers that want one."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._rest = b""

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, target: bytearray) -> int:  # type: ignore[override]  # 3.11 has no Buffer
        """Fill `target` with what comes next; 0 at the end."""
        view = memoryview(target).cast("B")
        parts, size = [self._rest], len(self._rest)
        while size < len(view):
            line = next(self._lines, None)
            if line is None:
                break
            parts.append(line)
            size += len(line)
        data = b"".join(parts)
        taken = data[: len(view)]
        view[: len(taken)] = taken
        self._rest = data[len(taken) :]
        return len(taken)


def _node(iri: str) -> bytes:
    return b"<" + iri.encode() + b">"
