"""ESCO as RDF: Turtle, JSON-LD, N-Triples or RDF/XML, labels plain or as SKOS-XL nodes.

The statements about one concept lie scattered, its labels and descriptions are nodes of their own, and
the whole file is larger than memory: so what counts is put into a temporary table on disk first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pyoxigraph import BlankNode, Quad

from graph.records import Concept, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import guarded
from loaders.readers.files import SourceFile
from loaders.readers.rdf.base import Damage
from loaders.readers.rdf.stream import RDF_PATTERNS, read_statements
from loaders.skills.esco_spool import Described, spooled
from loaders.skills.esco_terms import (
    LANGUAGES,
    LANGUAGES_HELP,
    RETIRED_STATUSES,
    is_address,
    kind_of,
    languages_of,
)
from loaders.texts.text import plain_text
from ontology import terms as t

_REMEDY = "Take the concept anew from the official file."
_NAMELESS = "The concept has no address (it is a blank node)."
_TYPE = t.RDF + "type"
_IN_NODES = ("literalForm", "nodeLiteral", "isAssociationFor", "skosxl:Label", "skos-xl#Label")
"""Words that stand in statements about labels and texts only."""
_MODEL_CLASSES = ("Skill", "Occupation", "GroupConcept")


class EscoRdfLoader:
    """Reads the concepts and schemes of ESCO's RDF, and what the graph keeps of it."""

    info = LoaderInfo(
        name="esco-rdf",
        title="ESCO classification (RDF)",
        description="ESCO as Turtle, JSON-LD, N-Triples or RDF/XML, with plain or SKOS-XL labels.",
        version="1",
        file_patterns=RDF_PATTERNS,
        options={"languages": LANGUAGES_HELP},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per concept and scheme that the files describe; see `Loader.read`."""
        languages = languages_of(options.get("languages", LANGUAGES))
        with spooled(languages) as spool:
            for file in files:
                spool.start(file)
                for found in read_statements(file):
                    if isinstance(found, Problem):
                        yield found
                    elif isinstance(found, Damage):
                        spool.damage(found)
                    elif _is_nameless(found):
                        yield Problem(file.name, str(found.subject), "", _NAMELESS, _REMEDY)
                    else:
                        spool.add(found)
            yield from _outcomes(spool.things(), languages)


def _outcomes(things: Iterable[Described], languages: set[str] | None) -> Iterator[Outcome]:
    """Yield an outcome for each concept; damage to a label that no concept names comes as a warning.

    Such a label is no record. It is told with the concept that comes next, or the last one.
    """
    loose: list[Problem] = []
    waiting: Outcome | None = None
    for thing in things:
        if (
            not thing.classes
            and thing.damage
            and any(mark in thing.damage[0].raw for mark in _IN_NODES)
        ):
            loose += [damage.as_problem() for damage in thing.damage]
            continue
        if waiting is not None:
            yield waiting
        waiting = guarded(thing, lambda one: _read(one, languages))
        if loose and isinstance(waiting, Loaded):
            waiting = replace(waiting, warnings=(*waiting.warnings, *loose))
            loose = []
    if isinstance(waiting, Loaded):
        waiting = replace(waiting, warnings=(*waiting.warnings, *loose))
        loose = []
    if waiting is not None:
        yield waiting
    yield from loose


def _is_nameless(quad: Quad) -> bool:
    """Whether a statement says that a blank node is a concept: nothing could point to it."""
    return (
        quad.predicate.value == _TYPE
        and isinstance(quad.subject, BlankNode)
        and getattr(quad.object, "value", "") in (t.SKOS + "Concept", t.SKOS + "ConceptScheme")
    )


def _read(thing: Described, languages: set[str] | None) -> Outcome:
    if not thing.classes:
        return _without_class(thing)
    if t.SKOS + "ConceptScheme" in thing.classes:
        return _scheme(thing, languages)
    model = next((name for name in _MODEL_CLASSES if t.ESCO + name in thing.classes), "")
    if t.SKOS + "Concept" not in thing.classes and not model:
        if thing.damage and is_address(thing.subject):
            return thing.damage[0].as_problem()
        names = sorted(name.rpartition("#")[2].rpartition("/")[2] for name in thing.classes)
        return Loaded((), skipped=f"a thing of the class {names[0]} (not part of the graph)")
    if not is_address(thing.subject):
        reason = f"{thing.subject[:100]!r} is no address of ESCO."
        return thing.problem("", "", reason, "Load other vocabularies with the loader skos.")
    notation = next(iter(thing.values.get("notation", ())), None)
    # In RDF a group is a concept that is no skill.
    kind = kind_of(thing.subject, model or "GroupConcept", notation)
    if kind is None or kind == "scheme":
        return Loaded((), skipped="a concept of a code list of ESCO (not part of the graph)")
    return _concept(thing, kind, notation, languages)


def _without_class(thing: Described) -> Outcome:
    if thing.damage:
        return thing.damage[0].as_problem()
    if not thing.texts and not thing.values and is_address(thing.subject):
        return Loaded(tuple(thing.relations))
    reason = "The concept has no class (rdf:type)."
    return thing.problem("", "rdf:type", reason, _REMEDY)


def _scheme(thing: Described, languages: set[str] | None) -> Outcome:
    if not is_address(thing.subject):
        reason = f"{thing.subject[:100]!r} is no address of ESCO."
        return thing.problem("", "", reason, "Load other vocabularies with the loader skos.")
    label = _one_each(thing, "prefLabel", languages) or _one_each(thing, "title", languages)
    scheme = Concept(
        uri=thing.subject,
        kind="scheme",
        pref_label=label,
        description=_one_each(thing, "description", languages),
    )
    return Loaded((scheme, *_relations(thing)), _warnings(thing))


def _concept(thing: Described, kind: str, notation: str | None, languages: set[str] | None) -> Outcome:
    status = next(iter(thing.values.get("status", ())), None)
    status = status.rpartition("/")[2].rpartition("#")[2] if status else None
    deprecated = "true" in thing.values.get("deprecated", ()) or status in RETIRED_STATUSES
    labels = _one_each(thing, "prefLabel", languages)
    warnings = list(_warnings(thing))
    if not labels:
        labels = _one_each(thing, "prefLabel", None)
        if labels:
            reason = f"The concept has no name in the chosen languages; kept: {', '.join(labels)}."
            remedy = "Name its languages in the option languages."
            warnings.append(thing.problem("", "prefLabel", reason, remedy))
        elif not deprecated and thing.damage:
            return thing.damage[0].as_problem()
        elif not deprecated:
            return thing.problem("", "prefLabel", "The concept has no label.", _REMEDY)
    values = thing.values
    concept = Concept(
        uri=thing.subject,
        kind=kind,
        pref_label=labels,
        alt_labels=_several(thing, "altLabel", languages, labels),
        hidden_labels=_several(thing, "hiddenLabel", languages, {}),
        description=_one_each(thing, "description", languages),
        definition=_one_each(thing, "definition", languages),
        scope_note=_one_each(thing, "scopeNote", languages),
        notation=notation,
        skill_type=_last_part(values.get("skillType", ())),
        reuse_level=_last_part(values.get("skillReuseLevel", ())),
        status=status,
        modified=next(iter(values.get("modified", ())), None),
        in_schemes=tuple(values.get("inScheme", ())),
        isco_group=next(iter(values.get("memberOfISCOGroup", ())), None),
        nace_codes=tuple(values.get("naceCode", ())),
        replaced_by=tuple(values.get("isReplacedBy", ())),
        deprecated=deprecated,
    )
    return Loaded((concept, *_relations(thing)), tuple(warnings))


def _relations(thing: Described) -> tuple[Record, ...]:
    """Return the relations that this thing was the first to tell, whichever side it stands on."""
    return tuple(edge for edge in thing.relations if edge.subject != edge.target)


def _warnings(thing: Described) -> tuple[Problem, ...]:
    lost = [
        one.problem(
            thing.subject,
            "",
            f"Something about the concept was lost. {one.reason}",
            "Correct it in the file; the rest of the concept was read.",
        )
        for one in thing.damage
    ]
    wrong = [
        thing.problem("", name, "The field was left out: it holds no address.", _REMEDY)
        for name in dict.fromkeys(thing.wrong)
    ]
    return (*lost, *wrong)


def _on_one_line(text: str) -> str:
    return " ".join(plain_text(text).split())


def _texts(thing: Described, name: str, languages: set[str] | None) -> Iterator[tuple[str, str, str]]:
    """Yield language, tag and text; the language alone comes before its regions (`en`, `en-us`)."""
    found = [
        (tag.partition("-")[0], tag, plain)
        for tag, text in thing.texts.get(name, ())
        if (plain := _on_one_line(text) if name.endswith("Label") else plain_text(text))
    ]
    for language, tag, text in sorted(found):
        if languages is None or language in languages or language == "und":
            yield language, tag, text


def _one_each(thing: Described, name: str, languages: set[str] | None) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for language, _, text in _texts(thing, name, languages):
        chosen.setdefault(language, text)
    return chosen


def _several(
    thing: Described, name: str, languages: set[str] | None, preferred: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for language, _, text in _texts(thing, name, languages):
        if text != preferred.get(language):
            found.setdefault(language, {})[text] = None
    return {language: tuple(texts) for language, texts in found.items()}


def _last_part(addresses: Sequence[str]) -> str | None:
    """`…/skill-type/knowledge` → `knowledge`."""
    return addresses[0].rpartition("/")[2] if addresses else None
