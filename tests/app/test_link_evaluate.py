"""`fitech link evaluate` as a script would use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.workspace import Workspace

STATISTICS, PYTHON = (f"http://data.europa.eu/esco/skill/{number}" for number in (1, 2))
ESCO = (
    "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,description\n"
    f"KnowledgeSkillCompetence,{STATISTICS},knowledge,cross-sector,statistical inference,,\n"
    f"KnowledgeSkillCompetence,{PYTHON},knowledge,cross-sector,Python (computer programming),Python,\n"
)
GOLD = "sentence,label\nApplies statistical inference.,statistical inference\nIs nice.,UNDERSPECIFIED\n"


def fitech(place: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data-dir", str(place), "link", *arguments])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "skills_en.csv").write_text(ESCO)
    (tmp_path / "gold.csv").write_text(GOLD)
    return tmp_path


def evaluate(files: Path, *more: str) -> Result:
    esco = str(files / "skills_en.csv")
    return fitech(files / "data", "evaluate", str(files / "gold.csv"), "--esco", esco, *more)


def test_one_method_and_one_file_give_their_figures_at_the_top(files: Path) -> None:
    result = evaluate(files, "--method", "exact", "--format", "json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert (data["r_precision@5"], data["r_precision@10"], data["mrr"], data["recall@10"]) == (
        1,
        1,
        1,
        1,
    )
    assert (data["texts"], data["texts_with_gold"]) == (2, 1)
    assert data["method"] == data["results"][0]["method"] == "exact"
    assert data["baselines"] == []


def test_several_files_give_a_list(files: Path) -> None:
    result = evaluate(files, str(files / "gold.csv"), "--method", "exact", "--format", "json")
    data = json.loads(result.stdout)
    assert len(data["results"]) == 2
    assert "mrr" not in data


def test_the_text_and_the_plot(files: Path) -> None:
    plot = files / "plot.svg"
    result = evaluate(files, "--method", "exact", "--plot", str(plot))
    assert "RP@5" in result.stdout
    assert plot.read_text().startswith("<svg")


def test_the_skills_of_the_live_release(sample_place: Workspace, files: Path) -> None:
    result = fitech(
        sample_place.path, "evaluate", str(files / "gold.csv"), "--method", "exact", "--format", "json"
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["unknown_skills"] == {"statistical inference": 1}


def test_the_skills_of_staged_sources(files: Path) -> None:
    place = files / "data"
    loaded = CliRunner().invoke(
        main, ["--data-dir", str(place), "load", "esco", str(files / "skills_en.csv")]
    )
    assert loaded.exit_code == 0, loaded.output
    result = fitech(place, "evaluate", str(files / "gold.csv"), "--method", "exact", "--format", "json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["mrr"] == 1.0


@pytest.mark.parametrize(
    ("gold", "more", "words"),
    [
        ("nothing.csv", (), "There is no file"),
        ("skills_en.csv", (), "holds no texts"),
        ("gold.csv", ("--language", "fi", "--limit", "1"), ""),
        ("judgements.csv", (), "name the courses with --courses"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    files: Path, gold: str, more: tuple[str, ...], words: str
) -> None:
    (files / "judgements.csv").write_text(
        "course_code,field,sentence_sha256,language,esco_uri,judgement\nX,outcomes,0,en,,none\n"
    )
    esco = str(files / "skills_en.csv")
    result = fitech(
        files / "data", "evaluate", str(files / gold), "--esco", esco, "--method", "exact", *more
    )
    assert result.exit_code == (1 if words else 0), result.output
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_without_any_esco_a_sentence_says_what_to_do(files: Path) -> None:
    result = fitech(files / "data", "evaluate", str(files / "gold.csv"), "--method", "exact")
    assert result.exit_code == 1
    assert "--esco" in result.stderr


def test_link_without_a_command_is_the_step_still(tmp_path: Path) -> None:
    result = fitech(tmp_path)
    assert result.exit_code == 1
    assert "first" in result.stderr
    assert fitech(tmp_path, "nothing").exit_code == 2
    assert "evaluate" in fitech(tmp_path, "--help").output
