"""Names of things in a person's language, with honest fallbacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyoxigraph import Literal, NamedNode

from graph.store import GraphStore, Row
from queries.binding import is_iri
from queries.library import load_library, run

FALLBACKS = ("en", "fi", "sv")
_BATCH = 400


def labels(store: GraphStore, things: Iterable[str], language: str) -> dict[str, str]:
    """Return a name for each thing that has one.

    Args:
        store: where to look.
        things: IRIs; what is none has no name.
        language: the wanted language; then English, Finnish, Swedish, no language, any.
    """
    wanted = [thing for thing in dict.fromkeys(things) if is_iri(thing)]
    order = [language, *(code for code in FALLBACKS if code != language), ""]
    best: dict[str, tuple[int, str]] = {}
    query = load_library().get("labels-of")
    for start in range(0, len(wanted), _BATCH):
        result = run(store, query, {"things": wanted[start : start + _BATCH]})
        for row in result.rows:
            label = row["label"]
            assert isinstance(label, Literal)
            tag = label.language or ""
            found = (order.index(tag) if tag in order else len(order), label.value)
            thing = row["thing"].value
            if thing not in best or found < best[thing]:
                best[thing] = found
    return {thing: text for thing, (_, text) in best.items()}


def things_in(rows: Sequence[Row]) -> list[str]:
    """Return the IRIs that stand in some rows, each once."""
    return list(
        dict.fromkeys(
            term.value for row in rows for term in row.values() if isinstance(term, NamedNode)
        )
    )
