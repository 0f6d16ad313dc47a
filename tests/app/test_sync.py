"""What runs every night: loads what changed, asks before much goes, and joins what is one."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.pipeline.identity import DECISIONS, read_written
from app.pipeline.steps import build_lock
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.releases import Releases

Sync = Callable[..., Result]
ASK = "SELECT ?s ?p ?o WHERE { ?s ?p ?o . FILTER(STRENDS(STR(?s), '%s')) }"


def realisation(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"aalto-CUR-{number}", "code": f"CS-A{number:04}", "type": "teaching-participation-lectures",
        "name": {"en": f"Course number {number}"}, "startDate": "2026-01-12", "endDate": "2026-04-12",
        "summary": {"learningOutcomes": {"en": "After the course the student can write tests."}},
        "credits": {"min": 5, "max": 5}, "languageOfInstructionCodes": ["en"], **fields,
    }  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, root: Path) -> Path:
    (tmp_path / "a.json").write_text(json.dumps([realisation(n) for n in range(30)]))
    config = f"""
[[source]]
name = "members"
loader = "members"
paths = []
[[source]]
name = "esco"
loader = "esco"
paths = ["{root}/sample/esco/classification/*.csv", "{root}/sample/esco/relations/*.csv"]
[[source]]
name = "aalto"
loader = "aalto"
paths = ["a.json"]
[link]
linker = "exact"
"""
    (tmp_path / "c.toml").write_text(config)
    return tmp_path


@pytest.fixture
def sync(home: Path) -> Sync:
    def run(*arguments: str) -> Result:
        call = ["--data-dir", str(home / "data"), "sync", str(home / "c.toml"), *arguments]
        return CliRunner().invoke(main, call, catch_exceptions=False)

    return run


def live(home: Path) -> str:
    release = Releases(home / "data").live()
    assert release is not None
    return release.id


def test_a_second_run_does_nothing_and_a_changed_file_is_taken_up(home: Path, sync: Sync) -> None:
    first = sync()
    assert first.exit_code == 0, first.output
    release = live(home)
    again = sync()
    assert "Nothing changed" in again.output
    assert live(home) == release

    (home / "a.json").write_text(
        json.dumps([realisation(n, credits={"min": 3, "max": 3}) for n in range(31)])
    )
    third = sync()
    assert "2 of 3 sources are as they were" in third.output
    assert "2 added, 30 changed, 0 gone" in third.output
    assert live(home) != release


def test_what_would_lose_much_waits_for_a_persons_word(home: Path, sync: Sync) -> None:
    sync()
    release = live(home)
    (home / "a.json").write_text(json.dumps([realisation(n) for n in range(5)]))
    refused = sync()
    assert refused.exit_code == 4
    assert "5 Course instead of 30" in refused.output
    assert "--accept-drop aalto" in refused.output
    assert live(home) == release, "the former content is what it was, so nothing is published"

    accepted = sync("--accept-drop", "aalto")
    assert accepted.exit_code == 0, accepted.output
    assert live(home) != release
    assert "Nothing changed" in sync().output


def test_two_sources_that_describe_one_course_and_its_people_give_one_each(
    home: Path, sync: Sync
) -> None:
    unit = {
        "documentState": "ACTIVE", "id": "aalto-CU-1", "groupId": "aalto-G-1", "code": "CS-A0001",
        "universityOrgIds": ["aalto-university-root-id"], "credits": {"min": 6, "max": 6},
        "name": {"en": "Course one, as Sisu calls it", "fi": "Kurssi yksi"},
    }  # fmt: skip
    (home / "sisu.jsonl").write_text(json.dumps(unit) + "\n")
    works = {
        "id": "https://openalex.org/W1", "doi": "https://doi.org/10.5555/one", "title": "Learning to test programs",
        "publication_year": 2024, "type": "article", "language": "en",
        "authorships": [{"author": {"id": "https://openalex.org/A1", "display_name": "Maija Metsä",
                                    "orcid": "https://orcid.org/0000-0002-1825-0097"}, "institutions": []}],
    }  # fmt: skip
    (home / "w.jsonl").write_text(json.dumps(works) + "\n")
    thesis = {
        "id": "https://aaltodoc.aalto.fi/handle/123/1", "rowid": "r1", "repository": "Aaltodoc",
        "ground_truth": {"title": "Learning to test programs", "creator": ["Metsä, Maija"], "year": "2024",
                         "doi": "10.5555/one", "language": "en", "type_coar": "article"},
    }  # fmt: skip
    (home / "f.jsonl").write_text(json.dumps(thesis) + "\n")
    more = "".join(
        f'[[source]]\nname = "{name}"\nloader = "{loader}"\npaths = ["{file}"]\n'
        for name, loader, file in (
            ("sisu", "sisu", "sisu.jsonl"), ("works", "openalex", "w.jsonl"), ("grey", "fingreylit", "f.jsonl"),
        )
    )  # fmt: skip
    config = home / "c.toml"
    config.write_text(config.read_text() + more)
    assert sync().exit_code == 0
    release = Releases(home / "data").live()
    assert release is not None
    store = EmbeddedStore(release.store, read_only=True)

    titles = [
        row["o"].value
        for row in store.select(ASK % "/course/aalto/CS-A0001")
        if row["p"].value.endswith("/title")
    ]
    assert sorted(titles) == ["Course number 1", "Kurssi yksi"], (
        "the first source is heard, others fill gaps"
    )
    outputs = {
        row["s"].value
        for row in store.select(
            "SELECT ?s WHERE { ?s a <https://data.fitech.example/ontology#ResearchOutput> }"
        )
    }
    people = {
        row["s"].value
        for row in store.select(
            "SELECT ?s WHERE { ?s a <https://data.fitech.example/ontology#Person> }"
        )
    }
    assert len(outputs) == 1
    assert {iri.rsplit("/", 1)[-1] for iri in people} == {"orcid-0000-0002-1825-0097"}
    reasons = {item.reason for item in read_written(release.path / DECISIONS)}
    assert reasons == {"identifier", "by-line of one work"}
    store.close()

    # A person says that they are two after all: the next night it is so.
    pair = next(item for item in read_written(release.path / DECISIONS) if item.kind == "person")
    (home / "identity.csv").write_text(
        f"decision,left,right,note\ndifferent,{pair.left},{pair.right},two people\n"
    )
    config.write_text(config.read_text() + '[identity]\ndecisions = "identity.csv"\n')
    assert sync().exit_code == 0
    release = Releases(Workspace(home / "data").path).live()
    assert release is not None
    store = EmbeddedStore(release.store, read_only=True)
    people = {
        row["s"].value
        for row in store.select(
            "SELECT ?s WHERE { ?s a <https://data.fitech.example/ontology#Person> }"
        )
    }
    assert len(people) == 2
    store.close()


def test_what_is_harvested_is_taken_up_and_a_server_that_is_down_costs_nothing(
    home: Path, sync: Sync
) -> None:
    content = {"body": json.dumps([realisation(n) for n in range(30)]).encode(), "status": 200}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            body = content["body"] if content["status"] == 200 else b""
            assert isinstance(body, bytes)
            self.send_response(int(content["status"]))  # type: ignore[call-overload]
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        config = home / "c.toml"
        url = f"http://127.0.0.1:{server.server_address[1]}/a.json"
        config.write_text(
            config.read_text().replace(
                'paths = ["a.json"]',
                f'[source.harvest]\nkind = "files"\nurls = ["{url}"]\nrate = 1000\ncontact = "me@example.org"',
            )
        )
        first = sync()
        assert first.exit_code == 0, first.output
        assert "30 records in = 30 loaded" in first.output
        release = live(home)
        assert "Nothing changed" in sync().output

        content["body"] = json.dumps([realisation(n) for n in range(31)]).encode()
        assert "31 records in" in sync().output
        assert live(home) != release

        release, content["status"] = live(home), 403
        down = sync()
        assert down.exit_code == 4, down.output
        assert "no answer: GET" in down.output
        assert live(home) == release
    finally:
        server.shutdown()
        server.server_close()


def test_a_second_run_leaves_at_once_while_another_is_at_work(home: Path, sync: Sync) -> None:
    place = Workspace(home / "data")
    with build_lock(place):
        result = sync()
    assert result.exit_code == 0
    assert "Another build is at work" in result.output
    assert Releases(place.path).live() is None
