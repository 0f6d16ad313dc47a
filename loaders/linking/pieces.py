"""From the texts of a subject to the sentences in which skills are looked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loaders.linking.base import Subject, Text
from loaders.linking.boilerplate import is_boilerplate, names_a_course
from loaders.linking.index import LANGUAGES
from loaders.linking.languages import language_of
from loaders.linking.rules import taught_part
from loaders.linking.sentences import sentences


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of a subject."""

    field: str
    language: str
    """What the sentence is in."""
    text: str
    """What is ranked: the sentence without clauses of context."""
    quote: str
    start: int
    end: int
    text_language: str


def pieces_of(subject: Subject) -> Iterator[Piece]:
    """Yield the sentences of a subject in which skills are looked for."""
    for text in chosen_texts(subject.texts):
        for each in sentences(text.text):
            if is_boilerplate(each.text):
                continue
            if text.field != "prerequisites" and names_a_course(each.text):
                continue
            taught = taught_part(each.text)
            if any(map(str.isalpha, taught)):
                language = language_of(each.text, text.language)
                if language in LANGUAGES:
                    yield Piece(
                        text.field,
                        language,
                        taught.strip(),
                        each.text,
                        each.start,
                        each.end,
                        text.language,
                    )


def chosen_texts(texts: Sequence[Text]) -> list[Text]:
    """Return of each field the text in the language that the linker knows best.

    Texts of one field in several languages are translations of each other: they say the same twice. A
    translation that is much shorter than another one is passed over in its favour.
    """
    by_field: dict[str, list[Text]] = defaultdict(list)
    for text in texts:
        by_field[text.field].append(text)
    chosen = []
    for same in by_field.values():
        longest = max(len(text.text) for text in same)
        full = [text for text in same if len(text.text) >= longest / 2]
        chosen.append(min(full, key=lambda text: (_PREFERENCE.get(text.language, 9), text.language)))
    return chosen


_PREFERENCE = {"en": 0, "fi": 1, "sv": 2}
