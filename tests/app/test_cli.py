"""The command line as a script would use it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.workspace import Workspace

SKILL = "http://data.europa.eu/esco/skill/3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"
HEAD = "concept_uri,region,period,number,unit,source\n"
ROW = f"{SKILL},FI,2026,1,openings,Me\n"


def fitech(place: Path, *arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, ["--data-dir", str(place), *arguments], input=stdin)


@pytest.mark.parametrize(
    "command", ["load", "build", "link", "derive", "check", "publish", "query", "sparql", "status", "serve",
                "rollback"],
)  # fmt: skip
def test_every_command_explains_itself(tmp_path: Path, command: str) -> None:
    result = fitech(tmp_path, command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_the_program_starts_as_a_process_and_tells_its_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "--version"], capture_output=True, text=True, check=True
    )
    assert "fitech" in done.stdout


def test_a_named_query_as_table_json_and_csv(sample_place: Workspace) -> None:
    table = fitech(sample_place.path, "query", "experts-on-skill", f"skill={SKILL}")
    assert table.exit_code == 0
    assert table.output.splitlines()[0].startswith("person")
    data = json.loads(
        fitech(
            sample_place.path, "query", "experts-on-skill", f"skill={SKILL}", "--format", "json"
        ).stdout
    )
    assert data["rows"][0]["personLabel"]
    text = fitech(
        sample_place.path, "query", "experts-on-skill", f"skill={SKILL}", "--format", "csv"
    ).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(data["rows"])
    assert rows[0]["personLabel"] == data["rows"][0]["personLabel"]


def test_queries_are_listed_and_explained(sample_place: Workspace) -> None:
    assert "experts-on-skill" in fitech(sample_place.path, "query").output
    assert "required" in fitech(sample_place.path, "query", "experts-on-skill", "help").output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("query", "nothing"), "There is no query 'nothing'"),
        (("query", "experts-on-skill"), "The parameter skill is missing"),
        (("query", "experts-on-skill", "skill=x y"), "cannot be 'x y'"),
        (("load", "nothing", "x"), "There is no loader 'nothing'"),
        (("load", "needs", "/nowhere.csv"), "There is no file"),
        (("build", "/nowhere.toml"), "There is no configuration file"),
        (("rollback", "20000101T000000Z"), "There is no release"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_exit_code_1(
    sample_place: Workspace, arguments: tuple[str, ...], words: str
) -> None:
    result = fitech(sample_place.path, *arguments)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_a_misunderstood_command_is_exit_code_2(tmp_path: Path) -> None:
    assert fitech(tmp_path, "nothing").exit_code == 2
    assert fitech(tmp_path, "query", "experts-on-skill", "novalue").exit_code == 2


def test_sparql_from_file_and_standard_input(sample_place: Workspace, tmp_path: Path) -> None:
    select = "SELECT DISTINCT ?s { ?s a <https://data.fitech.example/ontology#Course> }"
    path = tmp_path / "q.rq"
    path.write_text(select)
    assert (
        len(json.loads(fitech(sample_place.path, "sparql", str(path)).stdout)["results"]["bindings"])
        == 49
    )
    result = fitech(sample_place.path, "sparql", "-", "--format", "csv", stdin=select)
    assert result.stdout.count("\n") == 50
    turtle = fitech(sample_place.path, "sparql", "-", stdin="CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3")
    assert turtle.stdout.strip().endswith(".")
    wrong = fitech(sample_place.path, "sparql", "-", "--format", "turtle", stdin=select)
    assert wrong.exit_code == 1
    assert "has no answer as turtle" in wrong.stderr


def test_status_tells_sources_release_and_checks(sample_place: Workspace) -> None:
    text = fitech(sample_place.path, "status").output
    for words in ("aalto", "18 records", "Live release:", "violations", "graph/links/exact"):
        assert words in text
    data = json.loads(fitech(sample_place.path, "status", "--format", "json").output)
    assert {source["source"] for source in data["sources"]} >= {"esco", "aalto", "needs"}
    assert data["live"]["triples"] == sum(data["live"]["graphs"].values())


def test_an_empty_directory_says_what_to_do(tmp_path: Path) -> None:
    assert "fitech build" in fitech(tmp_path, "status").output
    for command in ("link", "derive", "check", "publish"):
        result = fitech(tmp_path, command)
        assert result.exit_code == 1
        assert "first" in result.stderr
    result = fitech(tmp_path, "query", "experts-on-skill", f"skill={SKILL}")
    assert "no release" in result.stderr


def test_step_by_step_without_a_configuration(tmp_path: Path) -> None:
    place, table = tmp_path / "data", tmp_path / "needs.csv"
    table.write_text(HEAD + ROW + "bad,FI,2026,1,openings,Me\n")
    loaded = fitech(place, "load", "needs", str(table), "--title", "My needs")
    assert loaded.exit_code == 0
    assert "2 records in = 1 loaded + 0 passed over + 1 rejected" in loaded.output
    assert fitech(place, "load", "members").exit_code == 0
    for command in ("link", "derive", "check", "publish"):
        result = fitech(place, command)
        assert result.exit_code == 0, (command, result.output)
    assert "Live release" in fitech(place, "status").output
