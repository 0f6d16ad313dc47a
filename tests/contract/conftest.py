"""A real SPARQL server over loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.store import RemoteEndpoints


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteEndpoints]:
    beside = Path(sys.executable).with_name("oxigraph")
    program = str(beside) if beside.exists() else shutil.which("oxigraph")
    assert program, "the package oxigraph of the dev dependencies brings the server"
    port = a_free_port()
    folder = tmp_path_factory.mktemp("oxigraph")
    server = subprocess.Popen(
        [program, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}",
         "--union-default-graph"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    home = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{home}/query?query=ASK%7B%7D").close()
            break
        except OSError:
            time.sleep(0.05)
    yield RemoteEndpoints(f"{home}/query", f"{home}/update", f"{home}/store")
    server.kill()
    server.wait()


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    return a_free_port()
