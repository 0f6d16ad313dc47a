"""Find the codes of courses that a text about prerequisites names.

The shapes are those of the Finnish universities' catalogues; a code that the source itself has is
found whatever its shape. A code with a wildcard (`MS-A00XX`, any of the parallel courses) is kept
as it stands: it names no one course, and to require all of them would be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_WORD = re.compile(r"\w+(?:[-.]\w+)*")
_DIGIT = re.compile(r"\d")
_SHAPES = (
    r"[A-Z]{2,5}\d?-(?:[A-Z]{1,2}\d{2}|\d{3})[\dXx]{0,3}[A-Z*]?",  # CS-C3240, LC-0740, MS-A00XX (Aalto)
    r"[A-Z]{2,5}(?:\.[A-Z]{2,5}){1,2}\.\d{3}[A-Z]?",  # COMP.CS.100 (Tampere)
    r"(?:[A-Z]{1,4}|[A-Z][a-z]{1,3})\.?-\d{1,3}\.\d{3,4}",  # T-76.4115, Mat-1.1010 (before 2013)
    r"\d{2}[A-Z]\d{5}",  # 22C00400 (Aalto, business)
    r"[A-Z]{3}\d{2}[A-Z]\d{3}",  # MLI26C738 (Aalto, Mikkeli)
    r"[A-Z]{2}\d{2}[A-Z]\d{4}",  # CT60A4302 (LUT)
    r"[A-Z]{2}\d{2}[A-Z]{2}\d{2}",  # IC00AU61 (Oulu), IT00CS22 (Åbo Akademi)
    r"\d{6}[AJPSVY]",  # 521149S (Oulu)
    r"[A-Z]{2,5}_\d{3,4}(?:-\d{4})?",  # TKO_2001 (Turku)
    r"[A-Z]{3,5}\d{3,5}[A-Z]?",  # TIES4910 (Jyväskylä), TKT20010 (Helsinki), ICAT1010 (Vaasa)
)
_STANDARDS = r"(?:ISO|IEC|IEEE|SFS|DIN|ASTM|RFC|COVID|EN-|BS-|PISA)"
_CODE = re.compile(
    rf"(?<![A-ZÅÄÖ\d_.-])(?!{_STANDARDS})(?:{'|'.join(_SHAPES)})"
    # What follows may be a word whose blank got lost: `ISM-A1002Muille`.
    r"(?![\d_*]|-\d|[a-zåäö]|[A-ZÅÄÖ](?![a-zåäö]{2}))(?P<more>(?:\s?/\s?\d{3,4}(?![\w.-]))*)"
)


def codes_in(texts: Iterable[str], known: Collection[str], own: str) -> tuple[str, ...]:
    """Return the course codes that stand in some texts, in order, each once.

    Args:
        texts: prerequisites in any languages.
        known: codes of the source's own courses; such a word counts whatever it looks like.
        own: the course's own code, which is no prerequisite.
    """
    found: dict[str, None] = {}
    for text in dict.fromkeys(texts):
        for code in _in_order(text, known) if _DIGIT.search(text) else ():
            if code != own:
                found.setdefault(code)
    return tuple(found)


def _in_order(text: str, known: Collection[str]) -> Iterable[str]:
    spots: dict[int, list[str]] = {}
    taken: set[int] = set()
    named = any(map(known.__contains__, _WORD.findall(text)))
    for word in _WORD.finditer(text) if named else ():
        code = word[0]
        if code in known and _DIGIT.search(code):
            spots[word.start()] = [code]
            taken.update(range(word.start(), word.start() + len(code)))
    for match in _CODE.finditer(text):
        code = match[0][: match.start("more") - match.start()]
        codes = [] if match.start() in taken else [code]
        # `CS-A1110/1111`: the second shares the first one's beginning.
        codes += [code[: -len(end)] + end for end in re.findall(r"\d+", match["more"])]
        spots.setdefault(match.start(), []).extend(codes)
    return [code for start in sorted(spots) for code in spots[start]]
