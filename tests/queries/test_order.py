"""What a source tells in an order comes in that order; what it does not order comes after."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Triple

from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from graph.mapping import to_triples
from graph.records import Course, Record, ResearchOutput
from ontology import terms as t
from queries.library import load_library, run

IDS = Identifiers()


def names(
    name: str, column: str, records: list[Record], more: list[Triple], **values: str
) -> list[str]:
    store = EmbeddedStore()
    triples = [triple for record in records for triple in to_triples(record, IDS)]
    store.replace_graph("https://x/g", [*triples, *more])
    rows = run(store, load_library().get(name), values).rows
    return [row[column].value.rsplit("/", 1)[1] for row in rows]


@pytest.mark.parametrize("order", [("c", "a", "b"), ("a1", "a", "a11", "a2"), ("a",)])
def test_creators_come_in_the_order_of_the_by_line(order: tuple[str, ...]) -> None:
    work = IDS.output("w")
    late = Triple(
        NamedNode(work), NamedNode(t.DCT + "creator"), NamedNode(IDS.person("0-of-another-source"))
    )
    found = names("creators-of-output", "person", [ResearchOutput("w", {}, order)], [late], output=work)
    assert found == [*order, "0-of-another-source"] if len(order) > 1 else sorted(found)


def test_parts_come_in_the_order_of_their_module() -> None:
    codes = ("C 30", "OID.7", "C 3")
    courses = [
        Course("x", "C 3", {}),
        Course("x", "C 30", {}),
        Course("x", "A-1", {}, identifiers=("OID.7",)),
    ]
    module = IDS.course("x", "M")
    parts = [
        Triple(NamedNode(module), NamedNode(t.ELM + "hasPart"), NamedNode(IDS.course("x", one.code)))
        for one in [*courses, Course("x", "0-OTHER", {})]
    ]
    records = [Course("x", "M", {}, kind="module", parts=codes), *courses]
    found = names("parts-of-course", "part", list(records), parts, course=module)
    assert found == ["C%2030", "A-1", "C%203", "0-OTHER"]
