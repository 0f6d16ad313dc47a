"""`fitech template` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_form_is_written_and_not_overwritten(here: Path) -> None:
    run = CliRunner()
    result = run.invoke(main, ["template", "courses", "--language", "sv"])
    assert result.exit_code == 0
    assert "courses-sv.xlsx" in result.output
    before = (here / "courses-sv.xlsx").read_bytes()
    again = run.invoke(main, ["template", "courses", "--language", "sv"])
    assert again.exit_code == 1
    assert "--force" in again.output
    assert (here / "courses-sv.xlsx").read_bytes() == before
    assert run.invoke(main, ["template", "courses", "--language", "sv", "--force"]).exit_code == 0


def test_the_format_follows_the_ending_or_the_option(here: Path) -> None:
    run = CliRunner()
    assert run.invoke(main, ["template", "needs", "-o", "n.csv"]).exit_code == 0
    assert (here / "n.csv").read_text(encoding="utf-8-sig").startswith("Skill or occupation")
    assert run.invoke(main, ["template", "needs", "--format", "csv"]).exit_code == 0
    assert (here / "needs-en.csv").exists()


def test_what_cannot_be_done_is_told(here: Path) -> None:
    run = CliRunner()
    result = run.invoke(main, ["template", "needs", "-o", "nowhere/n.csv"])
    assert result.exit_code == 1
    assert "cannot be written" in result.output
    assert run.invoke(main, ["template", "people"]).exit_code == 2


def test_a_form_filled_in_is_loaded(here: Path) -> None:
    run = CliRunner()
    run.invoke(main, ["template", "courses", "--language", "fi", "-o", "c.csv"])
    empty = run.invoke(main, ["--data-dir", "data", "load", "template", "c.csv"])
    assert empty.exit_code == 1
    assert "not one record could be loaded" in empty.output
    with (here / "c.csv").open("a", encoding="utf-8") as form:
        form.write("A-1;Turun yliopisto;Kurssi\n;Turun yliopisto;Toinen\n")
    result = run.invoke(main, ["--data-dir", "data", "load", "template", "c.csv"])
    assert result.exit_code == 0
    assert "3 records in = 1 loaded + 1 passed over + 1 rejected" in result.output
    assert "rivi 4" in result.output.casefold()
