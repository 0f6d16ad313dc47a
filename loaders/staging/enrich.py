"""What every course gets, whatever its source: its learning outcomes one by one."""

from __future__ import annotations

from dataclasses import replace

from graph.records import Course, Record


def enriched(record: Record) -> Record:
    """Return a record with what can be read off its own texts; most are returned as they are."""
    if isinstance(record, Course) and record.outcomes and not record.learning_outcomes:
        from loaders.texts.outcomes import split_outcomes  # its patterns are needed by courses only

        return replace(record, learning_outcomes=split_outcomes(record.outcomes))
    return record
