"""The client meets every fault that servers have."""

from __future__ import annotations

import gzip
import random
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FakeClock
from harvest_server import FAULTS, Answer, Ask, js, serving, with_fault
from harvest_services import KEY

from loaders.harvest.client import Client
from loaders.harvest.credentials import Credentials, KeyPlace, read_key
from loaders.harvest.errors import HarvestError, UnansweredError
from loaders.harvest.exchange import Reply, Request
from loaders.harvest.plans.base import JsonPlan
from loaders.harvest.spec import HarvestSpec

JUDGE = JsonPlan(HarvestSpec("test", "http://example.org"))
GOOD = {"items": list(range(50))}


@pytest.fixture
def fetch(tmp_path: Path, clock: FakeClock) -> Callable[..., Reply]:
    def run(url: str, *, credentials: Credentials | None = None, **more: object) -> Reply:
        request = Request(
            url,
            method=str(more.pop("method", "GET")),
            body=str(more.pop("body", "")),
        )
        validators = more.pop("validators", None)
        settings = {
            "read_timeout": 0.3,
            "total_timeout": 1.0,
            "rate": 100_000,
            "dice": random.Random(3),
        }
        with Client(clock=clock, contact="data@fitech.example", **{**settings, **more}) as client:  # type: ignore[arg-type]
            return client.fetch(
                request,
                tmp_path / "body",
                JUDGE,
                credentials or Credentials(),
                validators,  # type: ignore[arg-type]
            )

    return run


def once(kind: str) -> Callable[[Ask], Answer]:
    """A service that fails in one way at first and is right afterwards."""
    asked: list[Ask] = []

    def service(ask: Ask) -> Answer:
        asked.append(ask)
        return with_fault(kind, ask, js(GOOD)) if len(asked) == 1 else js(GOOD)

    return service


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_is_survived(kind: str, fetch: Callable[..., Reply], clock: FakeClock) -> None:
    with serving(once(kind)) as server:
        reply = fetch(server.url + "/list")
    assert reply.json() == GOOD
    if kind not in ("gzip", "redirect"):
        assert reply.retries == 1
        assert len(server.asked) == 2
    if kind == "429 seconds":
        assert max(clock.slept) >= 7


def test_content_counts_and_not_the_name_of_its_type(fetch: Callable[..., Reply]) -> None:
    answers = [
        Answer(200, b"<html>Sorry</html>", {"Content-Type": "application/json"}),
        Answer(200, b'{"items": []}', {"Content-Type": "text/html"}),
    ]
    with serving(lambda ask: answers.pop(0)) as server:
        reply = fetch(server.url)
    assert reply.json() == {"items": []}
    assert reply.retries == 1


def test_who_asks_is_told(fetch: Callable[..., Reply]) -> None:
    with serving(lambda ask: js(GOOD)) as server:
        fetch(server.url)
    agent = server.asked[0].headers["user-agent"]
    assert agent.startswith("fitech-graph/")
    assert "data@fitech.example" in agent


def test_a_server_that_names_a_far_time_is_left_alone(
    fetch: Callable[..., Reply], clock: FakeClock
) -> None:
    with (
        serving(lambda ask: Answer(429, b"", {"Retry-After": "20000"})) as server,
        pytest.raises(HarvestError, match=r"come again in 5\.6 hours"),
    ):
        fetch(server.url)
    assert len(server.asked) == 1
    assert not [pause for pause in clock.slept if pause > 1]


def test_after_some_tries_it_gives_up_in_a_sentence(fetch: Callable[..., Reply]) -> None:
    with (
        serving(lambda ask: Answer(500, b"oops")) as server,
        pytest.raises(UnansweredError, match="status 500, 6 times"),
    ):
        fetch(server.url + "/x")
    assert len(server.asked) == 6


def test_backoff_grows(fetch: Callable[..., Reply], clock: FakeClock) -> None:
    with serving(lambda ask: Answer(503, b"")) as server, pytest.raises(UnansweredError):
        fetch(server.url, tries=5)
    waits = [pause for pause in clock.slept if pause > 0.1]
    assert len(waits) == 4
    assert waits == sorted(waits)
    assert 4 <= waits[-1] <= 8


def test_limited_to_the_end_is_no_fault_of_the_thing(fetch: Callable[..., Reply]) -> None:
    with serving(lambda ask: Answer(429, b"")) as server, pytest.raises(HarvestError) as caught:
        fetch(server.url)
    assert not isinstance(caught.value, UnansweredError)
    assert "goes on where it stopped" in str(caught.value)


def test_nobody_there(fetch: Callable[..., Reply]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(HarvestError, match="cannot be reached"):
        fetch(f"http://127.0.0.1:{port}/", tries=2)


def test_a_reply_that_drips_is_cut_off(fetch: Callable[..., Reply]) -> None:
    slow = Answer(200, b"x" * 400, {}, drip=0.01)
    with (
        serving(lambda ask: slow) as server,
        pytest.raises(UnansweredError, match="did not end within"),
    ):
        fetch(server.url, total_timeout=0.15, tries=2)


def test_a_reply_without_an_end_is_cut_off_at_the_limit(fetch: Callable[..., Reply]) -> None:
    with (
        serving(lambda ask: Answer(200, b"[" + b"1," * 100_000)) as server,
        pytest.raises(UnansweredError, match="max_megabytes"),
    ):
        fetch(server.url, max_bytes=50_000)
    assert len(server.asked) == 1


def test_a_bomb_does_not_fill_the_disk(fetch: Callable[..., Reply], tmp_path: Path) -> None:
    bomb = gzip.compress(b"0" * 30_000_000)
    assert len(bomb) < 40_000
    with (
        serving(lambda ask: Answer(200, bomb, {"Content-Encoding": "gzip"})) as server,
        pytest.raises(UnansweredError, match="larger than 2 MB"),
    ):
        fetch(server.url, max_bytes=2_000_000)
    assert (tmp_path / "body").stat().st_size < 3_000_000


def test_an_encoding_that_was_not_asked_for(fetch: Callable[..., Reply]) -> None:
    with (
        serving(lambda ask: Answer(200, b"??", {"Content-Encoding": "br"})) as server,
        pytest.raises(UnansweredError, match=r"packed in a way .* \(br\)"),
    ):
        fetch(server.url, tries=2)
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_an_archive_is_kept_as_it_is(fetch: Callable[..., Reply], tmp_path: Path) -> None:
    packed = gzip.compress(b"[1]")
    judge = JUDGE.check
    try:
        JUDGE.check = lambda request, reply: None  # type: ignore[method-assign]
        with serving(lambda ask: Answer(200, packed)) as server:
            reply = fetch(server.url)
    finally:
        JUDGE.check = judge  # type: ignore[method-assign]
    assert reply.packed
    assert (tmp_path / "body").read_bytes() == packed == reply.content()


class TestRedirects:
    def test_are_followed_and_for_good_is_told(self, fetch: Callable[..., Reply]) -> None:
        def service(ask: Ask) -> Answer:
            return js(GOOD) if ask.path == "/new" else Answer(301, b"", {"Location": "/new"})

        with serving(service) as server:
            reply = fetch(server.url + "/old")
        assert reply.moved
        assert reply.url == server.url + "/new"

    def test_a_key_does_not_travel_to_another_host(self, fetch: Callable[..., Reply]) -> None:
        with serving(lambda ask: js(GOOD)) as other:

            def service(ask: Ask) -> Answer:
                # a careless server copies the query into the address
                query = "&".join(f"{name}={value}" for name, value in ask.query.items())
                return Answer(302, b"", {"Location": f"{other.url}/there?{query.replace('+', '%2B')}"})

            with serving(service) as server:
                for place in (KeyPlace(header="api-key"), KeyPlace(query="k")):
                    mine = read_key(
                        "K", place, server.url, {"K": KEY.replace("/", "x").replace("=", "y")}
                    )
                    fetch(server.url + "/here?a=1", credentials=mine)
            assert [ask.query for ask in other.asked] == [{"a": "1"}, {"a": "1"}]
            assert all("api-key" not in ask.headers for ask in other.asked)

    @pytest.mark.parametrize(
        "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:1", "http://u:p@127.0.0.1/"]
    )
    def test_off_the_web_they_are_not(self, target: str, fetch: Callable[..., Reply]) -> None:
        with (
            serving(lambda ask: Answer(302, b"", {"Location": target})) as server,
            pytest.raises(UnansweredError, match="no address of the web"),
        ):
            fetch(server.url)
        assert len(server.asked) == 1

    def test_not_from_https_to_http(self) -> None:
        import httpx2

        from loaders.harvest.client import _redirect

        response = httpx2.Response(302, headers={"Location": "http://example.org/"})
        with pytest.raises(UnansweredError, match="read along"):
            _redirect(Request("https://example.org/"), "https://example.org/", response, Credentials())

    def test_in_a_circle_they_end(self, fetch: Callable[..., Reply]) -> None:
        with (
            serving(lambda ask: Answer(302, b"", {"Location": ask.path})) as server,
            pytest.raises(UnansweredError, match="more than 5 redirects"),
        ):
            fetch(server.url + "/a")
        assert len(server.asked) == 6

    def test_what_is_sent_is_not_lost(self, fetch: Callable[..., Reply]) -> None:
        answers = {
            "/a": Answer(302, b"", {"Location": "/b"}),
            "/c": Answer(307, b"", {"Location": "/b"}),
        }
        with serving(lambda ask: answers.get(ask.path, js(GOOD))) as server:
            with pytest.raises(UnansweredError, match="lost on the way"):
                fetch(server.url + "/a", method="POST", body="{}")
            fetch(server.url + "/c", method="POST", body='{"x": 1}')
        assert server.asked[-1].body == b'{"x": 1}'


def test_a_conditional_request_has_no_body_when_nothing_changed(fetch: Callable[..., Reply]) -> None:
    with serving(lambda ask: Answer(304)) as server:
        reply = fetch(server.url, validators={"If-None-Match": '"a"'})
    assert (reply.status, reply.path) == (304, None)
    assert server.asked[0].headers["if-none-match"] == '"a"'


def test_cookies_are_not_kept(fetch: Callable[..., Reply], tmp_path: Path, clock: FakeClock) -> None:
    with (
        serving(lambda ask: js(GOOD, Set_Cookie="session=1")) as server,
        Client(clock=clock, rate=1000) as client,
    ):
        for _ in range(2):
            client.fetch(Request(server.url), tmp_path / "x", JUDGE, Credentials())
    assert all("cookie" not in ask.headers for ask in server.asked)


def test_requests_keep_their_distance(tmp_path: Path, clock: FakeClock) -> None:
    with serving(lambda ask: js(GOOD)) as server, Client(clock=clock, rate=2.0) as client:
        for _ in range(4):
            client.fetch(Request(server.url), tmp_path / "x", JUDGE, Credentials())
    assert len(clock.slept) == 3
    assert sum(clock.slept) > 1.2
