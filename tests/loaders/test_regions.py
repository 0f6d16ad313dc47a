from __future__ import annotations

import pytest

from loaders.regions import _codes, region_code, region_named

MAAKUNTA = [f"{number:02}" for number in (1, 2, *range(4, 20), 21)]


def test_every_region_of_finland_has_one_code_of_nuts_3() -> None:
    found = [region_code(code) for code in MAAKUNTA]
    assert len(set(found)) == 19
    assert all(len(code) == 5 and code.startswith("FI") for code in found)
    assert sorted(found) == sorted(code for code in set(_codes().values()) if len(code) == 5)


@pytest.mark.parametrize(
    ("text", "code"),
    [("01", "FI1B1"), ("17", "FI1D9"), ("21", "FI200"), ("fi197", "FI197"), ("FI1B1", "FI1B1"), ("FI", "FI")],
)  # fmt: skip
def test_codes(text: str, code: str) -> None:
    assert region_code(text) == region_named(text) == code


@pytest.mark.parametrize("text", ["049", "03", "20", "SE11", "Oulu", "", "1"])
def test_what_is_no_region_of_finland_stays(text: str) -> None:
    assert region_code(text) == region_named(text) == text


def test_names_count_only_where_the_source_means_these_regions() -> None:
    assert {region_named(name) for name in ("Uusimaa", "NYLAND", "uusimaa")} == {"FI1B1"}
    assert region_named("Ahvenanmaa") == region_named("Åland") == "FI200"
    assert region_code("Pohjanmaa") == "Pohjanmaa"  # the area of the ELY centre is another
