"""Draw reliability and precision-recall curves as one SVG; each point is also told as text in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_COLOURS = ("#005a9c", "#b3470b", "#2e7d32", "#7b3fa0", "#00757a", "#8a6d00")
_DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4")
_SIDE, _LEFT, _TOP, _GAP = 300, 56, 44, 90
_FONT = 'font-family="system-ui, sans-serif" font-size="12" fill="#222"'


def draw(results: Sequence[Mapping[str, Any]]) -> str:
    """Return an SVG with one line for each result, told apart by colour and dash."""
    wide, row = 2 * _SIDE + _LEFT + _GAP + 20, 18
    high = _TOP + _SIDE + 60 + row * len(results)
    right = _LEFT + _SIDE + _GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" '
        f'height="{high}" role="img" aria-labelledby="title desc">',
        '<title id="title">How far confidence holds, and what is found at which precision</title>',
        f'<desc id="desc">{escape(words(results))}</desc>',
        f'<rect width="{wide}" height="{high}" fill="#fff"/>',
        _frame(_LEFT, "Reliability", "confidence promised", "share that is right"),
        f'<path d="M{_LEFT} {_TOP + _SIDE} l{_SIDE} {-_SIDE}" stroke="#999" stroke-dasharray="3 3"/>',
        _frame(right, "Precision and recall", "recall", "precision"),
    ]
    for number, result in enumerate(results):
        bins = [(bin["confidence"], bin["observed"]) for bin in result["reliability"]]
        curve = [(point["recall"], point["precision"]) for point in result["curve"]]
        parts += [_line(_LEFT, bins, number, dots=True), _line(right, curve, number, dots=False)]
        y = _TOP + _SIDE + 60 + row * number
        parts.append(_line_of_legend(y, number))
        parts.append(f'<text x="{_LEFT + 40}" y="{y + 4}" {_FONT}>{escape(_name(result))}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def words(results: Sequence[Mapping[str, Any]]) -> str:
    """Return what the drawing shows, as sentences."""
    said = []
    for result in results:
        bins = "; ".join(
            f"{bin['confidence']:.2f} promised, {bin['observed']:.2f} right of {bin['n']}"
            for bin in result["reliability"]
        )
        said.append(
            f"{_name(result)}: {bins or 'no proposals'}. Best F1 {result['best_f1']:.2f} with "
            f"precision {result['precision@best_f1']:.2f} and recall {result['recall@best_f1']:.2f}."
        )
    return " ".join(said)


def _name(result: Mapping[str, Any]) -> str:
    return f"{result['method']}/{result['version']} on {result['gold']}"


def _frame(left: int, title: str, below: str, beside: str) -> str:
    bottom, middle = _TOP + _SIDE, left + _SIDE / 2
    parts = [
        f'<rect x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#444"/>',
        f'<text x="{middle}" y="24" text-anchor="middle" {_FONT} font-weight="600">{title}</text>',
        f'<text x="{middle}" y="{bottom + 36}" text-anchor="middle" {_FONT}>{below}</text>',
        f'<text transform="translate({left - 38} {_TOP + _SIDE / 2}) rotate(-90)" '
        f'text-anchor="middle" {_FONT}>{beside}</text>',
    ]
    for tick in range(0, 11, 2):
        x, y = left + _SIDE * tick / 10, bottom - _SIDE * tick / 10
        parts += [
            f'<path d="M{x} {bottom} v5 M{left} {y} h-5" stroke="#444"/>',
            f'<text x="{x}" y="{bottom + 18}" text-anchor="middle" {_FONT}>{tick / 10:.1f}</text>',
            f'<text x="{left - 8}" y="{y + 4}" text-anchor="end" {_FONT}>{tick / 10:.1f}</text>',
        ]
    return "\n".join(parts)


def _style(number: int) -> str:
    dash = _DASHES[number % len(_DASHES)]
    extra = f' stroke-dasharray="{dash}"' if dash else ""
    return f'fill="none" stroke="{_COLOURS[number % len(_COLOURS)]}" stroke-width="2"{extra}'


def _line(left: int, points: Sequence[tuple[float, float]], number: int, *, dots: bool) -> str:
    if not points:
        return ""
    places = [(left + _SIDE * x, _TOP + _SIDE * (1 - y)) for x, y in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    colour = _COLOURS[number % len(_COLOURS)]
    marks = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places if dots]
    return "\n".join([f'<polyline points="{path}" {_style(number)}/>', *marks])


def _line_of_legend(y: int, number: int) -> str:
    return f'<path d="M{_LEFT} {y} h32" {_style(number)}/>'
