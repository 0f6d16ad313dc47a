"""`fitech sync`: harvest, build and publish what changed; made to run every night."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.commands.common import EXIT_STALE, EXIT_VIOLATIONS, accept_drop_option, sentences, workspace


@click.command()
@click.argument("config_path", type=click.Path(dir_okay=False, path_type=Path), metavar="CONFIG")
@click.option("--full", is_flag=True, help="Harvest everything anew, not only what changed.")
@click.option("--force", is_flag=True, help="Publish in spite of violations.")
@accept_drop_option
@click.pass_context
@sentences
def sync(
    context: click.Context, config_path: Path, full: bool, force: bool, accept_drop: tuple[str, ...]
) -> None:
    """Harvest, load, link, check and publish what changed in the sources of CONFIG.

    Safe to run from cron: it goes on where it was stopped, does nothing when nothing changed, and
    leaves at once when another build is at work.
    """
    from app.config import read_config
    from app.pipeline.steps import BusyWorkspaceError
    from app.pipeline.sync import sync as run
    from app.progress import console_progress

    try:
        with console_progress() as progress:
            result = run(
                workspace(context),
                read_config(config_path),
                progress,
                full=full,
                force=force,
                accept_drop=accept_drop,
            )
    except BusyWorkspaceError as error:
        click.echo(f"{error} Nothing was done.")
        return
    click.echo(result.summary())
    if not result.conforms and not force:
        sys.exit(EXIT_VIOLATIONS)
    if result.stale:
        sys.exit(EXIT_STALE)
