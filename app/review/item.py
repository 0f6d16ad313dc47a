"""A link as a person judges it: the sentence with the words marked, the skill, what spoke for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal

from app.pipeline.text_fields import FIELDS
from app.review.queue import Item
from app.review.store import Judged
from graph.identifiers import Identifiers, digest
from graph.records import Evidence
from graph.store import GraphStore, Row
from loaders.linking.sentences import sentences
from ontology import terms as t
from queries.library import load_library, run

_WORD = re.compile(r"\w+")
_AROUND = 200
_ALMOST_ALL = 0.8
"""Share of a sentence from which the evidence is the sentence, not some words in it."""
_LEAST = 4
"""Letters of a word that can be marked because it begins like one of the label."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence in which the skill was found."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Places in `text` to be marked, in order, not overlapping."""
    evidence: Evidence
    text_hash: str
    """Digest of the whole text; "" if the text is not in the graph."""

    @property
    def segments(self) -> list[tuple[str, bool]]:
        """The sentence in pieces, each with whether it is marked."""
        found, at = [], 0
        for start, end in self.marks:
            found += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        return [piece for piece in [*found, (self.text[at:], False)] if piece[0]]


class ReviewItem:
    """One link with all that a reviewer needs; each part is asked from the graph when it is used.

    Args:
        store: the live release.
        ids: base of its addresses.
        item: the link.
    """

    def __init__(self, store: GraphStore, ids: Identifiers, item: Item) -> None:
        self.item = item
        self.iri = ids.link(item.subject, item.relation, item.skill)
        self._store = store

    def _ask(self, name: str, **values: str | Sequence[str]) -> Sequence[Row]:
        return run(self._store, load_library().get(name), values).rows

    @cached_property
    def _evidence_rows(self) -> Sequence[Row]:
        return self._ask("evidence-of-link", link=self.iri)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """The places that led to the link, each once."""
        found = {}
        for row in self._evidence_rows:
            quote, label = row["quote"], row.get("label")
            outcome, features = row.get("outcome"), row.get("features")
            found[row["evidence"].value] = Evidence(
                text_field=row["field"].value,
                language=(quote.language if isinstance(quote, Literal) else None) or "und",
                start=int(row["start"].value),
                end=int(row["end"].value),
                quote=quote.value,
                matched_label=label.value if label is not None else "",
                outcome=outcome.value if outcome is not None else None,
                features=tuple(features.value.split()) if features is not None else (),
            )
        return tuple(found.values())

    @property
    def features(self) -> list[str]:
        """Names of what spoke for the link, the strongest first, each once."""
        return list(dict.fromkeys(name for one in self.evidence for name in one.features))

    @cached_property
    def emphasis(self) -> str:
        """How much of the text is about the skill, "" if the linker does not say."""
        return next((row["emphasis"].value for row in self._evidence_rows if "emphasis" in row), "")

    @cached_property
    def passages(self) -> list[Passage]:
        """The sentences of the evidence, each once."""
        texts: dict[tuple[str, str], list[str]] = {}
        for row in self._ask("link-texts", things=[self.item.subject]):
            value = row["text"]
            if isinstance(value, Literal):
                key = FIELDS.get(row["property"].value, ""), value.language or ""
                texts.setdefault(key, []).append(value.value)
        found: dict[str, Passage] = {}
        for one in self.evidence:
            passage = passage_of(one, texts.get((one.text_field, one.language), []))
            found.setdefault(passage.text, passage)
        return list(found.values())

    @cached_property
    def skill_facts(self) -> dict[str, list[Literal | str]]:
        """Property → values of the skill; texts are literals, things are addresses."""
        facts: dict[str, list[Literal | str]] = {}
        for row in self._ask("values-of", thing=self.item.skill):
            value = row["value"]
            kept = value if isinstance(value, Literal) else value.value
            facts.setdefault(row["property"].value, []).append(kept)
        return facts

    @cached_property
    def narrower(self) -> list[str]:
        """Concepts directly below the skill."""
        return [row["narrower"].value for row in self._ask("narrower-of", concept=self.item.skill)]

    @cached_property
    def broader(self) -> list[str]:
        """Concepts directly above the skill."""
        values = self.skill_facts.get(t.SKOS + "broader", [])
        return sorted(value for value in values if isinstance(value, str))

    @cached_property
    def siblings(self) -> list[str]:
        """Other concepts below the same ones."""
        found = {
            row["narrower"].value
            for concept in self.broader
            for row in self._ask("narrower-of", concept=concept)
        }
        return sorted(found - {self.item.skill})

    @cached_property
    def others(self) -> list[Row]:
        """The other links of the same text, one row each, the surest first."""
        found: dict[tuple[str, str], Row] = {}
        for row in self._ask("links-of-subject", subject=self.item.subject):
            if row["link"].value != self.iri:
                found.setdefault((row["relation"].value, row["skill"].value), row)
        return list(found.values())

    def judged(self, sample: str) -> Judged:
        """Return the link as the store of judgements keeps it."""
        first = self.passages[0] if self.passages else None
        reuse = [value for value in self.skill_facts.get(t.ESCO + "skillReuseLevel", [])]
        return Judged(
            subject=self.item.subject,
            relation=self.item.relation,
            skill=self.item.skill,
            field=first.evidence.text_field if first else self.item.field,
            language=first.evidence.language if first else self.item.language,
            sentence=first.text if first else "",
            text_hash=first.text_hash if first else "",
            linker=self.item.linker,
            confidence=self.item.confidence,
            sample=sample,
            evidence=self.evidence,
            features={
                "places": len(self.evidence),
                "fields": sorted({one.text_field for one in self.evidence}),
                "emphasis": self.emphasis,
                "spoke": self.features,
                "reuse_level": str(reuse[0]).rsplit("/", 1)[-1] if reuse else "",
                "sentences": [passage.text for passage in self.passages],
            },
        )


def passage_of(evidence: Evidence, texts: Sequence[str]) -> Passage:
    """Return the sentence around a piece of evidence, with the words marked.

    Args:
        evidence: where the skill was found.
        texts: the texts of its field and language; the one that has the words in their place counts.
    """
    start, end = evidence.start, evidence.end
    text = next((one for one in texts if one[start:end] == evidence.quote), "")
    if not text:  # the text changed since, or the source states the skill itself
        return Passage(
            evidence.quote, _words_like(evidence.quote, evidence.matched_label), evidence, ""
        )
    around = [one for one in sentences(text) if one.start < end and one.end > start]
    first = min([start, *(one.start for one in around)])
    last = max([end, *(one.end for one in around)])
    first, last = max(first, start - 2 * _AROUND), min(last, end + 2 * _AROUND)
    sentence = text[first:last]
    whole = end - start >= _ALMOST_ALL * len(sentence)
    marks = _words_like(sentence, evidence.matched_label) if whole else ((start - first, end - first),)
    return Passage(sentence, marks, evidence, digest(text))


def _words_like(sentence: str, label: str) -> tuple[tuple[int, int], ...]:
    """Return the words that begin like a word of the label: endings differ, compounds go on."""
    stems = [
        word[: max(_LEAST, len(word) - 3)]
        for word in _WORD.findall(label.casefold())
        if len(word) >= _LEAST or word == label.casefold()
    ]
    return tuple(
        (found.start(), found.end())
        for found in _WORD.finditer(sentence)
        if any(found.group().casefold().startswith(stem) for stem in stems)
    )
