"""Small good files of courses and their realisations."""

from __future__ import annotations

import copy
import csv
import io
import json
from typing import Any

from openpyxl import load_workbook

from tests.loaders.bad_input.sources import COUNT, Source, json_rows, mark
from tests.loaders.courses import (
    test_aalto,
    test_elm,
    test_ooapi,
    test_opintopolku,
    test_peppi,
    test_ripa,
    test_schemaorg,
    test_sisu,
    test_template,
)

OIDS = [f"1.2.246.562.{{}}.0000000000000000090{number}" for number in range(COUNT)]


def aalto(number: int) -> Any:
    name = {"en": f"Programming {mark(number)}, Lecture"}
    return test_aalto.realisation(f"aalto-CUR-{number}", f"CS-A111{number}", name=name)


def sisu_unit(number: int) -> Any:
    return test_sisu.unit(
        f"otm-{number}", f"tuni-{number}", code=f"COMP.CS.10{number}", name={"en": mark(number)}
    )


def sisu_module(number: int) -> Any:
    return test_sisu.module(
        f"otm-m{number}", f"tuni-m{number}", code=f"COMP.M{number}", name={"en": mark(number)}
    )


def sisu_held(number: int) -> Any:
    return test_sisu.held(f"tuni-CUR-{number}", name={"en": mark(number)}, nameSpecifier={})


def sisu_found(number: int) -> Any:
    return test_sisu.result(f"jy-{number}", code=f"TIEP11{number}", name=mark(number))


def peppi_course(number: int) -> Any:
    name = test_peppi.ml("Antennit", mark(number))
    return test_peppi.course(f"52114{number}S", id=f"262{number}", name=name)


def peppi_held(number: int) -> Any:
    name = test_peppi.ml("Antennit", mark(number))
    return test_peppi.realization(realisationId=f"8800{number}", name=name)


def ripa_unit(number: int) -> Any:
    return test_ripa.unit(f"cu-{number}", f"CS-E400{number}", name=test_ripa.ml(en=mark(number)))


def ripa_held(number: int) -> Any:
    return test_ripa.held(f"re-{number}", name=test_ripa.ml(en=mark(number)))


def koulutus(number: int) -> Any:
    record = copy.deepcopy(test_opintopolku.KOULUTUS)
    record["oid"] = OIDS[number].format(13)
    record["nimi"] = {"en": mark(number)}
    record["metadata"]["tunniste"] = f"AA-C200{number}"
    return record


def toteutus(number: int) -> Any:
    record = copy.deepcopy(test_opintopolku.TOTEUTUS)
    record |= {"oid": OIDS[number].format(17), "externalId": f"aa-cur-{number}"}
    record |= {"nimi": {"en": mark(number)}, "koulutusOid": test_opintopolku.KOULUTUS["oid"]}
    return record


def ooapi_course(number: int) -> Any:
    record = copy.deepcopy(test_ooapi.COURSE)
    record["courseId"] = f"0000aaaa-0000-4000-8000-0000000001{number:02}"
    record["primaryCode"] = {"codeType": "identifier", "code": f"ROB-10{number}"}
    record["name"] = [{"language": "en-GB", "value": mark(number)}]
    return record


def ooapi_offering(number: int) -> Any:
    record = copy.deepcopy(test_ooapi.OFFERING)
    record["courseOfferingId"] = f"0000aaaa-0000-4000-8000-0000000002{number:02}"
    record["name"] = [{"language": "en", "value": mark(number)}]
    return record


def elm_credential(number: int) -> Any:
    record = test_elm.credential(id=f"urn:credential:0000aaaa-0000-4000-8000-00000000000{number}")
    text = json.dumps(record).replace("Making micro-credentials", mark(number))
    for name in ("qualification", "learningOutcome", "org", "person", "learningAchievement"):
        text = text.replace(f"{name}:1", f"{name}:{number}x")
    return json.loads(text)


ELM = "http://data.europa.eu/snb/model/elm/"
ELM_TURTLE_HEAD = test_elm.TURTLE.partition("ex:lo a")[0] + (
    'ex:org a elm:Organisation ; rov:legalName "Oulun yliopisto"@fi .\n'
)


def elm_turtle(number: int) -> str:
    return (
        f"ex:las{number} a elm:LearningAchievementSpecification ;\n"
        f'  dct:title "{mark(number)}"@en ;\n'
        f'  adms:identifier [ skos:notation "ROB-{number}" ] ;\n'
        '  elm:creditPoint [ elm:framework <http://data.europa.eu/snb/education-credit/6fcec5c5af> ; elm:point "5" ] ;\n'
        "  elm:awardingOpportunity [ elm:awardingBody ex:org ] .\n"
    )


def elm_lines(number: int) -> str:
    thing = f"<https://example.org/las{number}>"
    return (
        f"{thing} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ELM}Qualification> .\n"
        f'{thing} <http://purl.org/dc/terms/title> "{mark(number)}"@en .\n'
    )


def elm_xml(number: int) -> str:
    return (
        f'<qualification id="https://example.org/las/{number}">\n'
        f"  <identifier><skos:notation>ROB-{number}</skos:notation><schemeName>Course unit code</schemeName></identifier>\n"
        f'  <title language="en">{mark(number)}</title>\n'
        '  <ISCEDFCode uri="http://data.europa.eu/snb/isced-f/0714"/>\n'
        "  <volumeOfLearning>PT135H</volumeOfLearning>\n"
        '  <creditPoint><framework uri="http://data.europa.eu/snb/education-credit/6fcec5c5af"/><point>5</point></creditPoint>\n'
        '  <EQFLevel uri="http://data.europa.eu/snb/eqf/6"/>\n'
        "</qualification>"
    )


def schemaorg(number: int) -> Any:
    return test_schemaorg.course(
        name=mark(number),
        courseCode=f"ROB-C{number}",
        description="<p>All about <b>robots</b></p>",
        offers={"@type": "Offer", "price": "12.50", "priceCurrency": "EUR"},
    )


def schemaorg_block(number: int) -> str:
    return f'<script type="application/ld+json">{json.dumps(schemaorg(number))}</script>'


TEMPLATE_COLUMNS = [column.key for column in test_template.columns("courses")]
TEMPLATE_HEAD = test_template.empty("courses", "en", "csv").decode("utf-8-sig").rstrip("\r\n") + "\n"


def template(number: int) -> str:
    row = {
        "code": f"52114{number}S", "university": "Oulun yliopisto", "title_en": f"On {mark(number)}",
        "outcomes_en": 'Explains "AI"\nBuilds a model; tests it', "credits_min": "5", "start": "2026-09-07",
        "language": "English", "homepage": "https://example.org/ai", "price": "0",
    }  # fmt: skip
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="").writerow(
        [row.get(key, "") for key in TEMPLATE_COLUMNS]
    )
    return out.getvalue()


def template_sheet(number: int) -> str:
    """Return a row of a sheet as JSON: a workbook has no text of its own."""
    return json.dumps(next(csv.reader(io.StringIO(template(number)), delimiter=";")))


def workbook(text: str) -> bytes:
    """Return the form in Excel with these rows below the example."""
    book = load_workbook(io.BytesIO(test_template.empty("courses", "en", "xlsx")))
    sheet = book[test_template.sheet_name("courses", "en")]
    for line in text.splitlines():
        sheet.append(json.loads(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _each(make: Any) -> tuple[str, ...]:
    return tuple(make(number) for number in range(COUNT))


UNIVERSITY = {"university": "oulu"}
ELM_ROWS = [
    Source("elm", "turtle", "e.ttl", _each(elm_turtle), head=ELM_TURTLE_HEAD, between="\n"),
    Source("elm", "n-triples", "e.nt", _each(elm_lines), options=UNIVERSITY),
    Source(
        "elm",
        "xml",
        "loq.xml",
        _each(elm_xml),
        head=test_elm.XML.partition("  <learningOpportunityReferences>")[0]
        + "<learningAchievementSpecificationReferences>\n",
        between="\n",
        tail="\n</learningAchievementSpecificationReferences>\n</Courses>\n",
        options=UNIVERSITY,
    ),
    *json_rows("elm", elm_credential, name="credentials", options=UNIVERSITY),
]

SOURCES: list[Source] = [
    *json_rows("aalto", aalto, '{"status": "ok", "results": %, "count": 5}'),
    *json_rows("sisu", sisu_unit, '{"start": 0, "results": %, "total": 5}'),
    *json_rows("sisu", sisu_module, kind="modules"),
    *json_rows(
        "sisu",
        sisu_held,
        kind="realisations",
        beside={"units.json": json.dumps(test_sisu.unit(completionMethods=test_sisu.METHODS))},
        other_records=1,
    ),
    *json_rows("sisu", sisu_found, '{"start": 0, "total": 5, "searchResults": %, "truncated": false}', kind="search"),
    *json_rows("peppi", peppi_course, options=UNIVERSITY),
    *json_rows(
        "peppi",
        peppi_held,
        kind="realizations",
        options=UNIVERSITY,
        beside={"course.json": json.dumps(test_peppi.course())},
        other_records=1,
    ),
    *json_rows("ripa", ripa_unit, '{"courseUnits": %}'),
    *json_rows(
        "ripa",
        ripa_held,
        '{"realisations": %}',
        kind="realisations",
        beside={"unit.json": json.dumps(test_ripa.unit())},
        other_records=1,
    ),
    *json_rows("opintopolku", koulutus, '{"total": 5, "hits": %}'),
    *json_rows(
        "opintopolku",
        toteutus,
        kind="toteutus",
        beside={"koulutus.json": json.dumps(test_opintopolku.KOULUTUS)},
        other_records=1,
    ),
    *json_rows(
        "ooapi",
        ooapi_course,
        '{"pageSize": 10, "pageNumber": 1, "hasNextPage": false, "items": %}',
        beside={"organisations.json": json.dumps(test_ooapi.ALL[:3])},
        other_records=3,
    ),
    *json_rows(
        "ooapi",
        ooapi_offering,
        kind="offerings",
        beside={"all.json": json.dumps(test_ooapi.ALL[:6])},
        other_records=6,
    ),
    *ELM_ROWS,
    *json_rows("schemaorg", schemaorg, '{"@context": "https://schema.org", "@graph": %}'),
    Source(
        "schemaorg",
        "html",
        "page.html",
        _each(schemaorg_block),
        head="<!doctype html><html lang='en'><head><title>Courses</title>\n",
        between="\n",
        tail="\n</head><body><h1>Courses</h1></body></html>\n",
    ),
    Source("template", "csv", "form.csv", _each(template), TEMPLATE_HEAD, "\n", "\n", other_records=1),
    Source("template", "xlsx", "form.xlsx", _each(template_sheet), between="\n", other_records=1, pack=workbook),
]  # fmt: skip
