"""`fitech link retrain` over the sample: from decisions on pages to links with other confidences."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.review.item import ReviewItem
from app.review.judgements import judgements
from app.review.learn import importance
from app.review.queue import NAME, Filter, Item, Queue
from app.review.store import Reviewer, review_store
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from graph.releases import Releases
from loaders.linking.learned import read_learned

MAIJA = Reviewer("u-1", "Maija Metsä", "reviewer")


class Place:
    """A data directory with the sample; its live release has links of the linker `exact`."""

    def __init__(self, path: Path) -> None:
        self.workspace = Workspace(path)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["--data-dir", str(self.workspace.path), *arguments])

    def queue(self, release: Path) -> Queue:
        return Queue(release / NAME, review_store(self.workspace.path).path)

    def judge(self, most: int, right: Callable[[Item], bool]) -> None:
        live = Releases(self.workspace.path).live()
        assert live is not None
        store, kept = EmbeddedStore(live.store, read_only=True), review_store(self.workspace.path)
        rows = list(self.queue(live.path).mixed(Filter(), most))
        items = [
            (ReviewItem(store, Identifiers(), item).judged(sample), right(item))
            for item, sample in rows
        ]
        kept.judge_all([(judged, "accept" if yes else "reject", None) for judged, yes in items], MAIJA)
        store.close()


@pytest.fixture(scope="module")
def linked(sample_place: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Place:
    target = tmp_path_factory.mktemp("retrain") / "data"
    shutil.copytree(sample_place.path, target, symlinks=True)
    place = Place(target)
    config = replace(place.workspace.settings(), linker="lexical")
    sources = place.workspace.source_names()
    place.workspace.remember(config)
    settings = json.loads(place.workspace.settings_file.read_text(encoding="utf-8"))
    place.workspace.settings_file.write_text(
        json.dumps(settings | {"sources": sources}), encoding="utf-8"
    )
    return place


@pytest.fixture
def place(linked: Place) -> Place:
    """The same without any judgement, and nothing learned."""
    for path in linked.workspace.path.glob("review.sqlite*"):
        path.unlink()
    shutil.rmtree(linked.workspace.path / "linking", ignore_errors=True)
    return linked


def by_name_length(item: Item) -> bool:
    """These people follow the linker, but for sure links of one kind."""
    return item.confidence >= 0.5


def test_too_few_judgements_change_nothing(place: Place) -> None:
    for most in (0, 5):
        place.judge(most, by_name_length)
        result = place.run("link", "retrain")
        assert result.exit_code == 1
        assert "fewer than 20 teach nothing" in result.output
    assert not (place.workspace.path / "linking").exists()
    assert "Nothing was learned here" in place.run("link", "retrain", "--undo").output


def test_decisions_teach_the_next_links(place: Place) -> None:
    place.judge(150, by_name_length)
    dry = place.run("link", "retrain", "--dry-run", "--format", "json")
    assert dry.exit_code == 0, dry.output
    told = json.loads(dry.stdout)
    assert told["judgements"] == told["learned_from"] + told["held_out"] >= 100
    assert told["held_out"] == told["after"]["judgements"] > 5
    assert not told["installed"]
    assert not (place.workspace.path / "linking").exists()
    result = place.run("link", "retrain")
    assert result.exit_code == 0, result.output
    assert "in use" not in place.run("status").output.split("Review:")[0]
    assert told["after"]["log_loss"] < told["before"]["log_loss"]
    learned = read_learned(place.workspace.path)["lexical"]
    assert learned.about["held_out"] == told["held_out"]
    status = place.run("status").output
    assert f"weights lexical: retrained {learned.date} from {told['judgements']} judgements" in status
    place.run("link")
    (graph,) = (step for step in [place.workspace.next / NAME])
    methods = Counter(item.linker for item, _ in place.queue(graph.parent).mixed(Filter(), 10))
    assert set(methods) == {f"lexical/{learned.about['linker'].split('/')[1]}+r{learned.date}"}
    assert place.run("link", "retrain", "--undo").exit_code == 0
    place.run("link")
    methods = Counter(item.linker for item, _ in place.queue(graph.parent).mixed(Filter(), 10))
    assert set(methods) == {learned.about["linker"]}


def test_people_at_random_are_not_followed_unless_one_insists(place: Place) -> None:
    place.judge(120, lambda item: int(item.link[:6], 16) % 2 == 0)
    result = place.run("link", "retrain")
    assert result.exit_code == 1
    assert "not used" in result.output
    assert "judge more links" in result.output
    assert not (place.workspace.path / "linking").exists()
    assert place.run("link", "retrain", "--force").exit_code == 0
    assert read_learned(place.workspace.path)["lexical"].about["problems"]


def test_a_linker_without_weights_is_told(place: Place) -> None:
    place.judge(40, by_name_length)
    result = place.run("link", "retrain", "--linker", "exact")
    assert result.exit_code == 1
    assert "has no weights to learn" in result.output


def test_a_damaged_file_is_told_and_can_be_left(place: Place) -> None:
    place.judge(40, by_name_length)
    folder = place.workspace.path / "linking"
    folder.mkdir()
    (folder / "rerank.json").write_text("{", encoding="utf-8")
    for command in (("link",), ("link", "retrain")):
        result = place.run(*command)
        assert result.exit_code == 1
        assert "--undo" in result.output
    assert "--undo" in place.run("status").output
    assert place.run("link", "retrain", "--undo").exit_code == 0
    assert place.run("link").exit_code == 0


def test_bands_that_were_judged_too_often_count_less(place: Place) -> None:
    place.judge(20, by_name_length)
    found = list(judgements(place.workspace))
    unsure = [replace(one, confidence=0.5) for one in found[:15]]
    sure = [replace(one, confidence=0.95) for one in found[15:19]]
    better = [replace(one, confidence=0.0) for one in found[19:]]
    counts = importance([*unsure, *sure, *better], Counter({5: 50, 9: 50, 2: 300}))
    assert sum(counts) / len(counts) == pytest.approx(1.0)
    assert counts[0] < counts[-1] < counts[15]
    assert importance(found, Counter()) == [1.0] * len(found)
    assert importance([], Counter()) == []
