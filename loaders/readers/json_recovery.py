"""Find where a damaged JSON record ends, so that it does not cost the records after it.

Three signs are weighed. Where a text is laid out in lines, the next record begins on a line of its own,
indented like its siblings. Else brackets and quotes tell the end of a record whose damage left them in
pairs. Where one was lost they tell nothing any more; then the next object that looks like the record's
siblings shows where the next record begins: it has many keys of a record that was good, or from it on
record follows record to the end.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from loaders.readers.json_envelope import finish
from loaders.readers.json_window import MAX_VALUE, BreaksOffError, DamagedError, Window

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|["\[\]{},]', re.DOTALL)
_CLOSER = {"[": "]", "{": "}"}
_IN_LIST = re.compile(r'(?:[,}\]]\s*|\n\s*)(\{)\s*"')
_ALONE = re.compile(r'(?:[}\]]\s*|\n\s*)(\{)\s*"')
_KEY = re.compile(r'\s*,\s*"((?:[^"\\]|\\.){0,200})"\s*:')
_FOLLOWS = re.compile(r"\s*(?:[,\[{\]]|\Z)")
_FOLLOWS_IN_OBJECT = re.compile(r"\s*[,}]")
_FOLLOWS_ALONE = re.compile(r"\s*(?:,\s*)?(?:[\[{]|\Z)")
_SEPARATOR = re.compile(r"\s*,?\s*")
_OWN_LINE = re.compile(r",\s*\n([ \t]*)(\{)[ \t]*\r?\n")
_KEY_LINE = re.compile(r"\n([ \t]*)\"")
_REMEMBERED = 50
_MAX_CANDIDATES = 2000


@dataclass(frozen=True, slots=True)
class Around:
    """What is around a record: `levels` objects, and a list in the innermost if `in_list`.

    Without a list, levels mean that there is a single record where a list might be.
    """

    levels: int = 0
    in_list: bool = False

    @property
    def closer(self) -> str:
        """The sign with which the text ends."""
        return "]" if self.in_list and not self.levels else "}"


@dataclass(frozen=True, slots=True)
class End:
    """Where a damaged record ends; `last` if nothing comes after it."""

    at: int
    last: bool = False


class Good:
    """What the good records of a text were like: the keys of the last ones, the last itself, sizes."""

    def __init__(self, *, mixed: bool = False) -> None:
        """Begin without any; of a `mixed` list no record tells what the others are like."""
        self.mixed = mixed
        self._keys: deque[tuple[str, ...]] = deque(maxlen=_REMEMBERED)
        self._last: object = None
        self._sizes: deque[int] = deque(maxlen=_REMEMBERED)
        self._largest = 0
        self.indent: str | None = None
        """What stands before the last bracket of a record on its line; None if not only blanks."""

    def add(self, value: object, size: int, indent: str | None = None) -> None:
        """Note a good record, how many characters it has, and how its last line is indented."""
        self._last = value
        self.indent = indent
        if isinstance(value, dict):
            self._keys.append(tuple(value))
        self._sizes.append(size)
        if size > self._largest:
            self._largest = size

    def mean_size(self) -> float:
        """Return the characters that a good record has, about; 0 if there was none."""
        return sum(self._sizes) / len(self._sizes) if self._sizes else 0

    def with_those(self, window: Window, place: int) -> Good:
        """Return what these and some objects that begin at a place, one after another, are like."""
        more = Good(mixed=self.mixed)
        more._keys.extend(self._keys)
        for _ in range(_REMEMBERED // 2):
            try:
                value, end = window.value_here(place)
            except DamagedError:
                break
            more.add(value, end - place)
            place, sign = _after(window.text, end)
            if sign != "{":
                break
        return more

    def is_alike(self, value: object) -> bool:
        """Return whether a value looks like a record: it begins alike and has most of the keys."""
        if self.mixed or not isinstance(value, Mapping):
            return False
        own = tuple(value)
        # A part of a damaged record may have the same first key, but not as many of the others.
        return any(
            len(value.keys() & set(keys)) >= (0.55 if keys[:1] == own[:1] else 0.8) * len(keys) > 0
            for keys in set(self._keys)
        )

    def may_be(self, value: Mapping[str, Any], likeness: float) -> bool:
        """Return whether a value shares a part of the keys of a good record, if there was any."""
        return not self._keys or any(
            len(value.keys() & set(keys)) >= likeness * len(keys) for keys in set(self._keys)
        )

    def nests(self) -> bool:
        """Return whether records hold others like themselves."""
        return self._holds_a_record(self._last)

    def swallows(self, value: object, size: int) -> bool:
        """Return whether this record holds those after it, since brackets are missing at its end."""
        return (
            bool(self._keys)
            and size > 1.2 * self._largest
            and (self._holds_a_record(value) and not self.nests())
        )

    def _holds_a_record(self, value: object) -> bool:
        parts: Iterable[object] = ()
        if isinstance(value, Mapping):
            parts = value.values()
        elif isinstance(value, list):
            parts = value
        return any(self.is_alike(part) or self._holds_a_record(part) for part in parts)


def scan(text: str, start: int) -> tuple[str, int]:
    """Follow brackets and quotes from the start of a value, which may be damaged.

    Returns:
        How it goes on and where: `end` (all pairs are closed), `mismatch` (a bracket closes another),
        `string` (a quote stays open), `open` (the text ends before all are closed).
    """
    closers: list[str] = []
    for token in _TOKEN.finditer(text, start):
        sign = token.group()
        if sign == '"':
            return "string", token.start()
        if sign in "[{":
            closers.append(_CLOSER[sign])
        elif sign in "]}":
            if not closers:
                return "end", token.start()
            if closers.pop() != sign:
                return "mismatch", token.start()
            if not closers:
                return "end", token.end()
        elif sign == "," and not closers:
            return "end", token.start()
    return "open", len(text)


def end_of_damaged(window: Window, good: Good, around: Around, *, at_end: bool) -> End | None:
    """Return where the damaged record at the window's front ends; None if the text just breaks off.

    Args:
        window: its front is the record; more text is taken as needed.
        good: what the good records were like.
        around: what is around the record.
        at_end: whether the record is good as far as the text goes, or nearly.
    """
    while True:
        state, pair_end = scan(window.text, window.at)
        if not window.ended and pair_end + 1000 > len(window.text) and _can_grow(window):
            continue
        look = _Look(window, around, good)
        indent = look.indent()
        next_line = look.line_with(indent) if indent is not None else None
        if next_line is not None:
            return End(next_line)
        if indent is not None and not window.ended and _can_grow(window):
            continue
        paired = state == "end" and pair_end > window.at and look.may_end(pair_end)
        paired = paired and indent in (None, indent_of(window.text, pair_end))
        if paired and good.nests():
            return End(pair_end)  # records of this kind hold others like themselves
        limit = pair_end if paired else len(window.text)
        # Of a text that is cut off within its last record, a part may seem to run to the end.
        cut_off = at_end and state == "open" and window.ended
        sibling = None if indent is not None else look.sibling(limit, only_alike=cut_off)
        if sibling is not None:
            return End(sibling)
        if paired:
            return End(pair_end)
        if window.ended:
            return None if cut_off else _last(window, state, around)
        if not _can_grow(window):
            return None


def _last(window: Window, state: str, around: Around) -> End | None:
    """Return the end of a damaged record that is the last of its text; None if the text breaks off."""
    text = window.text.rstrip()
    if not around.in_list:
        return End(len(window.text), last=True) if text.endswith("}") else None
    end = len(text)
    for _ in range(_MAX_CANDIDATES):
        end = text.rfind("]", window.at + 1, end)
        if end < 0:
            break
        # A text that is cut within a string may end with a bracket of that string.
        before = text[:end].rstrip(" \t")
        sure = state != "string" or around.levels or before.rstrip().endswith("}")
        if (sure or before.endswith("\n")) and ends_well(text[end + 1 :], around):
            return End(end)
        if not around.levels:
            break
    return None


def ends_well(rest: str, around: Around) -> bool:
    """Return whether this text closes what is around a list of records."""
    window = Window([rest])
    try:
        finish(window, around.levels)
    except BreaksOffError:
        return False
    # Another reply of the same form may follow.
    return window.next_sign() in ("", "{" if around.levels else "[")


def _can_grow(window: Window) -> bool:
    if len(window.text) - window.at > MAX_VALUE:
        return False
    window.grow()
    return True


def goes_on(text: str, end: int, value: object, around: Around) -> bool:
    """Return whether what follows a value shows that it was a whole record.

    Args:
        text: with at least some hundred characters after the value, if there are so many.
        end: where the value ends.
        value: what was read.
        around: what is around the record.
    """
    if not around.in_list:
        after = _FOLLOWS_IN_OBJECT if around.levels else _FOLLOWS_ALONE
        return after.match(text, end) is not None
    key = _KEY.match(text, end)
    if key is not None:
        # Either this record was closed too early, or the next, which has the same keys, is not opened.
        return isinstance(value, Mapping) and key[1] in value
    return _FOLLOWS.match(text, end) is not None


def ends_like_a_record(window: Window, size: int, good: Good, around: Around) -> bool:
    """Return whether the last bracket of a value stands on its line as those of records do.

    Then it is whole, whatever a damaged neighbour makes of what follows.
    """
    indent = _Look(window, around, good).indent()
    return indent is not None and indent_of(window.text, window.at + size) == indent


def stands_deeper(window: Window, size: int, value: object, good: Good, around: Around) -> bool:
    """Return whether a value is left of a damaged record: indented otherwise, and not alike."""
    if not around.in_list or good.indent is None or not isinstance(value, Mapping):
        return False
    indent = indent_of(window.text, window.at + size)
    if indent is None or indent == good.indent or good.is_alike(value):
        return False
    return _Look(window, around, good).line_with(good.indent) is not None


@dataclass(frozen=True, slots=True)
class _Look:
    """Looks at the text behind a damaged record for what may be the next one."""

    window: Window
    around: Around
    good: Good

    def may_end(self, end: int) -> bool:
        """Return whether the record may end here by what follows: a record, or the end of all."""
        place, sign = _after(self.window.text, end)
        if sign == "{":
            try:
                self.window.value_here(place)
            except DamagedError:
                return True  # a neighbour that is damaged too
            return self._is_alike(place) or self._runs_to_the_end(place, likeness=0)
        if sign == "]":
            return self.around.in_list and ends_well(self.window.text[place + 1 :], self.around)
        if self.around.levels and not self.around.in_list:
            return ends_well(self.window.text[end:], self.around)
        return sign == "" and not self.around.in_list

    def indent(self) -> str | None:
        """Return how records are indented if the text is laid out in lines, one bracket to each."""
        key = _KEY_LINE.search(self.window.text, self.window.at, self.window.at + 10_000)
        if not self.around.in_list or key is None:
            return None
        if self.good.indent is not None:
            return self.good.indent
        # This is the first record: its siblings are indented less than its keys, and least.
        found = _OWN_LINE.finditer(self.window.text, self.window.at)
        return min((one[1] for one in found if len(one[1]) < len(key[1])), key=len, default=None)

    def line_with(self, indent: str) -> int | None:
        """Return where the next record begins: on a line of its own, with that indent."""
        lines = _OWN_LINE.finditer(self.window.text, self.window.at)
        return next((one.start(2) for one in lines if one[1] == indent), None)

    def sibling(self, limit: int, *, only_alike: bool) -> int | None:
        """Return where the next record begins, before a place."""
        for place in self._objects(limit):
            if self._is_alike(place):
                return place
            if not only_alike and self._runs_to_the_end(place, likeness=0.3):
                # Others that are damaged may lie between; what comes after shows what they are like.
                learnt = _Look(self.window, self.around, self.good.with_those(self.window, place))
                return next(filter(learnt._is_alike, self._objects(place)), place)
        return None

    def _objects(self, limit: int) -> Iterator[int]:
        """Yield where objects begin before a place, those within others too."""
        beginning = _IN_LIST if self.around.in_list else _ALONE
        found = beginning.finditer(self.window.text, self.window.at + 1, limit)
        for match in islice(found, _MAX_CANDIDATES):
            yield match.start(1)

    def _is_alike(self, place: int) -> bool:
        """Return whether there is a whole object like the good records."""
        try:
            return self.good.is_alike(self.window.value_here(place)[0])
        except DamagedError:
            return False

    def _runs_to_the_end(self, place: int, likeness: float) -> bool:
        """Return whether from here on record follows record until their list and the text end properly.

        What a record is made of fails this: behind its list comes the rest of the record. The rest of
        the damaged record itself is short, or does not share the `likeness` of its keys with the next.
        """
        text, count, start = self.window.text, 0, place
        first: Mapping[str, Any] = {}
        while True:
            try:
                value, place = self.window.value_here(place)
            except DamagedError as error:
                # One whole object before it proves little: it may be a part of the last record.
                enough = count > 1 or (count == 1 and self.good.may_be(first, likeness))
                return enough and error.at_end
            count += 1
            mixed = self.good.mixed
            if count == 1 and not mixed and place - start < 0.2 * self.good.mean_size():
                return False
            if count == 2 and not mixed and len(first.keys() & value.keys()) < likeness * len(value):
                return False
            first = value
            place, sign = _after(text, place)
            if sign != "{":
                break
        if not sign and not self.window.ended:
            return count > 1
        if not self.around.in_list:
            return not sign
        return sign == "]" and ends_well(text[place + 1 :], self.around)


def indent_of(text: str, end: int) -> str | None:
    """Return what stands before the last bracket of a value on its line; None if not only blanks."""
    start = text.rfind("\n", max(0, end - 200), end)
    if start < 0:
        return None
    indent = text[start + 1 : end - 1]
    return indent if not indent.strip() else None


def _after(text: str, end: int) -> tuple[int, str]:
    """Return the first sign after a value and a comma, and where it is."""
    separator = _SEPARATOR.match(text, end)
    assert separator is not None  # it matches the empty text
    return separator.end(), text[separator.end() : separator.end() + 1]
