"""How good the data of each source are: completeness, refusals, checks, changes, freshness."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.workspace import Workspace
from graph.identifiers import Identifiers
from graph.releases import Release
from loaders.staging.staged_files import REPORT

TELLING: Mapping[str, tuple[str, ...]] = {
    "Course": (
        "title", "outcomes", "content", "prerequisite_text", "credits_min", "level", "languages",
        "modes", "eqf_level", "isced_f", "open_to_all", "price", "assessment", "keywords", "unit",
        "homepage", "stated_skills",
    ),
    "CourseOffering": (
        "start", "end", "enrolment_start", "enrolment_end", "languages", "modes", "location", "price",
        "open_to_all",
    ),
    "ResearchOutput": (
        "title", "creators", "organisations", "abstract", "year", "published", "output_type",
        "language", "doi", "topics", "subjects", "container",
    ),
    "Person": ("orcid", "affiliations"),
    "Organisation": ("name", "identifiers", "part_of", "country"),
    "Concept": ("pref_label", "alt_labels", "description", "definition", "in_schemes"),
    "SkillNeed": ("concept", "region", "period", "number", "source"),
    "JobAdvert": (
        "title", "description", "regions", "published", "occupations", "stated_skills",
    ),
}  # fmt: skip
"""Kind → the fields whose absence says something of the source; of others it does not."""


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """What is known of one source in the live release."""

    name: str
    report: Mapping[str, Any]
    findings: Sequence[Mapping[str, Any]] = ()
    """SHACL findings on things of this source: severity, shape, count, messages."""
    failed: Mapping[str, Any] | None = None
    """The report of a later load that was refused, if there was one."""
    age_days: int = 0
    kinds: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """Kind of thing, total, and for each telling field its count, share and languages."""

    @property
    def outdated(self) -> bool:
        """Whether the source is older than the configuration allows."""
        days = self.report.get("fresh_days")
        return days is not None and self.age_days > days

    def severity(self, name: str) -> int:
        """Return how many findings of a severity there are."""
        return sum(item["count"] for item in self.findings if item["severity"] == f"sh:{name}")

    def change(self, name: str) -> int:
        """Return how many things were `added`, `changed` or are `gone`."""
        changes = self.report.get("changes")
        return sum(changes[name].values()) if changes else 0

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values, for monitors."""
        return {**asdict(self), "outdated": self.outdated}


def read_quality(
    place: Workspace, release: Release, now: datetime | None = None
) -> list[SourceQuality]:
    """Return the quality of every source of a release, in their order.

    Args:
        place: the data directory, for loads that were refused since.
        release: the release that readers see.
        now: the time from which age is counted; default: this moment.
    """
    manifest, checks = release.manifest(), release.checks()
    now = now or datetime.now(UTC)
    ids = Identifiers(str(manifest["base"])) if manifest else Identifiers()
    return [
        SourceQuality(
            name=report["source"],
            report=report,
            findings=tuple(_findings(checks, ids.graph(f"source/{report['source']}"))),
            failed=_failed(place.staged / f"{report['source']}.failed" / REPORT, report),
            age_days=(now - datetime.fromisoformat(report["ended"])).days,
            kinds=tuple(_kinds(report.get("completeness", {}))),
        )
        for report in manifest.get("sources", [])
    ]


def _findings(checks: Mapping[str, Any], graph: str) -> Iterator[Mapping[str, Any]]:
    shacl = checks.get("shacl", {})
    messages = {item["shape"]: item["messages"] for item in shacl.get("findings", [])}
    for item in shacl.get("by_graph", {}).get(graph, []):
        yield {**item, "messages": messages.get(item["shape"], {})}


def _failed(path: Path, good: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if not path.exists():
        return None
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report if report["started"] > good["started"] else None


def _kinds(completeness: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for kind, counts in completeness.items():
        total = counts["total"]
        rows = [
            {
                "field": name,
                "count": counts["fields"].get(name, 0),
                "share": counts["fields"].get(name, 0) / total if total else 0.0,
                "languages": counts["languages"].get(name, {}),
            }
            for name in TELLING.get(kind, ())
        ]
        yield {"kind": kind, "total": total, "fields": rows}
