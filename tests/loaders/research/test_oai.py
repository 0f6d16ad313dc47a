from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from graph.records import Organisation, Person, ResearchOutput
from loaders.base import Loaded, Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader
from loaders.research.oai_fields import in_languages, one_text, tag

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    '<responseDate>2026-11-01T00:00:00Z</responseDate><request verb="ListRecords">https://example.org/oai'
    "</request>{}</OAI-PMH>"
)
RECORD = (
    "<record><header{status}><identifier>{identifier}</identifier><datestamp>2026-01-01T00:00:00Z"
    "</datestamp></header>{metadata}</record>"
)
FIELD = '<kk:field schema="{schema}" element="{element}" {qualifier}{language}value="{value}"/>'
TREPO = "oai:trepo.tuni.fi:10024/7"
KK: list[tuple[str, str, str]] = [
    ("contributor.author", "-", "Metsä, Maija"),
    ("contributor.advisor", "-", "Virta, Veli"),
    ("contributor.faculty", "fi", "fi=Metsätieteet|en=Forest Sciences|"),
    ("date.issued", "-", "2024-05-30"),
    ("date.accessioned", "-", "2024-06-01T08:00:00Z"),
    ("identifier.urn", "none", "URN:NBN:fi:example-1"),
    ("identifier.urn", "none", "URN:ISBN:978-952-222-356-2"),
    ("identifier.uri", "none", "https://trepo.tuni.fi/handle/10024/7"),
    ("title", "fi|en", "Machine learning in the forest"),
    ("title.alternative", "fi", "Koneoppiminen metsässä"),
    (
        "description.abstract",
        "fi",
        "&lt;p&gt;This is the abstract of the thesis and it is in English.&lt;/p&gt;",
    ),
    (
        "description.abstract",
        "fi",
        "Tämä on tiivistelmä ja se on suomeksi, että lukija ei eksy tai väsy.",
    ),
    ("subject", "fi", "koneet; puut"),
    ("subject.yso", "fi", "http://www.yso.fi/onto/yso/p1265"),
    ("subject.discipline", "fi", "fi=Metsäoppi|en=Forestry|"),
    ("subject.degreeprogram", "fi", "fi=Metsien ohjelma|"),
    ("relation.ispartofseries", "fi", "Metsäsarja"),
    ("relation.issn", "e", "1459-3467"),
    ("publisher", "fi", "Tampereen yliopisto"),
    ("publisher", "en", "Tampere University"),
    ("type.ontasot", "fi", "fi=Diplomityö|en=Master's Thesis|"),
    ("type", "fi", "sarjajulkaisu"),
    ("language.iso", "-", "eng"),
    ("rights", "none", "This is free."),
]


def kk(fields: list[tuple[str, str, str]], handle: str = "10024/7", host: str = "trepo.tuni.fi") -> str:
    lines = []
    for name, language, value in fields:
        element, _, qualifier = name.partition(".")
        lines.append(
            FIELD.format(
                schema="dc",
                element=element,
                qualifier=f'qualifier="{qualifier}" ' if qualifier else "",
                language=f'language="{language}" ',
                value=value,
            )
        )
    return (
        '<metadata><kk:metadata xmlns:kk="http://kk/1.0">'
        f'<kk:identifier type="handle" value="{handle}"/><kk:type name="item"/>'
        f'<kk:link href="http://{host}/handle/{handle}"/>{"".join(lines)}'
        '<kk:field schema="local" element="title" value="Secret"/>'
        '<kk:file bundle="ORIGINAL" href="x.pdf" name="x.pdf" type="application/pdf"/>'
        "</kk:metadata></metadata>"
    )


def dc(**elements: list[str]) -> str:
    inner = "".join(f"<dc:{name}>{value}</dc:{name}>" for name in elements for value in elements[name])
    return (
        '<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{inner}</oai_dc:dc></metadata>'
    )


def record(metadata: str = "", identifier: str = TREPO, status: str = "") -> str:
    return RECORD.format(
        metadata=metadata or ("" if status else kk(KK)),
        identifier=identifier,
        status=f' status="{status}"' if status else "",
    )


def reply(*records: str) -> str:
    return ENVELOPE.format(
        f"<ListRecords>{''.join(records)}<resumptionToken>t</resumptionToken></ListRecords>"
    )


def cerif(name: str, number: str, inner: str) -> str:
    return (
        f'<metadata><{name} xmlns="https://www.openaire.eu/cerif-profile/1.2/" id="{number}">'
        f"{inner}</{name}></metadata>"
    )


# kk


def test_a_record_of_kk(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("oai", {"r.xml": reply(record())})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "handle-trepo.tuni.fi-10024-7"
    assert output.title == {"en": "Machine learning in the forest", "fi": "Koneoppiminen metsässä"}
    assert output.creators == ("handle-trepo.tuni.fi-10024-7/maija-metsa",)
    assert output.organisations == ("tampere",)
    # What the words tell comes before the language of the form in which they were typed.
    assert output.abstract == {
        "en": "This is the abstract of the thesis and it is in English.",
        "fi": "Tämä on tiivistelmä ja se on suomeksi, että lukija ei eksy tai väsy.",
    }
    assert output.topics == ("koneet", "puut", "Forestry")
    assert output.subjects == ("http://www.yso.fi/onto/yso/p1265",)
    assert output.output_type == "master thesis"
    assert (output.year, output.published.isoformat()) == (2024, "2024-05-30")
    assert output.language == "en"
    assert output.publishers == ("Tampere University",)
    assert output.container == "Metsäsarja"
    assert output.issns == ("1459-3467",)
    assert output.identifiers == (
        TREPO, "handle:trepo.tuni.fi/10024/7", "urn:nbn:fi:example-1", "urn:isbn:9789522223562",
    )  # fmt: skip
    assert output.homepage == "https://trepo.tuni.fi/handle/10024/7"
    assert [org.key for org in outcomes.of(Organisation)] == ["tampere"]
    assert not outcomes.warnings


def test_the_same_handle_gives_the_key_that_fingreylit_gives(read) -> None:  # type: ignore[no-untyped-def]
    line = '{"id": "https://trepo.tuni.fi/handle/10024/7", "ground_truth": {"title": "x", "creator": ["Metsä, Maija"]}}'
    (theirs,) = read("fingreylit", {"f.jsonl": line}).of(ResearchOutput)
    (ours,) = read("oai", {"r.xml": reply(record())}).of(ResearchOutput)
    assert ours.key == theirs.key
    assert ours.creators == theirs.creators
    assert set(theirs.identifiers) & set(ours.identifiers)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ([("identifier.doi", "-", "https://doi.org/10.1000/ABC")], "doi-10.1000/abc"),
        ([("relation.doi", "-", "10.1000/abc")], "doi-10.1000/abc"),
        ([("identifier", "-", "doi:10.1000/abc")], "doi-10.1000/abc"),
        ([("identifier.uri", "-", "https://hdl.handle.net/10138/9")], "handle-example.org-10138-9"),
        ([("identifier.urn", "-", "URN:NBN:fi:example-9")], "urn:nbn:fi:example-9"),
        ([("identifier.other", "-", "shelf 5")], "oai-example.org-x-9"),
    ],
)
def test_the_best_identifier_makes_the_key(read, fields: Any, key: str) -> None:  # type: ignore[no-untyped-def]
    metadata = kk([("title", "en", "A title"), *fields])
    metadata = re.sub(r"<kk:(?:identifier|link) [^>]*>", "", metadata)
    outcomes = read("oai", {"r.xml": reply(record(metadata, "oai:www.example.org:x/9"))})
    assert outcomes.of(ResearchOutput)[0].key == key


def test_the_address_tells_the_host_better_than_the_identifier(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("oai", {"r.xml": reply(record(kk(KK), "oai:other.example.org:10024/7"))})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "handle-trepo.tuni.fi-10024-7"
    assert not any("other" in one for one in output.identifiers if one.startswith("handle:"))


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ([("type.okm", "fi", "A1 Alkuperäisartikkeli"), ("type", "fi", "x")], "journal article"),
        ([("type.okm", "fi", "fi=D4 Raportti|en=D4 Report|")], "research report"),
        ([("type.coar", "-", "http://purl.org/coar/resource_type/c_bdcc")], "master thesis"),
        ([("type.coar", "-", "doctoral thesis")], "doctoral thesis"),
        ([("type", "fi", "info:eu-repo/semantics/publishedVersion"), ("type", "fi", "Artikkeli")], "journal article"),
        ([("type", "fi", "sarjajulkaisu")], "sarjajulkaisu"),
        ([], None),
    ],
)  # fmt: skip
def test_types(read, fields: Any, kind: str | None) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("oai", {"r.xml": reply(record(kk([("title", "en", "A title"), *fields])))})
    assert outcomes.of(ResearchOutput)[0].output_type == kind
    assert not outcomes.warnings


def test_a_journal_is_no_work(read) -> None:  # type: ignore[no-untyped-def]
    fields = [
        ("title", "en", "A title"),
        ("type.coar", "-", "http://purl.org/coar/resource_type/c_0640"),
    ]
    assert read("oai", {"r.xml": reply(record(kk(fields)))}).skipped == [
        "a journal (not a work of its own)"
    ]


def test_an_isbn_of_the_whole_is_not_that_of_the_part(read) -> None:  # type: ignore[no-untyped-def]
    fields = [
        ("title", "en", "A"),
        ("type.okm", "fi", "A3 Kirjan osa"),
        ("identifier.isbn", "", "978-952-222-356-2"),
    ]
    (part,) = read("oai", {"r.xml": reply(record(kk(fields)))}).of(ResearchOutput)
    assert not any("isbn" in one for one in part.identifiers)
    fields = [
        ("title", "en", "A"),
        ("type.okm", "fi", "G4 Väitöskirja"),
        ("relation.isbn", "", "978-952-222-356-2"),
    ]
    (printed,) = read("oai", {"r.xml": reply(record(kk(fields)))}).of(ResearchOutput)
    assert "urn:isbn:9789522223562" in printed.identifiers


def test_people_of_kk(read) -> None:  # type: ignore[no-untyped-def]
    fields = [
        ("title", "en", "A"),
        ("contributor.author", "", "Metsä, Maija 0000-0002-1825-0097"),
        ("contributor.author", "", "Puu, Pekka"),
        ("contributor.author", "", "Luonnon tutkimuskeskus Metsälaitos ry"),
        ("contributor.advisor", "", "Virta, Veli"),
        ("contributor.editor", "", "Toim, Ittaja"),
    ]
    outcomes = read("oai", {"r.xml": reply(record(kk(fields)))})
    assert [person.name for person in outcomes.of(Person)] == ["Maija Metsä", "Pekka Puu"]
    assert outcomes.of(Person)[0].key == "orcid-0000-0002-1825-0097"
    edited = [one for one in fields if one[0] != "contributor.author"]
    edited.append(("contributor.orcid", "", "https://orcid.org/0000-0002-1825-0097"))
    outcomes = read("oai", {"s.xml": reply(record(kk(edited)))})
    assert [(one.name, bool(one.orcid)) for one in outcomes.of(Person)] == [("Ittaja Toim", True)]


def test_the_university(read) -> None:  # type: ignore[no-untyped-def]
    shared = "oai:www.doria.fi:10024/8"

    def of(fields: Any, options: dict[str, str] | None = None) -> tuple[str, ...]:
        metadata = kk([("title", "en", "A"), *fields], "10024/8", "www.doria.fi")
        outcomes = read("oai", {"r.xml": reply(record(metadata, shared))}, options)
        found: tuple[str, ...] = outcomes.of(ResearchOutput)[0].organisations
        return found

    assert of([]) == ()
    assert of([("publisher", "sv", "Åbo Akademi")]) == ("abo",)
    assert of([("contributor.organization", "", "fi=Oulun yliopisto|en=University of Oulu|")]) == (
        "oulu",
    )
    assert of([("publisher", "sv", "Åbo Akademi")], {"university": "lut"}) == ("lut",)


def test_languages() -> None:
    assert tag("fi") == "fi"
    assert tag("en_US") == "en"
    assert tag("fin") == "fi"
    for nothing in (None, "", "-", "none", "*", "e", "fi|en", "und"):
        assert tag(nothing) is None
    assert in_languages("fi=Tiedekunta | en=Faculty|") == {"fi": "Tiedekunta", "en": "Faculty"}
    assert in_languages("x=1") == {}
    assert one_text("fi=Tiedekunta|sv=Fakultet|", "sv") == "Fakultet"
    assert one_text("fi=Tiedekunta|sv=Fakultet|") == "Tiedekunta"
    assert one_text("plain | text") == "plain | text"


@pytest.mark.parametrize(
    ("values", "language"),
    [(["fin"], "fi"), (["English"], "en"), (["en_US", "eng"], "en"), (["fi", "en"], None), ([], None)],
)
def test_the_language_of_the_work(read, values: list[str], language: str | None) -> None:  # type: ignore[no-untyped-def]
    metadata = dc(title=["A title"], language=values)
    assert read("oai", {"r.xml": reply(record(metadata))}).of(ResearchOutput)[0].language == language


# oai_dc, qdc, dim


def test_a_record_of_oai_dc(read) -> None:  # type: ignore[no-untyped-def]
    long = "Tämä on tiivistelmä, joka on pitkä ja kertoo työstä. " * 4
    metadata = dc(
        title=["Typpi pellossa"], creator=["Taimi, Tuuli"], contributor=["Helsingin yliopisto, laitos"],
        date=["2008-05-01T10:00:00Z", "2007"], type=["Book"], language=["Finnish"], relation=["Sarja", "34"],
        identifier=["http://hdl.handle.net/1975/7634", "1796-6361", "ISBN 978-952-222-356-2"],
        description=[long, "sivut 1-4"], subject=["typpi", "pellot"], rights=["-"],
    )  # fmt: skip
    outcomes = read("oai", {"r.xml": reply(record(metadata, "oai:helda.helsinki.fi:1975/7634"))})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "handle-helda.helsinki.fi-1975-7634"
    assert output.title == {"fi": "Typpi pellossa"}
    assert output.organisations == ("helsinki",)
    assert output.year == 2007
    assert output.output_type == "book"
    assert output.issns == ("1796-6361",)
    assert output.identifiers[1:] == ("handle:1975/7634", "urn:isbn:9789522223562")
    assert output.abstract == {"fi": long.strip()}
    assert output.topics == ("typpi", "pellot")
    assert [person.name for person in outcomes.of(Person)] == ["Tuuli Taimi"]
    assert not outcomes.warnings


def test_qualified_dublin_core_and_dim(read) -> None:  # type: ignore[no-untyped-def]
    qdc = (
        '<metadata><qdc:qualifieddc xmlns:qdc="q" xmlns:dc="d" xmlns:dcterms="t"><dc:title>A title</dc:title>'
        "<dc:creator>Puu, P</dc:creator><dcterms:abstract>An\n      abstract.</dcterms:abstract>"
        "<dcterms:alternative>Another</dcterms:alternative><dcterms:issued>2020-01</dcterms:issued>"
        "<dcterms:dateAccepted>2021</dcterms:dateAccepted></qdc:qualifieddc></metadata>"
    )
    dim = (
        '<metadata><dim:dim xmlns:dim="m"><dim:field mdschema="dc" element="title" lang="sv">En titel</dim:field>'
        '<dim:field mdschema="dc" element="contributor" qualifier="author">Puu, P</dim:field>'
        '<dim:field mdschema="dc" element="date" qualifier="issued">1999</dim:field></dim:dim></metadata>'
    )
    outcomes = read("oai", {"r.xml": reply(record(qdc, "oai:a:1"), record(dim, "oai:a:2"))})
    one, two = outcomes.of(ResearchOutput)
    assert (one.abstract, one.alt_titles, one.year) == ({"und": "An abstract."}, ("Another",), 2020)
    assert (two.title, two.year, len(two.creators)) == ({"sv": "En titel"}, 1999, 1)


# The envelope


def test_withdrawn_and_older_records(read) -> None:  # type: ignore[no-untyped-def]
    new = reply(record(status="deleted"), record(identifier="oai:a:2"))
    old = reply(record(), record(identifier="oai:a:2"), record(identifier="oai:a:3"))
    outcomes = read("oai", {"1.xml": new, "2.xml": old})
    assert outcomes.skipped == [
        "a record that its repository has withdrawn",
        "an older version of a record",
        "an older version of a record",
    ]
    assert len(outcomes.of(ResearchOutput)) == 2


def test_other_replies(read) -> None:  # type: ignore[no-untyped-def]
    for inner, why in {
        "<Identify><repositoryName>x</repositoryName></Identify>": "Identify",
        "<ListSets><set><setSpec>a</setSpec></set></ListSets>": "ListSets",
        "<ListMetadataFormats/>": "ListMetadataFormats",
        "<ListIdentifiers><header><identifier>oai:a:1</identifier></header></ListIdentifiers>": "ListIdentifiers",
    }.items():
        (outcome,) = read("oai", {"r.xml": ENVELOPE.format(inner)}).all
        assert why in outcome.skipped
    assert read("oai", {"r.xml": ENVELOPE.format('<error code="noRecordsMatch">No.</error>')}).all == []
    assert read("oai", {"r.xml": ENVELOPE.format("<ListRecords/>")}).all == []
    (problem,) = read(
        "oai", {"r.xml": ENVELOPE.format('<error code="badResumptionToken">Old.</error>')}
    ).all
    assert (problem.record, "badResumptionToken" in problem.reason) == ("", True)
    (problem,) = read("oai", {"r.xml": "<html><body>Moved</body></html>"}).all
    assert problem.record == ""
    get = ENVELOPE.format(f"<GetRecord>{record()}</GetRecord>")
    assert len(read("oai", {"r.xml": get}).of(ResearchOutput)) == 1


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ("<record><metadata/></record>", "identifier"),
        (record("<metadata></metadata>", "oai:a:1"), "metadata"),
        (record("<metadata><mods/></metadata>", "oai:a:1"), "metadata"),
        (record(kk([("date.issued", "", "2020")]), "oai:a:1"), "title"),
        (record(kk([("title", "", "-")]), "oai:a:1"), "title"),
        (record(cerif("Publication", "P/1", "<Language>en</Language>"), "oai:a:P/1"), "Title"),
        (record(cerif("Person", "P/1", "<PersonName/>"), "oai:a:P/1"), "PersonName"),
        (record(cerif("OrgUnit", "O/1", ""), "oai:a:O/1"), "Name"),
    ],
)
def test_a_bad_record_is_told(read, bad: str, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("oai", {"r.xml": reply(bad, record())})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert problem.record
    assert len(outcomes.of(ResearchOutput)) == 1


def test_a_bad_field_is_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    fields = [
        ("title", "", "A"), ("identifier.doi", "", "10.x"), ("identifier.isbn", "", "123-45-6789"),
        ("identifier.issn", "", "1"), ("date.issued", "", "s.a."), ("language.iso", "", "klingon!"),
        ("type.okm", "", "Q7"),
    ]  # fmt: skip
    outcomes = read("oai", {"r.xml": reply(record(kk(fields)))})
    assert len(outcomes.of(ResearchOutput)) == 1
    assert {warning.field for warning in outcomes.warnings} == {
        "identifier.doi", "identifier.isbn", "identifier.issn", "date", "language", "type.okm",
    }  # fmt: skip


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("</record>", ""),
        lambda text: text.replace("</header>", ""),
        lambda text: text.replace("<record>", "<rec"),
        lambda text: text.replace('value="Metsä', "value=Metsä"),
        lambda text: text.replace("Metsä", "Mets\x01"),
        lambda text: text.replace("&lt;p", "&p"),
    ],
)
def test_a_damaged_record_costs_itself(read, damage: Any) -> None:  # type: ignore[no-untyped-def]
    records = [record(identifier=f"oai:a:{number}") for number in range(6)]
    records[2] = damage(records[2])
    outcomes = read("oai", {"r.xml": reply(*records)})
    assert len(outcomes.all) == 6
    assert len(outcomes.of(ResearchOutput)) == 5
    assert len(outcomes.problems) == 1
    assert outcomes.problems[0].record


def test_a_reply_that_breaks_off_is_a_problem_of_the_file(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("oai", {"r.xml": reply(record(), record(identifier="oai:a:2"))[:-300]})
    assert [problem.record for problem in outcomes.problems] == [""]
    assert len(outcomes.of(ResearchOutput)) == 1


# OpenAIRE CERIF

AUTHORS = (
    "<Authors><Author><DisplayName>Metsä, Maija</DisplayName><Person id='Persons/1'><PersonName>"
    "<FamilyNames>Metsä</FamilyNames><FirstNames>Maija</FirstNames></PersonName>"
    "<ORCID>https://orcid.org/0000-0002-1825-0097</ORCID></Person><Affiliation><OrgUnit id='OrgUnits/1'>"
    "<Name xml:lang='en'>Forest Lab</Name><PartOf><OrgUnit id='OrgUnits/2'><Name xml:lang='fi'>Aalto-yliopisto"
    "</Name></OrgUnit></PartOf></OrgUnit></Affiliation></Author>"
    "<Author><DisplayName>Puu, Pekka</DisplayName></Author>"
    "<Author><Person id='Persons/3'><PersonName><FamilyNames>Kuusi</FamilyNames></PersonName>"
    "<ORCID>0000-0000-0000-0000</ORCID></Person></Author>"
    "<Author><OrgUnit id='OrgUnits/4'><Acronym>FOR</Acronym></OrgUnit></Author><Author/></Authors>"
)
PUBLICATION = (
    "<Type>http://purl.org/coar/resource_type/c_6501<!-- article --></Type><Language>en</Language>"
    "<Title xml:lang='en'>On forests</Title><Subtitle xml:lang='en'>and trees</Subtitle>"
    "<PublishedIn><Publication id='P/0'><Title>Forest journal</Title><ISSN>1459-3467</ISSN></Publication>"
    "</PublishedIn><PublicationDate>2024-05</PublicationDate><DOI>10.1000/ABC</DOI>"
    "<ISBN>978-952-222-356-2</ISBN>"
    + AUTHORS
    + "<Publishers><Publisher><OrgUnit><Name>Puukustannus</Name>"
    "</OrgUnit></Publisher></Publishers><Keyword>trees</Keyword>"
    "<Subject>http://www.yso.fi/onto/yso/p1265</Subject><Abstract>The trees\n      of the forest and what is in it."
    "</Abstract><OriginatesFrom><Project><Funded><By><OrgUnit><Name xml:lang='fi'>Metsärahasto</Name>"
    "<Name xml:lang='en'>Forest Fund</Name></OrgUnit></By></Funded></Project></OriginatesFrom>"
)


def test_a_publication_of_cerif(read) -> None:  # type: ignore[no-untyped-def]
    metadata = cerif("Publication", "Publications/9", PUBLICATION)
    outcomes = read("oai", {"r.xml": reply(record(metadata, "oai:cris.example.org:Publications/9"))})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "doi-10.1000/abc"
    assert output.title == {"en": "On forests: and trees"}
    assert output.abstract == {"en": "The trees of the forest and what is in it."}
    assert output.output_type == "journal article"
    assert (output.year, output.published) == (2024, None)
    assert output.container == "Forest journal"
    assert output.issns == ("1459-3467",)
    assert output.identifiers == ("oai:cris.example.org:Publications/9",)
    assert output.publishers == ("Puukustannus",)
    assert output.funders == ("Forest Fund",)
    assert output.topics == ("trees",)
    assert output.subjects == ("http://www.yso.fi/onto/yso/p1265",)
    people = outcomes.of(Person)
    assert [person.name for person in people] == ["Maija Metsä", "Pekka Puu", "Kuusi"]
    assert [person.key for person in people] == [
        "orcid-0000-0002-1825-0097", "doi-10.1000/abc/pekka-puu", "oai-cris.example.org-Persons-3",
    ]  # fmt: skip
    assert people[0].affiliations == ("oai-cris.example.org-OrgUnits-1",)
    organisations = {org.key: org for org in outcomes.of(Organisation)}
    assert organisations["oai-cris.example.org-OrgUnits-1"].part_of == "aalto"
    assert organisations["oai-cris.example.org-OrgUnits-4"].name == {"und": "FOR"}
    assert "oai:cris.example.org:OrgUnits/2" in organisations["aalto"].identifiers
    assert {warning.field for warning in outcomes.warnings} == {"ORCID"}


def test_products_and_patents(read) -> None:  # type: ignore[no-untyped-def]
    product = cerif(
        "Product", "Products/1",
        "<Type>http://purl.org/coar/resource_type/c_ddb1</Type><Name xml:lang='en'>Data</Name>"
        "<Creators><Creator><Person id='Persons/1'><PersonName><FamilyNames>Metsä</FamilyNames>"
        "</PersonName></Person></Creator></Creators><Dates><Collected startDate='2001-01-01'/>"
        "<Available startDate='2020-02-03T00:00:00Z'/></Dates>",
    )  # fmt: skip
    patent = cerif(
        "Patent", "Patents/1",
        "<Type>http://purl.org/coar/resource_type/c_15cd</Type><Title>Saw</Title><ApprovalDate>2019</ApprovalDate>"
        "<PatentNumber>FI123</PatentNumber><Inventors><Inventor><DisplayName>Puu, P</DisplayName></Inventor>"
        "</Inventors><Holders><Holder><OrgUnit id='OrgUnits/7'><Name>Sahat Oy</Name></OrgUnit></Holder></Holders>",
    )  # fmt: skip
    outcomes = read(
        "oai", {"r.xml": reply(record(product, "oai:c.example.org:Products/1"), record(patent, "oai:c.example.org:Patents/1"))}
    )  # fmt: skip
    data, saw = outcomes.of(ResearchOutput)
    assert (data.key, data.year, data.output_type) == ("oai-c.example.org-Products-1", 2020, "dataset")
    assert data.creators == ("oai-c.example.org-Persons-1",)
    assert (saw.year, saw.output_type) == (2019, "patent")
    assert saw.organisations == ("oai-c.example.org-OrgUnits-7",)
    assert "patent:FI123" in saw.identifiers


def test_persons_and_organisations_are_records(read) -> None:  # type: ignore[no-untyped-def]
    person = cerif(
        "Person", "Persons/1",
        "<PersonName><FamilyNames>Metsä</FamilyNames><FirstNames>Maija</FirstNames></PersonName>"
        "<ORCID>https://orcid.org/0000-0002-1825-0097</ORCID><ElectronicAddress>mailto:x@example.org"
        "</ElectronicAddress><Affiliation><OrgUnit id='OrgUnits/1'><Acronym>FL</Acronym></OrgUnit></Affiliation>",
    )  # fmt: skip
    unit = cerif(
        "OrgUnit",
        "OrgUnits/1",
        "<Name xml:lang='en'>Forest Lab</Name><RORID>https://ror.org/020hwjq30</RORID>",
    )
    outcomes = read(
        "oai", {"r.xml": reply(record(person, "oai:c.example.org:Persons/1"), record(unit, "oai:c.example.org:OrgUnits/1"))}
    )  # fmt: skip
    (maija,) = outcomes.of(Person)
    assert maija.key == "orcid-0000-0002-1825-0097"
    assert maija.identifiers == ("oai:c.example.org:Persons/1",)
    assert "example.org" not in maija.name
    assert [org.key for org in outcomes.of(Organisation)] == ["oai-c.example.org-OrgUnits-1", "aalto"]


def test_other_entities_are_counted_and_a_file_may_hold_one_alone(read) -> None:  # type: ignore[no-untyped-def]
    names = ("Project", "Funding", "Event", "Equipment")
    text = reply(*(record(cerif(name, "1", "<Name>x</Name>"), f"oai:a:{name}") for name in names))
    outcomes = read("oai", {"r.xml": text})
    assert len(set(outcomes.skipped)) == 4
    alone = f'<Publication id="P/1">{PUBLICATION}</Publication>'
    outcomes = read("oai", {"p.xml": alone}, {"repository": "cris.example.org"})
    assert outcomes.of(ResearchOutput)[0].identifiers == ("oai:cris.example.org:P/1",)
    assert read("oai", {"p.xml": alone}).of(ResearchOutput)[0].identifiers == ()


# Strange records and real files


def test_strange_values_cost_a_record_or_a_field(read) -> None:  # type: ignore[no-untyped-def]
    dice = random.Random(20261124)
    strange = [
        "",
        "x" * 50_000,
        "&lt;script&gt;x&lt;/script&gt;",
        "10.1000/",
        "9999-99-99",
        "&#0;",
        "fi=|en=",
        "; ;",
    ]
    bases = [
        record(),
        record(dc(title=["A"], creator=["B, C"], date=["2020"], identifier=["10.1000/x"])),
    ]
    bases.append(record(cerif("Publication", "P/1", PUBLICATION)))
    texts = []
    for number in range(300):
        text = dice.choice(bases).replace(TREPO, f"oai:a:{number}")
        places = [*re.finditer(r'value="[^"]*"|>[^<>]+<|<(?:kk:field|dc:\w+|Author|Title)[^>]*>', text)]
        place = dice.choice(places)
        old = place.group()
        word = dice.choice(strange)
        new = {"v": f'value="{word}"', ">": f">{word}<"}.get(old[0], "")
        texts.append(text[: place.start()] + new + text[place.end() :])
    outcomes = read("oai", {"r.xml": reply(*texts)})
    assert len(outcomes.all) == 300
    assert not [str(one) for one in outcomes.problems if "please report it" in one.remedy]


@pytest.mark.real_data
def test_real_kk_replies(shared_data: Path) -> None:
    files = [SourceFile(path) for path in sorted((shared_data / "research/oai-pmh-kk").glob("*.xml"))]
    found = [item for file in files for item in get_loader("oai").read([file], {})]
    assert len(found) == len(files) == 17
    outputs = [
        one for item in found for one in getattr(item, "records", ()) if isinstance(one, ResearchOutput)
    ]
    assert len(outputs) == 17
    assert {output.key for output in outputs} == {"handle-foobar.example.com-10024-456"}
    assert all(output.title["fi"] and output.year and output.creators for output in outputs)
    assert outputs[-1].title["fi"] == "<\"Cool Stuff\", like 'this': Dublin Core & MARC21 ♥ >"
    assert {output.output_type for output in outputs} == {"sarjajulkaisu", "book", "book part"}


@pytest.mark.real_data
def test_real_cerif_replies(shared_data: Path) -> None:
    folder = shared_data / "standards/openaire-cerif/samples"
    files = [SourceFile(path) for path in sorted(folder.glob("*.xml"))]
    found = list(get_loader("oai").read(files, {}))
    assert not [str(item) for item in found if isinstance(item, Problem)]
    records = sum(len(re.findall(rb"<record>", file.path.read_bytes())) for file in files)
    assert records == 65
    assert len(found) == records + 3  # and Identify, ListSets, ListMetadataFormats
    told = [item.records for item in found if isinstance(item, Loaded) and item.records]
    kinds = [type(records[-1]).__name__ for records in told]
    assert [kinds.count(name) for name in ("ResearchOutput", "Person", "Organisation")] == [12, 19, 13]


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["publications", "persons", "products", "orgunits"])
def test_a_damaged_record_of_a_real_reply_costs_itself(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    source = shared_data / f"standards/openaire-cerif/samples/openaire_cerif_xml_example_{name}.xml"
    whole = list(get_loader("oai").read([SourceFile(source)], {}))
    text = source.read_text(encoding="utf-8")
    place = [match.start() for match in re.finditer("</metadata>", text)][2]
    path = tmp_path / "r.xml"
    path.write_text(text[:place] + "</broken>" + text[place:], encoding="utf-8")
    found = list(get_loader("oai").read([SourceFile(path)], {}))
    assert len(found) == len(whole)
    assert len([item for item in found if isinstance(item, Problem)]) == 1
