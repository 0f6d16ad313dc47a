"""Whatever a record of a course catalogue holds, it gives one outcome, and RDF can be made of it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from graph.identifiers import Identifiers
from graph.mapping import to_triples
from loaders.base import Loaded, Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader

SAMPLES = Path(__file__).parent / "samples"
STRANGE: list[Any] = [
    None, 0, -1, 1.5, True, "", " ", "x" * 200_000, "\ud800", "\x00", "<script>x</script>", [], [None], ["x"], [[]],
    {}, {"en": 5}, {"": ""}, {"x": {"y": {"z": []}}}, {"@value": None}, {"id": "#x"}, "9999-99-99", "http://x/ y", 10**30,
]  # fmt: skip
LOADERS = ("opintopolku", "ooapi", "elm", "schemaorg")


def originals(loader: str) -> list[dict[str, Any]]:
    """Return good records of a loader."""
    if loader == "elm":
        return [json.loads((SAMPLES / "elm-credential.json").read_text(encoding="utf-8"))]
    if loader == "schemaorg":
        page = (SAMPLES / "schemaorg.html").read_text(encoding="utf-8")
        block = page.partition('class="seo">')[2].partition("</script>")[0]
        (course,) = (one for one in json.loads(block)["@graph"] if "Course" in one["@type"])
        return [{**course, "provider": "Aalto University"}]
    found: list[dict[str, Any]] = json.loads((SAMPLES / f"{loader}.json").read_text(encoding="utf-8"))
    return found


def mutate(value: Any, dice: random.Random) -> Any:
    """Return a copy with one place, however deep, replaced by something strange or taken away."""
    if isinstance(value, dict) and value and dice.random() < 0.92:
        key = dice.choice(sorted(value))
        copy = dict(value)
        if dice.random() < 0.15:
            del copy[key]
        else:
            copy[key] = mutate(value[key], dice)
        return copy
    if isinstance(value, list) and value and dice.random() < 0.85:
        place = dice.randrange(len(value))
        return [*value[:place], mutate(value[place], dice), *value[place + 1 :]]
    return dice.choice(STRANGE)


@pytest.mark.parametrize("loader", LOADERS)
def test_strange_values_cost_a_record_or_a_field_never_the_load(tmp_path: Path, loader: str) -> None:
    dice = random.Random(20261124)
    good = originals(loader)
    mutants = [mutate(dice.choice(good), dice) for _ in range(300)]
    path = tmp_path / "mutants.json"
    path.write_text("[" + ",\n".join(json.dumps(one) for one in mutants) + "]", encoding="utf-8")
    outcomes = list(get_loader(loader).read([SourceFile(path)], {}))
    assert len(outcomes) == len(mutants)
    ours = [one for one in outcomes if isinstance(one, Problem) and "please report it" in one.remedy]
    assert not ours, [str(problem) for problem in ours[:3]]
    for outcome in outcomes:
        for record in outcome.records if isinstance(outcome, Loaded) else ():
            assert list(to_triples(record, Identifiers()))
