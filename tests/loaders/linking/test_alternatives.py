from __future__ import annotations

from loaders.linking.alternatives import telling_names
from loaders.linking.base import SkillLabel
from loaders.linking.index import ConceptIndex

NAMES = {
    "bread": ["bake bread", "bread baking", "make loaves", "make bread loaves in ovens"],
    "steel": ["weld steel"],
    "data": ["analyse data", "study figures", "interpret numbers", "read charts", "explore tables"],
}
INDEX = ConceptIndex.build(
    SkillLabel(skill, name, "en", not place)
    for skill, names in NAMES.items()
    for place, name in enumerate(names)
)


def chosen(most: int) -> dict[str, list[str]]:
    names = INDEX.names["en"]
    found: dict[str, list[str]] = {}
    for place in telling_names(names, "en", most):
        found.setdefault(INDEX.skills[names.concepts[place]], []).append(names.texts[place])
    return found


def test_the_preferred_name_comes_first_and_always() -> None:
    assert {skill: names[0] for skill, names in chosen(0).items()} == {
        skill: names[0] for skill, names in NAMES.items()
    }
    assert all(len(names) == 1 for names in chosen(0).values())


def test_names_that_add_words_are_taken() -> None:
    assert "make loaves" in chosen(1)["bread"] or "make bread loaves in ovens" in chosen(1)["bread"]
    assert len(chosen(2)["data"]) == 3
    assert chosen(9)["steel"] == ["weld steel"]


def test_names_that_say_nothing_new_are_left_out() -> None:
    assert set(chosen(9)["bread"]) & {"make loaves", "make bread loaves in ovens"}
    assert len(chosen(9)["data"]) == len(NAMES["data"])
