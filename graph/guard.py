"""Look at a stranger's query before an engine does: read only, no outside calls, few rows.

The engine follows `SERVICE` and has no switch for it, so the word itself is refused.
"""

from __future__ import annotations

import re
from itertools import pairwise

from graph.store import QueryRefusedError
from graph.tokens import Token, tokens

_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
MAX_QUERY_CHARACTERS = 50_000


def query_form(query: str) -> str:
    """Return `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`.

    Raises:
        QueryRefusedError: the text is an update or no query at all.
    """
    for token in tokens(query):
        word = token.text.upper()
        if token.kind != "word" or word in {"PREFIX", "BASE"}:
            continue
        if word in _FORMS:
            return word
        if word in _UPDATES:
            raise QueryRefusedError(
                f"{word} would change the graph. This endpoint only reads: "
                "ask with SELECT, ASK, CONSTRUCT or DESCRIBE."
            )
        break
    raise QueryRefusedError("This is no SPARQL query: it has no SELECT, ASK, CONSTRUCT or DESCRIBE.")


def guard(query: str, max_rows: int) -> str:
    """Return the query with at most `max_rows` rows, or refuse it.

    Raises:
        QueryRefusedError: it is too long, is no reading query, or calls other servers.
    """
    if len(query) > MAX_QUERY_CHARACTERS:
        raise QueryRefusedError(
            f"The query is longer than {MAX_QUERY_CHARACTERS:,} characters. Shorten it."
        )
    # SPARQL lets any character be written as \uXXXX, keywords too: look behind that as well.
    for text in {query, _CODEPOINT.sub(_decode, query)}:
        form = query_form(text)
        if any(token.kind == "word" and token.text.upper() == "SERVICE" for token in tokens(text)):
            raise QueryRefusedError(
                "SERVICE is not allowed here: this endpoint answers from its own graph only. "
                "Run a federated query from your own machine."
            )
    return query if form == "ASK" else _limit(query, max_rows)


def _decode(match: re.Match[str]) -> str:
    number = int(match.group(1) or match.group(2), 16)
    return chr(number) if number <= 0x10FFFF else " "


def _limit(query: str, max_rows: int) -> str:
    """Lower the outermost LIMIT to `max_rows`, or add one before a trailing VALUES."""
    depth = 0
    outer: list[Token] = []
    for token in tokens(query):
        if token.kind == "other" and token.text in "{(":
            depth += 1
        elif token.kind == "other" and token.text in ")}":
            depth -= 1
        elif depth == 0 and token.kind in {"word", "number"}:
            outer.append(token)
    for token, following in pairwise(outer):
        if token.text.upper() == "LIMIT" and following.kind == "number":
            if following.text.isdigit() and int(following.text) <= max_rows:
                return query
            end = following.start + len(following.text)
            return f"{query[: following.start]}{max_rows}{query[end:]}"
    values = [token.start for token in outer if token.text.upper() == "VALUES"]
    place = values[0] if values else len(query)
    return f"{query[:place]}\nLIMIT {max_rows}\n{query[place:]}"
