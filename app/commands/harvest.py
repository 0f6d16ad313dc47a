"""`fitech harvest`: fetch sources over HTTP into the data directory."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.common import EXIT_FAILED, sentences, workspace

if TYPE_CHECKING:  # imported when used: the command line must start fast
    from app.workspace import Workspace
    from loaders.harvest.report import HarvestReport
    from loaders.staging.source import SourceSpec


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--all", "everything", is_flag=True, help="Harvest every source that can be harvested.")
@click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="FITECH_CONFIG",
    required=True,
    help="Configuration that describes the sources (environment: FITECH_CONFIG).",
)
@click.option("--full", is_flag=True, help="Fetch everything anew, and accept that there may be less.")
@click.option("--dry-run", is_flag=True, help="Show the first requests and send nothing.")
@click.option(
    "--format", "output", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@click.pass_context
@sentences
def harvest(
    context: click.Context,
    names: tuple[str, ...],
    everything: bool,
    config_path: Path,
    full: bool,
    dry_run: bool,
    output: str,
) -> None:
    """Fetch SOURCEs over HTTP: what changed since the last time, or all of it.

    A harvest that was stopped, however it was stopped, goes on where it was. Replies are kept as they
    came, so that `fitech build` needs no network.
    """
    from app.config import read_config
    from loaders.harvest.errors import HarvestError

    if bool(names) == everything:
        raise click.UsageError("Name the sources to harvest, or say --all.")
    chosen = choose(read_config(config_path).sources, names)
    place = workspace(context)
    reports: list[HarvestReport] = []
    errors: list[str] = []
    for source in chosen:
        try:
            if dry_run:
                click.echo(first_requests(place, source, full=full))
            else:
                reports.append(harvest_source(place, source, full=full))
                if output == "table":
                    click.echo(reports[-1].summary())
        except HarvestError as error:
            errors.append(_told(source.name, str(error)))
            click.echo(f"fitech: {errors[-1]}", err=True)
    if output == "json" and not dry_run:
        found = {"reports": [report.to_json() for report in reports], "errors": errors}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    if errors:
        sys.exit(EXIT_FAILED)


def choose(sources: Sequence[SourceSpec], names: Sequence[str]) -> list[SourceSpec]:
    """Return the sources of these names (none: all) that can be harvested.

    Raises:
        ConfigError: a name is not known, or has no [source.harvest].
    """
    from app.config import ConfigError

    able = {source.name: source for source in sources if source.harvest}
    for name in names:
        if name not in {source.name for source in sources}:
            known = ", ".join(able) or "none"
            raise ConfigError(
                f"The configuration has no source {name!r}; to be harvested are: {known}."
            )
        if name not in able:
            raise ConfigError(f"The source {name!r} has no [source.harvest] in the configuration.")
    if not able:
        raise ConfigError("No source of the configuration has a [source.harvest].")
    return [able[name] for name in dict.fromkeys(names)] if names else list(able.values())


def harvest_source(place: Workspace, source: SourceSpec, *, full: bool = False) -> HarvestReport:
    """Harvest one source into its archive below the data directory.

    Raises:
        HarvestError: it could not be finished; what came is kept, and the next call goes on.
    """
    from app.progress import console_progress
    from loaders.harvest.archive import Archive
    from loaders.harvest.runner import client_for, harvest

    assert source.harvest is not None  # choose() looked
    with console_progress() as progress, client_for(source.harvest) as client:
        return harvest(
            source.harvest,
            Archive(place.harvest, source.name),
            client,
            lambda done, known: progress(f"harvest {source.name}", done, known),
            full=full,
        )


def first_requests(place: Workspace, source: SourceSpec, *, full: bool) -> str:
    """Return the first requests of the next harvest, without their key, as lines."""
    from loaders.harvest.archive import Archive
    from loaders.harvest.choosing import ahead, credentials_of

    assert source.harvest is not None  # choose() looked
    spec, archive = source.harvest, Archive(place.harvest, source.name)
    credentials = credentials_of(spec)
    with archive.lock():
        what, requests = ahead(spec, archive, datetime.now(UTC), full=full)
    lines = [f"{source.name}: {what}; {len(requests):,} requests to begin with"]
    for request in requests[:5]:
        _, headers = credentials.apply(request.url, request.headers)
        lines.append(f"  {request.method} {credentials.shown(request.url)}")
        lines += [f"    {name}: {credentials.hide(value)}" for name, value in headers.items()]
        if request.body:
            lines.append(f"    {request.body}")
    return "\n".join(lines)


def _told(name: str, error: str) -> str:
    return error if error.startswith(f"{name}:") else f"{name}: {error}"
