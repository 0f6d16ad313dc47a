"""What linkers need of ESCO, from the live release or else from the staged sources."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from app.answers import live_store
from app.pipeline.esco import ESCO_LOADERS, FORMER_SOURCE
from app.workspace import Workspace, WorkspaceError
from graph.releases import Releases
from loaders.linking.base import TRANSVERSAL, SkillInfo, SkillLabel
from loaders.linking.evaluation.esco_files import EscoSkills
from loaders.staging.load_report import read_reports
from loaders.staging.staged_files import TRIPLES
from ontology import terms as t

_TYPE, _SKILL = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", t.ESCO + "Skill"
_REUSE, _KIND = t.ESCO + "skillReuseLevel", t.ESCO + "skillType"
_NAMES = {t.SKOS + "prefLabel": True, t.SKOS + "altLabel": False}
_DESCRIPTION = t.DCT + "description"
_BROADER = t.SKOS + "broader"
_NEEDS = (t.ESCO + "relatedEssentialSkill", t.ESCO + "relatedOptionalSkill")
_WANTED = (_TYPE, _REUSE, _KIND, *_NAMES, _DESCRIPTION, _BROADER, *_NEEDS)


def esco_skills(place: Workspace) -> EscoSkills:
    """Return the skills of the live release, or of the staged sources if nothing is live.

    Raises:
        WorkspaceError: there is no ESCO in the data directory.
    """
    if Releases(place.path).live() is not None:
        with live_store(place) as store:
            quads = (
                Triple(quad.subject, quad.predicate, quad.object)
                for predicate in _WANTED
                for quad in store.engine.quads_for_pattern(None, NamedNode(predicate), None, None)
            )
            found = _collect(quads)
    else:
        found = _collect(_staged(place))
    if not found.labels:
        raise WorkspaceError(
            f"There is no ESCO in {place.path}. Load it (`fitech load esco PATH…`), or name its files "
            "with --esco."
        )
    return found


def _staged(place: Workspace) -> Iterator[Triple]:
    for report in read_reports(place.staged) if place.staged.is_dir() else ():
        if report["loader"] in ESCO_LOADERS and report["source"] != FORMER_SOURCE:
            with gzip.open(place.staged / report["source"] / TRIPLES, "rb") as raw:
                for quad in parse(raw, RdfFormat.N_TRIPLES):
                    if quad.predicate.value in _WANTED:
                        yield Triple(quad.subject, quad.predicate, quad.object)


def _collect(triples: Iterable[Triple]) -> EscoSkills:
    skills: set[str] = set()
    names: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    values: dict[str, dict[str, str]] = {_REUSE: {}, _KIND: {}}
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    broader: dict[str, list[str]] = defaultdict(list)
    occupations: Counter[str] = Counter()
    for triple in triples:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if not isinstance(subject, NamedNode):
            continue
        if isinstance(value, Literal):
            if value.language and predicate in _NAMES:
                names[subject.value].append((value.value, value.language, _NAMES[predicate]))
            elif value.language and predicate == _DESCRIPTION:
                texts[subject.value][value.language] = value.value
        elif isinstance(value, NamedNode):
            if predicate == _TYPE and value.value == _SKILL:
                skills.add(subject.value)
            elif predicate in values:
                values[predicate][subject.value] = value.value
            elif predicate == _BROADER:
                broader[subject.value].append(value.value)
            elif predicate in _NEEDS:
                occupations[value.value] += 1
    found = EscoSkills()
    for skill in sorted(skills):
        reuse = values[_REUSE].get(skill)
        kind = values[_KIND].get(skill)
        found.labels += [
            SkillLabel(skill, text, language, preferred, reuse == TRANSVERSAL)
            for text, language, preferred in names[skill]
        ]
        found.concepts.append(
            SkillInfo(
                skill=skill,
                kind="skill",
                skill_type=kind.rsplit("/", 1)[-1] if kind else None,
                reuse_level=reuse.rsplit("/", 1)[-1] if reuse else None,
                broader=tuple(broader[skill]),
                occupations=occupations[skill],
                descriptions=texts.get(skill, {}),
            )
        )
    return found
