"""The command line: `fitech`, a thin door into the same room as the web application.

Exit codes: 0 done · 1 it could not be done · 2 the command was not understood ·
3 the checks found violations · 4 published, but a source kept its former content.
Results go to standard output, progress and messages to standard error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from app.commands.common import (
    EXIT_STALE,
    EXIT_VIOLATIONS,
    accept_drop_option,
    fail,
    sentences,
    workspace,
)
from app.commands.esco_upgrade import esco_upgrade
from app.commands.harvest import harvest
from app.commands.link_evaluate import link_evaluate
from app.commands.link_retrain import link_retrain
from app.commands.review import review
from app.commands.sync import sync
from app.commands.template import template
from app.workspace import Workspace
from loaders.registry import loader_names

if TYPE_CHECKING:  # imported when used: the command line must start fast
    from app.config import BuildConfig


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fitech-graph", prog_name="fitech")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="FITECH_DATA",
    default=Path("data"),
    show_default=True,
    help="Where staged sources and releases are kept (environment: FITECH_DATA).",
)
@click.pass_context
def main(context: click.Context, data_dir: Path) -> None:
    """Build, check and ask the FITech Graph: expertise, skills and courses as linked data."""
    context.obj = Workspace(data_dir)


@main.command(epilog=f"Loaders: {', '.join(loader_names())}. docs/loading.md describes them.")
@click.argument("source", metavar="SOURCE")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--name", help="Name of the staged source; default: SOURCE.")
@click.option("--title", help="What to call the source on pages.")
@click.option("--licence", default="", help="Licence of the data, a name or an address.")
@click.option("--attribution", default="", help="Words of attribution that the licence asks for.")
@click.option("--base", help="Base of minted IRIs; default: that of the last build.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="Loader option.")
@click.option("--partial", is_flag=True, help="Take what can be read of a file that breaks off.")
@accept_drop_option
@click.pass_context
@sentences
def load(
    context: click.Context,
    source: str,
    paths: tuple[str, ...],
    name: str | None,
    title: str | None,
    licence: str,
    attribution: str,
    base: str | None,
    options: tuple[str, ...],
    partial: bool,
    accept_drop: tuple[str, ...],
) -> None:
    """Stage one SOURCE from files, folders, globs, zips or gz files.

    SOURCE is the name of a loader, see below. All PATHs of one call together are the source's new
    content; the former content is replaced when the load succeeds.
    """
    from app.pipeline.load import load_source
    from app.pipeline.steps import build_lock
    from app.progress import console_progress
    from graph.identifiers import Identifiers
    from loaders.staging.source import SourceSpec

    place = workspace(context)
    ids = Identifiers(base) if base else place.settings().ids
    spec = SourceSpec(
        name=name or source,
        loader=source,
        paths=tuple(Path(path) for path in paths),
        title=title or name or source,
        licence=licence,
        attribution=attribution,
        options=dict(pair(option) for option in options),
        partial=partial,
        accept_drop=(name or source) in accept_drop,
    )
    with build_lock(place), console_progress() as progress:
        report = load_source(place, spec, ids, progress)
    click.echo(report.summary())


def pair(text: str) -> tuple[str, str]:
    """Split `name=value`."""
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise click.UsageError(f"{text!r} is not of the form name=value.")
    return key, value


config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Configuration; default: the settings of the last build in this data directory.",
)


def settings_of(context: click.Context, config_path: Path | None) -> BuildConfig:
    """Return the configuration named, or that of the last build."""
    from app.config import read_config

    return read_config(config_path) if config_path else workspace(context).settings()


@main.command()
@click.argument("config_path", type=click.Path(dir_okay=False, path_type=Path), metavar="CONFIG")
@click.option("--no-publish", is_flag=True, help="Stop before publishing.")
@click.option("--force", is_flag=True, help="Publish in spite of violations.")
@accept_drop_option
@click.pass_context
@sentences
def build(
    context: click.Context,
    config_path: Path,
    no_publish: bool,
    force: bool,
    accept_drop: tuple[str, ...],
) -> None:
    """Do all of it: load every source of CONFIG, link, derive, check and publish."""
    from app.config import read_config
    from app.pipeline import build as pipeline
    from app.progress import console_progress

    with console_progress() as progress:
        result = pipeline.build(
            workspace(context),
            read_config(config_path),
            progress,
            publish_it=not no_publish,
            force=force,
            accept_drop=accept_drop,
        )
    click.echo(result.summary())
    if not result.conforms and not force:
        sys.exit(EXIT_VIOLATIONS)
    if result.stale:
        sys.exit(EXIT_STALE)


def run_step(context: click.Context, name: str, config_path: Path | None) -> None:
    """Run one step of a build and tell what it did."""
    from app.pipeline import build as pipeline
    from app.progress import console_progress

    with console_progress() as progress:
        result = pipeline.STEPS[name](workspace(context), settings_of(context, config_path), progress)
    click.echo(result.summary())
    if not result.ok:
        sys.exit(EXIT_VIOLATIONS)


def step_command(name: str, doc: str) -> None:
    """Add the command of one build step."""

    @main.command(name, help=doc)
    @config_option
    @click.pass_context
    @sentences
    def command(context: click.Context, config_path: Path | None) -> None:
        run_step(context, name, config_path)


@main.group("link", invoke_without_command=True)
@config_option
@click.option("--fresh", is_flag=True, help="Link everything anew, also texts that did not change.")
@click.pass_context
@sentences
def link(context: click.Context, config_path: Path | None, fresh: bool) -> None:
    """Assemble the staged sources in a new store and link their texts to skills.

    Links of texts that did not change are those of the last time. If it is stopped, run it again: it
    goes on where it was. With the name of another command behind it, that is done instead.
    """
    if context.invoked_subcommand is None:
        from app.pipeline.link import link as run
        from app.progress import console_progress

        settings = settings_of(context, config_path)
        with console_progress() as progress:
            result = run(workspace(context), settings, progress, fresh=fresh)
        click.echo(result.summary())


link.add_command(link_evaluate)
link.add_command(link_retrain)
step_command("derive", "Compute the derived graphs and the search index of the next release.")
step_command("check", "Check the next release with SHACL and the reasoner.")


@main.command()
@config_option
@click.option("--force", is_flag=True, help="Publish in spite of violations.")
@click.pass_context
@sentences
def publish(context: click.Context, config_path: Path | None, force: bool) -> None:
    """Make the next release the live one, in one step."""
    from app.pipeline import build as pipeline
    from app.progress import console_progress

    with console_progress() as progress:
        result = pipeline.publish(
            workspace(context), settings_of(context, config_path), progress, force=force
        )
    click.echo(result.summary())


@main.command()
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
)
@click.option("--list", "list_them", is_flag=True, help="List the queries and their parameters.")
@click.pass_context
@sentences
def query(
    context: click.Context,
    name: str | None,
    values: tuple[str, ...],
    output: str,
    list_them: bool,
) -> None:
    """Run the query NAME of the library on the live release.

    Repeat a KEY to give a list: skill=… skill=….
    """
    from app.answers import describe_query, list_queries, run_named

    if list_them or not name:
        click.echo(list_queries())
        return
    if values == ("help",):
        click.echo(describe_query(name))
        return
    given: dict[str, list[str]] = {}
    for key, value in map(pair, values):
        given.setdefault(key, []).append(value)
    click.echo(run_named(workspace(context), name, given, output), nl=False)


@main.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), metavar="FILE|-")
@click.option(
    "--format",
    "output",
    default=None,
    help="json, csv, tsv or xml for SELECT and ASK (default json); "
    "turtle, ntriples, jsonld or rdfxml for CONSTRUCT and DESCRIBE (default turtle).",
)
@click.pass_context
@sentences
def sparql(context: click.Context, file: IO[str], output: str | None) -> None:
    """Run a SPARQL query from FILE, or from standard input (-), on the live release."""
    from app.answers import run_sparql

    try:
        text = file.read()
    except UnicodeDecodeError:
        fail(f"{file.name} is not in UTF-8. Save it as UTF-8 and try again.")
    body = run_sparql(workspace(context), text, output)
    sys.stdout.buffer.write(body)


@main.command()
@click.option(
    "--format", "output", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@click.pass_context
@sentences
def status(context: click.Context, output: str) -> None:
    """Show the sources, their counts and last loads, and the live release with its checks."""
    from app.status import read_status

    state = read_status(workspace(context))
    if output == "json":
        click.echo(json.dumps(state.to_json(), ensure_ascii=False, indent=2))
    else:
        click.echo(state.to_text())


@main.command()
@click.argument("release_id")
@click.pass_context
@sentences
def rollback(context: click.Context, release_id: str) -> None:
    """Make an earlier release (see `fitech status`) the live one again."""
    from graph.releases import Releases

    release = Releases(workspace(context).path).rollback(release_id)
    click.echo(f"Release {release.id} is live.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256))
@click.option("--dev-sign-in", is_flag=True, help="Let anybody at this machine review, for a try.")
@click.pass_context
@sentences
def serve(context: click.Context, host: str, port: int, threads: int, dev_sign_in: bool) -> None:
    """Serve the web application on http://HOST:PORT."""
    from app.serving import serve_forever

    serve_forever(workspace(context), host, port, threads, development_sign_in=dev_sign_in)


main.add_command(harvest)
main.add_command(esco_upgrade)
main.add_command(sync)
main.add_command(review)
main.add_command(template)


if __name__ == "__main__":
    main()
