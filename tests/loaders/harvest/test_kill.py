"""A harvest in a process of its own is killed at random moments and started again, many times."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import contents
from harvest_server import Answer, Ask, Faulty, Server, serving
from harvest_services import Repository, Sisu

from graph.identifiers import Identifiers
from loaders.harvest.archive import Archive, harvested_files
from loaders.staging.source import SourceSpec, stage

ROOT = Path(__file__).resolve().parents[3]
PASSING = ("429 date", "503", "cut", "no answer", "html", "half", "gzip", "redirect")
"""Faults after which the client waits a second or two at most."""


def config(folder: Path, kind: str, loader: str, url: str, settings: str) -> Path:
    path = folder / f"{kind}.toml"
    path.write_text(
        f'contact = "data@fitech.example"\n[[source]]\nname = "tested"\nloader = "{loader}"\n'
        f'[source.harvest]\nkind = "{kind}"\nurl = "{url}"\nrate = 100000\n{settings}\n'
    )
    return path


def start(data: Path, path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "app.cli", "--data-dir", str(data), "harvest", "tested"]
    environment = {**os.environ, "FITECH_CONFIG": str(path)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def harvest_with_kills(data: Path, path: Path, server: Server, dice: random.Random, most: int) -> int:
    """Harvest to the end, with a SIGKILL now and then; return how many there were."""
    kills = 0
    while True:
        process = start(data, path)
        before = len(server.asked)
        wanted = dice.randrange(0, 4)  # killed around this request, in whatever it is doing
        while process.poll() is None and len(server.asked) - before < wanted:
            time.sleep(0.001)
        time.sleep(dice.random() * 0.02)
        if process.poll() is None and kills < most:
            process.send_signal(signal.SIGKILL)
            kills += 1
            process.wait()
            assert process.stderr is not None
            process.stderr.close()
            continue
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told.decode()
        return kills


def staged(data: Path, loader: str, folder: Path) -> list[bytes]:
    """Return the statements that the loader makes of what was harvested, sorted."""
    files = tuple(harvested_files(data / "harvest", "tested"))
    stage(SourceSpec("tested", loader, files), folder, Identifiers())
    return sorted(gzip.decompress((folder / "tested" / "triples.nt.gz").read_bytes()).splitlines())


def slow(service: Any) -> Any:
    def answer(ask: Ask) -> Answer:
        found: Answer = service(ask)
        found.delay = found.delay or 0.003
        return found

    return answer


@pytest.mark.parametrize("kind", ["sisu", "oai-pmh"])
def test_what_is_loaded_is_what_an_undisturbed_harvest_brings(kind: str, tmp_path: Path) -> None:
    dice = random.Random(f"kill {kind}")
    loader = "sisu" if kind == "sisu" else "oai"
    service: Any = Sisu(120, cap=10) if kind == "sisu" else Repository(300, size=3)
    settings = (
        'universities = ["tuni-university-root-id"]\nrealisations = false'
        if kind == "sisu"
        else 'prefix = "kk"'
    )
    with serving(slow(service)) as server:
        path = config(tmp_path, kind, loader, server.url, settings)
        calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
        rounds: list[int] = []
        for number in range(2):
            if number == 1:
                # the next night: some things changed, some are gone
                _change(service)
            process = start(calm, path)
            _, told = process.communicate(timeout=60)
            assert process.returncode == 0, told.decode()
            server.service = slow(Faulty(service, dice, 0.02, PASSING))
            rounds.append(harvest_with_kills(disturbed, path, server, dice, 10 - 5 * number))
            server.service = slow(service)
            assert sorted(contents(Archive(disturbed / "harvest", "tested"))) == sorted(
                contents(Archive(calm / "harvest", "tested"))
            )
            once = staged(calm, loader, tmp_path / f"staged-calm-{number}")
            assert staged(disturbed, loader, tmp_path / f"staged-disturbed-{number}") == once
            assert len(once) > 100
        assert rounds[0] >= 5, rounds


def _change(service: Any) -> None:
    if isinstance(service, Sisu):
        for number in range(5, 20):
            service.units[f"tuni-CU-{number}"] = Sisu.unit(number, " renewed")
        for number in range(3):
            del service.units[f"tuni-CU-{number}"]
    else:
        service.changed = [
            *(Repository.record(number, " uusi") for number in range(40)),
            *(Repository.deleted(number) for number in range(60, 63)),
        ]
