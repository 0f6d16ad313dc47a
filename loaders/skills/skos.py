"""Any SKOS vocabulary as RDF (Turtle, RDF/XML, JSON-LD, N-Triples), and labels as TSV.

One record is one concept or scheme, whatever stands about it where in the files: labels may be SKOS-XL
nodes, the hierarchy may be told from above. Lists of labels (`<address> TAB label`, the form that Annif
reads) are a matter of `loaders/skills/label_tables.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pyoxigraph import BlankNode, NamedNode, Quad

from graph.records import Concept, LangText
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import guarded
from loaders.readers.files import SourceFile
from loaders.readers.rdf.base import Damage
from loaders.readers.rdf.stream import RDF_PATTERNS, read_statements
from loaders.skills.esco_spool import EDGES, TEXTS, VALUES, Described, Words, spooled
from loaders.skills.label_tables import is_label_table, read_labels
from loaders.texts.text import MAX_TEXT, plain_text
from ontology import terms as t

_ISO = "http://purl.org/iso25964/skos-thes#"
_TYPE = t.RDF + "type"
_SUBCLASS = t.RDFS + "subClassOf"
_TOP_OF = t.SKOS + "topConceptOf"
_IN_SCHEME = NamedNode(t.SKOS + "inScheme")
_CONCEPT, _SCHEME = t.SKOS + "Concept", t.SKOS + "ConceptScheme"
_COLLECTIONS = {t.SKOS + "Collection", t.SKOS + "OrderedCollection", _ISO + "ConceptGroup"}
_LABELS = ("prefLabel", "altLabel", "hiddenLabel")
WORDS = Words(
    texts={
        **TEXTS,
        "http://purl.org/dc/elements/1.1/title": "title",
        t.RDFS + "label": "label",
    },
    values=VALUES,
    edges={
        **EDGES,
        t.SKOS + "related": ("related", False),
        **{
            _ISO + f"broader{kind}": ("broader", False)
            for kind in ("Generic", "Partitive", "Instantial")
        },
        **{
            _ISO + f"narrower{kind}": ("broader", True)
            for kind in ("Generic", "Partitive", "Instantial")
        },
    },
    associations={},
    node_texts={"http://www.w3.org/2008/05/skos-xl#literalForm", t.RDF + "value"},
)
_REMEDY = "Correct it in the vocabulary."


class SkosLoader:
    """Reads the concepts and schemes of a vocabulary, with all relations that SKOS has."""

    info = LoaderInfo(
        name="skos",
        title="SKOS vocabulary",
        description="Any SKOS file as Turtle, RDF/XML, JSON-LD or N-Triples; labels as TSV.",
        version="1",
        file_patterns=(*RDF_PATTERNS, "*.tsv"),
        options={
            "languages": "languages of texts, with commas (default all)",
            "language": "language of labels without a tag, and of TSV files (default: from their name)",
            "scheme": "address of the scheme of the concepts in TSV files, which do not tell it",
        },
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per concept and scheme, and per line of a TSV file; see `Loader.read`."""
        for file in filter(is_label_table, files):
            yield from read_labels(file, options.get("language"), options.get("scheme"))
        chosen = options.get("languages", "all").lower()
        languages = None if chosen.strip() == "all" else {part.strip() for part in chosen.split(",")}
        classes = {_CONCEPT: ""}
        with spooled(languages, WORDS) as spool:
            for file in files:
                if is_label_table(file):
                    continue
                spool.start(file)
                for found in read_statements(file):
                    if isinstance(found, Problem):
                        yield found
                    elif isinstance(found, Damage):
                        spool.damage(_of_its_subject(file, found))
                    else:
                        if (problem := _without_address(file, found)) is not None:
                            yield problem
                        if found.predicate.value == _SUBCLASS and isinstance(found.subject, NamedNode):
                            classes[found.subject.value] = str(getattr(found.object, "value", ""))
                        if found.predicate.value == _TOP_OF:
                            spool.add(Quad(found.subject, _IN_SCHEME, found.object))
                        spool.add(found)
            kinds = _concept_classes(classes)
            reader = _Reader(kinds, languages, options.get("language", "und"))
            for thing in spool.things():
                yield guarded(thing, reader.read)


def _of_its_subject(file: SourceFile, damage: Damage) -> Damage:
    """Return the damage of a line of N-Triples with the subject that its first word still shows.

    The other lines about it are whole: without this the concept would count twice.
    """
    if file.plain_name.rpartition(".")[2].lower() not in ("nt", "nq"):
        return damage
    first = damage.raw.partition("> ")[0]
    subject = re.sub(r"[\s\"<>{}|^`\\\[\]]", "", first)
    return replace(damage, subject=subject) if subject.startswith("http") else damage


def _without_address(file: SourceFile, quad: Quad) -> Problem | None:
    """Return the problem of a concept that is a blank node: nothing can point to it."""
    if not isinstance(quad.subject, BlankNode) or quad.predicate.value != _TYPE:
        return None
    if getattr(quad.object, "value", "") not in (_CONCEPT, _SCHEME):
        return None
    reason = "A concept or scheme has no address (it is a blank node)."
    return Problem(file.name, str(quad.subject), "", reason, "Give it an address (rdf:about, @id).")


def _concept_classes(above: Mapping[str, str]) -> frozenset[str]:
    """Return the classes below `skos:Concept`. `above`: class → the class above it."""
    found = {_CONCEPT}
    while more := {name for name, upper in above.items() if upper in found} - found:
        found |= more
    return frozenset(found)


class _Reader:
    def __init__(self, classes: frozenset[str], languages: set[str] | None, untagged: str) -> None:
        self._classes = classes
        self._languages = languages
        self._untagged = untagged.lower()

    def read(self, thing: Described) -> Outcome:
        """Return what became of one thing that the files describe."""
        if _SCHEME in thing.classes:
            return self._scheme(thing)
        if not self._is_concept(thing):
            return self._other(thing)
        if thing.subject.startswith("file:"):
            reason = "The concept's address is relative, and the file does not say to what."
            remedy = "Declare a base in the file (@base, xml:base), or write whole addresses."
            return thing.problem("", "", reason, remedy)
        return self._concept(thing)

    def _is_concept(self, thing: Described) -> bool:
        if thing.classes & self._classes:
            return True
        named = any(name in thing.texts for name in _LABELS)
        return named and ("inScheme" in thing.values or not thing.classes)

    def _other(self, thing: Described) -> Outcome:
        if thing.damage:
            return thing.damage[0].as_problem()
        if thing.classes & _COLLECTIONS:
            return Loaded((), skipped="a collection of concepts (not part of the graph)")
        if thing.classes:
            names = sorted(name.rpartition("#")[2].rpartition("/")[2] for name in thing.classes)
            return Loaded((), skipped=f"a thing of the class {names[0]} (no concept)")
        if thing.relations and thing.subject.startswith(("http:", "https:", "urn:")):
            return Loaded(tuple(edge for edge in thing.relations if edge.subject != edge.target))
        return Loaded((), skipped="a thing without a class and a label (no concept)")

    def _scheme(self, thing: Described) -> Outcome:
        warnings = self._warnings(thing)
        names = (self._texts(thing, name, warnings)[0] for name in ("prefLabel", "title", "label"))
        label: LangText = next(filter(None, names), {})
        if not label:
            last = thing.subject.rstrip("/#").rpartition("/")[2]
            label = {"und": last or thing.subject}
            reason = "The scheme has no name; it is called by the end of its address."
            warnings.append(thing.problem("", "prefLabel", reason, "Give it a skos:prefLabel."))
        scheme = Concept(
            uri=thing.subject,
            kind="scheme",
            pref_label=label,
            description=self._texts(thing, "description", warnings)[0],
        )
        return Loaded((scheme, *thing.relations), tuple(warnings))

    def _concept(self, thing: Described) -> Outcome:
        warnings = self._warnings(thing)
        label, more = self._texts(thing, "prefLabel", warnings)
        if not label:
            label, more = self._texts(thing, "label", warnings)
        if not label and any(thing.texts.get(name) for name in ("prefLabel", "label")):
            label, more = self._texts(thing, "prefLabel", warnings, every=True)
            reason = f"The concept has no name in the chosen languages; kept: {', '.join(label)}."
            warnings.append(
                thing.problem("", "prefLabel", reason, "Name its languages in the option languages.")
            )
        if not label:
            if thing.damage:
                return thing.damage[0].as_problem()
            return thing.problem(
                "", "prefLabel", "The concept has no label.", "Give it a skos:prefLabel."
            )
        if more:
            reason = f"Several preferred labels in {', '.join(sorted(more))}; one was taken."
            warnings.append(thing.problem("", "prefLabel", reason, "Make the others skos:altLabel."))
        values = thing.values
        status = next(iter(values.get("status", ())), None)
        notations = values.get("notation", ())
        concept = Concept(
            uri=thing.subject,
            kind="concept",
            pref_label=label,
            alt_labels=_merged(more, self._all(thing, "altLabel", warnings), label),
            hidden_labels=self._all(thing, "hiddenLabel", warnings),
            description=self._texts(thing, "description", warnings)[0],
            definition=self._texts(thing, "definition", warnings)[0],
            scope_note=self._texts(thing, "scopeNote", warnings)[0],
            notation=next(iter(notations), None),
            status=status.rpartition("/")[2].rpartition("#")[2] if status else None,
            modified=next(iter(values.get("modified", ())), None),
            in_schemes=tuple(values.get("inScheme", ())),
            replaced_by=tuple(values.get("isReplacedBy", ())),
            deprecated=bool({"true", "1"} & set(values.get("deprecated", ()))),
        )
        edges = (edge for edge in thing.relations if edge.subject != edge.target)
        return Loaded((concept, *edges), tuple(warnings))

    def _warnings(self, thing: Described) -> list[Problem]:
        lost = [
            one.problem(thing.subject, "", f"Something about it was lost. {one.reason}", _REMEDY)
            for one in thing.damage
        ]
        reason = "The field was left out: it holds no address."
        return lost + [thing.problem("", name, reason, _REMEDY) for name in dict.fromkeys(thing.wrong)]

    def _texts(
        self, thing: Described, name: str, warnings: list[Problem], *, every: bool = False
    ) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        """Return one text per language, and what else there is in a language."""
        found = self._all(thing, name, warnings, every=every)
        first = {language: texts[0] for language, texts in found.items()}
        return first, {language: texts[1:] for language, texts in found.items() if texts[1:]}

    def _all(
        self, thing: Described, name: str, warnings: list[Problem], *, every: bool = False
    ) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for tag, text in thing.texts.get(name, ()):
            language = tag.lower() if tag != "und" else self._untagged
            wanted = every or self._languages is None or language.partition("-")[0] in self._languages
            if len(text) > MAX_TEXT:
                reason = f"The text in {language!r} was left out: it has {len(text):,} characters."
                warnings.append(thing.problem("", name, reason, _REMEDY))
            elif wanted or language == "und":
                plain = plain_text(text)
                plain = " ".join(plain.split()) if name.endswith("abel") else plain
                if plain:
                    found.setdefault(language, {})[plain] = None
        return {language: tuple(texts) for language, texts in sorted(found.items())}


def _merged(
    first: Mapping[str, tuple[str, ...]], second: Mapping[str, tuple[str, ...]], preferred: LangText
) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for language in sorted({*first, *second}):
        labels = dict.fromkeys((*first.get(language, ()), *second.get(language, ())))
        kept = tuple(label for label in labels if label != preferred.get(language))
        if kept:
            merged[language] = kept
    return merged
