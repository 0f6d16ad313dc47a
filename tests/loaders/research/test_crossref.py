from __future__ import annotations

import gzip
import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.records import Organisation, Person, ResearchOutput
from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader
from tests.loaders.test_any_record import mutate


def work(doi: str | None = "10.5555/A.1", **fields: Any) -> dict[str, Any]:
    return {
        "DOI": doi,
        "type": "journal-article",
        "title": ["Heat pumps in <i>cold</i> climates"],
        "subtitle": ["A study of 40 houses"],
        "language": "en",
        "author": [
            {
                "given": "Maija", "family": "Metsä", "sequence": "first",
                "ORCID": "http://orcid.org/0000-0002-1825-0097", "authenticated-orcid": True,
                "affiliation": [
                    {"name": "Department of Energy, Aalto University, Espoo, Finland"},
                    {"name": "Example Institute", "id": [{"id": "https://ror.org/02nr0ka47", "id-type": "ROR"}]},
                    {"name": "A place that nobody lists"},
                ],
            },
            {"given": "Ville", "family": "Virta", "suffix": "Jr", "sequence": "additional", "affiliation": []},
            {"name": "Heat Pump Consortium", "sequence": "additional"},
        ],
        "container-title": ["Energy &amp; Buildings", "Energy Series"],
        "ISSN": ["0378-7788"],
        "publisher": "Example Press",
        "issued": {"date-parts": [[2025, 3]]},
        "published-online": {"date-parts": [[2025, 3, 14]]},
        "funder": [{"name": "Research Council", "DOI": "10.13039/1"}, {"name": "Research Council"}],
        "subject": ["Building and Construction"],
        "is-referenced-by-count": 7,
        **fields,
    }  # fmt: skip


def load(read: Any, *works: Any) -> Any:
    return read("crossref", {"w.json": json.dumps({"items": list(works)})})


def test_a_work(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, work())
    (output,) = outcomes.of(ResearchOutput)
    assert (output.key, output.doi) == ("doi-10.5555/a.1", "10.5555/a.1")
    assert output.title == {"en": "Heat pumps in cold climates: A study of 40 houses"}
    assert (output.year, output.published) == (2025, date(2025, 3, 14))
    assert (output.container, output.issns) == ("Energy & Buildings", ("0378-7788",))
    assert (output.publishers, output.funders) == (("Example Press",), ("Research Council",))
    assert (output.output_type, output.topics) == ("journal article", ("Building and Construction",))
    assert [one.key for one in outcomes.of(Person)] == [
        "orcid-0000-0002-1825-0097",
        "doi-10.5555/a.1/ville-virta",
    ]
    assert [one.name for one in outcomes.of(Person)] == ["Maija Metsä", "Ville Virta"]
    assert outcomes.of(Person)[0].affiliations == ("aalto", "ror-02nr0ka47")
    group = outcomes.of(Organisation)[-1]
    assert group.name == {"und": "Heat Pump Consortium"}
    assert output.organisations == ("aalto", "ror-02nr0ka47", group.key)
    assert not outcomes.warnings


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"items": [work(), work("10.5555/b")]}),
        json.dumps(
            {"status": "ok", "message": {"total-results": 2, "items": [work(), work("10.5555/b")]}},
            indent=1,
        ),
        json.dumps([work(), work("10.5555/b")]),
        json.dumps(work()) + "\n" + json.dumps({"status": "ok", "message": work("10.5555/b")}),
        json.dumps({"message": {"items": [work()]}})
        + "\n"
        + json.dumps({"message": {"items": [work("10.5555/b")]}}),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_form_in_which_works_come(read, text: str, packed: bool) -> None:  # type: ignore[no-untyped-def]
    name, content = ("w.json.gz", gzip.compress(text.encode())) if packed else ("w.json", text.encode())
    outcomes = read("crossref", {name: content})
    assert [one.key for one in outcomes.of(ResearchOutput)] == ["doi-10.5555/a.1", "doi-10.5555/b"]
    assert len(outcomes.all) == 2


def test_a_single_message(read) -> None:  # type: ignore[no-untyped-def]
    reply = {"status": "ok", "message-type": "work", "message": work()}
    assert len(read("crossref", {"w.json": json.dumps(reply)}).of(ResearchOutput)) == 1


@pytest.mark.parametrize(
    "reply",
    [
        {"status": "failed", "message-type": "validation-failure",
         "message": [{"type": "filter-not-available", "value": "x", "message": "Filter x is unknown"}]},
        {"status": "failed", "message": "Filter x is unknown"},
        {"status": "error", "message-type": "exception", "message": {"name": "Error", "message": "Filter x is unknown"}},
    ],
)  # fmt: skip
def test_a_refusal_of_the_interface_is_told(read, reply: Any) -> None:  # type: ignore[no-untyped-def]
    (problem,) = read("crossref", {"w.json": json.dumps(reply)}).problems
    assert "Filter x is unknown" in problem.reason
    assert problem.record


@pytest.mark.parametrize(
    ("record", "field"),
    [(work(None), "DOI"), (work("none"), "DOI"), (work(title=[]), "title"), (work(title=[" "]), "title"), ([1], ""),
     (work(title=None), "title"), ("text", "")],
)  # fmt: skip
def test_a_bad_work_is_told(read, record: Any, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, record, work("10.5555/b"))
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(ResearchOutput)) == 1


def test_titles_in_every_form(read) -> None:  # type: ignore[no-untyped-def]
    outputs = load(
        read,
        work("10.5555/1", title="A title that is no list", subtitle=None),
        work("10.5555/2", title=["One", "Two"], subtitle=["one"], **{"original-title": ["Yksi"]}),
        work("10.5555/3", title=["What is heat?"], subtitle=["Notes"]),
        work("10.5555/4", title=[], **{"original-title": ["Only the original"]}),
        work("10.5555/5", title=["Of &lt;i&gt;E. coli&lt;/i&gt; at 5 &lt; pH"], subtitle=[]),
    ).of(ResearchOutput)
    assert [(one.title["en"], one.alt_titles) for one in outputs] == [
        ("A title that is no list", ()),
        ("One", ("Two", "Yksi")),
        ("What is heat? Notes", ()),
        ("Only the original", ()),
        ("Of E. coli at 5 < pH", ()),
    ]


def test_an_abstract_in_jats(read) -> None:  # type: ignore[no-untyped-def]
    abstract = (
        "<jats:title>Abstract</jats:title><jats:sec><jats:title>Aims</jats:title><jats:p>To study the heat of "
        "the house and the cold of the night.</jats:p></jats:sec>"
    )
    (output,) = load(read, work(language="fi", title=["Talot"], abstract=abstract)).of(ResearchOutput)
    assert output.abstract == {
        "en": "Aims\n\nTo study the heat of the house and the cold of the night."
    }


@pytest.mark.parametrize(
    ("dates", "year", "day"),
    [
        ({"issued": {"date-parts": [[None]]}}, None, None),
        ({"issued": {"date-parts": []}}, None, None),
        ({"issued": None}, None, None),
        ({"issued": {"date-parts": [[2024]]}}, 2024, None),
        ({"issued": {"date-parts": [["2024", "02", "29"]]}}, 2024, date(2024, 2, 29)),
        (
            {"issued": {"date-parts": [[2024]]}, "published-print": {"date-parts": [[2025, 1, 1]]}},
            2024,
            None,
        ),
        (
            {"issued": {"date-parts": [[None]]}, "posted": {"date-parts": [[2023, 5, 6]]}},
            2023,
            date(2023, 5, 6),
        ),
    ],
)
def test_dates_in_parts(read, dates: Any, year: int | None, day: date | None) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, work(**{"published-online": None, **dates}))
    (output,) = outcomes.of(ResearchOutput)
    assert (output.year, output.published) == (year, day)
    assert not outcomes.warnings


def test_an_impossible_day_costs_the_day_only(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, work(issued={"date-parts": [[2024, 2, 30]]}, **{"published-online": "soon"}))
    (output,) = outcomes.of(ResearchOutput)
    assert (output.year, output.published) == (2024, None)
    assert [one.field for one in outcomes.warnings] == ["issued", "published-online"]


def test_the_isbn_is_the_books_own_not_that_of_its_chapters(read) -> None:  # type: ignore[no-untyped-def]
    isbns = ["http://id.crossref.org/isbn/9780306406157", "0-306-40615-2"]
    outputs = load(
        read,
        work("10.5555/1", type="book", ISBN=isbns),
        work("10.5555/2", type="book-chapter", ISBN=isbns),
    ).of(ResearchOutput)
    assert [(one.output_type, one.identifiers) for one in outputs] == [
        ("book", ("urn:isbn:9780306406157",)),
        ("book part", ()),
    ]


def test_only_relations_that_say_the_same_work_are_identifiers(read) -> None:  # type: ignore[no-untyped-def]
    relation = {
        "is-identical-to": [{"id-type": "doi", "id": "10.5555/SAME"}],
        "is-preprint-of": [{"id-type": "doi", "id": "10.5555/article"}],
        "has-review": [{"id-type": "isbn", "id": "978-0"}],
    }
    (output,) = load(read, work(relation=relation)).of(ResearchOutput)
    assert output.identifiers == ("https://doi.org/10.5555/same",)


def test_editors_are_no_creators(read) -> None:  # type: ignore[no-untyped-def]
    editor = [{"given": "Eeva", "family": "Editor"}]
    outcomes = load(read, work(type="edited-book", author=None, editor=editor))
    assert outcomes.of(ResearchOutput)[0].creators == ()
    assert outcomes.of(Person) == []


@pytest.mark.parametrize("kind", ["journal", "journal-issue", "book-series", "component", "grant"])
def test_what_is_no_work_is_counted(read, kind: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, work(type=kind, title=[]))
    assert len(outcomes.skipped) == 1
    assert not outcomes.problems


def test_the_level_of_a_thesis(read) -> None:  # type: ignore[no-untyped-def]
    outputs = load(
        read,
        work("10.5555/1", type="dissertation", degree=["Doctor of Science"]),
        work("10.5555/2", type="dissertation", degree=["Master of Arts"]),
        work("10.5555/3", type="dissertation"),
    ).of(ResearchOutput)
    assert [one.output_type for one in outputs] == ["doctoral thesis", "master thesis", "thesis"]


def notice(doi: str, target: str, kind: str = "retraction") -> dict[str, Any]:
    return work(
        doi, title=["Retraction note"], subtitle=[], **{"update-to": [{"DOI": target, "type": kind}]}
    )


def test_a_retraction_marks_the_work_not_the_notice(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(
        read,
        notice("10.5555/n1", "10.5555/LATER"),
        work("10.5555/later"),
        work("10.5555/before"),
        notice("10.5555/n2", "10.5555/before"),
        notice("10.5555/n3", "10.5555/elsewhere"),
        notice("10.5555/n4", "10.5555/corrected", "correction"),
        work("10.5555/corrected"),
        work("10.5555/own", **{"updated-by": [{"DOI": "10.5555/n9", "type": "retraction"}]}),
    )
    retracted = {one.key for one in outcomes.of(ResearchOutput) if one.retracted}
    assert retracted == {"doi-10.5555/later", "doi-10.5555/before", "doi-10.5555/own"}
    assert len(outcomes.all) == 8


def test_orcids_whoever_gave_them_unless_they_are_wrong(read) -> None:  # type: ignore[no-untyped-def]
    authors = [
        {
            "given": "A",
            "family": "B",
            "ORCID": "https://orcid.org/0000-0002-1694-233X",
            "authenticated-orcid": False,
        },
        {"given": "C", "family": "D", "ORCID": "https://orcid.org/0000-0002-1694-2330"},
        {"name": "Erik Excentric", "ORCID": "https://orcid.org/0000-0002-1825-0097"},
        {"sequence": "additional"},
    ]
    outcomes = load(read, work(author=authors))
    assert [one.key for one in outcomes.of(Person)] == [
        "orcid-0000-0002-1694-233X", "doi-10.5555/a.1/c-d", "orcid-0000-0002-1825-0097",
    ]  # fmt: skip
    assert [one.field for one in outcomes.warnings] == ["author.ORCID", "author"]


def test_repeated_works_count_once(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, work(), work("10.5555/a.1", title=["Older"]))
    assert len(outcomes.of(ResearchOutput)) == 1
    assert outcomes.skipped == ["a work that stood in the files before"]


def test_bad_fields_are_left_out_with_warnings(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(
        read,
        work(author="Metsä", ISSN=["x"], abstract=5, language="?", publisher=[], funder=[{"name": {}}], relation=[],
             subject={"a": 1}, issued=[2025], type=["x"]),
    )  # fmt: skip
    assert len(outcomes.of(ResearchOutput)) == 1
    assert {one.field for one in outcomes.warnings} == {
        "author", "ISSN", "abstract", "language", "publisher", "funder.name", "relation", "subject", "issued", "type",
    }  # fmt: skip


def test_one_damaged_record_costs_one_record(read) -> None:  # type: ignore[no-untyped-def]
    text = json.dumps(
        {"status": "ok", "message": {"items": [work("10.5555/1"), "HERE", work("10.5555/3")]}}
    )
    outcomes = read("crossref", {"w.json": text.replace('"HERE"', '{"DOI": "10.5555/2", "title": [}')})
    assert [one.key for one in outcomes.of(ResearchOutput)] == ["doi-10.5555/1", "doi-10.5555/3"]
    (problem,) = outcomes.problems
    assert problem.record


@pytest.mark.real_data
def test_real_works(read, shared_data: Path) -> None:  # type: ignore[no-untyped-def]
    folder = shared_data / "research" / "crossref"
    outcomes = read("crossref", {path.name: path.read_bytes() for path in sorted(folder.glob("*.gz"))})
    outputs = {one.doi: one for one in outcomes.of(ResearchOutput)}
    assert (len(outcomes.all), len(outputs), len(outcomes.warnings)) == (15, 15, 0)
    book = outputs["10.1007/978-3-031-74535-5"]
    assert book.identifiers == ("urn:isbn:9783031745348", "urn:isbn:9783031745355")
    assert book.title == {
        "en": "Conceptualizations of Africa: Perspectives from Sciences and Humanities"
    }
    assert outputs["10.1007/978-3-031-74821-9_13"].identifiers == ()
    assert (
        outputs["10.35609/gcbssproceeding.2022.1(2)"]
        .abstract["en"]
        .startswith("Financial literacy is defined")
    )
    assert outputs["10.1371/journal.pone.0182346"].published == date(2017, 8, 3)
    assert not outputs["10.1007/s00417-022-05677-8"].retracted  # a correction


def test_strange_values_cost_a_record_or_a_field(tmp_path: Path) -> None:
    dice = random.Random(20261125)
    abstract = {
        "abstract": "<jats:p>Text</jats:p>",
        "updated-by": [{"type": "retraction"}],
        "ISBN": ["0306406152"],
    }
    originals = [work(f"10.5555/{n}", **abstract) for n in range(5)] + [
        notice("10.5555/n", "10.5555/1")
    ]
    changed = (mutate(dice.choice(originals), dice) for _ in range(500))
    mutants = [one for one in changed if not isinstance(one, list)]  # a list on a line is a page
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in mutants), encoding="utf-8")
    outcomes = list(get_loader("crossref").read([SourceFile(path)], {}))
    ours = [one for one in outcomes if isinstance(one, Problem) and "please report it" in one.remedy]
    assert not ours, [str(one) for one in ours[:3]]
    assert len(outcomes) == len(mutants)
