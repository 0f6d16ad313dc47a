"""What a data directory holds: sources, their last loads, the live release and its checks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from app.review.tally import review_tally, tally_lines
from app.workspace import Workspace
from graph.releases import Releases
from loaders.staging.load_report import read_reports


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a data directory, as plain values."""

    data_dir: str
    sources: list[dict[str, Any]]
    live: dict[str, Any] | None
    checks: dict[str, Any] | None
    releases: list[str]
    review: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain values."""
        return asdict(self)

    def to_text(self) -> str:
        """Return the state in lines for people."""
        lines = [f"Data directory: {self.data_dir}", "", "Staged sources:"]
        for source in self.sources:
            lines.append(
                f"  {source['source']:14} {source['records_in']:>9,} records, "
                f"{source['loaded']:>9,} loaded, {source['skipped']:>7,} passed over, "
                f"{source['rejected']:>5,} rejected, {source['triples']:>10,} triples, "
                f"{source['ended']}"
            )
        if not self.sources:
            lines.append("  none yet: run `fitech load` or `fitech build`")
        lines.append("")
        if self.live is None:
            lines.append("Live release: none yet: run `fitech build CONFIG.toml`")
            lines += tally_lines(self.review)
            return "\n".join(lines)
        lines.append(f"Live release: {self.live['id']} · {self.live['title']}")
        lines.append(f"  {self.live['triples']:,} triples in {len(self.live['graphs'])} graphs:")
        lines += [f"    {count:>10,}  {graph}" for graph, count in self.live["graphs"].items()]
        for name, step in self.live["steps"].items():
            lines.append(f"  {name}: {step['seconds']:g} s, {step['peak_megabytes']:,} MB")
        if self.checks:
            lines.append(
                f"  checks: {self.checks['violations']:,} violations, "
                f"{self.checks['warnings']:,} warnings; reasoner: {self.checks['reasoner']}"
            )
        lines.append(f"Releases on disk: {', '.join(self.releases)}")
        lines += tally_lines(self.review)
        return "\n".join(lines)


def read_status(place: Workspace) -> Status:
    """Return the state of a data directory; one that does not exist is empty."""
    releases = Releases(place.path)
    release = releases.live()
    live: dict[str, Any] | None = None
    checks: dict[str, Any] | None = None
    if release is not None:
        manifest, found = release.manifest(), release.checks()
        graphs = dict(sorted(manifest.get("graphs", {}).items()))
        live = {
            "id": release.id,
            "title": manifest.get("title", ""),
            "base": manifest.get("base", ""),
            "published": manifest.get("published", ""),
            "forced": manifest.get("forced", False),
            "linker": manifest.get("linker", ""),
            "threshold": manifest.get("threshold"),
            "triples": sum(graphs.values()),
            "graphs": graphs,
            "steps": manifest.get("steps", {}),
        }
        if found:
            checks = {
                "ok": found["ok"],
                "violations": found["shacl"]["violations"],
                "warnings": found["shacl"]["warnings"],
                "infos": found["shacl"]["infos"],
                "checked": found["shacl"]["checked"],
                "reasoner": found["reasoner"]["message"],
            }
    costs = place.load_costs()
    sources = [
        {
            "source": report["source"],
            "loader": report["loader"],
            "title": report["title"],
            "licence": report["licence"],
            "ended": report["ended"],
            "records_in": report["records_in"],
            "loaded": report["loaded"],
            "skipped": sum(report["skipped"].values()),
            "skipped_why": report["skipped"],
            "rejected": report["rejected"],
            "warnings": report["warnings"],
            "triples": report["triples"],
            "things": report["things"],
            "files": report["files"],
            **costs.get(report["source"], {}),
        }
        for report in read_reports(place.staged)
    ]
    names = [item.id for item in releases.all()]
    return Status(str(place.path), sources, live, checks, names, review_tally(place))
