"""Whatever stands in a field, a record has one outcome, and what is staged is sound RDF without scripts."""

from __future__ import annotations

import json
import random

import pytest
from pyoxigraph import Literal, RdfFormat, parse

from graph.embedded import EmbeddedStore
from tests.loaders.bad_input import mutants
from tests.loaders.bad_input.conftest import Load
from tests.loaders.bad_input.sources import Source
from tests.loaders.bad_input.table import SOURCES

MUTANTS = 250
ROWS = {
    name: source
    for name, source in SOURCES.items()
    if source.form
    in ("json array", "json-ld", "xml", "csv", "tsv", "turtle", "sql", "bibtex", "ris", "html", "xlsx")
    or (source.family == "json" and source.form == "json lines" and source.loader == "fingreylit")
}
MERGED = ("turtle", "json-ld")
"""Forms in which two statements about one thing, or one that lost its address, make no record more."""


def mutant(source: Source, number: int, dice: random.Random) -> str:
    """Return a record of the source in which something is strange."""
    part = source.parts[number % len(source.parts)]
    match source.family:
        case "json" | "json-ld" | "xlsx":
            return mutants.json_text(json.loads(part), dice)
        case "xml":
            return mutants.xml_text(source.head, part, dice)
        case "csv":
            return mutants.csv_text(part, ";" if ";" in source.head else ",", dice)
        case "tsv":
            return mutants.value_text(part, r"\t([^\t]*)", dice).replace("\0", "")
        case "turtle":
            return mutants.turtle_text(part, dice)
        case "sql" if source.loader == "jod":
            start, end = part.index("{"), part.rindex("}") + 1
            text = mutants.json_text(json.loads(part[start:end].replace("''", "'")), dice)
            text = text if text.startswith(("{", "[")) else "{}"
            return part[:start] + text.replace("'", "''") + part[end:]
        case "sql":
            start, end = part.index("<Julkaisu>"), part.rindex("</Julkaisu>") + len("</Julkaisu>")
            text = mutants.xml_text("", part[start:end], dice).replace("\n", " ").replace("\r", " ")
            return part[:start] + text.replace("'", "''") + part[end:]
        case "html":
            start, end = part.index(">") + 1, part.rindex("</script>")
            changed = mutants.mutate(json.loads(part[start:end]), dice)
            changed = {} if isinstance(changed, list) else changed  # a list holds records, or none
            text = json.dumps(changed).replace("</", "<\\/")
            return part[:start] + text + part[end:]
        case "bibtex":
            return mutants.value_text(part, r"= \{?([^\n{}]*)\}?,\n", dice)
        case _:
            return mutants.value_text(part, r"  - ([^\n]*)", dice)


@pytest.mark.parametrize("source", ROWS.values(), ids=ROWS)
def test_strange_values_cost_a_record_or_a_field_never_the_load(load: Load, source: Source) -> None:
    dice = random.Random(f"20261124 {source.id}")
    count = 60 if source.form == "xlsx" else MUTANTS
    parts = [mutant(source, number, dice) for number in range(count)]
    if source.id == "elm-xml":  # an address that stands twice is one thing
        parts = [part.replace("/las/", f"/las/{number}-", 1) for number, part in enumerate(parts)]
    if source.form == "xlsx":
        parts = [part for part in parts if is_row_of_a_sheet(json.loads(part))]
    loading = load(source, source.text(parts))
    assert not loading.error
    records = loading.report["records_in"] - source.other_records
    assert records == len(parts) or (source.form in MERGED and 0 < records <= len(parts))
    check_the_statements(loading.triples)


def is_row_of_a_sheet(cells: object) -> bool:
    """Return whether Excel has such cells: it knows no lists, no control characters and no endless texts."""
    if not isinstance(cells, list) or not any(cells):
        return False
    texts = [cell for cell in cells if isinstance(cell, str)]
    plain = all(isinstance(cell, str | int | float | None) for cell in cells)
    return plain and all(len(text) < 32_000 and not set(text) & set("\0\ud800\ufffe") for text in texts)


def check_the_statements(triples: bytes) -> None:
    found = [quad.triple for quad in parse(triples, RdfFormat.N_TRIPLES)]
    store = EmbeddedStore()
    store.replace_graph("https://example.org/g", found)
    assert store.count("https://example.org/g") == len(set(found))
    told = [
        triple
        for triple in found
        if isinstance(triple.object, Literal) and mutants.SCRIPT in triple.object.value
    ]
    assert not told, told[:3]
