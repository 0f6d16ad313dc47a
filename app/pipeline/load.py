"""Step 1, load: stage one source."""

from __future__ import annotations

from app.pipeline.measure import measured
from app.progress import Progress
from app.workspace import Workspace
from graph.identifiers import Identifiers
from loaders.staging import LoadReport, SourceSpec, stage


def load_source(place: Workspace, spec: SourceSpec, ids: Identifiers, progress: Progress) -> LoadReport:
    """Stage one source and remember that it belongs to the graph.

    Raises:
        LoadError: nothing was staged; the message says why and what to do.
    """
    with measured() as measure:
        report = stage(spec, place.staged, ids, lambda done: progress(f"load {spec.name}", done))
    place.note_source(spec.name, {"seconds": measure.seconds, "megabytes": measure.peak_megabytes})
    return report
