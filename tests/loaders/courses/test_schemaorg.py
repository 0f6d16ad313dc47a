"""schema.org in web pages and JSON-LD files: what a course says, in whatever form, and what damage costs."""

from __future__ import annotations

import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph.identifiers import digest
from graph.records import Course, CourseOffering, LearningOutcome, Organisation, Price, StatedSkill
from loaders.base import Loaded
from loaders.courses.schemaorg_pages import MAX_PAGE
from loaders.readers.files import find_files
from loaders.registry import get_loader

PAGE = (Path(__file__).parents[1] / "samples" / "schemaorg.html").read_text(encoding="utf-8")
SKILL = "http://data.europa.eu/esco/skill/8369c2d6-c100-4cf6-bd83-9668d8678433"
OTHER = "http://data.europa.eu/esco/skill/8369c2d6-c100-4cf6-bd83-9668d8678434"
AALTO = {"@type": "CollegeOrUniversity", "name": "Aalto-yliopisto"}


def course(**fields: Any) -> dict[str, Any]:
    return {"@type": "Course", "name": "Robots", "courseCode": "ROB-C1", "provider": AALTO, **fields}


def ld(*values: object) -> str:
    """Return a page with one block for each value."""
    blocks = (value if isinstance(value, str) else json.dumps(value) for value in values)
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f"<!doctype html><html><head>{scripts}</head><body></body></html>"


def test_a_page_that_names_no_encoding_is_in_that_of_windows(read) -> None:  # type: ignore[no-untyped-def]
    page = ld(json.dumps(course(name="Työ – robotti"), ensure_ascii=False))
    (found,) = read("schemaorg", {"p.html": page.encode("cp1252")}).of(Course)
    assert list(found.title.values()) == ["Työ – robotti"]


def test_a_page(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("schemaorg", {"robots.html": PAGE})
    assert outcomes.skipped == [
        "a WebSite (no course)", "a CollegeOrUniversity (no course)", "a Person (no course)",
        "a BreadcrumbList (no course)",
    ]  # fmt: skip
    assert not outcomes.problems
    assert not outcomes.warnings
    (found,) = outcomes.of(Course)
    assert [one.key for one in outcomes.of(Organisation)] == [found.university] == ["aalto"]
    assert found == Course(
        university="aalto",
        code="ROB-C1320",
        title={"fi": "Robotiikan perusteet"},  # the words tell the language, not the page
        outcomes={"fi": "osaa ohjata robottia\nOhjaa robottia\nTuntee anturit"},
        content={"fi": "Kurssi on johdatus robotteihin, ja se sopii kaikille"},
        prerequisite_text={"fi": "Ohjelmoinnin alkeet\nROB-A1110 Ohjelmointi 1\nuse a computer"},
        prerequisite_codes=("ROB-A1110",),
        credits_min=Decimal(5),
        credits_max=Decimal(5),
        level="Beginner",
        languages=("fi", "en"),
        identifiers=("https://www.aalto.fi/fi/kurssit/robotit#course",),
        homepage="https://www.aalto.fi/fi/kurssit/robotit",
        learning_outcomes=(
            LearningOutcome({"fi": "Ohjaa robottia"}),
            LearningOutcome({"fi": "Tuntee anturit"}),
        ),
        keywords={"fi": ("robot", "sensor", "robotics", "sensors")},
        subjects=("http://www.yso.fi/onto/yso/p1",),
        eqf_level=6,
        isced_f=("0714",),
        price=Price(Decimal("1250.50")),
        assessment={"fi": "Tentti"},
        stated_skills=(
            StatedSkill(SKILL, "robotics", "fi"),
            StatedSkill(OTHER, "use a computer", "fi", "requires"),
        ),
    )


def test_instances_of_a_course(read) -> None:  # type: ignore[no-untyped-def]
    first, second = read("schemaorg", {"robots.html": PAGE}).of(CourseOffering)
    assert (first.start, first.end) == (date(2026, 3, 1), date(2026, 5, 1))
    assert (first.enrolment_start, first.enrolment_end) == (date(2026, 1, 1), date(2026, 2, 1))
    assert (first.modes, first.location, first.languages) == (("blended",), "Espoo", ("fi",))
    assert first.price == Price(Decimal(0))
    assert not first.cancelled
    assert second.modes == ("online",)
    assert second.cancelled
    assert second.homepage == "https://www.aalto.fi/fi/kurssit/robotit/syksy"
    assert second.key == digest(second.homepage)
    assert {first.course_code, second.course_code} == {"ROB-C1320"}


def test_nothing_of_persons(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("schemaorg", {"a.html": PAGE.replace('"5 op"', '"five"')})
    assert outcomes.warnings
    assert "Erkki" not in repr(outcomes.all)


def test_each_block_and_each_thing_in_it_counts(read) -> None:  # type: ignore[no-untyped-def]
    page = ld(
        course(courseCode="A-1"),
        [course(courseCode="B-1"), course(courseCode="B-2")],
        {"@type": "WebPage", "mainEntity": course(courseCode="C-1")},
        {
            "@type": "ItemList",
            "itemListElement": [{"@type": "ListItem", "item": course(courseCode="D-1")}],
        },
        {"@context": "https://schema.org", "@graph": [course(courseCode="E-1"), {"@type": "Event"}]},
    )
    outcomes = read("schemaorg", {"a.html": page})
    assert [one.code for one in outcomes.of(Course)] == ["A-1", "B-1", "B-2", "C-1", "D-1", "E-1"]
    assert outcomes.skipped == ["an Event (no course)"]


@pytest.mark.parametrize(
    ("block", "count"),
    [
        ('{"@type": "Course", "name": "Broken",}', 1),
        ('{"@type": "Course", "name": "Broken', 1),
        ("", 0),
        ("{{ course|json }}", 1),
        (
            json.dumps([course(courseCode="X-1"), course(courseCode="X-2")]).replace(
                '"Robots"', '"Robots', 1
            ),
            2,
        ),
    ],
)
def test_a_broken_block_costs_itself(read, block: str, count: int) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("schemaorg", {"a.html": ld(course(), block, course(courseCode="ROB-C2"))})
    assert {"ROB-C1", "ROB-C2"} <= {one.code for one in outcomes.of(Course)}
    assert len(outcomes.all) == 2 + count
    assert all(problem.record.startswith("block 2") for problem in outcomes.problems)


@pytest.mark.parametrize(
    "text",
    [
        "<!--\n{}\n-->", "//<![CDATA[\n{}\n//]]>", "/*<![CDATA[*/{}/*]]>*/", "{};",
        "<![CDATA[{}]]>",
    ],
)  # fmt: skip
def test_what_old_habits_put_around_a_block(read, text: str) -> None:  # type: ignore[no-untyped-def]
    block = text.replace("{}", json.dumps(course()))
    assert [one.code for one in read("schemaorg", {"a.html": ld(block)}).of(Course)] == ["ROB-C1"]


def test_line_breaks_in_texts_and_escaped_quotes(read) -> None:  # type: ignore[no-untyped-def]
    block = json.dumps(course(description="one two")).replace("one two", "one\ntwo")
    (found,) = read("schemaorg", {"a.html": ld(block)}).of(Course)
    assert found.content == {"und": "one\ntwo"}
    escaped = json.dumps(course()).replace('"', "&quot;")
    assert len(read("schemaorg", {"a.html": ld(escaped)}).of(Course)) == 1


def test_json_ld_alone(read) -> None:  # type: ignore[no-untyped-def]
    context = {"@vocab": "https://schema.org/", "@language": "fi"}
    graph = [
        {"@id": "#org", "@type": "Organization", "name": "Aalto University"},
        *(course(courseCode=f"ROB-{n}", provider={"@id": "#org"}) for n in range(1, 5)),
    ]
    text = json.dumps({"@context": context, "@graph": graph})
    outcomes = read("schemaorg", {"a.jsonld": text, "b.jsonld.gz": gzip.compress(b"[]")})
    assert [one.title for one in outcomes.of(Course)] == [{"fi": "Robots"}] * 4
    assert outcomes.skipped == ["an Organization (no course)", "a file without data"]
    damaged = text.replace('"courseCode": "ROB-2"', '"courseCode": "ROB-2')
    outcomes = read("schemaorg", {"a.jsonld": damaged})
    assert [one.code for one in outcomes.of(Course)] == ["ROB-1", "ROB-3", "ROB-4"]
    assert len(outcomes.problems) == 1


def test_expanded_json_ld_and_prefixes(read) -> None:  # type: ignore[no-untyped-def]
    expanded = {
        "@type": ["http://schema.org/Course"],
        "http://schema.org/name": [{"@value": "Robotit", "@language": "fi"}, {"@value": "Robots", "@language": "en"}],
        "http://schema.org/courseCode": [{"@value": "ROB-C1"}],
        "http://schema.org/provider": [{"@id": "https://ror.org/020hwjq30"}],
        "http://schema.org/numberOfCredits": [{"@value": 5}],
    }  # fmt: skip
    prefixed = {
        "type": "schema:Course",
        "schema:name": "X",
        "schema:courseCode": "ROB-C2",
        "schema:provider": AALTO,
    }
    one, two = read("schemaorg", {"a.json": json.dumps([expanded, prefixed])}).of(Course)
    assert one.title == {"fi": "Robotit", "en": "Robots"}
    assert (one.university, one.code, one.credits_max) == ("aalto", "ROB-C1", 5)
    assert (two.university, two.code) == ("aalto", "ROB-C2")


MICRODATA = """<html lang="fi"><body><div itemscope itemtype="https://schema.org/Course">
<h1 itemprop="name">Tilastot</h1><div itemprop="description"><p>Kurssi on hyvä</p><p>ja se sopii kaikille</p></div>
<meta itemprop="courseCode" content="TIL-A0501"><a itemprop="url" href="/tilastot">sivu</a>
<div itemprop="provider" itemscope itemtype="https://schema.org/CollegeOrUniversity"><b itemprop="name">LUT-yliopisto</b></div>
<div itemprop="numberOfCredits" itemscope itemtype="https://schema.org/StructuredValue"><meta itemprop="value" content="2.5"></div>
<div itemprop="hasCourseInstance" itemscope itemtype="http://schema.org/CourseInstance">
<time itemprop="startDate" datetime="2026-01-07">7.1.</time><meta itemprop="courseMode" content="verkko-opetus">
<div itemprop="offers" itemscope itemtype="http://schema.org/Offer"><meta itemprop="price" content="0"></div></div></div></body></html>"""
RDFA = """<html><head><meta property="og:title" content="Tilastot"></head><body vocab="https://schema.org/">
<main typeof="Course" resource="https://www.lut.fi/tilastot"><h1 property="name">Tilastot</h1>
<div property="description"><p>Kurssi on hyvä</p><p>ja se sopii kaikille</p></div>
<span property="schema:courseCode">TIL-A0501</span>
<h2 property="provider" typeof="EducationalOrganization"><span property="name">LUT-yliopisto</span></h2>
<div property="numberOfCredits">2,5 op</div>
<div rel="hasCourseInstance" typeof="CourseInstance"><meta property="courseMode" content="MOOC">
<span property="startDate" content="2026-01-07">7.1.</span>
<div rel="offers" typeof="Offer"><span property="price">0</span></div></div></main></body></html>"""


@pytest.mark.parametrize("page", [MICRODATA, RDFA])
def test_microdata_and_rdfa(read, page: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("schemaorg", {"a.html": page})
    (found,), (offering,) = outcomes.of(Course), outcomes.of(CourseOffering)
    assert (found.university, found.code, found.title) == ("lut", "TIL-A0501", {"fi": "Tilastot"})
    assert found.content == {"fi": "Kurssi on hyvä\n\nja se sopii kaikille"}
    assert found.credits_max == Decimal("2.5")
    assert (offering.start, offering.modes) == (date(2026, 1, 7), ("online",))
    assert offering.price == Price(Decimal(0))


def test_tags_are_read_only_where_blocks_tell_no_course(read) -> None:  # type: ignore[no-untyped-def]
    block = json.dumps(course())
    page = MICRODATA.replace("<body>", f'<body><script type="application/ld+json">{block}</script>')
    assert [one.code for one in read("schemaorg", {"a.html": page}).of(Course)] == ["ROB-C1"]
    page = page.replace(block, '{"@type": "WebSite"}')
    assert [one.code for one in read("schemaorg", {"a.html": page}).of(Course)] == ["TIL-A0501"]


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        ({"@type": "Organization", "@id": "https://ror.org/020hwjq30"}, "aalto"),
        ({"@type": "Organization", "name": "X", "sameAs": ["https://example.org/", "http://ror.org/020hwjq30/"]}, "aalto"),
        ({"@type": "Organization", "name": "School of Things", "url": "https://things.aalto.fi/"}, "aalto"),
        ({"@type": "Organization", "name": "A school", "parentOrganization": {"name": "Åbo Akademi"}}, "abo"),
        ("University of Oulu", "oulu"),
        ("https://www.utu.fi/en", "turku"),
        ([{"name": "A company"}, {"name": "University of Vaasa"}], "vaasa"),
        ({"name": "A university of applied sciences", "url": "https://www.tuni.fi/tamk"}, None),
        ({"name": "A company"}, None),
        (None, None),
    ],
)  # fmt: skip
def test_who_provides(read, provider: object, key: str | None) -> None:  # type: ignore[no-untyped-def]
    page = ld(course(provider=provider))
    outcomes = read("schemaorg", {"a.html": page})
    if key is None:
        (problem,) = outcomes.problems
        assert problem.field == "provider"
        assert "option `university`" in problem.remedy
    else:
        assert [one.university for one in outcomes.of(Course)] == [key]
    assert read("schemaorg", {"a.html": page}, {"university": "lut"}).of(Course)[0].university == "lut"


def test_who_provides_where_no_provider_is_named(read) -> None:  # type: ignore[no-untyped-def]
    bare = course()
    del bare["provider"]
    for value in (
        {**bare, "publisher": AALTO},
        {**bare, "offers": {"@type": "Offer", "offeredBy": AALTO}},
        {**AALTO, "hasOfferCatalog": {"itemListElement": [{"@type": "Offer", "itemOffered": bare}]}},
        [{**AALTO, "@id": "#a"}, bare],
        {**bare, "@id": "https://www.aalto.fi/x"},
    ):
        assert [one.university for one in read("schemaorg", {"a.html": ld(value)}).of(Course)] == [
            "aalto"
        ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"courseCode": ["ROB-C1", "ROB-C2"]}, "ROB-C1"),
        ({"identifier": "ROB-C1320", "@id": "https://example.org/1"}, "ROB-C1320"),
        ({"identifier": {"@type": "PropertyValue", "propertyID": "Course code", "value": "x1"}}, "x1"),
        ({"identifier": "4711", "@id": "https://example.org/1"}, digest("https://example.org/1")),
        ({"url": "https://example.org/2"}, digest("https://example.org/2")),
        ({}, digest("Robots")),
    ],
)
def test_by_what_a_course_is_known(read, fields: dict[str, Any], code: str) -> None:  # type: ignore[no-untyped-def]
    bare = {"@type": "Course", "name": "Robots", "provider": AALTO, **fields}
    (found,) = read("schemaorg", {"a.html": ld(bare)}).of(Course)
    assert found.code == code
    assert code not in found.identifiers


def test_the_page_of_one_course_is_its_address(read) -> None:  # type: ignore[no-untyped-def]
    bare = {"@type": "Course", "name": "Robots", "provider": AALTO}
    page = ld(bare).replace("<head>", '<head><link rel="canonical" href="https://example.org/r">')
    (found,) = read("schemaorg", {"a.html": page}).of(Course)
    assert (found.code, found.homepage) == (digest("https://example.org/r"), "https://example.org/r")


@pytest.mark.parametrize(
    ("value", "least", "most", "warned"),
    [
        (5, 5, 5, False),
        ("5", 5, 5, False),
        ("2,5 ECTS", Decimal("2.5"), Decimal("2.5"), False),
        ("3–5 op", 3, 5, False),
        ({"@type": "StructuredValue", "value": 5, "unitText": "ECTS credits"}, 5, 5, False),
        ({"@type": "QuantitativeValue", "minValue": 1, "maxValue": 5, "unitText": "op"}, 1, 5, False),
        ({"@type": "StructuredValue", "value": 60, "unitText": "hours"}, None, None, True),
        ("3 CEU", None, None, True),
        ("some", None, None, True),
    ],
)
def test_credits(read, value: object, least: Any, most: Any, warned: bool) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("schemaorg", {"a.html": ld(course(numberOfCredits=value))})
    (found,) = outcomes.of(Course)
    assert (found.credits_min, found.credits_max) == (least, most)
    assert [warning.field for warning in outcomes.warnings] == ["numberOfCredits"] * warned


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({"offers": {"price": "75.00", "priceCurrency": "eur"}}, Price(Decimal("75.00"))),
        ({"offers": {"price": "£1,395"}}, Price(Decimal(1395), "GBP")),
        ({"offers": {"price": "Free"}}, Price(Decimal(0))),
        ({"offers": {"category": "Free"}}, Price(Decimal(0))),
        ({"isAccessibleForFree": True}, Price(Decimal(0))),
        ({"isAccessibleForFree": "https://schema.org/True"}, Price(Decimal(0))),
        ({"isAccessibleForFree": False}, None),
        ({"offers": {"@type": "AggregateOffer", "lowPrice": 10, "highPrice": 20}}, Price(Decimal(10))),
        (
            {"offers": {"priceSpecification": {"price": 9, "priceCurrency": "SEK"}}},
            Price(Decimal(9), "SEK"),
        ),
        ({"offers": {"price": "on request"}}, Price(text={"und": "on request"})),
        ({"offers": {"category": "Paid"}}, None),
    ],
)
def test_prices(read, fields: dict[str, Any], price: Price | None) -> None:  # type: ignore[no-untyped-def]
    assert read("schemaorg", {"a.html": ld(course(**fields))}).of(Course)[0].price == price


def test_modes_and_languages_by_many_names(read) -> None:  # type: ignore[no-untyped-def]
    fields = {
        "courseMode": ["Onsite, online", "part-time", "by carrier pigeon"],
        "inLanguage": [
            {"@type": "Language", "name": "Suomi", "alternateName": "fi"},
            "English and Swedish",
            "klingonish",
        ],
    }
    outcomes = read("schemaorg", {"a.html": ld(course(**fields))})
    (found,) = outcomes.of(Course)
    assert found.modes == ("presential", "online")
    assert found.languages == ("fi", "en", "sv")
    assert [warning.field for warning in outcomes.warnings] == ["inLanguage", "courseMode"]


def test_levels_skills_and_fields(read) -> None:  # type: ignore[no-untyped-def]
    fields = {
        "educationalLevel": "EQF level 7",
        "about": [SKILL, {"@id": "http://data.europa.eu/esco/isced-f/0613"}, "http://data.europa.eu/snb/isced-f/06"],
        "assesses": {"@type": "DefinedTerm", "termCode": OTHER, "name": "x"},
        "educationalAlignment": [
            {"@type": "AlignmentObject", "alignmentType": "educational level", "targetName": "Advanced"},
            {"@type": "AlignmentObject", "alignmentType": "teaches", "targetName": "Robots"},
            {"@type": "AlignmentObject", "alignmentType": "teaches", "targetUrl": "http://data.europa.eu/esco/skill/"},
        ],
    }  # fmt: skip
    outcomes = read("schemaorg", {"a.html": ld(course(**fields))})
    (found,) = outcomes.of(Course)
    assert (found.eqf_level, found.level, found.isced_f) == (7, "Advanced", ("0613",))
    assert [skill.uri for skill in found.stated_skills] == [OTHER, SKILL]
    assert found.outcomes == {"und": "Robots"}
    assert found.learning_outcomes == ()  # one text is left to be split
    assert [warning.field for warning in outcomes.warnings] == ["teaches"]


def test_outcomes_in_languages(read) -> None:  # type: ignore[no-untyped-def]
    fi, en = ({"@value": f"text {tag}", "@language": tag} for tag in ("fi", "en"))
    (found,) = read("schemaorg", {"a.html": ld(course(teaches=[fi, en]))}).of(Course)
    assert found.outcomes == {"fi": "text fi", "en": "text en"}
    assert found.learning_outcomes == ()
    (found,) = read("schemaorg", {"a.html": ld(course(teaches=[fi, en, {**en, "@value": "two"}]))}).of(
        Course
    )
    assert [one.text for one in found.learning_outcomes] == [
        {"fi": "text fi"},
        {"en": "text en"},
        {"en": "two"},
    ]


def test_programmes_and_modules(read) -> None:  # type: ignore[no-untyped-def]
    programme = {
        "@type": "EducationalOccupationalProgram", "name": "Robots for all", "identifier": "ROB-P100", "provider": AALTO,
        "startDate": "2026-09-01", "applicationDeadline": "2026-08-01", "programPrerequisites": "A degree",
        "hasCourse": [course(), {"@type": "Course", "url": "https://example.org/only-named"}],
    }  # fmt: skip
    module = course(
        courseCode="ROB-M1", hasPart=[{"@type": "Course", "courseCode": "ROB-C1", "name": "Robots"}]
    )
    degree = course(courseCode="ROB-D1", educationalCredentialAwarded="Master's degree")
    outcomes = read("schemaorg", {"a.html": ld(programme, module, degree)})
    kinds = {one.code: (one.kind, one.parts) for one in outcomes.of(Course)}
    named = digest("https://example.org/only-named")
    assert kinds == {
        "ROB-P100": ("programme", ("ROB-C1", named)), "ROB-C1": ("course", ()), "ROB-M1": ("module", ("ROB-C1",)),
        "ROB-D1": ("programme", ()),
    }  # fmt: skip
    (offering,) = outcomes.of(CourseOffering)
    assert (offering.course_code, offering.start, offering.enrolment_end) == (
        "ROB-P100", date(2026, 9, 1), date(2026, 8, 1),
    )  # fmt: skip


def test_instances_that_stand_apart(read) -> None:  # type: ignore[no-untyped-def]
    instance = {
        "@type": "CourseInstance",
        "@id": "#spring",
        "name": "Spring",
        "startDate": "2026-01-01",
    }
    outcomes = read("schemaorg", {"a.html": ld(instance, course(hasCourseInstance={"@id": "#spring"}))})
    assert outcomes.skipped == ["an instance (told with its course)"]
    assert [one.title for one in outcomes.of(CourseOffering)] == [{"und": "Spring"}]
    alone = {**instance, "organizer": AALTO}
    outcomes = read("schemaorg", {"a.html": ld(alone)})
    assert [one.title for one in outcomes.of(Course)] == [{"und": "Spring"}]
    assert [one.start for one in outcomes.of(CourseOffering)] == [date(2026, 1, 1)]
    outcomes = read("schemaorg", {"a.html": ld({**instance, "isPartOf": course()})})
    assert [one.code for one in outcomes.of(Course)] == ["ROB-C1"]
    assert [one.course_code for one in outcomes.of(CourseOffering)] == ["ROB-C1"]


def test_a_second_description_adds_what_the_first_lacks(read) -> None:  # type: ignore[no-untyped-def]
    page = "<html lang='{}'><script type='application/ld+json'>{}</script></html>"
    bare = json.dumps(course())
    finnish = json.dumps(course(name="Robotit", description="Kuvaus", numberOfCredits=5))
    files = {
        "a.html": page.format("en", bare),
        "b.html": page.format("fi", finnish),
        "c.html": page.format("en", bare),
    }
    outcomes = read("schemaorg", files)
    one, two = outcomes.of(Course)
    assert (one.title, one.content) == ({"en": "Robots"}, {})
    assert (two.title, two.content) == ({"fi": "Robotit"}, {"fi": "Kuvaus"})
    assert two.credits_max == 5
    assert outcomes.skipped == ["a course that stood before"]


def test_bad_fields_are_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    fields = {
        "url": "no address", "educationalLevel": "EQF nine", "about": "http://data.europa.eu/esco/skill/?",
        "offers": {"price": 5, "priceCurrency": "euros"}, "description": "x" * 200_000,
        "hasCourseInstance": {"startDate": "29 Aug 2026", "location": {"name": "y" * 200_000}},
    }  # fmt: skip
    outcomes = read("schemaorg", {"a.html": ld(course(**fields))})
    assert len(outcomes.of(Course)) == len(outcomes.of(CourseOffering)) == 1
    assert {warning.field for warning in outcomes.warnings} == {
        "url", "educationalLevel", "about", "offers.priceCurrency", "description", "startDate", "location",
    }  # fmt: skip


def test_bad_records(read) -> None:  # type: ignore[no-untyped-def]
    values = [course(name=""), 7, "text", {}, course()]
    outcomes = read("schemaorg", {"a.json": json.dumps(values)})
    assert len(outcomes.all) == 5
    assert [problem.field for problem in outcomes.problems] == ["name", "", "", ""]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"text", b"%PDF \xff", b"<html lang='?'>", b"<!-- -->"]
)
def test_pages_without_data_are_counted(read, content: bytes) -> None:  # type: ignore[no-untyped-def]
    assert read("schemaorg", {"a.html": content}).skipped == ["a page without data of schema.org"]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("cp1252", '<meta charset="iso-8859-1">'),
        ("iso-8859-15", '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-15">'),
    ],
)  # fmt: skip
def test_encodings(read, encoding: str, head: str) -> None:  # type: ignore[no-untyped-def]
    page = ld(json.dumps(course(name="Älä"), ensure_ascii=False)).replace("<head>", f"<head>{head}")
    assert read("schemaorg", {"a.html": page.encode(encoding)}).of(Course)[0].title == {"und": "Älä"}


@pytest.mark.parametrize("head", ['<meta charset="utf-8">', '<meta charset="euc-jp">'])
def test_a_wrong_byte_costs_the_thing_that_it_is_in(read, head: str) -> None:  # type: ignore[no-untyped-def]
    blocks = [course(name="A", courseCode="A-1"), course(name="Åland", courseCode="B-1")]
    page = ld(*(json.dumps(one, ensure_ascii=False) for one in blocks)).replace(
        "<head>", f"<head>{head}"
    )
    outcomes = read("schemaorg", {"a.html": page.encode("cp1252")})
    assert [one.code for one in outcomes.of(Course)] == ["A-1"]
    (problem,) = outcomes.problems
    assert problem.record == "block 2"
    assert "byte that is not in" in problem.reason
    assert ("seems to be in Windows-1252" in problem.reason) == ("utf-8" in head)


def test_a_wrong_byte_in_tags_and_one_beside_the_data(read) -> None:  # type: ignore[no-untyped-def]
    tags = (
        '<div itemscope itemtype="https://schema.org/Course"><b itemprop="name">Ö{}</b>'
        '<i itemprop="provider">Aalto University</i></div>'
    )
    page = f'<html><meta charset="utf-8">{tags.format("")}<p>Ä</p></html>'
    assert len(read("schemaorg", {"a.html": page.encode("cp1252")}).problems) == 1
    beside = ld(course()).replace("<body>", '<body><meta charset="utf-8"><p>Ä</p>')
    assert len(read("schemaorg", {"b.html": beside.encode("cp1252")}).of(Course)) == 1


def test_files_that_cannot_be_read(read) -> None:  # type: ignore[no-untyped-def]
    for content in (gzip.compress(PAGE.encode())[:-20], b"<html>" + b" " * MAX_PAGE):
        outcomes = read("schemaorg", {"a.html": content})
        assert [problem.record for problem in outcomes.problems] == [""]
        assert not outcomes.records


@pytest.mark.real_data
def test_the_real_file(shared_data: Path) -> None:
    files = find_files([shared_data / "standards" / "examples" / "schemaorg-course.jsonld"])
    (outcome,) = get_loader("schemaorg").read(files, {})
    assert isinstance(outcome, Loaded)
    _, found, offering = outcome.records
    assert isinstance(found, Course)
    assert isinstance(offering, CourseOffering)
    assert (found.university, found.code) == ("aalto", "CS-E4000")
    assert found.credits_max == 5
    assert [skill.uri for skill in found.stated_skills] == [SKILL]
    assert (offering.start, offering.modes) == (date(2026, 9, 1), ("online",))
