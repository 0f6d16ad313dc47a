from __future__ import annotations

from decimal import Decimal

import pytest

from queries.header import HeaderError, parse_query

GOOD = """# title: Experts
# title@fi: Asiantuntijat
# description: Who knows it.
# param skill: iri, required · ESCO skill
# param@fi skill: ESCO-taito
# param limit: integer 1..200, default 20
# param mode: choice all|some, default all · which
# param known: iris, optional
# example: skill=http://x/1 known=http://x/2 known=http://x/3
# budget is no key of the header
SELECT * WHERE { VALUES ?skill { $skill } }
"""


def test_a_header_is_read() -> None:
    query = parse_query("experts", "expertise", GOOD.replace("# budget is no key of the header\n", ""))
    assert query.title == {"en": "Experts", "fi": "Asiantuntijat"}
    skill = query.parameter("skill")
    assert skill is not None
    assert skill.required
    assert skill.help == {"en": "ESCO skill", "fi": "ESCO-taito"}
    limit = query.parameter("limit")
    assert limit is not None
    assert (limit.minimum, limit.maximum, limit.default) == (Decimal(1), Decimal(200), "20")
    assert limit.describe() == "integer 1..200, default 20"
    mode = query.parameter("mode")
    assert mode is not None
    assert mode.choices == ("all", "some")
    assert query.example["known"] == ("http://x/2", "http://x/3")
    assert query.body.startswith("SELECT")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD, "not understood"),
        ("# title: x\nSELECT", "lacks"),
        ("# title: x\n# description: y\n# param a: colour, required\nASK {}", "'a: colour, required'"),
        ("# title: x\n# description: y\n# param a: iri\nASK {}", "not understood"),
    ],
)
def test_a_wrong_header_is_told_with_the_file(text: str, words: str) -> None:
    with pytest.raises(HeaderError, match=words) as error:
        parse_query("experts", "expertise", text)
    assert "expertise/experts.rq" in str(error.value)
