from __future__ import annotations

from app.progress import Lines


def test_long_steps_write_a_line_now_and_then() -> None:
    clock = [0.0]
    lines: list[str] = []
    progress = Lines(lines.append, every=60, now=lambda: clock[0])
    progress("load", 10, 20)
    for second, done in ((0, 200), (30, 500), (61, 1420), (90, 2000), (3600, 36_200)):
        clock[0] = second
        progress("link", done, 1_000_000)
    assert lines == [
        "link: 1,420 of 1,000,000, 20.0 a second, about 13 h 52 min left",
        "link: 36,200 of 1,000,000, 10.0 a second, about 26 h 46 min left",
    ]


def test_what_is_not_known_is_not_told() -> None:
    clock = [0.0]
    lines: list[str] = []
    progress = Lines(lines.append, every=60, now=lambda: clock[0])
    progress("load", 0)
    clock[0] = 120
    progress("load", 0, 40)
    clock[0] = 240
    progress("load", 480)
    assert lines == ["load: 0 of 40, 0.0 a second", "load: 480, 2.0 a second"]
