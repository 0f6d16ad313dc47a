"""What a configuration may say, and the sentences about what it may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.config import ConfigError, read_config
from loaders.harvest.plans import kinds, plan_class
from loaders.harvest.spec import COMMON, read_spec


def test_defaults_of_the_kind_are_filled_in(tmp_path: Path) -> None:
    spec = read_spec({"kind": "sisu", "url": "https://sisu.example", "universities": ["x"]}, tmp_path)
    assert spec.full_every_days == 7
    assert spec.rate == 1.0
    assert spec.settings["page_size"] == 100
    assert read_spec({"kind": "openalex", "filter": "x"}, tmp_path).url == "https://api.openalex.org"


def test_the_contact_of_the_configuration_is_the_default(tmp_path: Path) -> None:
    raw = {"kind": "openalex", "filter": "x"}
    assert read_spec(raw, tmp_path, "a@b.fi").contact == "a@b.fi"
    assert read_spec({**raw, "contact": "c@d.fi"}, tmp_path, "a@b.fi").contact == "c@d.fi"


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "kind None is unknown; there are aalto, crossref"),
    ({"kind": "sisuu"}, "kind 'sisuu' is unknown"),
    ({"kind": "sisu", "universities": ["x"]}, "lacks url: base address"),
    ({"kind": "sisu", "url": "https://x.fi"}, "lacks universities: university root ids"),
    (
        {"kind": "sisu", "url": "https://x.fi", "universities": "x"},
        "universities must be a list of texts",
    ),
    (
        {"kind": "sisu", "url": "https://x.fi", "universities": ["x"], "uni": 1},
        "unknown key 'uni'; known",
    ),
    ({"kind": "sisu", "url": "ftp://x.fi", "universities": ["x"]}, "address with http or https"),
    ({"kind": "sisu", "url": "https://u:p@x.fi", "universities": ["x"]}, "key_env instead"),
    ({"kind": "openalex", "filter": "x", "rate": 0}, "rate must be a number above 0"),
    ({"kind": "openalex", "filter": "x", "rate": True}, "rate must be a number above 0"),
    ({"kind": "openalex", "filter": "x", "rate": "2"}, "rate must be a number above 0"),
    ({"kind": "openalex", "filter": "x", "min_share": 2}, "min_share must be a number from 0 to 1"),
    ({"kind": "openalex", "filter": "x", "page_size": 0}, "page_size must be a whole number from 1"),
    ({"kind": "openalex", "filter": "x", "full_every_days": -1}, "whole number from 0"),
    ({"kind": "openalex", "filter": "x", "since_filter": "y"}, "must be one of from_updated_date"),
    ({"kind": "openalex", "filter": "x", "query": ["a"]}, "query must be a table of texts"),
    ({"kind": "openalex", "filter": "x", "query": {"a": [1]}}, "values must be texts"),
    ({"kind": "openalex", "filter": "x", "contact": "Åbo\r\nX: y"}, "contact must be plain ASCII"),
    ({"kind": "openalex", "filter": " "}, "filter must be a text"),
    ({"kind": "pure", "url": "https://x.fi"}, "needs key_env"),
    ({"kind": "tyomarkkinatori", "url": "https://x.fi"}, "p67 needs key_env"),
    ({"kind": "datacite"}, "needs search or query"),
    ({"kind": "orcid"}, "needs ids, ids_file or search"),
    ({"kind": "orcid", "ids": ["12"]}, "'12' is no ORCID iD"),
    ({"kind": "orcid", "ids_file": "none.csv"}, "there is no file"),
    ({"kind": "pages"}, "needs urls or sitemaps"),
    ({"kind": "pages", "urls": ["x.fi"]}, "'x.fi' is no address"),
    ({"kind": "files", "urls": []}, "at least one address"),
    ({"kind": "files", "urls": ["https://u@x.fi/"]}, "holds a user name"),
    ({"kind": "esco-api", "version": "v1.2.0", "lists": ["skills"]}, "a resource and a concept scheme"),
]


@pytest.mark.parametrize(("raw", "sentence"), BAD)
def test_what_cannot_be_meant_is_told(raw: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"source\.harvest") as caught:
        read_spec(raw, tmp_path)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".") or "0097" in str(caught.value)


def test_no_setting_of_a_kind_hides_a_common_one() -> None:
    for kind in kinds():
        assert not set(plan_class(kind).settings) & set(COMMON), kind
        assert plan_class(kind).kind == kind
        assert plan_class(kind).title


def write(folder: Path, text: str) -> Path:
    path = folder / "my.toml"
    path.write_text(text)
    return path


def test_a_source_with_harvest_needs_no_paths(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'contact = "a@b.fi"\n[[source]]\nname = "tuni"\nloader = "sisu"\n[source.harvest]\nkind = "sisu"\n'
        'url = "https://sis-tuni.funidata.fi"\nuniversities = ["tuni-university-root-id"]\n',
    )
    (source,) = read_config(path).sources
    assert source.paths == ()
    assert source.harvest is not None
    assert source.harvest.contact == "a@b.fi"


def test_a_wrong_harvest_is_told_with_file_and_source(tmp_path: Path) -> None:
    path = write(tmp_path, '[[source]]\nname = "a"\nloader = "sisu"\nharvest = "yes"\n')
    with pytest.raises(
        ConfigError, match=r"my\.toml, \[\[source\]\] number 1 \(a\): .* must be a table"
    ):
        read_config(path)
