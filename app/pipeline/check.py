"""Step 4, check: SHACL over the data and HermiT over the model; the findings go to a file."""

from __future__ import annotations

import json

from app.config import BuildConfig
from app.pipeline.manifest import Manifest
from app.pipeline.measure import measured
from app.pipeline.steps import StepResult, next_store
from app.progress import Progress
from app.workspace import Workspace, WorkspaceError
from graph.validate import ValidationReport, validate
from ontology.files import shape_files
from ontology.reason import ReasonerReport, check_consistency

LANGUAGE = "en"


def check(place: Workspace, config: BuildConfig, progress: Progress) -> StepResult:
    """Check the release that is being built and write `checks.json`.

    Raises:
        WorkspaceError: `derive` has not been run.
    """
    with next_store(place, "link") as store:
        manifest = Manifest(place.next)
        if not manifest.has("derive"):
            raise WorkspaceError("The derived graphs are missing: run `fitech derive` first.")
        with measured() as measure:
            progress("reason", 0, 1)
            reasoner = check_consistency()
            progress("reason", 1, 1)
            shapes = validate(store, shape_files(), lambda done, total: progress("check", done, total))
    ok = shapes.conforms and reasoner.consistent is not False
    findings = {"ok": ok, "shacl": shapes.to_json(), "reasoner": reasoner.to_json()}
    text = json.dumps(findings, ensure_ascii=False, indent=2)
    (place.next / "checks.json").write_text(text + "\n", encoding="utf-8")
    manifest.step("check", measure, ok=ok)
    return StepResult(tuple(_lines(shapes, reasoner)), ok=ok)


def _lines(shapes: ValidationReport, reasoner: ReasonerReport) -> list[str]:
    lines = [
        f"reasoner: {reasoner.message}",
        f"shapes: {sum(shapes.checked.values()):,} things checked: "
        f"{shapes.total('Violation'):,} violations, {shapes.total('Warning'):,} warnings, "
        f"{shapes.total('Info'):,} remarks.",
    ]
    for finding in shapes.to_json()["findings"][:12]:
        text = finding["messages"].get(LANGUAGE) or next(iter(finding["messages"].values()), "")
        focus = finding["examples"][0]["focus"]
        lines.append(f"  {finding['severity']} × {finding['count']:,}: {text} (e.g. {focus})")
    return lines
