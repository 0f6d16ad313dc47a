"""Titles and abstracts as publishers deposit them: JATS, MathML and HTML within one text."""

from __future__ import annotations

import re

from loaders.texts.text import MAX_TEXT, plain_text

_ESCAPED = re.compile(
    r"&(?:amp;)?lt;(/?(?:jats:|mml:)?(?:p|i|b|em|strong|sub|sup|sc|scp|italic|bold|title|sec|math|m[a-z]+)"
    r"(?:\s[^<>&]*)?/?)&(?:amp;)?gt;",
    re.IGNORECASE,
)
_TEX = re.compile(
    r"<(?:jats:)?(tex-math|mml:annotation(?:-xml)?|annotation(?:-xml)?)\b[^>]*>.*?</(?:jats:)?\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_BLOCK = re.compile(
    r"<(/?)(?:jats:)?(?:p|title|sec|list|list-item|def-item|disp-formula)\b[^>]*>", re.IGNORECASE
)
_HEADING = re.compile(
    r"(?:abstract|summary|tiivistelmä|abstrakti|sammanfattning|abstrakt|referat)\s*[.:]?\s*\n\s*",
    re.IGNORECASE,
)


def jats_text(value: object) -> str:
    """Return the plain text of a title or an abstract; "" for an absent one.

    Paragraphs, sections and list items stand on lines of their own, the heading "Abstract" is left
    out, of a formula in MathML and in TeX the former is kept.

    Raises:
        ValueError: it is no text, or far too long.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"a text was expected, not {str(value)[:60]!r}")
    if len(value) > MAX_TEXT:
        raise ValueError(f"the text has {len(value):,} characters")
    text = value
    if "&" in text:
        text = _ESCAPED.sub(r"<\1>", text)
    if "<" in text:
        if re.search(r"<(?:mml:)?math\b", text, re.IGNORECASE):
            text = _TEX.sub(" ", text)
        text = _BLOCK.sub(r"<\1div>", text)
    plain = plain_text(text)
    heading = _HEADING.match(plain)
    return plain[heading.end() :] if heading else plain
