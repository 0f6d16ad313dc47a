from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, serialize

from graph.identifiers import Identifiers
from graph.mapping import to_triples
from graph.records import Concept, Evidence, Record, SkillLink, SkillNeed
from loaders.skills.esco_versions.impact import Impact
from loaders.skills.esco_versions.mapping import EscoMapping, Fate, MappingError, Suggestion
from loaders.skills.esco_versions.moves import Moves
from tests.loaders.skills.esco_versions.conftest import uri

IDS = Identifiers()
COURSE = IDS.course("aalto", "CS-1")


def became(old: str, *new: str, kind: str = "merged", confidence: float = 0.9) -> Fate:
    return Fate(uri(old), kind, tuple(map(uri, new)), confidence, "evidence", names={"en": old})


def test_successors_lead_on_over_several_upgrades_and_never_in_circles() -> None:
    first = EscoMapping([became("a", "b"), became("x", "y"), became("back", "b")])
    later = EscoMapping(
        [
            became("b", "c", "d", kind="split"),
            became("y", kind="lost"),
            became("p", "q"),
            became("q", "p"),
        ]
    )
    both = first.after(later, current=[uri("c"), uri("d"), uri("back")])
    assert both.successors(uri("a")) == (uri("c"), uri("d"))
    assert both.successors(uri("x")) == ()
    assert both.successors(uri("p")) == ()
    assert both.successors(uri("other")) == (uri("other"),)
    assert uri("back") not in both.fates  # ESCO took it up again
    assert both.rewrites() == {}
    assert set(both.splits()) == {uri("a"), uri("b")}


def test_a_mapping_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    fate = Fate(
        uri("a"), "split", (uri("b"), uri("c")), 0.9, "person", ("why",), ("B", "C"), "skill", {"fi": "ä"},
        {"en": ("x",)}, {"en": "text"}, (Suggestion(uri("d"), "D", 0.4, ("r",)),), "1 → 2",
    )  # fmt: skip
    path = tmp_path / "esco-mapping.jsonl"
    EscoMapping([fate]).save(path)
    assert EscoMapping.load(path).fates == {uri("a"): fate}
    assert EscoMapping.load(tmp_path / "none").fates == {}
    path.write_text('{"old_uri": 5}\n', encoding="utf-8")
    with pytest.raises(MappingError, match="is damaged"):
        EscoMapping.load(path)


def test_retired_concepts_stay_as_stubs_with_their_names() -> None:
    (stub,) = EscoMapping([became("a", "b")]).stubs()
    assert stub == Concept(
        uri("a"), "concept", {"en": "a"}, status="retired", replaced_by=(uri("b"),), deprecated=True
    )
    types = [
        str(triple.object)
        for triple in to_triples(stub, IDS)
        if triple.predicate.value.endswith("#type")
    ]
    assert types == ["<http://www.w3.org/2004/02/skos/core#Concept>"]  # no skill for the linker to find


def lines(*records: Record) -> list[bytes]:
    triples = (triple for record in records for triple in to_triples(record, IDS))
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert data is not None
    return data.splitlines(keepends=True)


def need(skill: str) -> SkillNeed:
    from decimal import Decimal

    return SkillNeed(f"survey/{skill}", uri(skill), "FI1B1", "2026", Decimal(10), "openings", "Survey")


def link(skill: str) -> SkillLink:
    found = Evidence("outcomes", "en", 0, 4, "word", "word")
    return SkillLink(COURSE, uri(skill), "teaches", 1.0, "stated/1", "accepted", (found, found))


MAPPING = EscoMapping([
    became("one", "new", confidence=0.9), became("two", "p", "q", kind="split", confidence=0.8), became("gone", kind="lost"),
])  # fmt: skip


def test_needs_go_to_the_successor_and_stay_where_there_are_several_or_none() -> None:
    moves = Moves(MAPPING)
    text = b"".join(moves.lines(lines(need("one"), need("two"), need("gone"), need("same"))))
    assert text.count(uri("new").encode()) == 1
    assert uri("one").encode() not in text
    for name in ("two", "gone", "same"):
        assert uri(name).encode() in text
    assert moves.counts() == {"moved": {"concerns": 1}, "left": {"concerns": 2}}
    assert "1 statements now name the successor" in moves.told()[0]


def test_a_link_goes_to_the_successor_with_the_confidence_of_the_mapping() -> None:
    before = lines(link("one"))
    after = list(Moves(MAPPING).lines(before))
    assert len(after) == len(before)
    text = b"".join(after)
    assert uri("one").encode() not in text
    assert b'"0.9000"' in text
    assert b"accepted" in text  # one to one: what a person accepted stays accepted


def test_a_link_to_a_split_concept_is_copied_to_each_part_with_its_share() -> None:
    before = lines(link("two"))
    moves = Moves(MAPPING)
    text = b"".join(moves.lines([*before, *lines(need("same"))]))
    assert text.count(b'"0.4000"') == 2
    assert text.count(b"SkillLink>") == 2
    assert text.count(b"-part-2/evidence-") > 1
    assert uri("p").encode() in text
    assert uri("q").encode() in text
    assert b"accepted" not in text
    assert moves.counts() == {"copied": {"linkSkill": 1}}
    assert text.endswith(b"".join(lines(need("same"))))


def test_nothing_to_move_changes_nothing() -> None:
    source = lines(link("same"), need("same"), link("other"))
    assert list(Moves(MAPPING).lines(source)) == source
    assert Moves(EscoMapping()).idle
    assert Moves(EscoMapping()).told() == []


def test_what_an_upgrade_touches_is_counted() -> None:
    impact = Impact([uri("one"), uri("two")])
    impact.scan_lines(lines(link("one"), need("one"), need("two"), link("same")))
    impact.add_link(uri("two"), COURSE)
    assert impact.of(uri("one")).to_json() == {
        "links": 1, "needs": 1, "outcomes": 0, "adverts": 0, "courses": 1, "works": 0,
    }  # fmt: skip
    assert impact.total().to_json()["courses"] == 1  # the same course twice
    assert impact.of(uri("nobody")).links == 0
