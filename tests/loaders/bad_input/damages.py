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
    "second half lost": half,
    "first half lost": other_half,
    "no XML": lambda text, dice: "Service unavailable",
}
CSV: Mapping[str, Damage] = {
    "too many cells": lambda text, dice: text + text[-1:].join([",x;y\t"] * 20),
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
TRIPLES: Mapping[str, Damage] = {
    name: TURTLE[name]
    for name in (
        "lost opening quote", "lost closing quote", "lost angle bracket", "bad byte", "second half lost",
        "first half lost",
    )
} | {"lost dot": without(r"\s\.\n"), "no triple": lambda text, dice: "Service unavailable\n"}  # fmt: skip
SQL: Mapping[str, Damage] = {
    "lost opening quote": first(r"'(?=\S)"),
    "lost closing quote": without(r"(?<=[>}])'"),
    "lost bracket": without(r"\)(?=\s*;|\s*\Z)"),
    "quote too many": without(r"(?<=\w)(?=\w)", new="'"),
    "bad byte": without(r"(?<=\w)(?=\w)", new=BAD_BYTE),
    "NUL": without(r"(?<=\w)(?=\w)", new="\0"),
    "second half lost": half,
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
}
