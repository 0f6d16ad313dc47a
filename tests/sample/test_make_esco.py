"""The excerpt of ESCO is cut as told, and cut the same from the same downloads."""

from __future__ import annotations

import importlib.util
import sys

import pytest


@pytest.fixture(scope="module")
def make_esco(sample):
    spec = importlib.util.spec_from_file_location("make_esco", sample / "make_esco.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_keep_leaves_out_rows_and_texts(make_esco):
    rows = [
        {"conceptUri": "b", "preferredLabel": "B", "description": "a text of ESCO"},
        {"conceptUri": "a", "preferredLabel": "A", "description": ""},
        {"conceptUri": "c", "preferredLabel": "C", "description": ""},
    ]
    table = make_esco.Table(tuple(rows[0]), rows).keep({"a", "b"}, "conceptUri")
    assert [(row["conceptUri"], row["description"]) for row in table.rows] == [("a", ""), ("b", "")]


def test_schemes_keep_only_tops_of_the_excerpt(make_esco):
    row = {"conceptSchemeUri": "s", "preferredLabel": "S", "hasTopConcept": "a,\nb,\nc"}
    other = {"conceptSchemeUri": "t", "preferredLabel": "T", "hasTopConcept": "a"}
    table = make_esco.schemes(make_esco.Table(tuple(row), [row, other]), {"a", "c"}, {"s"})
    assert [found["hasTopConcept"] for found in table.rows] == ["a,\nc"]


def test_an_unknown_label_stops_the_cut(make_esco):
    empty = make_esco.Table(("conceptUri", "preferredLabel"), [])
    with pytest.raises(SystemExit, match="is the label of 0 concepts"):
        make_esco.select({"occupations_en": empty, "skills_en": empty})


@pytest.mark.real_data
def test_the_official_downloads_give_the_committed_files(make_esco, sample, shared_data, tmp_path):
    zips = sorted((shared_data / "esco").glob("*v1.1.1*.zip"))
    make_esco.write_excerpt(make_esco.read_tables(zips), tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.csv")}
    folder = sample / "esco"
    assert made == {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.csv")}
