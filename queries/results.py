"""What a query gave: rows of terms, and the labels of the things in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.store import Row
from graph.tokens import tokens
from queries.header import Query


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a SELECT query."""

    columns: tuple[str, ...]
    rows: Sequence[Row]

    @classmethod
    def of(cls, rows: Sequence[Row], query: Query) -> Result:
        """Take the columns in the order in which the query selects them."""
        return cls(selected(query.body), rows)

    def value(self, row: int, column: str) -> str | None:
        """Return the text of one cell, None if it is unbound."""
        term = self.rows[row].get(column)
        return term.value if term is not None else None


def selected(query: str) -> tuple[str, ...]:
    """Return the variables that the outermost SELECT names, in order."""
    names: list[str] = []
    depth, started, last_in_parentheses = 0, False, ""
    for token in tokens(query):
        word = token.text.upper()
        if token.kind == "word" and word == "SELECT" and not started:
            started = True
        elif not started:
            continue
        elif token.text == "{" or (depth == 0 and token.kind == "word" and word == "WHERE"):
            break
        elif token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                names.append(last_in_parentheses)
        elif token.kind == "variable":
            last_in_parentheses = token.text[1:]
            if depth == 0:
                names.append(token.text[1:])
    return tuple(names)
