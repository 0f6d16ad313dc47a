"""What a release is made from: people's weights count, too."""

from __future__ import annotations

from pathlib import Path

from app.config import BuildConfig
from app.pipeline.assemble import signature
from app.workspace import Workspace
from graph.identifiers import Identifiers
from loaders.linking.learned import Learned, install, weights_digest
from loaders.linking.whole import shipped_whole


def test_weights_that_were_learned_call_for_a_new_release(tmp_path: Path) -> None:
    place, config = Workspace(tmp_path), BuildConfig("A graph", Identifiers("https://data.example/"))
    before = signature(place, [], config)
    assert signature(place, [], config) == before
    weights = shipped_whole("lexical").weights
    learned = Learned(weights, {}, weights_digest(weights), "2026-11-25")
    install(tmp_path, "lexical", learned)
    assert signature(place, [], config) != before
