"""`fitech esco-upgrade`: from one version of ESCO to the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.common import sentences, workspace

if TYPE_CHECKING:  # imported when used: the command line must start fast
    from loaders.skills.esco_versions.report import UpgradeReport


@click.command("esco-upgrade")
@click.option(
    "--from",
    "old",
    multiple=True,
    metavar="SOURCE|PATH",
    help="Old version: the staged source that holds it (the default), or its files.",
)
@click.option(
    "--to",
    "new",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Files of the new version: CSV, RDF or replies of the service, zips and folders too.",
)
@click.option("--source", default="", help="Staged source to replace, if several hold ESCO.")
@click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Configuration; default: the settings of the last build in this data directory.",
)
@click.option(
    "--decisions",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What people decided; default: esco-decisions.csv in the data directory, if it is there.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.7,
    show_default=True,
    help="Confidence below which a retired concept is lost rather than mapped.",
)
@click.option(
    "--complete-from-old/--no-complete-from-old",
    "complete",
    default=None,
    help="Keep what only the old version says; default: if the new one has no relations.",
)
@click.option("--apply", "apply_it", is_flag=True, help="Replace the staged ESCO; else only tell.")
@click.option("--undo", is_flag=True, help="Bring back what was staged before the last upgrade.")
@click.option(
    "--report",
    "report_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report as FILE (JSON), and beside it as .txt and as .csv.",
)
@click.pass_context
@sentences
def esco_upgrade(
    context: click.Context,
    old: tuple[str, ...],
    new: tuple[Path, ...],
    source: str,
    config_path: Path | None,
    decisions: Path | None,
    threshold: float,
    complete: bool | None,
    apply_it: bool,
    undo: bool,
    report_path: Path | None,
) -> None:
    """Move the graph from one version of ESCO to the next.

    Retired concepts are mapped to their successors: as ESCO itself says, else by evidence; what is not
    sure is lost and told. With --apply the staged ESCO is replaced, and links and needs move with the
    mapping in the next build.
    """
    from app.config import read_config
    from app.pipeline.esco_plan import Upgrade, plan
    from app.pipeline.esco_upgrade import apply
    from app.pipeline.esco_upgrade import undo as undo_upgrade
    from app.pipeline.steps import build_lock
    from app.progress import console_progress

    place = workspace(context)
    if undo:
        with build_lock(place):
            click.echo(undo_upgrade(place))
        return
    if not new:
        raise click.UsageError("Name the files of the new version with --to, or say --undo.")
    config = read_config(config_path) if config_path else place.settings()
    wanted = Upgrade(old, new, source, decisions, threshold, complete)
    with build_lock(place), console_progress() as progress:
        made = plan(place, config, wanted, progress)
        if apply_it:
            apply(place, config, made, progress)
    if report_path:
        write_report(made.report, report_path)
    click.echo(made.report.to_text())


def write_report(report: UpgradeReport, path: Path) -> None:
    """Write a report as JSON, and beside it as text and as a table."""
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    path.with_suffix(".txt").write_text(report.to_text() + "\n", encoding="utf-8")
    path.with_suffix(".csv").write_text(report.to_csv(), encoding="utf-8")
