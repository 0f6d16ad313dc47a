"""Figures as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Figures = Mapping[str, Any]

_RANKING = (
    ("RP@5", "r_precision@5"), ("RP@10", "r_precision@10"), ("MRR", "mrr"), ("R@5", "recall@5"),
    ("R@10", "recall@10"), ("R@50", "recall@50"), ("R@100", "recall@100"),
)  # fmt: skip


def to_text(results: Sequence[Figures]) -> str:
    """Return the results, those of one gold set side by side; shares in per cent."""
    lines: list[str] = []
    for gold in dict.fromkeys(result["gold"] for result in results):
        group = [result for result in results if result["gold"] == gold]
        lines += [*_head(group[0]), ""]
        lines += [*_rankings(group), ""]
        lines += [*_decisions(group), ""]
        for result in group:
            lines += [*_reliability(result), ""]
        lines += [*_speed(group), ""]
    return "\n".join(lines).rstrip() + "\n"


def _head(result: Figures) -> list[str]:
    without = result["texts"] - result["texts_with_gold"]
    lines = [
        f"{result['gold']}: {result['texts']:,} texts, {result['texts_with_gold']:,} with "
        f"{result['gold_skills']:,} skills, {without:,} without any (left out of the rankings)"
    ]
    for key, words in (
        ("unknown_skills", "not in ESCO as loaded, left out"),
        ("alternative_labels", "found by an alternative label"),
    ):
        if found := result[key]:
            most = ", ".join(f"{name} ({count})" for name, count in list(found.items())[:8])
            more = f" and {len(found) - 8} more" if len(found) > 8 else ""
            lines.append(f"  {words}: {most}{more}")
    if result["problems"]:
        lines.append(f"  {result['problems']:,} rows could not be used")
    return lines


def _rankings(group: Sequence[Figures]) -> list[str]:
    rows = [["rankings, %", *(name for name, _ in _RANKING), "texts"]]
    for result in group:
        rows.append(_ranking_row(_name(result), result))
        rows.append(["  95 % interval", *(_span(result, key) for _, key in _RANKING), ""])
        for part in ("by_language", "by_kind", "by_topic"):
            values = result.get(part, {})
            if len(values) > 1:
                rows += [_ranking_row(f"  {value}", figures) for value, figures in values.items()]
    return _table(rows)


def _ranking_row(name: str, result: Figures) -> list[str]:
    return [name, *(_per_cent(result[key]) for _, key in _RANKING), f"{result['texts_with_gold']:,}"]


def _decisions(group: Sequence[Figures]) -> list[str]:
    rows = [["decisions, %", "threshold", "P", "R", "F1", "P interval", "a text", "n", "on no gold"]]
    for result in group:
        for place, figures in (("ranked", result), ("linked", result["links"])):
            for name in ("accept", "review"):
                low, high = figures["intervals"].get(f"precision@{name}", (0.0, 0.0))
                rows.append([
                    f"{_name(result)}, {place}, {name}",
                    f"{figures[f'threshold@{name}']:.2f}",
                    *(_per_cent(figures[f"{key}@{name}"]) for key in ("precision", "recall", "f1")),
                    f"{100 * low:.0f}–{100 * high:.0f}",
                    f"{figures[f'proposed_per_text@{name}']:.2f}",
                    f"{figures[f'proposed@{name}']:,}",
                    f"{figures[f'proposed_without_gold@{name}']:,}",
                ])  # fmt: skip
        rows.append([
            f"{_name(result)}, ranked, best F1",
            f"{result['best_f1_threshold']:.2f}",
            *(_per_cent(result[key]) for key in ("precision@best_f1", "recall@best_f1", "best_f1")),
            "", "", "", "",
        ])  # fmt: skip
        if "unjudged@review" in result:
            rows.append([
                f"{_name(result)}: proposals that nobody judged, left out", "", "", "", "", "", "",
                f"{result['unjudged@review']:,}", "",
            ])  # fmt: skip
    return _table(rows)


def _reliability(result: Figures) -> list[str]:
    rows = [[f"confidence of {_name(result)}", "n", "promised", "observed"]]
    rows += [
        [
            f"  {bin['low']:.1f}–{bin['high']:.1f}",
            f"{bin['n']:,}",
            f"{bin['confidence']:.3f}",
            f"{bin['observed']:.3f}",
        ]
        for bin in result["reliability"]
    ]
    errors = [f"{result[key]:.3f}" for key in ("ece", "ece@review")]
    rows.append(["  calibration error (all; from review on)", "", *errors])
    return _table(rows)


def _speed(group: Sequence[Figures]) -> list[str]:
    rows = [["speed and memory", "start, s", "texts/s ranked", "texts/s linked", "peak MB"]]
    rows += [
        [
            _name(result),
            f"{result['prepare_seconds']:.1f}",
            f"{result['texts_per_second']:,.1f}",
            f"{result['link_texts_per_second']:,.1f}",
            f"{result['peak_megabytes']:,}",
        ]
        for result in group
    ]
    return [*_table(rows), *(f"{_name(result)}: {result['status']}" for result in group)]


def _name(result: Figures) -> str:
    return f"{result['method']}/{result['version']}"


def _per_cent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _span(result: Figures, key: str) -> str:
    if key not in result["intervals"]:
        return ""
    low, high = result["intervals"][key]
    return f"{100 * low:.0f}–{100 * high:.0f}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
