"""Ways in which the text of one record can be damaged, by the syntax of its file.

A damage takes the record's text and a source of chance (seeded, so that a failure can be repeated) and
returns the damaged text, or None where it does not apply. A byte that is of no encoding is a lone
surrogate here; `sources.to_bytes` writes it as the byte.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

Damage = Callable[[str, random.Random], "str | None"]
BAD_BYTE = "\udcff"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def _cut(text: str, start: int, end: int, new: str = "") -> str:
    return text[:start] + new + text[end:]


def without(pattern: str, group: int = 0, new: str = "") -> Damage:
    """Return a damage that takes one match of a pattern (or a group of it) out, or replaces it."""
    compiled = re.compile(pattern, re.DOTALL)

    def damage(text: str, dice: random.Random) -> str | None:
        found = list(compiled.finditer(text))
        if not found:
            return None
        match = dice.choice(found)
        return _cut(text, match.start(group), match.end(group), new)

    return damage


def first(pattern: str, group: int = 0, new: str = "") -> Damage:
    """Return a damage of the first match only."""
    compiled = re.compile(pattern, re.DOTALL)

    def damage(text: str, dice: random.Random) -> str | None:
        match = compiled.search(text)
        return _cut(text, match.start(group), match.end(group), new) if match else None

    return damage


def half(text: str, dice: random.Random) -> str:
    """The second half is lost."""
    return text[: len(text) // 2]


def other_half(text: str, dice: random.Random) -> str:
    """The first half is lost."""
    return text[len(text) // 2 :]


def _json(kind: str, change: Callable[[str], str]) -> Damage:
    """Return a damage of one token of JSON: `string`, `value` (a text that is no key), `word`, or signs."""

    def damage(text: str, dice: random.Random) -> str | None:
        tokens = list(_TOKEN.finditer(text))
        chosen = []
        for place, token in enumerate(tokens[1:-1], start=1):
            sign = token.group()
            is_key = sign[0] == '"' and tokens[place + 1].group() == ":"
            fits = {
                "string": sign[0] == '"',
                "value": sign[0] == '"' and not is_key,
                "key": is_key,
                "word": sign[0] not in '"[]{},:',
            }.get(kind, sign in kind)
            if fits:
                chosen.append(token)
        if not chosen:
            return None
        token = dice.choice(chosen)
        return _cut(text, token.start(), token.end(), change(token.group()))

    return damage


def _inside(new: str) -> Damage:
    return _json("value", lambda token: token[:1] + new + token[1:])


JSON: Mapping[str, Damage] = {
    "lost comma": _json(",", lambda token: ""),
    "lost colon": _json(":", lambda token: ""),
    "lost opening quote": _json("string", lambda token: token[1:]),
    "lost closing quote": _json("string", lambda token: token[:-1]),
    "quote too many": _json("value", lambda token: f'{token[:-1]}"{token[-1:]}'),
    "lost first bracket": first(r"\{"),
    "lost last bracket": lambda text, dice: text.rstrip()[:-1],
    "lost inner bracket": _json("[]{}", lambda token: ""),
    "bracket too many": _json("[]{}", lambda token: token * 2),
    "wrong bracket": _json("[]{}", lambda token: {"[": "{", "{": "[", "]": "}", "}": "]"}[token]),
    "bad byte": _inside(BAD_BYTE),
    "bad byte in a key": _json("key", lambda token: f'"{BAD_BYTE}{token[1:]}'),
    "NUL": _inside("\0"),
    "line break in a text": _inside("\n"),
    "bad escape": _inside("\\q"),
    "cut escape": _inside("\\u12"),
    "truncated number": _json("word", lambda token: "5."),
    "unknown word": _json("value", lambda token: "undefined"),
    "no value": _json("value", lambda token: ""),
    "nested 10,000 deep": _json("value", lambda token: "[" * 10_000 + "]" * 10_000),
    "10,000 brackets": _json("value", lambda token: "[" * 10_000),
    "single quotes": lambda text, dice: text.replace('"', "'"),
    "key without quotes": _json("key", lambda token: token[1:-1]),
    "comma at the end": lambda text, dice: text.rstrip()[:-1] + ",}",
    "second half lost": half,
    "first half lost": other_half,
    "no JSON": lambda text, dice: "<p>Service unavailable</p>",
    "a text": lambda text, dice: '"text"',
    "null": lambda text, dice: "null",
}
XML: Mapping[str, Damage] = {
    "lost end tag of the record": without(r"</[^<>]*>\s*\Z"),
    "lost start tag of the record": without(r"\A\s*<[^<>]*>"),
    "lost end tag": without(r"(?!\A)</[^<>]*>(?!\s*\Z)"),
    "lost start tag": without(r"(?!\A)<\w[^<>]*[^/<>]>"),
    "lost end of a tag": without(r"</[^<>]*(>)(?!\s*\Z)", 1),
    "end tag without its slash": without(r"<(/)\w[^<>]*>", 1),
    "lost quote": without(r"(?!\A)<\w[^<>]*?=\s*[\"'][^\"'<>]*([\"'])", 1),
    "ampersand": without(r">(?=[^<>\s])", new=">&"),
    "unknown entity": without(r">(?=[^<>\s])", new=">&unknown;"),
    "less than": without(r">(?=[^<>\s])", new="><"),
    "less than and blank": without(r">(?=[^<>\s])", new=">< "),
    "wrong nesting": without(r"(?!\A)</[^<>]*>", new="</wrong>"),
    "undeclared prefix": without(r"(?!\A)<(?=\w)", new="<undeclared:"),
    "bad byte": without(r">(?=[^<>\s])", new=f">{BAD_BYTE}"),
    "NUL": without(r">(?=[^<>\s])", new=">\0"),
    "control character": without(r">(?=[^<>\s])", new=">\x0b"),
    "attribute twice": without(r"(?!\A)(<\w[^<>\s/]*)", new='<x a="1" a="2"/>'),
    "open comment": without(r">(?=[^<>\s])", new="><!-- "),
    "open CDATA": without(r">(?=[^<>\s])", new="><![CDATA[ "),
    "DOCTYPE within": without(r">(?=[^<>\s])", new='><!DOCTYPE x SYSTEM "file:///etc/passwd">'),
    "plain text": lambda text, dice: "Service unavailable",
    "second half lost": half,
    "first half lost": other_half,
}
CSV: Mapping[str, Damage] = {
    "too many cells": lambda text, dice: text + ",x;y\tz" * 60,
    "lost closing quote": without(r'"(?=[,;\t]|\Z)'),
    "lost opening quote": without(r'(?:\A|(?<=[,;\t]))"'),
    "stray quote": without(r'(?:\A|(?<=[,;\t]))(?=[^",;\t])', new='"'),
    "quote within": without(r"(?<=\w)(?=\w)", new='"'),
    "bad byte": without(r"(?<=\w)(?=\w)", new=BAD_BYTE),
    "NUL": without(r"(?<=\w)(?=\w)", new="\0"),
    "second half lost": half,
    "first half lost": other_half,
}
TURTLE: Mapping[str, Damage] = {
    "lost opening quote": without(r'"(?=\w)'),
    "lost closing quote": without(r'(?<=\w)"'),
    "lost dot": without(r"\.\s*\Z"),
    "lost angle bracket": without(r"(?!\A)>"),
    "lost semicolon": without(r";\n"),
    "unknown prefix": without(r"(?<=;\n)\s*\w+(?=:)", new="  unknown"),
    "stray bracket": without(r";\n", new="; ] \n"),
    "long string": without(r'(?<!")"(?=\w)', new='"""'),
    "bad byte": without(r"(?<=\w)(?=\w)", new=BAD_BYTE),
    "NUL": without(r'(?<=")(?=\w)', new="\0"),
    "second half lost": half,
    "first half lost": other_half,
}


def _lines_kept(damage: Damage) -> Damage:
    """Return a damage that leaves the end of the last line."""

    def kept(text: str, dice: random.Random) -> str | None:
        damaged = damage(text, dice)
        return damaged if damaged is None or damaged.endswith("\n") else f"{damaged}\n"

    return kept


TRIPLES: Mapping[str, Damage] = {
    name: _lines_kept(TURTLE[name])
    for name in (
        "lost opening quote", "lost closing quote", "lost angle bracket", "bad byte", "second half lost",
        "first half lost",
    )
} | {"lost dot": without(r"\s\.(?=\n)"), "no triple": lambda text, dice: "Service unavailable\n"}  # fmt: skip
SQL: Mapping[str, Damage] = {
    "lost opening quote": first(r"'(?=\S)"),
    "lost closing quote": without(r"(?<=[>}])'"),
    "lost bracket": without(r"\)(?=\s*;|\s*\Z)"),
    "quote too many": without(r"(?<=\w)(?=\w)", new="'"),
    "bad byte": without(r"(?<=\w)(?=\w)", new=BAD_BYTE),
    "NUL": without(r"(?<=\w)(?=\w)", new="\0"),
    "second half lost": half,
}
BIBTEX: Mapping[str, Damage] = {
    "lost opening brace": without(r"\{"),
    "lost closing brace": without(r"\}"),
    "brace too many": without(r"\}", new="}}"),
    "lost last brace": without(r"\}\Z"),
    "lost quote": without(r'(?<!\\)"'),
    "lost comma": without(r",\n"),
    "lost equals sign": without(r" = "),
    "lost key": without(r"\{metsa\d,", new="{,"),
    "lost at": without(r"\A@"),
    "unknown kind": without(r"\A@\w+", new="@wombat"),
    "bad byte": without(r"(?<=\w)(?=\w)", new=BAD_BYTE),
    "NUL": without(r"(?<=\w)(?=\w)", new="\0"),
    "second half lost": half,
    "first half lost": other_half,
}
RIS: Mapping[str, Damage] = {
    "lost end": without(r"\nER  -.*\Z"),
    "lost beginning": without(r"\ATY  -[^\n]*\n"),
    "damaged end": without(r"ER(?=  -)", new="E"),
    "damaged beginning": without(r"TY(?=  -)", new="T"),
    "unknown tag": without(r"(?<=\n)(?:AU|DO|AB)(?=  -)", new="??"),
    "lost hyphen": without(r"(?<=\n)(?:T1|AU|PY|DO|AB)  (-)", 1),
    "line break": without(r"(?<=\w)(?=\w)", new="\n"),
    "bad byte": without(r"(?<=\w)(?=\w)", new=BAD_BYTE),
    "NUL": without(r"(?<=\w)(?=\w)", new="\0"),
    "second half lost": half,
    "first half lost": other_half,
}


def _in_script(damage: Damage) -> Damage:
    """Return a damage of the JSON within a script of a page."""

    def in_script(text: str, dice: random.Random) -> str | None:
        start, end = text.index(">") + 1, text.rindex("</script>")
        damaged = damage(text[start:end], dice)
        return None if damaged is None else text[:start] + damaged + text[end:]

    return in_script


HTML: Mapping[str, Damage] = {
    **{name: _in_script(damage) for name, damage in JSON.items()},
    "script within": without(r"(?<=[a-z])(?= )", new="<script>alert(1)"),
    "damaged end tag": without(r"</script>\Z", new="</script"),
    "bad entity": _in_script(without(r"(?<=[a-z])(?=[a-z])", new="&#x110000;")),
}
SHEET: Mapping[str, Damage] = {
    "too many cells": lambda text, dice: text[:-1] + ', "x"' * 40 + "]",
    "error value": without(r'"On zeppelin\d"', new='"#REF!"'),
    "number for a text": without(r'"On zeppelin\d"', new="12345"),
    "truth for a text": without(r'"On zeppelin\d"', new="true"),
    "text for a day": without(r'"2026-09-07"', new='"soon"'),
    "shifted": lambda text, dice: '["", ' + text[1:],
    "formula": without(r'"On zeppelin\d"', new='"=1/0"'),
    "long cell": without(r'"On zeppelin\d"', new='"' + "x" * 32_767 + '"'),
    "second half lost": lambda text, dice: text[: text.index(", ", len(text) // 2)] + "]",
}
BY_FAMILY: Mapping[str, Mapping[str, Damage]] = {
    "json": JSON,
    "json-ld": JSON,
    "xml": XML,
    "rdf/xml": XML,
    "csv": CSV,
    "tsv": CSV,
    "turtle": TURTLE,
    "n-triples": TRIPLES,
    "sql": SQL,
    "bibtex": BIBTEX,
    "ris": RIS,
    "html": HTML,
    "xlsx": SHEET,
}

_UNCOUNTED: Mapping[tuple[str, str], str] = {
    (
        "json",
        "first half lost",
    ): "the rest of a first record, without its beginning, may look like records",
    ("html", "damaged end tag"): "in HTML the end tag takes in the next script's start tag",
    ("html", "first half lost"): "as in JSON",
    ("n-triples", "*"): "a line is a statement: without its subject it is about nothing that is known",
    ("turtle", "first half lost"): "without its subject a statement is about nothing that is known",
    ("bibtex", "first half lost"): "BibTeX takes text between entries for remarks",
    ("rdf/xml", "DOCTYPE within"): "a DOCTYPE anywhere refuses the document, before it is parsed",
}
"""Damages after which nobody can tell how many records there were, and why."""
_BROKEN_OFF: Mapping[str, tuple[str, ...]] = {
    "json": ("second half lost",),
    "json-ld": ("second half lost",),
    "html": ("second half lost",),
    "turtle": ("second half lost", "lost dot", "long string"),
    "bibtex": ("second half lost", "lost closing brace", "lost last brace"),
}
"""Damages that make of the last record what a file has that breaks off there."""


def uncounted(form: str, damage: str, place: int) -> bool:
    """Return whether nobody can tell how many records a damaged file held."""
    family = form.partition(" ")[0]
    if (family, damage) == ("json", "first half lost"):
        return form != "json lines" and place in (0, 1, 4)  # others are told by their neighbours
    return (family, damage) in _UNCOUNTED or (family, "*") in _UNCOUNTED


def reads_as_broken_off(form: str, damage: str) -> bool:
    """Return whether a file with such a last record reads like one that breaks off."""
    return damage in _BROKEN_OFF.get(form.partition(" ")[0], ())
