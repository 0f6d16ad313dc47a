"""Keys come from the environment and go to one place only."""

from __future__ import annotations

import gzip
import json
import logging
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import Make
from harvest_server import Answer, Ask, js, serving
from harvest_services import KEY, case_settings

from loaders.harvest.bodies import write_body
from loaders.harvest.credentials import Credentials, KeyPlace, origin_of, read_key
from loaders.harvest.errors import HarvestError

URL = "https://api.example.org/works"


def test_a_key_goes_only_to_its_origin() -> None:
    mine = read_key("K", KeyPlace(header="api-key"), URL, {"K": KEY})
    assert mine.apply(URL, {"A": "b"}) == (URL, {"A": "b", "api-key": KEY})
    for other in (
        "http://api.example.org/works",
        "https://example.org/",
        "https://api.example.org:444/",
    ):
        assert mine.apply(other, {}) == (other, {})
    assert mine.apply("https://API.example.org:443/x", {})[1] == {"api-key": KEY}


def test_authorization_is_a_bearer_key_and_a_query_key_is_quoted() -> None:
    bearer = read_key("K", KeyPlace(header="Authorization"), URL, {"K": KEY})
    assert bearer.apply(URL, {})[1] == {"Authorization": f"Bearer {KEY}"}
    query = read_key("K", KeyPlace(query="api_key"), URL, {"K": KEY})
    assert query.apply(URL + "?a=1", {})[0] == f"{URL}?a=1&api_key={quote(KEY, safe='')}"
    assert query.shown(URL) == f"{URL}?api_key=***"


@pytest.mark.parametrize("value", [None, "", "short", "two words here"])
def test_a_missing_or_impossible_key_is_told_with_what_to_do(value: str | None) -> None:
    environ = {} if value is None else {"MY_KEY": value}
    with pytest.raises(HarvestError, match="MY_KEY") as caught:
        read_key("MY_KEY", KeyPlace(header="x"), URL, environ)
    assert "et it" in str(caught.value)
    assert not value or value not in str(caught.value)


def test_no_key_asked_for_none_read() -> None:
    assert read_key("", KeyPlace(), URL, {}) == Credentials()
    assert Credentials().hide("text") == "text"


def test_the_key_does_not_stand_in_the_repr() -> None:
    assert KEY not in repr(read_key("K", KeyPlace(), URL, {"K": KEY}))


def test_origin() -> None:
    assert origin_of("HTTPS://user@Example.ORG:443/a?b") == "https://example.org"
    assert origin_of("http://example.org:8080/") == "http://example.org:8080"


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_key_that_a_reply_repeats_is_masked_wherever_the_pieces_are_cut(
    tmp_path: Path, size: int
) -> None:
    mine = read_key("K", KeyPlace(query="k"), URL, {"K": KEY})
    written = json.dumps(KEY)[1:-1].replace("/", "\\/")
    text = f'["{KEY}", "?k={quote(KEY, safe="")}&x", "{written}", "{KEY[:-1]}"]'.encode()
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    body = write_body(chunks, "", tmp_path / "body", 10_000, mine)
    assert (
        gzip.decompress(body.path.read_bytes()) == f'["***", "?k=***&x", "***", "{KEY[:-1]}"]'.encode()
    )


@pytest.mark.parametrize(
    "kind", ["aalto", "ooapi", "pure", "research-fi", "tyomarkkinatori", "openalex"]
)
def test_no_key_is_kept_or_logged_whatever_the_source_says(
    kind: str, harvester: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The server repeats the key in its replies, its headers and its errors."""
    caplog.set_level(logging.DEBUG)
    service, path, settings = case_settings(kind)
    failed: list[int] = []

    def echo(ask: Ask) -> Answer:
        answer = service(ask)
        told = json.dumps([ask.query, dict(ask.headers)])
        if len(failed) < 1:
            failed.append(1)
            return Answer(503, told.encode())
        answer.headers |= {"ETag": f'"{KEY}"', "Link": f"<{KEY}>", "X-Echo": KEY}
        if kind in ("pure", "ooapi", "openalex"):
            value = json.loads(answer.body) | {"echo": told, "key": KEY}
            answer.body = json.dumps(value).encode()
        return answer

    with serving(echo) as server:
        source = harvester(kind, server.url + path, **{**settings, "key_env": "HARVEST_TEST_KEY"})
        report = source.run()
    forms = [form.encode() for form in (KEY, quote(KEY, safe=""), json.dumps(KEY)[1:-1])]
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) > 3
    for file in kept:
        data = file.read_bytes()
        data += gzip.decompress(data) if file.suffix == ".gz" else b""
        assert not any(form in data for form in forms), file
    shown = str(report.to_json()) + caplog.text
    assert not any(form.decode() in shown for form in forms)


def test_a_refused_key_is_told_without_it(harvester: Make) -> None:
    def refuse(ask: Ask) -> Answer:
        return js({"message": f"bad key {ask.query['api_key']}"}, 403)

    with serving(refuse) as server:
        source = harvester("openalex", server.url, filter="x", key_env="HARVEST_TEST_KEY")
        with pytest.raises(HarvestError, match="HARVEST_TEST_KEY") as caught:
            source.run()
    assert "status 403" in str(caught.value)
    assert "bad key ***" in str(caught.value)
    assert KEY not in str(caught.value)
