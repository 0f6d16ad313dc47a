"""What changes between two harvests, and what changes while one is under way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from conftest import FakeClock, Make
from harvest_server import Answer, Ask, Service, js, serving
from harvest_services import (
    Cursor,
    JobMarket,
    Konfo,
    Ooapi,
    Orcid,
    Peppi,
    Pure,
    Repository,
    Sisu,
    Virta,
    crossref,
    datacite,
    openalex,
    research_fi,
)

from loaders.harvest.errors import HarvestError

SISU = {"universities": ["tuni-university-root-id"], "organisations": False, "page_size": 7}


class TestLists:
    """Lists that are read by position, while they change."""

    @staticmethod
    def changing(service: Sisu, change: Callable[[], None], before_page: int) -> Service:
        pages = [0]

        def wrapped(ask: Ask) -> Answer:
            if ask.path.endswith("course-unit-search"):
                pages[0] += 1
                if pages[0] == before_page:
                    change()
            return service(ask)

        return wrapped

    @pytest.mark.parametrize("before_page", range(2, 5))
    @pytest.mark.parametrize("gone", [1, 3, 7, 9])
    def test_what_moves_up_when_the_list_shrinks_is_not_missed(
        self, before_page: int, gone: int, harvester: Make
    ) -> None:
        service = Sisu(23)

        def shrink() -> None:
            for group in list(service.units)[:gone]:
                del service.units[group]

        with serving(self.changing(service, shrink, before_page)) as server:
            source = harvester("sisu", server.url, **SISU)
            source.run()
        groups = {json.loads(data)[0]["groupId"] for data in source.contents()}
        assert groups >= set(service.units)

    @pytest.mark.parametrize("before_page", range(2, 5))
    def test_what_comes_in_front_is_found(self, before_page: int, harvester: Make) -> None:
        service = Sisu(23)

        def grow() -> None:
            new = {f"tuni-CU-{n}": Sisu.unit(n) for n in (90, 91, 92)}
            service.units = new | service.units

        with serving(self.changing(service, grow, before_page)) as server:
            source = harvester("sisu", server.url, **SISU)
            source.run()
        assert len(source.contents()) == 26

    def test_a_list_that_never_comes_to_rest_is_told(self, harvester: Make) -> None:
        service = Sisu(20)
        count = [100]

        def restless(ask: Ask) -> Answer:
            if ask.path.endswith("course-unit-search"):
                first = next(iter(service.units))
                del service.units[first]
                count[0] += 1
                service.units[f"tuni-CU-{count[0]}"] = Sisu.unit(count[0])
                answer = service(ask)
                value = json.loads(answer.body) | {"total": 60}
                return js(value)
            return service(ask)

        with serving(restless) as server:
            report = harvester("sisu", server.url, **SISU).run()
        assert any("the source says that there are 60" in note for note in report.notes)

    def test_a_page_given_twice_for_another_costs_nothing(self, harvester: Make) -> None:
        inner = Konfo(17)
        cached: list[Answer] = []

        def service(ask: Ask) -> Answer:
            if ask.path.endswith("search/koulutukset"):
                if ask.query["page"] == "3" and len(cached) == 1:
                    cached.append(cached[0])
                    return cached[0]  # a proxy gives page 2 again
                answer = inner(ask)
                if ask.query["page"] == "2" and not cached:
                    cached.append(answer)
                return answer
            return inner(ask)

        with serving(service) as server:
            source = harvester(
                "konfo", server.url + "/konfo-backend/external", page_size=5, realisations=False
            )
            source.run()
        assert len(source.contents()) == 17

    def test_pages_that_overlap_are_read_again(self, harvester: Make) -> None:
        inner = Ooapi(count=25)
        pages = [0]

        def service(ask: Ask) -> Answer:
            if ask.path == "/v/courses":
                pages[0] += 1
                if pages[0] == 2:
                    inner.courses.insert(0, "course-new")
            return inner(ask)

        with serving(service) as server:
            source = harvester("ooapi", server.url + "/v", page_size="10", key_env="HARVEST_TEST_KEY")
            source.run()
        found = {
            item.get("courseId") for data in source.contents() for item in json.loads(data)["items"]
        }
        assert {"course-new", *(f"course-{n}" for n in range(25))} <= found


CURSORS: dict[str, tuple[Callable[[int], Cursor], str, dict[str, object]]] = {
    "openalex": (openalex, "", {"filter": "x", "page_size": 5}),
    "crossref": (crossref, "", {"filter": "x", "page_size": 5}),
    "datacite": (datacite, "", {"search": "x", "page_size": 5}),
    "research-fi": (
        research_fi,
        "/v1",
        {"organisations": ["10076"], "page_size": 5, "key_env": "HARVEST_TEST_KEY"},
    ),
}


@pytest.mark.parametrize("kind", CURSORS)
class TestCursors:
    def test_an_expired_cursor_begins_the_list_again(self, kind: str, harvester: Make) -> None:
        make, path, settings = CURSORS[kind]
        service = make(23)
        service.expired = {"c10", "c15"}
        with serving(service) as server:
            source = harvester(kind, server.url + path, **settings)
            report = source.run()
        assert report.records == 23
        assert len(source.contents()) == 5  # pages that came twice are kept once
        assert report.duplicates == 2 + 3
        assert any("begun again" in note for note in report.notes)

    def test_a_cursor_that_always_expires_is_an_error(self, kind: str, harvester: Make) -> None:
        make, path, settings = CURSORS[kind]
        service = make(23)

        class Always(set[str]):
            def discard(self, one: str) -> None:
                pass

        service.expired = Always({"c10"})
        with serving(service) as server, pytest.raises(HarvestError, match="status 400"):
            harvester(kind, server.url + path, **settings).run()

    @pytest.mark.parametrize("status", [500, 503])
    def test_a_cursor_that_expired_while_a_harvest_was_stopped(
        self, kind: str, status: int, harvester: Make, clock: FakeClock
    ) -> None:
        make, path, settings = CURSORS[kind]
        service = make(23)
        down = [False]
        old: set[str] = set()

        def flaky(ask: Ask) -> Answer:
            cursor = ask.query.get(service.cursor, "")
            if down[0] and cursor == "c10":
                return Answer(401)
            old.add(cursor)
            # an old cursor is answered with an error that says nothing
            return (
                Answer(status)
                if not down[0] and cursor == "c10" and clock.time.day > 7
                else service(ask)
            )

        with serving(flaky) as server:
            source = harvester(kind, server.url + path, **settings)
            down[0] = True
            with pytest.raises(HarvestError, match="status 401"):
                source.run()
            down[0] = False
            clock.days(1)

            def restarted(ask: Ask) -> Answer:
                begun = any(
                    one.query.get(service.cursor, "") in ("*", "1", "") for one in server.asked[4:]
                )
                return service(ask) if begun else flaky(ask)

            server.service = restarted
            report = source.run()
        assert report.resumed
        assert report.records == 23
        assert any("begun again" in note for note in report.notes)

    def test_a_page_given_twice_is_read_over(self, kind: str, harvester: Make) -> None:
        make, path, settings = CURSORS[kind]
        service = make(23)
        last: list[Answer] = []

        def again(ask: Ask) -> Answer:
            answer = service(ask)
            if len(last) == 2:  # the third page is the second once more
                last.append(last[1])
                return last[1]
            last.append(answer)
            return answer

        with serving(again) as server:
            source = harvester(kind, server.url + path, **settings)
            report = source.run()
        assert report.records == 23
        assert report.duplicates == 1
        assert len(source.contents()) == 5

    def test_a_server_that_turns_in_a_circle_is_left(self, kind: str, harvester: Make) -> None:
        make, path, settings = CURSORS[kind]
        service = make(23)
        frozen: list[Answer] = []

        def stuck(ask: Ask) -> Answer:
            frozen.append(service(ask))
            return frozen[min(1, len(frozen) - 1)]

        with serving(stuck) as server, pytest.raises(HarvestError, match="again and again"):
            harvester(kind, server.url + path, **settings).run()
        assert len(server.asked) < 10

    def test_an_increment_asks_for_what_changed(
        self, kind: str, harvester: Make, clock: FakeClock
    ) -> None:
        make, path, settings = CURSORS[kind]
        service = make(23)
        with serving(service) as server:
            source = harvester(kind, server.url + path, **settings)
            source.run()
            clock.days(1)
            service.changed = [3, 4, 99]
            report = source.run()
            text = json.dumps([ask.query for ask in server.asked[-2:]])
        assert not report.full
        assert report.since == "2026-11-06T02:00:00+00:00"
        assert "2026-11-06" in text
        assert report.records == 3
        newest = source.contents()[0].decode()
        assert "99" in newest  # newest first


class TestOaiPmh:
    def test_deletions_come_in_the_replies(self, harvester: Make, clock: FakeClock) -> None:
        repository = Repository(12)
        repository.deleted_record = "persistent"
        with serving(repository) as server:
            source = harvester("oai-pmh", server.url, prefix="kk")
            first = source.run()
            assert not first.notes
            clock.days(1)
            repository.changed = [Repository.record(3, " uusi"), Repository.deleted(5)]
            report = source.run()
            assert (report.full, report.gone, report.replies) == (False, 1, 1)
            newest = source.contents()[0].decode()
            assert 'status="deleted"' in newest
            assert "Työ 3 uusi" in newest
            # a third harvest asks from the second one on
            clock.days(2)
            repository.changed = []
            third = source.run()
        assert third.unchanged
        assert third.since == "2026-11-07T02:00:00+00:00"
        assert len(source.archive.files()) == 4

    @pytest.mark.parametrize("status", [200, 400, 422])
    def test_an_expired_token_begins_the_list_again(self, status: int, harvester: Make) -> None:
        repository = Repository(23)
        repository.expired = {"all-10"}

        def service(ask: Ask) -> Answer:
            answer = repository(ask)
            if b"badResumptionToken" in answer.body:
                answer.status = status
            return answer

        with serving(service) as server:
            source = harvester("oai-pmh", server.url, prefix="kk")
            report = source.run()
        found = {one for data in source.contents() for one in re.findall(rb"10024/\d+<", data)}
        assert len(found) == 23
        assert report.duplicates == 2
        assert any("resumption token had expired" in note for note in report.notes)

    def test_sets_are_read_one_after_another(self, harvester: Make) -> None:
        with serving(Repository(3)) as server:
            harvester("oai-pmh", server.url, prefix="oai_dc", sets=["com_1", "com_2"]).run()
        lists = [ask.query for ask in server.asked if ask.query["verb"] == "ListRecords"]
        assert [query["set"] for query in lists] == ["com_1", "com_2"]

    def test_an_empty_set_among_others_is_no_error(self, harvester: Make) -> None:
        repository = Repository(3)

        def service(ask: Ask) -> Answer:
            if ask.query.get("set") == "empty":
                return Repository.document('<error code="noRecordsMatch">no</error>')
            return repository(ask)

        with serving(service) as server:
            source = harvester("oai-pmh", server.url, sets=["empty", "full"])
            source.run()
        assert len(source.contents()) == 1

    def test_a_repository_that_lists_nothing_is_refused(self, harvester: Make) -> None:
        with serving(Repository(0)) as server:
            source = harvester("oai-pmh", server.url)
            with pytest.raises(HarvestError, match="lists nothing"):
                source.run()
        assert not source.archive.finished()

    def test_a_token_that_does_not_move_is_told(self, harvester: Make) -> None:
        inner = Repository(23)

        def service(ask: Ask) -> Answer:
            answer = inner(ask)
            answer.body = re.sub(rb"all-\d+", b"all-5", answer.body)
            return answer

        with serving(service) as server, pytest.raises(HarvestError, match="again and again"):
            harvester("oai-pmh", server.url).run()


class TestDetails:
    def test_sisu_new_changed_and_withdrawn_units(self, harvester: Make, clock: FakeClock) -> None:
        service = Sisu(10)
        with serving(service) as server:
            source = harvester("sisu", server.url, **SISU, realisations=True)
            source.run()
            asked = len(server.asked)
            clock.days(1)
            service.units["tuni-CU-3"] = Sisu.unit(3, " (renamed)")
            del service.units["tuni-CU-5"]
            service.units["tuni-CU-77"] = Sisu.unit(77)
            report = source.run()
            details = [
                ask.query.get("groupId") for ask in server.asked[asked:] if "groupId" in ask.query
            ]
        assert details == ["tuni-CU-3", "tuni-CU-77"]
        # the unit that went took its realisation with it; the others' realisations stay
        assert report.gone == 2
        text = b"".join(source.contents()).decode()
        assert "(renamed)" in text
        assert '"Course 3"' not in text
        assert '"Course 5"' not in text
        assert "cur-tuni-AI-5" not in text
        assert text.count('"groupId"') == 10
        assert text.count('"cur-') == 10

    def test_what_is_listed_but_not_there_is_gone(self, harvester: Make, clock: FakeClock) -> None:
        service = Sisu(10)
        service.withheld = {"tuni-CU-2"}
        with serving(service) as server:
            source = harvester("sisu", server.url, **SISU)
            assert source.run().gone == 1
            clock.days(1)
            service.withheld = {"tuni-CU-4"}
            service.units["tuni-CU-4"] = Sisu.unit(4, "x")
            report = source.run()
        assert report.gone == 1
        text = b"".join(source.contents()).decode()
        assert '"Course 2"' in text  # it is back
        assert '"Course 4"' not in text
        told = source.archive.finished()[0].gone[0].read_text().splitlines()
        assert json.loads(told[0])["gone"] == "unit:tuni-CU-4"
        assert set(json.loads(told[0])) == {"gone", "url", "time"}

    def test_what_comes_back_counts_again(self, harvester: Make, clock: FakeClock) -> None:
        service = Sisu(10)
        unit = service.units["tuni-CU-4"]
        with serving(service) as server:
            source = harvester("sisu", server.url, **SISU)
            source.run()
            clock.days(1)
            del service.units["tuni-CU-4"]
            source.run()
            assert len(source.contents()) == 9
            clock.days(1)
            service.units["tuni-CU-4"] = unit
            assert source.run().replies == 1
        assert len(source.contents()) == 10

    def test_a_full_run_drops_what_is_no_longer_listed(self, harvester: Make, clock: FakeClock) -> None:
        service = Sisu(10)
        with serving(service) as server:
            source = harvester("sisu", server.url, **SISU)
            source.run()
            clock.days(6.99)
            del service.units["tuni-CU-4"]
            report = source.run()
        assert report.full
        assert len(source.contents()) == 9
        assert len(source.archive.finished()) == 1  # the older run was pruned

    def test_peppi_fetches_changed_courses_and_all_realisations(
        self, harvester: Make, clock: FakeClock
    ) -> None:
        service = Peppi()
        with serving(service) as server:
            source = harvester("peppi", server.url + "/api", periods=["2025-2026"])
            source.run()
            asked = len(server.asked)
            clock.days(1)
            for tree in service.trees.values():
                for node in tree[0]["children"][0]["children"]:
                    if node["id"] == "2":
                        node["name"] = {"valueEn": "Renamed"}
            service.text["2"] = "New outcomes"
            report = source.run()
        again = [ask.path for ask in server.asked[asked:]]
        assert [path for path in again if path.startswith("/api/course/")] == ["/api/course/2"]
        assert len([path for path in again if path.startswith("/api/realizations")]) == 6
        assert report.replies == 3  # the course and the two trees that name it
        assert b"New outcomes" in b"".join(source.contents())

    def test_konfo_keeps_the_realisations_of_studies_that_did_not_change(
        self, harvester: Make, clock: FakeClock
    ) -> None:
        service = Konfo(6)
        with serving(service) as server:
            source = harvester("konfo", server.url + "/konfo-backend/external")
            source.run()
            clock.days(1)
            del service.studies["1.2.246.562.13.003"]
            report = source.run()
        assert report.gone == 2  # the study and its realisation
        assert len(source.contents()) == 10

    def test_orcid_fetches_those_who_changed_and_drops_those_who_locked(
        self, harvester: Make, clock: FakeClock
    ) -> None:
        service = Orcid(5)
        with serving(service) as server:
            source = harvester("orcid", server.url + "/v3.0", search='ror-org-id:"x"')
            source.run()
            asked = len(server.asked)
            clock.days(1)
            service.changed = service.ids[:2]
            service.locked = {service.ids[1]}
            report = source.run()
        assert len(server.asked) - asked == 3
        assert (
            "profile-last-modified-date:[2026-11-06T02:00:00Z TO NOW]" in server.asked[asked].query["q"]
        )
        assert (report.gone, report.not_modified) == (1, 1)
        assert len(source.contents()) == 4

    def test_job_market_search_drops_adverts_that_went(self, harvester: Make, clock: FakeClock) -> None:
        service = JobMarket(8)
        with serving(service) as server:
            source = harvester("tyomarkkinatori", server.url, interface="search", full_every_days=7)
            source.run()
            clock.days(1)
            del service.adverts[0]
            report = source.run()
        assert (report.same, report.gone) == (7, 1)
        assert len(source.contents()) == 7


def test_job_market_p67_brings_archived_adverts_in_increments(
    harvester: Make, clock: FakeClock
) -> None:
    service = JobMarket(8)
    with serving(service) as server:
        source = harvester(
            "tyomarkkinatori",
            server.url + "/kipa/p67/v2/jobpostings",
            key_env="HARVEST_TEST_KEY",
            full_every_days=7,
        )
        source.run()
        clock.days(1)
        service.changed = [JobMarket.advert(2, "2026-11-07T00:00:00")]
        report = source.run()
        assert server.asked[-1].json == {"modified": {"from": "2026-11-06T02:00:00"}}
        assert (report.gone, report.replies) == (1, 1)
        clock.days(1)
        service.changed = []
        assert source.run().unchanged  # nothing changed: an empty stream


def test_virta_asks_for_what_changed_since(harvester: Make, clock: FakeClock) -> None:
    service = Virta(9)
    with serving(service) as server:
        source = harvester("virta", server.url + "/api/julkaisut", organisations=["10076"])
        source.run()
        clock.days(1)
        assert source.run().unchanged
        service.changed = [{"JulkaisunTunnus": "p3", "JulkaisuVuosi": 2020}]
        clock.days(1)
        assert source.run().records == 1
    assert server.asked[-1].query["muutospvmAlku"] == "2026-11-07T02:00:00Z"


class TestPure:
    def test_modified_and_deleted_outputs(self, harvester: Make, clock: FakeClock) -> None:
        service = Pure()
        with serving(service) as server:
            source = harvester("pure", server.url + "/ws/api/524", key_env="HARVEST_TEST_KEY")
            source.run()
            clock.days(1)
            service.modified = ["uuid-3"]
            service.changes = [
                {"uuid": "uuid-3", "changeType": "UPDATE", "familySystemName": "ResearchOutput"},
                {"uuid": "p-1", "changeType": "DELETE", "familySystemName": "Person"},
                {"changeType": "DELETE", "familySystemName": "ResearchOutput"},
                {"uuid": "uuid-5", "changeType": "DELETE", "familySystemName": "ResearchOutput"},
            ]
            report = source.run()
        asked = [(ask.path.removeprefix("/ws/api/524"), ask.query) for ask in server.asked[1:]]
        assert asked[0][1]["modifiedAfter"] == "2026-11-06"
        assert [path for path, _ in asked[1:]] == ["/changes/2026-11-06", "/changes/t2"]
        assert report.gone == 1
        # the loader is given the list of what is gone, before the older replies
        names = [path.name for path in source.archive.files()]
        assert names[0].startswith("gone-")
        assert json.loads(source.contents()[0]) == {
            "gone": "uuid-5",
            "url": server.url + "/ws/api/524/changes/t2",
            "time": "2026-11-08T02:00:00+00:00",
        }

    def test_crud_fetches_each_output_that_changed(self, harvester: Make, clock: FakeClock) -> None:
        service = Pure(path="/ws/api")
        with serving(service) as server:
            source = harvester(
                "pure", server.url + "/ws/api", interface="crud", key_env="HARVEST_TEST_KEY"
            )
            source.run()
            clock.days(1)
            service.changes = [
                {"uuid": f"uuid-{n}", "changeType": kind, "familySystemName": "ResearchOutput"}
                for n, kind in (
                    (1, "UPDATE"),
                    (2, "CREATE"),
                    (1, "UPDATE"),
                    (3, "DELETE"),
                    (99, "UPDATE"),
                )
            ]
            report = source.run()
        details = [ask.path for ask in server.asked if "/research-outputs/" in ask.path]
        assert sorted(details) == [f"/ws/api/research-outputs/uuid-{n}" for n in (1, 2, 99)]
        assert report.gone == 2  # one was deleted, one is not there any more
        assert report.replies == 2

    def test_a_closed_stream_of_changes_is_told(self, harvester: Make, clock: FakeClock) -> None:
        service = Pure()
        service.closed = True
        with serving(service) as server:
            source = harvester("pure", server.url + "/ws/api/524", key_env="HARVEST_TEST_KEY")
            source.run()
            clock.days(1)
            report = source.run()
        assert "deletions come with the next full run" in report.notes[0]


class TestThingsWithoutAnAnswer:
    def test_one_that_always_fails_does_not_stop_the_others(
        self, harvester: Make, clock: FakeClock
    ) -> None:
        service = Sisu(12)
        ill = {"tuni-CU-4"}

        def sick(ask: Ask) -> Answer:
            return Answer(500, b"") if ask.query.get("groupId") in ill else service(ask)

        with serving(sick) as server:
            source = harvester("sisu", server.url, **SISU)
            report = source.run()
            assert len(report.failed) == 1
            assert "by-group-id?groupId=tuni-CU-4" in report.failed[0]
            assert len(source.contents()) == 11
            ill.clear()
            clock.days(1)
            assert source.run().replies == 1  # it is asked for again
            assert len(source.contents()) == 12
            # in a later full run its former reply is kept
            ill.add("tuni-CU-7")
            clock.days(7)
            report = source.run()
            assert (report.full, report.carried) == (True, 1)
            assert len(source.contents()) == 12
            ill.clear()
            service.units["tuni-CU-7"] = Sisu.unit(7, " new")
            clock.days(1)
            source.run()
        assert b'"Course 7 new"' in b"".join(source.contents())
        assert b'"Course 7"' not in b"".join(source.contents())

    def test_what_a_silent_thing_led_to_is_asked_for_all_the_same(
        self, harvester: Make, clock: FakeClock
    ) -> None:
        service = Konfo(6)
        ill: set[str] = set()

        def sick(ask: Ask) -> Answer:
            return Answer(502, b"") if ask.path.rpartition("/")[2] in ill else service(ask)

        with serving(sick) as server:
            source = harvester("konfo", server.url + "/konfo-backend/external")
            source.run()
            before = sorted(source.contents())
            ill.add("1.2.246.562.13.002")
            clock.days(1)
            report = source.run(full=True)
            assert report.carried == 1
            assert sorted(source.contents()) == before
            # still silent the next night: what it led to is not taken for gone
            clock.days(1)
            report = source.run()
            assert (len(report.failed), report.gone) == (1, 0)
            assert sorted(source.contents()) == before
            ill.clear()
            clock.days(1)
            assert source.run().unchanged

    def test_a_source_that_is_ill_all_over_is_left_and_later_gone_on_with(
        self, harvester: Make, clock: FakeClock
    ) -> None:
        service = Sisu(30)
        ill = [False]

        def sick(ask: Ask) -> Answer:
            return Answer(500, b"") if ill[0] and "groupId" in ask.query else service(ask)

        with serving(sick) as server:
            source = harvester("sisu", server.url, **SISU)
            ill[0] = True
            with pytest.raises(HarvestError, match="seems to be ill"):
                source.run()
            ill[0] = False
            clock.days(1)
            report = source.run()
        assert report.resumed
        assert report.full
        assert len(source.contents()) == 30

    def test_a_bad_request_is_told_with_the_words_of_the_server(self, harvester: Make) -> None:
        with (
            serving(lambda ask: js({"message": "unknown filter <ror>"}, 400)) as server,
            pytest.raises(HarvestError, match="unknown filter") as caught,
        ):
            harvester("openalex", server.url, filter="ror:x").run()
        assert "Check the settings" in str(caught.value)
        assert len(server.asked) == 1


class TestWhatCannotBeBelieved:
    def test_an_empty_list_does_not_wipe_out_a_source(self, harvester: Make, clock: FakeClock) -> None:
        service = Sisu(12)
        with serving(service) as server:
            source = harvester("sisu", server.url, **SISU)
            source.run()
            kept, service.units = service.units, {}
            for days in (1, 8):  # an increment, then a full run
                clock.days(days)
                with pytest.raises(HarvestError, match=r"--full|lists nothing"):
                    source.run()
                assert len(source.contents()) == 12
            service.units = kept
            clock.days(1)
            assert source.run().full
        assert len(source.contents()) == 12

    def test_a_person_can_say_that_it_is_right(self, harvester: Make, clock: FakeClock) -> None:
        service = Sisu(20)
        with serving(service) as server:
            source = harvester("sisu", server.url, **SISU)
            source.run()
            service.units = dict(list(service.units.items())[:3])
            clock.days(1)
            with pytest.raises(HarvestError, match=r"17 of 20 things are no longer listed"):
                source.run()
            clock.days(10)
            with pytest.raises(HarvestError, match=r"lists 3 things, and listed 20 before"):
                source.run()
            source.run(full=True)
        assert len(source.contents()) == 3


def test_other_settings_need_everything_anew(harvester: Make, clock: FakeClock) -> None:
    with serving(Repository(5)) as server:
        harvester("oai-pmh", server.url, prefix="kk").run()
        clock.days(1)
        assert harvester("oai-pmh", server.url, prefix="oai_dc").run().full
        clock.days(1)
        # how fast we ask changes nothing of what we ask
        assert not harvester("oai-pmh", server.url, prefix="oai_dc", rate=0.5).run().full


def test_max_pages_stops_a_source_without_an_end(harvester: Make) -> None:
    with serving(openalex(1000)) as server:
        source = harvester("openalex", server.url, filter="x", page_size=5, max_pages=10)
        with pytest.raises(HarvestError, match="raise max_pages"):
            source.run()
    assert len(server.asked) == 10


def test_a_move_for_good_is_told_once(harvester: Make) -> None:
    service = Sisu(5)

    def moved(ask: Ask) -> Answer:
        if ask.path.startswith("/kori"):
            query = "&".join(f"{name}={value}" for name, value in ask.query.items())
            return Answer(308, b"", {"Location": f"/new{ask.path}?{query}"})
        return service(Ask(ask.method, ask.path.removeprefix("/new"), ask.query, ask.headers, ask.body))

    with serving(moved) as server:
        report = harvester("sisu", server.url, **SISU).run()
    assert "has moved for good to" in report.notes[0]
    assert report.records == 5
