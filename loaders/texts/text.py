"""Turn what sources call text into plain text, and language maps into `LangText`."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lxml import etree

_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLANKS = re.compile(r"[^\S\n ][^\S\n]*| [^\S\n]+")
"""What becomes one blank; single ones stay as they are."""
_LINES = re.compile(r"\s*\n\s*(?:\n\s*)+")
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "li",
        "br",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "dt",
        "dd",
        "td",
        "th",
    )
)
_HIDDEN = frozenset(("script", "style", "template", "noscript", "head"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_LANGUAGE = re.compile(r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$")
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
MAX_TEXT = 100_000
"""Characters of one text that are kept; a longer one is an error of the source."""


@lru_cache(maxsize=64)  # sources repeat one text under several languages
def plain_text(value: str) -> str:
    """Return text without HTML, entities, control characters and needless white space.

    Paragraphs and list items stay on lines of their own.
    """
    if value.isprintable() and "<" not in value and "&" not in value and "  " not in value:
        return unicodedata.normalize("NFC", value).strip()
    text = value if _is_plain(value) else _CONTROL.sub(" ", value)
    if "<" in text and _TAG.search(text):
        text = _without_markup(text)
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
        text = _CONTROL.sub(" ", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00ad", "")
    text = unicodedata.normalize("NFC", text)
    if "  " in text or not _is_plain(text):
        text = _BLANKS.sub(" ", text)
    if "\n\n" in text or "\n \n" in text:
        text = _LINES.sub("\n\n", text)
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def _is_plain(text: str) -> bool:
    """Whether a text has no white space but blanks and line feeds, and no control characters.

    It says no to some that have none: it is there to pass over searches, which take ten times as long.
    """
    return text.replace("\n", "").isprintable()


def _without_markup(text: str) -> str:
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    root = etree.fromstring(f"<div>{text}</div>", parser)
    cut_off = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    if root is None or cut_off:  # tags nested thousands deep: no page, but nothing may be lost
        return _TAG.sub("\n", text)
    return "".join(_pieces(root))


def _pieces(root: etree._Element) -> Iterator[str]:
    """Yield the text of an element, what stands in blocks between line breaks.

    It keeps its own stack: pages exist whose tags nest thousands deep.
    """
    hidden = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        block = "\n" if node.tag in _BLOCKS else ""
        if event == "start":
            hidden += node.tag in _HIDDEN
            if not hidden:
                yield block + (node.text or "")
        else:
            hidden -= node.tag in _HIDDEN
            if not hidden:
                yield block + (node.tail or "")


def lang_text(value: object, default_language: str = "und") -> dict[str, str]:
    """Return the non-empty plain texts of a `{"fi": …, "en": …}` object.

    Args:
        value: the object, None, or a plain string.
        default_language: the language of a plain string.

    Raises:
        ValueError: it is neither, a language tag is no tag, or a text is far too long.
    """
    if value is None:
        return {}
    if isinstance(value, str):
        value = {default_language: value}
    if type(value) is not dict and not isinstance(value, Mapping):
        raise ValueError(f"a text in languages was expected, not {_show(value)}")
    texts: dict[str, str] = {}
    for language, text in value.items():
        if text is None:
            continue
        if not isinstance(text, str):
            raise ValueError(f"the text in {language!r} is no text but {_show(text)}")
        if not isinstance(language, str) or not _LANGUAGE.match(language):
            raise ValueError(f"{language!r} is no language tag")
        if len(text) > MAX_TEXT:
            raise ValueError(f"the text in {language!r} has {len(text):,} characters")
        plain = plain_text(text)
        if plain:
            texts[language.lower()] = plain
    return texts


_WORD = re.compile(r"[^\W\d_]+")
_MARKERS: Mapping[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the and of to in is are for with student students course will on",
        "fi": "ja on ovat sekä opiskelija kurssi kurssin että tai osaa ei voi mukaan",
        "sv": "och är att det som för med av den kursen studenten kan till ett en",
    }.items()
}
_MARKED: Mapping[str, tuple[str, ...]] = {
    word: tuple(code for code, words in _MARKERS.items() if word in words)
    for word in frozenset().union(*_MARKERS.values())
}
"""Word → the languages that it speaks for."""
_MARKED_BYTES = {word.encode("latin-1"): codes for word, codes in _MARKED.items()}
_LETTERS = bytes(byte if _WORD.match(chr(byte)) else ord(" ") for byte in range(256))
"""Puts a blank in the place of each character of Latin-1 that is no letter."""
_ENOUGH = 1_500
"""Characters from which a text shows its language."""
_TELLING = 40
"""Characters below which only equal texts are one."""
_ALIKE = 0.9
"""Share of common words from which two texts of one language are one text."""


@lru_cache(maxsize=64)  # asked of a field, then of what was split from it
def guess_language(text: str) -> str | None:
    """Return `en`, `fi` or `sv` if common words speak clearly for one of them, else None."""
    start = text[:_ENOUGH].lower()
    try:
        words = start.encode("latin-1").translate(_LETTERS).split()
    except UnicodeEncodeError:
        spoken = Counter(filter(None, map(_MARKED.get, _WORD.findall(start))))
    else:  # the same several times faster
        spoken = Counter(filter(None, map(_MARKED_BYTES.get, words)))
    found = dict.fromkeys(_MARKERS, 0)
    for codes, count in spoken.items():
        for code in codes:
            found[code] += count
    best = max(found, key=lambda code: found[code])
    others = sum(count for code, count in found.items() if code != best)
    return best if found[best] >= 3 and found[best] > 2 * others else None


def honest_languages(texts: Mapping[str, str]) -> dict[str, str]:
    """Store one text that stands under several languages once, under the language it is in.

    Some universities fill all three languages with the same (mostly English) text, or with two states
    of it. Texts are one if they are equal but for white space, or if both are clearly in one language
    and share nine words of ten; then the one under that language stays. Where the words do not tell the
    language, the first of en, fi, sv that names it is kept.
    """
    if len(texts) < 2:
        return {guess_language(text) or language: text for language, text in texts.items()}
    groups: list[list[str]] = []
    for language, text in texts.items():
        for group in groups:
            if _is_one_text(texts[group[0]], text):
                group.append(language)
                break
        else:
            groups.append([language])
    result: dict[str, str] = {}
    for languages in groups:
        language = languages[0]
        if len(languages) > 1:
            ordered = sorted(languages, key=lambda code: ("en fi sv".find(code) % 99, code))
            language = guess_language(texts[languages[0]]) or ordered[0]
        result.setdefault(language, texts[language if language in languages else languages[0]])
    return result


def _is_one_text(one: str, other: str) -> bool:
    if one == other:
        return True
    if not 0.8 < (len(one) + 1) / (len(other) + 1) < 1.25 or len(one) < _TELLING:
        return False
    if one.split() == other.split():
        return True
    language = guess_language(one)
    if language is None or language != guess_language(other):
        return False
    words, others = set(one.lower().split()), set(other.lower().split())
    return len(words & others) >= _ALIKE * len(words | others)


def parse_day(value: object) -> date | None:
    """Return the day of an ISO 8601 date or date-time.

    Raises:
        ValueError: it is something else.
    """
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise ValueError(f"a date like 2026-01-31 was expected, not {_show(value)}")
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise ValueError(f"a date like 2026-01-31 was expected, not {_show(value)}") from None


def parse_number(value: object) -> Decimal | None:
    """Return a finite number of 0 or more, written as number or text (`5`, `2.5`, `2,5`).

    Raises:
        ValueError: it is something else.
    """
    if value in (None, ""):
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise InvalidOperation
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        raise ValueError(f"a number was expected, not {_show(value)}") from None
    if not number.is_finite() or not 0 <= number < Decimal("1e12"):
        raise ValueError(f"a number of 0 or more was expected, not {_show(value)}")
    return number.normalize() if number != number.to_integral() else number.to_integral()


def parse_doi(value: object) -> str | None:
    """Return a DOI in lower case, without its resolver.

    Raises:
        ValueError: it is no DOI.
    """
    if value in (None, ""):
        return None
    match = _DOI.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{str(value)[:80]!r} is no DOI")
    return match[1].lower()


def parse_year(value: object) -> int | None:
    """Return a year from 1500 to 2100, written as number or text.

    Raises:
        ValueError: it is something else.
    """
    if value in (None, ""):
        return None
    text = str(value).strip()
    if isinstance(value, bool) or not text.isdigit() or not 1500 <= int(text) <= 2100:
        raise ValueError(f"a year was expected, not {str(value)[:40]!r}")
    return int(text)


def optional_text(value: object) -> str | None:
    """Return a stripped text or None.

    Raises:
        ValueError: it is neither text nor absent.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"a text was expected, not {_show(value)}")
    return plain_text(value) or None


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
