"""What people decided, as statements of the graph `graph/decisions`.

A person's word wins over every linker: the status of a link that was decided stands in that graph and
nowhere else. Decisions follow things that got another address (`graph/identity`) and skills that ESCO
retired (docs/esco-upgrade.md). What is decided about a thing that is not in the graph now waits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from pyoxigraph import Triple

from app.review.store import Entry, link_key
from graph.identifiers import Identifiers
from graph.mapping import LINK_STATUSES, to_triples
from graph.records import SkillLink
from graph.subject import DATE_TIME, DECIMAL, Subject
from loaders.skills.esco_versions.mapping import EscoMapping
from ontology import terms as t

METHOD = "review/1"
"""The method of a link that stands on a person's word alone."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What holds of one link because of a person."""

    subject: str
    relation: str
    skill: str
    status: str
    """`accepted`, `rejected`, or `proposed` for a part of an accepted skill that was split."""
    confidence: float | None
    """What the person's word makes of it; None: as the linker says."""
    entry: Entry

    @property
    def link(self) -> str:
        """Key of the link."""
        return link_key(self.subject, self.relation, self.skill)

    @property
    def seen(self) -> bool:
        """Whether the person saw this very link; else it was inherited, or is the better one."""
        return self.link == self.entry.judged.link

    @property
    def direct(self) -> bool:
        """Whether the person named this subject and skill; else the decision followed them here."""
        judged = self.entry.judged
        return self.subject == judged.subject and self.skill in (judged.skill, self.entry.better)


@dataclass(slots=True)
class InForce:
    """The decisions that a build follows."""

    by_link: dict[str, Decided] = field(default_factory=dict)
    waiting: int = 0
    """Decisions about things or skills that are not in the graph now."""
    moved: int = 0
    """Decisions that followed a thing or a skill to another address."""
    _proposed: set[str] = field(default_factory=set)

    def of(self, link: SkillLink) -> Decided | None:
        """Return what was decided of a link that a linker proposes."""
        return self.by_link.get(link_key(link.subject, link.relation, link.skill))

    def remaining(self, link: SkillLink, ids: Identifiers) -> list[Triple]:
        """Return the statements of a proposed link, without those that a person's word replaces."""
        triples = to_triples(link, ids)
        decided = self.of(link)
        if decided is None:
            return triples
        self._proposed.add(decided.link)
        replaced = {t.LINK_STATUS} | ({t.CONFIDENCE} if decided.confidence is not None else set())
        return [triple for triple in triples if triple.predicate.value not in replaced]

    def alone(self) -> Iterator[SkillLink]:
        """Yield the links that no linker proposes now; call it when all went through `remaining`."""
        for decided in self.by_link.values():
            if decided.link not in self._proposed:
                yield _whole(decided)

    def triples(self, ids: Identifiers) -> Iterator[Triple]:
        """Yield the graph of decisions; call it when all proposals went through `remaining`.

        It holds role and time of each decision, never who decided.
        """
        for decided in self.by_link.values():
            iri = ids.link(decided.subject, decided.relation, decided.skill)
            subject = Subject(iri).plain(t.DECIDED_AT, decided.entry.time, DATE_TIME)
            subject.plain(t.DECIDED_BY_ROLE, decided.entry.reviewer.role)
            if decided.link in self._proposed:
                subject.iri(t.LINK_STATUS, LINK_STATUSES[decided.status])
                if decided.confidence is not None:
                    subject.plain(t.CONFIDENCE, f"{decided.confidence:.4f}", DECIMAL)
            else:
                yield from _whole_triples(decided, ids)
            yield from subject.triples()


def _whole(decided: Decided) -> SkillLink:
    """Return a link that no linker proposes now, with the words that the person saw."""
    judged = decided.entry.judged
    return SkillLink(
        subject=decided.subject,
        skill=decided.skill,
        relation=decided.relation,
        confidence=judged.confidence if decided.confidence is None else decided.confidence,
        method=METHOD,
        status=decided.status,
        evidence=judged.evidence,
    )


def _whole_triples(decided: Decided, ids: Identifiers) -> Iterator[Triple]:
    for triple in to_triples(_whole(decided), ids):
        # The words stay; the label was that of another skill.
        if triple.predicate.value != t.MATCHED_LABEL or decided.skill == decided.entry.judged.skill:
            yield triple


def in_force(
    entries: Iterable[Entry],
    mapping: EscoMapping,
    subjects: Collection[str],
    skills: Collection[str],
    successor: Callable[[str], str | None] = lambda iri: None,
) -> InForce:
    """Return what a build follows.

    Args:
        entries: what is in force in the store, the oldest first.
        mapping: what became of retired skills.
        subjects: the things of the graph that may have links.
        skills: the skills of the graph.
        successor: the address that is used instead of one that was joined with another.
    """
    result = InForce()
    ranked: dict[str, tuple[bool, int]] = {}
    for entry in entries:
        found = list(_consequences(entry, mapping, subjects, skills, successor))
        result.waiting += not found
        result.moved += any(not one.direct for one in found)
        for one in found:
            # What was said of this very link counts more than what it inherits; then the newer word.
            rank = (one.direct, entry.id)
            if rank >= ranked.get(one.link, (False, -1)):
                ranked[one.link] = rank
                result.by_link[one.link] = one
    return result


def _consequences(
    entry: Entry,
    mapping: EscoMapping,
    subjects: Collection[str],
    skills: Collection[str],
    successor: Callable[[str], str | None],
) -> Iterator[Decided]:
    judged = entry.judged
    subject: str | None = judged.subject
    if subject not in subjects:
        subject = successor(judged.subject)
    if subject is None or subject not in subjects:
        return
    base = Decided(
        subject=subject,
        relation=judged.relation,
        skill=judged.skill,
        status="accepted" if entry.decision == "accept" else "rejected",
        confidence=1.0 if entry.decision == "accept" else None,
        entry=entry,
    )
    yield from _followed(base, mapping, skills)
    if entry.better:
        better = replace(base, skill=entry.better, status="accepted", confidence=1.0)
        yield from _followed(better, mapping, skills)


def _followed(decided: Decided, mapping: EscoMapping, skills: Collection[str]) -> Iterator[Decided]:
    """Yield the decision for the skill, or for what became of it."""
    parts = [skill for skill in mapping.successors(decided.skill) if skill in skills]
    fate = mapping.fates.get(decided.skill)
    for part in parts:
        if part == decided.skill:
            yield decided
        elif len(parts) > 1 and decided.status == "accepted":
            # Nobody accepted a part: it is proposed, see decision 0016.
            share = (fate.confidence if fate else 1.0) / len(parts)
            yield replace(decided, skill=part, status="proposed", confidence=share)
        else:
            yield replace(decided, skill=part)
