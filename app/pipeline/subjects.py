"""The courses, outputs and adverts of a store as linkers read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyoxigraph import Literal

from app.pipeline.link_skills import outcomes_of
from app.pipeline.text_fields import FIELDS
from graph.embedded import EmbeddedStore
from loaders.linking.base import Subject, Text
from ontology import terms as t
from queries.library import load_library, run

KINDS = (("course", t.COURSE), ("output", t.RESEARCH_OUTPUT), ("advert", t.JOB_ADVERT))
_AT_ONCE = 200
"""Subjects whose texts are asked for together."""
_FIELDS = list(FIELDS.values())


def subject_kinds(store: EmbeddedStore) -> dict[str, str]:
    """Return every thing whose texts are linked, with its kind."""
    query = load_library().get("things-of-class")
    found: dict[str, str] = {}
    for kind, cls in KINDS:
        for row in run(store, query, {"class": cls}).rows:
            found.setdefault(row["thing"].value, kind)
    return found


def read_subjects(store: EmbeddedStore, wanted: Sequence[tuple[str, str]]) -> Iterator[list[Subject]]:
    """Yield things with their texts and learning outcomes, some hundred at a time.

    Args:
        store: the assembled store.
        wanted: IRI and kind of each thing.
    """
    for begin in range(0, len(wanted), _AT_ONCE):
        chosen = wanted[begin : begin + _AT_ONCE]
        texts = _texts(store, [iri for iri, _ in chosen])
        courses = [iri for iri, kind in chosen if kind == "course"]
        outcomes = outcomes_of(store, courses) if courses else {}
        yield [Subject(iri, kind, texts.get(iri, ()), outcomes.get(iri, {})) for iri, kind in chosen]


def _texts(store: EmbeddedStore, things: list[str]) -> dict[str, list[Text]]:
    found: dict[str, list[Text]] = {}
    for row in run(store, load_library().get("link-texts"), {"things": things}).rows:
        text = row["text"]
        if isinstance(text, Literal):
            found.setdefault(row["thing"].value, []).append(
                Text(FIELDS[row["property"].value], text.language or "", text.value)
            )
    for texts in found.values():  # the store gives them in any order
        texts.sort(key=lambda text: (_FIELDS.index(text.field), text.language, text.text))
    return found
