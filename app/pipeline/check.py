"""Step 4, check: SHACL over the data and HermiT over the model; the findings go to a file."""

from __future__ import annotations

import json
from hashlib import sha256

from app.config import BuildConfig
from app.pipeline.manifest import Manifest
from app.pipeline.steps import StepResult, next_store
from app.progress import Progress
from app.workspace import Workspace, WorkspaceError
from graph.releases import Releases
from graph.validate import ValidationReport, validate
from loaders.measure import measured
from ontology.files import reasoned_files, shape_files
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
            model = model_digest()
            reasoner = known_verdict(place, model) or check_consistency()
            progress("reason", 1, 1)
            shapes = validate(store, shape_files(), lambda done, total: progress("check", done, total))
    ok = shapes.conforms and reasoner.consistent is not False
    findings = {
        "ok": ok,
        "shacl": shapes.to_json(),
        "reasoner": {**reasoner.to_json(), "model": model},
    }
    text = json.dumps(findings, ensure_ascii=False, indent=2)
    (place.next / "checks.json").write_text(text + "\n", encoding="utf-8")
    manifest.step("check", measure, ok=ok)
    return StepResult(tuple(_lines(shapes, reasoner)), ok=ok)


def model_digest() -> str:
    """Return a digest of the files of the model, which is all that the reasoner looks at."""
    return sha256(b"".join(path.read_bytes() for path in reasoned_files())).hexdigest()


def known_verdict(place: Workspace, model: str) -> ReasonerReport | None:
    """Return what the reasoner said of the same model for the live release; None: nothing certain."""
    live = Releases(place.path).live()
    verdict = dict(live.checks().get("reasoner", {})) if live else {}
    if verdict.pop("model", None) != model or verdict.get("consistent") is None:
        return None
    return ReasonerReport(**verdict)


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
