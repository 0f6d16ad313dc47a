from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.base import Problem
from loaders.readers import tables
from loaders.readers.files import SourceFile
from loaders.readers.tables import RowBlock, TableRow, read_pieces, read_rows, rows_of


def rows(path: Path, text: bytes, *required: str) -> list[TableRow | Problem]:
    path.write_bytes(text)
    return list(read_rows(SourceFile(path), required, ",;\t"))


@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
def test_separators_marks_and_line_ends(tmp_path: Path, separator: bytes) -> None:
    text = b"\xef\xbb\xbfa" + separator + b" b \r\n1" + separator + b'"two\nlines"\r\n\r\n'
    (row,) = rows(tmp_path / "a.csv", text)
    assert isinstance(row, TableRow)
    assert row.cells == {"a": "1", "b": "two\nlines"}
    assert row.get("c") == ""


def test_a_missing_column_is_told_once_for_the_file(tmp_path: Path) -> None:
    (problem,) = rows(tmp_path / "a.csv", b"a,b\n1,2\n3,4\n", "a", "c")
    assert isinstance(problem, Problem)
    assert problem.record == ""
    assert "no column c" in problem.reason


def test_damaged_rows_are_told_with_their_line_and_the_others_come(tmp_path: Path) -> None:
    text = "a,b\n1,2\n3,4,5\nyö,6\n".encode() + "yö,7\n".encode("latin-1") + b"8,9\n"
    found = rows(tmp_path / "a.csv", text)
    assert [row.get("b") for row in found if isinstance(row, TableRow)] == ["2", "6", "9"]
    problems = [row for row in found if isinstance(row, Problem)]
    assert [problem.record for problem in problems] == ["line 3", "line 5"]
    assert "3 cells" in problems[0].reason
    assert "UTF-8" in problems[1].reason


def test_a_cell_of_a_megabyte_is_read(tmp_path: Path) -> None:
    (row,) = rows(tmp_path / "a.csv", b"a\n" + b"x" * 1_000_000 + b"\n")
    assert isinstance(row, TableRow)


@pytest.mark.parametrize(
    "cell", [b"x" * 10_000_001, b'"' + b"x" * 10_000_001 + b'"', b'"' + b"x\n" * 100_000 + b'"']
)
def test_a_cell_that_is_too_long_costs_its_row(tmp_path: Path, cell: bytes) -> None:
    found = rows(tmp_path / "a.csv", b"a,b\n1,2\n3," + cell + b"\n5,6\n")
    assert [row.get("a") for row in found if isinstance(row, TableRow)] == ["1", "5"]
    assert [row.record for row in found if isinstance(row, Problem)] == ["line 3"]


def test_an_endless_cell_is_told(tmp_path: Path) -> None:
    (problem,) = rows(tmp_path / "a.csv", b'a\n"' + b"x" * 10_000_001)
    assert isinstance(problem, Problem)
    assert "more than 10,000,000 characters" in problem.reason


GOOD = [
    '1,"one, a",x',
    '2,"two\nlines",y',
    "3,three,z",
    '4,"four ""4""",x',
    '5,"five\nlong\nlines",',
    "6,six,6",
]


def table(lines: list[str]) -> bytes:
    return ("id,text,c\n" + "\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize(
    "damage", ["an open quote", "no closing quote", "cells too many", "cut", "wrong byte"]
)
def test_a_damaged_row_costs_itself_only(tmp_path: Path, place: int, damage: str) -> None:
    lines = list(GOOD)
    key, _, rest = lines[place].partition(",")
    lines[place] = {
        "an open quote": f'{key},"open,x',
        "no closing quote": f"{key}," + rest.replace('",', ",") if '",' in rest else f'{key},"{rest}',
        "cells too many": f"{key},a,b,c,d",
        "cut": f'{key},"cut',
        "wrong byte": f"{key},\udce4,x",
    }[damage]
    text = ("id,text,c\n" + "\n".join(lines) + "\n").encode("utf-8", "surrogateescape")
    found = rows(tmp_path / "a.csv", text)
    assert [row.get("id") for row in found if isinstance(row, TableRow)] == [
        str(n + 1) for n in range(6) if n != place
    ], found
    (problem,) = [row for row in found if isinstance(row, Problem)]
    assert problem.raw


def test_an_open_quote_does_not_swallow_a_long_table(tmp_path: Path) -> None:
    lines = [f"{n},text {n},x" for n in range(20_000)]
    lines[7] = '7,"text,x'
    found = rows(tmp_path / "a.csv", table(lines))
    assert len(found) == 20_000
    assert [row.record for row in found if isinstance(row, Problem)] == ["line 9"]


def test_quotation_marks_within_cells_are_read_as_most_programs_do(tmp_path: Path) -> None:
    found = rows(tmp_path / "a.csv", b'id,text,c\n1,5" disk,x\n2,"a "b" c",y\n')
    assert [row.get("text") for row in found if isinstance(row, TableRow)] == ['5" disk', 'a b" c"']


def test_empty_cells_behind_the_last_column_are_no_fault(tmp_path: Path) -> None:
    (row,) = rows(tmp_path / "a.csv", b"a;b\n1;2;;\n")
    assert isinstance(row, TableRow)


def test_the_tables_of_excel(tmp_path: Path) -> None:
    (row,) = rows(tmp_path / "a.csv", "sep=;\r\na;b\r\nä;1,5\r\n".encode())
    assert isinstance(row, TableRow)
    assert row.cells == {"a": "ä", "b": "1,5"}
    unicode_text = 'a\tb\r\nä\t"two\r\nlines"\r\n'.encode("utf-16")
    path = tmp_path / "b.csv"
    path.write_bytes(unicode_text)
    (row,) = read_rows(SourceFile(path), ["a", "b"])
    assert isinstance(row, TableRow)
    assert row.cells == {"a": "ä", "b": "two\r\nlines"}


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp1252", "Windows-1252"), ("cp850", "850"), ("mac_roman", "Mac Roman")]
)
def test_the_likely_encoding_is_named(tmp_path: Path, encoding: str, name: str) -> None:
    found = rows(tmp_path / "a.csv", "a,b\nTyö äiti,Åbo\n1,2\n".encode(encoding))
    assert isinstance(found[0], Problem)
    assert name in found[0].remedy
    assert isinstance(found[1], TableRow)


def test_nul_characters_are_told(tmp_path: Path) -> None:
    found = rows(tmp_path / "a.csv", b"a,b\n1,x\x00y\n3,4\n")
    assert [isinstance(row, Problem) for row in found] == [True, False]


def test_memory_does_not_grow_with_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(table([f'{n},"text {n}",{"x" * 300}' for n in range(50_000)]))
    tracemalloc.start()
    count = sum(1 for row in read_rows(SourceFile(path)) if isinstance(row, TableRow))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 50_000
    assert peak < 3_000_000


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 39), st.integers(0, 30), st.sampled_from(["", '"', "x", "\x00", "\udce4"]))
def test_counts_hold_under_one_damage(
    tmp_path_factory: pytest.TempPathFactory, place: int, at: int, sign: str
) -> None:
    lines = [f'{n},"text, {n}\nmore",c{n}' if n % 3 else f"{n},plain {n},c" for n in range(40)]
    line = lines[place]
    at = at % len(line)
    lines[place] = line[:at] + sign + line[at + 1 :]
    text = ("id,text,c\n" + "\n".join(lines) + "\n").encode("utf-8", "surrogateescape")
    found = rows(tmp_path_factory.mktemp("one") / "a.csv", text)
    ids = [row.get("id") for row in found if isinstance(row, TableRow)]
    assert set(map(str, range(40))) - set(ids) <= {str(place)}  # the others come, all of them
    assert 40 <= len(found) <= 41  # a row that lost its first quote looks like two


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text('a,";\n\r', max_size=60).map(str.encode))
def test_any_bytes_give_outcomes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    for row in rows(tmp_path_factory.mktemp("any") / "a.csv", data):
        assert isinstance(row, TableRow | Problem)


def test_a_cell_of_several_lines_that_is_not_opened_costs_its_row(tmp_path: Path) -> None:
    lines = ["1,one,a", '2,two\nmore, and\nmore",b', "3,three,c", '4,"4\n4",d']
    found = rows(tmp_path / "a.csv", table(lines))
    assert [row.get("id") for row in found if isinstance(row, TableRow)] == ["1", "3", "4"]
    assert [row.record for row in found if isinstance(row, Problem)] == ["line 3"]


SEVERAL_LINES = '{n},"one\nanother ""{n}""",,good,"a, b"\n'


@pytest.mark.parametrize("place", [0, 1, 3])
@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('"one', '"one"'),
        ('"one', "one"),
        ("{n},", '"{n},'),
        (",good", ',"good'),
        ('b"', "b"),
        ('""{n}', '"{n}'),
    ],
)
def test_a_mark_too_many_or_too_few_beside_cells_of_several_lines(
    tmp_path: Path, place: int, good: str, bad: str
) -> None:
    parts = [SEVERAL_LINES.replace("{n}", str(n)) for n in range(4)]
    parts[place] = SEVERAL_LINES.replace(good, bad).replace("{n}", str(place))
    found = rows(tmp_path / "a.csv", ("id,names,x,y,z\n" + "".join(parts)).encode())
    assert len(found) == 4
    good_ones = [row.get("id") for row in found if isinstance(row, TableRow) and row.get("z") == "a, b"]
    assert {str(n) for n in range(4)} - {str(place)} <= set(good_ones)


def test_a_stray_mark_does_not_cost_the_row_before(tmp_path: Path) -> None:
    text = b'a,b,c\n1,2,"x, ""y"""\n3,"4,"x, ""y"""\n5,6,"x"\n'
    found = rows(tmp_path / "a.csv", text)
    assert [row.get("a") for row in found if isinstance(row, TableRow)][::2] == ["1", "5"]
    assert len(found) == 3


def test_a_short_row_has_all_columns(tmp_path: Path) -> None:
    (row,) = rows(tmp_path / "a.csv", b"a,b,c\n1\n")
    assert isinstance(row, TableRow)
    assert row.cells == {"a": "1", "b": "", "c": ""}


CELLS = st.lists(
    st.text(st.sampled_from('ab1"" ,;\n\r\t\0é\u2028\udce4'), max_size=6), min_size=1, max_size=5
)
LINES = st.lists(st.one_of(st.just(["1", "two", "x"]), st.just(["", "", ""]), CELLS), max_size=40)


@settings(max_examples=300, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([3, 8, 50, 1 << 18]))
def test_rows_of_blocks_are_those_that_are_read_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]], end: str, chunk: int
) -> None:
    path = tmp_path_factory.mktemp("t") / "a.csv"
    text = end.join(",".join(cells) for cells in [["id", "text", "c"], *lines])
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_CHUNK", chunk)
        found = list(read_rows(SourceFile(path)))
        pieces = [row for piece in read_pieces(SourceFile(path)) for row in rows_of(piece)]
        patch.setattr(tables, "_BLOCK", 0)
        one_by_one = list(read_rows(SourceFile(path)))
    assert found == pieces == one_by_one


def test_most_of_a_plain_table_comes_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(table([f"{n},text {n},x" for n in range(9_000)] + GOOD))
    pieces = list(read_pieces(SourceFile(path)))
    blocks = [piece for piece in pieces if isinstance(piece, RowBlock)]
    assert sum(len(block.lines) for block in blocks) > 8_900
    assert [row.line for piece in pieces for row in rows_of(piece) if isinstance(row, TableRow)][
        :9_000
    ] == list(range(2, 9_002))


def test_single_rows_of_a_piece_have_a_bearable_size(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(table([f'{n},"{"x" * 100_000}",x' for n in range(20)]))
    pieces = list(read_pieces(SourceFile(path)))
    assert len(pieces) > 5
    assert sum(len(piece) for piece in pieces if isinstance(piece, list)) == 20
