from __future__ import annotations

import pytest

from loaders.texts.course_codes import codes_in


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("CS-C3240, LC-0740 and ARTX-C1009B", ("CS-C3240", "LC-0740", "ARTX-C1009B")),
        ("22C00400 or MLI26C738", ("22C00400", "MLI26C738")),
        ("T-76.4115, Mat-1.1010, Tfy-99.2261", ("T-76.4115", "Mat-1.1010", "Tfy-99.2261")),
        ("COMP.CS.100 and MATH.MA.110.", ("COMP.CS.100", "MATH.MA.110")),
        ("TIES4910; TKT20010; ICAT1010", ("TIES4910", "TKT20010", "ICAT1010")),
        ("521149S, IC00AU61 (Oulu), IT00CS22", ("521149S", "IC00AU61", "IT00CS22")),
        ("TKO_2001 and CT60A4302", ("TKO_2001", "CT60A4302")),
        ("CS-A1110/1111 or CS-A1120 / 1121", ("CS-A1110", "CS-A1111", "CS-A1120", "CS-A1121")),
        ("ENG/COE-C1002", ("COE-C1002",)),
        ("prosessitCHEM-A1120, ISM-A1002Muille, CHEM-E0140.Suositus", ("CHEM-A1120", "ISM-A1002", "CHEM-E0140")),
        ("MS-A00XX and MS-A010x or MS-A050*", ("MS-A00XX", "MS-A010x", "MS-A050*")),
        ("(MS-E1600),MS-C2111", ("MS-E1600", "MS-C2111")),
    ],
)  # fmt: skip
def test_the_shapes_of_the_catalogues_are_found(text: str, codes: tuple[str, ...]) -> None:
    assert codes_in([text], (), "") == codes


@pytest.mark.parametrize(
    "text",
    ["ISO-9001, ISO9001, IEEE-802, EN-1990, RFC2616, COVID-2019", "B2 level, 5cr, 135h, FY4-FY7", "3D and 2.5 ECTS",
     "15.8.2026 klo 12.15", "call 040-1234567", "in 2025-2026", "GPT-4 and HTML5", ""],
)  # fmt: skip
def test_other_words_with_numbers_are_no_codes(text: str) -> None:
    assert codes_in([text], (), "") == ()


def test_a_code_of_the_source_is_found_whatever_its_shape() -> None:
    known = {"SCI3027.kand", "4023", "Y1", "maths"}
    assert codes_in(["SCI3027.kand, then 4023."], known, "") == ("SCI3027.kand", "4023")
    assert codes_in(["maths is no code"], known, "") == ()


def test_each_code_counts_once_and_the_own_one_not_at_all() -> None:
    texts = ["CS-A1110 and CS-A1120", "CS-A1110, CS-C2000 (this course)"]
    assert codes_in(texts, (), "CS-C2000") == ("CS-A1110", "CS-A1120")
