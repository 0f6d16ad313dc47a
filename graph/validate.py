"""Hold the data against the SHACL shapes, batch by batch, in bounded memory.

For each shape's target class the instances are taken in batches; their triples, and the types of
what they point to, are copied into a small graph, which pySHACL checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyshacl
from pyoxigraph import NamedNode, RdfFormat, serialize
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH

from graph.binding import bind
from graph.store import GraphStore
from graph.templates import template
from ontology import terms as t

BATCH = 2_000
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
    examples: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Count a finding and keep it if it is among the first of its kind."""
        kind = (finding.severity, finding.shape)
        self.counts[kind] += 1
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


def validate(
    store: GraphStore,
    shape_files: Iterable[Path],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ValidationReport:
    """Check every instance of every target class of the shapes.

    Args:
        store: the data, asked over the union of its graphs.
        shape_files: Turtle files of node shapes with `sh:targetClass`.
        progress: told the number of instances checked so far, and of all.
    """
    report = ValidationReport()
    jobs: list[tuple[Graph, str, list[str]]] = []
    for path in shape_files:
        shapes = Graph().parse(path, format="turtle")
        for target in sorted({str(node) for node in shapes.objects(None, SH.targetClass)}):
            jobs.append((shapes, target, _instances(store, target)))
    total, done = sum(len(instances) for _, _, instances in jobs), 0
    for shapes, target, instances in jobs:
        report.checked[_short(target)] += len(instances)
        for batch in _batches(instances):
            for finding in _check(store, shapes, batch):
                report.add(finding)
            done += len(batch)
            progress(done, total)
    return report


def _instances(store: GraphStore, target: str) -> list[str]:
    query = bind(template("instances"), {"class": [NamedNode(target)]})
    return [row["thing"].value for row in store.select(query) if isinstance(row["thing"], NamedNode)]


def _batches(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _check(store: GraphStore, shapes: Graph, batch: list[str]) -> Iterator[Finding]:
    things = [NamedNode(iri) for iri in batch]
    data = Graph()
    for name in ("things", "types-of-objects"):
        triples = store.construct(bind(template(name), {"things": things}))
        data.parse(data=serialize(triples, format=RdfFormat.N_TRIPLES) or b"", format="nt")
    # The types of neighbours make them instances too: only this batch is the focus.
    _, result, _ = pyshacl.validate(
        data, shacl_graph=shapes, focus_nodes=[URIRef(iri) for iri in batch], advanced=False
    )
    assert isinstance(result, Graph)
    for node in result.subjects(RDF.type, SH.ValidationResult):
        messages = {
            getattr(text, "language", None) or "en": str(text)
            for text in result.objects(node, SH.resultMessage)
        }
        yield Finding(
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
