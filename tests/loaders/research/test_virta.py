from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from graph.records import Organisation, Person, ResearchOutput
from loaders.base import Problem
from loaders.readers.files import SourceFile
from loaders.registry import get_loader
from tests.loaders.test_any_record import mutate

XML = """<Julkaisu>
  <OrganisaatioTunnus>{org}</OrganisaatioTunnus><JulkaisunTilaKoodi>{state}</JulkaisunTilaKoodi>
  <JulkaisunTunnus>{number}</JulkaisunTunnus><JulkaisunOrgTunnus>o-{number}</JulkaisunOrgTunnus>
  <JulkaisunOrgYksikot><YksikkoKoodi>T310</YksikkoKoodi></JulkaisunOrgYksikot>
  <JulkaisuVuosi>2024</JulkaisuVuosi><JulkaisunNimi>Metsän <i>koneet</i> &amp; puut</JulkaisunNimi>
  <TekijatiedotTeksti>Puu, Pekka; Metsä, M.</TekijatiedotTeksti>
  <AvainSanat><AvainSanaTeksti>metsät</AvainSanaTeksti></AvainSanat>
  <ISBN>978-952-222-356-2</ISBN><LehdenNimi>Metsälehti</LehdenNimi><ISSN>1459-3467</ISSN>
  <EmojulkaisunNimi>0</EmojulkaisunNimi><KustantajanNimi>Puukustannus</KustantajanNimi>
  <JulkaisutyyppiKoodi>A1</JulkaisutyyppiKoodi>
  <TieteenalaKoodit><TieteenalaKoodi JNro="2">113</TieteenalaKoodi><TieteenalaKoodi JNro="1">4112</TieteenalaKoodi></TieteenalaKoodit>
  <JulkaisunKieliKoodi>fi</JulkaisunKieliKoodi><DOI>{doi}</DOI>
  <PysyvaOsoiteTeksti>http://urn.fi/URN:NBN:fi:example-2024</PysyvaOsoiteTeksti>
  <Tekijat><Tekija><Sukunimi>Metsä</Sukunimi><Etunimet>Maija</Etunimet>
    <Yksikot><YksikkoKoodi>T310</YksikkoKoodi></Yksikot><ORCID>0000-0002-1825-0097</ORCID></Tekija></Tekijat>
</Julkaisu>"""


def xml(number: str = "1", org: str = "10076", state: str = "2", doi: str = "10.1000/ABC") -> str:
    return XML.format(number=number, org=org, state=state, doi=doi)


def document(*records: str) -> str:
    return (
        '<Julkaisut xmlns="urn:mace:funet.fi:julkaisut/2015/03/01">' + "".join(records) + "</Julkaisut>"
    )


def publication(**fields: Any) -> dict[str, Any]:
    return {
        "OrganisaatioTunnus": 1904,
        "JulkaisunTunnus": "0512345",
        "JulkaisunOrgTunnus": 77,
        "JulkaisuVuosi": 2024,
        "JulkaisunNimi": "Machines in the forest",
        "TekijatiedotTeksti": "Metsä, Maija; Puu, Pekka",
        "JulkaisutyyppiKoodi": "C1",
        "TieteenalaKoodit": {"TieteenalaKoodi": {"JNro": 1, "content": 113}},
        "Tekijat": {"Tekija": {"Sukunimi": "Puu", "Etunimet": "Pekka"}},
        "ISBN": ["978-952-222-356-2", "978-92-95055-20-9"],
        **fields,
    }


def test_a_publication_in_xml(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("virta", {"j.xml": document(xml())})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "doi-10.1000/abc"
    assert output.title == {"fi": "Metsän koneet & puut"}
    assert output.creators == ("doi-10.1000/abc/pekka-puu", "orcid-0000-0002-1825-0097")
    assert output.organisations == ("aalto",)
    assert output.output_type == "journal article"
    assert output.topics == ("metsät",)
    assert output.year == 2024
    assert output.language == "fi"
    assert output.container == "Metsälehti"
    assert output.publishers == ("Puukustannus",)
    assert output.issns == ("1459-3467",)
    # An article has the ISBN of the book in which it stands: it is not its own.
    assert output.identifiers == ("virta:1", "urn:nbn:fi:example-2024")
    assert [address.rsplit("/", 1)[-1] for address in output.subjects] == ["4112", "113"]
    assert [person.name for person in outcomes.of(Person)] == ["Pekka Puu", "Maija Metsä"]
    assert outcomes.of(Person)[1].affiliations == ("aalto/T310",)
    assert [org.key for org in outcomes.of(Organisation)] == ["aalto", "aalto/T310"]
    assert not outcomes.warnings


def test_the_root_may_be_the_publication(read) -> None:  # type: ignore[no-untyped-def]
    assert len(read("virta", {"j.xml": xml()}).of(ResearchOutput)) == 1


def test_a_list_of_one_is_an_object_and_codes_are_numbers(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("virta", {"j.json": json.dumps(publication())})
    (output,) = outcomes.of(ResearchOutput)
    assert output.key == "virta-0512345"
    assert output.organisations == ("oulu",)  # 01904 came as a number
    assert output.subjects == ("http://uri.suomi.fi/codelist/research/Tieteenala2010/code/113",)
    assert output.identifiers == ("virta:0512345", "urn:isbn:9789522223562", "urn:isbn:9789295055209")
    assert output.title == {"en": "Machines in the forest"} or output.title == {
        "und": "Machines in the forest"
    }
    assert outcomes.of(Person)[1].affiliations == ("oulu",)
    many = publication(
        TieteenalaKoodit={"TieteenalaKoodi": [{"JNro": 1, "content": 113}, {"JNro": 2, "content": 213}]}
    )
    assert len(read("virta", {"k.json": json.dumps(many)}).of(ResearchOutput)[0].subjects) == 2


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: [one],
        lambda one: {"Julkaisu": one},
        lambda one: {"Julkaisut": {"Julkaisu": one}},
        lambda one: {"Julkaisut": {"Julkaisu": [one]}},
        lambda one: {"julkaisut": [one]},
    ],
)
def test_whatever_wraps_the_json(read, wrap: Any) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("virta", {"j.json": json.dumps(wrap(publication()))})
    assert len(outcomes.all) == 1
    assert len(outcomes.of(ResearchOutput)) == 1


def test_the_flat_interface(read) -> None:  # type: ignore[no-untyped-def]
    flat = {
        "organisaatioTunnus": "10076",
        "julkaisunTunnus": "a1",
        "julkaisunTilakoodi": 1,
        "julkaisuVuosi": 2011,
        "julkaisunNimi": "On forests",
        "tekijatiedotTeksti": '"Metsä, Maija; Puu, Pekka"',
        "tekijoidenLkm": 2,
        "doi": 'http://dx."DOI".org/10.1000/abc',
        "yhteisjulkaisuId": "0",
        "julkaisutyyppiKoodi": "A4",
        "issnTKs": [{"issn": "1459-3467"}],
        "avainsanaTKs": [{"avainsana": "metsä"}, {"avainsana": "puu"}],
        "tieteenalaTKs": [{"tieteenala": 111, "jNro": 1}],
        "orgYksikkoTKs": [{"organisaatioTunnus": "x", "julkaisuYksikko": "T1"}],
        "tekijaTKs": [
            {"sukunimi": "Metsä", "etunimet": "Maija", "orcid": "0000-0002-1825-0097", "yksikko": "T1"},
            {"sukunimi": "Metsä", "etunimet": "Maija", "orcid": "0000-0002-1825-0097", "yksikko": "T2"},
        ],
        "hankeTKs": [{"hankenumero": "1", "rahoittajaOrg": "Metsärahasto"}],
    }
    outcomes = read("virta", {"j.json": json.dumps([flat])})
    (output,) = outcomes.of(ResearchOutput)
    assert output.doi == "10.1000/abc"
    assert output.topics == ("metsä", "puu")
    assert output.issns == ("1459-3467",)
    assert output.funders == ("Metsärahasto",)
    maija, pekka = outcomes.of(Person)
    assert maija.affiliations == ("aalto/T1", "aalto/T2")
    assert pekka.name == "Pekka Puu"


def test_the_short_interface_has_the_by_line_under_another_name(read) -> None:  # type: ignore[no-untyped-def]
    short = {"julkaisunTunnus": "x:1", "organisaatioTunnus": "RE01", "julkaisunNimi": "A", "tekijat": "Puu, P",
             "julkaisunTila": 1, "julkaisuTyyppi": "G5"}  # fmt: skip
    outcomes = read("virta", {"j.json": json.dumps([short])})
    assert outcomes.of(ResearchOutput)[0].output_type == "doctoral thesis"
    assert [person.name for person in outcomes.of(Person)] == ["P Puu"]
    (org,) = outcomes.of(Organisation)
    assert (org.key, org.identifiers) == ("organisation-code-RE01", ("organisation-code:RE01",))


@pytest.mark.parametrize(
    ("state", "loaded"), [("-1", 0), ("0", 0), ("1", 1), ("2", 1), ("3", 1), ("9", 1)]
)
def test_states(read, state: str, loaded: int) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("virta", {"j.xml": document(xml(state=state))})
    assert len(outcomes.of(ResearchOutput)) == loaded
    assert len(outcomes.skipped) == 1 - loaded
    assert not outcomes.warnings


def test_an_unknown_state_is_told(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("virta", {"j.xml": document(xml(state="7"))})
    assert len(outcomes.of(ResearchOutput)) == 1
    assert [warning.field for warning in outcomes.warnings] == ["JulkaisunTilaKoodi"]


def test_reports_of_two_universities_are_one_publication(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("virta", {"j.xml": document(xml("1"), xml("2", org="01904"))})
    assert len({output.key for output in outcomes.of(ResearchOutput)}) == 1
    assert {org for out in outcomes.of(ResearchOutput) for org in out.organisations} == {
        "aalto",
        "oulu",
    }
    joint = [
        publication(JulkaisunTunnus=f"{n}", YhteisjulkaisunTunnus="9", OrganisaatioTunnus=n)
        for n in (10076, 1904)
    ]
    outcomes = read("virta", {"k.json": json.dumps(joint)})
    assert {output.key for output in outcomes.of(ResearchOutput)} == {"virta-9"}
    assert len({person.key for person in outcomes.of(Person)}) == 2


def test_of_a_repeated_report_the_first_counts(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read(
        "virta",
        {"1-new.xml": document(xml("1", state="-1")), "2-old.xml": document(xml("1"), xml("2"))},
    )
    assert outcomes.skipped == [
        "a publication that was rejected or removed (state -1)",
        "a publication that stood in the files before",
    ]
    assert len(outcomes.of(ResearchOutput)) == 1


def test_without_virtas_identifier_the_organisations_own_is_used(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("virta", {"j.json": json.dumps(publication(JulkaisunTunnus=None))})
    assert outcomes.of(ResearchOutput)[0].key == "virta-1904:77:2024"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"JulkaisunNimi": ""}, "JulkaisunNimi"),
        ({"JulkaisunNimi": {"x": 1}}, "JulkaisunNimi"),
        ({"JulkaisunTunnus": None, "JulkaisunOrgTunnus": None}, "JulkaisunTunnus"),
    ],
)
def test_a_bad_publication_is_told(read, fields: dict[str, Any], field: str) -> None:  # type: ignore[no-untyped-def]
    good = publication(JulkaisunTunnus="good")
    outcomes = read("virta", {"j.json": json.dumps([publication(**fields), good])})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert len(outcomes.of(ResearchOutput)) == 1


def test_a_bad_field_is_left_out_with_a_warning(read) -> None:  # type: ignore[no-untyped-def]
    bad = publication(
        DOI="12.1000/abc", ISSN="1234-2222", ISBN="isbn1", JulkaisuVuosi="tba", JulkaisutyyppiKoodi="Z9",
        JulkaisunKieliKoodi="suomi?", TieteenalaKoodit={"TieteenalaKoodi": "xx"}, OrganisaatioTunnus=None,
        Tekijat={"Tekija": [{"Sukunimi": "Puu", "ORCID": "0000-0000-0000-0000"}, {"ORCID": "x"}]},
        TekijatiedotTeksti="R??ih??, Kari",
    )  # fmt: skip
    outcomes = read("virta", {"j.json": json.dumps(bad)})
    assert len(outcomes.of(ResearchOutput)) == 1
    assert {warning.field for warning in outcomes.warnings} == {
        "DOI", "ISSN", "ISBN", "JulkaisuVuosi", "JulkaisutyyppiKoodi", "JulkaisunKieliKoodi",
        "TieteenalaKoodi", "OrganisaatioTunnus", "ORCID", "Tekija", "TekijatiedotTeksti",
    }  # fmt: skip


def test_other_things_are_told_or_counted(read) -> None:  # type: ignore[no-untyped-def]
    lines = [publication(), 7, {"duplikaattiId": 1, "julkaisunNimi": "x"}, {}]
    outcomes = read("virta", {"j.json": json.dumps(lines)})
    assert len(outcomes.all) == 4
    assert len(outcomes.problems) == 2
    assert len(outcomes.skipped) == 1
    (problem,) = read("virta", {"x.xml": "<html><body/></html>"}).all
    assert (problem.record, "Julkaisu" in problem.reason) == ("", True)
    assert read("virta", {"y.xml": document()}).all == []
    (problem,) = read("virta", {"z.sql": "just text\n"}).all
    assert problem.record == ""


# The dump in SQL


def insert(xml_text: str, number: int = 1) -> str:
    return (
        "INSERT [dbo].[JulkaisutXML] ([Id], [xmldata], [Luoja], [Aika], [Muu]) VALUES "
        f"({number}, N'{xml_text.replace(chr(39), chr(39) * 2)}', N'DWI\\x', "
        "CAST(0x0402 AS DateTime2), NULL)\n"
    )


OTHER = "INSERT [dbo].[TieteenalaLuokitus] ([Koodi], [Nimi]) VALUES (N'1', N'Luonnon''tieteet; (muut), SET')\n"


def test_a_dump_in_sql(read) -> None:  # type: ignore[no-untyped-def]
    text = "USE [julkaisut]\nGO\nSET IDENTITY_INSERT [dbo].[T] ON\n\n" + OTHER
    text += insert(xml("1").replace("puut", "puut' ja'")) + insert(xml("2")) + "SET X OFF\nGO\n"
    outcomes = read("virta", {"d.sql": text})
    assert len(outcomes.of(ResearchOutput)) == 2
    assert outcomes.of(ResearchOutput)[0].title == {"fi": "Metsän koneet & puut' ja'"}
    assert outcomes.skipped == [
        "a row of the table TieteenalaLuokitus (publications are read from their XML)"
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_statement_whose_first_word_is_damaged_costs_itself(read, place: int) -> None:  # type: ignore[no-untyped-def]
    statements = [insert(xml(str(n), doi=f"10.1000/{n}"), n) for n in range(3)]
    statements[place] = statements[place].replace("INSERT", "INS\0ERT")
    outcomes = read("virta", {"d.sql": OTHER + "".join(statements)})
    assert len(outcomes.all) == 4
    assert len(outcomes.problems) == 1
    assert len(outcomes.of(ResearchOutput)) == 2


def test_a_dump_of_sql_server_is_utf_16(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("virta", {"d.sql": (OTHER + insert(xml())).encode("utf-16")})
    assert len(outcomes.of(ResearchOutput)) == 1
    assert outcomes.of(Person)[1].name == "Maija Metsä"


def test_a_text_of_several_lines(read) -> None:  # type: ignore[no-untyped-def]
    text = xml().replace("Metsälehti", "Metsä\nGO\nInsert coins\nSET").replace("><", ">\n<")
    outcomes = read("virta", {"d.sql": insert(text) + OTHER})
    assert outcomes.of(ResearchOutput)[0].container == "Metsä\nGO\nInsert coins\nSET"
    assert len(outcomes.all) == 2


def test_endless_lines_and_broken_archives_are_problems_of_the_file(  # type: ignore[no-untyped-def]
    read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.research.virta_sql.MAX_STATEMENT", 5_000)
    outcomes = read("virta", {"d.sql": insert(xml()) + "x" * 6_000})
    assert [problem.record for problem in outcomes.problems] == [""]
    for name, text in {
        "x.xml.gz": document(xml("1"), xml("2")),
        "j.json.gz": json.dumps([publication()] * 3),
        "s.sql.gz": OTHER * 3,
    }.items():
        outcomes = read("virta", {name: gzip.compress(text.encode())[:-12]})
        assert [problem.record for problem in outcomes.problems] == [""], name


def test_rows_of_one_statement(read) -> None:  # type: ignore[no-untyped-def]
    text = "INSERT INTO T (a, b) VALUES (1, 'x'),\n (2, 'y, ''z'''), (3, NULL);\n"
    outcomes = read("virta", {"d.sql": text})
    assert outcomes.skipped == ["a row of the table T (publications are read from their XML)"] * 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.replace("</Julkaisu>'", "</Julkaisu>"),
        lambda line: line.replace("N'<Julkaisu>", "N<Julkaisu>"),
        lambda line: line.replace("</JulkaisunNimi>", ""),
        lambda line: line.replace("koneet", "kon'eet"),
        lambda line: line.replace(", NULL)", ")"),
        lambda line: line.replace(", NULL)", ""),
        lambda line: line.replace("VALUES", "VALEUS"),
        lambda line: line.replace("Metsälehti", "Mets\x01lehti"),
        lambda line: line.replace("([Id]", "[Id]"),
    ],
)
def test_a_damaged_statement_costs_itself(read, damage: Any) -> None:  # type: ignore[no-untyped-def]
    lines = [insert(xml(str(number)), number) for number in range(1, 6)]
    lines[2] = damage(lines[2])
    outcomes = read("virta", {"d.sql": OTHER + "".join(lines) + OTHER})
    assert len(outcomes.all) == 7
    assert [output.identifiers[0] for output in outcomes.of(ResearchOutput)] == [
        "virta:1", "virta:2", "virta:4", "virta:5",
    ]  # fmt: skip
    assert len(outcomes.problems) == 1
    assert outcomes.problems[0].record


def test_no_entity_of_a_dump_is_resolved(read) -> None:  # type: ignore[no-untyped-def]
    bomb = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><Julkaisu><JulkaisunNimi>&e;</JulkaisunNimi></Julkaisu>'
    outcomes = read("virta", {"d.sql": insert(bomb)})
    assert not outcomes.of(ResearchOutput)
    outcomes = read(
        "virta", {"e.sql": insert("<Julkaisu><JulkaisunNimi>&e;</JulkaisunNimi></Julkaisu>")}
    )
    assert len(outcomes.problems) == 1


# Real files


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "loaded", "passed"),
    [
        ("julkaisu.xml", 1, 0),
        ("julkaisu_id2.json", 1, 0),
        ("julkaisut_all.json", 11, 0),
        ("julkaisut_tk_all.json", 4, 0),
        ("fixture.sql", 13, 294),
    ],
)
def test_real_files(shared_data: Path, name: str, loaded: int, passed: int) -> None:
    found = list(get_loader("virta").read([SourceFile(shared_data / "research/virta" / name)], {}))
    outputs = [
        one for item in found for one in getattr(item, "records", ()) if isinstance(one, ResearchOutput)
    ]
    assert not [str(item) for item in found if isinstance(item, Problem)]
    assert len(outputs) == loaded
    assert len(found) == loaded + passed
    assert all(output.year and output.output_type and output.creators for output in outputs)


@pytest.mark.real_data
def test_the_real_by_line_is_joined_with_the_own_authors(shared_data: Path) -> None:
    path = shared_data / "research/virta/julkaisu_id2.json"
    (outcome,) = get_loader("virta").read([SourceFile(path)], {})
    people = [one for one in outcome.records if isinstance(one, Person)]  # type: ignore[union-attr]
    assert len(people) == 9
    assert (people[0].name, people[-1].name) == ("Riina Kuuselo", "Anne Kallioniemi")
    assert [bool(one.affiliations) for one in people] == [True, *[False] * 7, True]


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    ["julkaisu.xml", "julkaisu_id2.json", "julkaisut_all.json", "julkaisut_tk_all.json", "fixture.sql"],
)
def test_a_damaged_record_of_a_real_file_costs_itself(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    text = (shared_data / "research/virta" / name).read_text(encoding="utf-8")
    whole = list(get_loader("virta").read([SourceFile(shared_data / "research/virta" / name)], {}))
    places = [match.start() for match in re.finditer(r'"[jJ]ulkaisunNimi"|<JulkaisunNimi>', text)]
    place = places[len(places) // 2]
    damaged = text[:place] + text[place + 1 :]
    path = tmp_path / name
    path.write_text(damaged, encoding="utf-8")
    found = list(get_loader("virta").read([SourceFile(path)], {}))
    assert len(found) == len(whole)
    (problem,) = [item for item in found if isinstance(item, Problem)]
    assert problem.record


@pytest.mark.real_data
def test_strange_values_cost_a_record_or_a_field(shared_data: Path, tmp_path: Path) -> None:
    dice = random.Random(20261124)
    originals: list[Any] = [publication()]
    for name in ("julkaisu_id2.json", "julkaisut_all.json", "julkaisut_tk_all.json"):
        found = json.loads((shared_data / "research/virta" / name).read_text(encoding="utf-8"))
        originals += found if isinstance(found, list) else [found]
    # A line that is a list holds many records.
    found = (mutate(dice.choice(originals), dice) for _ in range(400))
    mutants = [mutant for mutant in found if not isinstance(mutant, list)]
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(mutant) + "\n" for mutant in mutants), encoding="utf-8")
    outcomes = list(get_loader("virta").read([SourceFile(path)], {}))
    assert len(outcomes) == len(mutants)
    problems = [item for item in outcomes if isinstance(item, Problem)]
    assert not [str(one) for one in problems if "please report it" in one.remedy]
