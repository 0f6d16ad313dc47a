"""Every query file: its header, its languages, its parameters, and that it runs on the sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from pyoxigraph import Triple

from graph.binding import placeholders
from graph.embedded import EmbeddedStore
from graph.store import Row
from queries.library import (
    AUDIENCES,
    INTERNAL,
    QueryError,
    construct,
    derive_steps,
    load_library,
    run,
)
from queries.results import selected

LIBRARY = load_library()
ALL = LIBRARY.names(*AUDIENCES, *INTERNAL)
SKILL = "http://data.europa.eu/esco/skill/3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"  # machine learning
BASE = "https://data.fitech.example/id/"
DERIVING = {"threshold": "0.5", "base": BASE, "year": "2026"}
OCCUPATION = (
    "http://data.europa.eu/esco/occupation/258e46f9-0075-4a2e-adae-1ff0477e0f30"  # data scientist
)


@pytest.mark.parametrize("name", ALL)
def test_titles_and_descriptions_are_in_three_languages(name: str) -> None:
    query = LIBRARY.get(name)
    assert set(query.title) == {"en", "fi", "sv"}, f"{name}: add the missing # title@…"
    assert set(query.description) == {"en", "fi", "sv"}, f"{name}: add the missing # description@…"


@pytest.mark.parametrize("name", LIBRARY.names())
def test_parameters_of_questions_are_explained_in_three_languages(name: str) -> None:
    for parameter in LIBRARY.get(name).parameters:
        assert set(parameter.help) == {"en", "fi", "sv"}, f"{name}: explain {parameter.name}"


@pytest.mark.parametrize("name", ALL)
def test_header_and_body_speak_of_the_same_parameters(name: str) -> None:
    query = LIBRARY.get(name)
    assert {parameter.name for parameter in query.parameters} == placeholders(query.body)


@pytest.fixture(scope="module")
def values(sample_store: EmbeddedStore) -> dict[str, str]:
    """A value of the sample for every parameter that needs one."""
    course = run(sample_store, LIBRARY.get("courses-teaching-skill"), {"skill": SKILL}).value(
        0, "course"
    )
    person = run(sample_store, LIBRARY.get("experts-on-skill"), {"skill": SKILL}).value(0, "person")
    assert course
    assert person
    outputs = run(sample_store, LIBRARY.get("outputs-of-person"), {"person": person})
    links = run(sample_store, LIBRARY.get("links-of-subject"), {"subject": course})
    return {
        "link": links.value(0, "link") or "",
        "skill": SKILL, "concept": SKILL, "things": SKILL, "thing": SKILL, "occupation": OCCUPATION,
        "course": course, "subject": course, "person": person, "output": outputs.value(0, "output") or "",
        "organisation": f"{BASE}organisation/aalto", "university": f"{BASE}organisation/aalto",
        "topic": "http://uri.suomi.fi/codelist/research/Tieteenala2010/code/213", "beginning": "http://www.yso.fi/onto/yso/",
        "class": "https://data.fitech.example/ontology#Course", "base": "https://x/", "year": "2026",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", [name for name in ALL if not name.startswith("derive-") and name != "describe"]
)
def test_every_query_answers_on_the_sample(
    name: str, sample_store: EmbeddedStore, values: dict[str, str]
) -> None:
    result = run(sample_store, LIBRARY.get(name), given_values(name, values))
    assert result.columns
    may_be_empty = {"narrower-of", "units-of-organisation", "needs-for-concept"}
    assert result.rows or name in may_be_empty, f"{name} gives nothing on the sample"


def given_values(name: str, values: dict[str, str]) -> dict[str, str]:
    """Values for the required parameters of a query, with which it has an answer."""
    own = {
        "pathway-targets": {"occupation": OCCUPATION},
        "concept-links-of-subject": {"subject": f"{BASE}advert/sample/advert-5"},
        "link-texts": {"things": values["course"]},
        "link-outcomes": {"things": values["course"]},
        "skills-taught-elsewhere": {"university": f"{BASE}organisation/vaasa"},
        "parts-of-course": {"course": f"{BASE}course/tampere/DATA.STUD.915"},
        "successor-of": {"thing": f"{BASE}person/openalex-A9900000014"},
    }
    required = {p.name: values[p.name] for p in LIBRARY.get(name).parameters if p.required}
    return own.get(name, required)


@pytest.fixture(scope="module")
def told_once(
    sample_store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedStore]:
    """The statements of the sample in one graph, so that none stands in two sources."""
    path = tmp_path_factory.mktemp("once") / "store"
    query = "SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }"
    store = EmbeddedStore(path)
    triples = (Triple(row["s"], row["p"], row["o"]) for row in sample_store.select(query))  # type: ignore[arg-type]
    store.replace_graph("http://example.org/all", triples)
    yield store
    store.close()


@pytest.mark.parametrize(
    "name", [name for name in ALL if name not in ("describe", "graphs", "statements-of")]
)
def test_what_two_sources_say_counts_once(
    name: str, sample_store: EmbeddedStore, told_once: EmbeddedStore, values: dict[str, str]
) -> None:
    query = LIBRARY.get(name)
    if name.startswith("derive-"):
        given = {p.name: DERIVING[p.name] for p in query.parameters}
        assert set(construct(sample_store, query, given)) == set(construct(told_once, query, given))
        return
    twice = {
        "course": f"{BASE}course/aalto/CS-C9950", "subject": f"{BASE}course/aalto/CS-C9950",
        "output": f"{BASE}output/doi-10.5555/sample.2025.001", "person": f"{BASE}person/openalex-A9900000001",
    }  # fmt: skip
    asked = [given_values(name, values), given_values(name, {**values, **twice})]
    for given in asked:
        rows, once = (
            Counter(map(_row, run(store, query, given).rows)) for store in (sample_store, told_once)
        )
        assert rows == once


def _row(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(term)) for name, term in row.items()))


@pytest.mark.parametrize("name", [name for name in LIBRARY.names() if LIBRARY.get(name).example])
def test_examples_give_rows(name: str, sample_store: EmbeddedStore) -> None:
    query = LIBRARY.get(name)
    assert run(sample_store, query, query.example).rows


def test_an_unknown_query_is_told_with_those_that_exist() -> None:
    with pytest.raises(QueryError, match="experts-on-skill"):
        LIBRARY.get("nothing")


def test_derive_steps_run_closure_first() -> None:
    names = [query.name for query in derive_steps()]
    assert names[0] == "derive-closure"
    assert set(names) == set(LIBRARY.names("derive"))


def test_columns_come_in_the_order_of_the_select() -> None:
    assert selected("SELECT ?a (COUNT(?x) AS ?b) ?c WHERE { ?a ?x ?c }") == ("a", "b", "c")
    assert selected("# SELECT ?no\nSELECT DISTINCT ?a (MAX(?y) AS ?z) { }") == ("a", "z")


# What the questions must mean, on the sample.


def rows(store: EmbeddedStore, name: str, **given: str) -> Iterator[Row]:
    yield from run(store, LIBRARY.get(name), given).rows


def test_a_skill_in_demand_without_course_has_no_course(sample_store: EmbeddedStore) -> None:
    found = [row["skill"].value for row in rows(sample_store, "skills-in-demand-without-course")]
    assert found
    for skill in found:
        assert not list(rows(sample_store, "courses-teaching-skill", skill=skill))


def test_asking_for_one_university_finds_more_gaps(sample_store: EmbeddedStore) -> None:
    everywhere = len(list(rows(sample_store, "skills-in-demand-without-course", limit="1000")))
    vaasa = "https://data.fitech.example/id/organisation/vaasa"
    at_one = rows(sample_store, "skills-in-demand-without-course", university=vaasa, limit="1000")
    assert len(list(at_one)) > everywhere


def test_what_is_researched_and_not_taught_has_outputs_and_no_course(
    sample_store: EmbeddedStore,
) -> None:
    found = list(rows(sample_store, "skills-researched-not-taught"))
    assert found
    for row in found[:20]:
        skill = row["skill"].value
        outputs = list(rows(sample_store, "outputs-about-skill", skill=skill, limit="1000"))
        assert len(outputs) == int(row["outputs"].value)
        assert not list(rows(sample_store, "courses-teaching-skill", skill=skill))


def test_experts_are_ranked_and_their_evidence_is_theirs(sample_store: EmbeddedStore) -> None:
    experts = list(rows(sample_store, "experts-on-skill", skill=SKILL))
    scores = [float(row["score"].value) for row in experts]
    assert scores == sorted(scores, reverse=True)
    for row in experts:
        evidence = list(
            rows(sample_store, "evidence-of-expertise", person=row["person"].value, skill=SKILL)
        )
        assert len({item["output"].value for item in evidence}) == int(row["outputs"].value)
        assert all("quote" in item for item in evidence)


def test_a_year_leaves_out_those_without_newer_evidence(sample_store: EmbeddedStore) -> None:
    everyone = list(rows(sample_store, "experts-on-skill", skill=SKILL))
    newest = max(int(row["latest"].value) for row in everyone)
    recent = list(rows(sample_store, "experts-on-skill", skill=SKILL, since=str(newest)))
    assert 0 < len(recent) < len(everyone)
    assert not list(rows(sample_store, "experts-on-skill", skill=SKILL, since=str(newest + 1)))


def test_an_occupations_gaps_are_rows_without_course(sample_store: EmbeddedStore) -> None:
    found = list(rows(sample_store, "occupation-skills-and-courses", occupation=OCCUPATION))
    assert any("course" in row for row in found)
    assert any("course" not in row for row in found)
    only = rows(
        sample_store, "occupation-skills-and-courses", occupation=OCCUPATION, importance="essential"
    )
    assert {row["importance"].value for row in only} == {"essential"}


def test_rejected_links_never_count(sample_store: EmbeddedStore) -> None:
    weak = sample_store.select(
        "PREFIX f: <https://data.fitech.example/ontology#> SELECT ?s ?k { ?l f:linkSubject ?s ; "
        "f:linkSkill ?k ; f:linkRelation f:teaches ; f:confidence ?c FILTER(?c < 0.5) } LIMIT 20"
    )
    assert weak
    for row in weak:
        assert not sample_store.ask(
            f"ASK {{ {row['s']} <https://data.fitech.example/ontology#teaches> {row['k']} }}"
        )
