"""Hold the data against the SHACL shapes, batch by batch, in bounded memory.

For each shape's target class the instances are taken in batches; their triples, and the types of
what they point to, are copied into a small graph, which pySHACL checks.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyshacl
from pyoxigraph import NamedNode, RdfFormat, serialize
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from graph.binding import bind
from graph.store import GraphStore
from graph.templates import template
from ontology import terms as t

BATCH = 100
"""Things that are checked together; pySHACL compares each focus node with all others of a batch."""
WORTH_PROCESSES = 5_000
"""Things from which it is worth starting processes for the check."""
EXAMPLES = 20
"""Findings of one kind that are kept word by word; all are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not meet one shape."""

    severity: str
    """`Violation`, `Warning` or `Info`."""
    shape: str
    focus: str
    value: str
    messages: dict[str, str]
    """Language → what to mend."""


@dataclass(slots=True)
class ValidationReport:
    """What SHACL found: counts of everything, examples of each kind."""

    checked: Counter[str] = field(default_factory=Counter)
    """Target class → instances looked at."""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(severity, shape) → findings."""
    by_graph: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    """Named graph that describes the thing → counts like `counts`; a thing of two counts in both."""
    examples: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding, graphs: Iterable[str] = ()) -> None:
        """Count a finding and keep it if it is among the first of its kind."""
        kind = (finding.severity, finding.shape)
        self.counts[kind] += 1
        for graph in graphs:
            self.by_graph.setdefault(graph, Counter())[kind] += 1
        if self.counts[kind] <= EXAMPLES:
            self.examples.append(finding)

    def total(self, severity: str) -> int:
        """Return the number of findings of one severity."""
        return sum(count for (kind, _), count in self.counts.items() if kind == severity)

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; warnings and infos are wishes."""
        return self.total("Violation") == 0

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "conforms": self.conforms,
            "violations": self.total("Violation"),
            "warnings": self.total("Warning"),
            "infos": self.total("Info"),
            "checked": dict(sorted(self.checked.items())),
            "by_graph": {
                graph: [
                    {"severity": severity, "shape": shape, "count": count}
                    for (severity, shape), count in counts.most_common()
                ]
                for graph, counts in sorted(self.by_graph.items())
            },
            "findings": [
                {
                    "severity": severity,
                    "shape": shape,
                    "count": count,
                    "messages": next(e.messages for e in self.examples if e.shape == shape),
                    "examples": [
                        {"focus": e.focus, "value": e.value}
                        for e in self.examples
                        if (e.severity, e.shape) == (severity, shape)
                    ],
                }
                for (severity, shape), count in self.counts.most_common()
            ],
        }


@dataclass(frozen=True, slots=True)
class _Job:
    """One batch to check; plain values, so that it can go to another process."""

    shapes: Path
    target: str
    focus: tuple[str, ...]
    data: bytes
    """N-Triples."""


def validate(
    store: GraphStore,
    shape_files: Iterable[Path],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ValidationReport:
    """Check every instance of every target class of the shapes, on all cores if there are many.

    Args:
        store: the data, asked over the union of its graphs.
        shape_files: Turtle files of node shapes with `sh:targetClass`.
        progress: told the number of instances checked so far, and of all.
    """
    report = ValidationReport()
    todo: list[tuple[Path, str, list[str]]] = []
    for path in shape_files:
        targets = sorted({str(node) for node in _shapes(path).graph.objects(None, SH.targetClass)})
        todo += [(path, target, _instances(store, target)) for target in targets]
    total, done = sum(len(instances) for _, _, instances in todo), 0
    for _, target, instances in todo:
        report.checked[_short(target)] += len(instances)
    for job, findings in _run(_jobs(store, todo), parallel=total > WORTH_PROCESSES):
        graphs = _graphs(store, job.target, sorted({finding.focus for finding in findings}))
        for finding in findings:
            report.add(finding, graphs.get(finding.focus, ()))
        done += len(job.focus)
        progress(done, total)
    return report


def _run(jobs: Iterator[_Job], *, parallel: bool) -> Iterator[tuple[_Job, list[Finding]]]:
    """Check the jobs in order; with processes, a few are read ahead, never all."""
    cores = os.cpu_count() or 1
    if not parallel or cores == 1:
        yield from ((job, _check(job)) for job in jobs)
        return
    # Not forked: the store's own threads would not survive that.
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        waiting: deque[tuple[_Job, Future[list[Finding]]]] = deque()
        for job in jobs:
            waiting.append((job, pool.submit(_check, job)))
            if len(waiting) > 3 * cores:
                first, future = waiting.popleft()
                yield first, future.result()
        for job, future in waiting:
            yield job, future.result()


def _jobs(store: GraphStore, todo: list[tuple[Path, str, list[str]]]) -> Iterator[_Job]:
    for path, target, instances in todo:
        for start in range(0, len(instances), BATCH):
            focus = instances[start : start + BATCH]
            yield _Job(path, target, tuple(focus), _statements(store, _shapes(path), focus))


@dataclass(frozen=True, slots=True)
class _Shapes:
    graph: Graph
    mentioned: frozenset[str]
    """Every IRI of the shapes: only statements with such a property are of interest."""
    classed: frozenset[str]
    """Properties whose values must be of a class."""


@cache
def _shapes(path: Path) -> _Shapes:
    graph = Graph().parse(path, format="turtle")
    _target_directly(graph)
    classed = (p for shape in graph.subjects(SH["class"]) for p in graph.objects(shape, SH.path))
    mentioned = (str(node) for node in graph.all_nodes() if isinstance(node, URIRef))
    return _Shapes(graph, frozenset(mentioned), frozenset(map(str, classed)))


def _target_directly(graph: Graph) -> None:
    """Give property shapes the target classes of their node shapes: the findings are the same ones.

    pySHACL evaluates a shape with a target once for all things of a batch, but a shape that is reached
    by `sh:property` once for each thing.
    """
    for shape in {*graph.subjects(SH.targetClass)}:
        special = (shape, SH.deactivated, None), (shape, SH.path, None), (None, None, shape)
        if any(pattern in graph for pattern in special):
            continue
        targets = [*graph.objects(shape, SH.targetClass)]
        for part in [*graph.objects(shape, SH.property)]:
            for target in targets:
                graph.add((part, SH.targetClass, target))
            graph.remove((shape, SH.property, part))


def _instances(store: GraphStore, target: str) -> list[str]:
    query = bind(template("instances"), {"class": [NamedNode(target)]})
    return [row["thing"].value for row in store.select(query) if isinstance(row["thing"], NamedNode)]


def _graphs(store: GraphStore, target: str, focus: list[str]) -> dict[str, list[str]]:
    """Return the named graphs that describe each thing."""
    found: dict[str, list[str]] = {}
    if focus:
        values = {"things": [*map(NamedNode, focus)], "class": [NamedNode(target)]}
        for row in store.select(bind(template("type-graphs"), values)):
            found.setdefault(row["thing"].value, []).append(row["graph"].value)
    return found


def _statements(store: GraphStore, shapes: _Shapes, focus: list[str]) -> bytes:
    """Return what a batch needs: what the shapes speak of, and the types of the neighbours."""
    said = [
        triple
        for triple in store.construct(bind(template("things"), {"things": [*map(NamedNode, focus)]}))
        if triple.predicate.value in shapes.mentioned or triple.predicate.value == str(RDF.type)
    ]
    neighbours = {
        triple.object
        for triple in said
        if triple.predicate.value in shapes.classed and isinstance(triple.object, NamedNode)
    }
    if neighbours:
        query = bind(template("types"), {"things": sorted(neighbours, key=str)})
        said += store.construct(query)
    return serialize(said, format=RdfFormat.N_TRIPLES) or b""


def _check(job: _Job) -> list[Finding]:
    """Let pySHACL check one batch."""
    data = Graph()
    data.parse(data=job.data, format="nt")
    # The types of neighbours make them instances too: only this batch is the focus.
    _, result, _ = pyshacl.validate(
        data,
        shacl_graph=_shapes(job.shapes).graph,
        focus_nodes=[URIRef(iri) for iri in job.focus],
        advanced=False,
    )
    assert isinstance(result, Graph)
    found = (_finding(result, node) for node in result.subjects(RDF.type, SH.ValidationResult))
    return sorted(found, key=lambda finding: (finding.shape, finding.focus, finding.value))


def _finding(result: Graph, node: Node) -> Finding:
    messages = {
        getattr(text, "language", None) or "en": str(text)
        for text in result.objects(node, SH.resultMessage)
    }
    return Finding(
        severity=_short(str(result.value(node, SH.resultSeverity))),
        shape=_short(str(result.value(node, SH.sourceShape))),
        focus=str(result.value(node, SH.focusNode)),
        value=str(result.value(node, SH.value) or ""),
        messages=messages,
    )


def _short(iri: str) -> str:
    for prefix, namespace in t.PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.rsplit("#", 1)[-1]
