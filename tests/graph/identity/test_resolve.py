from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.identifiers import Identifiers
from graph.identity.claims import Claim, claims_of
from graph.identity.resolve import TOO_COMMON, Identity, PersonDecision, Resolver
from graph.records import Organisation, Person, Record, ResearchOutput

BASE = "https://example.org/id/"
IDS = Identifiers(BASE)
Resolve = Callable[..., Identity]


@pytest.fixture
def resolve(tmp_path: Path) -> Iterator[Resolve]:
    """Resolve several sources; each is a list of source records, a record a tuple of things."""

    def run(*sources: list[tuple[Record, ...]], people: tuple[PersonDecision, ...] = ()) -> Identity:
        resolver = Resolver(tmp_path / f"{len(list(tmp_path.iterdir()))}.sqlite", IDS)
        for rank, source in enumerate(sources):
            resolver.add(rank, (claim for records in source for claim in claims_of(records, IDS)))
        found = resolver.resolve(people)
        resolver.close()
        return found

    return run


def work(
    key: str, *authors: tuple[str, str], title: str = "On the growth of trees in cities", **more: object
):  # type: ignore[no-untyped-def]
    people = tuple(
        Person(who, name, f"https://orcid.org/{who[6:]}" if who.startswith("orcid-") else None)
        for who, name in authors
    )
    output = ResearchOutput(key, {"en": title}, tuple(p.key for p in people), **{"year": 2024, **more})  # type: ignore[arg-type]
    return (*people, output)


def joined(found: Identity) -> dict[str, str]:
    return {old.removeprefix(BASE): new.removeprefix(BASE) for old, new in found.rewrites.items()}


def test_decisions_tell_what_the_sources_call_the_two(resolve: Resolve) -> None:
    found = resolve(
        [work("virta-7", title="On the growth of trees in cities", identifiers=("virta:7",))],
        [
            work(
                "openalex-W1",
                title="On the growth of trees in cities (proofs)",
                identifiers=("virta:7",),
            )
        ],
        people=(PersonDecision(False, f"{BASE}person/a", f"{BASE}person/b"),),
    )
    unknown, joined_one = found.decisions
    assert (unknown.left_label, unknown.right_label) == ("", "")
    assert {joined_one.left: joined_one.left_label, joined_one.right: joined_one.right_label} == {
        f"{BASE}output/virta-7": "On the growth of trees in cities",
        f"{BASE}output/openalex-W1": "On the growth of trees in cities (proofs)",
    }


def test_a_shared_identifier_makes_one_work_with_the_best_address(resolve: Resolve) -> None:
    found = resolve(
        [work("openalex-W1", doi="10.5555/a", identifiers=("https://openalex.org/W1",))],
        [work("virta-7", identifiers=("https://openalex.org/W1", "virta:7"))],
        [work("doi-10.5555/a", doi="10.5555/a")],
    )
    assert joined(found) == {
        "output/openalex-W1": "output/doi-10.5555/a",
        "output/virta-7": "output/doi-10.5555/a",
    }
    assert {item.reason for item in found.decisions if item.same} == {"identifier"}
    assert found.shared == {BASE + "output/doi-10.5555/a"}


def test_a_title_joins_only_where_no_identifier_holds_apart(resolve: Resolve) -> None:
    one = work("handle-h-1", ("handle-h-1/a", "Metsä, Maija"))
    other = work("virta-1", ("virta-1/a", "Maija Metsä"))
    found = resolve([one], [other])
    assert joined(found)["output/virta-1"] == "output/handle-h-1"
    (decision,) = [item for item in found.decisions if item.kind == "output"]
    assert (decision.reason, decision.confidence) == ("title, year and first author", 0.8)

    preprint = work("doi-10.1/a", ("doi-10.1/a/m", "Metsä, Maija"), doi="10.1/a")
    article = work("doi-10.2/b", ("doi-10.2/b/m", "Metsä, Maija"), doi="10.2/b")
    found = resolve([preprint], [article])
    assert joined(found) == {}
    (decision,) = found.decisions
    assert not decision.same
    assert "10.1/a is not doi:10.2/b" in decision.detail


def test_another_year_or_author_is_another_work(resolve: Resolve) -> None:
    first = work("a-1", ("a-1/m", "Metsä, Maija"))
    assert not joined(resolve([first], [work("b-1", ("b-1/m", "Metsä, Maija"), year=2023)]))
    assert not joined(resolve([first], [work("b-1", ("b-1/v", "Virtanen, Ville"))]))


def test_people_of_one_by_line_meet_by_name_and_keep_their_orcid(resolve: Resolve) -> None:
    orcid = "orcid-0000-0002-1825-0097"
    known = work(
        "doi-10.5555/a", (orcid, "Maija Metsä"), ("openalex-A2", "Ville Virtanen"), doi="10.5555/a"
    )
    named = work(
        "virta-1", ("virta-1/metsa-m", "Metsä, M."), ("virta-1/x", "Virtanen, Ville"), doi="10.5555/a"
    )
    found = resolve([known], [named])
    assert joined(found)["person/virta-1/metsa-m"] == f"person/{orcid}"
    assert joined(found)["person/virta-1/x"] == "person/openalex-A2"
    assert {item.reason for item in found.decisions if item.kind == "person"} == {"by-line of one work"}


def test_two_people_of_one_short_name_stay_two(resolve: Resolve) -> None:
    full = work("doi-1", ("doi-1/a", "Virtanen, Matti"), ("doi-1/b", "Virtanen, Mika"), doi="10.1/x")
    short = work("virta-1", ("virta-1/a", "Virtanen, M."), doi="10.1/x")
    assert [new for old, new in joined(resolve([full], [short])).items() if "person" in old] == []


def test_two_orcids_are_two_people_whatever_their_name(resolve: Resolve) -> None:
    one = work("doi-1", ("orcid-0000-0002-1825-0097", "Metsä, Maija"), doi="10.1/x")
    two = work("virta-1", ("orcid-0000-0001-5109-3700", "Metsä, Maija"), doi="10.1/x")
    found = resolve([one], [two])
    assert [old for old in joined(found) if "person" in old] == []
    assert any(item.kind == "person" and not item.same for item in found.decisions)


def test_organisations_meet_by_register_and_ours_keeps_its_key(resolve: Resolve) -> None:
    ror = "https://ror.org/020hwjq30"
    found = resolve(
        [(Organisation("ror-020hwjq30", {"en": "Aalto"}, (ror,)),)],
        [(Organisation("aalto", {"en": "Aalto University"}, (ror,)),)],
    )
    assert joined(found) == {"organisation/ror-020hwjq30": "organisation/aalto"}


def test_an_identifier_of_many_is_none(resolve: Resolve) -> None:
    sources = [
        [work(f"s-{n}", identifiers=("https://example.org/proceedings",), title=f"Title {n}")]
        for n in range(TOO_COMMON + 1)
    ]
    found = resolve(*sources)
    assert not found.rewrites
    assert [item.reason for item in found.decisions] == ["too common"]


def test_what_a_person_decided_wins_in_both_directions(resolve: Resolve) -> None:
    one, other = work("a-1", doi="10.1/a"), work("b-1", doi="10.1/a")
    apart = PersonDecision(False, BASE + "output/a-1", BASE + "output/b-1", "the DOI is wrong")
    found = resolve([one], [other], people=(apart,))
    assert not found.rewrites
    assert ("person decided", "the DOI is wrong") in {(d.reason, d.detail) for d in found.decisions}

    unlike = work("a-1", title="First"), work("b-1", title="Second")
    same = PersonDecision(True, BASE + "output/a-1", BASE + "output/b-1")
    assert resolve([unlike[0]], [unlike[1]], people=(same,)).rewrites
    assert not resolve([unlike[0]], [unlike[1]]).rewrites, "without the file it is as before"


def test_the_order_of_records_changes_nothing(resolve: Resolve) -> None:
    records = [
        work("openalex-W1", ("openalex-A1", "Maija Metsä"), doi="10.5555/a"),
        work("doi-10.5555/a", ("doi-10.5555/a/m", "Metsä, M."), doi="10.5555/a"),
        work("virta-1", ("virta-1/m", "Metsä, Maija"), identifiers=("virta:1",)),
    ]
    forward = resolve([records[0]], [records[1]], [records[2]])
    assert resolve([records[0]], list(records[1:])).rewrites == forward.rewrites
    assert set(forward.rewrites) >= {BASE + "output/openalex-W1", BASE + "output/virta-1"}


def test_a_record_that_comes_twice_in_one_source_is_shared(resolve: Resolve) -> None:
    assert resolve([work("doi-10.1/x"), work("doi-10.1/x")]).shared == {BASE + "output/doi-10.1/x"}
    assert Claim("x", "person") == Claim("x", "person")


def test_a_chapter_with_the_doi_of_its_book_is_no_other_chapter(resolve: Resolve) -> None:
    one = work(
        "handle-1",
        ("handle-1/a", "Metsä, Maija"),
        title="Digital ecosystems and capabilities",
        doi="10.1/book",
    )
    two = work(
        "handle-2",
        ("handle-2/b", "Virtanen, Ville"),
        title="Design knowledge for new services",
        doi="10.1/book",
    )
    found = resolve([one], [two])
    assert not found.rewrites
    assert [item.reason for item in found.decisions] == ["different titles"]
    same = work("handle-3", ("handle-3/b", "Virtanen, V."), title="Design knowledge", doi="10.1/book")
    assert joined(resolve([two], [same])), "a title cut short, and the same first author"


def test_an_isbn_joins_only_works_of_one_title(resolve: Resolve) -> None:
    book = ("urn:isbn:9789523282254",)
    one = work(
        "h-1", ("h-1/t", "Träskman, Tomas"), title="A pedagogy of black mirroring", identifiers=book
    )
    two = work("h-2", ("h-2/t", "Träskman, Tomas"), title="A model of hackathons", identifiers=book)
    assert not resolve([one], [two]).rewrites
    report = work("h-3", ("h-3/t", "Träskman, T."), title="A model of hackathons", identifiers=book)
    assert joined(resolve([two], [report]))["output/h-3"] == "output/h-2"


def test_a_translated_title_with_the_same_doi_and_author_is_one_work(resolve: Resolve) -> None:
    one = work("a-1", ("a-1/m", "Metsä, Maija"), title="Puiden kasvu kaupungeissa", doi="10.1/a")
    two = work("b-1", ("b-1/m", "Maija Metsä"), title="On the growth of trees in cities", doi="10.1/a")
    assert joined(resolve([one], [two]))
