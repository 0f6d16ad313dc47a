"""Small good files of courses and their realisations."""

from __future__ import annotations

import copy
import json
from typing import Any

from tests.loaders.bad_input.sources import COUNT, Source, json_rows, mark
from tests.loaders.courses import (
    test_aalto,
    test_elm,
    test_ooapi,
    test_opintopolku,
    test_peppi,
    test_ripa,
    test_sisu,
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
        beside_records=1,
    ),
    *json_rows("sisu", sisu_found, '{"start": 0, "total": 5, "searchResults": %, "truncated": false}', kind="search"),
    *json_rows("peppi", peppi_course, options=UNIVERSITY),
    *json_rows(
        "peppi",
        peppi_held,
        kind="realizations",
        options=UNIVERSITY,
        beside={"course.json": json.dumps(test_peppi.course())},
        beside_records=1,
    ),
    *json_rows("ripa", ripa_unit, '{"courseUnits": %}'),
    *json_rows(
        "ripa",
        ripa_held,
        '{"realisations": %}',
        kind="realisations",
        beside={"unit.json": json.dumps(test_ripa.unit())},
        beside_records=1,
    ),
    *json_rows("opintopolku", koulutus, '{"total": 5, "hits": %}'),
    *json_rows(
        "opintopolku",
        toteutus,
        kind="toteutus",
        beside={"koulutus.json": json.dumps(test_opintopolku.KOULUTUS)},
        beside_records=1,
    ),
    *json_rows(
        "ooapi",
        ooapi_course,
        '{"pageSize": 10, "pageNumber": 1, "hasNextPage": false, "items": %}',
        beside={"organisations.json": json.dumps(test_ooapi.ALL[:3])},
        beside_records=3,
    ),
    *json_rows(
        "ooapi",
        ooapi_offering,
        kind="offerings",
        beside={"all.json": json.dumps(test_ooapi.ALL[:6])},
        beside_records=6,
    ),
    *ELM_ROWS,
]  # fmt: skip
