"""Split the text of learning outcomes into outcomes of their own.

What goes in is plain text as `loaders.texts.text.plain_text` leaves it: paragraphs and list items on
lines of their own. What comes out is one text per outcome, which reads by itself:

* Items of a list (bullets, numbers, letters, semicolons, lines below a stem) are one outcome each;
  running prose gives one outcome per sentence.
* A stem, the words before a list, is left off where it only says who and when ("After the course,
  the student can:"). What more it says is put before each item ("The student understands:" + "A"
  gives "understands A").
* Place-holders ("TBA", "-") and repetitions give nothing.

Where two languages have the same number of outcomes, the nth of both is one outcome.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from graph.records import LangText, LearningOutcome
from loaders.texts.outcome_words import FRAME, FRAME_END, HEADING, NO_OUTCOME, OPEN_END
from loaders.texts.text import guess_language

_BULLETS = "-–—•*·●▪◦‣"
_MARK = re.compile(
    rf"[{_BULLETS}]+\s*(?=[^\W_]|[(\"“'’\[])|o\s+(?=\w)|\(?(?:\d{{1,2}}|[a-h]|[ivx]{{1,4}})\)\s*(?=\S)"
    r"|\d{1,2}\.\s*(?=[^\W\d])"
)
"""What begins an item of a list at the start of a line."""
_BULLET_INSIDE = re.compile(r"[•●▪◦‣]\s*|[·*](?<=\s[·*])\s*(?=[^\W\d])")
_DASH_INSIDE = re.compile(
    r"[-–—](?:(?<=\s[-–—])(?:\s+|(?!based))|(?<=[:.;,][-–—])\s*"
    r"|(?<=[a-zåäö)]-)\s+(?!(?:ja|tai|sekä|och|eller|samt|and|or|to)\b))(?=[^\W\d])"
)
_NUMBER_INSIDE = re.compile(
    r"\(?(?:(\d{1,2})\)|(\d{1,2})\.(?=\s*[^\W\d])|([a-h])\)|(i{1,3}|iv|vi{0,3})\))\s*"
)
_BEFORE_A_NUMBER = " \t:;,.)"
_BARE_NUMBER = re.compile(r"^(\d{1,2}) +(?=[^\W\d_]{2})", re.MULTILINE)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")

_STEM_INSIDE = re.compile(r":\s*(?![\d/])")
_LONGEST_JOINED = 150

_SENTENCE = re.compile(
    r"[.!?][\"”’)\]]?\s+(?=[\"“‘(\[]?[A-ZÅÄÖÉ\d])|\.(?<=[a-zåäö)]{3}\.)(?=[A-ZÅÄÖ][a-zåäö]{2})"
)
_GLUED = re.compile(r"[A-ZÅÄÖ](?<=[a-zåäö]{3}[A-ZÅÄÖ])(?=[a-zåäö]{2})")
"""`…the systemAnalyse…`: the end of a line that got lost. `JavaScript` is none, see `_sentences`."""
_NO_END = re.compile(
    r"(?:\b(?:(?i:e\.g|i\.e|esim|ns|mm|ks|vrt|t\.ex|bl\.a|d\.v\.s|s\.k|resp|vs|cf|prof|dr|mrs?|incl|approx)|[A-ZÅÄÖ])"
    r"|^\W*\d{1,2}|\b[ivx]{1,4})\.\)?$"
)
"""What looks like the end of a sentence and is none: abbreviations, initials, numbers."""
_WRAPPED = re.compile(r"[\w\"”’)%,/-]$")
_LAST_WORDS = tuple(f" {word}" for word in ("and", "or", "ja", "sekä", "tai", "och", "samt", "eller"))
_LONGEST_PLACE_HOLDER = 100
_LETTERS = re.compile(r"[^\W\d_]{2}")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


def split_outcomes(texts: LangText) -> tuple[LearningOutcome, ...]:
    """Return the learning outcomes that a text in one or several languages holds, in its order.

    Args:
        texts: plain texts by language, as in `Course.outcomes`.

    A text that stands under the wrong language is taken for what it is in; of two texts in truth of
    one language the one with more outcomes counts (in the other, ends of lines got lost).
    """
    by_count: dict[int, dict[str, list[str]]] = {}
    for language, items in _by_true_language(texts).items():
        by_count.setdefault(len(items), {})[language] = items
    return tuple(
        LearningOutcome({language: items[place] for language, items in group.items()})
        for count, group in by_count.items()
        for place in range(count)
    )


def _by_true_language(texts: LangText) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for language, text in sorted(texts.items(), key=lambda pair: pair[0] != "en"):
        truly = guess_language(text[:800]) if len(texts) > 1 else None
        items = _distinct(_items(text))
        former = found.get(truly or language)
        if former is None or len(items) > len(former):
            found[truly or language] = items
    return found


def _distinct(items: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for item in items:
        text = item.strip(" \t\n;,•*·")
        if text.endswith(_LAST_WORDS):  # `…; and`
            text = text[: text.rindex(" ")].rstrip(" ;,.")
        bare = text.strip(" .:…-–—\"'()[]")
        if len(bare) < _LONGEST_PLACE_HOLDER and not _LETTERS.search(bare):
            continue
        if len(bare) < _LONGEST_PLACE_HOLDER and NO_OUTCOME.fullmatch(bare):
            continue
        if not (bare.startswith(("http", "www.")) and _ADDRESS.fullmatch(bare)):
            seen.setdefault(bare.casefold(), text)
    return list(seen.values())


def _items(text: str) -> Iterator[str]:
    """Yield the outcomes of one text, before repetitions and place-holders are taken away."""
    stem: str | None = None
    """What of the stem stands before each item; None outside a list."""
    in_marked = False
    for line, dashes in _lines(text):
        for marked, piece in _pieces(line, dashes):
            if marked:
                head, stem_of_piece = _cut_stem(piece) if piece[-1] in ":…" else ([], None)
                if stem_of_piece is not None:
                    stem = stem_of_piece
                    yield from head
                elif ";" in piece:
                    yield from (_joined(stem, part) for part in _by_semicolon(piece))
                else:
                    yield _joined(stem, piece)
                in_marked = True
                continue
            if in_marked:
                stem, in_marked = None, False
            head, new_stem = _cut_stem(piece)
            if stem is not None and new_stem is None and len(head) == 1:
                yield from (_joined(stem, part) for part in _by_semicolon(head[0], least=1))
                continue
            for sentence in head:
                yield from _sentence(sentence)
            stem = new_stem if new_stem is not None else None


def _sentence(sentence: str) -> Iterator[str]:
    """Yield a sentence, or the items of the list that it holds behind a colon or between semicolons."""
    colon = _STEM_INSIDE.search(sentence)
    head = sentence[: colon.start()] if colon else ""
    if colon and (FRAME_END.search(head[-80:]) or (FRAME.match(head) and ";" in sentence)):
        stem = _stem(head)
        for part in _by_semicolon(sentence[colon.end() :], least=1):
            yield _joined(stem, part)
    else:
        yield from _by_semicolon(sentence)


def _by_semicolon(text: str, least: int = 2) -> list[str]:
    """Return the parts between semicolons if there are enough and none stands in brackets."""
    if ";" not in text:
        return [text]
    parts = [part.strip() for part in text.split(";") if part.strip()]
    whole = all(part.count("(") == part.count(")") for part in parts)
    if len(parts) > least and whole and all(" " in part for part in parts):
        return parts
    return [text]


def _joined(stem: str | None, item: str) -> str:
    return f"{stem} {item}" if stem else item


def _cut_stem(text: str) -> tuple[list[str], str | None]:
    """Return the sentences before a stem at the text's end, and what remains of the stem, or None."""
    sentences = _sentences(text)
    end = text[-1] in ":…" or text.endswith("...")
    if not end and text[-1] in ".!?;":
        return sentences, None
    last = sentences[-1]
    if not (end or OPEN_END.search(last[-60:]) or (len(last) < 60 and HEADING.match(last))):
        return sentences, None
    return sentences[:-1], _stem(sentences[-1].rstrip(" .:…"))


def _stem(text: str) -> str:
    """Return what of a stem belongs before each item: what it says besides who, when and `can`."""
    if FRAME_END.search(text[-80:]):
        return ""
    frame = FRAME.match(text)
    if frame:
        rest = text[frame.end() :].strip(" ,")
    elif HEADING.search(text):
        return ""
    else:
        rest = f"{text.strip()}:"
    return rest if len(rest) <= _LONGEST_JOINED else ""


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text; an abbreviation or an initial ends none."""
    ends = [
        found.end()
        for found in _SENTENCE.finditer(text)
        if not _NO_END.search(text[max(0, found.end() - 14) : found.end()].rstrip())
    ]
    glued = [found.start() for found in _GLUED.finditer(text)]
    ends += [end for end in glued if text[text.rfind(" ", 0, end) + 1].islower()]
    if not ends:
        return [text]
    ends.sort()
    parts = (text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True))
    return [part for part in parts if part]


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines, hard-wrapped ones joined, and whether a dash inside one may begin an item."""
    if "\n" not in text:
        yield text, True
        return
    text = _with_marks(text)
    lines: list[str] = []
    gap = True
    listed = False  # whether a stem stood above, so that each line is an item
    for raw in text.split("\n"):
        line = raw.strip()
        if not line:
            gap = True
            continue
        former = lines[-1] if lines else ""
        if former and not _MARK.match(line) and _goes_on(former, line, listed, gap):
            lines[-1] = f"{former} {line}"
        else:
            lines.append(line)
        gap = False
        listed = listed or line[-1] in ":…" or bool(OPEN_END.search(line[-60:]))
    dashed = sum(line[0] in "-–—" for line in lines)
    for line in lines:
        yield line, dashed < 2


def _with_marks(text: str) -> str:
    """Return a text whose lines are counted by bare numbers (`1 know …`) with `1)` before them."""
    counts = [int(found[1]) for found in _BARE_NUMBER.finditer(text)]
    if len(counts) < 2 or counts != list(range(1, len(counts) + 1)):
        return text
    return _BARE_NUMBER.sub(r"\1) ", text)


def _goes_on(former: str, line: str, listed: bool, gap: bool) -> bool:
    """Return whether a line goes on with what the former one began: text wrapped by hand."""
    if _MARK.match(former):
        return (former[-1] == "," and not gap) or (line[0].islower() and former[-1] not in ".;:…")
    if gap or listed or not line[0].islower() or len(former) < 26:
        return False
    return bool(_WRAPPED.search(former[-1])) and not OPEN_END.search(former[-60:])


def _pieces(line: str, dashes: bool) -> Iterator[tuple[bool, str]]:
    """Yield the items within one line and whether a mark stood before each."""
    mark = _MARK.match(line)
    cuts = _numbered(line)
    if len(cuts) < 2:
        begin = mark.end() if mark else 0
        cuts = [(found.start(), found.end()) for found in _BULLET_INSIDE.finditer(line, begin)]
        if not cuts and dashes:
            cuts = _dashed(line, bool(mark))
        if mark:
            cuts.insert(0, (0, mark.end()))
    start, marked = 0, False
    for begin, end in cuts:
        if line[start:begin].strip():
            yield marked, line[start:begin].strip()
        start, marked = end, True
    if line[start:].strip():
        yield marked, line[start:].strip()


def _numbered(line: str) -> list[tuple[int, int]]:
    """Return where the numbers 1, 2, 3 … (or a, b, c …; i, ii, iii …) stand that count items."""
    if ")" not in line and "2." not in line:
        return []
    cuts: dict[int, list[tuple[int, int]]] = {1: [], 2: [], 3: [], 4: []}
    for found in _NUMBER_INSIDE.finditer(line):
        before = line[found.start() - 1] if found.start() else " "
        glued = found.lastindex in (1, 2) and before.islower()
        if before not in _BEFORE_A_NUMBER and not glued:
            continue
        kind = found.lastindex or 1
        value = found[kind]
        number = (
            _ROMAN.index(value) + 1
            if kind == 4
            else ord(value) - ord("a") + 1
            if kind == 3
            else int(value)
        )
        if number == len(cuts[kind]) + 1 or (number == len(cuts[kind]) > 1):  # a slip: 5, 6, 6
            cuts[kind].append((found.start(), found.end()))
    return max(cuts.values(), key=len)


def _dashed(line: str, mark: bool) -> list[tuple[int, int]]:
    """Return where dashes begin items: in a line that begins with one, or if a stem stands before."""
    cuts = [(found.start(), found.end()) for found in _DASH_INSIDE.finditer(line, 1)]
    if cuts and not (mark and line[0] in "-–—"):
        head = line[: cuts[0][0]].rstrip()
        if not (head.endswith(":") or OPEN_END.search(head[-60:])):
            return []
    return cuts
