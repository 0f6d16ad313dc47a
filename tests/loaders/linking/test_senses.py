from __future__ import annotations

from pathlib import Path

from loaders.linking.base import SkillLabel
from loaders.linking.cache import arrays_of
from loaders.linking.calibration import Calibration
from loaders.linking.matcher import Found, LabelMatcher
from loaders.linking.senses import Row, SenseTable

ROWS: list[Row] = [
    ("en", "machine learning", "ml", "machine learning", True, False, None, False),
    ("en", "machine", "m", "machines", False, True, None, False),
    ("fi", "koneoppiminen", "ml", "koneoppiminen", True, False, None, True),
    ("en", "machine learning", "other", "Machine Learning", False, False, "Machine Learning", False),
    ("sv", "ångström", "å", "ångström", True, False, None, False),
]


def test_names_are_found_by_language_and_words(tmp_path: Path) -> None:
    for path in (None, tmp_path / "names.npy", tmp_path / "names.npy"):
        table = SenseTable(arrays_of(path, lambda: SenseTable.arrays(ROWS)))
        assert table.get("en", "machine learning") == (ROWS[0][2:], ROWS[3][2:])
        assert table.get("en", "machine") == (ROWS[1][2:],)
        assert table.get("fi", "koneoppiminen") == (ROWS[2][2:],)
        assert table.get("sv", "ångström") == (ROWS[4][2:],)
        assert table.get("fi", "machine") == table.get("en", "learning") == ()
        assert table.longest("en", "machine") == 2
        assert table.longest("sv", "ångström") == 1
        assert table.longest("en", "learning") == table.longest("sv", "machine") == 0


def test_an_empty_table() -> None:
    table = SenseTable(SenseTable.arrays(()))
    assert table.get("en", "machine") == ()
    assert table.longest("en", "machine") == 0


def test_a_matcher_finds_the_same_from_disk_and_new(tmp_path: Path) -> None:
    labels = [
        SkillLabel("ml", "machine learning", "en", True),
        SkillLabel("s", "Scala", "en", True),
        SkillLabel("two", "Machine learning", "en", False),
    ]
    found: list[list[Found]] = []
    for folder in (None, tmp_path, tmp_path):
        matcher = LabelMatcher(Calibration.load())
        matcher.prepare(labels, folder)
        found.append(list(matcher.find("Machine-learning in Scala, not in scala.", "en")))
    assert found[0] == found[1] == found[2]
    assert [[sense.skill for sense in each.senses] for each in found[0]] == [["ml"], ["s"]]
    assert len(list(tmp_path.iterdir())) == 1
