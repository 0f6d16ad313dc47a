from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.embedded import EmbeddedStore
from queries.pathway import Wish, choose, plan, sort_courses

OCCUPATION = "http://data.europa.eu/esco/occupation/258e46f9-0075-4a2e-adae-1ff0477e0f30"


def test_the_course_with_most_skills_per_credit_comes_first() -> None:
    teaches = {"big": {"a", "b", "c"}, "small": {"a"}, "dear": {"a", "b", "c"}}
    chosen = choose(["a", "b", "c"], teaches, {}, {"big": 5, "small": 5, "dear": 10}, set())
    assert chosen == {"big": {"a", "b", "c"}}


def test_prerequisites_come_along_and_count() -> None:
    teaches = {"advanced": {"a"}, "basic": set[str](), "other": {"a"}}
    requires = {"advanced": ["basic"]}
    credits = {"advanced": 5.0, "basic": 5.0, "other": 6.0}
    assert choose(["a"], teaches, requires, credits, set()) == {"other": {"a"}}
    assert choose(["a"], teaches, requires, credits, {"basic"}) == {"advanced": {"a"}}
    del teaches["other"]
    assert set(choose(["a"], teaches, requires, credits, set())) == {"advanced", "basic"}


def test_what_one_has_passed_is_not_planned_again() -> None:
    assert choose(["a", "b"], {"x": {"a"}, "y": {"b"}}, {}, {}, {"x"}) == {"y": {"b"}}


def test_order_respects_prerequisites() -> None:
    order, rings = sort_courses(dict.fromkeys("abc"), {"a": ["b"], "b": ["c"], "c": ["elsewhere"]})
    assert order == ["c", "b", "a"]
    assert rings == ()


def test_rings_are_broken_and_told() -> None:
    order, rings = sort_courses(dict.fromkeys("abcd"), {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})
    assert sorted(order) == ["a", "b", "c", "d"]
    assert order.index("d") > order.index("a")
    assert [set(ring) for ring in rings] == [{"a", "b", "c"}]


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=4, unique=True)
    )
)
def test_any_web_of_prerequisites_gives_an_order_of_all(requires: dict[str, list[str]]) -> None:
    chosen = dict.fromkeys({*requires, *(b for before in requires.values() for b in before)})
    order, rings = sort_courses(chosen, requires)
    assert sorted(order) == sorted(chosen)
    broken = sum(
        order.index(before) > order.index(course) for course in requires for before in requires[course]
    )
    own = sum(course in before for course, before in requires.items())
    assert broken + own <= len(rings) + own


def test_a_plan_on_the_sample(sample_store: EmbeddedStore) -> None:
    found = plan(sample_store, Wish(occupation=OCCUPATION))
    taught = {skill for step in found.steps for skill in step.skills}
    assert taught | set(found.missing) == set(found.targets)
    assert not taught & set(found.missing)
    seen: set[str] = set()
    for step in found.steps:
        assert set(step.prerequisites) <= seen
        seen.add(step.course)
    assert found.credits > 0
    assert found.without_credits == 0


def test_known_skills_and_passed_courses_shorten_it(sample_store: EmbeddedStore) -> None:
    full = plan(sample_store, Wish(occupation=OCCUPATION))
    known = plan(sample_store, Wish(occupation=OCCUPATION, known=full.targets[:3]))
    assert len(known.targets) == len(full.targets) - 3
    passed = plan(sample_store, Wish(occupation=OCCUPATION, passed=(full.steps[0].course,)))
    assert full.steps[0].course not in {step.course for step in passed.steps}


def test_skills_may_be_named_instead(sample_store: EmbeddedStore) -> None:
    target = plan(sample_store, Wish(occupation=OCCUPATION)).steps[0].skills
    found = plan(sample_store, Wish(skills=target[:1] or (OCCUPATION,)))
    assert len(found.targets) == 1


@pytest.mark.parametrize("wish", [Wish(), Wish(skills=("http://example.org/unknown",))])
def test_nothing_to_reach_is_an_empty_plan(sample_store: EmbeddedStore, wish: Wish) -> None:
    found = plan(sample_store, wish)
    assert (found.targets, found.steps) == ((), [])


def test_one_university_and_language_narrow_the_choice(sample_store: EmbeddedStore) -> None:
    vaasa = "https://data.fitech.example/id/organisation/vaasa"
    found = plan(sample_store, Wish(occupation=OCCUPATION, university=vaasa))
    assert all("/vaasa/" in step.course for step in found.steps)
    assert not plan(sample_store, Wish(occupation=OCCUPATION, language="de")).steps
