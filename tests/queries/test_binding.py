from __future__ import annotations

import pytest

from queries.binding import MAX_LIST, QueryError, bind_values
from queries.header import parse_query

QUERY = parse_query(
    "q",
    "learning",
    """# title: t
# description: d
# param skill: iri, required
# param known: iris, optional
# param since: year, default 2019
# param day: date, optional
# param lang: lang, optional
# param word: text, optional
# param mode: choice all|some, default all
# param share: decimal 0..1, optional
# param limit: integer 1..10, default 5
$skill | $known | $since | $day | $lang | $word | $mode | $share | $limit
""",
)


def bound(**values: str | list[str]) -> list[str]:
    return [part.strip() for part in bind_values(QUERY, {"skill": "http://x/1", **values}).split("|")]


def test_defaults_and_absent_values() -> None:
    assert bound() == [
        "<http://x/1>", "UNDEF", '"2019"^^<http://www.w3.org/2001/XMLSchema#integer>', "UNDEF", "UNDEF",
        "UNDEF", '"all"', "UNDEF", "5",
    ]  # fmt: skip


def test_values_become_typed_terms() -> None:
    parts = bound(
        known=["http://x/2", "http://x/3"],
        day="2026-01-31",
        lang="FI",
        word='a "quote" }',
        share="0.50",
        limit="7",
    )
    assert parts[1] == "<http://x/2> <http://x/3>"
    assert parts[3].startswith('"2026-01-31"^^')
    assert parts[4] == '"fi"'
    assert parts[5] == '"a \\"quote\\" }"'
    assert parts[7] == '"0.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    assert parts[8] == "7"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"skill": ""}, "skill"),
        ({"skill": "no address"}, "skill"),
        ({"skill": "http://x/> } INSERT"}, "skill"),
        ({"skill": ["http://x/1", "http://x/2"]}, "skill"),
        ({"since": "abcd"}, "since"),
        ({"since": "٢٠٢٠"}, "since"),
        ({"day": "31.1.2026"}, "day"),
        ({"lang": "finnish language"}, "lang"),
        ({"mode": "other"}, "mode"),
        ({"share": "1.5"}, "share"),
        ({"share": "NaN"}, "share"),
        ({"limit": "0"}, "limit"),
        ({"limit": "11"}, "limit"),
        ({"limit": "5; DROP"}, "limit"),
        ({"known": [f"http://x/{n}" for n in range(MAX_LIST + 1)]}, "known"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_value_is_told_with_its_parameter(values: dict[str, str], name: str) -> None:
    with pytest.raises(QueryError, match=name):
        bound(**values)
