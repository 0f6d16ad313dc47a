"""What OpenAlex says a work is about: topics with their hierarchy, goals, keywords, old concepts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from graph.records import Concept, ConceptRelation, Record
from loaders.readers.fields import Fields
from loaders.research.works import objects
from loaders.texts.text import parse_number, plain_text

TOPICS = "https://openalex.org/topics"
"""The scheme that holds topics, subfields, fields and domains."""
GOALS = "http://metadata.un.org/sdg"
"""The scheme of the United Nations' Sustainable Development Goals."""
ENOUGH = Decimal("0.3")
"""The score from which an old concept is taken."""
ENOUGH_GOAL = Decimal("0.4")
"""The score from which OpenAlex shows a goal today; files of 2023 hold lower ones."""
_LEVELS = ("subfield", "field", "domain")
_ADDRESS = re.compile(
    r"https://openalex\.org/(?:T\d+|subfields/\d+|fields/\d+|domains/\d+)", re.IGNORECASE
)
_GOAL = re.compile(r"https?://metadata\.un\.org/sdg/(\d{1,2})")
_SCHEMES = {TOPICS: "OpenAlex topics", GOALS: "Sustainable Development Goals"}


@dataclass(slots=True)
class About:
    """What one work is about."""

    labels: dict[str, None] = field(default_factory=dict)
    subjects: dict[str, None] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    """The concepts behind `subjects`, and how they stand below each other."""

    def concept(self, uri: str, label: str, scheme: str) -> None:
        """Add a concept to `records`, with the scheme that it belongs to."""
        self.records.append(Concept(scheme, "scheme", {"en": _SCHEMES[scheme]}))
        self.records.append(Concept(uri, "concept", {"en": label}, in_schemes=(scheme,)))


def about(raw: Mapping[str, Any], fields: Fields, told: dict[object, str]) -> About:
    """Read topics, goals and keywords; old concepts only where a work has no topics.

    Args:
        raw: the work.
        fields: for warnings.
        told: the labels of the topics whose concepts were given before; grows.
    """
    found = About()
    topics = objects(fields, "topics", raw.get("topics"))
    for topic in topics:
        _topic(topic, found, fields, told)
    if not topics:
        for concept in objects(fields, "concepts", raw.get("concepts")):
            if _score(concept, "concepts.score", fields) >= ENOUGH:
                _label(concept.get("display_name"), found)
    for keyword in objects(fields, "keywords", raw.get("keywords")):
        _label(keyword.get("display_name") or keyword.get("keyword"), found)
    name = "sustainable_development_goals"
    for goal in objects(fields, name, raw.get(name)):
        if _score(goal, f"{name}.score", fields) >= ENOUGH_GOAL:
            _goal(goal, found, fields)
    return found


def _topic(topic: Mapping[str, Any], found: About, fields: Fields, told: dict[object, str]) -> None:
    uri, name = topic.get("id"), topic.get("display_name")
    if not isinstance(uri, str) or not isinstance(name, str) or not _ADDRESS.fullmatch(uri):
        _label(name, found)
        if uri is not None:
            fields.warn(
                "topics.id", f"The topic {str(uri)[:60]!r} was left out: it is none of OpenAlex."
            )
        return
    known = told.get((uri, name))
    label = known or _label(name, found)
    if not label:
        return
    found.subjects[uri] = None
    if known:
        found.labels[known] = None
        return
    told[uri, name] = label
    found.concept(uri, label, TOPICS)
    for level in _LEVELS:
        above = topic.get(level)
        if not isinstance(above, Mapping):
            return
        address, title = above.get("id"), above.get("display_name")
        if not (isinstance(address, str) and _ADDRESS.fullmatch(address) and isinstance(title, str)):
            if above:
                fields.warn(f"topics.{level}", "It was left out: it is none of OpenAlex.")
            return
        found.concept(address, plain_text(title) or address, TOPICS)
        found.records.append(ConceptRelation(uri, "broader", address))
        uri = address


def _goal(goal: Mapping[str, Any], found: About, fields: Fields) -> None:
    match = _GOAL.fullmatch(str(goal.get("id") or ""))
    label = _label(goal.get("display_name"), found)
    if match is None or not label:
        fields.warn("sustainable_development_goals.id", "A goal was left out: it is none of the UN.")
        return
    uri = f"{GOALS}/{match[1]}"
    found.subjects[uri] = None
    found.concept(uri, label, GOALS)


def _label(value: object, found: About) -> str:
    text = plain_text(value) if isinstance(value, str) else ""
    if text:
        found.labels[text] = None
    return text


def _score(entry: Mapping[str, Any], name: str, fields: Fields) -> Decimal:
    """Return a score, which old dumps write as a text; an absent one counts as 0."""
    return fields.read(name, entry.get("score"), parse_number) or Decimal()
