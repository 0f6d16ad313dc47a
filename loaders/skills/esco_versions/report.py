"""What an upgrade of ESCO does, as JSON, as text for people and as a table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loaders.skills.esco_versions.compare import Comparison
from loaders.skills.esco_versions.impact import Impact
from loaders.skills.esco_versions.mapping import KINDS, EscoMapping, Fate
from loaders.skills.esco_versions.versions import Version

_COLUMNS = (
    "what", "old_uri", "old_name", "new_uri", "new_name", "confidence", "decided_by", "reasons",
    "links", "needs", "outcomes", "adverts", "courses",
)  # fmt: skip
_SHOWN = 15


@dataclass(slots=True)
class UpgradeReport:
    """Everything that is told about one upgrade."""

    old: Version
    new: Version
    comparison: Comparison
    mapping: EscoMapping
    threshold: float
    impact: Impact
    kept: Mapping[str, int] = field(default_factory=dict)
    """What the graph keeps of the old version → how many."""
    steps: list[str] = field(default_factory=list)
    """What was done, and what is left to do."""

    @property
    def upgrade(self) -> str:
        """The versions: `1.1.1 → 1.2.0`."""
        return f"{self.old.number} → {self.new.number}"

    def counts(self) -> dict[str, int]:
        """Return how many concepts are new, gone, renamed, moved, and what became of the gone ones."""
        kinds = Counter(fate.kind for fate in self.mapping.fates.values())
        return {
            "in_both": self.comparison.same,
            "new": len(self.comparison.new),
            "gone": len(self.comparison.gone),
            "renamed_in_place": len(self.comparison.renamed),
            "doubtful_renamings": sum(one.doubtful for one in self.comparison.renamed),
            "moved_in_place": len(self.comparison.moved),
            **{f"gone_{kind}": kinds.get(kind, 0) for kind in KINDS},
        }

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "from": self.old.number,
            "to": self.new.number,
            "threshold": self.threshold,
            "counts": self.counts(),
            "touched": self.impact.total().to_json(),
            "kept_of_the_old_version": dict(self.kept),
            "remarks": self.comparison.remarks,
            "retired": [self._retired(fate) for fate in self._fates()],
            "renamed_in_place": [
                {
                    "uri": one.uri,
                    "old_name": one.old_name,
                    "new_name": one.new_name,
                    "likeness": round(one.likeness, 2),
                    "doubtful": one.doubtful,
                    **self.impact.of(one.uri).to_json(),
                }
                for one in sorted(self.comparison.renamed, key=lambda one: (one.likeness, one.uri))
            ],
            "moved_in_place": [
                {"uri": one.uri, "name": one.name, "what": one.what, "old": one.old, "new": one.new}
                for one in self.comparison.moved
            ],
            "new": [
                {"uri": entry.uri, "name": entry.name, "kind": entry.kind}
                for entry in sorted(self.comparison.new, key=lambda entry: (entry.name, entry.uri))
            ],
            "steps": self.steps,
        }

    def _fates(self, *kinds: str) -> list[Fate]:
        found = [fate for fate in self.mapping.fates.values() if not kinds or fate.kind in kinds]
        return sorted(
            found, key=lambda fate: (KINDS.index(fate.kind), fate.name.casefold(), fate.old_uri)
        )

    def _retired(self, fate: Fate) -> dict[str, Any]:
        return {
            "old_uri": fate.old_uri,
            "old_name": fate.name,
            "kind": fate.kind,
            "new_uris": fate.new_uris,
            "new_names": fate.new_names,
            "confidence": fate.confidence,
            "decided_by": fate.decided_by,
            "reasons": fate.reasons,
            "suggestions": [
                {"uri": one.uri, "name": one.name, "confidence": one.confidence}
                for one in fate.suggestions
            ],
            **self.impact.of(fate.old_uri).to_json(),
        }

    def to_csv(self) -> str:
        """Return a table with a row for each retired, renamed, moved and new concept."""
        target = io.StringIO()
        writer = csv.DictWriter(target, _COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows())
        return target.getvalue()

    def _rows(self) -> Iterator[dict[str, Any]]:
        for fate in self._fates():
            counts = self.impact.of(fate.old_uri).to_json()
            suggested = [
                f"perhaps {one.name} ({one.uri}, {one.confidence:g})" for one in fate.suggestions
            ]
            for uri, name in zip(fate.new_uris or ("",), fate.new_names or ("",), strict=True):
                yield {
                    "what": fate.kind,
                    "old_uri": fate.old_uri,
                    "old_name": fate.name,
                    "new_uri": uri,
                    "new_name": name,
                    "confidence": f"{fate.confidence:g}",
                    "decided_by": fate.decided_by,
                    "reasons": "; ".join((*fate.reasons, *suggested)),
                    **counts,
                }
        for one in self.comparison.renamed:
            yield {
                "what": "renamed in place, doubtful" if one.doubtful else "renamed in place",
                "old_uri": one.uri,
                "old_name": one.old_name,
                "new_uri": one.uri,
                "new_name": one.new_name,
                **self.impact.of(one.uri).to_json(),
            }
        for move in self.comparison.moved:
            yield {
                "what": f"moved in place ({move.what})",
                "old_uri": move.uri,
                "old_name": move.name,
                "new_uri": move.uri,
                "new_name": move.name,
                "reasons": f"{' '.join(move.old)} → {' '.join(move.new)}",
            }
        for entry in self.comparison.new:
            yield {"what": "new", "new_uri": entry.uri, "new_name": entry.name}

    def to_text(self) -> str:
        """Return the report for people."""
        counts, total = self.counts(), self.impact.total()
        lines = [
            f"ESCO {self.upgrade}",
            "",
            f"{counts['in_both']:,} concepts are in both versions, {counts['new']:,} are new, "
            f"{counts['gone']:,} are gone.",
            f"{counts['renamed_in_place']:,} were renamed in place "
            f"({counts['doubtful_renamings']:,} to something with little in common), "
            f"{counts['moved_in_place']:,} moved in place.",
            "",
            "Of those that are gone:",
            *(f"  {counts[f'gone_{kind}']:>6,} {kind}" for kind in KINDS),
            "",
            f"They are named by {total.links:,} links of {total.courses:,} courses and "
            f"{len(total.subjects) - total.courses:,} works, by {total.needs:,} needs, "
            f"{total.outcomes:,} learning outcomes and {total.adverts:,} adverts.",
        ]
        if self.comparison.remarks:
            lines += [
                "",
                "What could not be compared:",
                *(f"  {one}" for one in self.comparison.remarks),
            ]
        if self.kept:
            lines += ["", "Kept of the old version, because the new one does not say it:"]
            lines += [f"  {count:>9,} {what}" for what, count in self.kept.items()]
        lines += self._examples("Split (a person should look)", self._fates("split"))
        lines += self._examples("Lost (a person may decide in esco-decisions.csv)", self._fates("lost"))
        mapped = self._fates(*(kind for kind in KINDS if kind not in ("split", "lost")))
        unsure = sorted(mapped, key=lambda fate: (fate.confidence, fate.name))
        lines += self._examples("Least sure of what was mapped", unsure)
        doubtful = [one for one in self.comparison.renamed if one.doubtful]
        if doubtful:
            lines += ["", "Renamed in place to something with little in common:"]
            lines += [f"  {one.old_name} → {one.new_name}" for one in doubtful[:_SHOWN]]
            lines += _more(doubtful)
        if self.steps:
            lines += ["", *self.steps]
        return "\n".join(lines)

    def _examples(self, title: str, fates: Iterable[Fate]) -> list[str]:
        found = list(fates)
        if not found:
            return []
        lines = ["", f"{title}:"]
        for fate in found[:_SHOWN]:
            aim = " + ".join(fate.new_names) if fate.new_names else "–"
            hint = (
                f" (perhaps {fate.suggestions[0].name})"
                if fate.suggestions and not fate.new_uris
                else ""
            )
            sure = f" [{fate.confidence:.2f}]" if fate.new_uris else ""
            lines.append(f"  {fate.name} → {aim}{hint}{sure}")
        return [*lines, *_more(found)]


def _more(found: list[Any]) -> list[str]:
    return [f"  … and {len(found) - _SHOWN:,} more in the table."] if len(found) > _SHOWN else []
