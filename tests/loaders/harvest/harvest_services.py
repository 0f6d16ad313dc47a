"""The interfaces that we harvest, rebuilt in the shapes of the real ones, with invented content."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from harvest_server import Answer, Ask, Service, js, xml

KEY = "K3y+with/odd=signs-0123456789"


def number(ask: Ask, name: str, default: int = 0) -> int:
    return int(ask.query.get(name, default))


class Sisu:
    """kori: search by university, units by group, realisations by assessment item, organisations."""

    def __init__(self, count: int = 23, cap: int = 10) -> None:
        self.cap = cap
        self.units = {f"tuni-CU-{n}": self.unit(n) for n in range(count)}
        self.withheld: set[str] = set()
        """Groups that the search lists but that answer 404."""

    @staticmethod
    def unit(n: int, note: str = "") -> dict[str, Any]:
        return {
            "documentState": "ACTIVE",
            "id": f"otm-{n}",
            "groupId": f"tuni-CU-{n}",
            "universityOrgIds": ["tuni-university-root-id"],
            "code": f"CS.{n:03d}",
            "name": {"en": f"Course {n}{note}", "fi": f"Kurssi {n}{note}"},
            "credits": {"min": 5, "max": 5},
            "validityPeriod": {"startDate": "2024-08-01"},
            "outcomes": {"en": f"<p>You can do thing {n}.</p>"},
            "studyLevel": "urn:code:study-level:basic-studies",
            "completionMethods": [{"localId": "m", "assessmentItemIds": [f"tuni-AI-{n}"]}],
            "organisations": [],
        }

    def __call__(self, ask: Ask) -> Answer:
        match ask.path:
            case "/kori/api/course-unit-search":
                start = number(ask, "start")
                size = min(number(ask, "limit", 20), self.cap)
                listed = list(self.units.values())
                hits = [
                    {key: unit[key] for key in ("id", "code", "groupId", "credits")}
                    | {"name": unit["name"]["en"], "lang": "en"}
                    for unit in listed[start : start + size]
                ]
                return js(
                    {
                        "start": start,
                        "limit": size,
                        "total": len(listed),
                        "searchResults": hits,
                        "truncated": False,
                        "notifications": None,
                    }
                )
            case "/kori/api/course-units/by-group-id":
                group = ask.query["groupId"]
                if group in self.withheld or group not in self.units:
                    return js({"message": "not found"}, 404)
                return js([self.units[group]])
            case "/kori/api/course-unit-realisations/published":
                item = ask.query["assessmentItemId"]
                return js([{"id": f"cur-{item}", "assessmentItemIds": [item]}])
            case "/kori/api/organisations":
                root = "tuni-university-root-id"
                return js([{"id": root, "universityOrgId": root, "name": {"en": "Tampere University"}}])
        return js({"message": "no such path"}, 404)


class Aalto:
    """One list behind a key in the query, with an ETag."""

    def __init__(self) -> None:
        self.items = [
            {"id": f"aalto-CUR-{n}", "code": f"CS-C{n:04d}", "name": {"en": f"Course {n}"}}
            for n in range(5)
        ]
        self.version = 1

    def __call__(self, ask: Ask) -> Answer:
        if ask.query.get("USER_KEY") != KEY:
            return js({"message": "Authentication failed"}, 403)
        tag = f'"v{self.version}"'
        if ask.headers.get("if-none-match") == tag:
            return Answer(304, headers={"ETag": tag})
        return js(self.items, ETag=tag)


class Peppi:
    """Categories → programmes → trees → courses; every call wants a period."""

    def __init__(self, programmes: int = 3, courses: int = 6) -> None:
        self.trees = {
            str(100 + p): [
                {
                    "id": str(100 + p),
                    "type": "PROGRAMME",
                    "name": {"valueEn": f"Programme {p}"},
                    "children": [
                        {
                            "id": f"m{p}",
                            "type": "STUDY_MODULE",
                            "name": {"valueEn": f"Module {p}"},
                            "children": [
                                # each course stands in two programmes
                                {
                                    "id": str(c),
                                    "type": "COURSE_UNIT",
                                    "name": {"valueEn": f"Course {c}"},
                                    "children": [],
                                }
                                for c in range(courses)
                                if c % programmes in (p, (p + 1) % programmes)
                            ],
                        }
                    ],
                }
            ]
            for p in range(programmes)
        }
        self.text: dict[str, str] = {}

    @staticmethod
    def realization(one: str) -> dict[str, Any]:
        return {"id": f"r{one}", "code": f"IC{one}-3001", "name": {"valueEn": f"Course {one}"}}

    def __call__(self, ask: Ask) -> Answer:
        if not ask.query.get("period"):
            return js({"status": 404, "error": "Not Found"}, 404)
        if ask.query["period"] != "2025-2026":
            return js([])
        parts = ask.path.strip("/").split("/")
        match parts:
            case ["api", "navigation"]:
                return js([{"id": "1", "name": {"valueEn": "Degrees"}, "type": "code"}])
            case ["api", "education", "1", "education-type"]:
                below = [
                    {"id": one, "type": "PROGRAMME", "name": {"valueEn": f"P {one}"}, "children": []}
                    for one in self.trees
                ]
                name = {"valueEn": "Computer Science"}
                return js([{"id": "43205", "type": "EDUCATION", "name": name, "children": below}])
            case ["api", "accomplishment-plan", one] if one in self.trees:
                return js(self.trees[one])
            case ["api", "course", one]:
                content = {"valueEn": self.text.get(one, f"Outcomes of {one}")}
                part = {"title": {"valueEn": "Learning outcomes"}, "content": content}
                name = {"valueEn": f"Course {one}", "valueFi": "", "valueSv": ""}
                return js({"id": one, "code": f"IC{one}", "name": name, "contentList": [part]})
            case ["api", "realizations", "course", one]:
                return js([self.realization(one)] if int(one) % 2 else [])
        return js({"status": 404, "error": "Not Found"}, 404)


class Konfo:
    """Search, programmes, realisations."""

    def __init__(self, count: int = 12) -> None:
        self.studies = {f"1.2.246.562.13.{n:03d}": [f"1.2.246.562.17.{n:03d}"] for n in range(count)}

    def __call__(self, ask: Ask) -> Answer:
        parts = ask.path.removeprefix("/konfo-backend/external/").split("/")
        match parts:
            case ["search", "koulutukset"]:
                page, size = number(ask, "page", 1), number(ask, "size", 20)
                listed = list(self.studies)[(page - 1) * size : page * size]
                hits = [{"oid": oid, "nimi": {"fi": f"Koulutus {oid}"}} for oid in listed]
                return js({"total": len(self.studies), "hits": hits, "filters": {}})
            case ["koulutus", oid] if oid in self.studies:
                below = [{"oid": one, "nimi": {"fi": "x"}} for one in self.studies[oid]]
                name = {"fi": f"Opintojakso {oid}"}
                provider = [{"oid": "1.2.246.562.10.56753942459", "nimi": {"fi": "Aalto-yliopisto"}}]
                study = {"oid": oid, "koulutustyyppi": "kk-opintojakso", "nimi": name}
                study["tarjoajat"] = provider
                return js({**study, "toteutukset": below})
            case ["toteutus", oid]:
                above = oid.replace(".17.", ".13.")
                metadata = {"tyyppi": "kk-opintojakso"}
                name = {"fi": f"Toteutus {oid}"}
                provider = [{"oid": "1.2.246.562.10.56753942459", "nimi": {"fi": "Aalto-yliopisto"}}]
                study = {"oid": oid, "koulutusOid": above, "nimi": name, "metadata": metadata}
                return js({**study, "tarjoajat": provider})
        return js({"message": "Not found"}, 404)


class Ooapi:
    """Pages of courses and offerings, versions 5 and 6, behind a bearer key."""

    def __init__(self, version: str = "6", count: int = 25) -> None:
        self.version, self.courses = version, [f"course-{n}" for n in range(count)]

    def __call__(self, ask: Ask) -> Answer:
        if ask.headers.get("authorization") != f"Bearer {KEY}":
            return js({"status": "401", "title": "Unauthorized"}, 401)
        parts = ask.path.strip("/").split("/")
        if parts == ["v", "courses"]:
            items = [
                {
                    "courseId": one,
                    "primaryCode": {"codeType": "identifier", "code": one.upper()},
                    "name": [{"language": "en-GB", "value": one}],
                }
                for one in self.courses
            ]
        elif parts == ["v", "course-offerings"] and self.version == "6":
            items = [{"offeringId": f"o-{one}", "course": one} for one in self.courses]
        elif len(parts) == 4 and parts[3] == "offerings" and self.version == "5":
            items = [{"offeringId": f"o-{parts[2]}", "course": parts[2]}]
        else:
            return js({"status": "404"}, 404)
        page, size = number(ask, "pageNumber", 1), number(ask, "pageSize", 10)
        found = items[(page - 1) * size : page * size]
        return js(
            {
                "pageSize": size,
                "pageNumber": page,
                "hasPreviousPage": page > 1,
                "hasNextPage": page * size < len(items),
                "items": found,
            }
        )


class Cursor:
    """A list that is paged with a cursor; `wrap` makes the reply's own shape."""

    def __init__(
        self, count: int, size: str, cursor: str, wrap: Callable[[list[int], str, Ask, int], Answer]
    ) -> None:
        self.rows = list(range(count))
        self.size, self.cursor, self.wrap = size, cursor, wrap
        self.expired: set[str] = set()
        self.changed: list[int] = []

    def __call__(self, ask: Ask) -> Answer:
        cursor = ask.query.get(self.cursor, "")
        if cursor in self.expired:
            self.expired.discard(cursor)
            return js({"status": "failed", "message": "cursor expired"}, 400)
        rows = self.changed if is_increment(ask) else self.rows
        at = int(cursor[1:]) if cursor[:1] == "c" else 0
        size = number(ask, self.size, 5)
        return self.wrap(rows[at : at + size], f"c{at + size}", ask, len(rows))


def is_increment(ask: Ask) -> bool:
    text = " ".join(ask.query.values())
    named = ("updated:[", "from_updated_date:", "from-update-date:", "from_publication_date:")
    return any(name in text for name in named) or "ModifiedFrom" in ask.query


def openalex(count: int = 23) -> Cursor:
    def wrap(rows: list[int], ahead: str, ask: Ask, total: int) -> Answer:
        results = [{"id": f"https://openalex.org/W{n}", "title": f"Work {n}"} for n in rows]
        meta = {"count": total, "per_page": 5, "next_cursor": ahead if rows else None}
        return js({"meta": meta, "results": results, "group_by": []})

    return Cursor(count, "per-page", "cursor", wrap)


def crossref(count: int = 23) -> Cursor:
    def wrap(rows: list[int], ahead: str, ask: Ask, total: int) -> Answer:
        items = [{"DOI": f"10.5555/{n}", "title": [f"Work {n}"]} for n in rows]
        message = {"total-results": total, "items": items, "next-cursor": ahead}
        return js({"status": "ok", "message-type": "work-list", "message": message})

    return Cursor(count, "rows", "cursor", wrap)


def datacite(count: int = 23) -> Cursor:
    def wrap(rows: list[int], ahead: str, ask: Ask, total: int) -> Answer:
        data = [
            {
                "id": f"10.5072/{n}",
                "type": "dois",
                "attributes": {"doi": f"10.5072/{n}", "titles": [{"title": f"Data {n}"}]},
            }
            for n in rows
        ]
        links = {"self": "x"}
        if rows:
            links["next"] = f"https://api.datacite.org/dois?page%5Bcursor%5D={ahead}&page%5Bsize%5D=5"
        return js({"data": data, "meta": {"total": total}, "links": links})

    return Cursor(count, "page[size]", "page[cursor]", wrap)


def research_fi(count: int = 23) -> Cursor:
    def wrap(rows: list[int], ahead: str, ask: Ask, total: int) -> Answer:
        if ask.headers.get("authorization") != f"Bearer {KEY}":
            return Answer(401)
        items = [{"id": f"{ask.query['OrganizationId']}-{n}", "name": f"Work {n}"} for n in rows]
        return js(items, **({"x_next_page_token": ahead} if rows else {}))

    return Cursor(count, "PageSize", "NextPageToken", wrap)


class Orcid:
    """Records by iD, and a search."""

    def __init__(self, count: int = 7) -> None:
        self.ids = [f"0000-0002-0000-{n:04d}" for n in range(count)]
        self.changed: list[str] = []
        self.locked: set[str] = set()

    def __call__(self, ask: Ask) -> Answer:
        parts = ask.path.strip("/").split("/")
        if parts == ["v3.0", "search"]:
            listed = self.changed if "profile-last-modified-date" in ask.query["q"] else self.ids
            start, rows = number(ask, "start"), number(ask, "rows", 100)
            found = [{"orcid-identifier": {"path": one}} for one in listed[start : start + rows]]
            return js({"result": found or None, "num-found": len(listed)})
        one = parts[1]
        if one in self.locked:
            return js({"response-code": 409, "developer-message": "locked"}, 409)
        if one not in self.ids:
            return js({"response-code": 404}, 404)
        name = {"given-names": {"value": "Essi"}, "family-name": {"value": f"Esimerkki {one[-1]}"}}
        return js({"orcid-identifier": {"path": one}, "person": {"name": name}})


class Virta:
    """One stream per organisation and year."""

    def __init__(self, count: int = 9) -> None:
        self.all = [
            {
                "OrganisaatioTunnus": 10076,
                "JulkaisunTunnus": f"p{n}",
                "JulkaisuVuosi": 2020 + n % 3,
                "JulkaisunNimi": f"Julkaisu {n}",
                "JulkaisutyyppiKoodi": "A1",
            }
            for n in range(count)
        ]
        self.changed: list[dict[str, Any]] = []

    def __call__(self, ask: Ask) -> Answer:
        assert ask.query["organisaatioTunnus"] == "10076"
        rows = self.changed if "muutospvmAlku" in ask.query else self.all
        year = ask.query.get("julkaisuVuosi")
        rows = [row for row in rows if year is None or str(row["JulkaisuVuosi"]) == year]
        if ask.path.endswith("/xml"):
            inner = "".join(
                f"<Julkaisu><JulkaisunTunnus>{row['JulkaisunTunnus']}</JulkaisunTunnus></Julkaisu>"
                for row in rows
            )
            return xml(f'<Julkaisut xmlns="urn:mace:funet.fi:julkaisut/2015/03/01">{inner}</Julkaisut>')
        return js(rows)


class Pure:
    """Research outputs by offset, what was modified, and the stream of changes."""

    def __init__(self, count: int = 14, path: str = "/ws/api/524") -> None:
        self.path = path
        self.outputs = {
            f"uuid-{n}": {"uuid": f"uuid-{n}", "title": {"value": f"T{n}"}} for n in range(count)
        }
        self.modified: list[str] = []
        self.changes: list[dict[str, str]] = []
        self.closed = False

    def __call__(self, ask: Ask) -> Answer:
        if ask.headers.get("api-key") != KEY:
            return js({"code": 401}, 401)
        parts = ask.path.removeprefix(self.path).strip("/").split("/")
        match parts:
            case ["research-outputs"]:
                listed = list(self.outputs.values())
                if "modifiedAfter" in ask.query:
                    listed = [self.outputs[one] for one in self.modified]
                at, size = number(ask, "offset"), number(ask, "size", 10)
                items = listed[at : at + size]
                reply = {"count": len(listed), "pageInformation": {"offset": at, "size": size}}
                return js({**reply, **({"items": items} if items else {})})
            case ["research-outputs", one]:
                return js(self.outputs[one]) if one in self.outputs else js({}, 404)
            case ["changes", token]:
                if self.closed:
                    return js({"code": 403}, 403)
                at = int(token[1:]) if token.startswith("t") else 0
                items = self.changes[at : at + 2]
                more = at + 2 < len(self.changes)
                reply = {"count": len(items), "resumptionToken": f"t{at + 2}", "moreChanges": more}
                return js({**reply, "items": items})
        return js({}, 404)


class Repository:
    """OAI-PMH in the `kk` format, with resumption tokens and deletions."""

    def __init__(
        self, count: int = 23, size: int = 5, granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    ) -> None:
        self.size, self.granularity = size, granularity
        self.records = [self.record(n) for n in range(count)]
        self.changed: list[str] = []
        self.expired: set[str] = set()
        self.deleted_record = "transient"

    @staticmethod
    def record(n: int, note: str = "") -> str:
        return (
            f"<record><header><identifier>oai:example.org:10024/{n}</identifier>"
            "<datestamp>2026-01-02T03:04:05Z</datestamp></header><metadata>"
            '<kk:metadata xmlns:kk="http://kk/1.0">'
            f'<kk:identifier type="handle" value="10024/{n}"/>'
            f'<kk:field schema="dc" element="title" language="fi" value="Työ {n}{note}"/>'
            f'<kk:field schema="dc" element="contributor" qualifier="author" value="Esimerkki, Essi"/>'
            '<kk:field schema="dc" element="date" qualifier="issued" value="2024"/>'
            '<kk:field schema="dc" element="type" value="doctoralThesis"/>'
            "</kk:metadata></metadata></record>"
        )

    @staticmethod
    def deleted(n: int) -> str:
        return (
            f'<record><header status="deleted"><identifier>oai:example.org:10024/{n}</identifier>'
            "<datestamp>2026-02-02T03:04:05Z</datestamp></header></record>"
        )

    @staticmethod
    def document(inner: str) -> Answer:
        return xml(
            '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            "<responseDate>2026-11-07T02:00:00Z</responseDate>"
            f"<request>https://example.org/oai/request</request>{inner}</OAI-PMH>"
        )

    def __call__(self, ask: Ask) -> Answer:
        if ask.query["verb"] == "Identify":
            return self.document(
                "<Identify><repositoryName>Example</repositoryName>"
                f"<deletedRecord>{self.deleted_record}</deletedRecord>"
                f"<granularity>{self.granularity}</granularity></Identify>"
            )
        token = ask.query.get("resumptionToken", "")
        if token in self.expired:
            self.expired.discard(token)
            return self.document('<error code="badResumptionToken">expired</error>')
        kind, _, at_text = token.partition("-")
        increment = kind == "inc" if token else "from" in ask.query
        rows, at = (self.changed if increment else self.records), int(at_text or 0)
        if not rows:
            return self.document('<error code="noRecordsMatch">nothing</error>')
        page = "".join(rows[at : at + self.size])
        tail = f'<resumptionToken completeListSize="{len(rows)}" cursor="{at}">'
        if at + self.size < len(rows):
            tail += f"{'inc' if increment else 'all'}-{at + self.size}"
        return self.document(f"<ListRecords>{page}{tail}</resumptionToken></ListRecords>")


class EscoApi:
    """Concepts of a scheme; `offset` counts rows or pages."""

    def __init__(self, count: int = 11, by_rows: bool = True) -> None:
        self.count, self.by_rows = count, by_rows

    def __call__(self, ask: Ask) -> Answer:
        assert ask.query["selectedVersion"] == "v1.2.0"
        offset, limit = number(ask, "offset"), number(ask, "limit", 20)
        at = offset if self.by_rows else offset * limit
        kind = ask.path.rpartition("/")[2]
        uris = [f"http://data.europa.eu/esco/{kind}/{n}" for n in range(self.count)][at : at + limit]
        language = ask.query["language"]
        embedded = {
            uri: {"uri": uri, "title": uri, "preferredLabel": {language: f"{uri} {language}"}}
            for uri in uris
        }
        return js({"total": self.count, "offset": offset, "limit": limit, "_embedded": embedded})


class JobMarket:
    """P67 and the search of the public pages."""

    def __init__(self, count: int = 8) -> None:
        self.adverts = [self.advert(n) for n in range(count)]
        self.changed: list[dict[str, Any]] = []

    @staticmethod
    def advert(n: int, archived: str | None = None) -> dict[str, Any]:
        return {
            "metadata": {
                "externalId": f"ad-{n}",
                "lastModified": "2026-11-01T00:00:00",
                "archived": archived,
            },
            "languages": ["fi"],
            "position": {"title": {"fi": f"Työ {n}"}},
        }

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/kipa/p67/v2/jobpostings":
            if ask.headers.get("kipa-subscription-key") != KEY:
                return js({"statusCode": 401, "message": "Access denied"}, 401)
            rows = self.changed if "modified" in ask.json else self.adverts
            body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
            return Answer(200, body, {"Content-Type": "application/x-ndjson"})
        if ask.path.endswith("/search"):
            paging = ask.json["paging"]
            at = paging["pageNumber"] * paging["pageSize"]
            rows = self.adverts[at : at + paging["pageSize"]]
            content = [
                {"id": row["metadata"]["externalId"], "publishDate": "2026-11-01"} for row in rows
            ]
            return js({"content": content, "lastPage": at + len(rows) >= len(self.adverts)})
        one = ask.path.rpartition("/")[2]
        found = [row for row in self.adverts if row["metadata"]["externalId"] == one]
        return js({"position": found[0]["position"], "id": one}) if found else js({}, 404)


class Site:
    """Web pages with schema.org data, a sitemap index and robots.txt."""

    def __init__(self, count: int = 9) -> None:
        self.url = ""
        self.pages = {
            f"/courses/{n}": (f"<html><body>Course {n}</body></html>", "2026-01-01")
            for n in range(count)
        }
        self.robots = "User-agent: *\nDisallow: /courses/3\n"
        self.files: dict[str, bytes] = {}

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/robots.txt":
            return Answer(200, self.robots.encode()) if self.robots else Answer(404, b"no")
        if ask.path == "/sitemap.xml":
            return xml(self._map("sitemapindex", [("/map-1.xml", "")]))
        if ask.path == "/map-1.xml":
            inner = [(path, changed) for path, (_, changed) in self.pages.items()]
            return xml(self._map("urlset", [*inner, ("https://elsewhere.example/x", "")]))
        if ask.path in self.files:
            body = self.files[ask.path]
            tag = f'"{hash(body)}"'
            if ask.headers.get("if-none-match") == tag:
                return Answer(304, headers={"ETag": tag})
            return Answer(200, body, {"ETag": tag})
        if ask.path in self.pages:
            page, _ = self.pages[ask.path]
            when = "Thu, 01 Jan 2026 00:00:00 GMT"
            if ask.headers.get("if-modified-since") == when:
                return Answer(304)
            return Answer(200, page.encode(), {"Content-Type": "text/html", "Last-Modified": when})
        return Answer(404, b"<html>not here</html>")

    def _map(self, kind: str, entries: list[tuple[str, str]]) -> str:
        inner = "".join(
            f"<e><loc>{self.url if path.startswith('/') else ''}{path}</loc>"
            f"{f'<lastmod>{changed}</lastmod>' if changed else ''}</e>".replace(
                "e>", "url>" if kind == "urlset" else "sitemap>"
            )
            for path, changed in entries
        )
        return f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{kind}>'


def case_settings(kind: str) -> tuple[Service, str, dict[str, Any]]:
    """Return a service of a kind, the path of its base address, and the settings to harvest it."""
    keyed = {"key_env": "HARVEST_TEST_KEY"}
    cases: dict[str, tuple[Service, str, dict[str, Any]]] = {
        "sisu": (
            Sisu(),
            "",
            {"universities": ["tuni-university-root-id"], "page_size": 7, "realisations": True},
        ),
        "aalto": (Aalto(), "/realisations", keyed),
        "peppi": (Peppi(), "/api", {"periods": ["2025-2026"]}),
        "konfo": (Konfo(), "/konfo-backend/external", {"page_size": 5}),
        "ooapi": (Ooapi(), "/v", {"page_size": "10", **keyed}),
        "openalex": (openalex(), "", {"filter": "institutions.ror:x", "page_size": 5}),
        "crossref": (crossref(), "", {"filter": "ror-id:x", "page_size": 5}),
        "datacite": (datacite(), "", {"search": "x", "page_size": 5}),
        "research-fi": (
            research_fi(),
            "/v1",
            {"organisations": ["10076", "10122"], "page_size": 5, **keyed},
        ),
        "orcid": (Orcid(), "/v3.0", {"search": "x", "page_size": 3}),
        "virta": (
            Virta(),
            "/api/julkaisut",
            {"organisations": ["10076"], "years": ["2020", "2021", "2022"]},
        ),
        "pure": (Pure(), "/ws/api/524", {"page_size": 4, **keyed}),
        "oai-pmh": (Repository(), "/oai/request", {"prefix": "kk"}),
        "esco-api": (
            EscoApi(),
            "/esco/api",
            {
                "version": "v1.2.0",
                "languages": ["en", "fi"],
                "lists": ["skill member-skills"],
                "page_size": 4,
            },
        ),
        "tyomarkkinatori": (JobMarket(), "/kipa/p67/v2/jobpostings", keyed),
    }
    return cases[kind]


KINDS = (
    "sisu",
    "aalto",
    "peppi",
    "konfo",
    "ooapi",
    "openalex",
    "crossref",
    "datacite",
    "research-fi",
    "orcid",
    "virta",
    "pure",
    "oai-pmh",
    "esco-api",
    "tyomarkkinatori",
)
