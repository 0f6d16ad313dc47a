from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from loaders.linking.annif import AnnifError, AnnifLinker
from loaders.linking.base import SkillLabel, Subject, Text

LABELS = [SkillLabel("http://x/ml", "machine learning", "en", True)]


class _Stub(BaseHTTPRequestHandler):
    """Answers as Annif's `suggest-batch` does."""

    broken = False

    def do_POST(self) -> None:
        documents = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["documents"]
        rows = [
            {
                "document_id": document["document_id"],
                "results": [
                    {
                        "uri": "http://x/ml",
                        "label": "machine learning",
                        "notation": None,
                        "score": 0.81,
                    },
                    {"uri": "http://x/unknown", "label": "?", "notation": None, "score": 0.7},
                ]
                if "learning" in document["text"]
                else [],
            }
            for document in documents
        ]
        known = self.path.startswith("/v1/projects/esco-en/suggest-batch")
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"oh": 1} if self.broken else rows).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Stub) as stub:
        thread = threading.Thread(target=stub.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{stub.server_port}"
        stub.shutdown()
        thread.join()


def prepared(url: str) -> AnnifLinker:
    linker = AnnifLinker(url)
    linker.prepare(LABELS)
    return linker


def test_links_come_from_the_server(server: str) -> None:
    text = "The weather is nice. You know machine learning."
    (link,) = prepared(server).link([Subject("http://x/1", "course", [Text("content", "en", text)])])
    assert (link.skill, link.relation, link.confidence) == ("http://x/ml", "teaches", 0.81)
    assert link.method == "annif/1"
    (evidence,) = link.evidence
    assert text[evidence.start : evidence.end] == evidence.quote == "You know machine learning."


def test_suggestions_name_known_skills_only(server: str) -> None:
    assert [row.skill for row in prepared(server).suggest("deep learning", "en")] == ["http://x/ml"]


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(AnnifError, match=r"does not answer.*FITECH_ANNIF_URL"):
        prepared("http://127.0.0.1:9").suggest("learning", "en")


def test_an_unknown_project_and_another_server(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnnifError, match="esco-sv"):
        prepared(server).suggest("inlärning", "sv")
    monkeypatch.setattr(_Stub, "broken", True)
    with pytest.raises(AnnifError, match="not answer as Annif"):
        prepared(server).suggest("learning", "en")
