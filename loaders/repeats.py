"""Tell once what many records of a source repeat."""

from __future__ import annotations

from graph.records import Organisation
from loaders.base import Loaded


def tell_once(outcome: Loaded, told: set[str]) -> Loaded:
    """Leave out the organisations that were told before; `told` holds their keys and grows."""
    records = []
    for record in outcome.records:
        if isinstance(record, Organisation):
            if record.key in told:
                continue
            told.add(record.key)
        records.append(record)
    return Loaded(tuple(records), outcome.warnings, outcome.skipped)
