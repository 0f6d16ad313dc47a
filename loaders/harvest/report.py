"""What a harvest did, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class HarvestReport:
    """The figures of one harvest. Counts are of the whole run, also of one that was resumed."""

    source: str
    kind: str
    full: bool = True
    resumed: bool = False
    since: str | None = None
    """Incremental: what changed since then was asked for (ISO 8601)."""
    started: str = ""
    seconds: float = 0.0
    """Of this call, without those before a resumption."""
    requests: int = 0
    replies: int = 0
    """Replies with records for the loader."""
    records: int = 0
    """Distinct identifiers in lists and pages."""
    bytes: int = 0
    unchanged: bool = False
    """The server said that nothing changed; there is nothing new to load."""
    not_modified: int = 0
    """Things that were asked for and had not changed (status 304)."""
    same: int = 0
    """Things that were not asked for because the list shows them unchanged."""
    duplicates: int = 0
    gone: int = 0
    carried: int = 0
    """Things that gave no answer and keep their former reply."""
    failed: list[str] = field(default_factory=list)
    retries: int = 0
    waited: float = 0.0
    """Seconds of waiting at the word of servers and after failures, in this call."""
    notes: list[str] = field(default_factory=list)
    next_since: str | None = None
    """From when the next increment asks."""
    due: bool = True
    """False: the source has no increments and its next full run is not due yet; nothing was asked."""

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)

    def summary(self) -> str:
        """Return the report as a few lines for people."""
        if not self.due:
            return f"{self.source}: not due; --full fetches it all the same."
        what = "full" if self.full else f"changes since {self.since}"
        if self.resumed:
            what += ", resumed"
        parts = [f"{self.replies:,} replies ({self.bytes / 1_000_000:,.1f} MB)"]
        counts = {
            "not modified": self.not_modified,
            "as listed before": self.same,
            "duplicates": self.duplicates,
            "gone": self.gone,
            "carried over": self.carried,
            "retries": self.retries,
        }
        parts += [f"{count:,} {name}" for name, count in counts.items() if count]
        result = "nothing new" if self.unchanged else ", ".join(parts)
        lines = [f"{self.source}: {what}: {result}; {self.requests:,} requests, {self.seconds:,.0f} s."]
        lines += [f"  {note}" for note in self.notes]
        lines += [f"  no answer: {one}" for one in self.failed[:5]]
        if len(self.failed) > 5:
            lines.append(f"  … and {len(self.failed) - 5:,} more without an answer.")
        return "\n".join(lines)
