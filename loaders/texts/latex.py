"""Turn the TeX of bibliographies into plain text: accents, dashes, quotes, braces, commands."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
_SUPER = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUB = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")

_ACCENT = re.compile(
    r"\\(?:(?P<sign>[`'^~\"=.])\s*|(?P<word>[uvHckrdb])(?=[\s{\\])\s*)"
    r"(?:\{\s*(?P<braced>\\?[A-Za-z]{0,2})\s*\}|(?P<command>\\[ij])(?![A-Za-z])\s?|(?P<letter>[A-Za-z]))"
)
_NAMED = re.compile(r"\\([A-Za-z]+)(?:\s+|\{\})?")
_ESCAPED = re.compile(r"\\([&%$#_{}~^ ,;:!/@-])")
_DROPPED = re.compile(
    r"\\(?:href|textcolor|colorbox)\s*\{[^{}]*\}|\\(?:cite[a-z]*|label|ref|footnote)\s*\{[^{}]*\}"
)
_IN_TEXT = re.compile(r"\\text(super|sub)script\s*\{([^{}\\]{1,12})\}")
_IN_FORMULA = re.compile(r"([\^_])\s*(?:\{([^{}]{1,12})\}|(\S))")
_TILDE = re.compile(r"\{?\\textasciitilde(?:\{\})?\}?|\$\s*\\sim\s*\$|\\~\{\}")
_TEX = re.compile(r"[\\{}~$^_]|--|``|''")
_HELD = {
    "{": "\ue000",
    "}": "\ue001",
    "$": "\ue002",
    "~": "\ue003",
    "^": "\ue004",
    "_": "\ue005",
    "\\": "\ue006",
}
"""Stand for signs that were escaped, until all others have gone."""


@cache
def _signs() -> Mapping[str, str]:
    text = (files("loaders") / "data" / "latex.toml").read_text(encoding="utf-8")
    table: Mapping[str, str] = tomllib.loads(text)["signs"]
    return table


def latex_text(text: str) -> str:
    r"""Return a text without TeX; what is no TeX stays as it is.

    Formulas keep their signs (`$\alpha^{2}$` → `α²`); commands that only set type are left out.
    """
    if not _TEX.search(text):
        return text
    for sign, held in _HELD.items():
        if sign not in "~^":  # these are accents
            text = text.replace(f"\\{sign}", held)
    text = _ACCENT.sub(_accented, text)
    text = _ESCAPED.sub(_escaped, text)
    text = _DROPPED.sub("", text)
    text = _IN_TEXT.sub(lambda match: _shifted("^" if match[1] == "super" else "_", match[2]), text)
    text = _NAMED.sub(_named, text)
    text = _without_dollars(text)
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    text = re.sub(r"[{}]", "", text.replace("~", " ")).replace("\\", "")
    for sign, held in _HELD.items():
        text = text.replace(held, sign)
    return unicodedata.normalize("NFC", text)


def verbatim_text(text: str) -> str:
    r"""Return an address or number without TeX: `\_`, `{\_}`, `\url{…}`; its dashes and tildes stay."""
    text = _TILDE.sub("~", text)
    text = re.sub(r"\\url(?=\s*\{)", "", text)
    text = re.sub(r"\\([_%&#$~{}^-])", r"\1", text)
    return re.sub(r"[{}]", "", text).strip()


def _accented(match: re.Match[str]) -> str:
    mark = _ACCENTS[match["sign"] or match["word"]]
    letter = match["braced"] or match["command"] or match["letter"] or ""
    letter = letter.removeprefix("\\")
    return letter[:1] + (mark if letter else "") + letter[1:]


def _escaped(match: re.Match[str]) -> str:
    if match[1] in "&%#@/":
        return match[1]
    return " " if match[1] in " ,;:" else ""


def _named(match: re.Match[str]) -> str:
    sign = _signs().get(match[1], "")
    return _HELD.get(sign, sign)


def _without_dollars(text: str) -> str:
    """Take the dollars away and raise or lower what stands between them; one alone is a dollar."""
    parts = text.split("$")
    if len(parts) % 2 == 0:
        return text
    for place in range(1, len(parts), 2):
        parts[place] = _IN_FORMULA.sub(
            lambda match: _shifted(match[1], match[2] or match[3]), parts[place]
        )
    return "".join(parts)


def _shifted(sign: str, text: str) -> str:
    return text.translate(_SUPER if sign == "^" else _SUB)
