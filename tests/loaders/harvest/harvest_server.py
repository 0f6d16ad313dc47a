"""A real web server on loopback whose answers, and whose faults, are Python functions."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Ask:
    """One request as the server got it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """One answer. `raw` replaces everything: the bytes are sent as they are and the line is cut."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    drip: float = 0.0
    """Seconds between the bytes of the body."""
    delay: float = 0.0


Service = Callable[[Ask], Answer]


def js(value: Any, status: int = 200, **headers: str) -> Answer:
    body = json.dumps(value, ensure_ascii=False).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, body, {"Content-Type": "application/json", **named})


def xml(text: str, status: int = 200) -> Answer:
    return Answer(status, text.encode(), {"Content-Type": "text/xml; charset=utf-8"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every small answer takes 40 ms
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        ask = Ask(self.command, parts.path, query, headers, body)
        with self.server.guard:
            self.server.asked.append(ask)
            answer = self.server.service(ask)
        if answer.delay:
            time.sleep(answer.delay)
        with contextlib.suppress(OSError):  # the client went away
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer.headers and answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.drip:
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(answer.drip)
        else:
            self.wfile.write(answer.body)
        if answer.headers.get("Connection") == "close":
            self.close_connection = True

    do_GET = do_POST = _serve  # noqa: N815 (names that the standard library wants)


class Server(ThreadingHTTPServer):
    """Answers with `service`; `asked` keeps what it was asked."""

    daemon_threads = True

    def __init__(self, service: Service) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service
        self.asked: list[Ask] = []
        self.guard = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that was killed


@contextmanager
def serving(service: Service) -> Iterator[Server]:
    server = Server(service)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


FAULTS = (
    "429 seconds",
    "429 date",
    "429 plain",
    "500",
    "502",
    "503",
    "504",
    "time-out",
    "cut",
    "cut chunks",
    "no answer",
    "html",
    "garbage",
    "half",
    "empty",
    "json error",
    "gzip",
    "cut gzip",
    "redirect",
    "part",
)
"""What may go wrong with one answer, and right again when it is asked for once more."""


def with_fault(kind: str, ask: Ask, answer: Answer) -> Answer:
    """Return an answer with one fault."""
    body, length = answer.body, len(answer.body)
    headers = dict(answer.headers)
    match kind:
        case "429 seconds":
            return Answer(429, b"slow down", {"Retry-After": "7"})
        case "429 date":
            return Answer(429, b"", {"Retry-After": "Wed, 01 Jan 2020 00:00:00 GMT"})
        case "429 plain" | "500" | "502" | "503" | "504":
            return Answer(int(kind[:3]), b"<html>busy</html>", {"Content-Type": "text/html"})
        case "time-out":
            return Answer(answer.status, body, headers, delay=0.6)
        case "cut":
            promised = f"HTTP/1.1 200 OK\r\nContent-Length: {length + 10}\r\n\r\n".encode()
            return Answer(raw=promised + body[: length // 2])
        case "cut chunks":
            start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            return Answer(raw=start + f"{length:x}\r\n".encode() + body[: length // 2])
        case "no answer":
            return Answer(raw=b"")
        case "html":
            page = b"<!DOCTYPE html><html><body>Maintenance</body></html>"
            return Answer(200, page, {"Content-Type": "text/html"})
        case "garbage":
            return Answer(200, b"\x00\x01\x02 garbage", {"Content-Type": "application/octet-stream"})
        case "half":
            # The line is closed where the body should go on, and no length was promised.
            return Answer(raw=b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body[: length * 2 // 3])
        case "empty":
            return Answer(200, b"", headers)
        case "json error":
            return js({"error": "internal error", "status": 500})
        case "gzip":
            packed = {**headers, "Content-Encoding": "gzip"}
            return Answer(answer.status, gzip.compress(body), packed)
        case "cut gzip":
            cut = gzip.compress(body)[:-6]
            return Answer(200, cut, {**headers, "Content-Encoding": "gzip"})
        case "redirect":
            return Answer(307, b"", {"Location": _again(ask)})
        case "part":
            return Answer(206, body[: length // 2], headers)
    raise ValueError(kind)


def _again(ask: Ask) -> str:
    from urllib.parse import urlencode

    return f"{ask.path}?{urlencode({**ask.query, 'again': '1'})}"


class Faulty:
    """A service whose answers often fail, but never more than twice in a row."""

    def __init__(
        self,
        service: Service,
        dice: random.Random,
        share: float = 0.4,
        faults: tuple[str, ...] = FAULTS,
    ) -> None:
        self.service, self.dice, self.share, self.faults = service, dice, share, faults
        self.in_row = 0
        self.injected: list[str] = []

    def __call__(self, ask: Ask) -> Answer:
        answer = self.service(ask)
        usable = answer.status == 200
        if usable and self.in_row < 2 and self.dice.random() < self.share:
            kind = self.dice.choice(self.faults)
            if not (kind == "redirect" and "again" in ask.query):
                self.in_row += kind not in ("gzip", "redirect")
                self.injected.append(kind)
                return with_fault(kind, ask, answer)
        self.in_row = 0
        return answer
