"""Take the outcomes of a loader one by one: write what they hold and account for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from graph.identifiers import Identifiers
from loaders.base import Loaded, Outcome, Problem
from loaders.keys import with_sound_keys
from loaders.staging.load_report import LoadReport
from loaders.staging.staged_files import StagedFiles

MAX_PROBLEMS = 50
"""Problems that a report holds word by word; all are in `rejected.jsonl`."""


def account(
    outcomes: Iterator[Outcome], report: LoadReport, folder: Path, ids: Identifiers
) -> LoadReport:
    """Write the staged files of a source and return its report, completed.

    Args:
        outcomes: what the loader yields.
        report: what is known of the load so far.
        folder: an empty folder for the files.
        ids: mints the addresses.
    """
    writer = StagedFiles(folder, ids)
    try:
        skipped = _take(outcomes, report, writer)
    finally:
        writer.close()
    report.skipped = dict(skipped.most_common())
    report.things = dict(writer.things.most_common())
    report.triples = writer.triples
    report.content = writer.content()
    report.by_field = {
        kind: dict(counts.most_common()) for kind, counts in writer.by_field.items() if counts
    }
    report.completeness = writer.completeness.to_json()
    return report


def _take(outcomes: Iterator[Outcome], report: LoadReport, writer: StagedFiles) -> Counter[str]:
    skipped: Counter[str] = Counter()

    def note(problem: Problem, kind: str) -> None:
        writer.note(problem, kind)
        if len(report.problems) < MAX_PROBLEMS:
            report.problems.append(str(problem))

    file = report.files[0]["name"] if len(report.files) == 1 else ""
    for told in outcomes:
        outcome = with_sound_keys(told, file)
        if isinstance(outcome, Problem):
            if outcome.record:
                report.records_in += 1
                report.rejected += 1
            else:
                report.broken_files += 1
            note(outcome, "rejected")
            continue
        report.records_in += 1
        try:
            writer.write(outcome.records)
        except ValueError as error:
            report.rejected += 1
            note(_no_address(outcome, error), "rejected")
            continue
        if outcome.skipped:
            skipped[outcome.skipped] += 1
        else:
            report.loaded += 1
        for warning in outcome.warnings:
            report.warnings += 1
            note(warning, "warning")
    return skipped


def watched(outcomes: Iterator[Outcome], progress: Callable[[int], None]) -> Iterator[Outcome]:
    """Yield the outcomes and tell now and then how many have passed."""
    number = 0
    for number, outcome in enumerate(outcomes, start=1):
        if number % 500 == 0:
            progress(number)
        yield outcome
    progress(number)


def _no_address(outcome: Loaded, error: ValueError) -> Problem:
    first = outcome.records[0]
    key = getattr(first, "key", None) or getattr(first, "uri", None) or getattr(first, "code", "")
    reason = f"An identifier makes no valid address: {error}."
    return Problem("", str(key) or "?", "", reason, "Correct it in the source.", repr(first))
