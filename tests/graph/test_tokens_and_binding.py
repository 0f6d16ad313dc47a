from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from graph.binding import bind, placeholders
from graph.embedded import EmbeddedStore
from graph.tokens import tokens


@given(st.text())
def test_tokens_give_the_text_back(text: str) -> None:
    assert "".join(token.text for token in tokens(text)) == text


@given(st.text(max_size=60))
def test_a_bound_text_comes_back_unchanged(text: str) -> None:
    # Lone surrogates are no characters; no source can hand them to a store.
    text = text.encode("utf-8", "ignore").decode()
    query = bind("SELECT ?x { VALUES ?x { $x } }", {"x": [Literal(text)]})
    (row,) = EmbeddedStore().select(query)
    assert row["x"].value == text


def test_placeholders_in_strings_iris_and_comments_stay() -> None:
    query = '# $a\nSELECT * { ?s <http://x/$b> "$c" . VALUES ?d { $d } }'
    assert placeholders(query) == {"d"}
    bound = bind(query, {"d": [NamedNode("http://x/1"), NamedNode("http://x/2")]})
    assert '"$c"' in bound
    assert "{ <http://x/1> <http://x/2> }" in bound


def test_nothing_becomes_undef_and_whole_numbers_stay_bare() -> None:
    assert bind("$a LIMIT $n", {"a": [None], "n": [5]}) == "UNDEF LIMIT 5"


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        bind("$a", {})
