"""`fitech template`: an empty form for those who have no interface."""

from __future__ import annotations

from pathlib import Path

import click

from app.commands.common import fail

KINDS = ("courses", "needs")
LANGUAGES = ("en", "fi", "sv")
FORMATS = ("xlsx", "csv")


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of headers, choices, instructions and, later, of faults.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: by the ending of FILE.")
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write it; default: KIND-LANGUAGE.xlsx here.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def template(kind: str, language: str, form: str | None, path: Path | None, force: bool) -> None:
    """Write an empty form of KIND for a coordinator to fill in.

    What comes back is loaded with `fitech load template FILE --option university=KEY`.
    """
    from app.template_file import write_template

    ending = path.suffix.lower().removeprefix(".") if path else ""
    form = form or (ending if ending in FORMATS else "xlsx")
    path = path or Path(f"{kind}-{language}.{form}")
    if path.exists() and not force:
        fail(f"{path} exists. Name another file with -o, or replace it with --force.")
    try:
        write_template(kind, language, form, path)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror or error}.")
    click.echo(f"Wrote {path}. When it is filled in: fitech load template {path}")
