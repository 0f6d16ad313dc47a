"""What linkers learn from the graph beside the texts: facts about skills, and outcomes one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sys import intern

from pyoxigraph import Literal

from graph.embedded import EmbeddedStore
from loaders.linking.base import TRANSVERSAL, SkillInfo, SkillLabel
from queries.library import load_library, run


def skill_labels(store: EmbeddedStore) -> list[SkillLabel]:
    """Return every name of every skill of the graph, in an order that depends on the names alone."""
    found = []
    for row in run(store, load_library().get("link-labels")).rows:
        label = row["label"]
        if isinstance(label, Literal) and label.language:
            found.append(
                SkillLabel(
                    skill=intern(row["skill"].value),  # one text for all names of a skill
                    text=label.value,
                    language=label.language,
                    preferred=row["kind"].value == "preferred",
                    transversal="reuse" in row and row["reuse"].value == TRANSVERSAL,
                )
            )
    return sorted(found, key=lambda x: (x.skill, x.language, not x.preferred, x.text))


def skill_infos(store: EmbeddedStore) -> Iterator[SkillInfo]:
    """Yield what ESCO says of every skill of the graph."""
    for row in run(store, load_library().get("link-concepts")).rows:
        broader, occupations = row.get("broader"), row.get("occupations")
        yield SkillInfo(
            skill=row["skill"].value,
            skill_type=row["type"].value.rpartition("/")[2] if "type" in row else None,
            reuse_level=row["reuse"].value.rpartition("/")[2] if "reuse" in row else None,
            broader=tuple(broader.value.split()) if isinstance(broader, Literal) else (),
            occupations=int(occupations.value) if isinstance(occupations, Literal) else 0,
        )


def outcomes_of(store: EmbeddedStore, courses: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return for each course the text of each learning outcome, in each language, with its IRI."""
    found: dict[str, dict[str, str]] = {}
    for row in run(store, load_library().get("link-outcomes"), {"things": list(courses)}).rows:
        found.setdefault(row["thing"].value, {}).setdefault(row["text"].value, row["outcome"].value)
    return found
