from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from graph.records import Concept, ConceptRelation, Organisation, Person, ResearchOutput
from loaders.research.openalex import abstract_text


def work(identifier: str = "https://openalex.org/W1", **fields: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "doi": "https://doi.org/10.5555/ABC",
        "title": "Machine <i>learning</i> in forests",
        "publication_year": 2025,
        "publication_date": "2025-03-01",
        "language": "en",
        "type": "article",
        "abstract_inverted_index": {"We": [0], "study": [1], "forests": [2, 4], "and": [3]},
        "topics": [{"display_name": "Forestry"}],
        "keywords": [{"keyword": "old shape"}, {"display_name": "Forestry"}],
        "authorships": [
            {
                "author": {
                    "id": "https://openalex.org/A1",
                    "display_name": "Maija Metsä",
                    "orcid": "https://orcid.org/0000-0002-1825-0097",
                },
                "institutions": [
                    {"id": "https://openalex.org/I1", "display_name": "Aalto University",
                     "ror": "https://ror.org/020hwjq30", "country_code": "FI"},
                    {"id": "https://openalex.org/I2", "display_name": "University of Vaasa",
                     "ror": None, "country_code": "FI"},
                    {"id": "https://openalex.org/I3", "display_name": "University of Vaasa",
                     "ror": "https://ror.org/000000000", "country_code": "SE"},
                ],
            },
            {"author": {"id": "https://openalex.org/A2", "display_name": "Maija Metsä", "orcid": None}},
        ],
        **fields,
    }  # fmt: skip


def test_a_work_with_people_and_places(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("openalex", {"w.jsonl": json.dumps(work())})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "doi-10.5555/abc"
    assert output.title == {"en": "Machine learning in forests"}
    assert output.abstract == {"en": "We study forests and forests"}
    assert output.topics == ("Forestry", "old shape")
    assert output.organisations == ("aalto", "vaasa", "ror-000000000")
    people = outcomes.of(Person)
    assert [p.key for p in people] == ["orcid-0000-0002-1825-0097", "openalex-A2"]
    assert output.creators == ("orcid-0000-0002-1825-0097", "openalex-A2")  # one name, two people


def test_listed_universities_keep_their_own_names(read) -> None:  # type: ignore[no-untyped-def]
    names = {o.key: o.name for o in read("openalex", {"w.json": json.dumps(work())}).of(Organisation)}
    assert names == {"aalto": {}, "vaasa": {}, "ror-000000000": {"en": "University of Vaasa"}}


def test_replies_and_repeated_works(read) -> None:  # type: ignore[no-untyped-def]
    reply = {
        "meta": {"count": 2},
        "results": [work(), work(), work("https://openalex.org/W2", doi=None)],
    }
    outcomes = read("openalex", {"w.json": json.dumps(reply)})
    assert [o.key for o in outcomes.of(ResearchOutput)] == ["doi-10.5555/abc", "openalex-W2"]
    assert outcomes.skipped == ["a work that stood in the files before"]


@pytest.mark.parametrize("letter", ["A", "I", "V", "S", "C", "T", "P", "F"])
def test_records_of_other_kinds_are_counted(read, letter: str) -> None:  # type: ignore[no-untyped-def]
    record = {"id": f"https://openalex.org/{letter}5", "display_name": "x"}
    assert len(read("openalex", {"x.json": json.dumps(record)}).skipped) == 1


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (work(""), "id"),
        (work("https://example.org/W1"), "id"),
        (work(title=None, display_name=None), "title"),
        (work(title=" "), "title"),
        ([1], ""),
    ],
)
def test_a_bad_work_is_told(read, record: Any, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("openalex", {"w.jsonl": json.dumps(record) + "\n" + json.dumps(work())})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(ResearchOutput)) == 1


def test_bad_fields_are_left_out_with_warnings(read) -> None:  # type: ignore[no-untyped-def]
    record = work(
        doi="none", publication_year=20250, publication_date="x", abstract_inverted_index=["a"],
        topics="x", language="!", authorships=[{"author": {"display_name": ""}}],
    )  # fmt: skip
    outcomes = read("openalex", {"w.jsonl": json.dumps(record)})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "openalex-W1"
    assert {w.field for w in outcomes.warnings} == {
        "doi", "publication_year", "publication_date", "abstract_inverted_index", "topics", "language",
        "authorships.author.display_name",
    }  # fmt: skip


def test_an_abstract_in_order_and_with_limits() -> None:
    assert abstract_text({"b": [1], "a": [0, 2]}) == "a b a"
    assert abstract_text(None) == ""
    for wrong in ({"a": 1}, {"a": ["x"]}, {"a": [-1]}, {"a": list(range(30_000))}, "text"):
        with pytest.raises(ValueError):
            abstract_text(wrong)


TOPIC = {
    "id": "https://openalex.org/T10102",
    "display_name": "Forest Ecology and Management",
    "score": 0.99,
    "subfield": {"id": "https://openalex.org/subfields/2309", "display_name": "Nature Conservation"},
    "field": {"id": "https://openalex.org/fields/23", "display_name": "Environmental Science"},
    "domain": {"id": "https://openalex.org/domains/3", "display_name": "Physical Sciences"},
}


def load(read: Any, *works: dict[str, Any], name: str = "w.jsonl") -> Any:
    return read("openalex", {name: "\n".join(json.dumps(one) for one in works)})


def test_topics_are_concepts_with_what_stands_above_them_each_told_once(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(
        read, work(topics=[TOPIC]), work("https://openalex.org/W2", doi=None, topics=[TOPIC])
    )
    for output in outcomes.of(ResearchOutput):
        assert output.subjects == ("https://openalex.org/T10102",)
        assert output.topics[0] == "Forest Ecology and Management"
    concepts = {one.uri: one for one in outcomes.of(Concept)}
    assert len(outcomes.of(Concept)) == len(concepts) == 5
    assert concepts["https://openalex.org/topics"].kind == "scheme"
    topic = concepts["https://openalex.org/T10102"]
    assert (topic.kind, topic.pref_label) == ("concept", {"en": "Forest Ecology and Management"})
    assert topic.in_schemes == ("https://openalex.org/topics",)
    assert [
        (one.subject[20:], one.relation, one.target[20:]) for one in outcomes.of(ConceptRelation)
    ] == [
        ("/T10102", "broader", "/subfields/2309"),
        ("/subfields/2309", "broader", "/fields/23"),
        ("/fields/23", "broader", "/domains/3"),
    ]


def test_a_topic_without_an_address_is_a_label_only(read) -> None:  # type: ignore[no-untyped-def]
    wrong = [
        {"id": "https://example.org/x y", "display_name": "Odd"},
        {"display_name": "Bare"},
        5,
        None,
    ]
    outcomes = load(read, work(topics=wrong, keywords=[]))
    (output,) = outcomes.of(ResearchOutput)
    assert (output.topics, output.subjects) == (("Odd", "Bare"), ())
    assert {warning.field for warning in outcomes.warnings} == {"topics", "topics.id"}


def test_goals_are_taken_from_the_score_that_openalex_shows(read) -> None:  # type: ignore[no-untyped-def]
    goals = [
        {
            "id": "https://metadata.un.org/sdg/7",
            "display_name": "Affordable and clean energy",
            "score": "0.72",
        },
        {"id": "https://metadata.un.org/sdg/4", "display_name": "Quality education", "score": 0.2},
        {"id": "https://metadata.un.org/other", "display_name": "None", "score": 0.9},
    ]
    outcomes = load(read, work(topics=[], keywords=[], sustainable_development_goals=goals))
    (output,) = outcomes.of(ResearchOutput)
    assert output.subjects == ("http://metadata.un.org/sdg/7",)
    assert "Affordable and clean energy" in output.topics
    assert [warning.field for warning in outcomes.warnings] == ["sustainable_development_goals.id"]


def test_old_concepts_stand_in_for_topics_with_scores_as_texts(read) -> None:  # type: ignore[no-untyped-def]
    concepts = [
        {"display_name": "Forestry", "level": 1, "score": "0.45"},
        {"display_name": "Ancestor", "level": 0, "score": 0},
        {"display_name": "Bad", "score": "much"},
    ]
    outcomes = load(read, work(topics=[], keywords=None, concepts=concepts))
    assert outcomes.of(ResearchOutput)[0].topics == ("Forestry",)
    assert [warning.field for warning in outcomes.warnings] == ["concepts.score"]
    assert load(read, work(topics=[TOPIC], keywords=None, concepts=concepts)).of(ResearchOutput)[
        0
    ].topics == ("Forest Ecology and Management",)


def test_funders_of_today_and_of_before(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(
        read,
        work(
            funders=[{"id": "https://openalex.org/F1", "display_name": "Research Council"}],
            awards=[
                {"funder_display_name": "Research Council", "funder_award_id": "1"},
                {"funder_display_name": "Fund"},
            ],
        ),
        work("https://openalex.org/W2", grants=[{"funder_display_name": "Old Fund", "award_id": None}]),
    )
    assert [one.funders for one in outcomes.of(ResearchOutput)] == [
        ("Research Council", "Fund"),
        ("Old Fund",),
    ]


def test_where_a_work_appeared(read) -> None:  # type: ignore[no-untyped-def]
    journal = {"display_name": "Silva &amp; Co", "issn_l": "0037-5330", "issn": ["0037-5330", "2242-4075", "x"],
               "host_organization_name": "Society", "type": "journal"}  # fmt: skip
    repository = {
        "display_name": "Archive",
        "issn": None,
        "host_organization_name": "University",
        "type": "repository",
    }
    outcomes = load(
        read,
        work(primary_location={"source": journal}),
        work("https://openalex.org/W2", primary_location={"source": repository}),
        work(
            "https://openalex.org/W3",
            host_venue={"display_name": "Old Journal", "publisher": "Old Press"},
        ),
        work("https://openalex.org/W4", primary_location={"source": None}),
    )
    found = [(one.container, one.issns, one.publishers) for one in outcomes.of(ResearchOutput)]
    assert found == [
        ("Silva & Co", ("0037-5330", "2242-4075"), ("Society",)),
        (None, (), ("University",)),
        ("Old Journal", (), ("Old Press",)),
        (None, (), ()),
    ]


def test_retracted_works_stay_and_paratexts_are_passed_over(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(
        read,
        work(is_retracted=True),
        work("https://openalex.org/W2", is_paratext=True),
        work("https://openalex.org/W3", type="paratext"),
    )
    assert [one.retracted for one in outcomes.of(ResearchOutput)] == [True]
    assert len(outcomes.skipped) == 2


def test_identifiers_of_a_work(read) -> None:  # type: ignore[no-untyped-def]
    ids = {"openalex": "https://openalex.org/W1", "mag": 274, "pmid": "https://pubmed.ncbi.nlm.nih.gov/294",
           "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/581"}  # fmt: skip
    (output,) = load(read, work("https://openalex.org/w1", ids=ids)).of(ResearchOutput)
    assert output.identifiers == ("https://openalex.org/W1", "pmid:294", "pmcid:PMC581", "mag:274")
    assert load(read, work(ids={"pmid": "none"})).warnings[0].field == "ids.pmid"


def test_two_records_with_one_doi_are_one_work(read) -> None:  # type: ignore[no-untyped-def]
    outputs = load(read, work(), work("https://openalex.org/W2")).of(ResearchOutput)
    assert {one.key for one in outputs} == {"doi-10.5555/abc"}
    assert [one.identifiers[0][-2:] for one in outputs] == ["W1", "W2"]


def test_a_doi_that_cannot_be_read_is_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = load(read, work(doi="https://doi.org/"))
    assert outcomes.of(ResearchOutput)[0].key == "openalex-W1"
    (warning,) = outcomes.warnings
    assert warning.field == "doi"
    assert warning.record.startswith("https://openalex.org/W1 (")


def test_parts_of_a_snapshot_have_no_ending_but_gz(read) -> None:  # type: ignore[no-untyped-def]
    part = gzip.compress((json.dumps(work()) + "\n").encode())
    outcomes = read("openalex", {"data/works/updated_date=2026-01-01/part_000.gz": part})
    assert [one.key for one in outcomes.of(ResearchOutput)] == ["doi-10.5555/abc"]


def test_the_first_file_counts_so_the_newest_is_given_first(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("openalex", {
        "part_1.json": json.dumps(work(publication_year=2026)),
        "part_2.json": json.dumps(work(publication_year=2020)),
    })  # fmt: skip
    assert [one.year for one in outcomes.of(ResearchOutput)] == [2026]
    assert outcomes.skipped == ["a work that stood in the files before"]


def test_every_author_of_a_long_by_line_and_a_note_where_the_interface_cut_it(read) -> None:  # type: ignore[no-untyped-def]
    many = [
        {"author": {"id": f"https://openalex.org/A{n}", "display_name": f"Author {n}"}}
        for n in range(1, 251)
    ]
    outcomes = load(
        read, work(authorships=many), work("https://openalex.org/W2", is_authors_truncated=True)
    )
    assert len(outcomes.of(ResearchOutput)[0].creators) == 250
    assert [warning.field for warning in outcomes.warnings] == ["authorships"]


def test_an_author_known_by_name_only_and_a_wrong_orcid(read) -> None:  # type: ignore[no-untyped-def]
    authors = [
        {"author": {"display_name": None}, "raw_author_name": "Virta, Ville"},
        {
            "author": {
                "id": "https://openalex.org/A7",
                "display_name": "Aino Aalto",
                "orcid": "0000-0002-1825-0098",
            }
        },
    ]
    outcomes = load(read, work(authorships=authors))
    assert [one.key for one in outcomes.of(Person)] == ["doi-10.5555/abc/ville-virta", "openalex-A7"]
    assert [warning.field for warning in outcomes.warnings] == ["authorships.author.orcid"]


def test_an_institution_below_another_one(read) -> None:  # type: ignore[no-untyped-def]
    def place(number: int, *above: int) -> dict[str, Any]:
        iri = "https://openalex.org/I"
        return {"id": f"{iri}{number}", "display_name": f"Place {number}", "ror": None, "country_code": "SE",
                "lineage": [f"{iri}{one}" for one in (number, *above)]}  # fmt: skip

    def by(*places: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "author": {"id": "https://openalex.org/A1", "display_name": "A"},
                "institutions": list(places),
            }
        ]

    outcomes = load(
        read,
        work(authorships=by(place(2, 1))),
        work("https://openalex.org/W2", authorships=by(place(1))),
        work("https://openalex.org/W3", authorships=by(place(2, 1), place(1))),
    )
    found = [(one.key, one.part_of) for one in outcomes.of(Organisation)]
    # What lies above is told as soon as it is known itself; nothing is told twice.
    assert found == [("openalex-I2", None), ("openalex-I1", None), ("openalex-I2", "openalex-I1")]


def test_a_printed_affiliation_helps_where_none_was_recognised(read) -> None:  # type: ignore[no-untyped-def]
    authors = [{"author": {"id": "https://openalex.org/A1", "display_name": "A"}, "institutions": [],
                "raw_affiliation_strings": ["Dept. of Physics, Aalto University, Espoo", "Elsewhere"]}]  # fmt: skip
    outcomes = load(read, work(authorships=authors))
    assert outcomes.of(ResearchOutput)[0].organisations == ("aalto",)
    assert outcomes.of(Person)[0].affiliations == ("aalto",)


def test_an_institution_that_nothing_identifies_is_told(read) -> None:  # type: ignore[no-untyped-def]
    authors = [{"author": {"id": "https://openalex.org/A1", "display_name": "A"},
                "institutions": [{"display_name": "Nameless"}, {"id": "https://openalex.org/I1"}, {"ror": 5}]}]  # fmt: skip
    outcomes = load(read, work(authorships=authors))
    assert outcomes.of(Organisation) == []
    assert {warning.field for warning in outcomes.warnings} == {"authorships.institutions"}


def test_an_abstract_keeps_its_own_language(read) -> None:  # type: ignore[no-untyped-def]
    text = "We study the growth of the forests and the care of the land in the north"
    words = text.split()
    index: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        index.setdefault(word, []).append(place)
    (output,) = load(
        read, work(language="fi", title="Metsien kasvu", abstract_inverted_index=index)
    ).of(ResearchOutput)
    assert output.title == {"fi": "Metsien kasvu"}
    assert output.abstract == {"en": text}


def test_a_title_with_formulas(read) -> None:  # type: ignore[no-untyped-def]
    title = 'Growth of <mml:math xmlns:mml="x"><mml:msub><mml:mi>CO</mml:mi><mml:mn>2</mml:mn></mml:msub></mml:math> &amp; <i>Pinus</i>'
    (output,) = load(read, work(title=title, language=None)).of(ResearchOutput)
    assert output.title == {"en": "Growth of CO2 & Pinus"}


def test_a_refusal_of_the_interface_is_told(read) -> None:  # type: ignore[no-untyped-def]
    reply = {"error": "Invalid query parameters error.", "message": "institution is not a valid field"}
    (problem,) = read("openalex", {"e.json": json.dumps(reply)}).problems
    assert "institution is not a valid field" in problem.reason
    assert problem.record


@pytest.mark.real_data
def test_real_works_and_what_else_openalex_gives(read, shared_data: Path) -> None:  # type: ignore[no-untyped-def]
    folder = shared_data / "research" / "openalex"
    outcomes = read("openalex", {path.name: path.read_bytes() for path in folder.glob("*.json")})
    (output,) = outcomes.of(ResearchOutput)
    assert (len(outcomes.skipped), len(outcomes.problems), len(outcomes.warnings)) == (4, 0, 0)
    assert output.key == "doi-10.7717/peerj.4375"
    assert (output.container, output.issns) == ("PeerJ", ("2167-8359",))
    assert "pmid:29456894" in output.identifiers
    assert len(output.creators) == 9
