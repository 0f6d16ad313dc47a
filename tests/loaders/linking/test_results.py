from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from graph.records import Evidence, SkillLink
from loaders.linking.results import Results, pack, unpack

texts = st.text(max_size=12)
evidence = st.builds(
    Evidence, text_field=texts, language=texts, start=st.integers(0, 9), end=st.integers(0, 99),
    quote=texts, matched_label=texts, outcome=st.none() | texts,
    features=st.lists(texts, max_size=2).map(tuple),
)  # fmt: skip
links = st.builds(
    SkillLink, subject=st.just("s"), skill=texts, relation=texts,
    confidence=st.floats(0, 1), method=texts, status=texts,
    evidence=st.lists(evidence, max_size=3).map(tuple), emphasis=st.none() | texts,
)  # fmt: skip


@given(st.lists(links, max_size=3))
def test_links_come_back_as_they_were(each: list[SkillLink]) -> None:
    assert list(unpack("s", pack(each))) == each


def link(subject: str, skill: str = "x") -> SkillLink:
    return SkillLink(subject, skill, "teaches", 0.5, "m/1")


def row(subject: str, texts: bytes, *skills: str) -> tuple[str, bytes, bytes]:
    return subject, texts, pack([link(subject, skill) for skill in skills])


def test_only_what_changed_is_asked_for(tmp_path: Path) -> None:
    with Results(tmp_path / "links" / "x.sqlite", "one") as results:
        results.add([row("a", b"1", "x", "y"), row("b", b"2"), row("c", b"3", "z")])
    with Results(tmp_path / "links" / "x.sqlite", "one") as results:
        assert results.changed([("a", b"1"), ("b", b"2"), ("c", b"4"), ("d", b"5")]) == ["c", "d"]
        assert [(found.subject, found.skill) for found in results.links()] == [
            ("a", "x"), ("a", "y"), ("c", "z"),
        ]  # fmt: skip
        results.add([row("c", b"4", "new")])
        assert results.keep_only({"b", "c"}) == 1
        assert [found.skill for found in results.links()] == ["new"]


def test_another_linker_or_wish_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    for state, fresh in (("two", False), ("one", True), (None, False)):
        with Results(path, "one") as results:
            results.add([row("a", b"1", "x")])
        with Results(path, state, fresh=fresh) as results:
            assert results.changed([("a", b"1")]) == ["a"]
            assert list(results.links()) == []


def test_what_depends_on_a_server_is_never_taken_over(tmp_path: Path) -> None:
    for _ in range(2):
        with Results(tmp_path / "x.sqlite", None) as results:
            assert results.changed([("a", b"1")]) == ["a"]
            results.add([row("a", b"1", "x")])
