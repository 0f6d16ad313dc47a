"""Each kind asks its interface the right questions and gets everything."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest
from conftest import FakeClock, Harvester, Make
from harvest_server import FAULTS, Answer, Ask, Faulty, js, serving
from harvest_services import (
    KEY,
    KINDS,
    Aalto,
    EscoApi,
    JobMarket,
    Konfo,
    Ooapi,
    Orcid,
    Peppi,
    Pure,
    Repository,
    Sisu,
    Site,
    Virta,
    case_settings,
    openalex,
)

from loaders.harvest.errors import HarvestError


def records(source: Harvester) -> set[str]:
    """Return every record that the loader would read, whatever the shape of the reply."""
    found: set[str] = set()
    for data in source.contents():
        text = data.decode()
        if source.spec.kind == "oai-pmh":
            found |= set(re.findall(r"<record>.*?</record>", text))
        elif source.spec.kind == "tyomarkkinatori" and source.spec.settings["interface"] == "p67":
            found |= set(text.splitlines())
        elif text.lstrip().startswith("<"):
            found.add(text)
        else:
            found |= {json.dumps(one, sort_keys=True) for one in _records(json.loads(text))}
    return found


def _records(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    for path in (("results",), ("message", "items"), ("data",), ("items",), ("_embedded",)):
        inner = value
        for name in path:
            inner = inner.get(name) if isinstance(inner, dict) else None
        if isinstance(inner, list):
            return inner
        if isinstance(inner, dict):
            return list(inner.values())
    return [value]


EXPECTED = {
    "sisu": 23 + 23 + 1,  # units, realisations, one organisation
    "aalto": 5,
    "peppi": 6 + 3 + 3 + 1,  # courses, realisations of the odd ones, trees, educations
    "konfo": 12 + 12,
    "ooapi": 25 + 25,
    "openalex": 23,
    "crossref": 23,
    "datacite": 23,
    "research-fi": 23 * 2,
    "orcid": 7,
    "virta": 9,
    "pure": 14,
    "oai-pmh": 23,
    "esco-api": 11 * 2,
    "tyomarkkinatori": 8,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_harvest_brings_every_record_once_and_a_second_one_nothing_new(
    kind: str, harvester: Make, clock: FakeClock
) -> None:
    service, path, settings = case_settings(kind)
    with serving(service) as server:
        source = harvester(kind, server.url + path, **settings)
        report = source.run()
        found = records(source)
        assert len(found) == EXPECTED[kind]
        assert report.full
        assert report.replies == len(source.archive.files())
        assert not report.failed
        clock.days(1)
        again = source.run()
        assert again.unchanged or again.full or not again.due
        assert records(source) == found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_whatever_faults_there_are_the_records_are_those_of_an_undisturbed_harvest(
    kind: str, seed: int, harvester: Make
) -> None:
    service, path, settings = case_settings(kind)
    with serving(service) as server:
        plain = harvester(kind, server.url + path, name="plain", **settings)
        plain.run()
        faults = tuple(name for name in FAULTS if name != "time-out" or seed == 0)
        if kind == "tyomarkkinatori":  # nothing published is a right answer there
            faults = tuple(name for name in faults if name not in ("empty", "json error"))
        server.service = Faulty(service, random.Random(f"{kind}{seed}"), 0.35, faults)
        ill = harvester(kind, server.url + path, name="ill", **settings)
        report = ill.run()
        assert records(ill) == records(plain)
        assert not report.failed
        injected = [name for name in server.service.injected if name not in ("gzip", "redirect")]
        assert report.retries == len(injected)


def test_sisu_asks_per_university_and_follows_what_the_server_really_gives(harvester: Make) -> None:
    service = Sisu(count=23, cap=4)
    with serving(service) as server:
        source = harvester(
            "sisu",
            server.url,
            universities=["tuni-university-root-id"],
            organisations=False,
            page_size=100,
        )
        source.run()
    searches = [ask for ask in server.asked if ask.path.endswith("course-unit-search")]
    assert [ask.query["start"] for ask in searches] == ["0", "4", "8", "12", "16", "20"]
    assert {ask.query["universityOrgId"] for ask in searches} == {"tuni-university-root-id"}
    assert {ask.query["validity"] for ask in searches} == {"ONGOING_AND_FUTURE"}
    units = [ask for ask in server.asked if ask.path.endswith("by-group-id")]
    assert len(units) == 23
    assert units[0].query == {"groupId": "tuni-CU-0", "universityId": "tuni-university-root-id"}
    # the list is read to its end before the first unit is asked for
    assert server.asked.index(units[0]) == 6


def test_sisu_leaves_out_units_of_partners(harvester: Make) -> None:
    inner = Sisu(count=4)

    def service(ask: Ask) -> Answer:
        answer = inner(ask)
        if ask.path.endswith("course-unit-search"):
            value = json.loads(answer.body)
            for number, hit in enumerate(value["searchResults"]):
                root = "tuni-university-root-id" if number % 2 else "hy-university-root-id"
                hit["universityOrgIds"] = [root]
            value["truncated"] = True
            return js(value)
        return answer

    with serving(service) as server:
        source = harvester(
            "sisu", server.url, universities=["tuni-university-root-id"], organisations=False
        )
        report = source.run()
    assert len(source.archive.files()) == 2
    assert "cuts this list short" in report.notes[0]


def test_aalto_sends_the_key_in_the_query_and_then_asks_conditionally(
    harvester: Make, clock: FakeClock
) -> None:
    service = Aalto()
    with serving(service) as server:
        source = harvester("aalto", server.url + "/r", key_env="HARVEST_TEST_KEY")
        source.run()
        clock.days(1)
        assert source.run().not_modified == 1
        service.items.append({"id": "new", "code": "N"})
        service.version = 2
        clock.days(1)
        report = source.run()
    assert server.asked[0].query == {"USER_KEY": KEY}
    assert "if-none-match" not in server.asked[0].headers
    assert server.asked[1].headers["if-none-match"] == '"v1"'
    assert report.replies == 1
    assert len(source.archive.files()) == 1
    assert len(records(source)) == 6


def test_peppi_asks_for_the_period_everywhere_and_for_each_course_once(harvester: Make) -> None:
    with serving(Peppi()) as server:
        source = harvester("peppi", server.url + "/api", periods=["2025-2026"])
        source.run()
    assert {ask.query.get("period") for ask in server.asked} == {"2025-2026"}
    courses = [ask.path for ask in server.asked if ask.path.startswith("/api/course/")]
    assert sorted(courses) == [f"/api/course/{n}" for n in range(6)]


def test_peppi_with_a_period_that_is_not_there_is_told(harvester: Make) -> None:
    with serving(Peppi()) as server:
        source = harvester("peppi", server.url + "/api", periods=["1990-1991"])
        with pytest.raises(HarvestError, match="lists nothing"):
            source.run()
    assert source.archive.files() == []


def test_konfo_keeps_the_narrowing_of_the_query(harvester: Make) -> None:
    with serving(Konfo()) as server:
        source = harvester(
            "konfo",
            server.url + "/konfo-backend/external",
            query={"koulutustyyppi": "kk-opintojakso", "pieniosaamiskokonaisuus": True},
        )
        source.run()
    first = server.asked[0].query
    assert first["koulutustyyppi"] == "kk-opintojakso"
    assert first["pieniosaamiskokonaisuus"] == "true"
    assert server.asked[1].query == {"toteutukset": "true"}


def test_ooapi_version_5_asks_for_the_offerings_of_each_course(harvester: Make) -> None:
    with serving(Ooapi("5", count=12)) as server:
        source = harvester(
            "ooapi", server.url + "/v", version="5", page_size="10", key_env="HARVEST_TEST_KEY"
        )
        source.run()
    assert len(records(source)) == 24
    assert [ask.path for ask in server.asked[:2]] == ["/v/courses", "/v/courses"]


def test_openalex_tells_what_to_do_without_a_paid_plan(harvester: Make, clock: FakeClock) -> None:
    inner = openalex()

    def service(ask: Ask) -> Answer:
        if "from_updated_date" in ask.query["filter"]:
            return js({"error": "Plan upgrade required", "message": "…"}, 429)
        return inner(ask)

    with serving(service) as server:
        source = harvester("openalex", server.url, filter="x", page_size=5)
        source.run()
        clock.days(1)
        with pytest.raises(HarvestError, match="since_filter"):
            source.run()
        assert len(server.asked) == 7  # no waiting helps: asked once
        assert len(source.archive.files()) == 5
        other = harvester(
            "openalex", server.url, filter="x", page_size=5, since_filter="from_publication_date"
        )
        other.run()  # what is asked for has changed: everything anew
        inner.changed = [1, 2]
        clock.days(1)
        report = other.run()
    assert not report.full
    assert re.search(r"x,from_publication_date:2026-05-\d\d", server.asked[-1].query["filter"])


def test_openalex_names_a_mail_address_only_if_there_is_one(harvester: Make) -> None:
    with serving(openalex()) as server:
        harvester("openalex", server.url, filter="x", contact="me@example.org").run()
        harvester("openalex", server.url, name="b", filter="x", contact="https://example.org/@me").run()
    assert server.asked[0].query["mailto"] == "me@example.org"
    assert "mailto" not in server.asked[-1].query


def test_orcid_by_list_takes_ids_out_of_any_text(harvester: Make, tmp_path: Any) -> None:
    (tmp_path / "people.csv").write_text("\ufeffname;orcid\nA;https://orcid.org/0000-0002-0000-0003\n")
    with serving(Orcid()) as server:
        source = harvester(
            "orcid", server.url + "/v3.0", ids=["0000-0002-0000-0001"], ids_file="people.csv"
        )
        source.run()
    assert [ask.path for ask in server.asked] == [
        "/v3.0/0000-0002-0000-0001/record",
        "/v3.0/0000-0002-0000-0003/record",
    ]


def test_virta_in_xml(harvester: Make) -> None:
    with serving(Virta()) as server:
        source = harvester(
            "virta", server.url + "/api/julkaisut", organisations=["10076"], format="xml"
        )
        report = source.run()
    assert server.asked[0].path == "/api/julkaisut/haku/xml"
    assert report.records == 9
    assert source.archive.files()[0].name.endswith(".xml.gz")


@pytest.mark.parametrize("by_rows", [True, False])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 11])
def test_esco_finds_out_what_offset_counts(by_rows: bool, count: int, harvester: Make) -> None:
    with serving(EscoApi(count, by_rows)) as server:
        source = harvester(
            "esco-api",
            server.url + "/esco/api",
            version="v1.2.0",
            languages=["en"],
            lists=["skill member-skills", "concept isco"],
            page_size=4,
        )
        if count:
            source.run()
            assert len(records(source)) == 2 * count
            assert len(server.asked) <= 2 * (count // 4 + 2)
        else:
            with pytest.raises(HarvestError, match="lists nothing"):
                source.run()


def test_job_market_p67_sends_one_request(harvester: Make) -> None:
    with serving(JobMarket()) as server:
        source = harvester(
            "tyomarkkinatori", server.url + "/kipa/p67/v2/jobpostings", key_env="HARVEST_TEST_KEY"
        )
        source.run()
    assert server.asked[0].json == {"onlyStatus": "PUBLISHED"}
    assert server.asked[0].method == "POST"
    assert source.archive.files()[0].name.endswith(".jsonl.gz")


def test_job_market_search_is_paged_from_nought(harvester: Make) -> None:
    with serving(JobMarket()) as server:
        source = harvester(
            "tyomarkkinatori", server.url, interface="search", page_size=3, regions=["01"]
        )
        source.run()
    pages = [ask.json["paging"]["pageNumber"] for ask in server.asked if ask.method == "POST"]
    assert pages == [0, 1, 2]
    assert len(records(source)) == 8


class TestPages:
    def test_sitemaps_are_followed_as_robots_allow(self, harvester: Make, clock: FakeClock) -> None:
        site = Site()
        with serving(site) as server:
            site.url = server.url
            source = harvester(
                "pages", sitemaps=[server.url + "/sitemap.xml"], urls=[server.url + "/courses/3"]
            )
            report = source.run()
            assert len(source.contents()) == 8
            assert any("robots.txt does not allow" in note for note in report.notes)
            assert any("1 addresses of other sites" in note for note in report.notes)
            clock.days(1)
            asked = len(server.asked)
            site.pages["/courses/5"] = ("<html>Changed</html>", "2026-11-07")
            del site.pages["/courses/7"]
            report = source.run()
            assert [ask.path for ask in server.asked[asked:]] == [
                "/robots.txt",
                "/sitemap.xml",
                "/map-1.xml",
                "/courses/5",
            ]
            assert (report.same, report.gone) == (6, 1)
            assert report.not_modified == 1  # this server does not look at content

    def test_pages_by_name_are_asked_conditionally(self, harvester: Make, clock: FakeClock) -> None:
        site = Site()
        site.robots = ""
        with serving(site) as server:
            source = harvester("pages", urls=[server.url + "/courses/1", server.url + "/courses/2"])
            source.run()
            clock.days(1)
            assert source.run().not_modified == 2

    def test_one_page_that_is_closed_does_not_stop_the_others(self, harvester: Make) -> None:
        site = Site()
        with serving(site) as server:
            server.service = lambda ask: Answer(403) if ask.path == "/courses/2" else site(ask)
            source = harvester("pages", urls=[f"{server.url}/courses/{n}" for n in (1, 2, 4)])
            report = source.run()
        assert len(report.failed) == 1
        assert len(source.contents()) == 2

    def test_a_crawl_delay_is_told(self, harvester: Make) -> None:
        site = Site()
        site.robots = "User-agent: *\nCrawl-delay: 10\n"
        with serving(site) as server:
            source = harvester("pages", urls=[server.url + "/courses/1"], rate=2)
            with pytest.raises(HarvestError, match=r"rate = 0\.100"):
                source.run()

    def test_a_robots_txt_that_is_a_page_has_no_rules(self, harvester: Make) -> None:
        site = Site()
        site.robots = "<!doctype html><html>Disallow: /</html>"
        with serving(site) as server:
            source = harvester("pages", urls=[server.url + "/courses/1"])
            source.run()
        assert len(source.contents()) == 1


class TestFiles:
    def test_keep_their_names_and_only_the_newest_counts(
        self, harvester: Make, clock: FakeClock
    ) -> None:
        site = Site()
        site.files = {"/a/skills_en.csv": b"conceptUri\n1\n", "/b/skills_en.csv": b"conceptUri\n2\n"}
        with serving(site) as server:
            urls = [server.url + path for path in site.files]
            source = harvester("files", urls=urls)
            source.run()
            assert sorted(path.name for path in source.archive.files()) == ["skills_en.csv.gz"] * 2
            clock.days(1)
            site.files["/a/skills_en.csv"] = b"conceptUri\n3\n"
            report = source.run()
            assert (report.replies, report.not_modified) == (1, 1)
            assert sorted(source.contents()) == [b"conceptUri\n2\n", b"conceptUri\n3\n"]

    def test_a_web_page_is_no_file(self, harvester: Make) -> None:
        with serving(lambda ask: Answer(200, b"<!DOCTYPE html><p>login</p>")) as server:
            source = harvester("files", urls=[server.url + "/data.csv"])
            with pytest.raises(HarvestError, match="lists nothing"):
                source.run()

    @pytest.mark.parametrize("name", ["x.zip", "x.gz"])
    def test_a_cut_archive_is_asked_for_again(self, name: str, harvester: Make) -> None:
        import gzip
        import io
        import zipfile

        box = io.BytesIO()
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr("skills_en.csv", "conceptUri\n1\n" * 50)
        whole = box.getvalue() if name == "x.zip" else gzip.compress(b"1\n" * 5000)
        answers = [Answer(200, whole[: len(whole) // 2]), Answer(200, whole)]
        with serving(lambda ask: answers.pop(0)) as server:
            source = harvester("files", urls=[f"{server.url}/{name}"])
            assert source.run().retries == 1
        assert source.archive.files()[0].name == name
        assert source.archive.files()[0].read_bytes() == whole

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/", "file"),
            ("/a%2Fb.csv", "b.csv"),
            ("/..%2f..%2fetc", "etc"),
            ("/%2e%2e/x y.csv?z=1", "x y.csv"),
        ],
    )
    def test_names_are_safe(self, path: str, name: str) -> None:
        from loaders.harvest.plans.files import file_name

        assert file_name("http://example.org" + path) == name


def test_oai_reads_on_over_a_damaged_record(harvester: Make) -> None:
    repository = Repository(count=12)
    repository.records[6] = repository.records[6].replace("Työ", "Ty\x0b&ouml;")
    with serving(repository) as server:
        source = harvester("oai-pmh", server.url + "/oai", prefix="kk")
        source.run()
    assert len(records(source)) == 12


def test_oai_knows_days_and_seconds(harvester: Make, clock: FakeClock) -> None:
    for granularity, text in (
        ("YYYY-MM-DD", "2026-11-06"),
        ("YYYY-MM-DDThh:mm:ssZ", "2026-11-06T02:00:00Z"),
    ):
        clock.time = FakeClock.time
        with serving(Repository(granularity=granularity)) as server:
            source = harvester("oai-pmh", server.url, name=granularity[-5:].strip(":-"))
            source.run()
            clock.days(1)
            source.run()
        assert server.asked[-1].query["from"] == text


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("cannotDisseminateFormat", "ListMetadataFormats"),
        ("noSetHierarchy", "sets"),
        ("badVerb", "url"),
    ],
)
def test_oai_errors_say_what_to_do(code: str, advice: str, harvester: Make) -> None:
    def service(ask: Ask) -> Answer:
        if ask.query["verb"] == "Identify":
            return Repository()(ask)
        return Repository.document(f'<error code="{code}">no</error>')

    with serving(service) as server:
        source = harvester("oai-pmh", server.url)
        with pytest.raises(HarvestError, match=advice):
            source.run()
    assert len(server.asked) == 2


def test_pure_sends_its_key_in_a_header(harvester: Make) -> None:
    with serving(Pure()) as server:
        harvester("pure", server.url + "/ws/api/524", key_env="HARVEST_TEST_KEY").run()
    assert {ask.headers["api-key"] for ask in server.asked} == {KEY}


def test_a_key_can_be_sent_elsewhere(harvester: Make) -> None:
    def service(ask: Ask) -> Answer:
        return (
            js({"count": 1, "items": [{"uuid": "u"}]})
            if ask.query.get("apiKey") == KEY
            else js({}, 401)
        )

    with serving(service) as server:
        source = harvester("pure", server.url, key_env="HARVEST_TEST_KEY", key_query="apiKey")
        assert source.run().replies == 1
