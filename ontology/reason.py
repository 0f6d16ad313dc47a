"""Ask HermiT whether the model, and data beside it, hold without contradiction.

HermiT is a Java program that comes with owlready2. owlready2 reads no Turtle, so the files are
turned into N-Triples on the way. Every call works in a world of its own.
"""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import owlready2
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from ontology import terms as t
from ontology.files import reasoned_files

NO_JAVA = (
    "Java was not found, so the reasoner did not run: install it, "
    "for example with `apt-get install default-jre-headless`."
)
_SUBCLASS = NamedNode(t.RDFS + "subClassOf")


@dataclass(frozen=True, slots=True)
class ReasonerReport:
    """What HermiT found. `consistent` is None when it did not run."""

    ran: bool
    consistent: bool | None
    message: str
    """The finding as a sentence."""
    unsatisfiable: tuple[str, ...] = ()
    """Classes that nothing could belong to, as IRIs."""
    inferred: tuple[tuple[str, str], ...] = ()
    """Pairs of class and superclass that follow from the model but are not stated in it."""
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether the reasoner ran and had nothing to object to."""
        return self.consistent is True and not self.unsatisfiable

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)


def check_consistency(extra: Iterable[Path] = ()) -> ReasonerReport:
    """Reason over the ontology, its own vocabulary and any further RDF files.

    Args:
        extra: RDF files (Turtle, N-Triples, RDF/XML by their ending) with more axioms or data.
            Keep data small: HermiT holds everything in memory and takes seconds per thousand
            linked things. Literals of datatypes outside OWL 2 (xsd:date) are passed over.

    Raises:
        ValueError: the ending of an extra file names no RDF format.
        SyntaxError: an extra file is broken; the message names the place.
        RuntimeError: HermiT itself failed.
    """
    extra = list(extra)
    if shutil.which(owlready2.JAVA_EXE) is None:
        return ReasonerReport(ran=False, consistent=None, message=NO_JAVA)
    started = time.monotonic()
    triples = [triple for path in (*reasoned_files(), *extra) for triple in _read(path)]
    world = owlready2.World()
    try:
        _classify(world, triples)
        impossible = set(world.inconsistent_classes()) - {owlready2.Nothing}
        unsatisfiable = tuple(sorted(str(item.iri) for item in impossible))
        inferred = _new_superclasses(world, triples)
    except owlready2.OwlReadyInconsistentOntologyError:
        return ReasonerReport(
            ran=True,
            consistent=False,
            message=_blame(extra),
            seconds=round(time.monotonic() - started, 3),
        )
    except owlready2.OwlReadyJavaError as error:
        raise RuntimeError(f"The reasoner HermiT stopped with an error. {error}") from error
    finally:
        world.close()
    message = (
        f"The model is consistent, but nothing can belong to {', '.join(unsatisfiable)}."
        if unsatisfiable
        else "The model is consistent and every class can have members."
    )
    seconds = round(time.monotonic() - started, 3)
    return ReasonerReport(True, True, message, unsatisfiable, inferred, seconds)


def _read(path: Path) -> Iterable[Triple]:
    rdf_format = RdfFormat.from_extension(path.suffix.removeprefix("."))
    if rdf_format is None:
        raise ValueError(f"{path} has no ending of an RDF format: name it .ttl, .nt or .rdf.")
    return (quad.triple for quad in parse(path=path, format=rdf_format, rename_blank_nodes=True))


def _classify(world: owlready2.World, triples: Iterable[Triple]) -> None:
    text = io.BytesIO()
    serialize(triples, text, RdfFormat.N_TRIPLES)
    text.seek(0)
    world.get_ontology(t.FITECH).load(fileobj=text, format="ntriples")
    owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)


def _new_superclasses(world: owlready2.World, triples: Iterable[Triple]) -> tuple[tuple[str, str], ...]:
    told: dict[str, set[str]] = {}
    for triple in triples:
        below, above = triple.subject, triple.object
        if (
            triple.predicate == _SUBCLASS
            and isinstance(below, NamedNode)
            and isinstance(above, NamedNode)
        ):
            told.setdefault(below.value, set()).add(above.value)
    pairs = {
        (str(item.iri), str(above.iri))
        for item in world.classes()
        for above in item.ancestors()
        if above not in (item, owlready2.Thing, owlready2.Nothing)
    }
    return tuple(sorted(pair for pair in pairs if not _follows(*pair, told)))


def _follows(below: str, above: str, told: dict[str, set[str]]) -> bool:
    """Whether the stated subclass axioms lead from one class to the other."""
    seen: set[str] = set()
    ahead = [below]
    while ahead:
        new = told.get(ahead.pop(), set()) - seen
        seen |= new
        ahead.extend(new)
    return above in seen


def _blame(extra: list[Path]) -> str:
    if extra and check_consistency().consistent:
        names = ", ".join(str(path) for path in extra)
        return (
            f"The model is consistent, but {names} contradicts it: look for a thing of two kinds "
            "that exclude each other, a course that is its own prerequisite, or a number outside "
            "its range."
        )
    return "The ontology contradicts itself: undo the last change of its axioms and add it again."
