"""`fitech harvest` as a person and cron use it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main

KEY = "a-key-of-the-interface"
WORKS = [
    {"id": f"https://openalex.org/W{n}", "title": f"Work {n}", "type": "article"} for n in range(3)
]


class Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path.startswith("/broken"):
            self.send_response(403)
            self.end_headers()
            return
        value = {"meta": {"count": 3, "next_cursor": None}, "results": list(WORKS)}
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def config(tmp_path: Path, url: str) -> Path:
    path = tmp_path / "my.toml"
    harvest = f'[source.harvest]\nkind = "openalex"\nfilter = "x"\nrate = 1000\nkey_env = "MY_KEY"\nurl = "{url}'
    path.write_text(
        f'contact = "me@example.org"\n[[source]]\nname = "works"\nloader = "openalex"\n{harvest}"\n'
        f'[[source]]\nname = "sick"\nloader = "openalex"\n{harvest}/broken"\n'
        '[[source]]\nname = "local"\nloader = "needs"\npaths = ["needs.csv"]\n'
    )
    return path


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def fitech(place: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data-dir", str(place / "data"), *arguments])


def test_harvest_and_load(tmp_path: Path, config: Path) -> None:
    done = fitech(tmp_path, "harvest", "works", "--config", str(config))
    assert done.exit_code == 0, done.output
    assert "works: full: 1 replies" in done.stdout
    from app.config import read_config
    from app.pipeline.load import load_source, load_sources
    from app.progress import silent
    from app.workspace import Workspace

    settings = read_config(config)
    place = Workspace(tmp_path / "data")
    report = load_source(place, settings.sources[0], settings.ids, silent)
    assert report.loaded == 3
    works, sick = load_sources(place, settings.sources[:2], settings.ids, silent, only_changed=True)
    assert works.unchanged
    assert "nothing was harvested yet. Run `fitech harvest sick` first" in str(sick.error)


def test_json_for_programs(tmp_path: Path, config: Path) -> None:
    done = fitech(tmp_path, "harvest", "works", "--config", str(config), "--format", "json")
    report = json.loads(done.stdout)["reports"][0]
    assert report["source"] == "works"
    assert report["records"] == 3
    assert report["next_since"]


def test_one_source_that_fails_does_not_stop_the_others(tmp_path: Path, config: Path) -> None:
    done = fitech(tmp_path, "harvest", "sick", "works", "--config", str(config))
    assert done.exit_code == 1
    assert "fitech: sick: GET" in done.stderr
    assert "Check the key in the environment variable MY_KEY" in done.stderr
    assert "works: full" in done.stdout
    assert KEY not in done.output


def test_all_means_all_that_can_be_harvested(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FITECH_CONFIG", str(config))
    done = fitech(tmp_path, "harvest", "--all")
    assert done.exit_code == 1
    assert "works: full" in done.stdout
    assert "local" not in done.output


def test_a_dry_run_shows_the_request_and_sends_nothing(tmp_path: Path, config: Path) -> None:
    done = fitech(tmp_path, "harvest", "works", "--config", str(config), "--dry-run")
    assert done.exit_code == 0, done.output
    assert "works: everything; 1 requests to begin with" in done.stdout
    assert "filter=x&per-page=100&mailto=me%40example.org&cursor=*&api_key=***" in done.stdout
    assert KEY not in done.output
    fitech(tmp_path, "harvest", "works", "--config", str(config))
    done = fitech(tmp_path, "harvest", "works", "--config", str(config), "--dry-run")
    assert "works: changes since" in done.stdout
    assert "from_updated_date" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nobody"], 1, "no source 'nobody'; to be harvested are: works, sick"),
        (["local"], 1, "'local' has no [source.harvest]"),
        ([], 2, "Name the sources to harvest, or say --all"),
        (["works", "--all"], 2, "Name the sources to harvest, or say --all"),
    ],
)
def test_what_cannot_be_meant(
    tmp_path: Path, config: Path, arguments: list[str], code: int, sentence: str
) -> None:
    done = fitech(tmp_path, "harvest", *arguments, "--config", str(config))
    assert done.exit_code == code
    assert sentence in done.stderr


def test_a_missing_key_is_told(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY")
    done = fitech(tmp_path, "harvest", "works", "--config", str(config))
    assert done.exit_code == 1
    assert "works: The environment variable MY_KEY is not set" in done.stderr


def test_a_second_harvest_at_the_same_time_says_so(tmp_path: Path, config: Path) -> None:
    from loaders.harvest.archive import Archive

    with Archive(tmp_path / "data" / "harvest", "works").lock():
        done = fitech(tmp_path, "harvest", "works", "--config", str(config))
    assert done.exit_code == 1
    assert "another harvest of this source is at work" in done.stderr
