from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from graph.identity.rewrite import LineStream, Rewriter

OLD, NEW = "https://x/old", "https://x/new"
TITLE = "http://purl.org/dc/terms/title"
OUTCOME = "http://data.europa.eu/snb/model/elm/learningOutcome"


def line(subject: str, predicate: str, value: str) -> bytes:
    return f"<{subject}> <{predicate}> {value} .\n".encode()


def test_addresses_are_replaced_as_subject_and_as_value_only() -> None:
    rewriter = Rewriter({OLD: NEW}, set())
    lines = [line(OLD, "https://x/p", f"<{OLD}2>"), line("https://x/a", "https://x/p", f"<{OLD}>"),
             line("https://x/a", "https://x/p", f'"<{OLD}> . "')]  # fmt: skip
    assert list(rewriter.source(lines)) == [
        line(NEW, "https://x/p", f"<{OLD}2>"), line("https://x/a", "https://x/p", f"<{NEW}>"), lines[2],
    ]  # fmt: skip


def test_the_first_source_that_says_something_is_heard() -> None:
    rewriter = Rewriter({OLD: NEW}, {NEW})
    first = [
        line(NEW, TITLE, '"A"@en'),
        line(NEW, OUTCOME, "<https://x/o1>"),
        line(NEW, OUTCOME, "<https://x/o2>"),
    ]
    assert list(rewriter.source(first)) == first
    second = [line(OLD, TITLE, '"B"@en'), line(OLD, TITLE, '"B"@fi'), line(OLD, TITLE, '"A"@en'),
              line(OLD, OUTCOME, "<https://x/o3>"), line(OLD, "https://x/many", '"z"')]  # fmt: skip
    assert list(rewriter.source(second)) == [
        line(NEW, TITLE, '"B"@fi'), line(NEW, TITLE, '"A"@en'), line(NEW, "https://x/many", '"z"'),
    ]  # fmt: skip
    assert rewriter.left_out == {TITLE: 1, OUTCOME: 1}


def test_what_only_one_source_describes_may_have_several_values() -> None:
    rewriter = Rewriter({}, {NEW})
    lines = [line("https://x/else", TITLE, '"A"@en'), line("https://x/else", TITLE, '"B"@en')]
    assert list(rewriter.source(lines)) == lines
    assert Rewriter({}, set()).idle
    assert not rewriter.idle


def test_a_by_line_names_the_addresses_in_use() -> None:
    order = "https://data.fitech.example/ontology#creatorOrder"
    rewriter = Rewriter({OLD: NEW, "https://x/2": NEW}, {"https://x/w"})
    first = [line("https://x/w", order, f'"https://x/1 {OLD} https://x/2 https://x/3"')]
    assert list(rewriter.source(first)) == [
        line("https://x/w", order, f'"https://x/1 {NEW} https://x/3"')
    ]
    assert list(rewriter.source([line("https://x/w", order, '"https://x/3 https://x/1"')])) == []


def test_a_thing_is_no_part_of_itself() -> None:
    rewriter = Rewriter({OLD: NEW}, set())
    assert list(rewriter.source([line(OLD, "https://x/partOf", f"<{NEW}>")])) == []


@given(st.lists(st.binary(max_size=50)), st.integers(1, 40))
def test_a_stream_gives_every_byte_once(parts: list[bytes], size: int) -> None:
    stream = io.BufferedReader(LineStream(iter([part for part in parts if part])), size)  # type: ignore[arg-type]
    assert stream.read() == b"".join(parts)
