"""Whatever a JSON record holds, a loader gives exactly one outcome for it, and RDF can be made of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.identifiers import Identifiers
from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader
from loaders.staging.source import LoadError, SourceSpec, stage

SOURCES = {
    "aalto": "courses/aalto-realisations.json",
    "sisu": "courses/tampere-units.jsonl",
    "openalex": "research/works.jsonl",
}
STRANGE: list[Any] = [
    None, 0, -1, 1.5, True, "", " ", "x" * 200_000, "\ud800", "\x00", "<script>x</script>", [], [None], ["x"], [[]],
    {}, {"en": 5}, {"en": None}, {"": ""}, {"x": {"y": {"z": []}}}, "9999-99-99", "http://x/ y", 10**30,
]  # fmt: skip


def records(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    return (
        json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    )


def mutate(
    value: Any,
    dice: random.Random,
    strange: Callable[[random.Random], Any] = lambda dice: dice.choice(STRANGE),
) -> Any:
    """Return a copy with one place, however deep, replaced by something strange or taken away."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(sorted(value))
        copy = dict(value)
        if dice.random() < 0.2:
            del copy[key]
        else:
            copy[key] = mutate(value[key], dice, strange)
        return copy
    if isinstance(value, list) and value and dice.random() < 0.8:
        place = dice.randrange(len(value))
        return [*value[:place], mutate(value[place], dice, strange), *value[place + 1 :]]
    return strange(dice)


@pytest.mark.parametrize("loader", SOURCES)
def test_strange_values_cost_a_record_or_a_field_never_the_load(
    root: Path, tmp_path: Path, loader: str
) -> None:
    dice = random.Random(20261124)
    originals = records(root / "sample" / SOURCES[loader])
    mutants = [mutate(dice.choice(originals), dice) for _ in range(400)]
    path = tmp_path / "mutants.jsonl"
    path.write_text("".join(json.dumps(mutant) + "\n" for mutant in mutants), encoding="utf-8")
    outcomes = list(get_loader(loader).read([SourceFile(path)], {}))
    assert len(outcomes) == len(mutants)
    ours = [
        item for item in outcomes if isinstance(item, Problem) and "please report it" in item.remedy
    ]
    assert not ours, [str(problem) for problem in ours[:3]]
    report = stage(SourceSpec("s", loader, (path,)), tmp_path / "staged", Identifiers())
    assert report.records_in == len(mutants)
    assert report.records_in == report.loaded + sum(report.skipped.values()) + report.rejected


def test_a_fault_of_a_loader_costs_one_record(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = records(root / "sample" / SOURCES["openalex"])[:3]
    path = tmp_path / "w.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in originals))

    def fails(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr("loaders.research.openalex._work", fails)
    with pytest.raises(LoadError, match="a fault of ours"):
        stage(SourceSpec("s", "openalex", (path,)), tmp_path / "staged", Identifiers())
