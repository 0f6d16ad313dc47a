"""Read what linkers need of ESCO straight from its CSV files, without a store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph.records import Concept, ConceptRelation
from loaders.base import Problem
from loaders.linking.base import TRANSVERSAL, SkillInfo, SkillLabel
from loaders.linking.evaluation.gold import GoldError
from loaders.readers.files import FileError, SourceFile, find_files
from loaders.skills.esco import EscoLoader


@dataclass(slots=True)
class EscoSkills:
    """The names of all skills, and what else ESCO says of them."""

    labels: list[SkillLabel] = field(default_factory=list)
    concepts: list[SkillInfo] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was left out, a sentence each."""


def read_esco(paths: Sequence[Path]) -> EscoSkills:
    """Read the official CSV files: zips, folders or single files.

    Of two files of one name (two versions of ESCO in one folder) the first counts.

    Raises:
        GoldError: a path is missing, or there are no skills in the files.
    """
    try:
        files = find_files(paths)
    except FileError as error:
        raise GoldError(str(error)) from None
    found = EscoSkills()
    skills: dict[str, list[Concept]] = defaultdict(list)
    broader: dict[str, list[str]] = defaultdict(list)
    occupations: Counter[str] = Counter()
    problems = 0
    for outcome in EscoLoader().read(_first_of_each(files, found.notes), {}):
        if isinstance(outcome, Problem):
            problems += 1
            continue
        for record in outcome.records:
            if isinstance(record, Concept) and record.kind == "skill" and not record.deprecated:
                skills[record.uri].append(record)
            elif isinstance(record, ConceptRelation):
                if record.relation == "broader":
                    broader[record.subject].append(record.target)
                elif record.relation in ("essential-skill", "optional-skill"):
                    occupations[record.target] += 1
    if not skills:
        names = ", ".join(str(path) for path in paths)
        raise GoldError(f"{names} holds no skills of ESCO. Name the official CSV files or zips.")
    if problems:
        found.notes.append(
            f"{problems:,} rows of ESCO could not be read; `fitech load esco` tells why."
        )
    for skill, concepts in skills.items():
        found.labels += _labels(skill, concepts)
        found.concepts.append(_info(skill, concepts, broader, occupations))
    return found


def _first_of_each(files: Sequence[SourceFile], notes: list[str]) -> list[SourceFile]:
    chosen: dict[str, SourceFile] = {}
    for file in files:
        if file.plain_name in chosen:
            first = chosen[file.plain_name].name
            notes.append(f"{file.name} is left out: {first} has that name and comes first.")
        chosen.setdefault(file.plain_name, file)
    return list(chosen.values())


def _labels(skill: str, concepts: Sequence[Concept]) -> list[SkillLabel]:
    transversal = any(concept.reuse_level == "transversal" for concept in concepts) or any(
        concept.reuse_level == TRANSVERSAL for concept in concepts
    )
    found: dict[tuple[str, str], SkillLabel] = {}
    for concept in concepts:
        for language, text in concept.pref_label.items():
            found[language, text] = SkillLabel(skill, text, language, True, transversal)
    for concept in concepts:
        for language, texts in concept.alt_labels.items():
            for text in texts:
                found.setdefault(
                    (language, text), SkillLabel(skill, text, language, False, transversal)
                )
    return list(found.values())


def _info(
    skill: str,
    concepts: Sequence[Concept],
    broader: dict[str, list[str]],
    occupations: Counter[str],
) -> SkillInfo:
    levels = [concept.reuse_level for concept in concepts if concept.reuse_level]
    return SkillInfo(
        skill=skill,
        kind="skill",
        skill_type=next((concept.skill_type for concept in concepts if concept.skill_type), None),
        reuse_level=levels[0].rsplit("/", 1)[-1] if levels else None,
        broader=tuple(dict.fromkeys(broader.get(skill, ()))),
        occupations=occupations[skill],
        descriptions={
            language: text for concept in concepts for language, text in concept.description.items()
        },
    )
