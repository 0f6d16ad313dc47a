"""Put typed terms in the places of a query that are marked `$name`.

Terms are written by pyoxigraph's own serialiser, so that no value can change the query's shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from graph.tokens import tokens

Value = NamedNode | Literal | int | None
"""A term, a bare whole number (for LIMIT and OFFSET) or None for UNDEF."""


def bind(query: str, values: Mapping[str, Sequence[Value]]) -> str:
    """Return the query with every `$name` replaced by the terms of that name.

    Args:
        query: SPARQL text in which `$name` stands where terms may stand, usually in VALUES.
        values: terms by name; several terms are written one after the other.

    Raises:
        KeyError: the query has a `$name` for which there is no value.
    """
    parts: list[str] = []
    for token in tokens(query):
        if token.kind == "variable" and token.text.startswith("$"):
            parts.append(" ".join(_write(value) for value in values[token.text[1:]]))
        elif token.kind != "comment":
            parts.append(token.text)
    return "".join(parts)


def placeholders(query: str) -> set[str]:
    """Return the names that stand as `$name` in a query."""
    return {
        token.text[1:]
        for token in tokens(query)
        if token.kind == "variable" and token.text.startswith("$")
    }


def _write(value: Value) -> str:
    return "UNDEF" if value is None else str(value)
