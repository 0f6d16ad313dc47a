"""Small good files of skills, occupations, needs, adverts and vocabularies."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from pyoxigraph import RdfFormat

from tests.loaders.bad_input.sources import COUNT, Source, json_rows, mark
from tests.loaders.skills import (
    test_adverts,
    test_barometer,
    test_esco,
    test_esco_api,
    test_esco_rdf,
    test_jod,
    test_needs_and_members,
    test_skos,
)

E = "http://data.europa.eu/esco"
SKILLS = tuple(f"{E}/skill/00000000-aaaa-4aaa-8aaa-00000000000{number}" for number in range(COUNT))
FORMS = {"turtle": "ttl", "n-triples": "nt", "rdf/xml": "rdf", "json-ld": "jsonld"}


def each(make: Any) -> tuple[str, ...]:
    return tuple(make(number) for number in range(COUNT))


def line(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def esco(number: int) -> str:
    return line(
        "KnowledgeSkillCompetence", SKILLS[number], "skill/competence", "cross-sector", mark(number),
        "one name\nanother, name", "", "released", "2016-12-20T17:43:43Z", "", "",
        f"{E}/concept-scheme/skills, {E}/concept-scheme/member-skills", 'A "text", with commas',
    )  # fmt: skip


def esco_edge(number: int) -> str:
    return line(SKILLS[number], "essential", "knowledge", f"{E}/skill/{mark(number)}")


EDGES = "originalSkillUri,relationType,relatedSkillType,relatedSkillUri\n"


def esco_api(number: int) -> Any:
    return test_esco_api.skill(SKILLS[number], mark(number))


def esco_turtle(number: int) -> str:
    return (
        f"<{SKILLS[number]}>\n"
        "        a                        esco:MemberConcept , esco:Skill , skos:Concept ;\n"
        f"        esco:skillType           <{E}/skill-type/skill> ;\n"
        f'        skos:altLabel            "one. And more"@en , "toinen"@fi ;\n'
        f"        skos:broader             <{E}/skill/S1> ;\n"
        f'        skos:prefLabel           "{mark(number)}"@en .\n'
    )


def esco_xml(number: int) -> str:
    return (
        f'<skos:Concept rdf:about="{SKILLS[number]}">\n'
        f'  <rdf:type rdf:resource="{E}/model#Skill"/>\n'
        f'  <esco:skillType rdf:resource="{E}/skill-type/skill"/>\n'
        '  <skos:altLabel xml:lang="fi">toinen</skos:altLabel>\n'
        f'  <skos:prefLabel xml:lang="en">{mark(number)}</skos:prefLabel>\n'
        "</skos:Concept>\n"
    )


XML_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    f' xmlns:skos="http://www.w3.org/2004/02/skos/core#" xmlns:esco="{E}/model#">\n'
)


def esco_rdf(form: str) -> Source:
    name = f"esco.{FORMS[form]}"
    head = test_esco_rdf.PREFIXES
    if form == "turtle":
        return Source("esco-rdf", form, name, each(esco_turtle), head, "\n")
    if form == "rdf/xml":
        return Source("esco-rdf", form, name, each(esco_xml), XML_HEAD, "", "</rdf:RDF>\n")
    kind = RdfFormat.N_TRIPLES if form == "n-triples" else RdfFormat.JSON_LD
    texts = [test_esco_rdf.in_format(head + text, kind).decode() for text in each(esco_turtle)]
    if form == "n-triples":
        return Source("esco-rdf", form, name, tuple(texts))
    nodes = [json.dumps(json.loads(text)[0]) for text in texts]
    return Source("esco-rdf", form, name, tuple(nodes), "[", ",\n", "]")


def skos(form: str) -> Source:
    ending = FORMS[form]
    parts = tuple(
        test_skos.written(ending, number).replace(f"concept {number}", mark(number))
        for number in range(COUNT)
    )
    head, _, tail = test_skos.document(ending, ["%"]).partition("%")
    between = ",\n" if form == "json-ld" else "\n" if form == "turtle" else ""
    return Source("skos", form, f"v.{ending}", parts, head, between, tail)


def skos_tsv(number: int) -> str:
    return f"<http://example.org/v/{number}>\t{mark(number)}"


def jod(number: int) -> Any:
    titles = {"tyomahdollisuudenOtsikko": {"en": mark(number)}}
    return test_jod.work(f"w{number}", perustiedot=titles)


def jod_sql(number: int) -> str:
    return f"INSERT INTO tyo_data.import\nVALUES ({test_jod.literal(jod(number))})\n;;;"


def advert(number: int) -> Any:
    record = test_adverts.posting(f"2f1c5a5e-0000-4000-8000-00000000000{number}")
    record["position"]["title"] = {"en": mark(number)}
    return record


def barometer(number: int) -> str:
    return f"251{number};{mark(number)};2026-06;3;15"


def barometer_json(number: int) -> Any:
    return test_barometer.observation(koodi=f"251{number}", kohtaantoTime=f"2026-0{number + 1}")


def need(number: int) -> str:
    return line(SKILLS[number], "FI", "2026", str(number), "openings", f'Said "so", {mark(number)}')


BAROMETER_LISTS = test_barometer.replies()
SOURCES: list[Source] = [
    Source("esco", "csv", "skills_en.csv", each(esco), test_esco.HEAD, "\n", "\n"),
    Source("esco", "csv", "skillSkillRelations_en.csv", each(esco_edge), EDGES, "\n", "\n", kind="edges"),
    *json_rows("esco-api", esco_api),
    *json_rows("esco-api", esco_api, '{"total": 5, "_links": {}, "_embedded": {"results": %}}', kind="search")[-3:],
    Source(
        "esco-former", "csv", "skills_en.csv", each(esco), test_esco.HEAD, "\n", "\n",
        beside={"esco-mapping.jsonl": ""},
    ),
    *(esco_rdf(form) for form in FORMS),
    *(skos(form) for form in FORMS),
    Source("skos", "tsv", "labels-en.tsv", each(skos_tsv), between="\n", tail="\n"),
    *json_rows("jod", jod, '{"sivuja": 1, "maara": 5, "sisalto": %}'),
    Source("jod", "sql", "import.sql", each(jod_sql), "BEGIN;\n", "\n", "\nCOMMIT;\n"),
    *json_rows("adverts", advert, '{"content": %, "lastPage": true}'),
    Source("barometer", "csv", "b.csv", each(barometer), "occupation;region;period;state;vacancies\n", "\n", "\n"),
    *json_rows(
        "barometer",
        barometer_json,
        beside={name: text for name, text in BAROMETER_LISTS.items() if name.count("/") == 0},
        other_records=2,
        marks=tuple(f"2026-0{number + 1}" for number in range(COUNT)),
    ),
    Source("needs", "csv", "needs.csv", each(need), test_needs_and_members.HEAD, "\n", "\n"),
]  # fmt: skip
