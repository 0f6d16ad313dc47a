"""Take the outcomes of a loader one by one: write what they hold and account for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from graph.identifiers import Identifiers
from loaders.base import Loaded, Outcome, Problem
from loaders.keys import with_sound_keys
from loaders.staging.load_report import LoadReport
from loaders.staging.staged_files import StagedFiles
from loaders.staging.tally import Tally


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
    tally = Tally()
    writer = StagedFiles(lambda name: (folder / name).open("wb"), ids, tally)
    try:
        take(outcomes, writer, tally, report.only_file)
    finally:
        writer.close()
    return report.complete(tally)


def take(outcomes: Iterable[Outcome], writer: StagedFiles, tally: Tally, file: str = "") -> None:
    """Write every outcome, without faulty identifiers, and count it.

    Args:
        outcomes: what the loader yields.
        writer: takes the records.
        tally: takes the counts.
        file: name of the source's file if it has one only.
    """
    for told in outcomes:
        outcome = with_sound_keys(told, file)
        if isinstance(outcome, Problem):
            if outcome.record:
                tally.records_in += 1
                tally.rejected += 1
            else:
                tally.broken_files += 1
            writer.note(outcome, "rejected")
            continue
        tally.records_in += 1
        try:
            writer.write(outcome.records)
        except ValueError as error:
            tally.rejected += 1
            writer.note(_no_address(outcome, error), "rejected")
            continue
        if outcome.skipped:
            tally.skipped[outcome.skipped] += 1
        else:
            tally.loaded += 1
        for warning in outcome.warnings:
            tally.warnings += 1
            writer.note(warning, "warning")


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
