"""Small good files of publications and people."""

from __future__ import annotations

import copy
import json
from typing import Any

from tests.loaders.bad_input.sources import COUNT, Source, json_rows, mark
from tests.loaders.research import (
    test_crossref,
    test_datacite,
    test_fingreylit,
    test_oai,
    test_openalex,
    test_orcid,
    test_pure,
    test_researchfi,
    test_virta,
)

ORCIDS = (
    "0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X", "0000-0003-1415-9269",
    "0000-0001-2345-6789",
)  # fmt: skip


def openalex(number: int) -> Any:
    return test_openalex.work(
        f"https://openalex.org/W{number}", doi=f"https://doi.org/10.5555/w{number}", title=mark(number)
    )


def crossref(number: int) -> Any:
    return test_crossref.work(f"10.5555/a.{number}", title=[mark(number)], subtitle=[])


def datacite(number: int) -> Any:
    return test_datacite.record(f"10.5555/data.{number}", titles=[{"title": mark(number)}])


def orcid(number: int) -> Any:
    paper = test_orcid.summary(number, mark(number), test_orcid.external("doi", f"10.5555/o{number}"))
    return test_orcid.record([paper], identifier=ORCIDS[number])


def virta(number: int) -> Any:
    return test_virta.publication(
        JulkaisunTunnus=f"051234{number}", JulkaisunOrgTunnus=f"77{number}", JulkaisunNimi=mark(number)
    )


def virta_xml(number: int) -> str:
    text = test_virta.xml(str(number + 1), doi=f"10.1000/x{number}")
    return text.replace("Metsän <i>koneet</i> &amp; puut", f"Metsän {mark(number)} &amp; puut")


def virta_sql(number: int) -> str:
    return test_virta.insert(virta_xml(number).replace("\n", " "), number).rstrip("\n")


def researchfi(number: int) -> Any:
    return test_researchfi.publication(id=f"051234{number}", name=mark(number), orgPublicationIDs=[])


def researchfi_data(number: int) -> Any:
    identifier = {"content": f"https://doi.org/10.1000/d{number}", "type": "doi"}
    return test_researchfi.dataset(
        id=f"d-{number}", nameEn=mark(number), versionSet=[], persistentIdentifiers=[identifier]
    )


def oai(number: int) -> str:
    fields = [
        (name, language, mark(number) if name == "title" else value)
        for name, language, value in test_oai.KK
    ]
    return test_oai.record(test_oai.kk(fields, f"10024/{number}"), f"oai:trepo.tuni.fi:10024/{number}")


def oai_dc(number: int) -> str:
    metadata = test_oai.dc(
        title=[mark(number)],
        creator=["Metsä, Maija"],
        date=["2024"],
        identifier=[f"https://trepo.tuni.fi/handle/10024/{number}"],
    )
    return test_oai.record(metadata, f"oai:trepo.tuni.fi:10024/{number}")


def oai_cerif(number: int) -> str:
    inner = test_oai.PUBLICATION.replace("On forests", mark(number)).replace("ABC", f"C{number}")
    inner = inner.replace("0000-0000-0000-0000", ORCIDS[1])
    name = f"Publications/{number}"
    return test_oai.record(test_oai.cerif("Publication", name, inner), f"oai:cris.example.org:{name}")


def datacite_xml(number: int) -> str:
    _, _, text = test_datacite.XML.partition("?>\n")
    return text.replace("Tuuli talossa", mark(number)).replace("XML.1", f"XML.{number}").rstrip("\n")


def orcid_xml(number: int) -> str:
    _, _, text = test_orcid.XML.partition("?>\n")
    text = text.replace(test_orcid.ID, ORCIDS[number]).replace("Tuuli ja talo", mark(number))
    return text.replace("10.5555/A", f"10.5555/A{number}").rstrip("\n")


def fingreylit(number: int) -> Any:
    return json.loads(
        test_fingreylit.line(f"https://trepo.tuni.fi/handle/10024/{number}", title=mark(number))
    )


def pure(base: dict[str, Any]) -> Any:
    def make(number: int) -> Any:
        record = copy.deepcopy(base)
        record |= {"uuid": test_pure.U.format(100 + number), "title": {"value": mark(number)}}
        record |= {"pureId": number, "info": {**record.get("info", {}), "previousUuids": []}}
        record["previousUuids"] = []
        text = json.dumps(record).replace("10.5555/Wind.1", f"10.5555/wind.{number}")
        return json.loads(text)

    return make


def bibtex(number: int) -> str:
    return (
        f"@Article{{metsa{number},\n"
        '  author = {Mets{\\"a}, Maija and Ville Virta},\n'
        f"  title = {{{{On {mark(number)}}} of the {{S}}ea}},\n"
        '  journal = "Journal of Winds",\n'
        "  year = 2021,\n"
        f"  doi = {{10.5555/wind.{number}}},\n"
        "  abstract = {We study the heat\n    of the wind.}\n"
        "}"
    )


def ris(number: int) -> str:
    return (
        f"TY  - JOUR\nID  - metsa{number}\nT1  - On {mark(number)}\nAU  - Metsä, Maija\nPY  - 2021/03/01/\n"
        f"DO  - 10.5555/Wind.{number}\nAB  - We study the heat of the wind\nand of the sea.\nER  - "
    )


def each(make: Any) -> tuple[str, ...]:
    return tuple(make(number) for number in range(COUNT))


def xml_row(loader: str, make: Any, head: str, tail: str, kind: str = "", **more: Any) -> Source:
    parts = tuple(make(number) for number in range(COUNT))
    return Source(loader, "xml", f"{kind or loader}.xml", parts, head, "\n", tail, kind=kind, **more)


DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
OAI_HEAD, _, OAI_TAIL = test_oai.reply("%").partition("%")
SOURCES: list[Source] = [
    *json_rows("openalex", openalex, '{"meta": {"count": 5}, "results": %, "group_by": []}'),
    *json_rows("crossref", crossref, '{"items": %}'),
    *json_rows(
        "crossref",
        crossref,
        '{"status": "ok", "message-type": "work-list", "message": {"total-results": 5, "items": %}}',
        kind="message",
    )[-3:],
    *json_rows("datacite", datacite, '{"data": %, "meta": {"total": 5}, "links": {}}'),
    xml_row("datacite", datacite_xml, f"{DECLARATION}<resources>\n", "\n</resources>\n"),
    *json_rows("orcid", orcid),
    xml_row("orcid", orcid_xml, f"{DECLARATION}<records>\n", "\n</records>\n"),
    *json_rows("virta", virta, '{"Julkaisut": {"Julkaisu": %}}'),
    xml_row("virta", virta_xml, *test_virta.document("%").split("%")),
    Source(
        "virta",
        "sql",
        "dump.sql",
        tuple(virta_sql(number) for number in range(COUNT)),
        head="USE [julkaisut]\nGO\n",
        between="\n",
        tail="\nSET X OFF\nGO\n",
    ),
    *json_rows("researchfi", researchfi),
    *json_rows("researchfi", researchfi_data, kind="datasets"),
    *json_rows(
        "pure", pure(test_pure.OLD), '{"count": 5, "pageInformation": {"size": 10}, "items": %}'
    ),
    *json_rows("pure", pure(test_pure.NEW), kind="crud"),
    Source("bibliography", "bibtex", "list.bib", each(bibtex), "% Encoding: UTF-8\n\n", "\n\n", "\n"),
    Source("bibliography", "ris", "list.ris", each(ris), "", "\n\n", "\n"),
    xml_row("oai", oai, OAI_HEAD, OAI_TAIL, "kk"),
    xml_row("oai", oai_dc, OAI_HEAD, OAI_TAIL, "oai_dc"),
    xml_row("oai", oai_cerif, OAI_HEAD, OAI_TAIL, "cerif"),
    json_rows("fingreylit", fingreylit)[0],
]
