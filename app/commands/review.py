"""`fitech review`: judgements of skill links as a spreadsheet, and what becomes of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.common import fail, sentences, workspace

if TYPE_CHECKING:  # imported when used: the command line must start fast
    from app.review.table import Place
    from app.workspace import Workspace
    from queries.search import SearchIndex


@click.group()
def review() -> None:
    """Take judgements of skill links out and in; the page /review is the other way."""


@review.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option(
    "--state",
    type=click.Choice(["open", "decided", "all"]),
    default="open",
    show_default=True,
    help="Links that nobody decided, decisions in force, or both.",
)
@click.option("--limit", default=500, show_default=True, type=click.IntRange(1, 5000))
@click.option("--university", default="", help="Only courses of this university (its address).")
@click.option("--subject", default="", help="Only this course, output or advert (its address).")
@click.option("--skill", default="", help="Only this skill (its address).")
@click.option("--language", default="", help="Only texts in this language.")
@click.option("--relation", default="", help="teaches, requires, about or needs.")
@click.option("--linker", default="", help="Only links of this linker and version: exact/1.")
@click.pass_context
@sentences
def export(context: click.Context, /, path: Path, state: str, limit: int, **wanted: str) -> None:
    """Write links into FILE (CSV) for people who prefer a spreadsheet."""
    from app.review.queue import Filter
    from app.review.table import write_table

    count = -1  # the first line is the head
    with _place(workspace(context)) as (place, _), path.open("w", encoding="utf-8", newline="") as out:
        for line in write_table(place, Filter(**wanted), state, limit, "en"):
            out.write(line)
            count += 1
    click.echo(
        f"Wrote {count} links to {path}. Write accept, reject, better or undo into the column "
        f"decision, then: fitech review import {path} --reviewer NAME"
    )


@review.command("import")
@click.argument("path", type=click.Path(dir_okay=False, exists=True, path_type=Path), metavar="FILE")
@click.option("--reviewer", required=True, metavar="NAME", help="Whose decisions they are.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be taken.")
@click.pass_context
@sentences
def import_(context: click.Context, path: Path, reviewer: str, dry_run: bool) -> None:
    """Take the decisions of FILE; rows with a fault are told and left out (exit code 1)."""
    from app.review.store import Reviewer
    from app.review.table import TableError, import_table, told

    with _place(workspace(context)) as (place, search):
        try:
            result = import_table(
                path.read_bytes(),
                place,
                search,
                Reviewer(f"table:{reviewer}", reviewer, "reviewer"),
                dry_run=dry_run,
            )
        except TableError as error:
            fail(f"{path}: {error}")
    for line in told(result):
        click.echo(line)
    if result.taken and not dry_run:
        click.echo(
            "They count from the next build on: fitech sync CONFIG.toml, or fitech link and so on."
        )
    if result.faults:
        sys.exit(1)


@review.command("log")
@click.option("--limit", default=-1, type=int, help="Rows at most; default: all.")
@click.pass_context
@sentences
def log(context: click.Context, limit: int) -> None:
    """Write the audit trail to standard output: one JSON object a line, the newest first."""
    from dataclasses import asdict

    from app.review.store import review_store

    for entry in review_store(workspace(context).path).log(limit=limit):
        click.echo(json.dumps(asdict(entry), ensure_ascii=False))


@review.command("forget")
@click.argument("subject", metavar="SUBJECT")
@click.pass_context
@sentences
def forget(context: click.Context, subject: str) -> None:
    """Forget the name of the person with the identifier SUBJECT; the judgements stay."""
    from app.review.store import review_store

    if not review_store(workspace(context).path).forget(subject):
        fail(f"No name is known for {subject}.")
    click.echo(f"The name of {subject} is forgotten.")


@contextmanager
def _place(place: Workspace) -> Iterator[tuple[Place, SearchIndex]]:
    from app.answers import live_store
    from app.review.queue import NAME, Queue
    from app.review.store import review_store
    from app.review.table import Place
    from graph.identifiers import Identifiers
    from graph.releases import Releases
    from queries.search import SearchIndex

    with live_store(place) as store:
        release = Releases(place.path).live()
        assert release is not None  # live_store looked
        judgements = review_store(place.path)
        queue = Queue(release.path / NAME, judgements.path)
        if not queue.exists():
            fail("The live release was built by an older program and has no queue. Build it again.")
        ids = Identifiers(str(release.manifest()["base"]))
        with closing(SearchIndex(release.search)) as search:
            yield Place(store, ids, queue, judgements), search
