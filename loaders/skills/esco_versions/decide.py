"""Decide what becomes of each retired concept: by a person, by ESCO's own data, else by evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from loaders.skills.esco_versions.compare import Comparison
from loaders.skills.esco_versions.decisions import Decided
from loaders.skills.esco_versions.evidence import Candidate, Evidence
from loaders.skills.esco_versions.mapping import (
    FROM_ESCO,
    FROM_EVIDENCE,
    FROM_PERSON,
    EscoMapping,
    Fate,
    MappingError,
    Suggestion,
)
from loaders.skills.esco_versions.versions import Entry, Version

THRESHOLD = 0.7
"""Confidence below which nothing is mapped."""
_SUGGESTED = 0.05
_MAX_SUGGESTIONS = 3


def decide(
    old: Version,
    new: Version,
    comparison: Comparison,
    decisions: Mapping[str, Decided],
    threshold: float = THRESHOLD,
) -> EscoMapping:
    """Return the fate of every concept that is gone.

    Raises:
        MappingError: a decision names a concept that is not retired, or a successor that the new
            version does not have.
    """
    _check(old, new, comparison, decisions)
    evidence = Evidence(old, new)
    fates = [
        _by_person(entry, decisions[entry.uri], new)
        if entry.uri in decisions
        else _by_esco(entry, new) or _by_evidence(entry, evidence.candidates(entry), threshold)
        for entry in comparison.gone
    ]
    return EscoMapping(_merged(fates, old))


def _check(
    old: Version, new: Version, comparison: Comparison, decisions: Mapping[str, Decided]
) -> None:
    gone = {entry.uri for entry in comparison.gone}
    faults = [
        f"The decision about {uri} cannot be used: "
        + ("the concept is not retired." if uri in old.entries else "there is no such concept.")
        for uri in decisions
        if uri not in gone
    ]
    faults += [
        f"The decision about {uri} cannot be used: the new version has no concept {successor}."
        for uri, decided in decisions.items()
        for successor in decided.new_uris
        if successor not in new.current
    ]
    if faults:
        raise MappingError("\n".join(faults[:20]))


def _fate(entry: Entry, kind: str, uris: Sequence[str], new_names: Sequence[str], by: str) -> Fate:
    return Fate(
        old_uri=entry.uri,
        kind=kind,
        new_uris=tuple(uris),
        confidence=1.0 if uris else 0.0,
        decided_by=by,
        new_names=tuple(new_names),
        concept_kind=entry.kind,
        names=entry.names,
        other_names={code: tuple(sorted(names)) for code, names in entry.other_names.items()},
        texts=entry.texts,
    )


def _by_person(entry: Entry, decided: Decided, new: Version) -> Fate:
    names = [new.entries[uri].name for uri in decided.new_uris]
    kind = "split" if len(names) > 1 else "replaced" if names else "lost"
    fate = _fate(entry, kind, decided.new_uris, names, FROM_PERSON)
    return replace(fate, reasons=("a person decided it", *decided.notes))


def _by_esco(entry: Entry, new: Version) -> Fate | None:
    """Follow ESCO's own replacements until they lead to concepts of the new version."""
    ends: dict[str, None] = {}
    waiting, seen = [entry.uri], {entry.uri}
    while waiting:
        for successor in new.replaced.get(waiting.pop(0), ()):
            if successor in new.current:
                ends[successor] = None
            elif successor not in seen:
                seen.add(successor)
                waiting.append(successor)
    if not ends:
        return None
    names = [new.entries[uri].name for uri in ends]
    fate = _fate(entry, "split" if len(ends) > 1 else "replaced", list(ends), names, FROM_ESCO)
    return replace(fate, reasons=("ESCO names its successor",))


def _by_evidence(entry: Entry, candidates: Sequence[Candidate], threshold: float) -> Fate:
    sure = [one for one in candidates if one.confidence >= threshold]
    named = [one for one in sure if one.carries_name]
    chosen = named if len(named) > 1 else sure[:1]
    fate = _fate(
        entry,
        _kind(entry, chosen),
        [one.entry.uri for one in chosen],
        [one.entry.name for one in chosen],
        FROM_EVIDENCE,
    )
    others = [one for one in candidates if one not in chosen and one.confidence >= _SUGGESTED]
    if not chosen:
        reasons: tuple[str, ...] = (
            "no concept of the new version has its names or took over its description"
            if not others
            else f"the likeliest successor has confidence {others[0].confidence:g} only",
        )
    elif len(chosen) == 1:
        reasons = chosen[0].reasons
    else:
        reasons = tuple(f"{one.entry.name}: {'; '.join(one.reasons)}" for one in chosen)
    return replace(
        fate,
        confidence=min((one.confidence for one in chosen), default=0.0),
        reasons=reasons,
        suggestions=tuple(
            Suggestion(one.entry.uri, one.entry.name, one.confidence, one.reasons)
            for one in others[:_MAX_SUGGESTIONS]
        ),
    )


def _kind(entry: Entry, chosen: Sequence[Candidate]) -> str:
    if not chosen:
        return "lost"
    if len(chosen) > 1:
        return "split"
    (one,) = chosen
    if one.known:
        return "merged"
    other_type = entry.skill_type and one.entry.skill_type not in ("", entry.skill_type)
    if one.same_name:
        return "moved" if other_type else "same"
    return "renamed"


def _merged(fates: Sequence[Fate], old: Version) -> list[Fate]:
    """Call it a merger where several concepts became one, or one became what was there before."""
    targets = Counter(fate.new_uris[0] for fate in fates if len(fate.new_uris) == 1)
    return [
        replace(fate, kind="merged")
        if fate.decided_by == FROM_EVIDENCE
        and len(fate.new_uris) == 1
        and targets[fate.new_uris[0]] > 1
        else fate
        for fate in fates
    ]
